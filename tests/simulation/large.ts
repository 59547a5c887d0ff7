/** Large regions, of which one may say beforehand that their branches are done before their list. */

import { listingOf } from '../judging/counts.ts';
import type { Change } from '../judging/fleet.ts';
import { type Violation, violations } from '../judging/invariants.ts';
import type { RegionWorld } from '../judging/region-world.ts';
import { storyOf } from './circumstances.ts';
import type { Product } from './product.ts';
import { simulate } from './simulate.ts';

/** So slow that it is worth counting by branches, with names that begin with every letter there is. */
export const LARGE: RegionWorld = {
  region: 'eu-west-1',
  streams: 150,
  pageSizes: [2],
  names: 'spread',
  slowMs: 300,
};

/** Eight of 400; one of them, of the thirty and more that the list shows, differs with the seed in what becomes of it and when. */
const changes = (seed: number): Change[] => [
  { atS: 2.5 + seed / 4, how: seed % 2 === 0 ? 'deleted' : 're-created', stream: seed % 10 },
  ...[1, 2, 3].map((nth): Change => ({ atS: 2 + nth, how: 'created', stream: 0 })),
  ...[150, 250].map((stream): Change => ({ atS: 3 + stream / 100, how: 'deleted', stream })),
  ...[200, 300].map((stream): Change => ({ atS: 3 + stream / 100, how: 're-created', stream })),
];

/** What else there may be to one, and its branches are quicker all the same. */
export const QUICK: Readonly<Record<string, (seed: number) => Partial<RegionWorld>>> = {
  'that nothing changes': () => ({}),
  'of which 2 % change meanwhile': (seed) => ({ streams: 400, pageSizes: [10], changes: changes(seed) }),
  // One stream, which the list shows at once, is younger than what lists by prefix know.
  'of which lists by prefix are two minutes old': () => ({
    streams: 130,
    order: 'name',
    prefixes: { how: 'lags', share: 0.5 },
    changes: [{ atS: 0, how: 'created', stream: 0 }],
  }),
  'that says every other page twice': () => ({ repeats: 'page again' }),
  'without the permission to describe a stream': () => ({ describes: 'denied', streams: 400 }),
  'with odd fields': () => ({ odd: true }),
};

type Count = { by: 'list' | 'branches'; violations: Violation[] };

/** One calm count of this region: which of its lists were done first, and what should not have been. */
export async function countOf(world: RegionWorld, seed: number, product: Product): Promise<Count> {
  const schedule = { seed, regions: [world], runs: [0], retries: [], faults: [], healAfterS: 0 };
  const history = await simulate(schedule, product);
  const [worker] = history.invocations.filter(({ of }) => of === 'worker');
  const { isListed } = listingOf(history, worker!, world.region);
  return { by: isListed ? 'list' : 'branches', violations: violations(storyOf(schedule, history)) };
}
