/** Service Quotas, in the name of one process: what src/aws/service-quotas.ts sends to, and everything that it may answer. */
import { GetServiceQuotaCommand, type ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { Kind } from '../../src/census/kinds.ts';
import type { QuotaHeard } from '../judging/history.ts';
import { REQUEST_TIMEOUT_MS } from '../judging/numbers.ts';
import type { QuotaTrouble, QuotaWorld } from '../judging/region-world.ts';
import { type Process, SlowError, type Surroundings } from './process.ts';
import type { Product } from './product.ts';
import { OWN, type Schedule, worldsOf } from './schedule.ts';
import { Refusal } from './video.ts';
import type { AskedAccount } from './video-client.ts';

/** More than any of these worlds holds. */
const AMPLE: QuotaWorld = { applied: 10_000, byDefault: 10_000 };

/** docs/headroom.md */
const KIND_OF_QUOTA: Readonly<Record<string, Kind>> = { 'L-F06528A6': 'streams', 'L-B7F419CA': 'channels' };

const timedOut = () => Object.assign(new Error('secret-message'), { name: 'TimeoutError' });
const broken = () => Object.assign(new Error('secret-message'), { name: 'TimeoutError', code: 'ECONNRESET' });

/** @throws what is answered instead of a quota */
function quotaIn(trouble: QuotaTrouble | undefined, code: string, value: number | undefined): object {
  switch (trouble) {
    case 'denied':
      throw new Refusal('AccessDeniedException', 400);
    case 'throttled':
      throw new Refusal('TooManyRequestsException', 400);
    case 'server-error':
      throw new Refusal('ServiceException', 500);
    case 'drops-connection':
      throw broken();
    case 'hang':
      throw new SlowError(timedOut(), REQUEST_TIMEOUT_MS);
    case 'zero':
      return { Value: 0 };
    case 'negative':
      return { Value: -1 };
    case 'fraction':
      return { Value: 10_000.5 };
    case 'endless':
      return { Value: 1e300 };
    case 'text':
      return { Value: 'secret-text' };
    case 'nothing':
      return { QuotaCode: code };
    case 'another':
      return { QuotaCode: 'L-00000000', Value: 10_000 };
    case 'reason':
      return { ErrorReason: { ErrorCode: 'DEPENDENCY_SERVICE_ERROR', ErrorMessage: 'secret-message' } };
    case undefined:
      if (value === undefined) throw new Refusal('NoSuchResourceException', 400);
      return { QuotaCode: code, Value: value };
    default:
      return trouble satisfies never;
  }
}

/** What whoever hears this knows of the quota. */
function heardIn({ Value: value, ErrorReason, QuotaCode }: Record<string, unknown>, code: string): QuotaHeard['heard'] {
  if (ErrorReason !== undefined) return 'unreachable';
  return QuotaCode === undefined || QuotaCode === code ? { value } : 'bad-answer';
}

function heardBy(error: Error): QuotaHeard['heard'] {
  switch (error.name) {
    case 'NoSuchResourceException':
      return 'none';
    case 'AccessDeniedException':
      return 'denied';
    case 'TooManyRequestsException':
    case 'ThrottlingException':
      return 'throttled';
    case 'TimeoutError':
      return (error as { code?: string }).code === undefined ? 'timed-out' : 'unreachable';
    default:
      return 'unreachable';
  }
}

/** No session, so nobody to ask. */
function heardOfSession({ reason }: { reason?: unknown }): QuotaHeard['heard'] {
  const known = ['throttled', 'unreachable', 'timed-out', 'bad-answer'] as const;
  return known.find((each) => each === reason) ?? 'denied';
}

/** @param accountNow with whose credentials. Absent: one's own */
export function makeQuotaPort(
  product: Product,
  schedule: Schedule,
  process: Process,
  { time, history, faults }: Surroundings,
  accountNow?: () => Promise<AskedAccount>,
) {
  const { invocation } = process;

  function clientOf(region: string): ServiceQuotasClient {
    async function send(command: GetServiceQuotaCommand, { abortSignal }: { abortSignal: AbortSignal }) {
      const question = command instanceof GetServiceQuotaCommand ? 'applied' : 'default';
      const { QuotaCode: code = '' } = command.input;
      const kind = KIND_OF_QUOTA[code];
      if (kind === undefined) throw new Error(`There is no quota ${code}.`);
      let account = invocation.account ?? OWN.accountId;
      const note = (heard: QuotaHeard['heard']) =>
        void history.quotas.push({ atMs: time.nowMs(), kind, account, region, invocation, question, heard });
      let asked: AskedAccount = OWN;
      try {
        if (accountNow !== undefined) asked = await accountNow();
      } catch (error) {
        note(abortSignal.aborted ? 'cut off' : heardOfSession(error as object));
        throw error;
      }
      account = asked.accountId;
      const world = worldsOf(schedule, kind, asked.number).find((each) => each.region === region);
      if (world === undefined) throw new Error(`Account no. ${asked.number} has no quota ${code} in ${region}.`);
      const { applied, byDefault, trouble } = world.quota ?? AMPLE;
      const answer = () => {
        if (asked.trouble?.()) throw new Refusal('AccessDeniedException', 400);
        return quotaIn(faults.areHealed() ? undefined : trouble, code, question === 'applied' ? applied : byDefault);
      };
      try {
        const Quota = await process.request({
          service: 'quotas',
          name: 'askQuota',
          signal: abortSignal,
          carryOut: answer,
        });
        note(heardIn(Quota as Record<string, unknown>, code));
        return { Quota };
      } catch (error) {
        note(abortSignal.aborted ? 'cut off' : heardBy(error as Error));
        throw error;
      }
    }
    return { send } as unknown as ServiceQuotasClient;
  }

  return product.makeAskQuota(clientOf);
}
