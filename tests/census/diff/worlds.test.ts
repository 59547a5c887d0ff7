import fc from 'fast-check';
import { type Bounds, diffRuns, type RunDiff, type Side } from '../../../src/census/diff.ts';
import { streams as kind } from '../../../src/census/kinds/streams.ts';
import type { CountedRecord, RegionRecord } from '../../../src/census/region.ts';
import { runIdOf } from '../../../src/census/run.ts';
import { makeTallier } from '../../../src/census/tally.ts';
import { ACCOUNT, failed } from '../../cli/history.ts';

const REGIONS = ['eu-west-1', 'me-south-1', 'us-east-1'];
const NEWEST_MS = Date.parse('2026-11-20T06:00:00Z');
const MINUTE_MS = 60_000;

/** A stream that somebody had, from one minute to another; minutes count back from the newest instant. */
type Life = { id: number; from: number; to: number; undated?: boolean };

/** What a run would list of these streams: those that lived while it looked, all at one moment. */
function listing(lives: readonly Life[], minutesAgo: number, region: string, withFacets: boolean): CountedRecord {
  const atMs = NEWEST_MS - minutesAgo * MINUTE_MS;
  const runId = runIdOf(atMs) as string;
  const tallier = makeTallier(atMs, kind.facets);
  for (const { id, from, undated } of livesAt(lives, minutesAgo)) {
    const createdAtMs = NEWEST_MS - from * MINUTE_MS;
    tallier.add({
      // Few prefixes, so that streams come and go under the same one.
      name: `${id % 3}-camera`,
      arn: `arn:${region}/camera-${id}/${createdAtMs}`,
      ...(!undated && { createdAtMs }),
    });
  }
  const { streams, facets } = tallier.tally();
  const prefixes = tallier.prefixes();
  const instant = new Date(atMs).toISOString();
  return {
    censusId: ACCOUNT,
    runId,
    region,
    round: 0,
    status: 'counted',
    tally: { streams, ...(withFacets && facets && { facets }) },
    ...(withFacets && { prefixes }),
    effort: { pages: 1, calls: 1, ms: 0 },
    startedAt: instant,
    endedAt: instant,
    recordedAt: instant,
  };
}

const livesAt = (lives: readonly Life[], minutesAgo: number) =>
  lives.filter(({ from, to }) => from > minutesAgo && to <= minutesAgo);

/** 45 days: beyond every class of ages. */
const MINUTES = 45 * 24 * 60;
const minute = fc.integer({ min: 0, max: MINUTES });
const lives = fc
  .array(fc.tuple(minute, minute, fc.boolean()), { maxLength: 12 })
  .map((pairs) => pairs.map(([a, b, undated], id) => ({ id, from: Math.max(a, b), to: Math.min(a, b), undated })));

type Plan = { minutesAgo: number; regions: Record<string, 'counted' | 'failed' | 'silent' | 'not-planned'> };
const plan = fc.record({
  minutesAgo: minute,
  regions: fc.record(
    Object.fromEntries(
      REGIONS.map((region) => [region, fc.constantFrom('counted', 'failed', 'silent', 'not-planned')]),
    ),
  ),
}) as fc.Arbitrary<Plan>;

function sideOf(world: Record<string, Life[]>, { minutesAgo, regions }: Plan, withFacets: boolean): Side {
  const runId = runIdOf(NEWEST_MS - minutesAgo * MINUTE_MS) as string;
  const records = REGIONS.flatMap((region): RegionRecord[] => {
    if (regions[region] === 'counted') return [listing(world[region] ?? [], minutesAgo, region, withFacets)];
    return regions[region] === 'failed' ? [failed({ censusId: ACCOUNT, runId }, region)] : [];
  });
  return { run: { runId, plan: REGIONS.filter((region) => regions[region] !== 'not-planned') }, records };
}

const world = fc.record(Object.fromEntries(REGIONS.map((region) => [region, lives])));

function inverse(diff: RunDiff): RunDiff {
  return {
    before: diff.after,
    after: diff.before,
    regions: diff.regions.map((one) => ({
      ...one,
      before: one.after,
      after: one.before,
      net: 0 - one.net,
      created: one.gone,
      gone: one.created,
      prefixes: one.prefixes?.map(({ prefix, before, after }) => ({ prefix, before: after, after: before })) ?? null,
    })),
    coverage: diff.coverage.map(({ region, before, after }) => ({ region, before: after, after: before })),
    coverageSums: {
      unseen: 0 - diff.coverageSums.seenAgain,
      seenAgain: 0 - diff.coverageSums.unseen,
      noLongerPlanned: 0 - diff.coverageSums.newlyPlanned,
      newlyPlanned: 0 - diff.coverageSums.noLongerPlanned,
    },
    net: 0 - diff.net,
    created: diff.gone,
    gone: diff.created,
  };
}

const holds = ({ atLeast, atMost }: Bounds, truth: number) => atLeast <= truth && truth <= atMost;

test('swapping two runs turns the difference round, and changes nothing else', () => {
  fc.assert(
    fc.property(world, plan, plan, fc.boolean(), fc.boolean(), (lived, a, b, facetsOfA, facetsOfB) => {
      const [first, second] = [sideOf(lived, a, facetsOfA), sideOf(lived, b, facetsOfB)];
      expect(diffRuns(second, first)).toEqual(inverse(diffRuns(first, second)));
    }),
  );
});

test('the net and the four sums of coverage add up to the difference of all that the two counted', () => {
  fc.assert(
    fc.property(world, plan, plan, (lived, a, b) => {
      const [first, second] = [sideOf(lived, a, true), sideOf(lived, b, true)];
      const countedBy = ({ records }: Side) =>
        records.reduce((sum, record) => sum + (record.status === 'counted' ? record.tally.streams : 0), 0);
      const { net, coverageSums } = diffRuns(first, second);
      const told = Object.values(coverageSums).reduce((sum, streams) => sum + streams, net);
      expect(told).toBe(countedBy(second) - countedBy(first));
      expect(coverageSums.unseen <= 0 && coverageSums.noLongerPlanned <= 0).toBe(true);
      expect(coverageSums.seenAgain >= 0 && coverageSums.newlyPlanned >= 0).toBe(true);
    }),
  );
});

test('what was created and what is gone lies within the bounds, and their difference is the change', () => {
  fc.assert(
    fc.property(lives, minute, minute, fc.boolean(), (lived, one, other, withFacets) => {
      const [earlier, later] = [Math.max(one, other), Math.min(one, other)];
      const sides = [earlier, later].map((minutesAgo) =>
        sideOf({ 'eu-west-1': lived }, { minutesAgo, regions: { 'eu-west-1': 'counted' } }, withFacets),
      ) as [Side, Side];
      const [region] = diffRuns(...sides).regions;
      const [had, has] = [livesAt(lived, earlier), livesAt(lived, later)];
      const created = has.filter((life) => !had.includes(life)).length;
      const gone = had.filter((life) => !has.includes(life)).length;
      expect(region).toMatchObject({ before: had.length, after: has.length, net: created - gone });
      expect(region && holds(region.created, created)).toBe(true);
      expect(region && holds(region.gone, gone)).toBe(true);
      expect(region && region.created.atLeast - region.gone.atLeast).toBe(region?.net);
      expect([null, created === 0 && gone === 0]).toContain(region?.same ?? null);
    }),
  );
});

test('runs a day apart: no more was created than the later one calls a day old', () => {
  const lived = [
    { id: 3, from: 3000, to: 0 },
    { id: 6, from: 2000, to: 700 },
    { id: 9, from: 900, to: 0 },
    { id: 12, from: 800, to: 0 },
  ];
  const counted = { 'eu-west-1': 'counted' as const };
  const [before, after] = [1440, 0].map((minutesAgo) =>
    sideOf({ 'eu-west-1': lived }, { minutesAgo, regions: counted }, true),
  );
  expect(diffRuns(before as Side, after as Side).regions).toEqual([
    {
      region: 'eu-west-1',
      before: 2,
      after: 3,
      net: 1,
      same: false,
      created: { atLeast: 1, atMost: 2 },
      gone: { atLeast: 0, atMost: 1 },
      prefixes: [{ prefix: '0-ca', before: 2, after: 3 }],
    },
  ]);
});

test('as many streams, but under other prefixes: at least so many came and went, even if none says when', () => {
  const lived = [
    ...[0, 3, 6].map((id) => ({ id, from: 3000, to: 700, undated: true })),
    ...[1, 4, 9].map((id) => ({ id, from: 600, to: 0, undated: true })),
  ];
  const counted = { 'eu-west-1': 'counted' as const };
  const [before, after] = [720, 0].map((minutesAgo) =>
    sideOf({ 'eu-west-1': lived }, { minutesAgo, regions: counted }, true),
  );
  expect(diffRuns(before as Side, after as Side).regions).toMatchObject([
    {
      net: 0,
      created: { atLeast: 2, atMost: 3 },
      gone: { atLeast: 2, atMost: 3 },
      prefixes: [
        { prefix: '0-ca', before: 3, after: 1 },
        { prefix: '1-ca', before: 0, after: 2 },
      ],
    },
  ]);
});

test('as many streams, but others: the fingerprint tells, even if no stream says when it was created', () => {
  const lived = [
    { id: 1, from: 3000, to: 700, undated: true },
    { id: 2, from: 600, to: 0, undated: true },
  ];
  const counted = { 'eu-west-1': 'counted' as const };
  const [before, after] = [720, 0].map((minutesAgo) =>
    sideOf({ 'eu-west-1': lived }, { minutesAgo, regions: counted }, true),
  );
  const [region] = diffRuns(before as Side, after as Side).regions;
  expect(region).toMatchObject({ net: 0, same: false, created: { atLeast: 1 }, gone: { atLeast: 1 } });
});

test('a region that only one run counted is a change of coverage, and in no sum of changes', () => {
  const lived = Object.fromEntries(REGIONS.map((region) => [region, [{ id: 1, from: 3000, to: 0 }]]));
  const before = sideOf(
    lived,
    { minutesAgo: 720, regions: { 'eu-west-1': 'failed', 'me-south-1': 'silent', 'us-east-1': 'not-planned' } },
    true,
  );
  const after = sideOf(
    lived,
    { minutesAgo: 0, regions: { 'eu-west-1': 'counted', 'me-south-1': 'silent', 'us-east-1': 'counted' } },
    true,
  );
  const none = { atLeast: 0, atMost: 0 };
  expect(diffRuns(before, after)).toMatchObject({
    regions: [],
    net: 0,
    created: none,
    gone: none,
    coverageSums: { unseen: 0, seenAgain: 1, noLongerPlanned: 0, newlyPlanned: 1 },
    coverage: [
      {
        region: 'eu-west-1',
        before: { state: 'missing', reason: 'throttled' },
        after: { state: 'counted', streams: 1 },
      },
      {
        region: 'me-south-1',
        before: { state: 'missing', reason: 'unanswered' },
        after: { state: 'missing', reason: 'unanswered' },
      },
      { region: 'us-east-1', before: { state: 'not-planned' }, after: { state: 'counted', streams: 1 } },
    ],
  });
});
