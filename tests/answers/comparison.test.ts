/** Why a total is not that of another run: the parts add up, and each region stands where it belongs. */
import fc from 'fast-check';
import { comparedWith, comparisonOf } from '../../src/answers/comparison.ts';
import { countsOf } from '../../src/answers/region-row.ts';
import { runSummary } from '../../src/answers/run-summary.ts';
import type { RegionRecord } from '../../src/census/region.ts';
import { runIdOf } from '../../src/census/run.ts';
import { ACCOUNT, counted, failed, type Past, settled } from '../cli/history.ts';
import { NOW_MS } from '../cli/world.ts';

const REGIONS = ['ap-east-1', 'eu-west-1', 'me-south-1', 'us-east-1'];

/** Of one region in one run: so many streams, missing, counted after the total was stored, or not planned. */
type Fate = number | 'missing' | 'late' | 'not-planned';
type Fates = Record<string, Fate>;

function pastOf(fates: Fates, hour: number): Past {
  const key = { censusId: ACCOUNT, runId: runIdOf(Date.parse('2026-11-20T00:00:00Z') + hour * 3_600_000) as string };
  const planned = REGIONS.filter((region) => fates[region] !== 'not-planned');
  const recordOf = (region: string, late: boolean): RegionRecord => {
    const fate = fates[region];
    if (typeof fate === 'number') return counted(key, region, fate);
    return late && fate === 'late' ? counted(key, region, 5) : failed(key, region);
  };
  return {
    run: settled(
      key,
      planned.map((region) => recordOf(region, false)),
    ),
    records: planned.map((region) => recordOf(region, true)),
  };
}

const countedOf = ({ run, records }: Past) => ({ run: runSummary(run, NOW_MS), counts: countsOf(records) });
const compare = (now: Past, then: Past, earlier: Past[] = [then]) =>
  comparisonOf(
    countedOf(now),
    countedOf(then),
    earlier.map(({ run }) => runSummary(run, NOW_MS)),
  );

const fate = fc.oneof(fc.nat(2000), fc.constantFrom<Fate>('missing', 'late', 'not-planned'));
const fates = fc.record(Object.fromEntries(REGIONS.map((region) => [region, fate])));

test('the four parts add up to the difference of the two totals, whatever the history', () => {
  fc.assert(
    fc.property(fates, fates, (first, second) => {
      const [then, now] = [pastOf(first, 0), pastOf(second, 1)];
      const { difference, changed, unseen, seenAgain, plan, missingInBoth } = compare(now, then);
      expect(difference).toBe(now.run.total!.streams - then.run.total!.streams);
      expect(changed.streams + unseen.streams + seenAgain.streams + plan.streams).toBe(difference);
      const named = [changed, unseen, seenAgain, plan].flatMap(({ regions }) => regions.map(({ region }) => region));
      expect(new Set(named).size).toBe(named.length);
      const isUnknown = (all: Fates) => (region: string) => ['missing', 'late'].includes(String(all[region]));
      expect(missingInBoth.map(({ region }) => region)).toEqual(
        REGIONS.filter(isUnknown(first)).filter(isUnknown(second)),
      );
      const isKnown = (region: string) => [first, second].some((all) => typeof all[region] === 'number');
      expect(REGIONS.filter(isKnown).every((region) => named.includes(region))).toBe(true);
    }),
  );
});

test('a region stands where it belongs, and what only went out of sight is never called a change', () => {
  const then = pastOf({ 'ap-east-1': 10, 'eu-west-1': 20, 'me-south-1': 'missing', 'us-east-1': 40 }, 0);
  const now = pastOf({ 'ap-east-1': 7, 'eu-west-1': 'missing', 'me-south-1': 3, 'us-east-1': 'not-planned' }, 1);
  expect(compare(now, then)).toMatchObject({
    isComparable: false,
    difference: -60,
    changed: { streams: -3, regions: [{ region: 'ap-east-1', before: 10, now: 7 }] },
    unseen: { streams: -20, regions: [{ region: 'eu-west-1', before: 20, now: null, reason: 'throttled' }] },
    seenAgain: { streams: 3, regions: [{ region: 'me-south-1', before: null, now: 3 }] },
    plan: { streams: -40, regions: [{ region: 'us-east-1', before: 40, now: null, isPlanned: false }] },
  });
});

test('a region is missing since the oldest run of the unbroken row that misses it', () => {
  const seen = { 'ap-east-1': 1, 'eu-west-1': 1, 'me-south-1': 1, 'us-east-1': 1 };
  const blind: Fates = { ...seen, 'eu-west-1': 'missing' };
  const runs = [seen, blind, seen, blind, blind, blind].map(pastOf);
  const since = (now: number, then: number) => {
    const earlier = runs.slice(0, now).reverse();
    const { unseen, missingInBoth } = compare(runs[now] as Past, runs[then] as Past, earlier);
    return [unseen.regions, missingInBoth].map((gaps) =>
      gaps.map((gap) => runs.findIndex(({ run }) => run.runId === gap.since)),
    );
  };
  expect(since(5, 0)).toEqual([[3], []]);
  expect(since(5, 2)).toEqual([[3], []]);
  expect(since(1, 0)).toEqual([[1], []]);
  // Also beyond the run that it is compared with, if that misses the region, too.
  expect(since(5, 4)).toEqual([[], [3]]);
  expect(since(5, 1)).toEqual([[], [3]]);
});

test('beyond the runs that are looked at, the oldest of them says since when', () => {
  const blind: Fates = { 'ap-east-1': 1, 'eu-west-1': 'missing', 'me-south-1': 1, 'us-east-1': 1 };
  const runs = [blind, blind, blind].map(pastOf) as [Past, Past, Past];
  const total = runs[0].run.total!;
  const missing = total.missing.map((gap) => ({ ...gap, since: '2026-11-01T00:00:00Z', runs: 70 }));
  const told: Past = { ...runs[0], run: { ...runs[0].run, total: { ...total, missing } } };
  const since = (earlier: Past[]) => compare(runs[2], runs[1], earlier).missingInBoth[0]?.since;
  expect(since([runs[1], told])).toBe('2026-11-01T00:00:00Z');
  expect(since([runs[1], runs[0]])).toBe(runs[0].run.runId);
});

test('a total is compared with the newest complete one of its plan, else with the newest that there is', () => {
  const plan = ['eu-west-1', 'us-east-1'];
  const complete = { verdict: 'complete' as const, plan };
  const partial = { verdict: 'partial' as const, plan };
  const shorter = { verdict: 'complete' as const, plan: plan.slice(1) };
  const open = { verdict: null, plan };
  expect(comparedWith(partial, [open, partial, shorter, complete])).toBe(complete);
  expect(comparedWith(partial, [open, shorter, partial])).toBe(shorter);
  expect(comparedWith(complete, [open])).toBeUndefined();
  expect(comparedWith(open, [complete])).toBeUndefined();
});
