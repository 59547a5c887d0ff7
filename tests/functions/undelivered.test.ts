/** What becomes of a dead letter: the body of the undelivered function on the simulated ledger. */
import { type UndeliveredDeps, undelivered } from '../../src/functions/undelivered.ts';
import { aRun, aTask, aTotal, attempted, counted, DEADLINE_MS, failed, KEY, OPENED_MS } from '../census/examples.ts';
import { UNDELIVERED_CONFIG } from '../judging/numbers.ts';
import { contextOf, eventOf, failing, ledgerError, makeWorld, messageOf } from './world.ts';

const IRELAND = 'eu-west-1';
const VIRGINIA = 'us-east-1';
const TASK = aTask(IRELAND);
const RUN = aRun([IRELAND]);
const EFFORT = { pages: 1, calls: 4, ms: 900 };
const DONE = { batchItemFailures: [] };
const STAYS = { batchItemFailures: [{ itemIdentifier: 'm-1' }] };

async function open(plan = [IRELAND, VIRGINIA]) {
  const world = makeWorld();
  await world.ledger.openRun(aRun(plan));
  return { ...world, config: UNDELIVERED_CONFIG };
}

const drain = (deps: UndeliveredDeps, ...messages: Parameters<typeof eventOf>) =>
  undelivered(deps)(eventOf(...(messages.length > 0 ? messages : [messageOf(TASK, 6)])), contextOf('undelivered'));

describe('The dead letter of a region', () => {
  const failure = {
    ...KEY,
    region: IRELAND,
    round: 0,
    status: 'failed',
    recordedAt: new Date(OPENED_MS).toISOString(),
  };

  test('of which nobody knows why fails it as undelivered, and takes it off', async () => {
    const world = await open();
    await expect(drain(world)).resolves.toEqual(DONE);
    expect(await world.ledger.readRecords(KEY)).toEqual([{ ...failure, reason: 'undelivered' }]);
    expect(await world.ledger.readRun(KEY)).toMatchObject({ pending: [VIRGINIA] });
    expect(world.nudged).toEqual([]);
    expect(world.said).toEqual([
      { level: 'warn', message: 'region failed', ...KEY, region: IRELAND, round: 0, reason: 'undelivered' },
    ]);
  });

  test('fails it for what the worker met in the same round, at the same cost', async () => {
    const world = await open();
    await world.ledger.writeRecord(attempted(IRELAND, { reason: 'throttled', effort: EFFORT }), RUN);
    await drain(world);
    expect(await world.ledger.readRecords(KEY)).toEqual([{ ...failure, reason: 'throttled', effort: EFFORT }]);
  });

  test('may know what was met, and not at what cost', async () => {
    const world = await open();
    await world.ledger.writeRecord(attempted(IRELAND, { reason: 'denied', deniedBy: 'no-permission' }), RUN);
    await drain(world);
    expect(await world.ledger.readRecords(KEY)).toEqual([{ ...failure, reason: 'denied', deniedBy: 'no-permission' }]);
  });

  test('of another account is one of its run if that is part of an organisation’s, and is parked if it is not', async () => {
    const world = await open();
    const other = { ...KEY, censusId: '999999999999' };
    const letter = messageOf(aTask(IRELAND, other), 6);
    await expect(drain(world, letter)).resolves.toEqual(DONE);
    expect(world.parked).toEqual([[letter.body, 'other-account']]);
    await world.ledger.openRun(
      aRun([IRELAND], { ...other, parent: { position: 0, round: 0, expiresAt: 1_800_000_000 } }),
    );
    await expect(drain(world, letter)).resolves.toEqual(DONE);
    expect(world.parked).toHaveLength(1);
    expect(await world.ledger.readRecords(other)).toEqual([{ ...failure, ...other, reason: 'undelivered' }]);
    expect(world.nudged).toEqual([other]);
  });

  test('knows nothing of what was met in an earlier round', async () => {
    const world = await open([IRELAND]);
    await world.ledger.writeRecord(failed(IRELAND, { reason: 'throttled', effort: EFFORT }), RUN);
    await world.ledger.storeTotal(KEY, aTotal({ verdict: 'partial' }), 0, failure.recordedAt);
    await world.ledger.openRound(KEY, [IRELAND], 1, '2026-11-20T09:00:00.000Z');
    await drain(world, messageOf(aTask(IRELAND, { round: 1, deadlineAt: '2026-11-20T09:00:00.000Z' })));
    expect(await world.ledger.readRecords(KEY)).toEqual([{ ...failure, round: 1, reason: 'undelivered' }]);
  });

  test('that SNS could not deliver is one like any other, in its envelope', async () => {
    const world = await open();
    await drain(world, messageOf(JSON.stringify({ Type: 'Notification', Message: messageOf(TASK).body })));
    expect(await world.ledger.readRecords(KEY)).toMatchObject([{ status: 'failed', reason: 'undelivered' }]);
    expect(world.parked).toEqual([]);
  });

  test('is the last thing that was waited for, and nudges', async () => {
    const world = await open([IRELAND]);
    await drain(world);
    expect(world.nudged).toEqual([KEY]);
  });

  test('that was counted after all changes nothing, but takes it off, and the last one nudges', async () => {
    const world = await open([IRELAND]);
    await world.ledger.writeRecord(counted(IRELAND, 7), RUN);
    await expect(drain(world)).resolves.toEqual(DONE);
    expect(await world.ledger.readRecords(KEY)).toEqual([counted(IRELAND, 7)]);
    expect(await world.ledger.readRun(KEY)).toMatchObject({ pending: [] });
    expect(world.nudged).toEqual([KEY]);
    expect(world.said).toEqual([]);
  });
});

describe('What is no task of a run', () => {
  test.each([
    ['that nobody can read', '{"version": 1, "region":', 'not-a-task'],
    ['of a run that nobody opened', messageOf(aTask(IRELAND, { runId: '2026-11-20T12:00:00Z' })).body, 'no-such-run'],
    ['of another account', messageOf(aTask(IRELAND, { censusId: '999999999999' })).body, 'other-account'],
    ['of a region outside the plan', messageOf(aTask('ap-east-1')).body, 'not-planned'],
    ['of a round that nobody opened', messageOf(aTask(IRELAND, { round: 1 })).body, 'no-such-round'],
  ])('%s is parked for a person, unchanged', async (_what, body, why) => {
    const world = await open();
    await expect(drain(world, messageOf(body))).resolves.toEqual(DONE);
    expect(world.parked).toEqual([[body, why]]);
    expect(world.said).toEqual([{ level: 'warn', message: 'dead letter parked', reason: why }]);
    expect(world.table.items()).toHaveLength(1);
  });
});

describe('A dead letter that comes a day after its deadline', () => {
  const overMs = DEADLINE_MS + UNDELIVERED_CONFIG.partialSweepMs;

  test('is let go, and its region stays missing', async () => {
    const world = await open();
    world.clock.step(overMs - OPENED_MS);
    await expect(drain(world)).resolves.toEqual(DONE);
    expect(await world.ledger.readRecords(KEY)).toEqual([]);
    expect(world.parked).toEqual([]);
    expect(world.said).toEqual([
      { level: 'warn', message: 'dead letter is too late and was let go', ...KEY, region: IRELAND, round: 0 },
    ]);
  });

  test('is dealt with until then', async () => {
    const world = await open();
    world.clock.step(overMs - 1 - OPENED_MS);
    await drain(world);
    expect(await world.ledger.readRecords(KEY)).toMatchObject([{ status: 'failed' }]);
  });
});

describe('A dead letter that cannot be dealt with', () => {
  test.each(['readRunAndRecord', 'writeRecord', 'strike'] as const)('for the ledger (%s) stays', async (verb) => {
    const world = await open();
    await expect(drain({ ...world, ledger: failing(world.ledger, verb, ledgerError()) })).resolves.toEqual(STAYS);
    expect(world.said).toEqual([
      {
        level: 'error',
        message: 'dead letter stays',
        error: 'ProvisionedThroughputExceededException',
        httpStatus: 400,
        refusedRequestId: 'request-1',
      },
    ]);
  });

  test('for the queue of what is parked stays', async () => {
    const world = await open();
    const parkMessage = () => Promise.reject(new Error('The queue is gone.'));
    await expect(drain({ ...world, parkMessage }, messageOf('not a task'))).resolves.toEqual(STAYS);
  });

  test('keeps no other from it', async () => {
    const world = await open([IRELAND]);
    const parkMessage = () => Promise.reject(new Error('The queue is gone.'));
    const messages = [messageOf('not a task', 6, 'm-1'), messageOf(TASK, 6, 'm-2')];
    await expect(drain({ ...world, parkMessage }, ...messages)).resolves.toEqual(STAYS);
    expect(world.nudged).toEqual([KEY]);
  });
});
