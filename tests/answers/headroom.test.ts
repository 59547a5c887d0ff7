import { makeDamage } from '../../src/answers/damage.ts';
import { type HeadroomAnswer, type HeadroomOptions, readHeadroom } from '../../src/answers/headroom.ts';
import { wholeRuns } from '../../src/answers/history.ts';
import { censusIdOf } from '../../src/census/census-id.ts';
import type { Quota } from '../../src/census/quota.ts';
import { runIdOf } from '../../src/census/run.ts';
import { renderHeadroom } from '../../src/cli/render/headroom.ts';
import { makeView } from '../../src/cli/render/text.ts';
import { ACCOUNT, counted, failed, type Past, REGIONS, settled } from '../cli/history.ts';
import { cleanUp, NOW_MS, startLedger, type TestLedger } from '../cli/world.ts';

afterAll(cleanUp);

const NEWEST_MS = Date.parse('2026-11-20T06:00:00Z');
const DAY_MS = 86_400_000;
const APPLIED: Quota = { from: 'applied', limit: 10_000 };

/** What a run of `day` (0 is the newest, those before it are negative) finds: streams and a quota; `null`: it is missing. */
type Fleet = Readonly<Record<string, (day: number) => [streams: number, quota?: Quota] | null>>;

/** A run every 12 hours, oldest first. */
function history(fleet: Fleet, days = 30, censusId = ACCOUNT): Past[] {
  return Array.from({ length: 2 * days + 1 }, (_, at) => runOn(fleet, at / 2 - days, censusId));
}

function runOn(fleet: Fleet, day: number, censusId = ACCOUNT): Past {
  const key = { censusId, runId: runIdOf(NEWEST_MS + day * DAY_MS) as string };
  const records = Object.entries(fleet).map(([region, on]) => {
    const found = on(day);
    if (found === null) return failed(key, region);
    const [streams, quota] = found;
    return { ...counted(key, region, Math.round(streams)), ...(quota && { quota }) };
  });
  const lastKnown = new Map(
    Object.keys(fleet).flatMap((region) => {
      const [streams] = fleet[region]?.(day - 0.5) ?? [null];
      const runId = runIdOf(NEWEST_MS + (day - 0.5) * DAY_MS) as string;
      return streams === null ? [] : [[region, { runId, streams, countedAt: runId }] as const];
    }),
  );
  return { run: settled(key, records, lastKnown), records };
}

const source = (ledger: TestLedger, censusId = ACCOUNT) => ({
  reader: ledger.reader,
  censusId,
  description: 'the test ledger',
});

async function headroom(past: Past[], options: Partial<HeadroomOptions> = {}, nowMs = NOW_MS): Promise<HeadroomAnswer> {
  const ledger = await startLedger();
  await ledger.fill(past);
  return (await readHeadroom(source(ledger), { days: 30, ...options }, nowMs)).answer;
}

const regionOf = ({ regions }: HeadroomAnswer, name: string) => regions.find(({ region }) => region === name);

test('30 days of 19 regions cost eight requests, and read one count a day of each', async () => {
  const ledger = await startLedger();
  await ledger.fill(history(Object.fromEntries(REGIONS.map((region) => [region, () => [7, APPLIED]]))));
  ledger.requests.splice(0);
  const { answer } = await readHeadroom(source(ledger), { days: 30 }, NOW_MS);
  expect(ledger.requests).toEqual(['Query', ...Array(7).fill('BatchGetItem')]);
  expect(new Set(answer.regions.map(({ window }) => window?.runs))).toEqual(new Set([31]));
});

test('a region that grows evenly is told its slope and the day on which it is full, as the truth has it', async () => {
  const { regions } = await headroom(history({ 'eu-west-1': (day) => [6_000 + 40 * day, APPLIED] }));
  expect(regions).toMatchObject([
    {
      region: 'eu-west-1',
      used: 6_000,
      quota: { from: 'applied', limit: 10_000, because: null, used: 6_000, percent: 60 },
      trend: 'growing',
      perDay: { likely: 40, low: 40, high: 40 },
      daysToFull: { likely: 100, soonest: 100, latest: 100 },
      isAbove: false,
      increase: null,
    },
  ]);
});

describe('Never from what was not counted', () => {
  test('a run that misses the region is no point, and not a zero', async () => {
    const isThere = (day: number) => day === 0 || Math.abs(day % 3) === 1;
    const fleet: Fleet = {
      'eu-west-1': (day) => (isThere(day) ? [6_000 + 40 * day, APPLIED] : null),
      'us-east-1': () => [10, APPLIED],
    };
    const region = regionOf(await headroom(history(fleet)), 'eu-west-1');
    expect(region).toMatchObject({ perDay: { likely: 40, low: 40, high: 40 }, window: { runs: 11 } });
  });

  test('a day whose first choice misses the region is told by its other run', async () => {
    const isThere = (day: number) => day === 0 || !Number.isInteger(day);
    const fleet: Fleet = { 'eu-west-1': (day) => (isThere(day) ? [6_000 + 40 * day, APPLIED] : null) };
    const region = regionOf(await headroom(history(fleet)), 'eu-west-1');
    expect(region).toMatchObject({ perDay: { likely: 40, low: 40, high: 40 }, window: { runs: 31 } });
  });

  test('a region whose gaps leave too little is told so', async () => {
    const fleet: Fleet = { 'eu-west-1': (day) => (day > -0.1 || day === -20 ? [6_000 + 40 * day, APPLIED] : null) };
    const region = regionOf(await headroom(history(fleet)), 'eu-west-1');
    expect(region).toMatchObject({ trend: 'not-enough-history', perDay: null, daysToFull: null, window: { runs: 2 } });
  });

  test('a region that is missing now is in no list but that of the missing, with what it was like when last counted', async () => {
    const fleet: Fleet = {
      'eu-west-1': (day) => (day < 0 ? [9_400, APPLIED] : null),
      'us-east-1': () => [10, APPLIED],
    };
    const { regions, missing } = await headroom(history(fleet));
    expect(regions.map(({ region }) => region)).toEqual(['us-east-1']);
    expect(missing).toMatchObject([
      { region: 'eu-west-1', last: { runId: '2026-11-19T18:00:00Z', used: 9_400, quota: { percent: 94 } } },
    ]);
  });

  test('a run without a total is not looked at', async () => {
    const past = history({ 'eu-west-1': (day) => [6_000 + 40 * day, APPLIED] });
    const open = runOn({ 'eu-west-1': () => [9_999, APPLIED] }, 1 / 24);
    const { total: _, ...run } = open.run;
    const answer = await headroom([...past, { run, records: open.records }]);
    expect(answer.run.runId).toBe('2026-11-20T06:00:00Z');
    expect(regionOf(answer, 'eu-west-1')).toMatchObject({ used: 6_000, perDay: { likely: 40, low: 40, high: 40 } });
  });
});

describe('What is above', () => {
  const fleet: Fleet = {
    'eu-west-1': () => [8_000, APPLIED],
    'us-east-1': () => [7_999, APPLIED],
    'us-west-2': () => [9_000],
    'sa-east-1': () => [9_900, { from: 'unknown', because: 'denied' }],
  };
  const past = history(fleet, 1);
  const above = ({ regions }: HeadroomAnswer) => regions.filter(({ isAbove }) => isAbove).map(({ region }) => region);

  test('is what has reached 80 percent where the run says no other, and is told how to get more', async () => {
    const answer = await headroom(past);
    expect([answer.alarmPercent, above(answer)]).toEqual([80, ['eu-west-1']]);
    expect(answer.regions[0]?.increase).toBe(
      'aws service-quotas request-service-quota-increase --service-code kinesisvideo --quota-code L-F06528A6 --desired-value 20000 --region eu-west-1',
    );
    expect(answer.regions.slice(1).map(({ increase }) => increase)).toEqual([null, null, null]);
  });

  test.each([
    [50, ['eu-west-1', 'us-east-1']],
    [81, []],
  ])('is what has reached the %d percent that a person asks for', async (alarmPercent, regions) => {
    expect(above(await headroom(past, { alarmPercent }))).toEqual(regions);
  });

  test.each<[string, Fleet, number, RegExp]>([
    [
      'one',
      { 'eu-west-1': () => [8_000, APPLIED] },
      80,
      /^eu-west-1 is the fullest: .* 1 of 1 region has reached 80 %\.$/,
    ],
    ['none', { 'eu-west-1': () => [8_000, APPLIED] }, 81, /80\.0 %\. None of 1 region has reached 81 %\.$/],
    [
      'one at least',
      fleet,
      80,
      /^eu-west-1 is the fullest that is known: .* At least 1 of 4 regions has reached 80 %\.$/,
    ],
    ['none that is known', fleet, 90, /80\.0 %\. None that is known has reached 90 %\.$/],
    ['nothing', { 'us-west-2': () => [9_000] }, 80, /^How full the regions are is not known\.$/],
  ])('is counted in the first line: %s', async (_, regions, alarmPercent, line) => {
    const answer = await headroom(history(regions, 1), { alarmPercent });
    expect(renderHeadroom(answer, makeView({ width: 200, colour: false })).split('\n')[0]).toMatch(line);
  });

  test('may be what was above when it was last seen: the first lines name it for as long as it is not known', async () => {
    const { run, records } = runOn({ 'eu-west-1': () => [10, APPLIED], 'sa-east-1': () => null }, 0);
    const before = {
      ...{ runId: '2026-11-19T18:00:00Z', streams: 10, unseenAbove: ['sa-east-1'] },
      ...{ newlyMissing: ['sa-east-1'], newlyCounted: [], newlyPlanned: [], noLongerPlanned: [] },
    };
    const answer = await headroom([{ run: { ...run, total: { ...run.total!, before } }, records }]);
    expect(answer.run.quota?.unseenAbove).toEqual(['sa-east-1']);
    expect(renderHeadroom(answer, makeView({ width: 200, colour: false })).split('\n')[0]).toMatch(
      / None that is known has reached 80 %\. Nearly full when last seen, and not known now: sa-east-1\.$/,
    );
  });

  test('is nothing of which the quota is not known', async () => {
    const answer = await headroom(past, { alarmPercent: 1 });
    expect(regionOf(answer, 'us-west-2')).toMatchObject({ used: 9_000, quota: null, isAbove: false, increase: null });
    expect(regionOf(answer, 'sa-east-1')).toMatchObject({
      quota: { from: 'unknown', limit: null, because: 'denied', percent: null },
      isAbove: false,
    });
  });
});

test('most urgent first: what is above, what is full soonest, what is fullest; what is not known last', async () => {
  const fleet: Fleet = {
    'af-south-1': () => [9_999, { from: 'unknown', because: 'throttled' }],
    'ap-south-1': (day) => [2_000 + 10 * day, APPLIED],
    'ca-central-1': (day) => [2_000 + day, APPLIED],
    'eu-west-1': () => [5_000, APPLIED],
    'eu-west-2': () => [8_100, APPLIED],
    'sa-east-1': (day) => [7_000 + 100 * day, APPLIED],
    'us-east-1': (day) => [8_000 + 50 * day, APPLIED],
  };
  const { regions } = await headroom(history(fleet));
  expect(regions.map(({ region }) => region)).toEqual([
    'us-east-1',
    'eu-west-2',
    'sa-east-1',
    // In more than two years: no more urgent than what stands still.
    'eu-west-1',
    'ap-south-1',
    'ca-central-1',
    'af-south-1',
  ]);
});

test('another kind is told against its own quota, from its own runs', async () => {
  const ledger = await startLedger();
  const censusId = censusIdOf(ACCOUNT, 'channels');
  await ledger.fill(history({ 'eu-west-1': (day) => [6_000 + 40 * day, APPLIED] }));
  await ledger.fill(
    history({ 'eu-west-1': (day) => [4_800 + 10 * day, { from: 'documented', limit: 5_000 }] }, 20, censusId),
  );
  const { answer } = await readHeadroom(source(ledger, censusId), { days: 30 }, NOW_MS);
  expect(answer).toMatchObject({ accountId: ACCOUNT, kind: 'channels', quota: { code: 'L-B7F419CA' } });
  expect(answer.regions).toMatchObject([
    { used: 4_800, quota: { percent: 96 }, perDay: { likely: 10 }, daysToFull: { likely: 20 }, window: { runs: 21 } },
  ]);
  expect(answer.regions[0]?.increase).toMatch(/--quota-code L-B7F419CA --desired-value 10000 --region eu-west-1$/);
  const text = renderHeadroom(answer, makeView({ width: 100, colour: false }));
  expect(text).toContain('eu-west-1 is the fullest: 4,800 of 5,000 channels, 96.0 %.');
});

test('a kind that nothing bounds is told how fast it grows, and no more', async () => {
  const ledger = await startLedger();
  const censusId = censusIdOf(ACCOUNT, 'data-streams');
  await ledger.fill(history({ 'eu-west-1': (day) => [480 + 10 * day] }, 20, censusId));
  const { answer } = await readHeadroom(source(ledger, censusId), { days: 30 }, NOW_MS);
  expect(answer).toMatchObject({
    quota: null,
    regions: [{ used: 480, quota: null, trend: 'growing', daysToFull: null }],
  });
  const text = renderHeadroom(answer, makeView({ width: 100, colour: false }));
  expect(text).toMatch(/^No quota is looked at that bounds how many data streams a region may hold\.\n/);
  expect(text).toMatch(/^region +used +a day +trend$/m);
  expect(text).not.toMatch(/unknown/);
});

describe('Where there is less', () => {
  const fleet: Fleet = { 'eu-west-1': (day) => [6_000 + 40 * day, APPLIED] };

  test('a total that is older than the days looked at is shown, without a history', async () => {
    const answer = await headroom(history(fleet, 1), {}, NOW_MS + 60 * DAY_MS);
    expect(answer.run.runId).toBe('2026-11-20T06:00:00Z');
    expect(regionOf(answer, 'eu-west-1')).toMatchObject({
      used: 6_000,
      trend: 'not-enough-history',
      window: { runs: 1 },
    });
  });

  test('without a run, and without a total, it is a sentence', async () => {
    const { run, records } = runOn(fleet, 0);
    const { total: _, ...open } = run;
    await expect(headroom([])).rejects.toThrow('There are no runs of the account 123456789012 in the test ledger yet');
    await expect(headroom([{ run: open, records }])).rejects.toThrow('has no total yet, and no other one has');
  });

  test('a damaged count of the history is no point, and is named; a damaged run as well', async () => {
    const ledger = await startLedger();
    const past = history(fleet, 20);
    await ledger.fill(past);
    const [one, other] = [past[0]!.run, past[10]!.run];
    await ledger.damage({ ...one, region: 'eu-west-1' }, { UpdateExpression: 'REMOVE recordedAt' });
    await ledger.damage(other, { UpdateExpression: 'REMOVE openedAt' });
    const { answer } = await readHeadroom(source(ledger), { days: 30 }, NOW_MS);
    expect(answer.damaged.map(({ runId, region }) => [runId, region])).toEqual([
      [other.runId, null],
      [one.runId, 'eu-west-1'],
    ]);
    expect(answer.regions).toMatchObject([{ perDay: { likely: 40 }, window: { runs: 20 } }]);
  });

  test('a newest total that is damaged, or does not add up, is refused', async () => {
    const ledger = await startLedger();
    const past = history(fleet, 2);
    await ledger.fill(past);
    await ledger.damage({ ...past.at(-1)!.run, region: 'eu-west-1' }, { UpdateExpression: 'REMOVE recordedAt' });
    await expect(readHeadroom(source(ledger), { days: 30 }, NOW_MS)).rejects.toThrow('is damaged');
  });
});

test('it is told the same as the whole history tells', async () => {
  const ledger = await startLedger();
  const past = history({ 'eu-west-1': (day) => [6_000 + 40 * day + ((day * 14) % 9) * 20, APPLIED] });
  await ledger.fill(past);
  const { projectionOf } = await import('../../src/answers/projection.ts');
  const points = [];
  const since = runIdOf(NEWEST_MS - 30 * DAY_MS) as string;
  for await (const { run, records } of wholeRuns(source(ledger), { since }, makeDamage())) {
    for (const record of records)
      if (record.status === 'counted') points.push({ runId: run.runId, used: record.tally.streams });
  }
  expect(points.length).toBeGreaterThan(55);
  const { answer } = await readHeadroom(source(ledger), { days: 30 }, NOW_MS);
  expect(answer.regions[0]).toMatchObject(projectionOf(points, 10_000));
});
