/** From the ledger to a report: a history with the counts of all regions, and the newest total in full. */

import { type Damage, refuseOnlyDamage } from '../answers/damage.ts';
import { wholeRuns } from '../answers/history.ts';
import { type Counts, countsOf, type RunSummary, regionRows, runSummary } from '../answers/model.ts';
import { noRuns } from '../answers/pick.ts';
import type { WholeRun } from '../answers/reader.ts';
import type { RunId } from '../census/run.ts';
import { type Ledger, pageRegion } from './data.ts';
import type { Report } from './model.ts';

type Range = { limit: number; since?: RunId; until?: RunId };

/** @throws UsageError if there are no runs */
export async function readReport(
  { reader, accountId, description }: Ledger,
  range: Range,
  nowMs: number,
  damage: Damage,
): Promise<Report> {
  const kept: Kept[] = [];
  let first: WholeRun | undefined;
  const withTotal: WholeRun[] = [];
  for await (const whole of wholeRuns(reader, accountId, range, damage)) {
    const { run, records } = whole;
    kept.push({ summary: runSummary(run, nowMs), counts: countsOf(records), plan: run.plan });
    first ??= whole;
    if (run.total !== undefined && withTotal.length < 2) withTotal.push(whole);
  }
  if (first === undefined) refuseOnlyDamage(damage);
  if (first === undefined) throw noRuns(accountId, description, range);
  const regions = [...new Set(kept.flatMap(({ plan }) => plan))].sort();
  return {
    readAt: new Date(nowMs).toISOString(),
    accountId,
    place: description,
    regions,
    runs: kept.map(({ summary, counts }) => ({
      ...summary,
      counts: regions.map((region) => counts.get(region) ?? null),
    })),
    damaged: damage.items(),
    newest: newestOf(withTotal[0] ?? first, withTotal[1], nowMs),
  };
}

/** What of a run is kept while the history streams by. */
type Kept = { summary: RunSummary; counts: Counts; plan: readonly string[] };

function newestOf({ run, records }: WholeRun, before: WholeRun | undefined, nowMs: number): Report['newest'] {
  return {
    runId: run.runId,
    regions: regionRows(run, records, countsOf(before?.records ?? []), nowMs).map(pageRegion),
  };
}
