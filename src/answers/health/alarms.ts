/** Whether somebody is told when something is wrong. */
import { KINDS, type Kind, STREAMS } from '../../census/kinds.ts';
import { duration, list, plural } from '../words.ts';
import type { AlarmFacts, DoctorFacts, SubscriptionFacts } from './facts.ts';
import { broken, type Finding, judged, ok, together, warning } from './finding.ts';
import { otherKindsOf } from './kinds.ts';
import type { Shell } from './shell.ts';

/** infra/alarms.yml: those that every deployment has. */
export const ALARMS = [
  'no-run',
  'no-total',
  'failed-invocations',
  'unreadable-tasks',
  'undelivered-tasks',
  'region-tasks',
  'dispatcher-errors',
  'worker-errors',
  'undelivered-errors',
  'aggregator-errors',
  'throttles',
  'lost-invocations',
] as const;

/** The stack's own: another stage may be called as this one and more. */
export function ownAlarms(alarms: readonly AlarmFacts[], shell: Shell): AlarmFacts[] {
  return alarms.filter(({ name }) => partOf(name, shell) !== undefined);
}

/** infra/of-each-kind.yml: those that each kind beside streams has of its own, with its name behind. */
export const ALARMS_OF_KIND = ['no-total', 'newly-missing'] as const;

/** Those that only some deployments have. */
const OPTIONAL = /^(newly-missing|quota|drop|partial|api-errors)$/;

export function partOf(name: string, shell: Shell): string | undefined {
  const part = name.startsWith(shell.nameOf('')) ? name.slice(shell.nameOf('').length) : '';
  const { alarm, kind } = ofKind(part);
  const isOwn = (kind === STREAMS ? ALARMS : ALARMS_OF_KIND).some((one) => one === alarm);
  return isOwn || OPTIONAL.test(alarm) ? part : undefined;
}

/** Which alarm it is, and for the totals of which kind it waits, if for totals. */
function ofKind(part: string): { alarm: string; kind: Kind } {
  const kind = KINDS.find((one) => one !== STREAMS && part.endsWith(`-${one}`));
  return kind === undefined ? { alarm: part, kind: STREAMS } : { alarm: part.slice(0, -kind.length - 1), kind };
}

type Alarms = Pick<DoctorFacts, 'alarms'>;

export function judgeAlarms(facts: Alarms & Pick<DoctorFacts, 'functions'>, shell: Shell): Finding {
  const ofOthers = otherKindsOf(facts).flatMap((kind) => ALARMS_OF_KIND.map((alarm) => `${alarm}-${kind}`));
  const wanted = [...ALARMS, ...ofOthers];
  return judged('alarms', facts.alarms, 'whether the alarms are there', shell, (found) => {
    const missing = wanted.filter((part) => !found.some(({ name }) => name === shell.nameOf(part)));
    if (missing.length > 0) {
      const what = missing.length === wanted.length ? 'There are no alarms' : `There is no alarm ${list(missing)}`;
      return broken('alarms', `${what}.`, 'When that happens, nobody is told.', { commands: shell.restore() });
    }
    const own = ownAlarms(found, shell);
    const mute = own.filter(({ actionsEnabled, actions }) => !actionsEnabled || actions.length === 0);
    const off = mute.filter(({ actionsEnabled }) => !actionsEnabled).map(({ name }) => name);
    if (mute.length > 0) {
      const names = mute.map(({ name }) => partOf(name, shell) ?? name);
      return broken('alarms', `Tells nobody: ${list(names)}.`, 'The alarm rings, and no message is sent.', {
        commands:
          off.length === mute.length
            ? [shell.aws('cloudwatch', 'enable-alarm-actions', '--alarm-names', ...off)]
            : shell.restore(),
      });
    }
    return ok('alarms', `${plural(own.length, 'alarm')}: there, and switched on.`);
  });
}

/** They are about the number or who asks for it, or wait for a person: the counting goes on. */
const NEWS = /^(newly-missing|quota|drop|partial|unreadable-tasks|throttles|api-errors)/;

export function judgeRinging({ alarms }: Alarms, readAt: string, shell: Shell): Finding {
  return judged('ringing', alarms, 'whether an alarm is on', shell, (found) => {
    const own = ownAlarms(found, shell);
    const ringing = own.filter(({ state }) => state === 'ALARM');
    const blind = own.filter(({ state }) => state === 'INSUFFICIENT_DATA').length;
    if (ringing.length === 0)
      return ok('ringing', `No alarm is on${blind === 0 ? '' : `; ${blind} have no data yet`}.`);
    const parts = ringing.map(({ name, since }) => ({ part: partOf(name, shell) ?? name, since }));
    const lasting = (since: string) => duration(Date.parse(readAt) - Date.parse(since));
    const told = parts.map(({ part, since }) => (since === null ? part : `${part} (for ${lasting(since)})`));
    const judge = parts.every(({ part }) => NEWS.test(part)) ? warning : broken;
    return judge(
      'ringing',
      `${ringing.length === 1 ? 'An alarm is' : 'Alarms are'} on: ${list(told)}.`,
      'docs/operations.md says of each what it means.',
      {
        commands: [...new Set(parts.map(({ part }) => remedyOf(part, shell)))],
      },
    );
  });
}

function remedyOf(part: string, shell: Shell): string {
  const { alarm, kind } = ofKind(part);
  const [, errorsOf] = /^(\w+)-errors$/.exec(part) ?? [];
  const log = (name: string) => shell.aws('logs', 'tail', `/aws/lambda/${shell.nameOf(name)}`, '--since', '3h');
  if (errorsOf !== undefined) return log(errorsOf);
  switch (alarm) {
    case 'no-run':
    case 'lost-invocations':
      return shell.census('run --now');
    case 'failed-invocations':
    case 'unreadable-tasks':
      return shell.census('redrive');
    case 'no-total':
      return log('aggregator');
    case 'undelivered-tasks':
      return log('undelivered');
    case 'region-tasks':
      return log('worker');
    case 'throttles':
      return shell.aws('lambda', 'get-account-settings', '--query', 'AccountLimit');
    case 'quota':
      return shell.of(kind).census('headroom');
    default:
      return shell.of(kind).census('why');
  }
}

const UNHEARD = 'When counting stops, nobody is told.';
/** docs.aws.amazon.com/sns/latest/dg/CleanUp.html: an address that has not confirmed is forgotten after two days. */
const CONFIRM =
  'Open the message from AWS Notifications there, and confirm it; the command sends it once more. Unconfirmed, it is forgotten after 48 hours.';

export function judgeSubscribers({ alarms, hearers }: Pick<DoctorFacts, 'alarms' | 'hearers'>, shell: Shell): Finding {
  const check = 'subscribers';
  const who = 'who hears the alarms';
  return judged(check, alarms, who, shell, (found) =>
    judged(check, together(hearers), who, shell, (topics) => {
      // A function, for instance: it need not subscribe.
      const others = new Set(found.flatMap(({ actions }) => actions).filter((action) => !isTopic(action)));
      return judgeHeard(topics, [...others].map(lastOf), shell);
    }),
  );
}

/** What an alarm tells may be a topic, a function, or another service. */
export const isTopic = (action: string) => action.split(':')[2] === 'sns';

const lastOf = (arn: string) => arn.split(':').at(-1) ?? arn;

type Topics = Readonly<Record<string, SubscriptionFacts[] | null>>;

function judgeHeard(topics: Topics, others: readonly string[], shell: Shell): Finding {
  const check = 'subscribers';
  const all = Object.entries(topics).flatMap(([topic, found]) => (found ?? []).map((one) => ({ ...one, topic })));
  const pending = all.filter(({ isConfirmed }) => !isConfirmed);
  const isDeaf = (topic: string) => !all.some((one) => one.topic === topic && one.isConfirmed);
  const deaf = Object.keys(topics).find(isDeaf);
  const nobody = deaf !== undefined || (others.length === 0 && all.length === 0);
  if (pending.length > 0) {
    const names = list(pending.map(({ endpoint }) => endpoint));
    const mend = {
      todo: CONFIRM,
      commands: pending.map(({ topic, protocol, endpoint }) => subscribe(topic, protocol, endpoint, shell)),
    };
    if (nobody) return broken(check, `Nobody hears the alarms: ${names} has not confirmed.`, UNHEARD, mend);
    return warning(check, `Not confirmed: ${names}.`, 'Whoever waits for the alarms there gets none.', mend);
  }
  if (nobody && shell.isLocal)
    return ok(check, 'Nobody has subscribed to the alarms; on this machine none is evaluated, and nobody is woken.');
  if (nobody) {
    return broken(check, 'Nobody hears the alarms: no one has subscribed to them.', UNHEARD, {
      todo: 'With your own address; whoever owns it must confirm it. To keep it for the next deployments, deploy with alarmEmail.',
      commands: deaf === undefined ? shell.restore() : [subscribe(deaf, 'email', 'YOU@EXAMPLE.COM', shell)],
    });
  }
  const names = all.map(({ protocol, endpoint }) => `${lastOf(endpoint)} (${protocol})`);
  return ok(check, `The alarms reach ${list([...names, ...others])}.`);
}

const subscribe = (topic: string, protocol: string, endpoint: string, shell: Shell) =>
  shell.aws('sns', 'subscribe', '--topic-arn', topic, '--protocol', protocol, '--notification-endpoint', endpoint);
