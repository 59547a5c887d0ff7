/** What CloudWatch is told of a total, held to its specification of the embedded metric format. */
import * as v from 'valibot';
import { censusIdOf } from '../../src/census/census-id.ts';
import { type MetricsWanted, metricLines } from '../../src/census/metrics.ts';
import type { RegionRecord } from '../../src/census/region.ts';
import type { LookBack, Missing, StoredTotal } from '../../src/census/run.ts';
import { aRun, aStoredTotal, counted, failed, KEY } from './examples.ts';

const [IRELAND, VIRGINIA, OREGON] = ['eu-west-1', 'us-east-1', 'us-west-2'] as const;
const RUN = aRun([IRELAND, VIRGINIA, OREGON]);
const NOW_MS = Date.parse(KEY.runId) + 42_000;
const TOTALS: MetricsWanted = { of: 'totals', stage: 'prod', dropAlarmPercent: 0, partialAlarmRuns: 0 };
const ALL: MetricsWanted = { of: 'regions', stage: 'prod', dropAlarmPercent: 20, partialAlarmRuns: 3 };

const BEFORE: LookBack = {
  runId: '2026-11-20T00:00:00Z',
  streams: 20,
  newlyMissing: [VIRGINIA],
  newlyCounted: [],
  newlyPlanned: [],
  noLongerPlanned: [],
  comparable: { runId: '2026-11-20T00:00:00Z', streams: 20 },
  partialRuns: 2,
};
const GAPS: Missing[] = [
  { region: VIRGINIA, reason: 'timed-out', since: KEY.runId, runs: 1, lost: true },
  { region: OREGON, reason: 'denied', since: '2026-11-19T00:00:00Z', runs: 9 },
];
const PARTIAL = aStoredTotal({
  verdict: 'partial',
  streams: 7,
  expected: 3,
  counted: 1,
  missing: GAPS,
  before: BEFORE,
});
const RECORDS: RegionRecord[] = [
  counted(IRELAND, 7, { effort: { pages: 3, calls: 5, throttled: 2, ms: 80 } }),
  failed(VIRGINIA, { reason: 'timed-out', effort: { pages: 0, calls: 4, ms: 40_000 } }),
  failed(OREGON, { reason: 'denied' }),
];

const read = (total: StoredTotal, wanted: MetricsWanted, records = RECORDS, run = RUN) =>
  metricLines(run, total, records, wanted, NOW_MS).map((line) => JSON.parse(line));
const first = (...how: Parameters<typeof read>) => read(...how)[0];

/**
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * Its limits: 30 dimensions, 100 metrics a directive, names of 1 to 1024 characters, namespaces of up to 1024.
 */
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(1024));
const directive = v.strictObject({
  Namespace: v.pipe(v.string(), v.minLength(1), v.maxLength(1024)),
  Dimensions: v.pipe(v.array(v.pipe(v.array(name), v.maxLength(30))), v.minLength(1)),
  Metrics: v.pipe(
    v.array(v.strictObject({ Name: name, Unit: v.picklist(['Count', 'Seconds', 'Percent']) })),
    v.minLength(1),
    v.maxLength(100),
  ),
});
const document = v.looseObject({
  _aws: v.strictObject({
    Timestamp: v.pipe(v.number(), v.safeInteger()),
    CloudWatchMetrics: v.pipe(v.array(directive), v.length(1)),
  }),
});

/** Its metrics by name, if it is as CloudWatch reads it: each target that is named is there, and of its type. */
function metricsIn(line: unknown): Record<string, number> {
  const { _aws, ...targets } = v.parse(document, line);
  const [{ Dimensions, Metrics }] = _aws.CloudWatchMetrics as [v.InferOutput<typeof directive>];
  for (const dimension of Dimensions.flat()) v.parse(name, targets[dimension]);
  return Object.fromEntries(Metrics.map(({ Name }) => [Name, v.parse(v.pipe(v.number(), v.finite()), targets[Name])]));
}

test('A total is one line of eight metrics, of its stage', () => {
  const lines = read(PARTIAL, TOTALS);
  expect(lines).toHaveLength(1);
  expect(metricsIn(lines[0])).toEqual({
    Streams: 7,
    RegionsCounted: 1,
    RegionsMissing: 2,
    RegionsNewlyMissing: 1,
    RegionsLost: 1,
    RunAge: 42,
    Calls: 9,
    Throttles: 2,
  });
  expect(lines[0]).toMatchObject({ ...KEY, rev: PARTIAL.rev, stage: 'prod' });
  expect(lines[0]._aws).toMatchObject({
    Timestamp: NOW_MS,
    CloudWatchMetrics: [{ Namespace: 'kvs-census', Dimensions: [['stage']] }],
  });
});

test('With regions each that is in the total is a line of its own, under stage and region', () => {
  const lines = read(PARTIAL, { ...TOTALS, of: 'regions' }, [...RECORDS, counted(OREGON, 9)]);
  expect(lines).toHaveLength(2);
  expect(metricsIn(lines[1])).toEqual({ Streams: 7 });
  expect(lines[1]).toMatchObject({ stage: 'prod', region: IRELAND });
  expect(lines[1]._aws.CloudWatchMetrics[0].Dimensions).toEqual([['stage', 'region']]);
});

test('Where nothing is wanted nothing is said', () => {
  expect(read(PARTIAL, { ...ALL, of: 'off' })).toEqual([]);
});

describe('For alarms that are on', () => {
  const complete = (streams: number, comparable?: number) => {
    const { comparable: _, ...bare } = BEFORE;
    const than = comparable === undefined ? {} : { comparable: { runId: BEFORE.runId, streams: comparable } };
    return aStoredTotal({ streams, before: { ...bare, ...than } });
  };

  test.each([
    ['fell by a quarter', complete(15, 20), 25],
    ['rose', complete(25, 20), 0],
    ['is what it was', complete(20, 20), 0],
    ['was none', complete(0, 0), 0],
    ['is none now', complete(0, 20), 100],
  ])('a number that %s says by how many percent it fell', (_what, total, percent) => {
    expect(metricsIn(first(total, ALL))).toMatchObject({ DropPercent: percent, PartialRuns: 0 });
  });

  test('a number that can be compared with none says nothing of a fall', () => {
    for (const total of [complete(15), PARTIAL, aStoredTotal({ streams: 15 })])
      expect(metricsIn(first(total, ALL))).not.toHaveProperty('DropPercent');
  });

  test('a partial run says how many in a row are so', () => {
    expect(metricsIn(first(PARTIAL, ALL))).toMatchObject({ PartialRuns: 2 });
  });

  test('each metric is there only for its own alarm', () => {
    const named = (changes: Partial<MetricsWanted>) =>
      Object.keys(metricsIn(first(complete(15, 20), { ...TOTALS, ...changes })));
    expect(named({})).toHaveLength(8);
    expect(named({ dropAlarmPercent: 20 })).toEqual(expect.arrayContaining(['DropPercent']));
    expect(named({ dropAlarmPercent: 20 })).not.toEqual(expect.arrayContaining(['PartialRuns']));
    expect(named({ partialAlarmRuns: 3 })).toEqual(expect.arrayContaining(['PartialRuns']));
  });
});

test('Where the runs before could not be read, what they would tell is not said: a zero would end an alarm', () => {
  const { before: _, ...bare } = PARTIAL;
  const blind = { ...bare, missing: GAPS.map(({ region, reason }) => ({ region, reason })) };
  const said = Object.keys(metricsIn(first(blind, ALL)));
  expect(said).toEqual(['Streams', 'RegionsCounted', 'RegionsMissing', 'RunAge', 'Calls', 'Throttles']);
  const firstOfAll = { ...bare, missing: GAPS.slice(0, 1) };
  expect(metricsIn(first(firstOfAll, ALL))).toMatchObject({ RegionsNewlyMissing: 0, RegionsLost: 1, PartialRuns: 1 });
});

test('What a region was only tried for, or what was not asked for, is not in the calls', () => {
  const effort = { pages: 1, calls: 100, throttled: 100, ms: 1 };
  const strange = [counted('sa-east-1', 9, { effort }), failed(IRELAND, { round: 7, effort })];
  const tried = { ...failed(OREGON, { effort }), status: 'attempted' } as const;
  expect(metricsIn(first(PARTIAL, TOTALS, [RECORDS[0]!, ...strange, tried]))).toMatchObject({ Calls: 5, Throttles: 2 });
});

test('No line is larger than a log event, or says more than numbers, names of regions and whose run it is', () => {
  const regions = Array.from({ length: 40 }, (_, nth) => `eu-west-${nth}`);
  const records = regions.map((region) => counted(region, 1_000_000));
  for (const line of metricLines(aRun(regions), PARTIAL, records, ALL, NOW_MS)) {
    expect(line.length).toBeLessThan(2000);
    expect(line).not.toMatch(/arn:|\/stream/);
  }
});

test('What is of another kind than streams has the same metrics under its kind, and streams are told without', () => {
  const ofChannels = { ...RUN, censusId: censusIdOf(KEY.censusId, 'channels') };
  const lines = read(PARTIAL, ALL, RECORDS, ofChannels);
  const ofStreams = read(PARTIAL, ALL);
  expect(lines.map(metricsIn)).toEqual(ofStreams.map(metricsIn));
  expect(lines.map((line) => [line.kind, line._aws.CloudWatchMetrics[0].Dimensions])).toEqual([
    ['channels', [['stage', 'kind']]],
    ['channels', [['stage', 'region', 'kind']]],
  ]);
  for (const line of ofStreams) expect(line).not.toHaveProperty('kind');
});

describe('How full the fullest region is', () => {
  const quota = { alarmPercent: 80, highest: { region: IRELAND, percent: 91.25 }, above: [IRELAND], unknown: [] };
  const low = { ...quota, highest: { region: IRELAND, percent: 12 }, above: [] };
  const { comparable: _, ...before } = BEFORE;
  const told = (changes: Partial<StoredTotal>) =>
    metricsIn(first(aStoredTotal({ before, ...changes }), TOTALS)).QuotaPercent;
  const unknown = [VIRGINIA];

  test('is said, whether or not it is much', () => {
    expect(told({ quota })).toBe(91.25);
    expect(told({ quota: low })).toBe(12);
  });

  test('is not said where it is not known: a zero would end an alarm', () => {
    expect(told({})).toBeUndefined();
    expect(told({ quota: { alarmPercent: 80, above: [], unknown: [IRELAND] } })).toBeUndefined();
  });

  test('is not said to be little while one that was nearly full is not seen', () => {
    const unseen = { ...before, unseenAbove: [VIRGINIA] };
    expect(told({ quota: { ...low, unknown }, before: unseen })).toBeUndefined();
    expect(told({ quota: { ...quota, unknown }, before: unseen })).toBe(91.25);
    expect(told({ quota: { ...low, unknown } })).toBe(12);
  });

  test('is not said to be little where others are not known, and the runs before could not be read', () => {
    const blind = (changes: Partial<StoredTotal>) =>
      metricsIn(first(aStoredTotal({ ...changes }), TOTALS)).QuotaPercent;
    expect(blind({ quota: { ...low, unknown } })).toBeUndefined();
    expect(blind({ quota: low, missing: [{ region: VIRGINIA, reason: 'denied' }] })).toBeUndefined();
    expect(blind({ quota: low })).toBe(12);
    expect(blind({ quota: { ...quota, unknown } })).toBe(91.25);
  });
});

test('A run that is part of an organisation’s tells CloudWatch nothing: its number is in that one’s', () => {
  const run = { ...RUN, parent: { position: 0, round: 0, expiresAt: 1_800_000_000 } };
  for (const wanted of [TOTALS, ALL]) expect(read(PARTIAL, wanted, RECORDS, run)).toEqual([]);
});

test('Where accounts are wanted, no region has a line of its own', () => {
  expect(read(PARTIAL, { ...ALL, of: 'accounts' })).toHaveLength(1);
});
