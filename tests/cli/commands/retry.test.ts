/** `kvs-census retry`: which tasks it publishes, and what becomes of the run. */

import { misfits } from '../../../infra/openapi/schemas.ts';
import { makeLedger } from '../../../src/aws/ledger.ts';
import type { PublishTasks } from '../../../src/census/ports.ts';
import { planRetry } from '../../../src/census/retry.ts';
import { runIdOf } from '../../../src/census/run.ts';
import { type RetryPorts, retry } from '../../../src/cli/retry-run.ts';
import { ACCOUNT, counted, settled } from '../history.ts';
import { makeClient, NOW_MS, TABLE } from '../world.ts';
import {
  command,
  KEY,
  messagesIn,
  noteStack,
  partial,
  put,
  RUN_ID,
  readRun,
  stack,
  startStack,
  stopStack,
  until,
} from './stack.ts';

beforeEach(startStack);
afterEach(stopStack);

test('opens the next round and publishes a task for each missing region, and for no other', async () => {
  await put(partial());
  const { code, out } = await command(`retry ${RUN_ID}`);
  expect(code).toBe(0);
  expect(out).toBe(
    `Round 1 of the run ${RUN_ID} is open. Asked again: 2 regions, me-south-1, sa-east-1. The round ends by 2026-11-20T09:30:00.000Z, within 90 min.\nFollow it with: kvs-census watch ${RUN_ID} --local --account 123456789012\n`,
  );
  const tasks = (await messagesIn('RegionTasksQueue')).map((body) => JSON.parse(body));
  expect(tasks.sort((a, b) => (a.region < b.region ? -1 : 1))).toEqual(
    ['me-south-1', 'sa-east-1'].map((region) => ({
      version: 1,
      accountId: KEY.censusId,
      runId: KEY.runId,
      region,
      round: 1,
      deadlineAt: '2026-11-20T09:30:00.000Z',
    })),
  );
  expect(await readRun()).toMatchObject({
    round: 1,
    dispatchedRound: 1,
    pending: ['me-south-1', 'sa-east-1'],
    sweep: 'OPEN',
  });
});

test('of another kind asks for that kind, and leaves the run of streams at the same instant alone', async () => {
  const censusId = `${ACCOUNT}/channels`;
  const ofStreams = partial();
  await put(ofStreams);
  await put(partial(RUN_ID, censusId));
  const { code, out } = await command(`retry ${RUN_ID} me-south-1 --kind channels`);
  expect(code).toBe(0);
  expect(out).toContain(`kvs-census watch ${RUN_ID} --local --account ${ACCOUNT} --kind channels\n`);
  const [task = ''] = await messagesIn('RegionTasksQueue');
  const whose = { version: 2, accountId: ACCOUNT, kind: 'channels' };
  expect(JSON.parse(task)).toMatchObject({ ...whose, runId: RUN_ID, region: 'me-south-1', round: 1 });
  expect(await readRun(RUN_ID, censusId)).toMatchObject({ round: 1, pending: ['me-south-1'] });
  expect(await readRun()).toEqual(ofStreams.run);
});

test('names the run before in each task, so that what came and went is told of these regions, too', async () => {
  await put(partial());
  await put(partial('2026-11-20T00:00:00Z'));
  await command(`retry ${RUN_ID}`);
  const tasks = (await messagesIn('RegionTasksQueue')).map((body) => JSON.parse(body));
  expect(tasks.map(({ previous }) => previous)).toEqual(['2026-11-20T00:00:00Z', '2026-11-20T00:00:00Z']);
});

test('asks only for the regions that are named', async () => {
  await put(partial());
  const { out } = await command(`retry latest sa-east-1 --json`);
  expect(misfits(JSON.parse(out))).toEqual([]);
  expect(JSON.parse(out)).toMatchObject({
    schema: 'kvs-census/retry/1',
    runId: RUN_ID,
    round: 1,
    regions: ['sa-east-1'],
  });
  expect((await messagesIn('RegionTasksQueue')).map((body) => JSON.parse(body).region)).toEqual(['sa-east-1']);
});

test('of regions that were never heard of, and so are pending still, it asks only for those that are named', async () => {
  const { run: settledRun, records } = partial();
  const silent = records.filter(({ region }) => region !== 'sa-east-1');
  await put({ run: { ...settledRun, pending: ['sa-east-1'] }, records: silent });
  await command(`retry ${RUN_ID} me-south-1`);
  expect((await messagesIn('RegionTasksQueue')).map((body) => JSON.parse(body).region)).toEqual(['me-south-1']);
});

test('is refused, by force too, for a run that a newer release has taken over', async () => {
  const { run, records } = partial();
  await put({ run: { ...run, version: 4 } as typeof run, records });
  for (const force of ['', ' --force']) {
    const err = expect.stringContaining(`${RUN_ID} RUN was written by a newer kvs-census`);
    expect(await command(`retry ${RUN_ID}${force}`)).toMatchObject({ code: 1, err });
  }
  expect(await messagesIn('RegionTasksQueue')).toEqual([]);
});

test('is refused while one is under way, unless forced', async () => {
  await put(partial());
  await command(`retry ${RUN_ID}`);
  const again = await command(`retry ${RUN_ID}`);
  expect(again).toMatchObject({
    code: 1,
    err: expect.stringContaining('is being asked again already, for me-south-1, sa-east-1'),
  });
  expect(await readRun()).toMatchObject({ round: 1 });
  expect((await command(`retry ${RUN_ID} --force`)).code).toBe(0);
  expect(await readRun()).toMatchObject({ round: 2, dispatchedRound: 2 });
});

test('is refused for a run that is older than a day, unless forced', async () => {
  const runId = runIdOf(NOW_MS - 24 * 3_600_000 - 1000) as string;
  await put(partial(runId));
  expect(await command(`retry ${runId}`)).toMatchObject({
    code: 1,
    err: expect.stringContaining('is more than 24 h old'),
  });
  expect(await messagesIn('RegionTasksQueue')).toEqual([]);
  expect((await command(`retry ${runId} --force`)).code).toBe(0);
  expect(await readRun(runId)).toMatchObject({ round: 1 });
});

/** Nobody waits. */
const AT_ONCE = { clock: { nowMs: () => NOW_MS, sleep: async () => {} }, random: () => 0, timeScale: 1 };

test('where the runs before cannot be read, the regions are asked all the same', async () => {
  await put(partial());
  const { run: opened, records } = partial();
  const client = makeClient(stack.url);
  const refused = () => Promise.reject(new Error('The ledger is throttled.'));
  const ledger = { ...makeLedger({ client, tableName: TABLE, nowMs: () => NOW_MS }), earlierRuns: refused };
  const published: unknown[] = [];
  const publishTasks: PublishTasks = async (tasks) => {
    published.push(...tasks.map(({ region, previous }) => ({ region, previous })));
    return [];
  };
  const plan = planRetry(opened, records, { regions: [], nowMs: NOW_MS, force: false });
  await retry({ ledger, publishTasks, ...AT_ONCE }, opened, plan);
  client.destroy();
  expect(published).toEqual([{ region: 'me-south-1' }, { region: 'sa-east-1' }]);
});

test('a round that was opened and only half published is resumed, not opened again', async () => {
  await put(partial());
  const { run: opened } = partial();
  const client = makeClient(stack.url);
  const ledger = makeLedger({ client, tableName: TABLE, nowMs: () => NOW_MS });
  const refusing: PublishTasks = async (tasks) => [...tasks];
  const plan = planRetry(opened, partial().records, { regions: [], nowMs: NOW_MS, force: false });
  const crash = retry({ ledger, publishTasks: refusing, ...AT_ONCE }, opened, plan);
  await expect(crash).rejects.toThrow('The topic refused 2 of 2 tasks: run the same command again');
  client.destroy();

  const { code, out } = await command(`retry ${RUN_ID}`);
  expect(code).toBe(0);
  expect(out).toContain(
    'Round 1 of the run 2026-11-20T06:00:00Z had been opened, but not all of its tasks were published.',
  );
  expect(await messagesIn('RegionTasksQueue')).toHaveLength(2);
  expect(await readRun()).toMatchObject({ round: 1, dispatchedRound: 1 });
});

test('goes on where the answer that the round is open was lost, and the second request was refused', async () => {
  await put(partial());
  const { run: settledRun, records } = partial();
  const client = makeClient(stack.url);
  const ledger = makeLedger({ client, tableName: TABLE, nowMs: () => NOW_MS });
  const published: string[] = [];
  const ports: RetryPorts = {
    ledger: {
      ...ledger,
      async openRound(...request) {
        await ledger.openRound(...request);
        return await ledger.openRound(...request);
      },
    },
    publishTasks: async (tasks) => {
      published.push(...tasks.map(({ region, round }) => `${region}, round ${round}`));
      return [];
    },
    ...AT_ONCE,
  };
  const plan = planRetry(settledRun, records, { regions: [], nowMs: NOW_MS, force: false });
  await retry(ports, settledRun, plan);
  client.destroy();
  expect(published).toEqual(['me-south-1, round 1', 'sa-east-1, round 1']);
  expect(await readRun()).toMatchObject({ round: 1, dispatchedRound: 1 });
});

test('on a stack that divides every wait, the round has its share of the 90 minutes', async () => {
  noteStack(40);
  await put(partial());
  expect((await command(`retry ${RUN_ID}`)).out.replaceAll('\n', ' ')).toContain(
    "The round ends by 2026-11-20T08:02:15.000Z, within 135 s (90 min of AWS's time).",
  );
  const [task = ''] = await messagesIn('RegionTasksQueue');
  expect(JSON.parse(task).deadlineAt).toBe('2026-11-20T08:02:15.000Z');
  expect((await readRun()).deadlineAt).toBe('2026-11-20T08:02:15.000Z');
});

test('--wait tells what comes of it, nothing of what was before, and the run at its end', async () => {
  await put(partial());
  const waiting = command(`retry ${RUN_ID} --wait`);
  const asked = await until(async () => {
    const found = await readRun();
    return found.dispatchedRound === 1 ? found : undefined;
  });
  const records = partial().records.map((record) =>
    record.status === 'counted'
      ? record
      : { ...counted(KEY, record.region, 3), round: 1, recordedAt: '2026-11-20T08:00:02.000Z' },
  );
  await put({ run: { ...settled(KEY, records), round: asked.round }, records });
  const { code, out } = await waiting;
  expect(code).toBe(0);
  expect(out).toContain(`\
Round 1 of the run ${RUN_ID} is open. Asked again: 2 regions, me-south-1, sa-east-1. The round ends by 2026-11-20T09:30:00.000Z, within 90 min.
08:00:02  me-south-1 counted: 3 streams, 1 page, 1 call, 0.2 s
08:00:02  sa-east-1 counted: 3 streams, 1 page, 1 call, 0.2 s
08:00:02  total: 22 streams in 4 of 4 regions, complete

22 streams in all 4 regions  complete
`);
});

test('two people at once open one round', async () => {
  await put(partial());
  const both = await Promise.all([command(`retry ${RUN_ID}`), command(`retry ${RUN_ID}`)]);
  expect(await readRun()).toMatchObject({ round: 1 });
  expect(both.map(({ code }) => code)).toContain(0);
  for (const { code, err } of both)
    if (code !== 0) expect(err).toMatch(/Somebody else opened round 1|is being asked again already/);
});
