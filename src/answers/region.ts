/** One region through time. */

import { whyUnplanned } from '../census/coverage.ts';
import type { RegionRecord } from '../census/region.ts';
import type { Run, RunId } from '../census/run.ts';
import { makeDamage } from './damage.ts';
import { type Head, headOf } from './head.ts';
import { trusted } from './history.ts';
import { NoAnswer, noRuns } from './no-answer.ts';
import type { DamagedItem, Source } from './reader.ts';
import { changeSince, type LastCount, type RegionRow, regionRow } from './region-row.ts';
import { waitingFor } from './run-summary.ts';
import type { Range } from './runs.ts';

export type RegionAnswer = Head<'region'> & {
  region: string;
  /** Runs whose plan names the region, newest first. `change` is to the newest older run that counted it. */
  points: RegionPoint[];
  /** Where to go on, as of `runs`: the newest older run of the range that was asked for; `null` where there is none. */
  next: RunId | null;
  damaged: DamagedItem[];
};

export type RegionPoint = RegionRow & { runId: RunId };

/** @throws NoAnswer if there are no runs, or none was to count the region */
export async function readRegion(source: Source, region: string, range: Range, nowMs: number): Promise<RegionAnswer> {
  const { runs, answer } = await readPoints(source, region, range, nowMs);
  if (answer.points.length > 0) return answer;
  if (runs.length > 0 && !runs.some(({ plan }) => plan.includes(region))) throw notPlanned(region, runs, answer.next);
  throw noRuns(source, answer.damaged, range);
}

/**
 * Two requests for up to 100 runs: the runs, and the records of the region since the oldest that was to count it. A run
 * in which nobody recorded anything of the region is a gap only because the run's plan names it.
 */
export async function readPoints(
  { reader, censusId }: Source,
  region: string,
  range: Range,
  nowMs: number,
): Promise<{ runs: Run[]; answer: RegionAnswer }> {
  const damage = makeDamage();
  const onDamaged = damage.note;
  const runs: Run[] = [];
  const { limit, ...time } = range;
  // One more than asked for: it says where to go on, and what the oldest is compared with.
  for await (const run of reader.runs(censusId, { ...time, limit: limit + 1, onDamaged })) runs.push(run);
  const next = runs[limit]?.runId ?? null;
  const planned = runs.filter(({ plan }) => plan.includes(region));
  const records = new Map<RunId, RegionRecord>();
  const oldest = planned.at(-1);
  if (oldest !== undefined) {
    const until = range.until === undefined ? {} : { until: range.until };
    for await (const record of reader.regionRecords(censusId, region, { since: oldest.runId, ...until, onDamaged })) {
      records.set(record.runId, record);
    }
  }
  for (const run of planned.filter((one) => isWithoutRecord(one, region, records))) {
    const afresh = await trusted(reader, { run, records: [] }, damage);
    for (const record of afresh?.records ?? []) if (record.region === region) records.set(run.runId, record);
  }
  // Without its record a run would look as if the region had not answered.
  const readable = planned.filter(({ runId }) => !damage.has(runId));
  const points = pointsOf(region, readable, records, nowMs).filter(({ runId }) => runId !== next);
  const head = headOf('region', censusId, nowMs);
  return { runs: runs.slice(0, limit), answer: { ...head, region, points, next, damaged: damage.items() } };
}

/** Its total holds the region: either the index, which lags behind by moments, does not have the record yet, or it is lost. */
function isWithoutRecord({ runId, total }: Run, region: string, records: ReadonlyMap<RunId, RegionRecord>): boolean {
  const isInTotal = total !== undefined && !total.missing.some((gap) => gap.region === region);
  return isInTotal && records.get(runId)?.status !== 'counted';
}

function pointsOf(
  region: string,
  runs: readonly Run[],
  records: ReadonlyMap<RunId, RegionRecord>,
  nowMs: number,
): RegionPoint[] {
  let last: LastCount | undefined;
  const oldestFirst = [...runs].reverse().map((run) => {
    const row = regionRow(region, records.get(run.runId), waitingFor(run, nowMs).includes(region));
    const change = changeSince(row.streams, last);
    if (row.streams !== null) last = { runId: run.runId, streams: row.streams };
    return { runId: run.runId, ...row, ...change };
  });
  return oldestFirst.reverse();
}

function notPlanned(region: string, runs: readonly Run[], next: RunId | null): NoAnswer {
  const planned = [...new Set(runs.flatMap(({ plan }) => plan))].sort();
  const [newest] = runs;
  const why = newest && whyUnplanned(newest, region);
  const because = why === 'off' ? ': the account has not switched it on' : why === 'excluded' ? ': it is excluded' : '';
  const which = runs.length === 1 ? 'The only run looked at was not' : `None of the ${runs.length} runs looked at was`;
  const counted = `Counted are: ${planned.join(', ')}`;
  const older = next === null ? '.' : `; with --until ${next} older runs are looked at.`;
  return new NoAnswer(`${which} to count ${region}${because}. ${counted}${older}`);
}
