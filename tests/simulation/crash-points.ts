/**
 * Every request of every function, and everything that can become of it: each alone, and each pair. Where chance looks
 * for the unforeseen, this leaves nothing out.
 */

import { violations } from '../judging/invariants.ts';
import type { Phase, RegionWorld } from '../judging/region-world.ts';
import { type Finding, tell } from './check.ts';
import type { Fault, Mishap, Site } from './faults.ts';
import type { Product } from './product.ts';
import type { Schedule } from './schedule.ts';
import { simulate } from './simulate.ts';

type Point = Extract<Fault, { kind: 'request' }>;

const MISHAPS_TRIED = [
  'crash before',
  'crash after',
  'answer lost',
  'sent twice',
  'throttled',
  'carried out late',
] as const satisfies Mishap[];

const region = (name: string, trouble?: Phase): RegionWorld => ({
  region: name,
  streams: 7,
  pageSizes: [5],
  ...(trouble && { troubles: [trouble] }),
});

/** Nothing goes wrong after this; long after the last retry. */
const HEAL_AFTER_S = 6 * 3600;
const calm = { seed: 1, runs: [0], retries: [], faults: [], healAfterS: HEAL_AFTER_S };

/** Between them they reach every request that the functions make. */
export const SCENARIOS: Readonly<Record<string, Schedule>> = {
  'one region': { ...calm, regions: [region('eu-west-1')] },
  'three regions': { ...calm, regions: [region('eu-west-1'), region('us-east-1'), region('us-west-2')] },
  'a region that fails for five minutes': {
    ...calm,
    regions: [region('eu-west-1', { how: 'server-error', until: 300 })],
  },
  'a region that fails for an hour, and is retried': {
    ...calm,
    regions: [region('eu-west-1', { how: 'throttled', until: 3600 })],
    retries: [{ atS: 7200, run: 0 }],
  },
  'three regions, one of which fails for an hour and is retried': {
    ...calm,
    regions: [region('eu-west-1'), region('us-east-1', { how: 'server-error', until: 3600 }), region('us-west-2')],
    retries: [{ atS: 7200, run: 0 }],
  },
  'a region that is not enabled, and a message that is no task': {
    ...calm,
    regions: [region('eu-west-1'), region('me-south-1', { how: 'not-enabled', until: 'never' })],
    faults: [{ kind: 'stray', what: 'no task', atS: 1 }],
  },
  'two runs whose regions are asked for, before and after one is switched off that held something': {
    ...calm,
    regions: [region('us-east-1'), { ...region('ap-east-1'), off: [{ fromS: 1800, untilS: 1_000_000 }] }],
    sources: { live: [], off: [] },
    runs: [0, 3600],
  },
};

/** Seconds of trouble that four receives see through, so that the fifth is there for one mishap. */
const SEEN_THROUGH_S = 300;

/** Whether not even this mishap may cost a region: where every region answers in the end, and is asked then. */
function isBoundToComplete({ regions, retries }: Schedule, mishap: Mishap): boolean {
  if (regions.some(({ off }) => off)) return false;
  const untils = regions.flatMap(({ troubles = [] }) => troubles.map(({ until }) => until));
  // A person who is cut off, or told of an error, has to ask again.
  if (retries.length > 0) return mishap === 'sent twice' && untils.every((until) => typeof until === 'number');
  return untils.every((until) => typeof until === 'number' && until <= SEEN_THROUGH_S);
}

async function pointsAfter(schedule: Schedule, product: Product): Promise<Point[]> {
  const { requests } = await simulate(schedule, product);
  const last = schedule.faults.findLast((fault) => fault.kind === 'request');
  const from =
    last === undefined ? 0 : requests.findIndex(({ site, nth }) => site === last.site && nth === last.nth) + 1;
  return requests
    .slice(from)
    .flatMap(({ site, nth }) =>
      MISHAPS_TRIED.map((mishap) => ({ kind: 'request', site: site as Site, nth, mishap }) as const),
    );
}

/** Every request that the scenario makes, with everything that can become of it. */
export async function singlesOf(scenario: string, product: Product): Promise<Point[][]> {
  return (await pointsAfter(SCENARIOS[scenario]!, product)).map((point) => [point]);
}

/** The nth of these, each with every request that is made after it. */
export async function pairsOf(scenario: string, nth: number, product: Product): Promise<Point[][]> {
  const [first] = (await singlesOf(scenario, product))[nth]!;
  const schedule = withPoints(scenario, [first!]);
  return (await pointsAfter(schedule, product)).map((second) => [first!, second]);
}

function withPoints(scenario: string, points: readonly Point[]): Schedule {
  const schedule = SCENARIOS[scenario]!;
  return { ...schedule, faults: [...schedule.faults, ...points] };
}

/** Up to the first that violates an invariant, or costs a region for which there is no excuse. */
export async function tryPoints(
  scenario: string,
  all: readonly (readonly Point[])[],
  product: Product,
): Promise<{ ran: number; finding?: Finding }> {
  let ran = 0;
  for (const points of all) {
    const schedule = withPoints(scenario, points);
    ran += 1;
    const stories = await tell(schedule, product);
    const found = stories.flatMap(violations);
    if (found.length > 0) return { ran, finding: { schedule, violations: found } };
    const [point, ...more] = points;
    if (point === undefined || more.length > 0 || !isBoundToComplete(schedule, point.mishap)) continue;
    if (stories.every(({ runs }) => runs[0]?.totals.at(-1)?.value.verdict === 'complete')) continue;
    const what = 'one crash or failed request cost a region';
    return { ran, finding: { schedule, violations: [{ invariant: 'Terminates', what }] } };
  }
  return { ran };
}
