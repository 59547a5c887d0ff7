/** A run beside the run that its total is compared with, and each of its regions beside its own last count. */
import { InvalidInputError } from '../census/errors.ts';
import { recheck } from '../census/recheck.ts';
import type { Run, RunId } from '../census/run.ts';
import { type Comparison, comparedWith, comparisonOf, isComparable } from './comparison.ts';
import { type Damage, makeDamage, refuseDamaged } from './damage.ts';
import { NoAnswer, noSuchRun } from './no-answer.ts';
import type { LedgerReader, Source, WholeRun } from './reader.ts';
import { countsOf, type LastCount, type RegionRow, regionRows } from './region-row.ts';
import { findRunId, type RunName } from './run-name.ts';
import { type RunSummary, runSummary } from './run-summary.ts';

export type ComparedRun = {
  run: RunSummary;
  /** A row for each planned region, each compared with its own last count. */
  regions: RegionRow[];
  /** With the comparable run. `null` where there is no earlier total, or none of this run. */
  comparison: Comparison | null;
  /** Regions that were counted after the total was stored, and are not in it yet. */
  news: string[];
};

/** How many runs one request for the newest asks for. */
export const NEAR = 10;

/** How many runs before these are looked at for a comparable one. */
const LOOK_BACK = 100;

/**
 * Two requests: the runs up to this one, then this one and those that it is compared with, with their records. One more
 * where none of the ten newest is comparable: it looks at the hundred before them, and no further.
 * @throws InvalidInputError if the run is damaged, or its total contradicts its records
 */
export async function readComparedRun(
  { reader, censusId }: Source,
  runId: RunId,
  nowMs: number,
  damage: Damage = makeDamage(),
): Promise<ComparedRun | undefined> {
  const runs = await reader.newestRuns(censusId, { until: runId, runs: NEAR, totals: 2, onDamaged: damage.note });
  refuseDamaged(damage, runId);
  const [run] = runs;
  if (run?.runId !== runId) return undefined;
  const compared = await readCompared(reader, run, await readEarlier(reader, run, runs, damage), nowMs, damage);
  refuseDamaged(damage, runId);
  return compared;
}

/**
 * The run of that name, and the newest of those before it, newest first. One request, and one for a name that is not a whole
 * id.
 * @throws NoAnswer if there is no such run; InvalidInputError if it is damaged
 */
export async function readUpTo(source: Source, name: RunName, nowMs: number, damage: Damage): Promise<[Run, ...Run[]]> {
  const runId = await findRunId(source, name, nowMs);
  const wanted = { until: runId, runs: NEAR, totals: 2, onDamaged: damage.note };
  const [run, ...earlier] = await source.reader.newestRuns(source.censusId, wanted);
  refuseDamaged(damage, runId);
  if (run?.runId !== runId) throw noSuchRun(source, runId);
  return [run, ...earlier];
}

/** @param damage what could not be read on the way */
export function noneBefore({ runId }: Run, damage: Damage): Error {
  const [item] = damage.items();
  return new NoAnswer(
    `Before the run ${runId} there is none with a total${item === undefined ? '' : ` that can be read (${item.problem})`}, so there is nothing to compare it with.`,
  );
}

/**
 * The runs before this one, newest first, as far as its comparison needs them.
 * @param newest the newest runs, at least NEAR of them if there are so many
 */
export async function readEarlier(
  reader: LedgerReader,
  run: Run,
  newest: readonly Run[],
  damage: Damage,
): Promise<Run[]> {
  const earlier = newest.filter(({ runId }) => runId < run.runId);
  const until = newest.at(-1)?.runId;
  if (run.total === undefined || until === undefined || newest.length < NEAR) return earlier;
  const isFound = (one: Run) => isComparable(candidateOf(run), candidateOf(one));
  if (earlier.some(isFound)) return earlier;
  for await (const one of reader.runs(run.censusId, { until, limit: LOOK_BACK + 1, onDamaged: damage.note })) {
    if (one.runId < until) earlier.push(one);
    if (isFound(one)) break;
  }
  return earlier;
}

/** @throws InvalidInputError if this run is damaged, contradicts itself, or is gone */
export async function readCompared(
  reader: LedgerReader,
  run: Run,
  earlier: readonly Run[],
  nowMs: number,
  damage: Damage,
): Promise<ComparedRun> {
  const { sound, wholes } = await readBackground(reader, run, earlier, damage);
  return comparedRunOf(wholeOf(wholes, run, damage), sound, wholes, nowMs);
}

/**
 * The run and its background with their records. One request, unless many runs are needed for the last counts: at most one
 * for each region. A run that turns out to be damaged, or contradicts itself, leaves its place to another.
 */
export async function readBackground(
  reader: LedgerReader,
  run: Run,
  earlier: readonly Run[],
  damage: Damage,
): Promise<{ sound: Run[]; wholes: WholeRun[] }> {
  for (;;) {
    const noted = damage.items().length;
    const sound = earlier.filter(({ runId }) => !damage.has(runId));
    const wholes = await reader.wholeRuns([run, ...backgroundOf(run, sound)], damage.note);
    for (const whole of wholes) if (whole.run.runId !== run.runId) noteContradiction(whole, damage);
    if (damage.has(run.runId) || damage.items().length === noted) return { sound, wholes };
  }
}

export function noteContradiction({ run, records }: WholeRun, damage: Damage): void {
  try {
    recheck(run, records);
  } catch (error) {
    damage.noteRun(run.runId, error);
  }
}

/** @throws InvalidInputError if it is not among them */
export function wholeOf(wholes: readonly WholeRun[], { runId }: Pick<Run, 'runId'>, damage: Damage): WholeRun {
  const found = wholes.find(({ run }) => run.runId === runId);
  if (found !== undefined) return found;
  refuseDamaged(damage, runId);
  throw new InvalidInputError(`The run ${runId} is in the index, but its item is gone.`);
}

/**
 * Earlier runs whose records are needed: that which the total is compared with, and those that counted the regions last.
 * @param earlier newest first
 */
export function backgroundOf(run: Run, earlier: readonly Run[]): Run[] {
  const needed = new Set([otherOf(run, earlier), ...run.plan.map((region) => lastCounting(region, earlier))]);
  return [...needed].filter((one) => one !== undefined);
}

/** What the run's total is compared with. */
export function otherOf(run: Run, earlier: readonly Run[]): Run | undefined {
  return comparedWith(candidateOf(run), earlier.map(candidateOf))?.run;
}

function candidateOf(run: Run) {
  return { run, verdict: run.total?.verdict ?? null, plan: run.plan };
}

/** The newest run whose total holds the region. */
function lastCounting(region: string, earlier: readonly Run[]): Run | undefined {
  return earlier.find(
    ({ plan, total }) => total !== undefined && plan.includes(region) && gapOf(total, region) === undefined,
  );
}

const gapOf = ({ missing }: NonNullable<Run['total']>, region: string) => missing.find((gap) => gap.region === region);

/**
 * @param earlier newest first
 * @param wholes the background among them
 * @throws InvalidInputError if the total contradicts the records
 */
export function comparedRunOf(
  { run, records }: WholeRun,
  earlier: readonly Run[],
  wholes: readonly WholeRun[],
  nowMs: number,
): ComparedRun {
  const news = recheck(run, records);
  const other = otherOf(run, earlier);
  const before = wholes.find((whole) => whole.run.runId === other?.runId);
  return {
    run: runSummary(run, nowMs),
    regions: regionRows(run, records, lastCountsOf(run, earlier, wholes), nowMs),
    comparison: before === undefined ? null : comparisonWith({ run, records }, before, earlier, nowMs),
    news,
  };
}

/** @param earlier runs before this one, newest first */
export function comparisonWith(now: WholeRun, before: WholeRun, earlier: readonly Run[], nowMs: number): Comparison {
  const countedOf = ({ run, records }: WholeRun) => ({ run: runSummary(run, nowMs), counts: countsOf(records) });
  const totals = earlier.filter(({ total }) => total !== undefined);
  return comparisonOf(
    countedOf(now),
    countedOf(before),
    totals.map((run) => runSummary(run, nowMs)),
  );
}

/** Where none of the runs looked at counted a region, the newest that missed it may say who did. */
function lastCountsOf(run: Run, earlier: readonly Run[], wholes: readonly WholeRun[]): Map<string, LastCount> {
  const last = new Map<string, LastCount>();
  for (const region of run.plan) {
    const runId = lastCounting(region, earlier)?.runId;
    const records = wholes.find((whole) => whole.run.runId === runId)?.records ?? [];
    const streams = countsOf(records).get(region);
    const known = earlier.flatMap(({ total }) => (total && gapOf(total, region)?.lastKnown) ?? [])[0];
    if (runId !== undefined && streams !== undefined) last.set(region, { runId, streams });
    else if (known !== undefined) last.set(region, known);
  }
  return last;
}
