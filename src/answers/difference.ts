/** How two runs differ in the regions that both counted; regions that only one counted are left out, not added. */
import type { RunId } from '../census/run.ts';

export type Difference = {
  /** The earlier one. */
  runId: RunId;
  /** Regions that both runs counted. */
  regions: number;
  /** Streams more (or fewer) in these. */
  streams: number;
};

/** Of one region, from what the earlier run counted there; `null` unless both counted it. */
export function changeOf(streams: number | null, before: number | null | undefined): number | null {
  return streams === null || before === null || before === undefined ? null : streams - before;
}

/** @param runId the earlier run's */
export function differenceOf(regions: readonly { change: number | null }[], runId: RunId): Difference {
  const changes = regions.flatMap(({ change }) => change ?? []);
  return { runId, regions: changes.length, streams: changes.reduce((sum, change) => sum + change, 0) };
}
