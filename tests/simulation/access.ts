/** STS, in the name of one process: who may assume the role of a member, and what its sessions are good for. */
import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { History } from '../judging/history.ts';
import { REQUEST_TIMEOUT_MS } from '../judging/numbers.ts';
import { accountIdOf, type RoleTrouble, roleTroubleAt } from './organization.ts';
import { type Process, SlowError, type Surroundings } from './process.ts';
import { kindsOf, type Schedule } from './schedule.ts';
import { Refusal } from './video.ts';
import type { AskedAccount } from './video-client.ts';

const SLOW_MS = 3000;
/** The SDK asks twice. */
const HANGS_MS = 2 * REQUEST_TIMEOUT_MS;

export const MEMBER_ROLE = 'kvs-census-member';
export const EXTERNAL_ID = 'secret-external-id-of-the-hub';
const ROLE_ARN = /^arn:aws:iam::(\d{12}):role\/(.+)$/;

/** What the SDK signs with. */
type Session = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };

type Heard = History['access'][number]['heard'];

/** What comes of asking. */
const REASONS: Readonly<Record<RoleTrouble, Heard>> = {
  refused: 'no-access',
  revoked: 'no-access',
  slow: 'granted',
  throttled: 'throttled',
  unreachable: 'unreachable',
  hang: 'timed-out',
  nonsense: 'bad-answer',
  another: 'bad-answer',
};

export function makeStsClient(
  schedule: Schedule,
  process: Process,
  { time, history, faults, numberOf }: Surroundings,
): STSClient {
  const { organization } = schedule;
  const troubleOf = (number: number): RoleTrouble | undefined => {
    const world = organization!.members[number - 1];
    if (world === undefined) return 'refused';
    const trouble = roleTroubleAt(world, (time.nowMs() - history.startMs) / 1000);
    return faults.areHealed() && !['refused', 'revoked'].includes(trouble ?? '') ? undefined : trouble;
  };

  /** @throws what STS answers instead of a session */
  function assume({ RoleArn = '', ExternalId, DurationSeconds = 3600 }: AssumeRoleCommand['input']) {
    const [, account = '', role] = ROLE_ARN.exec(RoleArn) ?? [];
    const number = numberOf?.(account) ?? Number.POSITIVE_INFINITY;
    const isTrusted = role === MEMBER_ROLE && ExternalId === EXTERNAL_ID;
    switch (isTrusted ? troubleOf(number) : 'refused') {
      case 'refused':
      case 'revoked':
        throw new Refusal('AccessDenied', 403);
      case 'throttled':
        throw new Refusal('Throttling', 400);
      case 'unreachable':
        throw Object.assign(new Error('secret-message'), { name: 'TimeoutError', code: 'ECONNRESET' });
      case 'nonsense':
        return { Credentials: { AccessKeyId: 'secret-key' } };
      case 'hang':
        throw new SlowError(Object.assign(new Error('secret-message'), { name: 'TimeoutError' }), HANGS_MS);
      case 'another':
        return sessionOf((number % organization!.members.length) + 1, DurationSeconds);
      default:
        return sessionOf(number, DurationSeconds);
    }
  }

  function sessionOf(number: number, durationSeconds: number) {
    const endsAtMs = time.nowMs() + durationSeconds * 1000;
    return {
      Credentials: {
        AccessKeyId: `ASIASECRET${number}`,
        SecretAccessKey: 'secret-access-key',
        SessionToken: `secret-session ${number} ${endsAtMs}`,
        Expiration: new Date(endsAtMs),
      },
      AssumedRoleUser: {
        AssumedRoleId: 'secret-id',
        Arn: `arn:aws:sts::${accountIdOf(number)}:assumed-role/${MEMBER_ROLE}/kvs-census`,
      },
    };
  }

  async function send(command: AssumeRoleCommand) {
    if (!(command instanceof AssumeRoleCommand)) throw new Error('The simulated STS does not know this command.');
    const { invocation } = process;
    const [, account = ''] = ROLE_ARN.exec(command.input.RoleArn ?? '') ?? [];
    const trouble = () => troubleOf(numberOf?.(account) ?? Number.POSITIVE_INFINITY);
    const note = (heard: Heard) => {
      history.access.push({ atMs: time.nowMs(), account, invocation, heard });
      if (heard !== 'granted')
        for (const kind of kindsOf(schedule))
          history.evidence.push({ atMs: time.nowMs(), kind, account, reason: heard });
    };
    let isAnswered = false;
    // Who waits no longer has seen as much, whatever comes then.
    time.after(REQUEST_TIMEOUT_MS - 1, () => isAnswered || note('timed-out'), 'background');
    const answer = process.request({
      service: 'access',
      name: 'assumeRole',
      tookMs: trouble() === 'slow' ? SLOW_MS : 0,
      carryOut() {
        note(REASONS[trouble() ?? 'slow']);
        return assume(command.input);
      },
      refused() {
        note('throttled');
        return new Refusal('Throttling', 400);
      },
      timedOut() {
        note('timed-out');
        return Object.assign(new Error('secret-message'), { name: 'TimeoutError' });
      },
    });
    return await answer.finally(() => {
      isAnswered = true;
    });
  }

  return { send } as unknown as STSClient;
}

/** Whose these credentials are, and what they are good for. */
export function accountOfSession(
  { organization }: Schedule,
  { sessionToken = '' }: Session,
  { time, history }: Surroundings,
): AskedAccount {
  const [, number, endsAtMs] = sessionToken.split(' ').map(Number);
  const world = organization?.members[number! - 1];
  if (world === undefined) throw new Error('Nobody gave these credentials.');
  return {
    number: number!,
    accountId: accountIdOf(number!),
    trouble() {
      if (time.nowMs() >= endsAtMs!) return 'bad-credentials';
      return roleTroubleAt(world, (time.nowMs() - history.startMs) / 1000) === 'revoked' ? 'denied' : undefined;
    },
  };
}
