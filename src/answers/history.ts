/** Long histories, with all regions, in few requests and flat memory. */
import { recheck } from '../census/recheck.ts';
import type { RegionRecord } from '../census/region.ts';
import { heardBy } from '../census/region.ts';
import type { Run } from '../census/run.ts';
import type { Damage } from './damage.ts';
import type { Head } from './head.ts';
import { noRuns } from './no-answer.ts';
import type { DamagedItem, LedgerReader, Source, TimeRange, WholeRun } from './reader.ts';
import { type RunAnswer, runOf } from './run.ts';

/** The whole of it as one document. */
export type ExportAnswer = Head<'export'> & {
  /** Newest first. */
  runs: Pick<RunAnswer, 'run' | 'regions'>[];
  damaged: DamagedItem[];
};

/** Without `limit`: all of it. */
type HistoryRange = TimeRange & { limit?: number };

/**
 * The runs of a history as answers, newest first, as they are read.
 * @param nowMs the clock, in milliseconds since 1970: a long history takes its time
 * @throws NoAnswer if there are none
 */
export async function* readHistory(
  source: Source,
  range: HistoryRange,
  nowMs: () => number,
  damage: Damage,
): AsyncGenerator<RunAnswer> {
  let isEmpty = true;
  for await (const whole of wholeRuns(source, range, damage)) {
    isEmpty = false;
    yield runOf(whole, nowMs());
  }
  if (isEmpty) throw noRuns(source, damage.items(), range);
}

/** Of each list at a time. Small enough that 20 lists fit in little memory, and parsing one page does not hold up a pipe. */
const PER_REQUEST = 250;

/**
 * Runs with their records, newest first. The runs and each region's records come newest first as well, so they are
 * merged like sorted lists: for 10,000 runs of 19 regions 800 requests instead of 10,000, and never more in memory
 * than a page of each list.
 *
 * The lists come from an index that lags behind by moments. A run that does not add up is read once more from the table.
 * One that is damaged is noted and left out.
 */
export async function* wholeRuns(
  { reader, censusId }: Source,
  range: HistoryRange,
  damage: Damage,
): AsyncGenerator<WholeRun> {
  const regions = new Map<string, Cursor>();
  const onDamaged = damage.note;
  const perRequest = Math.min(PER_REQUEST, range.limit ?? PER_REQUEST);
  try {
    for await (const run of reader.runs(censusId, { ...range, perRequest, onDamaged })) {
      const records: RegionRecord[] = [];
      for (const region of run.plan) {
        let cursor = regions.get(region);
        if (cursor === undefined) {
          const since = range.since === undefined ? {} : { since: range.since };
          cursor = makeCursor(
            reader.regionRecords(censusId, region, { ...since, until: run.runId, perRequest, onDamaged }),
          );
          regions.set(region, cursor);
        }
        const record = await cursor.at(run.runId);
        if (record !== undefined) records.push(record);
      }
      const asked = { run, records: heardBy(run, records) };
      const whole = damage.has(run.runId) ? undefined : await trusted(reader, asked, damage);
      if (whole !== undefined) yield whole;
    }
  } finally {
    for (const cursor of regions.values()) await cursor.close();
  }
}

type Cursor = { at(runId: string): Promise<RegionRecord | undefined>; close(): Promise<void> };

/** Goes through a region's records, newest first, and gives that of a run if there is one. Ask from new to old. */
function makeCursor(records: AsyncIterable<RegionRecord>): Cursor {
  const iterator = records[Symbol.asyncIterator]();
  let head: IteratorResult<RegionRecord, unknown> | undefined;
  return {
    async at(runId) {
      head ??= await iterator.next();
      while (!head.done && head.value.runId > runId) head = await iterator.next();
      return !head.done && head.value.runId === runId ? head.value : undefined;
    },
    async close() {
      await iterator.return?.();
    },
  };
}

/** The run as it was given, or as the table has it. Undefined, and noted, where even that does not add up. */
export async function trusted(reader: LedgerReader, whole: WholeRun, damage: Damage): Promise<WholeRun | undefined> {
  if (addsUp(whole)) return whole;
  try {
    const afresh = (await reader.wholeRun(whole.run)) ?? whole;
    recheck(afresh.run, afresh.records);
    return afresh;
  } catch (error) {
    damage.noteRun(whole.run.runId, error);
    return undefined;
  }
}

function addsUp({ run, records }: { run: Run; records: readonly RegionRecord[] }): boolean {
  try {
    return recheck(run, records).length === 0;
  } catch {
    return false;
  }
}
