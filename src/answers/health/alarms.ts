/** Whether somebody is told when something is wrong. */
import { duration, list, plural } from '../words.ts';
import type { AlarmFacts, Asked, DoctorFacts, SubscriptionFacts } from './facts.ts';
import { broken, type Finding, judged, ok, unknown, warning } from './finding.ts';
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

/** Those that only some deployments have. */
const OPTIONAL = /^(newly-missing|drop|partial[a-z-]*)$/;

export function partOf(name: string, shell: Shell): string | undefined {
  const part = name.startsWith(shell.nameOf('')) ? name.slice(shell.nameOf('').length) : '';
  return (ALARMS as readonly string[]).includes(part) || OPTIONAL.test(part) ? part : undefined;
}

type Alarms = Pick<DoctorFacts, 'alarms'>;

export function judgeAlarms({ alarms }: Alarms, shell: Shell): Finding {
  return judged('alarms', alarms, 'whether the alarms are there', shell, (found) => {
    const missing = ALARMS.filter((part) => !found.some(({ name }) => name === shell.nameOf(part)));
    if (missing.length > 0) {
      const what = missing.length === ALARMS.length ? 'There are no alarms' : `There is no alarm ${list(missing)}`;
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

/** They are about the number, or wait for a person: the counting goes on. */
const NEWS = /^(newly-missing|drop|partial|unreadable-tasks|throttles)/;

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
  const [, errorsOf] = /^(\w+)-errors$/.exec(part) ?? [];
  const log = (name: string) => shell.aws('logs', 'tail', `/aws/lambda/${shell.nameOf(name)}`, '--since', '3h');
  if (errorsOf !== undefined) return log(errorsOf);
  switch (part) {
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
    default:
      return shell.census('why');
  }
}

type Heard = Pick<DoctorFacts, 'alarms' | 'hearers'>;

/** An e-mail address that was never confirmed is asked once, and forgotten after two days: docs.aws.amazon.com/sns/latest/dg/CleanUp.html */
export function judgeSubscribers({ alarms, hearers }: Heard, shell: Shell): Finding {
  const check = 'subscribers';
  return judged(check, alarms, 'who hears the alarms', shell, () => {
    const topics = Object.entries<Asked<SubscriptionFacts[] | null>>(hearers);
    const [refused] = topics.flatMap(([, asked]) => ('refusal' in asked ? [asked.refusal] : []));
    if (refused !== undefined) return unknown(check, refused, 'who hears the alarms', shell);
    const found = topics.map(([topic, asked]) => ({ topic, subscribers: ('answer' in asked && asked.answer) || [] }));
    const [deaf] = found.filter(({ subscribers }) => !subscribers.some(({ isConfirmed }) => isConfirmed));
    const all = found.flatMap(({ topic, subscribers }) => subscribers.map((one) => ({ ...one, topic })));
    if (shell.isLocal && all.length === 0)
      return ok(check, 'Nobody has subscribed to the alarms; on this machine none is evaluated, and nobody is woken.');
    const pending = all.filter(({ isConfirmed }) => !isConfirmed);
    const resend = pending.map(({ topic, protocol, endpoint }) => subscribe(topic, protocol, endpoint, shell));
    const confirm =
      'Open the message from AWS Notifications there, and confirm it; the command sends it once more. Unconfirmed, it is forgotten after 48 hours.';
    const names = list(pending.map(({ endpoint }) => endpoint));
    if (deaf !== undefined && pending.length > 0)
      return broken(check, `Nobody hears the alarms: ${names} has not confirmed.`, UNHEARD, {
        todo: confirm,
        commands: resend,
      });
    if (deaf !== undefined || found.length === 0) {
      const commands =
        deaf === undefined ? shell.restore() : [subscribe(deaf.topic, 'email', 'YOU@EXAMPLE.COM', shell)];
      return broken(check, 'Nobody hears the alarms: no one has subscribed to them.', UNHEARD, {
        todo: 'With your own address; whoever owns it must confirm it. To keep it for the next deployments, deploy with alarmEmail.',
        commands,
      });
    }
    if (pending.length > 0)
      return warning(check, `Not confirmed: ${names}.`, 'Whoever waits for the alarms there gets none.', {
        todo: confirm,
        commands: resend,
      });
    return ok(
      check,
      `The alarms reach ${list(all.map(({ protocol, endpoint }) => `${endpoint.split(':').at(-1)} (${protocol})`))}.`,
    );
  });
}

const UNHEARD = 'When counting stops, nobody is told.';

const subscribe = (topic: string, protocol: string, endpoint: string, shell: Shell) =>
  shell.aws('sns', 'subscribe', '--topic-arn', topic, '--protocol', protocol, '--notification-endpoint', endpoint);
