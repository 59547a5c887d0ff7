import type { RegionRecord } from '../../../src/census/region.ts';
import type { Missing, StoredTotal } from '../../../src/census/run.ts';
import { at, type RunStory, type Story } from '../story.ts';
import { EXPIRY_MS, expiresMs, INDEXED_MS, isExcused, SETTLING_MS } from './allowances.ts';

type Earlier = { runId: string; plan: readonly string[]; total: StoredTotal };

/**
 * What a total says of earlier runs is what these say: since when each region is missing, whether it was counted before
 * that, and what is new against the run before. Where they change just then it may say either.
 */
export function* Remembered(story: Story) {
  if (story.history.invocations.some(({ of, wasFrozen }) => of === 'aggregator' && wasFrozen)) return;
  for (const run of story.runs) {
    for (const { atMs, value: total } of run.totals) {
      const earlier = earlierThan(run, atMs, story);
      if (earlier === undefined) continue;
      const { plan } = run.versions[0]!.value;
      const mayBeUnseen = isBehindOthers(run, atMs, story);
      for (const what of misremembered({ runId: run.runId, plan, total }, earlier, story, mayBeUnseen))
        yield `${run.runId}, rev ${total.rev}: ${what}`;
      yield* falselyDark(run, atMs, total);
    }
  }
}

/** A page may end with runs that have no total yet, and before the newest that has one. */
export function isBehindOthers(run: RunStory, atMs: number, { runs }: Story): boolean {
  const before = runs.filter(({ runId, versions }) => runId < run.runId && at(versions, atMs) !== undefined);
  const nearest = before.sort((a, b) => (a.runId < b.runId ? 1 : -1))[0];
  return nearest !== undefined && at(nearest.totals, atMs) === undefined;
}

/** Newest first, those that have a total. Nothing, if one of them changed just then. */
export function earlierThan(run: RunStory, atMs: number, { runs }: Story): Earlier[] | undefined {
  const before = runs.filter(({ runId }) => runId < run.runId).sort((a, b) => (a.runId < b.runId ? 1 : -1));
  const isRestless = before.some(
    (each) =>
      Math.abs(expiresMs(each) - atMs) < EXPIRY_MS || at(each.totals, atMs) !== at(each.totals, atMs - INDEXED_MS),
  );
  if (isRestless) return undefined;
  return before.flatMap((each) => {
    const total = at(each.totals, atMs);
    if (total === undefined || expiresMs(each) <= atMs) return [];
    return [{ runId: each.runId, plan: each.versions[0]!.value.plan, total }];
  });
}

function* misremembered(
  { runId, plan, total }: Earlier,
  earlier: readonly Earlier[],
  story: Story,
  mayBeUnseen: boolean,
) {
  const [newest] = earlier;
  const { before } = total;
  // A request that fails, or is slow, may cost a total what it says of earlier runs.
  const wasRead = before !== undefined || total.missing.some(({ since }) => since !== undefined);
  if (!wasRead) {
    const hasToSay = (newest !== undefined && !mayBeUnseen) || total.missing.length > 0;
    if (hasToSay && !isExcused(story, runId)) yield 'says nothing of earlier runs.';
    return;
  }
  if (before?.runId !== newest?.runId && !(before === undefined && mayBeUnseen))
    yield `was told beside ${before?.runId}, and ${newest?.runId} is the run before.`;
  for (const gap of total.missing) {
    const said = toldOf(gap);
    // Whoever reads few of them goes by what the oldest of these says.
    const right = Array.from({ length: earlier.length + 1 }, (_, read) =>
      rowOf(gap, runId, earlier.slice(0, earlier.length - read)),
    );
    if (!right.includes(said)) yield `${gap.region} is missing ${said}, and that is ${right[0]}.`;
  }
  if (before === undefined || newest === undefined) return;
  const counts = (one: Earlier, region: string) =>
    one.plan.includes(region) && !one.total.missing.some((gap) => gap.region === region);
  const [now, then] = [{ runId, plan, total }, newest];
  const all = [...new Set([...now.plan, ...then.plan])].sort();
  const isNew = {
    newlyMissing: (region: string) => counts(then, region) && now.plan.includes(region) && !counts(now, region),
    newlyCounted: (region: string) => counts(now, region) && then.plan.includes(region) && !counts(then, region),
    newlyPlanned: (region: string) => !then.plan.includes(region),
    noLongerPlanned: (region: string) => !now.plan.includes(region),
  };
  for (const [name, holds] of Object.entries(isNew)) {
    const [said, right] = [before[name as keyof typeof isNew], all.filter(holds)].map(String);
    if (said !== right) yield `${name} are ${said}, and not ${right}.`;
  }
  if (before.streams !== then.total.streams) yield `${then.runId} did not hold ${before.streams} streams.`;
}

const print = (since: string | undefined, runs: number | undefined, lost: boolean) =>
  `since ${since}, ${runs} runs${lost ? ', lost' : ''}`;
const toldOf = ({ since, runs, lost }: Missing) => print(since, runs, lost === true);

function rowOf({ region }: Missing, runId: string, read: readonly Earlier[]): string {
  let [since, runs, lost] = [runId, 1, false];
  for (const [index, { total, plan, runId: earlierId }] of read.entries()) {
    const gap = total.missing.find((missing) => missing.region === region);
    if (gap === undefined) {
      lost = plan.includes(region);
      break;
    }
    const isOldest = index === read.length - 1;
    since = isOldest ? (gap.since ?? earlierId) : earlierId;
    runs += isOldest ? (gap.runs ?? 1) : 1;
    if (isOldest) lost = gap.lost === true;
  }
  return print(since, runs, lost);
}

/** Dark is what ended without a page, by what its record says, or said when the total was made. */
function* falselyDark({ runId, records }: RunStory, atMs: number, { missing, rev }: StoredTotal) {
  for (const { region, dark } of missing) {
    const recorded = records.get(region) ?? [];
    const recent = recorded.filter((version) => atMs - SETTLING_MS <= version.atMs && version.atMs <= atMs);
    const shown = [at(recorded, atMs - SETTLING_MS), ...recent.map(({ value }) => value)];
    if (!shown.some((record) => isDark(record) === (dark !== undefined)))
      yield `${runId}, rev ${rev}: ${region} ${dark ? 'is' : 'is not'} said to be dark, and its record says otherwise.`;
  }
}

function isDark(record: RegionRecord | undefined): boolean {
  if (record === undefined || record.status === 'counted') return false;
  return ['unreachable', 'timed-out'].includes(record.reason) && record.effort?.pages === 0;
}
