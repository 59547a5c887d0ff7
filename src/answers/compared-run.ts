/** A run beside the one before it. */
import { InvalidInputError } from '../census/errors.ts';
import { recheck } from '../census/recheck.ts';
import type { Run, RunId } from '../census/run.ts';
import { type Damage, makeDamage, refuseDamaged } from './damage.ts';
import { type Difference, differenceOf } from './difference.ts';
import { newestOf } from './newest.ts';
import type { LedgerReader, Source, WholeRun } from './reader.ts';
import { countsOf, type RegionRow, regionRows } from './region-row.ts';
import { type RunSummary, runSummary } from './run-summary.ts';

export type ComparedRun = {
  run: RunSummary;
  /** A row for each planned region, compared with `before`. */
  regions: RegionRow[];
  /** The newest run before it that has a total; `null` where there is none. */
  before: RunSummary | null;
  /** `null` where there is no run to compare with. */
  difference: Difference | null;
  /** Regions that were counted after the total was stored, and are not in it yet. */
  news: string[];
};

/**
 * Two requests: the runs up to this one, then this one and the one before it with their records. Undefined where there is
 * no such run.
 * @throws InvalidInputError if the run is damaged, or its total contradicts its records
 */
export async function readComparedRun(
  { reader, accountId }: Source,
  runId: RunId,
  nowMs: number,
): Promise<ComparedRun | undefined> {
  const damage = makeDamage();
  const [run, ...earlier] = await reader.newestRuns(accountId, { until: runId, totals: 2, onDamaged: damage.note });
  refuseDamaged(damage, runId);
  if (run?.runId !== runId) return undefined;
  const pair = await readPair(reader, run, newestOf(earlier).latest, damage);
  refuseDamaged(damage, runId);
  return comparedRunOf(
    wholeOf(pair, run),
    pair.find((whole) => whole.run.runId !== runId),
    nowMs,
  );
}

/** A run and the one before it, with their records: one request for 19 regions. Those that are damaged are not there. */
export async function readPair(
  reader: LedgerReader,
  run: Run,
  before: Run | undefined,
  damage: Damage,
): Promise<WholeRun[]> {
  return await reader.wholeRuns(before === undefined ? [run] : [run, before], damage.note);
}

/** @throws InvalidInputError if it is not among them */
export function wholeOf(wholes: readonly WholeRun[], { runId }: Pick<Run, 'runId'>): WholeRun {
  const found = wholes.find(({ run }) => run.runId === runId);
  if (found !== undefined) return found;
  throw new InvalidInputError(`The run ${runId} is in the index, but its item is gone.`);
}

/** @throws InvalidInputError if the total contradicts the records */
export function comparedRunOf({ run, records }: WholeRun, before: WholeRun | undefined, nowMs: number): ComparedRun {
  const news = recheck(run, records);
  const regions = regionRows(run, records, countsOf(before?.records ?? []), nowMs);
  return {
    run: runSummary(run, nowMs),
    regions,
    before: before === undefined ? null : runSummary(before.run, nowMs),
    difference: before === undefined ? null : differenceOf(regions, before.run.runId),
    news,
  };
}
