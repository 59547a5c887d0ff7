/** A region that answers nobody costs its first three runs half an hour each, and every later one seconds. */
import { violations } from '../judging/invariants.ts';
import { WORKER_CONFIG } from '../judging/numbers.ts';
import type { RegionWorld } from '../judging/region-world.ts';
import type { RunStory } from '../judging/story.ts';
import { tell } from './check.ts';
import * as product from './product.ts';
import type { Retry } from './schedule.ts';

const REGION = 'us-east-1';
const EVERY_S = 2400;

/** @param answersFrom the first of the runs, from 0, in which the region answers */
async function tellOf(own: Partial<RegionWorld>, runs: number, answersFrom: number, retries: Retry[] = []) {
  const dark: RegionWorld = { region: REGION, streams: 7, pageSizes: [10], ...own };
  const schedule = {
    seed: 1,
    regions: [{ region: 'eu-west-1', streams: 5, pageSizes: [10] }, dark],
    runs: Array.from({ length: runs }, (_, nth) => nth * EVERY_S),
    retries,
    faults: [],
    healAfterS: answersFrom * EVERY_S - 300,
  };
  const [story] = await tell(schedule, product);
  expect(violations(story!)).toEqual([]);
  return story!.runs;
}

/** From the last record of any other region to the first total. */
function secondsAfterOthers({ records, totals }: RunStory): number {
  const others = [...records].filter(([region]) => region !== REGION).map(([, versions]) => versions.at(-1)!.atMs);
  return (totals[0]!.atMs - Math.max(...others)) / 1000;
}

const verdictsOf = (runs: readonly RunStory[]) => runs.map(({ totals }) => totals[0]?.value.verdict);
const streamsOf = (run: RunStory | undefined) => run?.totals.at(-1)?.value.streams;

test.each(['hang', 'drops-connection', 'server-error'] as const)(
  'of ten runs with a region in trouble (%s), each after the third settles within a minute of the others',
  async (how) => {
    const runs = await tellOf({ troubles: [{ how, until: 'healed' }] }, 11, 10);
    const seconds = runs.map(secondsAfterOthers);
    expect(Math.min(...seconds.slice(0, 3))).toBeGreaterThan(900);
    expect(Math.max(...seconds.slice(3))).toBeLessThan(60);
    // The first run after the region answers again counts it.
    expect(verdictsOf(runs)).toEqual([...Array(10).fill('partial'), 'complete']);
  },
);

test('a region that is slow to list, and large, is counted in the first run in which it answers', async () => {
  const slow = { streams: 80, pageSizes: [2], names: 'shared', slowMs: WORKER_CONFIG.quickTryMs - 500 } as const;
  const runs = await tellOf({ ...slow, troubles: [{ how: 'hang', until: 'healed' }] }, 6, 5);
  expect(verdictsOf(runs)).toEqual(['partial', 'partial', 'partial', 'partial', 'partial', 'complete']);
  expect(streamsOf(runs[5])).toBe(85);
});

test('a region whose first page is slower than a quick try stays dark, until a person asks again', async () => {
  const slow = { slowMs: WORKER_CONFIG.quickTryMs + 1000 };
  const retry = { atS: 5 * EVERY_S + 600, run: 5 };
  const runs = await tellOf({ ...slow, troubles: [{ how: 'hang', until: 'healed' }] }, 7, 4, [retry]);
  expect(runs[4]?.totals[0]?.value.missing).toMatchObject([{ region: REGION, reason: 'timed-out', dark: 5 }]);
  expect(runs[5]?.totals.map(({ value }) => value.verdict)).toEqual(['partial', 'complete']);
  // Then it has all of its time again.
  expect(verdictsOf(runs)[6]).toBe('complete');
});
