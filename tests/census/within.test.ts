import { orNothing, within } from '../../src/census/within.ts';
import { makeVirtualClock } from './listing/virtual-clock.ts';

const never = () => new Promise<string>(() => {});

test('what is done in time is given, and the timer is gone', async () => {
  const clock = makeVirtualClock();
  const startedMs = clock.nowMs();
  await expect(clock.run(within(clock, 1000, async () => 'done', 'late'))).resolves.toBe('done');
  expect(clock.nowMs()).toBe(startedMs);
});

test('what takes longer is told to stop, and waited for no longer', async () => {
  const clock = makeVirtualClock();
  const startedMs = clock.nowMs();
  let signal: AbortSignal | undefined;
  const work = (given: AbortSignal) => {
    signal = given;
    return never();
  };
  await expect(clock.run(within(clock, 1000, work, 'late'))).resolves.toBe('late');
  expect(clock.nowMs()).toBe(startedMs + 1000);
  expect(signal?.aborted).toBe(true);
});

test('what fails in time fails', async () => {
  const clock = makeVirtualClock();
  const work = () => Promise.reject(new Error('No.'));
  await expect(clock.run(within(clock, 1000, work, 'late'))).rejects.toThrow('No.');
});

test.each([
  ['fails', () => Promise.reject(new Error('No.')), 'No.'],
  ['takes longer', never, 'No answer came within 1000 ms.'],
])('what can be done without is nothing where it %s, and it is told why', async (_, work, why) => {
  const clock = makeVirtualClock();
  const told: unknown[] = [];
  await expect(clock.run(orNothing(clock, 1000, work, (error) => told.push(error)))).resolves.toBeUndefined();
  expect(told).toMatchObject([{ message: why }]);
});
