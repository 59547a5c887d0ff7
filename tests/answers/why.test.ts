/** Why a total is not another one: on a history that holds every case. */
import { NoAnswer } from '../../src/answers/no-answer.ts';
import { readWhy } from '../../src/answers/why.ts';
import { makeView } from '../../src/cli/render/text.ts';
import { renderWhy } from '../../src/cli/render/why.ts';
import { ACCOUNT } from '../cli/history.ts';
import { cleanUp, NOW_MS, startLedger, type TestLedger } from '../cli/world.ts';
import { RUN, story } from '../fixtures/story.ts';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await startLedger();
  await ledger.fill(story({ isOneUnderWay: true }));
});
afterAll(cleanUp);

const source = () => ({ reader: ledger.reader, censusId: ACCOUNT, description: 'the test ledger' });
const why = async (name: string, than?: string) => (await readWhy(source(), name, than, NOW_MS)).answer;

test('the newest total is lower: streams that went, others that came, and a region that is denied', async () => {
  ledger.requests.splice(0);
  const { comparison, created, gone, regions } = await why('latest');
  expect(ledger.requests).toEqual(['Query', 'Query', 'BatchGetItem']);
  expect(comparison).toMatchObject({
    with: { runId: RUN.complete },
    isComparable: true,
    difference: -10_592,
    changed: { streams: -1174 },
    unseen: { streams: -9418, regions: [{ region: 'eu-west-1', reason: 'denied', since: RUN.denied }] },
    seenAgain: { streams: 0, regions: [] },
    plan: { streams: 0, regions: [] },
  });
  expect({ created, gone }).toEqual({ created: { atLeast: 55, atMost: 55 }, gone: { atLeast: 1229, atMost: 1229 } });
  expect(regions.map(({ region }) => region)).toEqual(['eu-central-1', 'me-south-1', 'us-east-1', 'us-west-2']);
});

test('a shorter plan is no loss: what is not planned any more is told apart', async () => {
  const { run, comparison } = await why(RUN.shortPlan);
  expect(run.verdict).toBe('complete');
  expect(comparison).toMatchObject({ isComparable: false, changed: { streams: 0 }, plan: { streams: -10_355 } });
  expect(comparison.plan.regions.every(({ isPlanned }) => !isPlanned)).toBe(true);
});

test('any run can be named to compare with; since when a region is missing is known all the same', async () => {
  const { comparison } = await why('latest', RUN.retried);
  expect(comparison).toMatchObject({ with: { runId: RUN.retried }, isComparable: true });
  expect(comparison.unseen.regions).toMatchObject([{ region: 'eu-west-1', since: RUN.denied }]);
});

test('the first total, and a run without one, are compared with none', async () => {
  await expect(why(RUN.first)).rejects.toThrow(NoAnswer);
  await expect(why(RUN.first)).rejects.toThrow(/there is none with a total, so there is nothing to compare it with/);
  await expect(why(RUN.underWay)).rejects.toThrow(/has no total yet/);
  await expect(why('latest', RUN.underWay)).rejects.toThrow(/has no total yet/);
});

test('a run is not compared with itself', async () => {
  await expect(why('latest', RUN.newest)).rejects.toThrow(NoAnswer);
  await expect(why('latest', RUN.newest)).rejects.toThrow(/^Both names are of the run 2026-11-20T06:00:00Z/);
});

test('it takes ten lines of 80 columns at most, but for commands to be pasted, whichever two runs are compared', async () => {
  const settled = story().map(({ run }) => run.runId);
  for (const now of settled) {
    for (const than of settled.filter((runId) => runId !== now)) {
      const lines = renderWhy(await why(now, than), makeView({ width: 80, colour: false })).split('\n');
      expect(lines.length).toBeLessThanOrEqual(10);
      expect(lines.filter((line) => line.length > 80 && !line.includes('kvs-census '))).toEqual([]);
    }
  }
});

test('the screen', async () => {
  const view = makeView({ width: 80, colour: false });
  for (const name of [RUN.newest, RUN.shortPlan, RUN.complete]) {
    expect(renderWhy(await why(name), view)).toMatchSnapshot(name);
  }
});

test.each([
  ['why', 2],
  [`why ${RUN.complete}`, 0],
  ['why --than yesterday', 2],
  [`why ${RUN.first}`, 1],
])('%s ends with %d', async (line, code) => {
  expect((await ledger.command(line)).code).toBe(code);
});
