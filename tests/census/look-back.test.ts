/** What a total says of the runs before it: whatever the history, held to one that is written down beside it. */
import fc from 'fast-check';
import { lookBack, RUNS_LOOKED_AT } from '../../src/census/look-back.ts';
import type { RegionRecord } from '../../src/census/region.ts';
import type { Missing, Run, Total } from '../../src/census/run.ts';
import { runIdOf } from '../../src/census/run.ts';
import { sameTotal, settle } from '../../src/census/settle.ts';
import { aRun, aTotal, counted, DEADLINE_MS, failed, KEY, OPENED_MS } from './examples.ts';

const [IRELAND, VIRGINIA, OREGON] = ['eu-west-1', 'us-east-1', 'us-west-2'] as const;

/** What becomes of a region in one run: how many streams, missing, missing without a page, or not in the plan. */
type Fate = number | 'denied' | 'dark' | 'unplanned';
type History = readonly Readonly<Record<string, Fate>>[];

const hangs = { reason: 'timed-out', effort: { pages: 0, calls: 4, ms: 40_000 } } as const;
const FATES = {
  denied: (region: string) => failed(region, { reason: 'denied', effort: { pages: 0, calls: 1, ms: 80 } }),
  dark: (region: string) => failed(region, hangs),
};

const isMissing = (fate: Fate | undefined) => fate === 'denied' || fate === 'dark';
const isCounted = (fate: Fate | undefined) => typeof fate === 'number';
const runIdAt = (nth: number) => runIdOf(OPENED_MS + nth * 3_600_000)!;

function settled(fates: History[number], nth: number, earlier: readonly Run[] | undefined): Run & { total: Total } {
  const planned = Object.entries(fates).filter(([, fate]) => fate !== 'unplanned');
  const key = { ...KEY, runId: runIdAt(nth) };
  const run = aRun(
    planned.map(([region]) => region),
    key,
  );
  const records = planned.map(
    ([region, fate]): RegionRecord => ({
      ...(typeof fate === 'number' ? counted(region, fate) : FATES[fate as 'denied'](region)),
      ...key,
    }),
  );
  const settlement = settle(run, records, DEADLINE_MS);
  if (settlement.state === 'open') throw new Error('The run is open.');
  const total = lookBack(run, settlement.total, records, earlier);
  return { ...run, total: { ...total, rev: 1, settledAt: run.openedAt } };
}

/** Each run settled after the one before, looking at so many; newest first. */
function settleAll(history: History, lookingAt = RUNS_LOOKED_AT): (Run & { total: Total })[] {
  const runs: (Run & { total: Total })[] = [];
  for (const [nth, fates] of history.entries()) runs.unshift(settled(fates, nth, runs.slice(0, lookingAt)));
  return runs;
}

const newest = (history: History, lookingAt?: number) => settleAll(history, lookingAt)[0]!.total;
const gapOf = ({ missing }: Total, region: string = IRELAND) => missing.find((gap) => gap.region === region);
/** One region through time, beside one that is always counted. */
const through = (...fates: Fate[]): History => fates.map((fate) => ({ [IRELAND]: fate, [VIRGINIA]: 1 }));

describe('A region that is missing', () => {
  test('says since when, in how many runs, and that the run before counted it', () => {
    const { since, runs, lost } = gapOf(newest(through(5, 5, 'denied', 'denied', 'dark')))!;
    expect({ since, runs, lost }).toEqual({ since: runIdAt(2), runs: 3, lost: true });
  });

  test('that no run ever counted was not lost', () => {
    expect(gapOf(newest(through('denied', 'denied')))).toEqual({
      region: IRELAND,
      reason: 'denied',
      since: runIdAt(0),
      runs: 2,
    });
  });

  test('that was not planned before is missing since it is planned', () => {
    expect(gapOf(newest(through(5, 'unplanned', 'denied')))).toEqual({
      region: IRELAND,
      reason: 'denied',
      since: runIdAt(2),
      runs: 1,
    });
  });

  test('remembers all of it, though it began long before the runs that are looked at', () => {
    const fates = Array.from({ length: 3 * RUNS_LOOKED_AT }, (): Fate => 'dark');
    expect(gapOf(newest(through(5, ...fates)))).toEqual({
      region: IRELAND,
      reason: 'timed-out',
      since: runIdAt(1),
      runs: 3 * RUNS_LOOKED_AT,
      lost: true,
      dark: 3 * RUNS_LOOKED_AT,
    });
  });

  test('remembers all of it beyond a run that could not look back itself', () => {
    const runs = settleAll(through(5, 'denied', 'denied', 'denied'));
    const [last, unread, ...older] = runs;
    const blind = settled({ [IRELAND]: 'denied', [VIRGINIA]: 1 }, 2, undefined);
    expect(unread!.runId).toBe(blind.runId);
    const seeing = settled({ [IRELAND]: 'denied', [VIRGINIA]: 1 }, 3, [blind, ...older]);
    expect(gapOf(seeing.total)).toEqual(gapOf(last!.total));
    const next = settled({ [IRELAND]: 'denied', [VIRGINIA]: 1 }, 4, [seeing, blind]).total;
    expect(gapOf(next)).toMatchObject({ since: runIdAt(1), runs: 4, lost: true });
    expect(next.before?.partialRuns).toBe(4);
  });

  test('goes by what an earlier run says now: one that counted it after all, in a retry, ends the row', () => {
    const [last, retried, first] = settleAll(through(5, 'denied', 'denied'));
    expect(gapOf(last!.total)).toMatchObject({ since: retried!.runId, runs: 2 });
    const counts = settled({ [IRELAND]: 6, [VIRGINIA]: 1 }, 1, [first!]);
    expect(gapOf(settled({ [IRELAND]: 'denied', [VIRGINIA]: 1 }, 2, [counts, first!]).total)).toMatchObject({
      since: last!.runId,
      runs: 1,
      lost: true,
    });
  });

  test('is not dark once a page has come, or for another reason; and the row of dark runs begins again', () => {
    const withPages = failed(IRELAND, { ...hangs, effort: { pages: 1, calls: 5, ms: 40_000 } });
    for (const record of [withPages, failed(IRELAND, { reason: 'timed-out' }), FATES.denied(IRELAND)]) {
      const run = aRun([IRELAND]);
      const { missing } = lookBack(run, newest([{ [IRELAND]: 'denied' }]), [record], []);
      expect(missing[0]).not.toHaveProperty('dark');
    }
    expect(gapOf(newest(through('dark', 'dark', 'denied', 'dark')))).toMatchObject({ runs: 4, dark: 1 });
  });
});

describe('Of the run before', () => {
  test('a total says what is new', () => {
    const { before } = newest([
      { [IRELAND]: 5, [VIRGINIA]: 'denied', [OREGON]: 3 },
      { [IRELAND]: 'denied', [VIRGINIA]: 7, [OREGON]: 'unplanned', 'sa-east-1': 2 },
    ]);
    expect(before).toEqual({
      runId: runIdAt(0),
      streams: 8,
      newlyMissing: [IRELAND],
      newlyCounted: [VIRGINIA],
      newlyPlanned: ['sa-east-1'],
      noLongerPlanned: [OREGON],
      partialRuns: 2,
    });
  });

  test('the first total says nothing', () => {
    expect(newest(through('denied'))).not.toHaveProperty('before');
  });

  test('a run that is still open is passed over', () => {
    const [first] = settleAll(through(5));
    const open = aRun([IRELAND, VIRGINIA], { runId: runIdAt(1) });
    const { total } = settled({ [IRELAND]: 'denied', [VIRGINIA]: 1 }, 2, [open, first!]);
    expect(total.before?.runId).toBe(runIdAt(0));
    expect(gapOf(total)).toMatchObject({ since: runIdAt(2), runs: 1, lost: true });
  });

  test('only a complete one of the same plan is comparable', () => {
    const other = { [OREGON]: 9 };
    const history = [...through(5, 6, 'denied'), other, ...through('denied')];
    expect(newest(history).before).toMatchObject({
      runId: runIdAt(3),
      comparable: { runId: runIdAt(1), streams: 7 },
    });
    expect(newest([...through('denied'), other, ...through(5)]).before).not.toHaveProperty('comparable');
  });
});

describe('Where the earlier runs cannot be read', () => {
  test('a total says nothing of them, and of a dark region only that this run is one', () => {
    const fates = { [IRELAND]: 'dark', [VIRGINIA]: 1, [OREGON]: 'denied' } as const;
    const { total } = settled(fates, 3, undefined);
    expect(total).not.toHaveProperty('before');
    expect(total.missing).toEqual([
      { region: IRELAND, reason: 'timed-out', dark: 1 },
      { region: OREGON, reason: 'denied' },
    ]);
  });

  test('the next total goes by what the runs themselves missed', () => {
    const first = settleAll(through(5, 'dark', 'dark'));
    const blind = settled({ [IRELAND]: 'dark', [VIRGINIA]: 1 }, 3, undefined);
    const { total } = settled({ [IRELAND]: 'dark', [VIRGINIA]: 1 }, 4, [blind, ...first]);
    expect(gapOf(total)).toMatchObject({ since: runIdAt(1), runs: 4, lost: true, dark: 4 });
  });
});

describe('Whatever the history,', () => {
  const fate = fc.oneof(
    { weight: 3, arbitrary: fc.nat(9) },
    { weight: 4, arbitrary: fc.constantFrom('denied' as const, 'dark' as const, 'dark' as const) },
    { weight: 1, arbitrary: fc.constant('unplanned' as const) },
  );
  const history = fc.array(fc.record({ [IRELAND]: fate, [VIRGINIA]: fate, [OREGON]: fate }), {
    minLength: 1,
    maxLength: 12,
  });

  /** By going back as far as there is history. */
  function rowIn(past: History, region: string): Pick<Missing, 'since' | 'runs' | 'lost' | 'dark'> {
    const fates = past.map((fates) => fates[region]);
    const begin = fates.findLastIndex((each) => !isMissing(each)) + 1;
    const bright = fates.findLastIndex((each) => each !== 'dark') + 1;
    return {
      since: runIdAt(begin),
      runs: fates.length - begin,
      ...(isCounted(fates[begin - 1]) && { lost: true as const }),
      ...(fates.at(-1) === 'dark' && { dark: fates.length - bright }),
    };
  }

  test('each gap says what the whole history says of it, however few runs are looked at', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 4 }), (past, lookingAt) => {
        for (const { region, since, runs, lost, dark } of newest(past, lookingAt).missing) {
          const said = { since, runs, ...(lost && { lost }), ...(dark !== undefined && { dark }) };
          expect({ region, ...said }).toEqual({ region, ...rowIn(past, region) });
        }
      }),
    );
  });

  test('what is new is what the run before counted, missed and planned', () => {
    fc.assert(
      fc.property(history, (past) => {
        const [then, now] = [past.at(-2), past.at(-1)!];
        const { before } = newest(past);
        if (then === undefined) return expect(before).toBeUndefined();
        const where = (holds: (then: Fate, now: Fate) => boolean) =>
          [IRELAND, OREGON, VIRGINIA].filter((region) => holds(then[region]!, now[region]!)).sort();
        expect(before).toMatchObject({
          runId: runIdAt(past.length - 2),
          newlyMissing: where((a, b) => isCounted(a) && isMissing(b)),
          newlyCounted: where((a, b) => isMissing(a) && isCounted(b)),
          newlyPlanned: where((a, b) => a === 'unplanned' && b !== 'unplanned'),
          noLongerPlanned: where((a, b) => a !== 'unplanned' && b === 'unplanned'),
        });
      }),
    );
  });

  test('so many runs in a row are partial as the whole history says', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 4 }), (past, lookingAt) => {
        const { before, verdict } = newest(past, lookingAt);
        if (before === undefined) return;
        const isPartial = (fates: History[number]) => Object.values(fates).some(isMissing);
        const row = past.length - 1 - past.findLastIndex((fates) => !isPartial(fates));
        expect(before.partialRuns).toBe(verdict === 'partial' ? row : undefined);
      }),
    );
  });

  test('the number, the verdict and what is missing, and why, stay what they are', () => {
    fc.assert(
      fc.property(history, (past) => {
        const blind = settled(past.at(-1)!, past.length - 1, undefined).total;
        expect(sameTotal(newest(past), blind)).toBe(true);
      }),
    );
  });
});

describe('A region that was nearly full', () => {
  const quota = (above: string[], unknown: string[] = []) => ({ alarmPercent: 80, above, unknown });
  const ranBefore = (changes: Partial<Total>): Run => ({
    ...aRun([IRELAND, VIRGINIA]),
    runId: runIdAt(0),
    total: { ...aTotal(changes), rev: 1, settledAt: runIdAt(0) },
  });
  const seenBy = (plan: string[], total: Partial<Total>, earlier: Run) =>
    lookBack({ ...aRun(plan), runId: runIdAt(1) }, aTotal(total), [], [earlier]).before?.unseenAbove;
  const lost = [{ region: IRELAND, reason: 'denied' }] as const;
  const QUIET = {
    runId: runIdAt(0),
    streams: 0,
    newlyMissing: [],
    newlyCounted: [],
    newlyPlanned: [],
    noLongerPlanned: [],
  };

  test.each<[string, Partial<Total>]>([
    ['is missing', { missing: lost, quota: quota([]) }],
    ['has a quota that is not known', { quota: quota([], [IRELAND]) }],
    ['is missing, and nobody asks any more', { missing: lost }],
  ])('and %s now is named, for it may still be so', (_what, total) => {
    expect(seenBy([IRELAND, VIRGINIA], total, ranBefore({ quota: quota([IRELAND]) }))).toEqual([IRELAND]);
  });

  test('is named for as long as nothing is known of it', () => {
    const unseen = ranBefore({ missing: lost, quota: quota([]), before: { ...QUIET, unseenAbove: [IRELAND] } });
    expect(seenBy([IRELAND, VIRGINIA], { missing: lost, quota: quota([]) }, unseen)).toEqual([IRELAND]);
    expect(seenBy([IRELAND, VIRGINIA], { quota: quota([]) }, unseen)).toBeUndefined();
  });

  test('is not named once it is seen again, as full as it may be, nor once it is planned no more', () => {
    const full = ranBefore({ quota: quota([IRELAND]) });
    expect(seenBy([IRELAND, VIRGINIA], { quota: quota([IRELAND]) }, full)).toBeUndefined();
    expect(seenBy([VIRGINIA], { quota: quota([]) }, full)).toBeUndefined();
  });
});
