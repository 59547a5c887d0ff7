/** docs/regions.md has the same as a table. */
import fc from 'fast-check';
import { KINESIS_VIDEO_REGIONS } from '../../src/census/kinds/kinesis-video.ts';
import { partitionOf } from '../../src/census/partition.ts';
import {
  countsToLookUp,
  knowledgeOf,
  memoryAfter,
  type Plan,
  type PlanSituation,
  planOf,
  questions,
  type RegionAnswers,
} from '../../src/census/plan.ts';
import { NOTHING_REMEMBERED, type RegionMemory, type RegionsAnswer } from '../../src/census/region-memory.ts';
import { heldSomething, type LastKnown, SOURCE_FAILURES } from '../../src/census/run.ts';
import { SETTINGS } from './examples.ts';

const NOW_MS = Date.parse('2026-11-20T06:00:00Z');
const HOUR_MS = 3_600_000;
const ago = (hours: number) => new Date(NOW_MS - hours * HOUR_MS).toISOString();
const COUNT: LastKnown = { runId: '2026-11-19T06:00:00Z', streams: 12, countedAt: '2026-11-19T06:00:09.000Z' };
const ZERO: LastKnown = { ...COUNT, streams: 0 };

/** A world of three commercial regions that the code knows, and one of each other partition. */
const FLOOR = ['us-east-1', 'eu-west-1', 'af-south-1', 'us-gov-west-1', 'cn-north-1'];
const ALWAYS_ON = FLOOR.filter((region) => region !== 'af-south-1');

function situation(changes: Partial<PlanSituation> = {}): PlanSituation {
  return {
    home: 'eu-west-1',
    settings: SETTINGS,
    floor: FLOOR,
    alwaysOn: ALWAYS_ON,
    memory: NOTHING_REMEMBERED,
    nowMs: NOW_MS,
    ...changes,
  };
}

const settings = (changes: Partial<PlanSituation['settings']>) => ({ settings: { ...SETTINGS, ...changes } });

/** As the dispatcher does it: whatever has to be looked up is, in this ledger; `undefined` there: it cannot be. */
function decide(
  given: PlanSituation,
  answers: RegionAnswers = {},
  ledger: Readonly<Record<string, LastKnown | null | undefined>> = {},
): Plan {
  const knowledge = knowledgeOf(given, answers);
  const lookedUp = new Map<string, LastKnown | null>();
  for (const region of countsToLookUp(given, knowledge)) {
    const count = region in ledger ? ledger[region] : null;
    if (count !== undefined) lookedUp.set(region, count);
  }
  return planOf(given, knowledge, lookedUp);
}

const LIVE: RegionsAnswer = { regions: ['us-east-1', 'eu-west-1', 'af-south-1'] };
const ALL_ON: RegionsAnswer = { regions: [] };
const AFRICA_OFF: RegionsAnswer = { regions: ['af-south-1', 'me-central-1'] };
const ASKED = { from: 'asked', askedAt: ago(0) };

describe('What is asked', () => {
  test('in a commercial region: where the service is, and what is switched on', () => {
    expect(questions(situation())).toEqual({ live: true, off: true });
  });

  test.each([
    [0, false],
    [22.9, false],
    [23, true],
    [1000, true],
    [-30, true],
  ])(
    'an answer of where the service is that is %d h old is asked anew: %s; what is switched on always',
    (age, live) => {
      const memory = { live: { regions: ['eu-west-1'], askedAt: ago(age) }, lastCounts: {} };
      expect(questions(situation({ memory }))).toEqual({ live, off: true });
    },
  );

  test.each([
    ['us-gov-west-1', { live: false, off: false }],
    ['cn-north-1', { live: false, off: true }],
    ['us-iso-east-1', { live: false, off: false }],
  ])('in %s only what AWS answers there', (home, asked) => {
    expect(questions(situation({ home }))).toEqual(asked);
  });

  test('nothing, where a person has set the regions', () => {
    const given = situation(settings({ regions: ['eu-west-1'] }));
    expect(questions(given)).toEqual({ live: false, off: false });
    expect(decide(given)).toEqual({
      plan: ['eu-west-1'],
      sources: { regions: { from: 'parameter' }, optIn: { from: 'parameter' } },
    });
  });
});

describe('The plan', () => {
  test('is what is switched on, of where the service is and where the code knows it to be, by name', () => {
    const plan = decide(situation(), { live: { regions: ['us-west-2', 'us-gov-west-1'] }, off: ALL_ON });
    expect(plan).toEqual({
      plan: ['af-south-1', 'eu-west-1', 'us-east-1', 'us-west-2'],
      sources: { regions: ASKED, optIn: ASKED },
    });
  });

  test.each([
    ['us-gov-east-1', ['us-gov-west-1']],
    ['cn-northwest-1', ['cn-north-1']],
    ['us-iso-east-1', []],
  ])('of a stack in %s names regions of that partition alone', (home, plan) => {
    expect(decide(situation({ home })).plan).toEqual(plan);
  });

  test('in GovCloud is the floor, with everything on: nobody can be asked, and nothing went wrong', () => {
    const { sources } = decide(situation({ home: 'us-gov-west-1' }));
    expect(sources).toEqual({ regions: { from: 'floor' }, optIn: { from: 'nowhere' } });
  });

  test.each([
    ['never counted', null, ['eu-west-1', 'us-east-1'], { region: 'af-south-1' }],
    ['empty when it was last counted', ZERO, ['eu-west-1', 'us-east-1'], { region: 'af-south-1', lastKnown: ZERO }],
    [
      'not empty when it was last counted',
      COUNT,
      ['af-south-1', 'eu-west-1', 'us-east-1'],
      { region: 'af-south-1', lastKnown: COUNT },
    ],
  ])('names a region that is off, and was %s', (_what, count, plan, off) => {
    expect(decide(situation(), { live: LIVE, off: AFRICA_OFF }, { 'af-south-1': count })).toMatchObject({
      plan,
      off: [off],
    });
  });

  test('asks a region that is off, and of which the ledger could not be asked, as if it were on', () => {
    const plan = decide(situation(), { live: LIVE, off: AFRICA_OFF }, { 'af-south-1': undefined });
    expect(plan.plan).toContain('af-south-1');
    expect(plan.off).toBeUndefined();
  });

  test('names what a person excluded, and neither asks it nor calls it off', () => {
    const given = situation(settings({ includeRegions: ['us-west-2'], excludeRegions: ['us-east-1', 'af-south-1'] }));
    const plan = decide(given, { live: LIVE, off: AFRICA_OFF });
    expect(plan).toMatchObject({ plan: ['eu-west-1', 'us-west-2'], excluded: ['af-south-1', 'us-east-1'] });
    expect(plan.off).toBeUndefined();
  });

  test('is off in a region that a person included as in any other', () => {
    const given = situation(settings({ includeRegions: ['me-central-1'] }));
    expect(decide(given, { live: LIVE, off: AFRICA_OFF }).off).toEqual([
      { region: 'af-south-1' },
      { region: 'me-central-1' },
    ]);
  });
});

describe('A source that fails', () => {
  const memory: RegionMemory = {
    live: { regions: ['us-west-2'], askedAt: ago(100) },
    off: { regions: ['af-south-1'], askedAt: ago(30) },
    lastCounts: { 'af-south-1': null },
  };

  test.each(SOURCE_FAILURES)('(%s) is replaced by its newest answer, and the run says so', (because) => {
    expect(decide(situation({ memory }), { live: { because }, off: { because } })).toEqual({
      plan: ['eu-west-1', 'us-east-1', 'us-west-2'],
      off: [{ region: 'af-south-1' }],
      sources: {
        regions: { from: 'cache', askedAt: ago(100), because },
        optIn: { from: 'cache', askedAt: ago(30), because },
      },
    });
  });

  test.each(SOURCE_FAILURES)('(%s) and never answered leaves the floor, with everything on', (because) => {
    expect(decide(situation(), { live: { because }, off: { because } })).toEqual({
      plan: ['af-south-1', 'eu-west-1', 'us-east-1'],
      sources: { regions: { from: 'floor', because }, optIn: { from: 'nowhere', because } },
    });
  });

  test.each([
    ['names nothing', { regions: [] }],
    ['names nothing of this partition', { regions: ['us-gov-west-1'] }],
  ])('because its list of regions %s, is one that failed', (_what, live) => {
    const { plan, sources } = decide(situation({ memory }), { live, off: ALL_ON });
    expect(plan).toContain('us-west-2');
    expect(sources.regions).toEqual({ from: 'cache', askedAt: ago(100), because: 'empty' });
  });

  test('because it says that the very region is off in which the stack lives, is one that failed', () => {
    const { plan, sources } = decide(situation(), { live: LIVE, off: { regions: ['us-east-1', 'eu-west-1'] } });
    expect(plan).toEqual(['af-south-1', 'eu-west-1', 'us-east-1']);
    expect(sources.optIn).toEqual({ from: 'nowhere', because: 'bad-answer' });
  });

  test('because it says of a region that it is off which no account can switch off, is one that failed', () => {
    const { plan, sources } = decide(situation(), { live: LIVE, off: { regions: ['af-south-1', 'us-east-1'] } });
    expect(plan).toEqual(['af-south-1', 'eu-west-1', 'us-east-1']);
    expect(sources.optIn).toEqual({ from: 'nowhere', because: 'bad-answer' });
  });

  test.each([
    [47.9, [{ region: 'af-south-1' }]],
    [48, undefined],
    [1000, undefined],
    [-48, undefined],
  ])('and whose last answer is %d h old makes a region off: %j', (age, off) => {
    const old = { ...memory, off: { regions: ['af-south-1'], askedAt: ago(age) } };
    const plan = decide(situation({ memory: old }), { live: LIVE, off: { because: 'denied' } });
    expect(plan.off).toEqual(off);
    expect(plan.plan.includes('af-south-1')).toBe(off === undefined);
    expect(plan.sources.optIn).toEqual({ from: 'cache', askedAt: ago(age), because: 'denied' });
  });
});

describe('A last count', () => {
  const memory: RegionMemory = {
    off: { regions: ['af-south-1'], askedAt: ago(6) },
    lastCounts: { 'af-south-1': COUNT },
  };
  const toLookUp = (given: RegionMemory, off: RegionsAnswer = AFRICA_OFF) =>
    countsToLookUp(situation({ memory: given }), knowledgeOf(situation({ memory: given }), { live: LIVE, off }));

  test('is looked up when its region is first seen off, and then remembered', () => {
    expect(toLookUp(NOTHING_REMEMBERED)).toEqual(['af-south-1']);
    expect(toLookUp(memory)).toEqual([]);
    expect(toLookUp(memory, ALL_ON)).toEqual([]);
  });

  test.each([null, ZERO])(
    'that was none (%j) is looked up in every run: an earlier run may have counted since',
    (none) => {
      const empty = { ...memory, lastCounts: { 'af-south-1': none } };
      expect(toLookUp(empty)).toEqual(['af-south-1']);
      const planned = (count: LastKnown | null | undefined) =>
        decide(situation({ memory: empty }), { live: LIVE, off: AFRICA_OFF }, { 'af-south-1': count });
      expect(planned(COUNT)).toMatchObject({
        plan: ['af-south-1', 'eu-west-1', 'us-east-1'],
        off: [{ region: 'af-south-1', lastKnown: COUNT }],
      });
      // A ledger that does not answer says nothing new.
      for (const count of [null, undefined])
        expect(planned(count).off).toEqual([{ region: 'af-south-1', ...(none && { lastKnown: none }) }]);
    },
  );

  test('that was remembered two days ago is looked up again, and kept if nothing is found any more', () => {
    const old: RegionMemory = { ...memory, off: { regions: ['af-south-1'], askedAt: ago(48) } };
    expect(toLookUp(old)).toEqual(['af-south-1']);
    const found = { ...COUNT, streams: 7 };
    const planned = (count: LastKnown | null | undefined) =>
      decide(situation({ memory: old }), { live: LIVE, off: AFRICA_OFF }, { 'af-south-1': count }).off;
    expect(planned(found)).toEqual([{ region: 'af-south-1', lastKnown: found }]);
    expect(planned(null)).toEqual([{ region: 'af-south-1', lastKnown: COUNT }]);
    expect(planned(undefined)).toBeUndefined();
  });
});

describe('A region that the newest list leaves out', () => {
  const memory: RegionMemory = { live: { regions: ['eu-north-1', 'eu-west-1'], askedAt: ago(24) }, lastCounts: {} };
  const leavingOut = (changes: Partial<PlanSituation> = {}) => {
    const given = situation({ memory, ...changes });
    const answers = { live: LIVE, off: ALL_ON };
    const plan = decide(given, answers);
    return { plan, next: memoryAfter(given, knowledgeOf(given, answers), plan) };
  };

  test('stays planned, and remembered: the list may be wrong', () => {
    const { plan, next } = leavingOut();
    expect(plan.plan).toContain('eu-north-1');
    expect(plan.sources.regions).toEqual(ASKED);
    expect(next?.live).toEqual({ regions: ['af-south-1', 'eu-north-1', 'eu-west-1', 'us-east-1'], askedAt: ago(0) });
  });

  test('is remembered, and not planned, where a person excludes it', () => {
    const { plan, next } = leavingOut(settings({ excludeRegions: ['eu-north-1'] }));
    expect(plan.plan).not.toContain('eu-north-1');
    expect(next?.live?.regions).toContain('eu-north-1');
  });
});

describe('What is remembered', () => {
  const rememberedAfter = (
    given: PlanSituation,
    answers: RegionAnswers,
    ledger: Record<string, LastKnown | null> = {},
  ) => memoryAfter(given, knowledgeOf(given, answers), decide(given, answers, ledger));
  const settled: RegionMemory = {
    live: { regions: ['af-south-1', 'eu-west-1', 'us-east-1'], askedAt: ago(6) },
    off: { regions: ['af-south-1', 'me-central-1'], askedAt: ago(6) },
    lastCounts: { 'af-south-1': COUNT },
  };

  test('of the first run is what was answered, and looked up', () => {
    expect(rememberedAfter(situation(), { live: LIVE, off: AFRICA_OFF }, { 'af-south-1': COUNT })).toEqual({
      live: { ...settled.live, askedAt: ago(0) },
      off: { ...settled.off, askedAt: ago(0) },
      lastCounts: { 'af-south-1': COUNT },
    });
  });

  test('is nothing new where nothing has changed', () => {
    expect(rememberedAfter(situation({ memory: settled }), { off: AFRICA_OFF })).toBeUndefined();
    expect(rememberedAfter(situation({ memory: settled }), { off: { because: 'throttled' } })).toBeUndefined();
  });

  test('is written once a day all the same, so that it stays young', () => {
    const memory = { ...settled, off: { regions: ['af-south-1', 'me-central-1'], askedAt: ago(23) } };
    expect(rememberedAfter(situation({ memory }), { off: AFRICA_OFF })).toEqual({
      ...settled,
      off: { ...settled.off, askedAt: ago(0) },
    });
  });

  test('of a region that is on again is nothing', () => {
    expect(rememberedAfter(situation({ memory: settled }), { off: ALL_ON })).toEqual({
      live: settled.live,
      off: { regions: [], askedAt: ago(0) },
      lastCounts: {},
    });
  });

  test('of a region whose answer is too old stays, as long as nobody says that it is on', () => {
    const memory = { ...settled, off: { regions: ['af-south-1', 'me-central-1'], askedAt: ago(60) } };
    expect(rememberedAfter(situation({ memory }), { off: { because: 'denied' } })).toBeUndefined();
    const given = situation({ memory, ...settings({ excludeRegions: ['af-south-1'] }) });
    expect(rememberedAfter(given, { off: AFRICA_OFF })).toMatchObject({ lastCounts: { 'af-south-1': COUNT } });
  });

  test('is left alone where a person has set the regions', () => {
    expect(
      rememberedAfter(situation({ memory: settled, ...settings({ regions: ['eu-west-1'] }) }), {}),
    ).toBeUndefined();
  });
});

// ---- whatever is answered ---------------------------------------------------------------------------------------------

const NAMES = [...KINESIS_VIDEO_REGIONS, 'il-central-1', 'mx-central-1', 'eu-south-9', 'us-isob-east-1'];
const someRegions = fc.subarray(NAMES);
const failure = fc.record({ because: fc.constantFrom(...SOURCE_FAILURES) });
const answer: fc.Arbitrary<RegionsAnswer> = fc.oneof(fc.record({ regions: someRegions }), failure);
const instant = fc.integer({ min: -100, max: 1000 }).map(ago);
const remembered = fc.record({ regions: someRegions, askedAt: instant });
const count = fc.oneof(
  fc.constant(null),
  fc.nat(3).map((streams): LastKnown => ({ ...COUNT, streams })),
);
const counts = fc.dictionary(fc.constantFrom(...NAMES), count, { noNullPrototype: true });
const anyMemory: fc.Arbitrary<RegionMemory> = fc.record(
  { live: remembered, off: remembered, lastCounts: counts },
  { requiredKeys: ['lastCounts'] },
);
const few = fc.oneof(
  { weight: 2, arbitrary: fc.constant<string[]>([]) },
  { weight: 1, arbitrary: fc.subarray(NAMES, { maxLength: 4 }) },
);

const anyCase = fc.record({
  given: fc.record({
    home: fc.constantFrom('eu-west-1', 'us-gov-west-1', 'cn-north-1', 'eu-north-1'),
    settings: fc.record({ regions: few, includeRegions: few, excludeRegions: few }),
    floor: fc.constant(KINESIS_VIDEO_REGIONS),
    alwaysOn: fc.constantFrom([], ['us-east-1', 'eu-west-3']),
    memory: anyMemory,
    nowMs: fc.constant(NOW_MS),
  }),
  answers: fc.record({ live: answer, off: answer }),
  ledger: fc.dictionary(fc.constantFrom(...NAMES), fc.oneof(count, fc.constant(undefined)), { noNullPrototype: true }),
});

/** With the answers to what was asked, and no others. */
function outcome({ given, answers, ledger }: typeof anyCase extends fc.Arbitrary<infer T> ? T : never) {
  const wanted = questions(given);
  const heard = { ...(wanted.live && { live: answers.live }), ...(wanted.off && { off: answers.off }) };
  const knowledge = knowledgeOf(given, heard);
  const plan = decide(given, heard, ledger);
  return { plan, heard, knowledge, memory: memoryAfter(given, knowledge, plan) };
}

const holds = (check: (one: typeof anyCase extends fc.Arbitrary<infer T> ? T : never) => void) =>
  fc.assert(fc.property(anyCase, check), { numRuns: 500 });

const asked = (answered: RegionsAnswer | undefined) =>
  answered && 'regions' in answered ? answered.regions : undefined;

describe('Whatever is answered, remembered and set', () => {
  test('a region that is on is planned: of the floor, of the newest list, and included', () => {
    holds((one) => {
      const { given } = one;
      const { plan, heard } = outcome(one);
      const { regions, includeRegions, excludeRegions } = given.settings;
      const own = (list: readonly string[]) => list.filter((name) => partitionOf(name) === partitionOf(given.home));
      const found = regions.length > 0 ? regions : own([...given.floor, ...(asked(heard.live) ?? [])]);
      const off = (plan.off ?? []).map(({ region }) => region);
      for (const region of [...found, ...includeRegions]) {
        if (excludeRegions.includes(region) || off.includes(region)) continue;
        expect(plan.plan).toContain(region);
      }
    });
  });

  test('a region is off only if the newest answer says so, and is younger than 48 h', () => {
    holds((one) => {
      const { plan, heard, knowledge } = outcome(one);
      for (const { region } of plan.off ?? []) {
        const now = asked(heard.off);
        const said = knowledge.sources.optIn.from === 'asked' ? now : one.given.memory.off?.regions;
        expect(said).toContain(region);
        const ageMs = NOW_MS - Date.parse(knowledge.off?.askedAt ?? '');
        expect(Math.abs(ageMs)).toBeLessThan(48 * HOUR_MS);
      }
    });
  });

  test('a region that is off is planned, exactly if it held something; no other is planned and off', () => {
    holds((one) => {
      const { plan } = outcome(one);
      for (const off of plan.off ?? []) expect(plan.plan.includes(off.region)).toBe(heldSomething(off));
    });
  });

  test('a count above zero that the ledger has or remembers is never dropped', () => {
    holds((one) => {
      const { given, ledger } = one;
      const { plan } = outcome(one);
      for (const { region, lastKnown } of plan.off ?? []) {
        const isYoung = Math.abs(NOW_MS - Date.parse(given.memory.off?.askedAt ?? '')) < 48 * HOUR_MS;
        const remembered = given.memory.lastCounts[region];
        const newest = ledger[region] ?? remembered ?? null;
        const isKnown = isYoung && (remembered?.streams ?? 0) > 0;
        expect(isKnown ? [newest, remembered] : [newest]).toContainEqual(lastKnown ?? null);
      }
    });
  });

  test('a region that a list once named is planned or named, whatever the list leaves out since', () => {
    holds((one) => {
      const { given } = one;
      const { plan } = outcome(one);
      if (given.settings.regions.length > 0) return;
      const told = [...plan.plan, ...(plan.off ?? []).map(({ region }) => region), ...(plan.excluded ?? [])];
      for (const region of given.memory.live?.regions ?? [])
        if (partitionOf(region) === partitionOf(given.home)) expect(told).toContain(region);
    });
  });

  test('what is excluded is named, and neither planned nor off; everything is named once, by name', () => {
    holds((one) => {
      const { plan } = outcome(one);
      const off = (plan.off ?? []).map(({ region }) => region);
      expect(plan.excluded ?? []).toEqual([...new Set(one.given.settings.excludeRegions)].sort());
      for (const region of plan.excluded ?? []) expect([...plan.plan, ...off]).not.toContain(region);
      for (const list of [plan.plan, off]) expect(list).toEqual([...new Set(list)].sort());
    });
  });

  test('no list of regions, however short, makes the plan smaller than none would', () => {
    holds((one) => {
      const { given, heard } = { ...one, ...outcome(one) };
      const without = decide(given, { ...heard, live: { because: 'denied' } }, one.ledger);
      const floor = { ...given, memory: { ...given.memory, live: undefined } } as unknown as PlanSituation;
      const least = decide(floor, { ...heard, live: { because: 'denied' } }, one.ledger).plan;
      expect(decide(given, heard, one.ledger).plan).toEqual(expect.arrayContaining([...least]));
      if (heard.live && 'regions' in heard.live && heard.live.regions.length === 0)
        expect(decide(given, heard, one.ledger).plan).toEqual(without.plan);
    });
  });

  test('a source that is replaced by what it said before changes nothing, as long as that is young', () => {
    holds((one) => {
      const { given, ledger } = one;
      const { heard, memory = given.memory } = outcome(one);
      const isAnswered = asked(heard.off) !== undefined && knowledgeOf(given, heard).sources.optIn.from === 'asked';
      if (!isAnswered || given.settings.regions.length > 0) return;
      const next = { ...given, memory, nowMs: NOW_MS + 6 * HOUR_MS };
      const failed = decide(next, { live: { because: 'throttled' }, off: { because: 'throttled' } }, ledger);
      const again = decide(next, { live: { because: 'throttled' }, off: heard.off! }, ledger);
      expect({ ...failed, sources: undefined }).toEqual({ ...again, sources: undefined });
    });
  });

  test('what was remembered is remembered: the same answers a moment later are nothing new', () => {
    holds((one) => {
      const { given, ledger } = one;
      const { heard, memory = given.memory } = outcome(one);
      const next = { ...given, memory };
      const knowledge = knowledgeOf(next, heard);
      expect(memoryAfter(next, knowledge, decide(next, heard, ledger))).toBeUndefined();
    });
  });
});
