import { pairs, type Story } from '../story.ts';

/** A counted record never changes, no record falls back to an earlier round; totals only improve, `complete` is final. */
export function* Monotone({ runs }: Story) {
  for (const { runId, totals, records } of runs) {
    for (const [region, versions] of records) {
      for (const [before, after] of pairs(versions.map(({ value }) => value))) {
        if (before.status === 'counted') yield `${runId}: ${region} was counted, and was written again.`;
        else if (after.status !== 'counted' && after.round < before.round)
          yield `${runId}: the record of ${region} fell back from round ${before.round} to round ${after.round}.`;
      }
    }
    for (const [before, after] of pairs(totals.map(({ value }) => value))) {
      const missed = new Set(before.missing.map(({ region }) => region));
      const lost = after.missing.filter(({ region }) => !missed.has(region));
      if (lost.length > 0) yield `${runId}, rev ${after.rev}: ${lost[0]!.region} was counted, and is missing now.`;
      if (before.verdict === 'complete') yield `${runId}, rev ${after.rev}: the total was complete already.`;
    }
  }
}
