/**
 * The quota of a region, asked for beside its list: on the packaged functions, with everything that Service Quotas may answer.
 * Whatever it is, the count is the same.
 */
import type { RegionRecord } from '../../src/census/region.ts';
import type { Run } from '../../src/census/run.ts';
import { ACCOUNT, type Harness, startHarness } from './harness.ts';

jest.setTimeout(180_000);

const STREAMS = 40;

/** What Service Quotas says of a region of so many streams, and what is then known of it. */
const CASES: Readonly<Record<string, [quota: object | number | string | null | undefined, known: object]>> = {
  'us-east-1': [undefined, { from: 'applied', limit: 10_000 }],
  'us-east-2': [50, { from: 'applied', limit: 50 }],
  'us-west-2': [STREAMS, { from: 'applied', limit: STREAMS }],
  'ap-south-1': [
    { applied: null, default: 45 },
    { from: 'default', limit: 45 },
  ],
  'ap-northeast-1': [null, { from: 'documented', limit: 10_000 }],
  'ap-northeast-2': [{ fault: 'denied' }, { from: 'unknown', because: 'denied' }],
  'ap-southeast-1': [{ fault: 'throttled' }, { from: 'unknown', because: 'throttled' }],
  'ap-southeast-2': [{ fault: 'hang' }, { from: 'unknown', because: 'timed-out' }],
  'ca-central-1': [{ fault: 'server-error' }, { from: 'unknown', because: 'unreachable' }],
  'eu-central-1': [{ fault: 'drops-connection' }, { from: 'unknown', because: 'unreachable' }],
  'eu-west-1': [0, { from: 'unknown', because: 'bad-answer' }],
  'eu-west-2': [-1, { from: 'unknown', because: 'bad-answer' }],
  'eu-west-3': [STREAMS - 1, { from: 'unknown', because: 'bad-answer' }],
  'sa-east-1': ['rubbish', { from: 'unknown', because: 'bad-answer' }],
};
const REGIONS = Object.keys(CASES);

type Settled = Run & { records: RegionRecord[] };

/** Its questions to each region, and how its run ended. */
async function countWith(quotas: (region: string) => unknown) {
  const region = (name: string) => ({ streams: STREAMS, ...(quotas(name) !== undefined && { quota: quotas(name) }) });
  const regions = Object.fromEntries(REGIONS.map((name) => [name, region(name)]));
  const harness = await startHarness({ regions });
  try {
    const mails = await harness.listen('TotalsMailTopic', { quotaAlarm: [{ exists: true }] });
    const run = await harness.settled(await harness.open());
    const mail = (run.total?.quota?.above.length ?? 0) > 0 ? (await harness.take(mails)).Body : undefined;
    return { run, mail, asked: harness.video.quotaCalls(), listed: callsOf(harness) };
  } finally {
    await harness.stop();
  }
}

const callsOf = ({ video }: Harness) => Object.values(video.stats()).map(({ calls }) => calls);

/** A record but for its quota, its instants, and how long it took. Which streams they are, its fingerprint says. */
function bare(record: RegionRecord): string {
  const text = JSON.stringify({ ...record, quota: undefined, effort: { ...record.effort, ms: 0 } });
  return text.replace(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"at"');
}

function verdictOf({ total }: Settled) {
  const { verdict, streams, expected, counted, missing } = total!;
  return { verdict, streams, expected, counted, missing, fingerprint: total!.tally.facets?.fingerprint };
}

test('Whatever Service Quotas answers, each region is counted as if it had answered well, and its record says what is known', async () => {
  const calm = await countWith(() => undefined);
  const rough = await countWith((region) => CASES[region]![0]);

  expect(verdictOf(rough.run)).toMatchObject({ verdict: 'complete', streams: REGIONS.length * STREAMS });
  expect(rough.run.records.map(bare)).toEqual(calm.run.records.map(bare));
  expect(verdictOf(rough.run)).toEqual(verdictOf(calm.run));

  const known = rough.run.records.map((record) => [record.region, record.status === 'counted' && record.quota]);
  expect(Object.fromEntries(known)).toEqual(Object.fromEntries(REGIONS.map((name) => [name, CASES[name]![1]])));
  expect(rough.run.total?.quota).toEqual({
    alarmPercent: 80,
    highest: { region: 'us-west-2', percent: 100 },
    above: ['ap-south-1', 'us-east-2', 'us-west-2'],
    unknown: REGIONS.filter((name) => 'because' in CASES[name]![1]).sort(),
  });
  expect(calm.run.total?.quota).toMatchObject({ above: [], unknown: [] });

  // One question where something was applied, two where nothing was, and one call for a list of one page.
  const twice = ['ap-south-1', 'ap-northeast-1'];
  expect(rough.asked).toEqual(Object.fromEntries(REGIONS.map((name) => [name, twice.includes(name) ? 2 : 1])));
  expect(calm.asked).toEqual(Object.fromEntries(REGIONS.map((name) => [name, 1])));
  expect([...calm.listed, ...rough.listed]).toEqual(Array.from({ length: 2 * REGIONS.length }, () => 1));

  expect(calm.mail).toBeUndefined();
  for (const [region, desired] of [
    ['ap-south-1', 90],
    ['us-east-2', 100],
    ['us-west-2', 80],
  ])
    expect(rough.mail).toContain(
      `  aws service-quotas request-service-quota-increase --service-code kinesisvideo --quota-code L-F06528A6 --desired-value ${desired} --region ${region}\n`,
    );
  expect(rough.mail).toContain(`kvs-census, account ${ACCOUNT}`);
});

test('A quota that never comes is given up a second after the list, not when the question itself is', async () => {
  const harness = await startHarness({ regions: { 'us-east-1': { streams: STREAMS, quota: { fault: 'hang' } } } });
  try {
    const { total, records } = await harness.settled(await harness.open());
    const [record] = records;
    expect(record).toMatchObject({ status: 'counted', quota: { from: 'unknown', because: 'timed-out' } });
    const tookMs = Date.parse(total!.settledAt) - Date.parse(record!.recordedAt);
    expect(tookMs).toBeGreaterThan(1000);
    // The harness lets a question go on for five seconds.
    expect(tookMs).toBeLessThan(4000);
  } finally {
    await harness.stop();
  }
});
