import fc from 'fast-check';
import type { TotalQuota } from '../../src/census/quota.ts';
import type { RegionRecord } from '../../src/census/region.ts';
import type { Total } from '../../src/census/run.ts';
import { mayYetImprove, sameTotal, settle } from '../../src/census/settle.ts';
import type { Tally } from '../../src/census/tally.ts';
import { aRun, aStoredTotal, aTotal, attempted, counted, DEADLINE_MS, failed, RUN_ID, tallyOf } from './examples.ts';

const [IRELAND, VIRGINIA, OREGON, TOKYO] = ['eu-west-1', 'us-east-1', 'us-west-2', 'ap-northeast-1'] as const;
const PLAN = [IRELAND, VIRGINIA, OREGON];
const EARLY = DEADLINE_MS - 1;
const OPEN = { state: 'open' };

function totalOf(...[run, records, nowMs]: Parameters<typeof settle>): Total {
  const settlement = settle(run, records, nowMs);
  if (settlement.state === 'open') throw new Error('The run is open.');
  return settlement.total;
}

/** Whether there is a total, and whether a better one may come. */
function stateOf(...[run, records, nowMs]: Parameters<typeof settle>): 'open' | 'waiting' | 'settled' {
  const settlement = settle(run, records, nowMs);
  if (settlement.state === 'open') return 'open';
  return settlement.waiting ? 'waiting' : 'settled';
}

describe('a run without a total', () => {
  test('is open while a region is silent', () => {
    expect(settle(aRun(PLAN), [counted(IRELAND, 1), failed(VIRGINIA)], EARLY)).toEqual(OPEN);
  });

  test('is open while a region was only attempted, because it comes back', () => {
    const records = [counted(IRELAND, 1), failed(VIRGINIA), attempted(OREGON)];
    expect(settle(aRun(PLAN), records, EARLY)).toEqual(OPEN);
  });

  test('is open although nothing is pending, if a record is not there: the records are the truth', () => {
    expect(settle(aRun(PLAN, { pending: [] }), [counted(IRELAND, 1)], EARLY)).toEqual(OPEN);
  });

  test('settles as soon as every region is counted or failed, struck or not', () => {
    const records = [counted(IRELAND, 1), failed(VIRGINIA), counted(OREGON, 3)];
    expect(stateOf(aRun(PLAN), records, EARLY)).toBe('settled');
  });

  test('settles at its deadline, whatever is missing', () => {
    expect(stateOf(aRun(PLAN), [], DEADLINE_MS)).toBe('settled');
    expect(totalOf(aRun(PLAN), [attempted(OREGON)], DEADLINE_MS).missing).toEqual([
      { region: IRELAND, reason: 'unanswered' },
      { region: VIRGINIA, reason: 'unanswered' },
      { region: OREGON, reason: 'throttled' },
    ]);
  });
});

describe('a run with a total', () => {
  const settled = { total: aStoredTotal(), pending: [] };

  test('always has one, and a late success is in it', () => {
    const run = aRun(PLAN, settled);
    expect(totalOf(run, [failed(IRELAND), counted(VIRGINIA, 2), counted(OREGON, 3)], EARLY)).toMatchObject({
      verdict: 'partial',
      streams: 5,
    });
    expect(totalOf(run, [counted(IRELAND, 1), counted(VIRGINIA, 2), counted(OREGON, 3)], EARLY)).toMatchObject({
      verdict: 'complete',
      streams: 6,
    });
  });

  test('waits for the regions that are asked for again, until they answer in this round', () => {
    const retried = aRun(PLAN, { ...settled, round: 1, pending: [OREGON] });
    const others = [counted(IRELAND, 1), counted(VIRGINIA, 2)];
    expect(stateOf(retried, [...others, failed(OREGON)], EARLY)).toBe('waiting');
    expect(stateOf(retried, [...others, attempted(OREGON, { round: 1 })], EARLY)).toBe('waiting');
    expect(stateOf(retried, others, EARLY)).toBe('waiting');
    expect(stateOf(retried, [...others, failed(OREGON, { round: 1 })], EARLY)).toBe('settled');
    expect(stateOf(retried, [...others, counted(OREGON, 3)], EARLY)).toBe('settled');
  });

  test('waits no longer than its new deadline', () => {
    expect(stateOf(aRun(PLAN, { ...settled, round: 1, pending: [OREGON] }), [], DEADLINE_MS)).toBe('settled');
  });

  test('does not wait for a region that nobody asked for again', () => {
    const retried = aRun(PLAN, { ...settled, round: 1, pending: [OREGON] });
    expect(stateOf(retried, [failed(IRELAND), failed(VIRGINIA), failed(OREGON, { round: 1 })], EARLY)).toBe('settled');
  });
});

describe('a run that has settled', () => {
  const run = aRun(PLAN);
  const DAY_MS = 86_400_000;

  test('may yet improve if it is partial, until so long after its deadline', () => {
    const partial = aTotal({ verdict: 'partial' });
    expect(mayYetImprove(run, partial, EARLY, DAY_MS)).toBe(true);
    expect(mayYetImprove(run, partial, DEADLINE_MS + DAY_MS - 1, DAY_MS)).toBe(true);
    expect(mayYetImprove(run, partial, DEADLINE_MS + DAY_MS, DAY_MS)).toBe(false);
  });

  test('cannot improve if it is complete', () => {
    expect(mayYetImprove(run, aTotal({ verdict: 'complete' }), EARLY, DAY_MS)).toBe(false);
  });
});

describe('a total', () => {
  test('adds up exactly the counted regions, and says when the first and the last of them ended', () => {
    const records = [
      counted(OREGON, 30, { endedAt: '2026-11-20T06:00:20.000Z' }),
      counted(TOKYO, 4, { endedAt: '2026-11-20T06:00:30.000Z' }),
      counted(IRELAND, 1, { endedAt: '2026-11-20T06:00:40.000Z' }),
      failed(VIRGINIA, { reason: 'denied' }),
    ];
    expect(settle(aRun([...PLAN, TOKYO]), records, EARLY)).toEqual({
      state: 'total',
      waiting: false,
      total: {
        verdict: 'partial',
        streams: 35,
        expected: 4,
        counted: 3,
        missing: [{ region: VIRGINIA, reason: 'denied' }],
        tally: tallyOf(35),
        firstCountedAt: '2026-11-20T06:00:20.000Z',
        lastCountedAt: '2026-11-20T06:00:40.000Z',
      },
    });
  });

  test('without any counted region has no such instants', () => {
    const total = totalOf(aRun([IRELAND]), [failed(IRELAND)], EARLY);
    expect(total).toMatchObject({ verdict: 'partial', streams: 0, counted: 0 });
    expect(total).not.toHaveProperty('firstCountedAt');
    expect(total).not.toHaveProperty('lastCountedAt');
  });

  test('ignores failures of a round that was never opened, and so is no worse off than without them', () => {
    const forged = failed(IRELAND, { round: 9e15, reason: 'undelivered' });
    expect(settle(aRun([IRELAND]), [forged], EARLY)).toEqual(OPEN);
    expect(totalOf(aRun([IRELAND]), [forged], DEADLINE_MS).missing).toEqual([
      { region: IRELAND, reason: 'unanswered' },
    ]);
  });

  test('ignores records of regions that the plan does not name', () => {
    expect(totalOf(aRun([IRELAND]), [counted(IRELAND, 1), counted(OREGON, 99)], EARLY)).toMatchObject({
      verdict: 'complete',
      streams: 1,
      counted: 1,
    });
  });

  test('names what is missing in the order of the regions, however the plan is ordered', () => {
    const run = aRun(PLAN, { plan: [OREGON, VIRGINIA, IRELAND] });
    expect(totalOf(run, [], DEADLINE_MS).missing.map(({ region }) => region)).toEqual(PLAN);
    expect(run.plan).toEqual([OREGON, VIRGINIA, IRELAND]);
  });

  const anyRecords = fc
    .array(
      fc.record({
        region: fc.constantFrom(...PLAN, 'sa-east-1'),
        status: fc.constantFrom('counted', 'failed', 'attempted'),
        streams: fc.nat(1000),
      }),
    )
    .map((rows) => [
      ...new Map<string, RegionRecord>(
        rows.map(({ region, status, streams }) => {
          if (status === 'counted') return [region, counted(region, streams)];
          return [region, status === 'failed' ? failed(region) : attempted(region)];
        }),
      ).values(),
    ]);

  test('is complete if and only if nothing is missing, and its parts always add up to the plan', () => {
    fc.assert(
      fc.property(anyRecords, (records) => {
        const total = totalOf(aRun(PLAN), records, DEADLINE_MS);
        expect(total.verdict === 'complete').toBe(total.missing.length === 0);
        expect(total.counted + total.missing.length).toBe(total.expected);
        expect(total.tally.streams).toBe(total.streams);
      }),
    );
  });

  test('does not depend on the order in which the records are read', () => {
    fc.assert(
      fc.property(anyRecords, (records) => {
        const forth = totalOf(aRun(PLAN), records, DEADLINE_MS);
        const back = totalOf(aRun(PLAN), [...records].reverse(), DEADLINE_MS);
        expect(sameTotal(forth, back)).toBe(true);
      }),
    );
  });
});

describe('of quotas a total', () => {
  const full = counted(IRELAND, 8, { quota: { from: 'applied', limit: 10 } });
  const ample = counted(VIRGINIA, 7, { quota: { from: 'default', limit: 10_000 } });
  const quotaOf = (run: Parameters<typeof settle>[0], percent: number) => {
    const settlement = settle(run, [full, ample, failed(OREGON)], EARLY, percent);
    return settlement.state === 'total' ? settlement.total.quota : undefined;
  };
  const QUOTA: TotalQuota = {
    alarmPercent: 80,
    highest: { region: IRELAND, percent: 80 },
    above: [IRELAND],
    unknown: [],
  };

  test('says which counted regions have reached the alarm that is set', () => {
    expect(quotaOf(aRun(PLAN), 80)).toEqual(QUOTA);
    expect(quotaOf(aRun(PLAN), 81)).toEqual({ ...QUOTA, alarmPercent: 81, above: [] });
  });

  test('keeps to the alarm that an earlier total of the run went by, whatever is set since', () => {
    const run = aRun(PLAN, { total: aStoredTotal({ quota: QUOTA }), pending: [] });
    expect(quotaOf(run, 20)).toEqual(QUOTA);
  });

  test('says nothing where nobody asked, and the rest is the same', () => {
    const bare = [counted(IRELAND, 8), counted(VIRGINIA, 7)];
    const { quota, ...total } = totalOf(aRun([IRELAND, VIRGINIA]), [full, ample], EARLY);
    expect(quota).toBeDefined();
    expect(totalOf(aRun([IRELAND, VIRGINIA]), bare, EARLY)).toEqual(total);
  });

  test('differs from another that says something else of them, and not from one that says nothing', () => {
    const other = { ...QUOTA, above: [] };
    expect(sameTotal(aTotal({ quota: QUOTA }), aTotal({ quota: other }))).toBe(false);
    expect(sameTotal(aTotal({ quota: QUOTA }), aTotal({ quota: { ...QUOTA } }))).toBe(true);
    expect(sameTotal(aTotal({ quota: QUOTA }), aTotal())).toBe(true);
    expect(sameTotal(aTotal(), aTotal({ quota: QUOTA }))).toBe(true);
  });
});

describe('two totals', () => {
  const gap = { region: OREGON, reason: 'throttled' } as const;
  const lastKnown = { runId: RUN_ID, streams: 5, countedAt: '2026-11-20T00:00:00.000Z' };

  test('say the same whatever was known of a missing region before, and whenever they were settled', () => {
    const stored = aStoredTotal({ missing: [{ ...gap, lastKnown }], rev: 7 });
    expect(sameTotal(stored, aTotal({ missing: [gap] }))).toBe(true);
  });

  test('say the same whatever the order of their keys, as after a visit to the ledger', () => {
    const forth = { a: 1, b: { c: [{ d: 1, e: 2 }], f: null }, g: 2 };
    const back = { g: 2, b: { f: null, c: [{ e: 2, d: 1 }] }, a: 1 };
    const total = (facets: object) => aTotal({ missing: [gap], tally: { streams: 1, facets } as unknown as Tally });
    expect(sameTotal(total(forth), total(back))).toBe(true);
    expect(sameTotal(total(forth), total({ ...back, a: 2 }))).toBe(false);
    expect(sameTotal(total(forth), total({ ...back, b: { f: null, c: [{ e: 1, d: 2 }] } }))).toBe(false);
  });

  test('differ in the order of a list', () => {
    const total = (types: string[]) => aTotal({ tally: { streams: 1, types } as unknown as Tally });
    expect(sameTotal(total(['a', 'b']), total(['b', 'a']))).toBe(false);
  });

  test.each<[string, Partial<Total>]>([
    ['the verdict', { verdict: 'partial' }],
    ['the number', { streams: 1 }],
    ['the regions expected', { expected: 1 }],
    ['the regions counted', { counted: 1 }],
    ['a gap', { missing: [gap] }],
    ['the tally', { tally: tallyOf(1) }],
    ['when the first region was counted', { firstCountedAt: '2026-11-20T06:00:00.000Z' }],
    ['when the last region was counted', { lastCountedAt: '2026-11-20T06:00:00.000Z' }],
  ])('differ in %s', (_what, changes) => {
    expect(sameTotal(aTotal(), aTotal(changes))).toBe(false);
  });

  test('differ in the reason of a gap, or in its region', () => {
    const total = aTotal({ missing: [gap] });
    expect(sameTotal(total, aTotal({ missing: [{ ...gap, reason: 'denied' }] }))).toBe(false);
    expect(sameTotal(total, aTotal({ missing: [{ ...gap, region: IRELAND }] }))).toBe(false);
  });
});
