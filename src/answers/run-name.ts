/** Runs and times as people name them, and what the ledger makes of the names. */
import { InvalidInputError } from '../census/errors.ts';
import { print } from '../census/printed.ts';
import { parseRunId, type RunId, runIdOf } from '../census/run.ts';
import { anyRuns, newestOfAny } from './any-runs.ts';
import { makeDamage, refuseNewer } from './damage.ts';
import { newestOf } from './newest.ts';
import { NoAnswer, noRuns } from './no-answer.ts';
import type { Source, TimeRange } from './reader.ts';
import { whose } from './whose.ts';

/**
 * How a run is named: its id or a unique beginning of it, such as a day; `latest` (the newest that has a total), `latest~2`
 * (two totals before that), `previous` (`latest~1`), `yesterday` (the newest total of the UTC day before today).
 */
export type RunName = string;

/** How an end of a time is named: as a run is, where a day is all of it; or a length of time before now, such as `24h`. */
export type TimeName = string;

/** Before and after every id; their ends make of a beginning the two between which all ids that begin so are found. */
const FIRST = '0000-00-00T00:00:00Z';
const LAST = '9999-99-99T99:99:99Z';

const BACK = /^latest~(\d{1,4})$/;

/** @throws InvalidInputError, in one sentence, for what names no run whatever the ledger holds */
export function parseRunName(value: unknown): RunName {
  if (typeof value === 'string') {
    if (isWord(value) || (value.length < FIRST.length && isBeginning(value))) return value;
    if (value.length === FIRST.length && isBeginning(value)) return parseRunId(value);
  }
  throw new InvalidInputError(
    `${print(value)} names no run: expected an id such as 2026-11-20T06:00:00Z or its beginning, a day, latest, latest~1, previous or yesterday.`,
  );
}

function isWord(name: string): boolean {
  return ['latest', 'previous', 'yesterday'].includes(name) || BACK.test(name);
}

/** Of at least a year. */
function isBeginning(text: string): boolean {
  return text.length >= 4 && text.replace(/\d/g, '0') === FIRST.slice(0, text.length);
}

/**
 * The id of the run that is named. No request for a whole id, else one.
 * @throws NoAnswer where there is none, or several; InvalidInputError where an item that may be the one is damaged
 */
export async function findRunId(source: Source, name: RunName, nowMs: number): Promise<RunId> {
  if (name === 'yesterday') return await findOfDay(source, dayBefore(nowMs));
  const back = stepsBack(name);
  if (back !== undefined) return await findTotal(source, back);
  return name.length === FIRST.length ? name : await findBeginning(source, name);
}

/** How many totals before the newest; undefined for what is named otherwise. */
function stepsBack(name: string): number | undefined {
  if (name === 'latest') return 0;
  if (name === 'previous') return 1;
  const steps = BACK.exec(name)?.[1];
  return steps === undefined ? undefined : Number(steps);
}

/** `latest` is the newest run if none has a total. */
async function findTotal(source: Source, back: number): Promise<RunId> {
  const damage = makeDamage();
  const wanted = { runs: Math.max(10, back + 1), totals: back + 1, onDamaged: damage.note };
  const runs = await newestOfAny(source, wanted);
  if (runs.length === 0) throw noRuns(source, damage.items());
  const found = back === 0 ? (newestOf(runs).latest ?? runs[0]) : runs.filter(({ total }) => total !== undefined)[back];
  if (found === undefined) {
    refuseNewer(damage, '');
    const totals = runs.filter(({ total }) => total !== undefined).length;
    const few = totals === 0 ? 'none of its runs has' : `only ${totals} of its runs ${totals === 1 ? 'has' : 'have'}`;
    throw new NoAnswer(
      `There is no run latest~${back} in ${source.description}, because ${few} a total: \`kvs-census runs\` lists them.`,
    );
  }
  refuseNewer(damage, found.runId);
  return found.runId;
}

/** The newest total of a day. */
async function findOfDay(source: Source, day: string): Promise<RunId> {
  const damage = makeDamage();
  const range = rangeOfBeginning(day);
  for await (const { runId, total } of anyRuns(source, { ...range, onDamaged: damage.note })) {
    if (total === undefined) continue;
    refuseNewer(damage, runId);
    return runId;
  }
  refuseNewer(damage, '');
  throw new NoAnswer(
    `No run of yesterday (${day}, UTC) has a total in ${source.description}: \`kvs-census runs\` lists those that there are.`,
  );
}

/** As many as a sentence can hold. */
const MOST_CANDIDATES = 10;

/** A run that is damaged is meant as much as others. */
async function findBeginning(source: Source, beginning: string): Promise<RunId> {
  const damage = makeDamage();
  const range = { ...rangeOfBeginning(beginning), limit: MOST_CANDIDATES + 1 };
  const runIds = new Set<RunId>();
  for await (const { runId } of anyRuns(source, { ...range, onDamaged: damage.note })) {
    runIds.add(runId);
  }
  for (const { runId } of damage.items()) runIds.add(runId);
  const [found, ...others] = [...runIds].sort().reverse();
  if (found === undefined) {
    throw new NoAnswer(
      `No run of ${whose(source.censusId)} begins with ${beginning} in ${source.description}: \`kvs-census runs\` lists those that there are.`,
    );
  }
  if (others.length === 0) return found;
  const candidates = [found, ...others].slice(0, MOST_CANDIDATES).join(', ');
  const more = others.length >= MOST_CANDIDATES ? ' and others' : '';
  throw new NoAnswer(`More than one run begins with ${beginning}: say which of ${candidates}${more} is meant.`);
}

/** All ids that begin so, in the order of the ids. */
function rangeOfBeginning(beginning: string): Required<TimeRange> {
  const { length } = beginning;
  return { since: beginning + FIRST.slice(length), until: beginning + LAST.slice(length) };
}

function dayBefore(nowMs: number): string {
  return new Date(nowMs - DAY_MS).toISOString().slice(0, 10);
}

const DAY_MS = 86_400_000;
const LENGTHS = { min: 60_000, h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS } as const;
const AGO = /^(\d{1,5})(min|h|d|w)$/;
/** A year, a month, a day. */
const SPAN = /^\d{4}(-\d{2}(-\d{2})?)?$/;
const WITH_ZONE = /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/;

/** @throws InvalidInputError, in one sentence, for what names no time whatever the ledger holds */
export function parseTimeName(value: unknown): TimeName {
  if (typeof value === 'string') {
    if (isWord(value) || AGO.test(value) || startOf(value) !== undefined) return value;
    const instant =
      WITH_ZONE.test(value) && startOf(value.slice(0, 10)) !== undefined ? runIdOf(Date.parse(value)) : null;
    if (instant !== null) return instant;
  }
  throw new InvalidInputError(
    'Expected a day such as 2026-11-20, an instant such as 2026-11-20T06:00:00Z, a time before now such as 24h or 7d, or a run such as latest~5 or yesterday.',
  );
}

/**
 * The first or the last instant of the time that is named. A request only for the names of runs.
 * @throws as findRunId does
 */
export async function findInstant(
  source: Source,
  name: TimeName,
  edge: 'start' | 'end',
  nowMs: number,
): Promise<RunId> {
  const [, count, unit] = AGO.exec(name) ?? [];
  if (unit !== undefined) return idOf(nowMs - Number(count) * LENGTHS[unit as keyof typeof LENGTHS]);
  const span = name === 'yesterday' ? dayBefore(nowMs) : name;
  const start = startOf(span);
  if (start === undefined) return await findRunId(source, name, nowMs);
  return edge === 'start' ? start : endOf(span, start);
}

/** The first instant of a year, a month or a day; undefined for what is none. Date.parse makes a day of 2026-02-30. */
function startOf(span: string): RunId | undefined {
  if (!SPAN.test(span)) return undefined;
  const start = span + '0000-01-01T00:00:00Z'.slice(span.length);
  return runIdOf(Date.parse(start)) === start ? start : undefined;
}

function endOf(span: string, start: RunId): RunId {
  const next = new Date(start);
  if (span.length === '2026'.length) next.setUTCFullYear(next.getUTCFullYear() + 1);
  else if (span.length === '2026-11'.length) next.setUTCMonth(next.getUTCMonth() + 1);
  else next.setUTCDate(next.getUTCDate() + 1);
  return idOf(next.getTime() - 1000);
}

/** Of an instant that there is. */
const idOf = (ms: number): RunId => runIdOf(ms) as RunId;
