import { findInstant, findRunId, parseRunName, parseTimeName } from '../../src/answers/run-name.ts';
import { ACCOUNT, history, type Past } from '../cli/history.ts';
import { cleanUp, NOW_MS, startLedger, type TestLedger } from '../cli/world.ts';

/** At 06:00 and 18:00 of four days, until the morning of 2026-11-20, on which the tests read. */
const past = [...history({ runs: 8, regions: ['eu-west-1'], everyMinutes: 720 })];
const openRun = ({ run: { total: _, ...run } }: Past): Past => ({ run: { ...run, sweep: 'OPEN' }, records: [] });
let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
  await ledger.fill(past.map((one, n) => (n === 6 ? openRun(one) : one)));
});
afterAll(cleanUp);

const sourceOf = ({ reader }: TestLedger) => ({ reader, censusId: ACCOUNT, description: 'the test ledger' });
const find = async (name: string, from = ledger) => await findRunId(sourceOf(from), parseRunName(name), NOW_MS);

test.each([
  ['latest', '2026-11-20T06:00:00Z'],
  ['latest~0', '2026-11-20T06:00:00Z'],
  ['latest~1', '2026-11-19T06:00:00Z'],
  ['previous', '2026-11-19T06:00:00Z'],
  ['latest~6', '2026-11-16T18:00:00Z'],
  ['yesterday', '2026-11-19T06:00:00Z'],
  ['2026-11-20', '2026-11-20T06:00:00Z'],
  ['2026-11-2', '2026-11-20T06:00:00Z'],
  ['2026-11-17T18', '2026-11-17T18:00:00Z'],
  ['2026-11-19T18:00:00', '2026-11-19T18:00:00Z'],
  ['2026-11-01T00:00:00Z', '2026-11-01T00:00:00Z'],
])('%s is the run %s', async (name, runId) => {
  ledger.requests.splice(0);
  expect(await find(name)).toBe(runId);
  expect(ledger.requests.length).toBeLessThanOrEqual(1);
});

test('where no run has a total there is none before it', async () => {
  const open = await startLedger();
  await open.fill(past.slice(0, 1).map(openRun));
  await expect(find('previous', open)).rejects.toThrow('because none of its runs has a total');
});

test('more than one that begins so is one sentence with all of them', async () => {
  await expect(find('2026-11-18')).rejects.toThrow(
    'More than one run begins with 2026-11-18: say which of 2026-11-18T18:00:00Z, 2026-11-18T06:00:00Z is meant.',
  );
});

test('of many the ten newest are named', async () => {
  const own = await startLedger();
  await own.fill(history({ runs: 24, regions: ['eu-west-1'], endsAt: '2026-11-19T23:00:00Z', everyMinutes: 60 }));
  await expect(find('2026-11-19', own)).rejects.toThrow(
    /: say which of 2026-11-19T23:00:00Z, .*, 2026-11-19T14:00:00Z and others is meant\.$/,
  );
});

test.each([
  ['latest~7', 'There is no run latest~7 in the test ledger, because only 7 of its runs have a total'],
  ['2026-12', 'No run of the account 123456789012 begins with 2026-12 in the test ledger'],
])('%s is there nowhere', async (name, sentence) => {
  await expect(find(name)).rejects.toThrow(sentence);
});

test('a day before without a total, and a ledger without runs, are told as such', async () => {
  const own = await startLedger();
  await expect(find('previous', own)).rejects.toThrow('There are no runs of the account');
  await own.fill([openRun(past[6]!)]);
  await expect(find('yesterday', own)).rejects.toThrow('No run of yesterday (2026-11-19, UTC) has a total');
  expect(await find('latest', own)).toBe('2026-11-19T18:00:00Z');
});

test('a damaged run is not passed over: it may be the one that is meant', async () => {
  const own = await startLedger();
  await own.fill(past);
  await own.damage(past[6]!.run, {
    UpdateExpression: 'SET deadlineAt = :none',
    ExpressionAttributeValues: { ':none': { N: '1' } },
  });
  for (const name of ['previous', 'yesterday']) {
    await expect(find(name, own)).rejects.toThrow(/2026-11-19T18:00:00Z RUN is damaged/);
  }
  await expect(find('2026-11-19', own)).rejects.toThrow('2026-11-19T18:00:00Z, 2026-11-19T06:00:00Z');
  expect(await find('latest', own)).toBe('2026-11-20T06:00:00Z');
});

test.each(['', 'newest', '202', 'latest~', 'latest~x', '2026-11-20T06:00:00+01:00', '2026-1x', 'T06', '2026-11-20 06'])(
  '%j names no run',
  (name) => {
    expect(() => parseRunName(name)).toThrow(/names no run: expected an id such as .*\.$/);
  },
);

const instant = async (name: string, edge: 'start' | 'end') =>
  await findInstant(sourceOf(ledger), parseTimeName(name), edge, NOW_MS);

test.each([
  ['2026-11-20', '2026-11-20T00:00:00Z', '2026-11-20T23:59:59Z'],
  ['2026-02', '2026-02-01T00:00:00Z', '2026-02-28T23:59:59Z'],
  ['2026', '2026-01-01T00:00:00Z', '2026-12-31T23:59:59Z'],
  ['yesterday', '2026-11-19T00:00:00Z', '2026-11-19T23:59:59Z'],
  ['24h', '2026-11-19T08:00:00Z', '2026-11-19T08:00:00Z'],
  ['7d', '2026-11-13T08:00:00Z', '2026-11-13T08:00:00Z'],
  ['2w', '2026-11-06T08:00:00Z', '2026-11-06T08:00:00Z'],
  ['90min', '2026-11-20T06:30:00Z', '2026-11-20T06:30:00Z'],
  ['previous', '2026-11-19T06:00:00Z', '2026-11-19T06:00:00Z'],
  ['latest~2', '2026-11-18T18:00:00Z', '2026-11-18T18:00:00Z'],
  ['2026-11-19T07:00:00+01:00', '2026-11-19T06:00:00Z', '2026-11-19T06:00:00Z'],
])('%s is from %s to %s', async (name, start, end) => {
  expect([await instant(name, 'start'), await instant(name, 'end')]).toEqual([start, end]);
});

test.each(['', '24', '24m', '2026-02-30', '2026-13', '2026-11-20T06:00:00', '-7d', 'tomorrow', '999999h'])(
  '%j names no time',
  (name) => {
    expect(() => parseTimeName(name)).toThrow(/^Expected a day such as 2026-11-20, an instant such as/);
  },
);
