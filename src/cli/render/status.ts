import { expressionOf } from '../../answers/health/schedules.ts';
import type { StatusAnswer } from '../../answers/health/status.ts';
import { amount } from '../../answers/kind-words.ts';
import type { OrganizationRunSummary } from '../../answers/organization/run-summary.ts';
import { commandLine } from '../../answers/place.ts';
import type { RunSummary } from '../../answers/run-summary.ts';
import { ago, duration, list, number, plural, toSecond } from '../../answers/words.ts';
import { type Kind, STREAMS } from '../../census/kinds.ts';
import { plain, type View, wrap } from './text.ts';

type Row = [head: string, text: string];

export function renderStatus(answer: StatusAnswer, view: View): string {
  const { stack, region, accountId, latest, lastRun: last, readAt, unknown } = answer;
  const isWhole = answer.functions.length > 0;
  const rows: Row[] = [
    ...answer.schedules.map((one): Row => [SCHEDULE_ROWS[one.name] ?? one.name, schedule(one)]),
    ...(answer.organization === null ? [] : ofOrganization(answer.organization, readAt)),
    [answer.organization === null ? 'Last run' : 'of this account', lastRun(answer, STREAMS, unknown, readAt)],
    ...(latest === null || latest.runId === last?.runId ? [] : [lastTotal(latest, STREAMS, readAt)]),
    ...answer.otherKinds.flatMap((one) => ofKind(one, answer)),
    ...(isWhole ? parts(answer, view) : []),
    ...unknown.map(({ what, because }, at): Row => [at === 0 ? 'Unknown' : '', `${what}: ${because}`]),
  ];
  const width = Math.max(...rows.map(([head]) => head.length)) + GAP;
  const hint = isWhole ? [`Whether all is well: ${commandLine(view.place, 'doctor')}`] : [];
  return [
    view.colours.bold(plain(`${stack} in ${region}, account ${accountId}`)),
    ...rows.map(([head, text]) => row(head, text, width, view)),
    ...hint,
  ].join('\n');
}

const GAP = 2;

function parts(answer: StatusAnswer, view: View): Row[] {
  return [
    ['Next run', nextRun(answer)],
    ['Alarms', alarms(answer)],
    ['Heard by', subscribers(answer, view)],
    ['Queues', answer.queues.map(queue).join(', ')],
    ['Functions', functions(answer)],
  ];
}

const lastTotal = (latest: RunSummary, kind: Kind, readAt: string): Row => [
  'Last total',
  `${when(latest, readAt)}: ${verdict(latest, kind)}`,
];

/** It stands for the stack: its own account may be complete where another is not. */
function ofOrganization({ lastRun: last, latest }: NonNullable<StatusAnswer['organization']>, readAt: string): Row[] {
  return [
    ['Last run', `${when(last, readAt)} of the organisation: ${organizationVerdict(last)}`],
    ...(latest === null || latest.runId === last.runId
      ? []
      : [['Last total', `${when(latest, readAt)}: ${organizationVerdict(latest)}`] satisfies Row]),
  ];
}

function organizationVerdict({ verdict: told, streams, counted, expected, waiting }: OrganizationRunSummary): string {
  if (told === null || streams === null)
    return `no total yet, waiting for ${number(waiting)} of ${plural(expected, 'account')}`;
  return `${told}, ${amount(streams, STREAMS)}; ${number(counted ?? 0)} of ${plural(expected, 'account')} complete`;
}

/** Beneath the last run of streams. */
function ofKind(one: StatusAnswer['otherKinds'][number], { unknown, readAt }: StatusAnswer): Row[] {
  const { kind, latest, lastRun: last } = one;
  return [
    [`of ${kind}`, lastRun(one, kind, unknown, readAt)],
    ...(latest === null || latest.runId === last?.runId ? [] : [lastTotal(latest, kind, readAt)]),
  ];
}

function row(head: string, text: string, width: number, view: View): string {
  const lines = wrap(plain(text), view.width - width).split('\n');
  return lines.map((line, at) => `${(at === 0 ? head : '').padEnd(width)}${line}`).join('\n');
}

const SCHEDULE_ROWS: Readonly<Record<string, string>> = { dispatch: 'Runs', sweep: 'Sweep' };

function schedule({ exists, isEnabled, expression, timezone }: StatusAnswer['schedules'][number]): string {
  if (exists === null) return 'unknown';
  if (expression === null || timezone === null) return 'there is no schedule';
  return `${isEnabled ? 'enabled' : 'DISABLED'}: ${expressionOf({ expression, timezone })}`;
}

function nextRun({ schedules: [dispatch], readAt }: StatusAnswer): string {
  if (dispatch === undefined || dispatch.exists === null) return 'unknown';
  if (!dispatch.isEnabled) return 'NONE';
  return dispatch.nextAt === null ? 'unknown' : `${toSecond(dispatch.nextAt)} (${ago(dispatch.nextAt, readAt)})`;
}

function lastRun(
  { lastRun: last }: Pick<StatusAnswer, 'lastRun'>,
  kind: Kind,
  unknown: StatusAnswer['unknown'],
  readAt: string,
): string {
  if (last !== null) return `${when(last, readAt)}: ${verdict(last, kind)}`;
  const runs = kind === STREAMS ? 'runs' : `runs of ${kind}`;
  return unknown.some(({ what }) => what === runs) ? 'unknown' : 'none yet';
}

const lasting = (since: string, readAt: string) => duration(Date.parse(readAt) - Date.parse(since));

const when = ({ runId }: Pick<RunSummary, 'runId'>, readAt: string) => `${runId} (${ago(runId, readAt)})`;

function verdict({ verdict: told, streams, counted, expected, missing, waitingFor }: RunSummary, kind: Kind): string {
  if (told === null || streams === null)
    return `no total yet, waiting for ${waitingFor.length} of ${plural(expected, 'region')}`;
  const gaps =
    missing.length === 0 ? '' : `; missing: ${list(missing.map(({ region, reason }) => `${region} (${reason})`))}`;
  return `${told}, ${amount(streams, kind)} in ${number(counted ?? 0)} of ${plural(expected, 'region')}${gaps}`;
}

function alarms({ alarms: found, readAt }: StatusAnswer): string {
  if (found === null) return 'unknown';
  if (found.length === 0) return 'there are none';
  const ringing = found.filter(({ state }) => state === 'ALARM');
  const quiet = found.filter(({ state }) => state === 'INSUFFICIENT_DATA');
  const on = ringing.map(({ name, since }) => (since === null ? name : `${name} (for ${lasting(since, readAt)})`));
  const told = on.length === 0 ? `${found.length}, none is on` : `${on.length} of ${found.length} ON: ${list(on)}`;
  return quiet.length === 0 ? told : `${told}; ${quiet.length} without data`;
}

function subscribers({ subscribers: found }: StatusAnswer, { place }: View): string {
  if (found === null) return 'unknown';
  if (found.length === 0 && place.options.includes('--local')) return 'nobody; on this machine none is evaluated';
  if (found.length === 0) return 'NOBODY';
  return list(
    found.map(
      ({ protocol, endpoint, isConfirmed }) =>
        `${endpoint.split(':').at(-1)} (${isConfirmed ? protocol : `${protocol}, NOT CONFIRMED`})`,
    ),
  );
}

function queue({ name, exists, waiting, inFlight }: StatusAnswer['queues'][number]): string {
  if (exists === null) return `${name} unknown`;
  if (waiting === null || inFlight === null) return `${name} NOT THERE`;
  return `${name} ${number(waiting)}${inFlight === 0 ? '' : ` (and ${number(inFlight)} being worked on)`}`;
}

function functions({ functions: found }: StatusAnswer): string {
  const states = found.map(
    ({ name, exists, state }) =>
      [name, exists === null ? 'unknown' : exists ? (state ?? '').toLowerCase() : 'NOT THERE'] as const,
  );
  const [[, first] = ['', '']] = states;
  if (states.every(([, state]) => state === first)) return `${list(states.map(([name]) => name))}: ${first}`;
  return states.map(([name, state]) => `${name} ${state}`).join(', ');
}
