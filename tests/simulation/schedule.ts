/** A schedule: one small world, what is asked of it, and everything that goes wrong. All a simulation depends on. */

import { descriptorOf, type Kind, STREAMS } from '../../src/census/kinds.ts';
import { NAMINGS } from '../judging/fleet.ts';
import { DESCRIBE_LIES, PREFIX_LIES, QUOTA_TROUBLES, REPEATS, type RegionWorld } from '../judging/region-world.ts';
import { describeFault, type Fault } from './faults.ts';
import {
  type AccountWorld,
  accountIdOf,
  describeOrganization,
  type OrganizationWorld,
  OWN_ACCOUNT,
  regionsOf,
} from './organization.ts';

export type Retry = {
  /** When the person asks, in seconds after the start. */
  atS: number;
  /** The nth run. */
  run: number;
  /** Absent: everything that the run misses. Else the regions of these numbers, if it misses them. */
  regions?: readonly number[];
  /** With `--force`. */
  force?: true;
  /** With `--kind`. Absent: of streams. */
  whose?: Kind;
  /** With `--account`: one of the organisation's by its number, or all of it; `regions` are then accounts. Absent: the stack's own. */
  account?: number | 'organization';
};

/** How a service that knows about regions answers, if not as it should. */
export const SOURCE_TROUBLES = {
  denied: 'is denied',
  throttled: 'is throttled',
  'server-error': 'answers with an error',
  hang: 'never answers',
  slow: 'takes a second for a page',
  empty: 'names nothing',
  nonsense: 'names what is no region',
  'same token': 'has ever the same page after this one',
  'leaves out': 'leaves out all regions but the first',
} as const;
export type SourceTrouble = keyof typeof SOURCE_TROUBLES;

/** One after the other, each until so many seconds after the start. */
type SourcePhases = readonly { how: SourceTrouble; untilS: number }[];

/** What is wrong with what knows about regions: where the service is, and what the account has switched on. */
export type Sources = { live: SourcePhases; off: SourcePhases };

export type Schedule = {
  /** Of everything that is left to chance: latencies, jitter. */
  seed: number;
  /** Of streams. */
  regions: readonly RegionWorld[];
  /** What else is counted, and what there is of it. Absent: nothing. */
  others?: readonly { kind: Kind; regions: readonly RegionWorld[] }[];
  /** Absent: a person has set the regions, and nobody is asked. */
  sources?: Sources;
  /** Absent: the stack counts its own account, and no other. */
  organization?: OrganizationWorld;
  /** When each run is due, in seconds after the start. */
  runs: readonly number[];
  retries: readonly Retry[];
  faults: readonly Fault[];
  /** When faults stop, in seconds after the start. */
  healAfterS: number;
};

/** The kinds that are counted, in the order in which they are opened. */
export function kindsOf({ others = [] }: Schedule): Kind[] {
  return [STREAMS, ...others.map(({ kind }) => kind)];
}

/** What there is to count of one kind in an account, the stack's own if no other; nothing, where it is not counted. */
export function worldsOf(schedule: Schedule, kind: Kind, account = 0): readonly RegionWorld[] {
  const { organization } = schedule;
  if (organization === undefined) return account === 0 ? regionsOf(schedule, kind) : [];
  if (account > organization.members.length) return [];
  const known = filled.get(schedule) ?? new Map<string, readonly RegionWorld[]>();
  filled.set(schedule, known);
  const name = `${kind} ${account}`;
  const worlds = known.get(name) ?? fill(schedule, organization, kind, account);
  known.set(name, worlds);
  return worlds;
}

const filled = new WeakMap<Schedule, Map<string, readonly RegionWorld[]>>();

/** Where the service is, it is in every account: what the schedule does not speak of holds nothing. */
function fill(schedule: Schedule, { members }: OrganizationWorld, kind: Kind, account: number): RegionWorld[] {
  const all = [schedule, ...members].flatMap((each) => regionsOf(each, kind).map(({ region }) => region));
  const own = regionsOf(account === 0 ? schedule : members[account - 1]!, kind);
  const others = [...new Set(all)].filter((region) => !own.some((world) => world.region === region));
  return [...own, ...others.map((region) => ({ region, streams: 0, pageSizes: [10] }))];
}

/** An account by its number, and its id. */
export type CountedAccount = { number: number; accountId: string };

export const OWN: CountedAccount = { number: 0, accountId: OWN_ACCOUNT };

/** Every account that there ever is: the stack's own, and those of its organisation. */
export function accountsOf({ organization }: Schedule): CountedAccount[] {
  const members = (organization?.members ?? []).map((_, index) => index + 1);
  return [OWN, ...members.map((number) => ({ number, accountId: accountIdOf(number) }))];
}

/** A schedule as lines for people. */
export function describeSchedule(schedule: Schedule): string[] {
  const { seed, sources, organization, runs, retries, faults, healAfterS } = schedule;
  const regionsIn = (world: AccountWorld) =>
    kindsOf(schedule).flatMap((kind) =>
      regionsOf(world, kind).map((each, index) => `region no. ${index}, ${describeRegion(each, kind)}`),
    );
  return [
    `chance ${seed}`,
    ...regionsIn(schedule),
    ...(organization ? describeOrganization(organization, regionsIn) : []),
    ...(sources
      ? [...describeSource('where the service is', sources.live), ...describeSource('what is off', sources.off)]
      : []),
    ...runs.map((atS, index) => `run no. ${index} is due after ${atS} s`),
    ...faults.map(describeFault),
    ...retries.map(describeRetry),
    `after ${healAfterS} s nothing goes wrong any more`,
  ];
}

function describeRetry({ atS, run, regions: numbers, force, whose, account }: Retry): string {
  const isWhole = account === 'organization';
  const of = isWhole ? ' of the organisation' : account === undefined ? '' : ` of account no. ${account}`;
  const what = numbers ? `${isWhole ? 'accounts' : 'regions'} no. ${numbers.join(', ')}` : 'whatever it misses';
  return `after ${atS} s a person retries run no. ${run}${of}${whose ? `, of ${whose}` : ''}, ${what}${force ? ', and insists' : ''}`;
}

function describeSource(what: string, phases: SourcePhases): string[] {
  return [
    `what tells ${what} is asked`,
    ...phases.map(({ how, untilS }) => `what tells ${what} ${SOURCE_TROUBLES[how]} until ${untilS} s`),
  ];
}

function describeRegion(world: RegionWorld, kind: Kind): string {
  const { region, streams, names, pageSizes, order, slowMs, emptyToken, odd, nameless } = world;
  const { changes = [], repeats, prefixes, describes, quota, troubles = [], off = [] } = world;
  const what = [
    `${region}: ${streams} ${descriptorOf(kind).words.many} in pages of ${pageSizes.join(', ')}`,
    ...(names ? [`named ${NAMINGS[names]}`] : []),
    ...(order === 'name' ? ['listed by name'] : []),
    ...(slowMs ? [`${slowMs} ms slower`] : []),
    ...(emptyToken ? ['lists end with an empty token'] : []),
    ...(odd ? ['with odd fields'] : []),
    ...(nameless ? [`one in ${nameless} without its name`] : []),
    ...changes.map(({ atS, how, stream }) => `${how === 'created' ? 'one' : `no. ${stream}`} is ${how} at ${atS} s`),
    ...(repeats ? [`says twice: ${REPEATS[repeats]}`] : []),
    ...(prefixes ? [`lists by prefix ${PREFIX_LIES[prefixes.how]} (${prefixes.share})`] : []),
    ...(describes ? [`what tells of one ${DESCRIBE_LIES[describes]}`] : []),
    ...(quota ? [`quota applied ${quota.applied}, by default ${quota.byDefault}`] : []),
    ...(quota?.trouble ? [`Service Quotas ${QUOTA_TROUBLES[quota.trouble]}`] : []),
    ...off.map(({ fromS, untilS }) => `off from ${fromS} s to ${untilS} s`),
    ...troubles.map(({ how, until }) => `${how} until ${until}`),
  ];
  return what.join('; ');
}
