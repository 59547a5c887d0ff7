/** What the page says of how a region goes on. */
import { DAY_MS } from '../../../src/answers/slope.ts';
import { descriptorOf } from '../../../src/census/kinds.ts';
import { runIdOf } from '../../../src/census/run.ts';
import type { RegionHistory } from '../../../src/page/client/model.ts';
import { projectRegion } from '../../../src/page/client/projection.ts';

const { words } = descriptorOf('streams');

const NEWEST_MS = Date.parse('2026-11-20T06:00:00Z');

type Quota = NonNullable<RegionHistory['quota']>;

const applied = (limit: number, used: number): Quota => ({
  from: 'applied',
  limit,
  because: null,
  used,
  percent: Math.floor((10_000 * used) / limit) / 100,
});

/** One count a day, newest last; `null` is a day on which it was missing. */
function past(counts: readonly (number | null)[], quota: RegionHistory['quota'] = null): RegionHistory {
  const points = counts.map((streams, at) => ({
    runId: runIdOf(NEWEST_MS - (counts.length - 1 - at) * DAY_MS) ?? '',
    streams,
    reason: streams === null ? ('denied' as const) : null,
    used: streams,
  }));
  return { region: 'eu-west-1', points: points.reverse(), quota, damaged: [] };
}

const growing = Array.from({ length: 31 }, (_, day) => 500 + 10 * day);

test('one that grows is full on a day, told with its range and its window', () => {
  const { says, line } = projectRegion(past(growing, applied(1000, 800)), words);
  expect(says).toBe(
    '800 of 1,000 streams, 80.0 %. Full in 20 days, +10 a day (+10 to +10). Told from 31 counts, one a day, from 2026-10-21 to 2026-11-20; what lies in a range does so with 95 % certainty.',
  );
  expect(line).toEqual({
    from: { at: NEWEST_MS / 1000, value: 800 },
    perDay: { likely: 10, low: 10, high: 10 },
    limit: 1000,
    daysToFull: 20,
  });
});

test('only the last thirty days are looked at', () => {
  const before = Array.from({ length: 40 }, () => 5_000);
  const { says } = projectRegion(past([...before, ...growing], applied(1000, 800)), words);
  expect(says).toContain('+10 a day (+10 to +10). Told from 31 counts, one a day, from 2026-10-21');
});

test('what is missing is no count, and the newest that is there is where it goes on from', () => {
  const { says, line } = projectRegion(past([...growing, null, null]), words);
  expect(line?.from).toEqual({ at: (NEWEST_MS - 2 * DAY_MS) / 1000, value: 800 });
  expect(says).toMatch(
    /^Missing now \(denied\); as it was last counted, in the run 2026-11-18T06:00:00Z, and from then on: Growing, \+10 a day /,
  );
});

test.each<[string, readonly (number | null)[], RegionHistory['quota'], RegExp]>([
  [
    'shrinks',
    growing.toReversed(),
    applied(1000, 500),
    /^500 of 1,000 streams, 50\.0 %\. Shrinking, -10 a day \(-10 to -10\)\. /,
  ],
  ['stays', growing.map(() => 7), applied(1000, 7), /^7 of 1,000 streams, 0\.7 %\. Flat \(0 to 0 a day\)\. /],
  ['is full', growing, applied(800, 800), /^800 of 800 streams, 100\.0 %\. Full now, \+10 a day /],
  [
    'has hardly been counted',
    [1, 2, 3],
    applied(1000, 3),
    /Not enough history to tell how it goes on: 3 counts, one a day, from 2026-11-18 to 2026-11-20; it takes 8, one a day, over 14 days at least\.$/,
  ],
  [
    'nobody could ask about',
    growing,
    { from: 'unknown', limit: null, because: 'denied', used: 800, percent: null },
    /^Quota unknown \(denied\)\. Growing, \+10 a day /,
  ],
  ['was never counted', [null, null], null, /^It was never counted, so nothing tells how it goes on\.$/],
])('one that %s is told so in words', (_name, counts, quota, says) => {
  expect(projectRegion(past(counts, quota), words).says).toMatch(says);
});

test('nothing is drawn of what does not grow, nor where the quota bounds less than the trend shows', () => {
  for (const counts of [growing.toReversed(), growing.map(() => 7), [1, 2, 3]])
    expect(projectRegion(past(counts), words).line).toBe(null);
  const { points, ...rest } = past(growing);
  const some = points.map((point) => ({ ...point, used: (point.used ?? 0) / 2 }));
  const { says, line } = projectRegion({ ...rest, points: some }, words);
  expect(line).toBe(null);
  expect(says).toMatch(/^Growing, \+5 a day/);
});
