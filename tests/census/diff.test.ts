/** How the bounds come about, one rule at a time; tests/census/diff/worlds.test.ts holds them against whole worlds. */
import { type Bounds, diffRuns } from '../../src/census/diff.ts';
import type { CountedRecord } from '../../src/census/region.ts';
import type { Facets } from '../../src/census/tally.ts';
import { counted, KEY } from './examples.ts';

const [IRELAND, VIRGINIA] = ['eu-west-1', 'us-east-1'] as const;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The later run's instant, to which ages are counted. */
const NOW_MS = Date.parse('2026-11-20T06:00:00Z');
const instant = (agoMs: number) => new Date(NOW_MS - agoMs).toISOString();
const runIdAt = (agoMs: number) => `${instant(agoMs).slice(0, 19)}Z`;

type Ages = Partial<Facets['created']>;
type Listing = { streams: number; ages?: Ages; newest?: number; oldest?: number; fingerprint?: string };

/** A region as it was listed `agoMs` ago, for `tookMs`. */
function listed(
  agoMs: number,
  { streams, ages, newest, oldest, fingerprint = 'f' }: Listing,
  tookMs = 0,
): CountedRecord {
  const facets = ages && {
    created: { day: 0, week: 0, month: 0, older: 0, unknown: 0, ...ages },
    ...(newest !== undefined && { newestCreatedAt: instant(newest) }),
    ...(oldest !== undefined && { oldestCreatedAt: instant(oldest) }),
    fingerprint,
  };
  return counted(IRELAND, streams, {
    runId: runIdAt(agoMs),
    startedAt: instant(agoMs),
    endedAt: instant(agoMs - tookMs),
    tally: { streams, ...(facets && { facets: facets as unknown as Facets }) },
  });
}

const side = (...records: CountedRecord[]) => ({
  run: { runId: records[0]?.runId ?? KEY.runId, plan: records.map(({ region }) => region) },
  records,
});

const changeOf = (first: CountedRecord, second: CountedRecord) => diffRuns(side(first), side(second)).regions[0]!;

describe('The numbers of a diff', () => {
  test('are sums over the regions that both runs counted', () => {
    const two = (a: number, b: number, agoMs: number) =>
      side(listed(agoMs, { streams: a }), { ...listed(agoMs, { streams: b }), region: VIRGINIA });
    const diff = diffRuns(two(10, 5, DAY_MS), two(13, 1, 0));
    expect(diff).toMatchObject({
      net: -1,
      created: { atLeast: 3, atMost: 14 },
      gone: { atLeast: 4, atMost: 15 },
    });
    expect(diff.regions.map(({ net }) => net)).toEqual([3, -4]);
  });
});

describe('Whether the very same streams were there', () => {
  test.each<[string, boolean | null, Listing, Listing]>([
    ['is no, if there were more', false, { streams: 1, ages: {} }, { streams: 2, ages: {} }],
    ['is yes, if there were none', true, { streams: 0 }, { streams: 0 }],
    ['is yes, if the fingerprints are equal', true, { streams: 2, ages: {} }, { streams: 2, ages: {} }],
    ['is no, if they differ', false, { streams: 2, ages: {}, fingerprint: 'g' }, { streams: 2, ages: {} }],
    ['is not known without the first fingerprint', null, { streams: 2 }, { streams: 2, ages: {} }],
    ['is not known without the second fingerprint', null, { streams: 2, ages: {} }, { streams: 2 }],
  ])('%s', (_sentence, same, before, after) => {
    expect(changeOf(listed(DAY_MS, before), listed(0, after)).same).toBe(same);
  });

  test('is yes for a run and itself, even without a fingerprint', () => {
    const record = listed(0, { streams: 2 });
    expect(changeOf(record, record)).toMatchObject({ same: true, created: { atLeast: 0, atMost: 0 } });
  });

  test('yes means that nothing came and nothing went, whatever the ages say', () => {
    const same = { streams: 2, ages: { day: 2 } };
    const none = { atLeast: 0, atMost: 0 };
    expect(changeOf(listed(DAY_MS, same), listed(0, same))).toMatchObject({ same: true, created: none, gone: none });
  });
});

describe('Streams that were created since', () => {
  /** Created between a listing of 10 streams, an hour long, and one of 10 others. */
  const created = (agoMs: number, after: Omit<Listing, 'streams'>): Bounds =>
    changeOf(listed(agoMs, { streams: 10, ages: {}, fingerprint: 'g' }, HOUR_MS), listed(0, { streams: 10, ...after }))
      .created;

  test('are at least one and at most all, if as many are there but not the same', () => {
    expect(created(3 * DAY_MS, { ages: { unknown: 10 } })).toEqual({ atLeast: 1, atMost: 10 });
  });

  test('are at least those of an age class that began after the earlier listing had ended', () => {
    expect(created(3 * DAY_MS, { ages: { day: 4, older: 6 } })).toEqual({ atLeast: 4, atMost: 4 });
    expect(created(8 * DAY_MS, { ages: { day: 1, week: 2, older: 7 } })).toEqual({ atLeast: 3, atMost: 3 });
    expect(created(31 * DAY_MS, { ages: { day: 1, week: 2, month: 3, older: 4 } })).toMatchObject({ atLeast: 6 });
  });

  test('are at most those of an age class that began before the earlier listing did, and those of unknown age', () => {
    expect(created(2 * DAY_MS, { ages: { day: 2, week: 3, unknown: 1, older: 4 } })).toEqual({ atLeast: 2, atMost: 6 });
  });

  test('may or may not be in a listing during which their class began', () => {
    const during = DAY_MS + HOUR_MS / 2;
    expect(created(during, { ages: { day: 4, older: 6 } })).toEqual({ atLeast: 1, atMost: 4 });
    expect(created(DAY_MS + HOUR_MS, { ages: { day: 4, older: 6 } })).toEqual({ atLeast: 1, atMost: 4 });
    expect(created(DAY_MS, { ages: { day: 4, older: 6 } })).toEqual({ atLeast: 1, atMost: 4 });
    expect(created(DAY_MS - HOUR_MS, { ages: { day: 4, older: 6 } })).toEqual({ atLeast: 1, atMost: 4 });
  });

  test('include the newest, if it is newer than the earlier listing; with as many as before that is known anyway', () => {
    const change = changeOf(
      listed(12 * HOUR_MS, { streams: 12, ages: {} }, HOUR_MS),
      listed(0, { streams: 10, ages: { day: 10 }, newest: HOUR_MS }),
    );
    expect(change.created).toEqual({ atLeast: 1, atMost: 10 });
    const before = changeOf(
      listed(12 * HOUR_MS, { streams: 12, ages: {} }, HOUR_MS),
      listed(0, { streams: 10, ages: { day: 10 }, newest: 11 * HOUR_MS }),
    );
    expect(before.created).toEqual({ atLeast: 0, atMost: 10 });
  });

  test('are at most those of unknown age, if the newest is older than the earlier listing', () => {
    const older = (newest: number) =>
      changeOf(
        listed(12 * HOUR_MS, { streams: 12, ages: {} }, HOUR_MS),
        listed(0, { streams: 10, ages: { day: 8, unknown: 2 }, newest }),
      ).created;
    expect(older(13 * HOUR_MS)).toEqual({ atLeast: 0, atMost: 2 });
    expect(older(12 * HOUR_MS)).toEqual({ atLeast: 0, atMost: 10 });
  });

  test('are not told by instants that contradict the numbers: more came than can have been made since', () => {
    const change = changeOf(
      listed(12 * HOUR_MS, { streams: 10, ages: {} }, HOUR_MS),
      listed(0, { streams: 15, ages: { older: 15 }, newest: 13 * HOUR_MS }),
    );
    expect(change.created).toEqual({ atLeast: 5, atMost: 15 });
    expect(change.gone).toEqual({ atLeast: 0, atMost: 10 });
  });

  test('are all whose age is known, if the oldest is newer than the earlier listing', () => {
    const newer = (oldest: number) =>
      changeOf(
        listed(12 * HOUR_MS, { streams: 12, ages: {} }, HOUR_MS),
        listed(0, { streams: 10, ages: { day: 8, unknown: 2 }, oldest }),
      ).created;
    expect(newer(10 * HOUR_MS)).toEqual({ atLeast: 8, atMost: 10 });
    expect(newer(11 * HOUR_MS)).toEqual({ atLeast: 0, atMost: 10 });
  });
});

describe('The earlier of two listings', () => {
  test('is the one that began first, although its run came later: a retry counts late', () => {
    const late = { ...listed(0, { streams: 3, ages: { day: 3 } }), runId: runIdAt(DAY_MS) };
    const early = listed(2 * HOUR_MS, { streams: 1, ages: { older: 1 } });
    const { created, gone } = changeOf(late, early);
    expect(created).toEqual({ atLeast: 0, atMost: 1 });
    expect(gone).toEqual({ atLeast: 2, atMost: 3 });
  });

  test('is the one of the earlier run, if both began at once', () => {
    const at = (runId: string, streams: number) => ({
      ...listed(0, { streams, ages: { day: streams }, newest: -1, oldest: -1 }),
      runId,
    });
    const [first, second] = [at(runIdAt(DAY_MS), 1), at(runIdAt(0), 3)];
    expect(changeOf(first, second).created).toEqual({ atLeast: 3, atMost: 3 });
    expect(changeOf(second, first).gone).toEqual({ atLeast: 3, atMost: 3 });
  });
});

describe('What the later of two counts says of the earlier one', () => {
  const earlier = listed(DAY_MS, { streams: 10, ages: {} });
  const later = (agoMs: number) => ({
    ...listed(0, { streams: 12, ages: { day: 9 } }),
    churn: { against: runIdAt(agoMs), created: 5, gone: 3 },
  });
  const exactly = (number: number) => ({ atLeast: number, atMost: number });

  test('is what came and what went, exactly', () => {
    expect(changeOf(earlier, later(DAY_MS))).toMatchObject({ net: 2, created: exactly(5), gone: exactly(3) });
  });

  test('holds the other way round as well', () => {
    expect(changeOf(later(DAY_MS), earlier)).toMatchObject({ net: -2, created: exactly(3), gone: exactly(5) });
  });

  test('says nothing of a run before that one', () => {
    expect(changeOf(earlier, later(2 * DAY_MS))).toMatchObject({ created: { atLeast: 2, atMost: 9 } });
  });
});
