import fc from 'fast-check';
import { makeThrottle } from '../../../src/local/gateway/throttle.ts';

const LIMITS = { ratePerSecond: 50, burst: 100 };

/** How many of these are let in. */
const taken = (instants: readonly number[], timeScale = 1) => {
  const isTaken = makeThrottle(LIMITS, timeScale);
  return instants.filter((atMs) => isTaken(atMs)).length;
};
const atOnce = (count: number, atMs = 0) => Array.from({ length: count }, () => atMs);

test('at once there are as many as the burst, and after a second as many as its rate', () => {
  expect(taken(atOnce(101))).toBe(100);
  expect(taken([...atOnce(100), ...atOnce(100, 1000)])).toBe(150);
});

test('a stack that lets time pass faster lets as many more in', () => {
  expect(taken([...atOnce(100), ...atOnce(100, 100)], 10)).toBe(150);
});

test('a thousand requests, twenty at a time, meet no refusal where time passes forty times as fast', () => {
  // Twenty every 10 ms are more than a laptop answers.
  const instants = Array.from({ length: 50 }, (_, turn) => atOnce(20, turn * 10)).flat();
  expect(taken(instants, 40)).toBe(1000);
  expect(taken(instants, 1)).toBeLessThan(1000);
});

test('whenever they come, they are no more than the burst and what came in since', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5000), { maxLength: 1000 }), (instants) => {
      const ordered = instants.toSorted((one, other) => one - other);
      const passedMs = (ordered.at(-1) ?? 0) - (ordered[0] ?? 0);
      expect(taken(ordered)).toBeLessThanOrEqual(100 + (passedMs * 50) / 1000);
    }),
  );
});

test('a clock that goes back gives nothing', () => {
  const isTaken = makeThrottle({ ratePerSecond: 1, burst: 1 }, 1);
  expect([isTaken(1000), isTaken(0), isTaken(1000), isTaken(2000)]).toEqual([true, false, false, true]);
});
