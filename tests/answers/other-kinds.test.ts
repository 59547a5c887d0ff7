/** What is said of the kinds that are not asked for, and what that costs. */
import { KIND_AGE_MS, type KnownKinds, readOtherKinds } from '../../src/answers/other-kinds.ts';
import type { LedgerReader } from '../../src/answers/reader.ts';
import { KINDS } from '../../src/census/kinds.ts';
import { ACCOUNT, CHANNELS, history, type Past } from '../cli/history.ts';
import { cleanUp, NOW_MS, startLedger } from '../cli/world.ts';

afterEach(cleanUp);

async function start(past: Iterable<Past> = []) {
  const { reader, fill, requests } = await startLedger();
  await fill(past);
  requests.length = 0;
  const from = (over: Partial<LedgerReader> = {}) => ({
    reader: { ...reader, ...over },
    censusId: ACCOUNT,
    description: 'the test ledger',
  });
  return { from, fill, requests };
}

const channels = (runs: number, endsAt = '2026-11-20T06:00:00Z') => [
  ...history({ runs, endsAt, censusId: CHANNELS, regions: ['eu-west-1', 'us-east-1'] }),
];

/** Before it has a total. */
function opened({ run: { total: _, ...run } }: Past): Past {
  return { run: { ...run, sweep: 'OPEN', deadlineAt: '2126-01-01T00:00:00.000Z' }, records: [] };
}

test('one that was counted says what its newest total does, though newer runs have none yet', async () => {
  const [older, newest, open] = channels(3) as [Past, Past, Past];
  const { from } = await start([older, newest, opened(open)]);
  const { runId, total } = newest.run;
  expect(await readOtherKinds(from(), NOW_MS)).toEqual([
    { kind: 'channels', runId, verdict: 'complete', streams: total?.streams, expected: 2, counted: 2 },
  ]);
});

test('one that is counted for the first time is there, without a number', async () => {
  const [first] = channels(1) as [Past];
  const { from } = await start([opened(first)]);
  expect(await readOtherKinds(from(), NOW_MS)).toMatchObject([{ kind: 'channels', verdict: null, streams: null }]);
});

test('none is made up, and the kind that is asked for itself is not asked for here', async () => {
  const { from } = await start(history({ runs: 2 }));
  expect(await readOtherKinds(from(), NOW_MS)).toEqual([]);
});

test('each is one request, and none for some seconds after that', async () => {
  const { from, fill, requests } = await start(channels(20));
  const known: KnownKinds = new Map();
  const first = await readOtherKinds(from(), NOW_MS, known);
  expect(requests.splice(0)).toEqual(KINDS.slice(1).map(() => 'Query'));
  await fill(channels(1, '2026-11-20T07:00:00Z'));
  requests.length = 0;
  expect(await readOtherKinds(from(), NOW_MS + KIND_AGE_MS - 1, known)).toEqual(first);
  expect(requests).toEqual([]);
  expect(await readOtherKinds(from(), NOW_MS + KIND_AGE_MS, known)).toMatchObject([{ runId: '2026-11-20T07:00:00Z' }]);
});

test('one that cannot be read stays as it was known, and is asked for again', async () => {
  const { from } = await start(channels(2));
  const known: KnownKinds = new Map();
  const failing = { newestRuns: async () => Promise.reject(new Error('The ledger does not answer.')) };
  expect(await readOtherKinds(from(failing), NOW_MS, known)).toEqual([]);
  const read = await readOtherKinds(from(), NOW_MS, known);
  expect(read).toHaveLength(1);
  expect(await readOtherKinds(from(failing), NOW_MS + KIND_AGE_MS, known)).toEqual(read);
});
