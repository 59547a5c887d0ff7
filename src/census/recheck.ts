import { InvalidInputError } from './errors.ts';
import type { RegionRecord } from './region.ts';
import type { Run } from './run.ts';

/**
 * Adds a run's records up once more and holds them against its stored total, so that a ledger that somebody changed by
 * hand never shows a number that is wrong. Gives the regions that were counted since the total was stored; they reach
 * it with the next settling.
 *
 * Counted records are final and expire together with their run. So what the total holds must be in the records, to the
 * stream; only the other way round is a matter of time.
 * @throws InvalidInputError if they contradict each other
 */
export function recheck(run: Run, records: readonly RegionRecord[]): string[] {
  const { total } = run;
  if (total === undefined) return [];
  checkTotal(run);
  const byRegion = new Map(records.map((record) => [record.region, record]));
  const missing = new Set(total.missing.map(({ region }) => region));
  const counted: string[] = [];
  let streams = 0;
  for (const region of run.plan) {
    const record = byRegion.get(region);
    if (record?.status === 'counted' && missing.has(region)) counted.push(region);
    if (missing.has(region)) continue;
    if (record?.status !== 'counted') {
      throw contradiction(run, `it counts ${region}, but that region's record is not there`);
    }
    streams += record.tally.streams;
  }
  if (streams !== total.streams) {
    throw contradiction(run, `it says ${total.streams} streams, its region records add up to ${streams}`);
  }
  return counted;
}

/**
 * Holds a run's stored total against itself and against the plan: all that can be seen without the records.
 * @throws InvalidInputError if they contradict each other
 */
export function checkTotal(run: Run): void {
  const { plan, total } = run;
  if (total === undefined) return;
  const { verdict, streams, expected, counted, tally } = total;
  const missing = new Set(total.missing.map(({ region }) => region));
  if (tally.streams !== streams) throw contradiction(run, `it says ${streams} streams, and its tally ${tally.streams}`);
  if ((verdict === 'complete') !== (missing.size === 0)) {
    throw contradiction(run, `it says ${verdict}, with ${missing.size} regions missing`);
  }
  const isOfPlan = expected === plan.length && plan.filter((region) => !missing.has(region)).length === counted;
  if (!isOfPlan || counted + total.missing.length !== expected) {
    throw contradiction(
      run,
      `it says ${counted} of ${expected} regions, with ${missing.size} missing of ${plan.length}`,
    );
  }
}

function contradiction(run: Run, what: string): InvalidInputError {
  return new InvalidInputError(
    `The total of the run ${run.runId} cannot be trusted, because ${what}; the ledger was changed by hand or damaged.`,
  );
}
