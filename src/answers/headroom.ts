/** How full each region is, and when it will be full. */

import type { Reason } from '../census/errors.ts';
import type { KindQuota } from '../census/kinds/kind.ts';
import { recheck } from '../census/recheck.ts';
import type { CountedRecord, RegionRecord } from '../census/region.ts';
import { type LastKnown, type Missing, type Run, type RunId, runIdOf } from '../census/run.ts';
import { wholeOf } from './compared-run.ts';
import { type Damage, makeDamage, refuseNewer } from './damage.ts';
import { type Head, headOf } from './head.ts';
import { newestOf } from './newest.ts';
import type { Read } from './news.ts';
import { NoAnswer, noRuns } from './no-answer.ts';
import { FAR_DAYS, type Projection, projectionOf, type UsedAt } from './projection.ts';
import { increaseOf, kindQuotaOf, type RowQuota, rowQuotaOf, usedIn } from './quota.ts';
import type { DamagedItem, RecordKey, Source, WholeRun } from './reader.ts';
import { type RunSummary, runSummary } from './run-summary.ts';
import { DAY_MS, daysBetween, onePerDay } from './slope.ts';

export type HeadroomAnswer = Head<'headroom'> & {
  /** The newest that has a total. */
  run: RunSummary;
  /** How many days before the run the history was looked at. */
  days: number;
  /** From how many percent on a region is above; 0: none ever is. */
  alarmPercent: number;
  /** Service Quotas' codes, and what it calls the quota; `null` where no quota of the kind is looked at. */
  quota: { service: string; code: string; name: string } | null;
  /** Those that the run counted, most urgent first. */
  regions: RegionHeadroom[];
  /** Those that are missing from the run. How full they are is not known. */
  missing: MissingHeadroom[];
  damaged: DamagedItem[];
};

export type RegionHeadroom = Projection & {
  region: string;
  /** What the quota bounds, of what was counted; `null` where it bounds one class, and not everything's class is known. */
  used: number | null;
  /** `null`: nobody asked for it. */
  quota: RowQuota | null;
  isAbove: boolean;
  /** The command that asks AWS for more, of a region that is above; else `null`. */
  increase: string | null;
};

export type MissingHeadroom = {
  region: string;
  reason: Reason;
  /** How full it was when it was last counted, in that run; `null` if no earlier run that is known counted it. */
  last: (LastKnown & { used: number | null; quota: RowQuota | null }) | null;
};

/** `alarmPercent`: instead of the run's own. */
export type HeadroomOptions = { days: number; alarmPercent?: number };

/** Of runs that say none of their own: the parameter's default. */
const ALARM_PERCENT = 80;

/**
 * Two requests, and one for each hundred counts of the history: of each region one a day, which is six for 30 days of 19
 * regions. One more for each MB of runs, and where none of these days has a total.
 * @throws NoAnswer if there is no total; InvalidInputError if what would be the newest is damaged
 */
export async function readHeadroom(
  source: Source,
  options: HeadroomOptions,
  nowMs: number,
): Promise<Read<HeadroomAnswer>> {
  const { reader, censusId } = source;
  const damage = makeDamage();
  const { latest, runs } = await readTotals(source, options.days, damage, nowMs);
  const whole = wholeOf(await reader.wholeRuns([latest], damage.note), latest, damage);
  const news = recheck(whole.run, whole.records);
  const keys = [
    ...whole.records.filter(isCounted).flatMap(({ region }) => historyOf(region, latest, runs)),
    ...(latest.total?.missing ?? []).flatMap(({ region, lastKnown }) =>
      lastKnown ? [{ runId: lastKnown.runId, region }] : [],
    ),
  ];
  const history = (await reader.records(censusId, keys, damage.note)).filter(isCounted);
  refuseNewer(damage, latest.runId);
  const answer = {
    ...headOf('headroom', censusId, nowMs),
    ...headroomOf(whole, history, options, nowMs),
    damaged: damage.items(),
  };
  return { answer, news: [{ runId: latest.runId, regions: news }] };
}

/** The newest run with a total, and those with one of the days before it, newest first. */
async function readTotals(
  source: Source,
  days: number,
  damage: Damage,
  nowMs: number,
): Promise<{ latest: Run; runs: Holding[] }> {
  const { reader, censusId } = source;
  const runs: Holding[] = [];
  let found: Run | undefined;
  const since = runIdOf(nowMs - (days + NEWEST_DAYS) * DAY_MS) as RunId;
  for await (const run of reader.runs(censusId, { since, onDamaged: damage.note })) {
    if (run.total === undefined) continue;
    found ??= run;
    const missing = new Set(run.total.missing.map(({ region }) => region));
    runs.push({ runId: run.runId, regions: run.plan.filter((region) => !missing.has(region)) });
  }
  const latest = found ?? (await readNewestTotal(source, damage));
  refuseNewer(damage, latest.runId);
  const isOfTheTime = ({ runId }: Holding) => daysBetween(Date.parse(runId), Date.parse(latest.runId)) <= days;
  return { latest, runs: runs.filter((run) => isOfTheTime(run) && !damage.has(run.runId)) };
}

/** However old it is. @throws NoAnswer */
async function readNewestTotal(source: Source, damage: Damage): Promise<Run> {
  const { reader, censusId } = source;
  const newest = await reader.newestRuns(censusId, { runs: 1, totals: 1, onDamaged: damage.note });
  const { latest } = newestOf(newest);
  if (newest[0] === undefined) throw noRuns(source, damage.items());
  if (latest === undefined) throw noTotal(newest[0].runId);
  return latest;
}

/** A run that has a total, and the regions that are in it. Of a long history no more is kept: tens of thousands of runs may be in it. */
type Holding = { runId: RunId; regions: readonly string[] };

/** The days are counted from the newest run. One that is older than this costs the history its oldest days. */
const NEWEST_DAYS = 2;

const noTotal = (runId: RunId) =>
  new NoAnswer(
    `The run ${runId} has no total yet, and no other one has, so nothing is known of how full a region is: follow it with \`kvs-census watch ${runId}\`.`,
  );

const isCounted = (record: RegionRecord): record is CountedRecord => record.status === 'counted';

/** Where the region's counts before this run's own are: one a day, of runs whose totals hold it. */
function historyOf(region: string, latest: Run, runs: readonly Holding[]): RecordKey[] {
  const holding = runs.filter(({ regions }) => regions.includes(region));
  const all = [latest, ...holding.filter(({ runId }) => runId < latest.runId)];
  return onePerDay(all.map(({ runId }) => ({ runId, region, atMs: Date.parse(runId) })))
    .filter(({ runId }) => runId !== latest.runId)
    .map(({ runId }) => ({ runId, region }));
}

/** @param history counted records of earlier runs, in any order */
function headroomOf(
  { run, records }: WholeRun,
  history: readonly CountedRecord[],
  { days, alarmPercent = run.total?.quota?.alarmPercent ?? ALARM_PERCENT }: HeadroomOptions,
  nowMs: number,
): Omit<HeadroomAnswer, keyof Head<'headroom'> | 'damaged'> {
  const kindQuota = kindQuotaOf(run.censusId);
  const byRegion = Map.groupBy(history, ({ region }) => region);
  const regions = records
    .filter(isCounted)
    .map((record) => regionOf(record, byRegion.get(record.region) ?? [], alarmPercent));
  return {
    run: runSummary(run, nowMs),
    days,
    alarmPercent,
    quota: kindQuota === undefined ? null : namesOf(kindQuota),
    regions: regions.sort(byUrgency),
    missing: (run.total?.missing ?? []).map((gap) => missingOf(gap, byRegion.get(gap.region) ?? [])),
  };
}

const namesOf = ({ service, code, name }: KindQuota) => ({ service, code, name });

function missingOf({ region, reason, lastKnown }: Missing, history: readonly CountedRecord[]): MissingHeadroom {
  if (lastKnown === undefined) return { region, reason, last: null };
  const { runId, countedAt, streams } = lastKnown;
  const record = history.find((one) => one.runId === runId);
  // Without its record it is not known of which class they were.
  const [used, quota] = record === undefined ? [null, null] : [usedIn(record), rowQuotaOf(record)];
  return { region, reason, last: { runId, countedAt, streams, used, quota } };
}

function regionOf(record: CountedRecord, history: readonly CountedRecord[], alarmPercent: number): RegionHeadroom {
  const { region, censusId } = record;
  const quota = rowQuotaOf(record);
  const limit = quota?.limit ?? null;
  const isAbove = alarmPercent > 0 && quota?.percent != null && quota.percent >= alarmPercent;
  const points = [...history, record].flatMap((one): UsedAt[] => {
    const used = usedIn(one);
    return used === null ? [] : [{ runId: one.runId, used }];
  });
  return {
    region,
    used: usedIn(record),
    quota,
    isAbove,
    ...projectionOf(points, limit),
    increase: isAbove && limit !== null ? increaseOf(censusId, region, limit) : null,
  };
}

/** Those above first; then what will be full soonest, if that is near, then what is fullest; what is not known last. */
function byUrgency(one: RegionHeadroom, other: RegionHeadroom): number {
  const never = Number.POSITIVE_INFINITY;
  const order = (get: (row: RegionHeadroom) => number) => (get(one) === get(other) ? 0 : get(one) - get(other));
  return (
    order(({ isAbove }) => (isAbove ? 0 : 1)) ||
    order(({ daysToFull }) => (daysToFull !== null && daysToFull.likely <= FAR_DAYS ? daysToFull.likely : never)) ||
    order(({ quota }) => -(quota?.percent ?? -1)) ||
    (one.region < other.region ? -1 : 1)
  );
}
