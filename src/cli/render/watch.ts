/** A run as it progresses, line by line: what happened, and what is waited for. */
import { amount } from '../../answers/kind-words.ts';
import { soFarOf } from '../../answers/progress.ts';
import type { RegionRow } from '../../answers/region-row.ts';
import type { RunAnswer } from '../../answers/run.ts';
import type { RunSummary } from '../../answers/run-summary.ts';
import { ago, list, plural, seconds, span, toSecond } from '../../answers/words.ts';
import type { Kind } from '../../census/kinds.ts';
import { plain } from './text.ts';

/** How long things take where a run is made: on AWS as long as they do. */
export type Waits = {
  /** By how much the local stack divides every wait; 1 is AWS's own time. */
  timeScale: number;
  /** ms of this clock until a region that failed is tried again, at most; `null`: it is not. Undefined: not known. */
  waitAfter?: (region: string) => number | null | undefined;
};

/** What happened to a run. */
export type Event = {
  /** The same thing has the same key in every look. */
  key: string;
  /** ISO 8601. */
  at: string;
  line: string;
};

/** All that is known to have happened to a run, oldest first. `isRepeated`: an attempt at the region was told before. */
export function eventsOf(answer: RunAnswer, isRepeated: (row: RegionRow) => boolean, waits: Waits): Event[] {
  const { kind, run, regions } = answer;
  const heard = regions.flatMap((row) => eventOf(row, kind, isRepeated(row), waits) ?? []);
  const events = [
    { key: 'opened', at: run.openedAt, line: `run ${run.runId} is open: ${plural(run.expected, 'region')}` },
    ...heard,
    ...totalOf(run, kind),
  ].sort(oldestFirst);
  return run.round === 0 ? events : withRound(answer, events);
}

export const oldestFirst = (a: Event, b: Event) => Date.parse(a.at) - Date.parse(b.at);

function eventOf(row: RegionRow, kind: Kind, isRepeated: boolean, waits: Waits): Event | undefined {
  const { region, recordedAt: at } = row;
  if (at === null) return undefined;
  const event = (what: string) => ({ key: `${region} ${at}`, at, line: `${plain(region)} ${what}` });
  switch (row.status) {
    case 'counted':
      return event(`counted: ${amount(row.streams ?? 0, kind)}${effortOf(row)}`);
    case 'failed':
      return event(`failed: ${row.reason}`);
    case 'attempted':
      return event(`tried${isRepeated ? ' once more' : ''}: ${row.reason}; ${againOf(row, waits)}`);
    case 'waiting':
    case 'unanswered':
      return undefined;
    default:
      return row.status satisfies never;
  }
}

function effortOf({ effort }: RegionRow): string {
  if (effort === null) return '';
  return `, ${plural(effort.pages, 'page')}, ${plural(effort.calls, 'call')}, ${seconds(effort.ms)}`;
}

/** When a region that failed is tried again, as far as that is known. */
export function againOf({ region, recordedAt }: RegionRow, { waitAfter, timeScale }: Waits): string {
  const waitMs = waitAfter?.(region);
  if (waitMs === null) return 'that was the last attempt';
  if (waitMs === undefined || recordedAt === null) return 'will be tried again';
  const by = endOf(Date.parse(recordedAt) + waitMs);
  return `will be tried again by ${by}, within ${inBothTimes(waitMs, timeScale)}`;
}

function totalOf({ streams, counted, expected, verdict, settledAt }: RunSummary, kind: Kind): Event[] {
  if (streams === null || settledAt === null) return [];
  const line = `total: ${amount(streams, kind)} in ${counted} of ${plural(expected, 'region')}, ${verdict}`;
  return [{ key: `total ${settledAt}`, at: settledAt, line }];
}

export const roundKey = (round: number) => `round ${round}`;

/** Nothing says when a round was opened: behind all that happened before its own first record. */
function withRound({ run, regions }: RunAnswer, events: Event[]): Event[] {
  const own = regions.filter(({ round, recordedAt }) => round === run.round && recordedAt !== null);
  const firstAtMs = Math.min(...own.map(({ recordedAt }) => Date.parse(recordedAt ?? '')));
  const place = events.findIndex(({ at }) => Date.parse(at) >= firstAtMs);
  const asked = new Set([...own.map(({ region }) => region), ...run.waitingFor]);
  const index = place === -1 ? events.length : place;
  const at = events[index - 1]?.at ?? run.openedAt;
  const line = `asked again (round ${run.round}): ${list([...asked].sort().map(plain))}`;
  return events.toSpliced(index, 0, { key: roundKey(run.round), at, line });
}

/** Of a run that has settled: nothing more is waited for. */
export function overLine({ run, readAt }: RunAnswer): string {
  const since =
    run.settledAt === null ? '' : ` It settled at ${toSecond(run.settledAt)} (${ago(run.settledAt, readAt)}).`;
  return `The run ${run.runId} is over.${since}`;
}

const NAMED = 3;

/** What is waited for, and until when; as of when the ledger was read. Without an answer the run is not open yet. */
export function waitingLine(answer: RunAnswer | undefined, { timeScale }: Waits): string {
  if (answer === undefined) return 'waiting for the dispatcher to open the run';
  const { run, regions, readAt } = answer;
  const leftMs = Date.parse(run.deadlineAt) - Date.parse(readAt);
  if (leftMs <= 0)
    return `waiting for the sweep to settle the run, within ${inBothTimes(SWEEP_MS / timeScale, timeScale)}`;
  if (run.waitingFor.length === 0) return 'every region has answered; waiting for the total';
  const names = run.waitingFor.slice(0, NAMED).map(plain);
  const rest = run.waitingFor.length - names.length;
  const who = list(rest > 0 ? [...names, `${rest} more`] : names);
  const counted = `${soFarOf(regions).counted} of ${plural(run.expected, 'region')} counted`;
  const until = `${endOf(Date.parse(run.deadlineAt))}, within ${inBothTimes(leftMs, timeScale)}`;
  return `waiting for ${who} (${counted}); the run settles by ${until}`;
}

/** How often the sweep comes, on AWS. */
export const SWEEP_MS = 5 * 60_000;

/** "30 s", or "30 s (20 min of AWS's time)". */
export function inBothTimes(ms: number, timeScale: number): string {
  return timeScale === 1 ? span(ms) : `${span(ms)} (${span(ms * timeScale)} of AWS's time)`;
}

/** "09:36:40", UTC. */
export const timeOf = (atMs: number) => new Date(atMs).toISOString().slice(11, 19);

/** The same of what ends then: never too early. */
export const endOf = (atMs: number) => timeOf(Math.ceil(atMs / 1000) * 1000);
