/**
 * What a program is told of a total: JSON, and attributes that a subscription's filter policy can ask for. What people are
 * told in words: mail.ts. Nothing of it names a stream.
 */
import { kindOf, ownerOf } from './census-id.ts';
import type { Kind } from './kinds.ts';
import type { OffRegion, PlanSources, Run, StoredTotal } from './run.ts';

/** Version 1 stays while fields are only added. */
type Announcement = {
  version: 1;
  kind: Kind;
  accountId: string;
  runId: string;
  rev: number;
  total: Omit<StoredTotal, 'rev'>;
  /** Regions that the account has not switched on, and those that a parameter excludes. */
  off: readonly OffRegion[];
  excluded: readonly string[];
  /** What the plan comes from; absent where there was no choice. */
  sources?: PlanSources;
};

/** By name; each is a string, or a list of strings. */
type AnnouncementAttributes = {
  kind: Kind;
  verdict: StoredTotal['verdict'];
  /** `false` if streams, missing regions and plan are those of the run before, and no other total of this run was announced. */
  changed: 'true' | 'false';
  /** Regions that the run before counted and this one misses; absent if there are none. */
  newlyMissing?: readonly string[];
  /** Regions that have reached the alarm of their quotas; absent if there are none. */
  quotaAlarm?: readonly string[];
};

export type AnnouncedRun = Pick<
  Run,
  'censusId' | 'runId' | 'parent' | 'plan' | 'off' | 'excluded' | 'sources' | 'announcedRev'
>;

/** @param run as it was read before the total was stored, or later */
export function announcementOf(run: AnnouncedRun, { rev, ...total }: StoredTotal): Announcement {
  const { censusId, runId, off = [], excluded = [], sources } = run;
  const [accountId, kind] = [ownerOf(censusId), kindOf(censusId)];
  return { version: 1, kind, accountId, runId, rev, total, off, excluded, ...(sources && { sources }) };
}

export function attributesOf(run: AnnouncedRun, total: StoredTotal): AnnouncementAttributes {
  const { newlyMissing = [] } = total.before ?? {};
  const { above: quotaAlarm = [] } = total.quota ?? {};
  return {
    kind: kindOf(run.censusId),
    verdict: total.verdict,
    changed: hasChanged(run, total) ? 'true' : 'false',
    ...(newlyMissing.length > 0 && { newlyMissing }),
    ...(quotaAlarm.length > 0 && { quotaAlarm }),
  };
}

/** Whoever only hears of changes must hear of each: a second total of a run is one, whatever the run before came to. */
function hasChanged({ announcedRev }: AnnouncedRun, { rev, streams, before }: StoredTotal): boolean {
  if (before === undefined || (announcedRev !== undefined && announcedRev < rev)) return true;
  const { newlyMissing, newlyCounted, newlyPlanned, noLongerPlanned } = before;
  const regions = [newlyMissing, newlyCounted, newlyPlanned, noLongerPlanned].flat();
  return streams !== before.streams || regions.length > 0;
}
