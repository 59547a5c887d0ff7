/** One region of one run. */
import type { Denier, Reason } from '../census/errors.ts';
import type { Churn, RegionRecord } from '../census/region.ts';
import type { LastKnown, Run, RunId } from '../census/run.ts';
import type { Effort, Tally } from '../census/tally.ts';
import { type RowQuota, rowQuotaOf } from './quota.ts';
import { waitingFor } from './run-summary.ts';

export type RegionRow = {
  region: string;
  /** `waiting`: nothing was heard yet. `unanswered`: nothing was heard, and it is too late. */
  status: RegionRecord['status'] | 'waiting' | 'unanswered';
  /** `null` unless it was counted. */
  streams: number | null;
  /** Why it is missing; of a region that is tried again, why the last attempt failed. */
  reason: Reason | null;
  lastKnown: LastKnown | null;
  /** Streams more than when an earlier run last counted the region; `null` if it is missing now, or none is known. */
  change: number | null;
  /** The run that counted it then; `null` without a change. */
  since: RunId | null;
  /** What came and what went since the run `against`, the one before; exact. `null`: that is not known. */
  churn: Churn | null;
  round: number | null;
  /** ISO 8601: between these it was listed. */
  startedAt: string | null;
  endedAt: string | null;
  recordedAt: string | null;
  /** Who denied, of a region that is missing as denied; absent where nobody said. */
  deniedBy?: Denier;
  effort: Effort | null;
  tally: Tally | null;
  /** What bounds it; `null` unless it was counted, and where nobody asked. */
  quota: RowQuota | null;
  /** Listings of streams that had been listed before, and so were not counted. Absent if none. */
  repeated?: number;
};

export type Counts = ReadonlyMap<string, number>;

/** What the newest earlier run that counted a region found there. */
export type LastCount = { runId: RunId; streams: number };

/**
 * What the newest of these runs that counted a region found there.
 * @param runs newest first
 */
export function lastCountsIn(runs: Iterable<{ runId: RunId; counts: Counts }>): Map<string, LastCount> {
  const last = new Map<string, LastCount>();
  for (const { runId, counts } of runs) {
    for (const [region, streams] of counts) if (!last.has(region)) last.set(region, { runId, streams });
  }
  return last;
}

/** What each counted region holds. */
export function countsOf(records: readonly RegionRecord[]): Counts {
  return new Map(
    records.flatMap((record) => (record.status === 'counted' ? [[record.region, record.tally.streams] as const] : [])),
  );
}

/** A row for every planned region, in the order of their names. `last` is what earlier runs counted. */
export function regionRows(
  run: Run,
  records: readonly RegionRecord[],
  last: ReadonlyMap<string, LastCount>,
  nowMs: number,
): RegionRow[] {
  const byRegion = new Map(records.map((record) => [record.region, record]));
  const waiting = new Set(waitingFor(run, nowMs));
  // Before there is a total, only of regions that are off it is known what they held.
  const gaps = run.total?.missing ?? run.off ?? [];
  const known = new Map(gaps.map(({ region, lastKnown }) => [region, lastKnown ?? null]));
  return [...run.plan].sort().map((region) => {
    const row = regionRow(region, byRegion.get(region), waiting.has(region));
    return { ...row, lastKnown: known.get(region) ?? null, ...changeSince(row.streams, last.get(region)) };
  });
}

export function changeSince(streams: number | null, last: LastCount | undefined): Pick<RegionRow, 'change' | 'since'> {
  if (streams === null || last === undefined) return { change: null, since: null };
  return { change: streams - last.streams, since: last.runId };
}

export function regionRow(region: string, record: RegionRecord | undefined, isWaitedFor: boolean): RegionRow {
  const counted = record?.status === 'counted' ? record : undefined;
  return {
    region,
    status: record?.status ?? (isWaitedFor ? 'waiting' : 'unanswered'),
    streams: counted?.tally.streams ?? null,
    reason:
      record === undefined ? (isWaitedFor ? null : 'unanswered') : record.status === 'counted' ? null : record.reason,
    lastKnown: null,
    change: null,
    since: null,
    churn: counted?.churn ?? null,
    round: record?.round ?? null,
    startedAt: counted?.startedAt ?? null,
    endedAt: counted?.endedAt ?? null,
    recordedAt: record?.recordedAt ?? null,
    effort: record?.effort ?? null,
    tally: counted?.tally ?? null,
    quota: counted === undefined ? null : rowQuotaOf(counted),
    ...(record !== undefined && record.status !== 'counted' && record.deniedBy && { deniedBy: record.deniedBy }),
    ...(counted?.repeated && { repeated: counted.repeated }),
  };
}
