import { isDeepStrictEqual } from 'node:util';
import { kindOf } from './census-id.ts';
import { churnInTotal } from './churn.ts';
import { descriptorOf } from './kinds.ts';
import { totalQuotaOf } from './quota.ts';
import { type CountedRecord, heardBy, type RegionRecord } from './region.ts';
import { isOver, isPastDeadline, type Missing, type Run, type Total } from './run.ts';
import { EMPTY_TALLY, mergeTallies } from './tally.ts';

type Settlement =
  | { state: 'open' }
  | {
      state: 'total';
      total: Total;
      /** A retried region may still answer: look again. */
      waiting: boolean;
    };

/**
 * Computes a run's total from its records, never from an earlier total. A run without a total is open until every
 * planned region is counted or failed, or the deadline has passed; from then on it always has one, and a retry can
 * only improve it. Read the run before the records: then what is missing here was missing when the run was read.
 * @param quotaAlarmPercent from when on a region is named as nearly full, unless an earlier total of the run has said it: so
 *   a setting that has changed since makes no other total. 0: no region ever is
 */
export function settle(run: Run, records: readonly RegionRecord[], nowMs: number, quotaAlarmPercent = 0): Settlement {
  const byRegion = new Map(heardBy(run, records).map((record) => [record.region, record]));
  const awaited = run.total === undefined ? run.plan : run.pending;
  const waiting =
    !isPastDeadline(run, nowMs) && awaited.some((region) => !hasAnswered(byRegion.get(region), run.round));
  if (waiting && run.total === undefined) return { state: 'open' };
  const alarmPercent = run.total?.quota?.alarmPercent ?? quotaAlarmPercent;
  return { state: 'total', total: addUp(run, byRegion, alarmPercent), waiting };
}

/**
 * Whether the sweep has to look again at a run that has settled: a count whose writer gave up, because the ledger did not
 * answer, may yet be carried out, and then nobody strikes it.
 */
export function mayYetImprove(
  run: Pick<Run, 'deadlineAt'>,
  { verdict }: Pick<Total, 'verdict'>,
  nowMs: number,
  afterDeadlineMs: number,
): boolean {
  return verdict === 'partial' && !isOver(run.deadlineAt, nowMs, afterDeadlineMs);
}

/** A failure of an earlier round is no answer to a retry. */
function hasAnswered(record: RegionRecord | undefined, round: number): boolean {
  return record?.status === 'counted' || (record?.status === 'failed' && record.round >= round);
}

function addUp({ censusId, plan }: Run, byRegion: ReadonlyMap<string, RegionRecord>, quotaAlarmPercent: number): Total {
  let tally = EMPTY_TALLY;
  const missing: Missing[] = [];
  const countedRecords: CountedRecord[] = [];
  for (const region of [...plan].sort()) {
    const record = byRegion.get(region);
    if (record?.status === 'counted') {
      tally = mergeTallies(tally, record.tally);
      countedRecords.push(record);
    } else {
      missing.push({ region, reason: record?.reason ?? 'unanswered' });
    }
  }
  const countedAt = countedRecords.map(({ endedAt }) => endedAt).sort();
  const [first] = countedAt;
  const churn = churnInTotal(plan, countedRecords);
  const quota = totalQuotaOf(descriptorOf(kindOf(censusId)).quota, countedRecords, quotaAlarmPercent);
  return {
    verdict: missing.length === 0 ? 'complete' : 'partial',
    streams: tally.streams,
    expected: plan.length,
    counted: countedRecords.length,
    missing,
    tally,
    ...(quota && { quota }),
    ...(first !== undefined && { firstCountedAt: first, lastCountedAt: countedAt.at(-1)! }),
    ...(churn && { churn }),
  };
}

/**
 * Whether two totals say the same of the records. When it was settled, and what earlier runs knew, does not count; nor what
 * is said of quotas where only one says any: the other was stored by a release that did not ask.
 */
export function sameTotal(a: Total, b: Total): boolean {
  const sameQuota = a.quota === undefined || b.quota === undefined || isDeepStrictEqual(a.quota, b.quota);
  return sameQuota && isDeepStrictEqual(essence(a), essence(b));
}

function essence({ verdict, streams, expected, counted, missing, tally, firstCountedAt, lastCountedAt, churn }: Total) {
  const gaps = missing.map(({ region, reason }) => ({ region, reason }));
  return { verdict, streams, expected, counted, missing: gaps, tally, firstCountedAt, lastCountedAt, churn };
}
