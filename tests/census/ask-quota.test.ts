/** How long a count waits for its quota, and that nothing that the port does goes further. In virtual time. */
import { askQuota } from '../../src/census/ask-quota.ts';
import { descriptorOf } from '../../src/census/kinds.ts';
import type { AskQuota } from '../../src/census/ports.ts';
import { tallyOf } from './examples.ts';
import { makeVirtualClock } from './listing/virtual-clock.ts';

const STREAMS = descriptorOf('streams').quota!;
const REGION = 'eu-west-1';
const LATE = { quota: { from: 'unknown', because: 'timed-out' } };

/** Asks this port, and waits so long for the answer once the list, which takes so long, has ended. */
async function ask(port: AskQuota, { listMs = 80, waitMs = 1000, streams = 7 } = {}) {
  const clock = makeVirtualClock(0);
  const signals: AbortSignal[] = [];
  const watched: AskQuota = (quota, region, question, signal) => {
    signals.push(signal);
    return port(quota, region, question, signal);
  };
  const found = await clock.run(
    (async () => {
      const asked = askQuota(watched, clock, STREAMS, REGION);
      await clock.sleep(listMs);
      return await asked.answer(tallyOf(streams), waitMs);
    })(),
  );
  return { found, tookMs: clock.nowMs(), isOver: signals.every(({ aborted }) => aborted), signals };
}

test('an answer that is there costs no time', async () => {
  const port: AskQuota = async () => ({ value: 10_000 });
  expect(await ask(port)).toMatchObject({ found: { quota: { from: 'applied', limit: 10_000 } }, tookMs: 80 });
});

test('the port is told of which quota, in which region, and which of its values', async () => {
  const asked: unknown[] = [];
  await ask(async (quota, region, question) => {
    asked.push([quota.code, region, question]);
    return 'none';
  });
  expect(asked).toEqual([
    ['L-F06528A6', REGION, 'applied'],
    ['L-F06528A6', REGION, 'default'],
  ]);
});

test('one that does not come is waited for so long after the list, and no longer; then nobody waits any more', async () => {
  const { found, tookMs, isOver, signals } = await ask(() => new Promise(() => {}));
  expect({ found, tookMs, isOver, asked: signals.length }).toEqual({
    found: LATE,
    tookMs: 1080,
    isOver: true,
    asked: 1,
  });
});

test('however long the list took, it is waited for no longer than that', async () => {
  const hangs: AskQuota = () => new Promise(() => {});
  expect(await ask(hangs, { listMs: 60_000 })).toMatchObject({ found: LATE, tookMs: 61_000 });
});

test.each<[string, AskQuota]>([
  ['throws at once', (() => void JSON.parse('no JSON')) as unknown as AskQuota],
  ['rejects', () => Promise.reject(new Error('no'))],
  ['gives nothing', (async () => undefined) as unknown as AskQuota],
  ['gives null', (async () => null) as unknown as AskQuota],
  ['gives a number', (async () => 7) as unknown as AskQuota],
])('a port that %s is an answer that cannot be believed', async (_what, port) => {
  expect(await ask(port)).toMatchObject({ found: { quota: { from: 'unknown', because: 'bad-answer' } }, tookMs: 80 });
});

test('a port that fails when nobody waits any longer fails nobody', async () => {
  const port: AskQuota = (_quota, _region, _question, signal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
  expect(await ask(port)).toMatchObject({ found: LATE, isOver: true });
});

test('a limit below what was counted is none', async () => {
  const port: AskQuota = async () => ({ value: 6 });
  expect(await ask(port)).toMatchObject({ found: { quota: { from: 'unknown', because: 'bad-answer' } } });
});

test('a question that nobody wants answered is ended', () => {
  let signal: AbortSignal | undefined;
  const port: AskQuota = (_quota, _region, _question, given) => {
    signal = given;
    return new Promise(() => {});
  };
  const asked = askQuota(port, makeVirtualClock(0), STREAMS, REGION);
  expect(signal?.aborted).toBe(false);
  asked.end();
  expect(signal?.aborted).toBe(true);
});
