import type { CountError } from '../../../src/census/errors.ts';
import { makePart } from '../../../src/census/listing/parts.ts';
import { askForName, askForPage } from '../../../src/census/listing/questions.ts';
import { type Errand, makeRetries } from '../../../src/census/listing/retries.ts';
import { denied, RUN_MS, throttled, timedOut, unreachable } from './listing.ts';
import { makeVirtualClock } from './virtual-clock.ts';

const LIMITS = { attemptsPerPage: 4, pageBackoffMs: 500, pageBackoffLimitMs: 1500, stopAtMs: RUN_MS + 10_000 };

const page = (attempts = 1): Errand => ({ question: askForPage(makePart('')), attempts });
const name = (attempts = 1): Errand => ({ question: askForName(makePart(''), 'b'), attempts });

function retriesOf(random = 0.5) {
  const clock = makeVirtualClock(RUN_MS);
  return { clock, retries: makeRetries({ clock, random: () => random }, LIMITS) };
}

const always = () => true;

test.each<[string, Errand, CountError, boolean]>([
  ['may be retried', page(), throttled(), true],
  ['came after the third call', page(3), unreachable(), true],
  ['came after the fourth', page(4), unreachable(), false],
  ['asking again cannot mend', page(), denied(), false],
  ['is a page that took too long', page(), timedOut(), true],
  ['is a name that took too long: a count can do without it', name(), timedOut(), false],
  ['is a name, and may be retried', name(), unreachable(), true],
])('what %s', (_what, errand, error, again) => {
  expect(retriesOf().retries.take(errand, error)).toBe(again);
});

test('each wait may be twice as long as the one before, up to the longest', () => {
  const waits = [1, 2, 3].map((attempts) => {
    const { clock, retries } = retriesOf();
    retries.take(page(attempts), unreachable());
    return retries.nextInMs(clock.nowMs());
  });
  expect(waits).toEqual([250, 500, 750]);
});

test('none comes when the time is over', () => {
  const { clock, retries } = retriesOf();
  clock.step(9750);
  expect(retries.take(page(), unreachable())).toBe(false);
  clock.step(-1);
  expect(retries.take(page(), unreachable())).toBe(true);
});

test('one is due when its wait is over, and once', async () => {
  const { clock, retries } = retriesOf();
  const [first, second] = [page(2), page()];
  retries.take(first, unreachable());
  retries.take(second, unreachable());
  expect([retries.due(clock.nowMs(), always), retries.nextInMs(clock.nowMs())]).toEqual([undefined, 250]);
  clock.step(250);
  // The next to wait for is the one that is not due.
  expect(retries.nextInMs(clock.nowMs())).toBe(250);
  expect(retries.due(clock.nowMs(), always)!()).toBe(second);
  expect(retries.due(clock.nowMs(), always)).toBeUndefined();
  clock.step(250);
  expect(retries.due(clock.nowMs(), always)!()).toBe(first);
  expect(retries.nextInMs(clock.nowMs())).toBe(Number.POSITIVE_INFINITY);
});

test('one that is not wanted any more is dropped', () => {
  const { clock, retries } = retriesOf();
  retries.take(page(), unreachable());
  clock.step(1000);
  expect(retries.due(clock.nowMs(), () => false)).toBeUndefined();
  expect(retries.due(clock.nowMs(), always)).toBeUndefined();
});
