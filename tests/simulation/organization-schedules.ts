/**
 * Any schedule in which an organisation is counted: two to six accounts, each with regions, troubles and rights of its own. As with
 * faults elsewhere, each first draws which sorts of trouble there are at all.
 */
import fc from 'fast-check';
import type { Kind } from '../../src/census/kinds.ts';
import type { RegionWorld } from '../judging/region-world.ts';
import { type Fault, MISHAPS, type Mishap, ORGANIZATION_SITES, SITES } from './faults.ts';
import {
  type AccountWorld,
  LIST_TROUBLES,
  type ListTrouble,
  type OrganizationWorld,
  ROLE_TROUBLES,
  type RoleTrouble,
} from './organization.ts';
import type { Retry, Schedule } from './schedule.ts';
import {
  base,
  everOff,
  faultsOf,
  healthy,
  hours,
  KINDS,
  minutes,
  nth,
  others,
  sources,
  steady,
  world,
  worldLike,
} from './schedules.ts';

const REGIONS = ['eu-north-1', 'us-east-1'];

/** Now and then the stack's own, mostly another. */
const account = fc.constantFrom(0, 1, 1, 2, 2, 3);

const ofAccount = <F extends Fault>(fault: fc.Arbitrary<F>): fc.Arbitrary<F> =>
  fc
    .tuple(fault, fc.option(account, { nil: undefined }))
    .map(([one, number]) => ({ ...one, ...(number !== undefined && { account: number }) }));

/** What else can go wrong, and whose it may be alone. */
const FAULTS: typeof KINDS = {
  ...KINDS,
  request: ofAccount(
    fc.record({
      kind: fc.constant('request'),
      site: fc.oneof(
        { weight: 2, arbitrary: fc.constantFrom(...ORGANIZATION_SITES) },
        { weight: 1, arbitrary: fc.constantFrom(...SITES) },
      ),
      nth,
      mishap: fc.constantFrom(...(Object.keys(MISHAPS) as Mishap[])),
    }),
  ),
  outage: fc.oneof(
    ofAccount(KINDS.outage as fc.Arbitrary<Extract<Fault, { kind: 'outage' }>>),
    fc.record({
      kind: fc.constant('outage'),
      service: fc.constantFrom('organizations', 'access'),
      fromS: fc.integer({ min: 0, max: 30 }),
      forS: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 1800 })),
    }),
  ),
  video: ofAccount(KINDS.video as fc.Arbitrary<Extract<Fault, { kind: 'video' }>>),
  stray: fc.oneof(
    ofAccount(KINDS.stray as fc.Arbitrary<Extract<Fault, { kind: 'stray' }>>),
    fc.record({
      kind: fc.constant('stray'),
      what: fc.constant('task of a stranger'),
      account: fc.integer({ min: 1, max: 2 }),
      atS: fc.integer({ min: 0, max: 3600 }),
      queue: fc.constantFrom('region-tasks', 'undelivered-tasks'),
    }),
  ),
  latecomer: ofAccount(KINDS.latecomer as fc.Arbitrary<Extract<Fault, { kind: 'latecomer' }>>),
  storm: fc
    .tuple(KINDS.storm as fc.Arbitrary<Extract<Fault, { kind: 'storm' }>>, fc.constantFrom('organization', 1, 2))
    .map(([storm, of]) => ({ ...storm, account: of as 'organization' | number })),
  damage: fc
    .tuple(KINDS.damage as fc.Arbitrary<Extract<Fault, { kind: 'damage' }>>, fc.boolean())
    .map(([damage, ofAll]) =>
      ofAll && damage.of !== 'a run of a newer release' ? { ...damage, account: 'organization' } : damage,
    ),
};

const faults = faultsOf(FAULTS);

/** At once, soon, or after a run or two. */
const until = fc.oneof(fc.integer({ min: 1, max: 60 }), minutes(20), minutes(240), fc.constant(1_000_000));

const role = fc.array(
  fc.record({ how: fc.constantFrom(...(Object.keys(ROLE_TROUBLES) as RoleTrouble[])), untilS: until }),
  { minLength: 1, maxLength: 2 },
);

const setAside = fc
  .tuple(fc.constantFrom('suspended' as const, 'closed' as const), minutes(120), fc.oneof(minutes(120), hours(3, 100)))
  .map(([state, fromS, forS]) => ({ state, fromS, untilS: fromS + forS }));

/** What may be about an account beside its regions. Of most there is nothing. */
const TRAITS = {
  role: fc.record({ role }),
  setAside: fc.record({ setAside }),
  joins: fc.record({ joinsAtS: minutes(150) }),
  leaves: fc.record({ leavesAtS: minutes(150) }),
} satisfies Readonly<Record<string, fc.Arbitrary<Partial<AccountWorld>>>>;
type Trait = keyof typeof TRAITS;

const member = (
  regions: fc.Arbitrary<readonly RegionWorld[]>,
  own: readonly Trait[] = [],
): fc.Arbitrary<AccountWorld> =>
  fc
    .tuple(regions, fc.boolean(), ...own.map((trait): fc.Arbitrary<Partial<AccountWorld>> => TRAITS[trait]))
    .map(([worlds, isMeant, ...traits]) => ({ regions: worlds, ...(isMeant ? Object.assign({}, ...traits) : {}) }));

const membersOf = (regions: fc.Arbitrary<readonly RegionWorld[]>, most = 3): fc.Arbitrary<AccountWorld[]> =>
  fc
    .tuple(
      fc.integer({ min: 1, max: most }),
      fc.oneof(
        { weight: 1, arbitrary: fc.constant<Trait[]>([]) },
        { weight: 3, arbitrary: fc.subarray(Object.keys(TRAITS) as Trait[], { minLength: 1, maxLength: 3 }) },
      ),
    )
    .chain(([count, own]) => fc.tuple(...Array.from({ length: count }, () => member(regions, own))));

const worldsOf = (count: number) => fc.tuple(...REGIONS.slice(0, count).map((region) => world(region)));
const anyWorlds = fc.constantFrom(1, 1, 2).chain(worldsOf);

/** Nothing, half of the time. */
const list: fc.Arbitrary<NonNullable<OrganizationWorld['list']>> = fc.oneof(
  fc.constant([]),
  fc.array(
    fc.record({
      how: fc.constantFrom(...(Object.keys(LIST_TROUBLES) as ListTrouble[])),
      untilS: fc.oneof(fc.integer({ min: 1, max: 60 }), minutes(180)),
    }),
    { minLength: 1, maxLength: 2 },
  ),
);

const organizationOf = (members: fc.Arbitrary<AccountWorld[]>): fc.Arbitrary<OrganizationWorld> =>
  fc
    .tuple(
      members,
      list,
      fc.constantFrom('asked', 'asked', 'asked', 'named'),
      fc.constantFrom(undefined, undefined, undefined, 30, 3600),
    )
    .map(([all, phases, how, fromS]) => ({
      members: all,
      ...(how === 'asked' && { list: phases }),
      ...(fromS !== undefined && { fromS }),
    }));

/** One run, or so many that what becomes of an account between two of them shows. */
const runs = fc.oneof(
  { weight: 2, arbitrary: fc.constant([0]) },
  { weight: 3, arbitrary: minutes(90).map((atS) => [0, atS + 60]) },
  { weight: 1, arbitrary: minutes(90).map((atS) => [0, atS + 60, 2 * atS + 120]) },
);

const retries: fc.Arbitrary<Retry[]> = fc.array(
  fc.oneof(
    fc.record(
      {
        atS: fc.oneof(
          minutes(300),
          fc.integer({ min: 100, max: 160 }).map((minute) => minute * 60),
          hours(24, 40),
        ),
        run: fc.integer({ min: 0, max: 1 }),
        account: fc.constant('organization' as const),
        regions: fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 2 }),
      },
      { requiredKeys: ['atS', 'run', 'account'] },
    ),
    fc.record(
      {
        atS: fc.oneof(minutes(240), hours(24, 40)),
        run: fc.integer({ min: 0, max: 1 }),
        account: fc.integer({ min: 0, max: 3 }),
        force: fc.constant(true as const),
      },
      { requiredKeys: ['atS', 'run', 'account'] },
    ),
  ),
  { maxLength: 3 },
);

const whole = {
  seed: base.seed,
  regions: anyWorlds,
  organization: organizationOf(membersOf(anyWorlds)),
  runs,
  retries,
};
const calm = { faults: fc.constant([]), healAfterS: minutes(120) };

/** Regions are asked for, and each account has switched off some of its own for a time. */
const asking = {
  ...whole,
  regions: fc.tuple(healthy('us-east-1'), world('eu-north-1')),
  organization: organizationOf(
    membersOf(
      fc
        .tuple(healthy('us-east-1'), world('ap-east-1'), everOff)
        .map(([first, second, off]) => [first, { ...second, off }]),
      2,
    ),
  ),
  sources,
  runs: fc.constantFrom([0], [0, 3600], [0, 7200, 24 * 3600]),
};

/** One region is dark for most of them: after three accounts got no page there, the others give it a quick try. */
const dark = {
  ...whole,
  regions: fc.tuple(healthy('us-east-1'), darkWorld('eu-north-1')),
  organization: fc
    .array(fc.tuple(healthy('us-east-1'), darkWorld('eu-north-1')), { minLength: 3, maxLength: 5 })
    .map((all) => ({ members: all.map((regions) => ({ regions })), list: [] })),
  runs: fc.constantFrom([0], [0, 3600]),
};

function darkWorld(region: string): fc.Arbitrary<RegionWorld> {
  return fc
    .tuple(healthy(region), fc.constantFrom('hang', 'hang', 'drops-connection', undefined))
    .map(([own, how]) => ({
      ...own,
      ...(how && { troubles: [{ how, until: 'healed' as const }] }),
    }));
}

/** With other kinds beside streams, in each account. */
function severalOf(alone: fc.Arbitrary<Schedule>): fc.Arbitrary<Schedule> {
  return fc.tuple(alone, others).chain(([schedule, kinds]) => {
    const isAsked = schedule.sources !== undefined;
    const beside = ({ regions }: Pick<AccountWorld, 'regions'>) =>
      fc.tuple(
        ...kinds.map((kind) =>
          fc.tuple(...regions.map((each) => worldLike(each, kind, isAsked))).map((own) => ({ kind, regions: own })),
        ),
      );
    const { members } = schedule.organization!;
    return fc
      .tuple(
        beside(schedule),
        fc.tuple(...members.map(beside)),
        fc.array(fc.constantFrom(undefined, ...kinds), { minLength: 4, maxLength: 4 }),
      )
      .map(([own, theirs, owners]) => ({
        ...schedule,
        others: own,
        organization: {
          ...schedule.organization!,
          members: members.map((one, index) => ({ ...one, others: theirs[index]! })),
        },
        retries: schedule.retries.map((retry, index) => ({
          ...retry,
          ...(owners[index] !== undefined && { whose: owners[index] as Kind }),
        })),
      }));
  });
}

/** One member is in trouble of every sort, and the others are such that nothing of it can be theirs. */
const sick: fc.Arbitrary<Schedule> = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 2, max: 3 }))
  .chain(([number, count]) => {
    const number_ = Math.min(number, count);
    const names = REGIONS.slice(0, 2);
    const steadily = fc.tuple(...names.map(steady));
    const ofSick = member(fc.tuple(...names.map((region) => world(region))), ['role', 'setAside', 'joins', 'leaves']);
    return fc
      .tuple(
        fc.tuple(
          ...Array.from({ length: count }, (_, index) =>
            index + 1 === number_ ? ofSick : steadily.map((regions) => ({ regions })),
          ),
        ),
        fc.record({
          seed: base.seed,
          regions: steadily,
          runs,
          retries: fc.array(
            fc.record({ atS: minutes(240), run: fc.integer({ min: 0, max: 1 }), account: fc.constant(number_) }),
            { maxLength: 2 },
          ),
          faults: fc
            .array(trouble, { maxLength: 6 })
            .map((all) => all.map((fault) => ({ ...fault, account: number_ }) as Fault)),
          healAfterS: minutes(180),
        }),
      )
      .map(([members, schedule]) => ({ ...schedule, organization: { members, list: [] } }));
  });

/** Whoever dies, or waits for ever, can do nothing for another account either. */
const trouble: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    kind: fc.constant('request'),
    site: fc.constantFrom(...SITES, ...ORGANIZATION_SITES),
    nth: fc.integer({ min: 1, max: 4 }),
    mishap: fc.constantFrom('throttled', 'sent twice'),
  }),
  KINDS.outage,
  KINDS.video,
  KINDS.stray,
  KINDS.latecomer,
);

/** Every account is easy to count, and everything is as it should be. */
const easy = fc.record({
  ...whole,
  ...calm,
  regions: fc.constant(easyRegions(0)),
  organization: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.boolean()).map(([count, isAsked]) => ({
    members: Array.from({ length: count }, (_, index) => ({ regions: easyRegions(index + 1) })),
    ...(isAsked && { list: [] }),
  })),
  retries: fc.constant([]),
});

function easyRegions(number: number): RegionWorld[] {
  return REGIONS.map((region, index) => ({ region, streams: 2 * number + index, pageSizes: [20] }));
}

export const organizationSchedule: fc.Arbitrary<Schedule> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ ...whole, faults, healAfterS: minutes(180) }) },
  { weight: 4, arbitrary: fc.record({ ...whole, ...calm }) },
  { weight: 2, arbitrary: fc.record({ ...asking, ...calm }) },
  { weight: 3, arbitrary: fc.record({ ...asking, faults, healAfterS: minutes(180) }) },
  { weight: 1, arbitrary: fc.record({ ...dark, faults: fc.constant([]), healAfterS: minutes(180) }) },
  { weight: 1, arbitrary: fc.record({ ...dark, faults, healAfterS: minutes(180) }) },
  { weight: 2, arbitrary: severalOf(fc.record({ ...whole, faults, healAfterS: minutes(180) })) },
  { weight: 1, arbitrary: severalOf(fc.record({ ...whole, ...calm })) },
  { weight: 4, arbitrary: sick },
  { weight: 1, arbitrary: easy },
);
