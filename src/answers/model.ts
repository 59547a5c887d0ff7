/**
 * What reading commands answer with: plain JSON, made of runs and records. `--json` prints these very models, and
 * docs/json.md describes them; a change that breaks a reader raises the number in `schema`. Every field is always there:
 * `null` says "not known", never 0.
 */
import type { Reason } from '../census/errors.ts';
import type { RegionRecord } from '../census/region.ts';
import { isSettled, type LastKnown, type Run, type RunId } from '../census/run.ts';
import type { Effort, Tally } from '../census/tally.ts';

export const schemaOf = <Name extends string>(name: Name) => `kvs-census/${name}/1` as const;

/** What all documents begin with. `readAt` is the ISO 8601 instant of the reading. */
export type Head<Name extends string> = { schema: `kvs-census/${Name}/1`; readAt: string; accountId: string };

export function headOf<Name extends string>(name: Name, accountId: string, nowMs: number): Head<Name> {
  return { schema: schemaOf(name), readAt: new Date(nowMs).toISOString(), accountId };
}

export type Verdict = 'complete' | 'partial';

/** A region that is not in a run's number. */
export type Gap = { region: string; reason: Reason; lastKnown: LastKnown | null };

/** A run as a line of a history: what its own item says. */
export type RunSummary = {
  runId: RunId;
  /** `null`: the run has no total yet. */
  verdict: Verdict | null;
  /** In the regions that are not missing. */
  streams: number | null;
  /** Planned regions, and how many of them are in `streams`. */
  expected: number;
  counted: number | null;
  missing: Gap[];
  /** Planned regions that may still answer before the deadline. */
  waitingFor: string[];
  round: number;
  openedAt: string;
  deadlineAt: string;
  settledAt: string | null;
  /** When the first and the last counted region were counted: far apart, the number mixes instants. */
  firstCountedAt: string | null;
  lastCountedAt: string | null;
  tally: Tally | null;
};

export function runSummary(run: Run, nowMs: number): RunSummary {
  const { total } = run;
  return {
    runId: run.runId,
    verdict: total?.verdict ?? null,
    streams: total?.streams ?? null,
    expected: run.plan.length,
    counted: total?.counted ?? null,
    missing: (total?.missing ?? []).map(({ region, reason, lastKnown = null }) => ({ region, reason, lastKnown })),
    waitingFor: isWaiting(run, nowMs) ? [...run.pending] : [],
    round: run.round,
    openedAt: run.openedAt,
    deadlineAt: run.deadlineAt,
    settledAt: total?.settledAt ?? null,
    firstCountedAt: total?.firstCountedAt ?? null,
    lastCountedAt: total?.lastCountedAt ?? null,
    tally: total?.tally ?? null,
  };
}

/** Whether a region may still answer: before the deadline, in a run that nobody has settled for good. */
export function isWaiting(run: Run, nowMs: number): boolean {
  return !isSettled(run) && nowMs < Date.parse(run.deadlineAt);
}

/** One region of one run. */
export type RegionRow = {
  region: string;
  /** `waiting`: nothing was heard yet. `unanswered`: nothing was heard, and it is too late. */
  status: RegionRecord['status'] | 'waiting' | 'unanswered';
  /** `null` unless it was counted. */
  streams: number | null;
  /** Why it is missing; of a region that is tried again, why the last attempt failed. */
  reason: Reason | null;
  lastKnown: LastKnown | null;
  /** Streams more than in the run that this one is compared with; `null` unless both counted the region. */
  change: number | null;
  round: number | null;
  /** ISO 8601: between these it was listed. */
  startedAt: string | null;
  endedAt: string | null;
  recordedAt: string | null;
  effort: Effort | null;
  tally: Tally | null;
  /** Listings of streams that had been listed before, and so were not counted. Absent if none. */
  repeated?: number;
};

export type Counts = ReadonlyMap<string, number>;

/** What each counted region holds. */
export function countsOf(records: readonly RegionRecord[]): Counts {
  return new Map(
    records.flatMap((record) => (record.status === 'counted' ? [[record.region, record.tally.streams] as const] : [])),
  );
}

/** A row for every planned region, in the order of their names. `before` is what an earlier run counted. */
export function regionRows(run: Run, records: readonly RegionRecord[], before: Counts, nowMs: number): RegionRow[] {
  const byRegion = new Map(records.map((record) => [record.region, record]));
  const waiting = new Set(isWaiting(run, nowMs) ? run.pending : []);
  const known = new Map((run.total?.missing ?? []).map(({ region, lastKnown }) => [region, lastKnown ?? null]));
  return [...run.plan].sort().map((region) => ({
    ...regionRow(region, byRegion.get(region), waiting.has(region)),
    lastKnown: known.get(region) ?? null,
    change: changeOf(byRegion.get(region), before.get(region)),
  }));
}

export function regionRow(region: string, record: RegionRecord | undefined, isWaitedFor: boolean): RegionRow {
  const silence = isWaitedFor ? 'waiting' : 'unanswered';
  const counted = record?.status === 'counted' ? record : undefined;
  return {
    region,
    status: record?.status ?? silence,
    streams: counted?.tally.streams ?? null,
    reason:
      record === undefined ? (isWaitedFor ? null : 'unanswered') : record.status === 'counted' ? null : record.reason,
    lastKnown: null,
    change: null,
    round: record?.round ?? null,
    startedAt: counted?.startedAt ?? null,
    endedAt: counted?.endedAt ?? null,
    recordedAt: record?.recordedAt ?? null,
    effort: record?.effort ?? null,
    tally: counted?.tally ?? null,
    ...(counted?.repeated && { repeated: counted.repeated }),
  };
}

export function changeOf(record: RegionRecord | undefined, before: number | undefined): number | null {
  return record?.status === 'counted' && before !== undefined ? record.tally.streams - before : null;
}

/** How two runs differ in the regions that both counted; regions that only one counted are left out, not added. */
export type Difference = {
  runId: RunId;
  /** Regions that both runs counted. */
  regions: number;
  /** Streams more (or fewer) in these. */
  streams: number;
};

export function differenceOf(rows: readonly RegionRow[], before: Pick<Run, 'runId'>): Difference {
  const changes = rows.flatMap(({ change }) => change ?? []);
  return { runId: before.runId, regions: changes.length, streams: changes.reduce((sum, change) => sum + change, 0) };
}
