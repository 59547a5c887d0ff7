/** A run as it progresses. */
import type { RunBase, RunId } from '../census/run.ts';
import { newestOfAny } from './any-runs.ts';
import { NoAnswer, noRuns } from './no-answer.ts';
import type { Source } from './reader.ts';
import type { RegionRow } from './region-row.ts';

/** What is known of a run by now, whether or not it has a total: regions that are counted, and the streams in these. */
export function soFarOf(regions: readonly RegionRow[]): { counted: number; streams: number } {
  const counts = regions.flatMap(({ streams }) => streams ?? []);
  return { counted: counts.length, streams: counts.reduce((sum, streams) => sum + streams, 0) };
}

/** Of the newest run, whether or not it has a total: the one to follow. */
export async function readNewestId(source: Source): Promise<RunId> {
  const [newest] = await newestOfAny(source, { runs: 1 });
  if (newest === undefined) throw noRuns(source, []);
  return newest.runId;
}

/** The sweep comes every five minutes, so a run that has not settled so long after its deadline needs a person. */
const OVERDUE_MS = 15 * 60_000;

/**
 * @param timeScale by how much every wait is divided where the run is made
 * @throws NoAnswer if it should have settled long ago, and waiting is of no use
 */
export function refuseOverdue({ runId, deadlineAt }: RunBase, nowMs: number, timeScale: number): void {
  if (nowMs <= Date.parse(deadlineAt) + OVERDUE_MS / timeScale) return;
  throw new NoAnswer(
    `The run ${runId} should have settled by ${deadlineAt} and has not: look at the aggregator's log and at \`kvs-census redrive\`.`,
  );
}
