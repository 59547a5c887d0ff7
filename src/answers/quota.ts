/** How full a region is, as plain data. */
import { type CensusId, kindOf } from '../census/census-id.ts';
import type { KindQuota } from '../census/kinds/kind.ts';
import { descriptorOf } from '../census/kinds.ts';
import {
  desiredLimit,
  increaseCommand,
  type Quota,
  type QuotaFailure,
  regionQuotaOf,
  usedOf,
} from '../census/quota.ts';
import type { CountedRecord } from '../census/region.ts';
import type { Total } from '../census/run.ts';

/** What bounds a region, and how full it is. */
export type RowQuota = {
  /** `applied` to the account there; the `default` of every account; `documented`, where AWS itself knows neither. */
  from: Quota['from'];
  /** `null`: nobody could say. */
  limit: number | null;
  /** Why not; else `null`. */
  because: QuotaFailure | null;
  /** What it bounds, of what was counted; `null` where it bounds one class, and not everything's class is known. */
  used: number | null;
  /** Of the limit, to a hundredth and rounded down; `null` where it, or what is used, is not known. */
  percent: number | null;
};

/** What of a counted record is needed here. */
type Counted = Pick<CountedRecord, 'censusId' | 'region' | 'tally' | 'quota'>;

/** What a total says of the quotas of the regions that it counts. */
export type RunQuota = {
  /** From how many percent on a region is above; 0: none ever is. */
  alarmPercent: number;
  /** The fullest region; `null` where nothing is known of any. */
  highest: { region: string; percent: number } | null;
  above: string[];
  /** Regions of whose quota nothing is known. */
  unknown: string[];
  /** Planned regions that were above when they were last seen, and of which this run knows nothing: an alarm of them goes on. */
  unseenAbove: string[];
};

/** What bounds the kind that is counted; nothing, where no quota of it is looked at. */
export function kindQuotaOf(censusId: CensusId): KindQuota | undefined {
  return descriptorOf(kindOf(censusId)).quota;
}

/** The command that asks AWS for more in a region, to be pasted; nothing, where there is no quota to ask for. */
export function increaseOf(censusId: CensusId, region: string, limit: number): string | null {
  const kindQuota = kindQuotaOf(censusId);
  return kindQuota === undefined ? null : increaseCommand(kindQuota, region, desiredLimit(limit));
}

/** How much of the quota is used, of what was counted; `null` where it bounds one class, and not everything's class is known. */
export function usedIn({ censusId, tally }: Counted): number | null {
  const kindQuota = kindQuotaOf(censusId);
  return (kindQuota === undefined ? tally.streams : usedOf(kindQuota, tally)) ?? null;
}

/** `null`: nobody asked for it. */
export function rowQuotaOf(record: Counted): RowQuota | null {
  const { censusId, quota } = record;
  const kindQuota = kindQuotaOf(censusId);
  if (quota === undefined || kindQuota === undefined) return null;
  const { from } = quota;
  const known = from === 'unknown' ? { limit: null, because: quota.because } : { limit: quota.limit, because: null };
  return { from, ...known, used: usedIn(record), percent: regionQuotaOf(kindQuota, record)?.percent ?? null };
}

export function runQuotaOf({ quota, before }: Pick<Total, 'quota' | 'before'>): RunQuota | null {
  if (quota === undefined) return null;
  const { alarmPercent, highest, above, unknown } = quota;
  const unseenAbove = [...(before?.unseenAbove ?? [])];
  return { alarmPercent, highest: highest ?? null, above: [...above], unknown: [...unknown], unseenAbove };
}
