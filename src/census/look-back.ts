/** What is new in a total: each of its gaps, and all of it, against the runs before. Nothing of it is part of a number. */
import { isDarkAttempt } from './quick-try.ts';
import { heardBy, type RegionRecord } from './region.ts';
import type { LookBack, Missing, Run, StoredTotal, Total } from './run.ts';

/** Runs that are looked at. What lies beyond them is told by the oldest of them, which has looked back in its time. */
export const RUNS_LOOKED_AT = 20;

type Settled = Run & { total: StoredTotal };

/**
 * The total with what earlier runs say of it. A run is judged by what its total says now: one that was retried since, and
 * counted a region after all, ends the row of those that miss it.
 * @param records those of the run itself
 * @param earlier the newest runs before it, newest first; nothing where they cannot be read: then the total says of itself alone
 */
export function lookBack(
  run: Run,
  total: Total,
  records: readonly RegionRecord[],
  earlier: readonly Run[] | undefined,
): Total {
  const dark = darkIn(run, records);
  if (earlier === undefined) {
    const missing = total.missing.map((gap) => (dark.has(gap.region) ? { ...gap, dark: 1 } : gap));
    return { ...total, missing };
  }
  const settled = earlier.filter((each): each is Settled => each.total !== undefined);
  const missing = total.missing.map((gap) => ({ ...gap, ...rowOf(run, gap.region, dark.has(gap.region), settled) }));
  const before = beforeOf(run, total, settled);
  return { ...total, missing, ...(before && { before }) };
}

/** Regions that ended without having given one page. */
function darkIn(run: Run, records: readonly RegionRecord[]): ReadonlySet<string> {
  const dark = heardBy(run, records).filter((record) => record.status !== 'counted' && isDarkAttempt(record));
  return new Set(dark.map(({ region }) => region));
}

/**
 * The unbroken row of runs, up to this one, that miss a region.
 *
 *     counted ─ missing ─ missing ─ missing ─ this one       the last 20 may begin within the row: then the oldest of them
 *        lost ▲   since ▲                       runs: 4      says since when, how many, and whether it was lost
 */
function rowOf({ runId }: Run, region: string, isDark: boolean, settled: readonly Settled[]) {
  const gaps = settled.map(({ total }) => total.missing.find((gap) => gap.region === region));
  const end = endOf(gaps, (gap) => gap !== undefined);
  const last = settled[end - 1];
  // Of a run that could not look back itself, the next one in the row tells.
  const oldest = gaps.slice(0, end).findLastIndex((gap) => gap?.since !== undefined);
  const beyond = end === settled.length ? gaps[oldest] : undefined;
  const isLost = end < settled.length ? settled[end]!.plan.includes(region) : beyond?.lost === true;
  return {
    since: beyond?.since ?? last?.runId ?? runId,
    runs: beyond?.runs === undefined ? end + 1 : oldest + 1 + beyond.runs,
    ...(isLost && { lost: true as const }),
    ...(isDark && { dark: darkRow(gaps) }),
  };
}

/** How many runs in a row are dark, of which the newest, before these, is. */
function darkRow(gaps: readonly (Missing | undefined)[]): number {
  const end = endOf(gaps, (gap) => gap?.dark !== undefined);
  return end + (end === gaps.length ? (gaps[end - 1]?.dark ?? 1) : 1);
}

function beforeOf(run: Run, total: Total, settled: readonly Settled[]): LookBack | undefined {
  const [newest] = settled;
  if (newest === undefined) return undefined;
  const complete = settled.find((each) => each.total.verdict === 'complete' && isSamePlan(each.plan, run.plan));
  const [counts, counted] = [countedBy(run, total), countedBy(newest, newest.total)];
  return {
    runId: newest.runId,
    streams: newest.total.streams,
    newlyMissing: without(counted, counts).filter((region) => run.plan.includes(region)),
    newlyCounted: without(counts, counted).filter((region) => newest.plan.includes(region)),
    newlyPlanned: without(run.plan, newest.plan),
    noLongerPlanned: without(newest.plan, run.plan),
    ...(complete && { comparable: { runId: complete.runId, streams: complete.total.streams } }),
    ...unseenAbove(run, total, newest.total),
    ...(total.verdict === 'partial' && { partialRuns: partialRow(settled) }),
  };
}

/** Regions that were nearly full when they were last seen, and stay so for as long as nothing is known of them. */
function unseenAbove({ plan }: Run, { missing, quota }: Total, newest: Total): Pick<LookBack, 'unseenAbove'> {
  const unseen = [...missing.map(({ region }) => region), ...(quota?.unknown ?? [])];
  const before = new Set([...(newest.quota?.above ?? []), ...(newest.before?.unseenAbove ?? [])]);
  const regions = plan.filter((region) => before.has(region) && unseen.includes(region)).sort();
  return regions.length > 0 ? { unseenAbove: regions } : {};
}

/** Whether the runs before say since when each region is missing: not where they could not be read. */
export function isLookedBack({ missing }: Pick<Total, 'missing'>): boolean {
  return missing.every(({ since }) => since !== undefined);
}

/** How many of the missing regions were counted before they began to be missing, of a total that is looked back from. */
export function lostRegions({ missing }: Pick<Total, 'missing'>): number {
  return missing.filter(({ lost }) => lost).length;
}

type Judged = { total: Pick<StoredTotal, 'verdict'> & { before?: { partialRuns?: number } } };

/**
 * How many runs in a row, up to the one that these came before, are partial. That one is.
 * @param settled newest first
 */
export function partialRow(settled: readonly Judged[]): number {
  const end = endOf(settled, ({ total }) => total.verdict === 'partial');
  const rows = settled.map(({ total }) => total.before?.partialRuns);
  const oldest = rows.findLastIndex((row) => row !== undefined);
  return end === settled.length && oldest !== -1 ? oldest + 1 + rows[oldest]! : end + 1;
}

/** How many there are up to the first that is not so. */
function endOf<T>(list: readonly T[], isSo: (each: T) => boolean): number {
  const end = list.findIndex((each) => !isSo(each));
  return end === -1 ? list.length : end;
}

const countedBy = ({ plan }: Pick<Run, 'plan'>, { missing }: Total) =>
  without(
    plan,
    missing.map(({ region }) => region),
  );

/** In the order of their names. */
function without(regions: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return regions.filter((region) => !known.has(region)).sort();
}

const isSamePlan = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && without(one, other).length === 0;
