/**
 * Every request of every function, and everything that can become of it: each alone, and each pair. Where chance looks
 * for the unforeseen, this leaves nothing out.
 */

import { organizationViolations, violations } from '../judging/invariants.ts';
import type { Phase, RegionWorld } from '../judging/region-world.ts';
import type { Finding } from './check.ts';
import { organizationStoriesOf, storiesOf } from './circumstances.ts';
import type { Fault, Mishap, Site } from './faults.ts';
import type { AccountWorld } from './organization.ts';
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
const SCENARIOS: Readonly<Record<string, Schedule>> = {
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

/** What is asked beside that, where an organisation is counted. */
const member = (...own: RegionWorld[]): AccountWorld => ({ regions: own });
const FOR_EVER_S = 1_000_000;

const ORGANIZATION_SCENARIOS: Readonly<Record<string, Schedule>> = {
  'two accounts': {
    ...calm,
    regions: [region('eu-west-1')],
    organization: { members: [member(region('eu-west-1'))], list: [] },
  },
  'two accounts, one of them without access': {
    ...calm,
    regions: [region('eu-west-1')],
    organization: {
      members: [{ ...member(region('eu-west-1')), role: [{ how: 'refused', untilS: FOR_EVER_S }] }],
      list: [],
    },
  },
  'two accounts, one of them without access for an hour, and retried': {
    ...calm,
    regions: [region('eu-west-1')],
    organization: { members: [{ ...member(region('eu-west-1')), role: [{ how: 'refused', untilS: 3600 }] }], list: [] },
    retries: [{ atS: 9000, run: 0, account: 'organization' }],
  },
  'a region that fails for an hour in one of two accounts, and the organisation is retried': {
    ...calm,
    regions: [region('eu-west-1')],
    organization: { members: [member(region('eu-west-1', { how: 'not-enabled', until: 3600 }))], list: [] },
    retries: [{ atS: 9000, run: 0, account: 'organization' }],
  },
  'an account that is suspended between two runs': {
    ...calm,
    regions: [region('eu-west-1')],
    organization: {
      members: [{ ...member(region('eu-west-1')), setAside: { state: 'suspended', fromS: 1800, untilS: FOR_EVER_S } }],
      list: [],
    },
    runs: [0, 3600],
  },
  'a region that is dark for all of four accounts, for two minutes': {
    ...calm,
    regions: [region('us-east-1', { how: 'hang', until: 120 })],
    organization: {
      members: [1, 2, 3].map(() => member(region('us-east-1', { how: 'hang', until: 120 }))),
      list: [],
    },
  },
};

export const ALL_SCENARIOS: Readonly<Record<string, Schedule>> = { ...SCENARIOS, ...ORGANIZATION_SCENARIOS };

/** Seconds of trouble that four receives see through, so that the fifth is there for one mishap. */
const SEEN_THROUGH_S = 300;

/** Whether not even this mishap may cost a region: where every region answers in the end, and is asked then. */
function isBoundToComplete({ regions, retries, organization }: Schedule, mishap: Mishap): boolean {
  const members = organization?.members ?? [];
  if (members.some(({ role, setAside, regions: own }) => role || setAside || own.some(({ troubles }) => troubles)))
    return false;
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
  return (await pointsAfter(ALL_SCENARIOS[scenario]!, product)).map((point) => [point]);
}

/** The nth of these, each with every request that is made after it. */
export async function pairsOf(scenario: string, nth: number, product: Product): Promise<Point[][]> {
  const [first] = (await singlesOf(scenario, product))[nth]!;
  const schedule = withPoints(scenario, [first!]);
  return (await pointsAfter(schedule, product)).map((second) => [first!, second]);
}

function withPoints(scenario: string, points: readonly Point[]): Schedule {
  const schedule = ALL_SCENARIOS[scenario]!;
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
    const history = await simulate(schedule, product);
    const stories = storiesOf(schedule, history);
    const found = [
      ...stories.flatMap(violations),
      ...organizationStoriesOf(schedule, history, stories).flatMap(organizationViolations),
    ];
    if (found.length > 0) return { ran, finding: { schedule, violations: found } };
    const [point, ...more] = points;
    if (point === undefined || more.length > 0 || !isBoundToComplete(schedule, point.mishap)) continue;
    if (stories.every(({ runs }) => runs[0]?.totals.at(-1)?.value.verdict === 'complete')) continue;
    const what = 'one crash or failed request cost a region';
    return { ran, finding: { schedule, violations: [{ invariant: 'Terminates', what }] } };
  }
  return { ran };
}
