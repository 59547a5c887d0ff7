import type { RegionRecord } from '../../../src/census/region.ts';
import { at, isMissing, type Story } from '../story.ts';
import { seconds } from './allowances.ts';

/** What "at once" may take: a few requests, an asynchronous invocation, a new process. */
export const AT_ONCE_MS = 20_000;

/**
 * In a calm run, and where only tasks come late, get lost or come twice, the total follows the last record, and every
 * later count or reason, at once, not at the next sweep.
 */
export function* Prompt({ runs, history, circumstances }: Story) {
  if (!circumstances.isUndisturbed) return;
  for (const { runId, versions, totals, records } of runs) {
    const { plan = [] } = versions[0]!.value;
    const answers = plan.map((region) => records.get(region)?.find(({ value }) => value.status !== 'attempted'));
    if (plan.length > 0 && answers.every((answer) => answer !== undefined)) {
      const lastMs = Math.max(...answers.map(({ atMs }) => atMs));
      const firstTotal = totals[0]?.atMs ?? Number.POSITIVE_INFINITY;
      if (firstTotal > lastMs + AT_ONCE_MS)
        yield `${runId}: the total came ${seconds(firstTotal - lastMs)} after the last record.`;
    }
    for (const [region, recorded] of records) {
      const counted = recorded.find(({ value }) => value.status === 'counted');
      if (counted === undefined || totals[0] === undefined || counted.atMs < totals[0].atMs) continue;
      const improved = totals.find(({ value }) => !isMissing(value, region))?.atMs ?? Number.POSITIVE_INFINITY;
      if (improved > counted.atMs + AT_ONCE_MS)
        yield `${runId}: ${region} was counted late, and the total followed ${seconds(improved - counted.atMs)} after.`;
    }
    for (const [region, recorded] of records) {
      for (const [index, { atMs, value }] of recorded.entries()) {
        const dueMs = atMs + AT_ONCE_MS;
        const isOvertaken = (recorded[index + 1]?.atMs ?? Number.POSITIVE_INFINITY) <= dueMs;
        if (value.status !== 'failed' || isOvertaken || isAskedAgain(value, at(versions, dueMs)?.round)) continue;
        const gap = at(totals, dueMs)?.missing.find((missing) => missing.region === region);
        if (gap !== undefined && gap.reason !== value.reason)
          yield `${runId}: ${region} failed as ${value.reason}, and the total did not say so at once.`;
      }
    }
  }

  /** In a later round, up to the one that the run is in: then that is to say what becomes of it. */
  function isAskedAgain({ runId, region, round }: RegionRecord, upTo = round): boolean {
    const asked = history.tasks.filter((task) => task.runId === runId && task.region === region);
    return asked.some((task) => task.round !== undefined && round < task.round && task.round <= upTo);
  }
}
