/**
 * Any schedule, as fast-check draws and shrinks them. Each first draws which kinds of faults there are at all: a schedule
 * in which everything fails a little tests less than one in which one thing fails a lot.
 */
import fc from 'fast-check';
import { type Kind, STREAMS } from '../../src/census/kinds.ts';
import { type Change, NAMINGS, type Naming } from '../judging/fleet.ts';
import {
  DESCRIBE_LIES,
  type DescribeLie,
  type Phase,
  PREFIX_LIES,
  type PrefixLie,
  QUOTA_TROUBLES,
  type QuotaTrouble,
  type QuotaWorld,
  REPEATS,
  type RegionWorld,
  type Repeats,
  VIDEO_TROUBLES,
} from '../judging/region-world.ts';
import { BESIDE, type Fault, MISHAPS, type Mishap, SITES, type StrayTask } from './faults.ts';
import { type Retry, type Schedule, SOURCE_TROUBLES, type SourceTrouble } from './schedule.ts';

const REGIONS = ['eu-north-1', 'us-east-1', 'us-west-2', 'ap-south-1', 'sa-east-1'];

export const nth = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 12 }));
/** At once, soon, or after the run's deadline. */
const seconds = fc.oneof(
  fc.integer({ min: 0, max: 10 }),
  fc.integer({ min: 0, max: 600 }),
  fc.integer({ min: 5400, max: 9000 }),
);
export const hours = (least: number, most: number) =>
  fc.integer({ min: least, max: most }).map((value) => value * 3600);
export const minutes = (most: number) => fc.integer({ min: 0, max: most }).map((value) => value * 60);
const skew = fc.constantFrom(-120, -61, -5, 0, 5, 61, 120);

const STRAYS: readonly StrayTask[] = [
  'no task',
  'task of no run',
  'task in an envelope',
  'task of another account',
  'task of an unknown kind',
  'task of a region that was not planned',
  'task of a round to come',
  'task due in 2099',
];

const invocation = {
  kind: fc.constant('invocation' as const),
  of: fc.constantFrom('dispatcher', 'worker', 'undelivered', 'aggregator'),
  nth,
  afterS: fc.integer({ min: 0, max: 150 }),
};

const receive = {
  kind: fc.constant('receive' as const),
  queue: fc.constantFrom('region-tasks', 'undelivered-tasks'),
  nth,
};

export const KINDS: Readonly<Record<Fault['kind'], fc.Arbitrary<Fault>>> = {
  request: fc.record({
    kind: fc.constant('request'),
    site: fc.constantFrom(...SITES),
    nth,
    mishap: fc.constantFrom(...(Object.keys(MISHAPS) as Mishap[])),
  }),
  outage: fc
    .record({
      kind: fc.constant('outage'),
      service: fc.constantFrom('ledger', 'topics', 'queues', 'video', 'sources', 'quotas'),
      fromS: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 7200 })),
      forS: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 1800 })),
    })
    // One in three is silent.
    .map((outage) => (outage.forS % 3 === 0 ? { ...outage, silent: true as const } : outage)),
  message: fc.oneof(
    fc.record({
      kind: fc.constant('message'),
      topic: fc.constant('region-tasks'),
      nth: fc.integer({ min: 1, max: 4 }),
      how: fc.constantFrom('twice', 'twice', 'late', 'refused', 'dead'),
      // Or days late: from a queue that nobody drained.
      byS: fc.oneof({ weight: 4, arbitrary: seconds }, { weight: 1, arbitrary: hours(20, 80) }),
    }),
    fc.record({
      kind: fc.constant('message'),
      topic: fc.constant('nudges'),
      nth,
      how: fc.constantFrom('twice', 'late', 'lost'),
      byS: seconds,
    }),
  ),
  receive: fc.oneof(
    fc.record({ ...receive, how: fc.constantFrom('twice', 'ack lost') }),
    fc.record({
      ...receive,
      how: fc.constant('throttled'),
      // Shorter and longer than the visibility of either queue.
      forS: fc.oneof(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 3600 })),
    }),
  ),
  invocation: fc.oneof(
    fc.record({ ...invocation, how: fc.constantFrom('killed', 'late') }),
    fc.record({
      ...invocation,
      how: fc.constant('frozen'),
      afterS: fc.integer({ min: 0, max: 3 }),
      forS: fc.oneof(fc.integer({ min: 1, max: 600 }), hours(1, 50)),
    }),
  ),
  clock: fc.record({
    kind: fc.constant('clock'),
    of: fc.constantFrom('dispatcher', 'worker', 'undelivered', 'aggregator', 'person'),
    nth,
    aheadS: skew,
    stepS: skew,
    afterS: fc.integer({ min: 0, max: 60 }),
  }),
  trigger: fc.record({
    kind: fc.constant('trigger'),
    nth: fc.integer({ min: 0, max: 1 }),
    how: fc.constantFrom('twice', 'late', 'never'),
    byS: fc.oneof(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 900 })),
  }),
  sweep: fc.record({ kind: fc.constant('sweep'), nth: fc.integer({ min: 1, max: 30 }), how: fc.constant('missed') }),
  video: fc.record({
    kind: fc.constant('video'),
    region: fc.integer({ min: 0, max: 3 }),
    nth: fc.integer({ min: 1, max: 20 }),
    calls: fc.integer({ min: 1, max: 20 }),
    trouble: fc.constantFrom(...VIDEO_TROUBLES),
  }),
  stray: fc.record({
    kind: fc.constant('stray'),
    what: fc.constantFrom(...STRAYS),
    atS: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 3600 }) }, { weight: 1, arbitrary: hours(20, 80) }),
    queue: fc.constantFrom('region-tasks', 'region-tasks', 'undelivered-tasks'),
  }),
  storm: fc.record({
    kind: fc.constant('storm'),
    run: fc.integer({ min: 0, max: 1 }),
    nudges: fc.integer({ min: 2, max: 20 }),
    atS: seconds,
  }),
  latecomer: fc.record({ kind: fc.constant('latecomer'), atS: seconds }),
  retention: fc.record({ kind: fc.constant('retention'), fromS: minutes(120), days: fc.constantFrom(2, 3, 800) }),
  crowd: fc.record({ kind: fc.constant('crowd'), runs: fc.integer({ min: 1, max: 3 }) }),
  damage: fc.record({
    kind: fc.constant('damage'),
    of: fc.constantFrom('a newer run', 'an older record', 'a run of a newer release'),
  }),
};

export const faultsOf = (from: typeof KINDS): fc.Arbitrary<Fault[]> =>
  fc
    .subarray(Object.keys(from) as Fault['kind'][], { minLength: 1, maxLength: 5 })
    .chain((kinds) => fc.array(fc.oneof(...kinds.map((kind) => from[kind])), { maxLength: 20, size: 'max' }));

const faults = faultsOf(KINDS);

const phase: fc.Arbitrary<Phase> = fc.record({
  how: fc.oneof(fc.constantFrom(...VIDEO_TROUBLES), fc.constantFrom('denied', 'not-enabled', 'unsupported')),
  until: fc.oneof(minutes(60), minutes(180), fc.constantFrom('healed' as const, 'never' as const)),
});
const troubles = fc.array(phase, { minLength: 1, maxLength: 3 });

const share = fc.constantFrom(0.03, 0.1, 0.5, 1);

/** Mostly while the first count goes on. */
const change: fc.Arbitrary<Change> = fc.record({
  atS: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 10, max: 90 }).map((tenths) => tenths / 10) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 7200 }) },
  ),
  how: fc.constantFrom('created', 'deleted', 're-created'),
  stream: fc.nat(120),
});

/** What the world may have about it: as with faults, each schedule first draws which of these there are at all. */
const TRAITS = {
  names: fc.record({ names: fc.constantFrom(...(Object.keys(NAMINGS) as Naming[])) }),
  order: fc.constant({ order: 'name' as const }),
  odd: fc.constant({ odd: true as const }),
  nameless: fc.record({ nameless: fc.constantFrom(4, 40) }),
  emptyToken: fc.constant({ emptyToken: true as const }),
  changes: fc.record({ changes: fc.array(change, { minLength: 1, maxLength: 8 }) }),
  repeats: fc.record({ repeats: fc.constantFrom(...(Object.keys(REPEATS) as Repeats[])) }),
  prefixes: fc.record({
    prefixes: fc.record({ how: fc.constantFrom(...(Object.keys(PREFIX_LIES) as PrefixLie['how'][])), share }),
  }),
  /** An index that misses names, and nobody who says what is missing. */
  silence: fc.record({
    prefixes: fc.record({ how: fc.constant('misses names' as const), share }),
    describes: fc.constantFrom('denied' as const, 'refused' as const, 'fails' as const),
  }),
  describes: fc.record({ describes: fc.constantFrom(...(Object.keys(DESCRIBE_LIES) as DescribeLie[])) }),
} satisfies Readonly<Record<string, fc.Arbitrary<Partial<RegionWorld>>>>;
type Trait = keyof typeof TRAITS;

/** Of one in three there is something to tell. */
const traits: fc.Arbitrary<Trait[]> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Trait[]>([]) },
  { weight: 1, arbitrary: fc.subarray(Object.keys(TRAITS) as Trait[], { minLength: 1, maxLength: 4 }) },
);

/** Mostly a page or two. */
const small: fc.Arbitrary<Pick<RegionWorld, 'streams' | 'pageSizes'>> = fc.record({
  streams: fc.oneof({ weight: 9, arbitrary: fc.nat(12) }, { weight: 1, arbitrary: fc.nat(30) }),
  pageSizes: fc.constantFrom([20], [20], [10], [10, 0], [0, 10], [5, 10], [3]),
});

/** So slow, and with names that fall into no branches, that a count outlasts its task's lease. */
const lasting: typeof small = fc.record({
  streams: fc.integer({ min: 80, max: 100 }),
  pageSizes: fc.constantFrom([2], [3, 0, 2]),
  slowMs: fc.constantFrom(4000, 5000),
  names: fc.constant('shared' as const),
});

/** So many pages, and so slow, that branches are worth their calls, if the names are such. */
const large: typeof small = fc.oneof(
  largeOf({ min: 40, max: 120 }, [[2], [3], [2, 0, 3]]),
  // Of as many as the list shows here, one may be gone.
  largeOf({ min: 150, max: 400 }, [[10], [8, 0, 10]]),
);

function largeOf(streams: { min: number; max: number }, pageSizes: number[][]): typeof small {
  return fc.record({
    streams: fc.integer(streams),
    pageSizes: fc.constantFrom(...pageSizes),
    slowMs: fc.constantFrom(150, 300, 500),
    names: fc.constantFrom<Naming>('spread', 'spread', 'nested', 'letters', 'long', 'capitals'),
  });
}

/** How often what there is goes into the quota. Of four in five there is exactly the alarm. */
const room = fc.constantFrom(0.5, 1, 1.25, 1.25, 1.2, 1.3, 2);

/** Of one in three Service Quotas says something else than that there may be many more. */
const quota: fc.Arbitrary<((streams: number) => QuotaWorld) | undefined> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc
      .record(
        {
          applied: room,
          byDefault: room,
          trouble: fc.constantFrom(...(Object.keys(QUOTA_TROUBLES) as QuotaTrouble[])),
        },
        { requiredKeys: [] },
      )
      .map(({ applied, byDefault, ...rest }) => (streams: number) => ({
        ...rest,
        ...(applied !== undefined && { applied: Math.max(1, Math.round(applied * streams)) }),
        ...(byDefault !== undefined && { byDefault: Math.max(1, Math.round(byDefault * streams)) }),
      })),
  },
);

export const healthy = (
  region: string,
  own: readonly Trait[] = [],
  size: typeof small = small,
): fc.Arbitrary<RegionWorld> =>
  fc
    .tuple(size, quota, ...own.map((trait): fc.Arbitrary<Partial<RegionWorld>> => TRAITS[trait]))
    .map(([sizes, quotaOf, ...rest]) => ({
      region,
      ...sizes,
      ...Object.assign({}, ...rest),
      ...(quotaOf && { quota: quotaOf(sizes.streams) }),
    }));

const troubled = (region: string, own: readonly Trait[] = []): fc.Arbitrary<RegionWorld> =>
  fc.tuple(healthy(region, own), troubles).map(([world, phases]) => ({ ...world, troubles: phases }));

export const world = (region: string, own: readonly Trait[] = []): fc.Arbitrary<RegionWorld> =>
  fc.oneof({ weight: 3, arbitrary: healthy(region, own) }, { weight: 2, arbitrary: troubled(region, own) });

const regions: fc.Arbitrary<RegionWorld[]> = fc
  .tuple(fc.integer({ min: 1, max: 4 }), traits)
  .chain(([count, own]) => fc.tuple(...REGIONS.slice(0, count).map((region) => world(region, own))));

/** One large region, of which something is to tell. */
const largeRegions: fc.Arbitrary<RegionWorld[]> = fc
  .tuple(
    fc.subarray(Object.keys(TRAITS).filter((trait) => trait !== 'names') as Trait[], { maxLength: 5 }),
    fc.constantFrom(large, large, large, large, large, lasting),
  )
  .chain(([own, sizes]) => fc.tuple(healthy(REGIONS[1]!, own, sizes), world(REGIONS[0]!)))
  .chain(([first, second]) => fc.constantFrom([first], [first, second]));

const retries: fc.Arbitrary<Retry[]> = fc.array(
  fc.record(
    {
      // Mostly after the deadline: before it a run that misses something is still open.
      atS: fc.oneof(
        minutes(240),
        fc.integer({ min: 90, max: 130 }).map((minute) => minute * 60),
        hours(24, 75),
      ),
      run: fc.integer({ min: 0, max: 1 }),
      regions: fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 2 }),
      force: fc.constant(true as const),
    },
    { requiredKeys: ['atS', 'run'] },
  ),
  { minLength: 1, maxLength: 3 },
);

export const base = {
  seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  regions,
  runs: fc.oneof(
    { weight: 3, arbitrary: fc.constant([0]) },
    { weight: 1, arbitrary: minutes(90).map((atS) => [0, atS + 60]) },
  ),
  retries: fc.oneof({ weight: 1, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: retries }),
};

/** Regions that fail for long are asked again, while tasks of the round before are still about. */
const stubborn = {
  ...base,
  regions: fc.tuple(troubled('eu-north-1'), world('us-east-1')),
  retries,
  faults: fc.array(fc.oneof(KINDS.message, KINDS.receive), { minLength: 1, maxLength: 6 }),
};

/** More partial runs than a sweep has time for, and among them one that has news of which nobody told. */
const crowded = {
  ...base,
  runs: fc.constant([0]),
  regions: fc.tuple(
    healthy('eu-west-1').map((own) => ({ ...own, troubles: [{ how: 'not-enabled', until: 'never' } as const] })),
  ),
  retries: fc.constant([]),
  faults: fc.tuple(
    fc.record({ kind: fc.constant('crowd' as const), runs: fc.integer({ min: 14, max: 20 }) }),
    KINDS.latecomer,
  ),
};

/** Only what a total says of earlier runs cannot be had. */
const blind = {
  ...base,
  runs: minutes(60).map((atS) => [0, atS + 60, 2 * atS + 120]),
  faults: fc.array(
    fc.record({
      kind: fc.constant('request'),
      site: fc.constantFrom(...BESIDE),
      nth,
      mishap: fc.constantFrom('throttled', 'answer lost', 'sent twice', 'carried out late'),
    }),
    { minLength: 1, maxLength: 8 },
  ),
};

/** An account whose regions are asked for, and of which some are off for a time. */
const phasesOf = (troubles: readonly SourceTrouble[]) =>
  fc.array(fc.record({ how: fc.constantFrom(...troubles), untilS: hours(0, 110) }), { maxLength: 3 });
const SOURCE_FAULTS = Object.keys(SOURCE_TROUBLES) as SourceTrouble[];
/** A region that no answer calls off is on: leaving one out is no failure of that answer. */
export const sources = fc.record({
  live: phasesOf(SOURCE_FAULTS),
  off: phasesOf(SOURCE_FAULTS.filter((how) => how !== 'leaves out')),
});
const off = fc.array(
  fc.record({ fromS: hours(0, 60), forS: hours(1, 100) }).map(({ fromS, forS }) => ({ fromS, untilS: fromS + forS })),
  { minLength: 1, maxLength: 2 },
);
/** From the start, more often than not: then nothing was ever counted there. */
export const everOff = off.chain((times) => fc.constantFrom(times, [{ fromS: 0, untilS: times[0]!.untilS }]));
const asking = {
  ...base,
  regions: fc
    .tuple(healthy('us-east-1'), world('eu-north-1'), world('ap-east-1'), fc.tuple(everOff, everOff))
    .chain(([first, second, third, [one, other]]) =>
      fc.constantFrom(
        [first, { ...second, off: one }],
        [first, { ...third, off: one }],
        [first, { ...second, off: other }, { ...third, off: one }],
        [first, second, { ...third, off: one }],
      ),
    ),
  sources,
  runs: fc
    .array(fc.oneof(fc.constantFrom(1, 60, 6 * 60, 24 * 60), fc.integer({ min: 1, max: 60 * 60 })), {
      minLength: 1,
      maxLength: 4,
    })
    .map((gaps) => [0, ...gaps.map((_, index) => 60 * sum(gaps.slice(0, index + 1)))])
    .filter((due) => due.at(-1)! < 110 * 3600),
};

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

/** Over days: nothing that lasts, and over which each of some hundred sweeps would stumble, and no run that expires meanwhile. */
const passing = faults.map((all) => all.filter(({ kind }) => !['damage', 'crowd', 'retention'].includes(kind)));

/** A region that is dark for runs on end, the first of which cost half an hour each; and answers again in one of the last, or in none. */
const dark = {
  ...base,
  runs: fc.constant([0, 1, 2, 3, 4, 5].map((nth) => nth * 2400)),
  regions: fc.tuple(
    fc
      .tuple(healthy('eu-north-1'), fc.constantFrom('hang', 'drops-connection', 'server-error', 'unsupported'))
      .chain(([own, how]) =>
        fc.constantFrom('healed' as const, 'never' as const).map((until) => ({ ...own, troubles: [{ how, until }] })),
      ),
    world('us-east-1'),
  ),
  healAfterS: fc.integer({ min: 120, max: 240 }).map((minute) => minute * 60),
};

/** Streams come and go before, between and while the counts of several runs go on: mostly in the minutes about these. */
const CHURNED_RUNS = [0, 600, 2400];
const about = fc
  .tuple(fc.constantFrom(...CHURNED_RUNS), fc.integer({ min: -3300, max: 200 }))
  .map(([atS, tenths]) => Math.max(0, atS + tenths / 10));
const churnedChange: fc.Arbitrary<Change> = fc.record({
  atS: fc.oneof({ weight: 3, arbitrary: about }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 2400 }) }),
  how: fc.constantFrom('created', 'created', 'deleted', 're-created'),
  stream: fc.nat(120),
});
const churned = (own: fc.Arbitrary<RegionWorld>): fc.Arbitrary<RegionWorld> =>
  fc
    .tuple(own, fc.array(churnedChange, { minLength: 1, maxLength: 20, size: 'max' }))
    .map(([region, changes]) => ({ ...region, changes }));
const churning = {
  ...base,
  runs: fc.constant(CHURNED_RUNS),
  regions: fc.oneof(
    { weight: 3, arbitrary: fc.tuple(churned(healthy('eu-north-1')), churned(world('us-east-1'))) },
    { weight: 1, arbitrary: fc.tuple(churned(healthy('us-east-1', [], large))) },
  ),
};

/** What is counted beside streams. */
const OTHERS: readonly Kind[][] = [['channels'], ['channels'], ['data-streams'], ['channels', 'data-streams']];

export const others = fc.constantFrom(...OTHERS);

/** Whether a region is switched on is the account's; all else of a kind is its own. */
export function worldLike({ off, troubles: own = [], region }: RegionWorld, kind: Kind, isAsked: boolean) {
  const isOffByTrouble = own.some(({ how }) => how === 'not-enabled');
  return world(region).map(({ changes, troubles = [], ...one }): RegionWorld => {
    const lasting = isOffByTrouble ? own : troubles.filter(({ how }) => how !== 'not-enabled');
    const had = isAsked ? lasting : troubles;
    return {
      ...one,
      ...(off && { off }),
      ...(had.length > 0 && { troubles: had }),
      ...(changes && { changes: kind === 'data-streams' && one.odd ? changes.map(unlessAgain) : changes }),
    };
  });
}

/** Of one that does not say when it was made, and is made again under its name, nobody can tell that it is another. */
const unlessAgain = (change: Change): Change => (change.how === 're-created' ? { ...change, how: 'deleted' } : change);

/** Only Kinesis is there. */
const BEYOND = 'us-west-1';

const worldsLike = ({ regions: all, sources: asked }: Schedule, kind: Kind): fc.Arbitrary<RegionWorld[]> =>
  fc.tuple(
    ...all.map((each) => worldLike(each, kind, asked !== undefined)),
    ...(kind === 'data-streams' && asked ? [healthy(BEYOND)] : []),
  );

/** The same, with other kinds beside streams; and of all that goes wrong much goes wrong with one kind alone. */
function severalOf(alone: fc.Arbitrary<Schedule>): fc.Arbitrary<Schedule> {
  return fc.tuple(alone, others).chain(([schedule, kinds]) => {
    const whose = fc.array(fc.constantFrom(undefined, ...kinds), { minLength: 24, maxLength: 24, size: 'max' });
    return fc
      .tuple(whose, ...kinds.map((kind) => worldsLike(schedule, kind).map((own) => ({ kind, regions: own }))))
      .map(([owners, ...beside]) => ({
        ...schedule,
        others: beside,
        faults: schedule.faults.map((fault, index) => ownedBy(fault, owners[index])),
        retries: schedule.retries.map((retry, index) => ({ ...retry, ...whoseIs(owners[20 + index]) })),
      }));
  });
}

const whoseIs = (whose: Kind | undefined) => (whose === undefined ? {} : { whose });

function ownedBy(fault: Fault, whose: Kind | undefined): Fault {
  return OWNED.has(fault.kind) ? ({ ...fault, ...whoseIs(whose) } as Fault) : fault;
}

/** What can go wrong with one kind alone. */
const OWNED: ReadonlySet<Fault['kind']> = new Set([
  ...(['request', 'outage', 'video', 'stray', 'storm', 'latecomer', 'crowd', 'damage'] as const),
]);

/** One kind is in trouble of every sort, and the others are such that nothing of it can be theirs. */
const sick = fc.tuple(others, fc.integer({ min: 1, max: 3 })).chain(([kinds, count]) => {
  const all: Kind[] = [STREAMS, ...kinds];
  return fc.constantFrom(...all).chain((kind) => {
    const names = REGIONS.slice(0, count);
    const worldsOf = (one: Kind) => fc.tuple(...names.map((region) => (one === kind ? world(region) : steady(region))));
    return fc
      .tuple(
        fc.tuple(...all.map(worldsOf)),
        fc.record({
          seed: base.seed,
          runs: base.runs,
          retries: base.retries.map((list) => list.map((retry) => ({ ...retry, whose: kind }))),
          faults: fc.array(trouble, { maxLength: 8 }).map((list) => list.map((fault) => ownedBy(fault, kind))),
          healAfterS: minutes(180),
        }),
      )
      .map(([[streams, ...rest], schedule]): Schedule => {
        const beside = kinds.map((one, index) => ({ kind: one, regions: rest[index]! }));
        return { ...schedule, regions: streams!, others: beside };
      });
  });
});

export const steady = (region: string) =>
  fc
    .tuple(small, fc.constantFrom(undefined, undefined, undefined, 'denied' as const, 'unsupported' as const))
    .map(([sizes, how]) => ({
      ...sizes,
      region,
      ...(how && { troubles: [{ how, until: 'never' as const }] }),
    }));

/** Whoever dies, or waits for ever, can do nothing for another kind either. */
const trouble: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    kind: fc.constant('request'),
    site: fc.constantFrom(...SITES),
    nth: fc.integer({ min: 1, max: 4 }),
    mishap: fc.constantFrom('throttled', 'sent twice'),
  }),
  KINDS.outage,
  KINDS.video,
  KINDS.stray,
  KINDS.storm,
  KINDS.latecomer,
  KINDS.damage,
);

const calm = { faults: fc.constant([]), healAfterS: minutes(120) };
const easyRegions = fc
  .integer({ min: 1, max: 4 })
  .map((count) => REGIONS.slice(0, count).map((region, index) => ({ region, streams: 3 * index, pageSizes: [10] })));

const easy = fc.record({ ...base, ...calm, regions: easyRegions, retries: fc.constant([]) });

/**
 * One schedule in ten is calm: nothing goes wrong but what the world itself has wrong with it. One in fifty is easy, or crowded. One
 * in five counts several kinds.
 */
export const anySchedule: fc.Arbitrary<Schedule> = fc.oneof(
  { weight: 30, arbitrary: fc.record({ ...base, faults, healAfterS: minutes(180) }) },
  { weight: 4, arbitrary: fc.record({ ...base, regions: largeRegions, ...calm }) },
  { weight: 3, arbitrary: fc.record({ ...base, regions: largeRegions, faults, healAfterS: minutes(180) }) },
  { weight: 8, arbitrary: fc.record({ ...stubborn, healAfterS: minutes(180) }) },
  { weight: 6, arbitrary: fc.record({ ...base, ...calm, retries }) },
  { weight: 2, arbitrary: fc.record({ ...blind, healAfterS: minutes(180) }) },
  { weight: 5, arbitrary: fc.record({ ...asking, ...calm }) },
  { weight: 5, arbitrary: fc.record({ ...asking, faults: passing, healAfterS: hours(1, 110) }) },
  { weight: 3, arbitrary: fc.record({ ...churning, ...calm }) },
  { weight: 4, arbitrary: fc.record({ ...churning, faults, healAfterS: minutes(180) }) },
  { weight: 1, arbitrary: fc.record({ ...dark, faults }) },
  { weight: 1, arbitrary: fc.record({ ...dark, faults: fc.constant([]) }) },
  { weight: 1, arbitrary: fc.record({ ...crowded, healAfterS: fc.constant(0) }) },
  { weight: 1, arbitrary: easy },
  { weight: 8, arbitrary: severalOf(fc.record({ ...base, faults, healAfterS: minutes(180) })) },
  { weight: 2, arbitrary: severalOf(fc.record({ ...stubborn, healAfterS: minutes(180) })) },
  { weight: 2, arbitrary: severalOf(fc.record({ ...base, ...calm, retries })) },
  { weight: 2, arbitrary: severalOf(fc.record({ ...asking, ...calm })) },
  { weight: 1, arbitrary: severalOf(fc.record({ ...asking, faults: passing, healAfterS: hours(1, 110) })) },
  { weight: 1, arbitrary: severalOf(fc.record({ ...churning, faults, healAfterS: minutes(180) })) },
  { weight: 3, arbitrary: sick },
);
