import { CountError, REASONS } from '../../src/census/errors.ts';
import type { PageRequest } from '../../src/census/ports.ts';
import {
  DARK_RUNS,
  darkRegions,
  failedQuickTry,
  isQuickTry,
  maySayDark,
  quickTry,
} from '../../src/census/quick-try.ts';
import type { Missing } from '../../src/census/run.ts';
import { aRun, aStoredTotal, aTask, KEY } from './examples.ts';

const IRELAND = 'eu-west-1';
const VIRGINIA = 'us-east-1';

describe('a region is dark', () => {
  const missing = (region: string, dark?: number): Missing => ({
    region,
    reason: 'timed-out',
    ...(dark !== undefined && { dark }),
  });
  const settled = (...gaps: Missing[]) => aRun([IRELAND, VIRGINIA], { total: aStoredTotal({ missing: gaps }) });
  const open = aRun([IRELAND, VIRGINIA]);

  test.each([
    ['after three runs in a row without a page', [settled(missing(IRELAND, 3))], [IRELAND]],
    ['after more of them', [settled(missing(IRELAND, 40), missing(VIRGINIA, 2))], [IRELAND]],
    ['and so may others be', [settled(missing(IRELAND, 3), missing(VIRGINIA, 3))], [IRELAND, VIRGINIA]],
    ['not after two', [settled(missing(IRELAND, 2))], []],
    ['not if it is missing for another reason', [settled(missing(IRELAND))], []],
    ['by the newest run that has a total', [open, settled(missing(IRELAND, 3)), settled()], [IRELAND]],
    ['not by an older one', [settled(), settled(missing(IRELAND, 3))], []],
    ['by no run that is not over', [open], []],
    ['by no run at all', [], []],
  ])('%s', (_what, earlier, regions) => {
    expect([...darkRegions(earlier)]).toEqual(regions);
  });

  test('after as many runs as the docs say', () => {
    expect(DARK_RUNS).toBe(3);
  });
});

describe('the quick try', () => {
  const PAGE = { streams: [] };
  const cause = new Error('ECONNREFUSED');

  /** Calls as often as there are outcomes; gives the requests, and what each call came to. */
  async function call(outcomes: readonly (CountError | Error | undefined)[], request: PageRequest = {}) {
    const asked: PageRequest[] = [];
    const listPage = quickTry(async (one) => {
      asked.push(one);
      const error = outcomes[asked.length - 1];
      if (error !== undefined) throw error;
      return PAGE;
    }, 5000);
    const came = [];
    for (const _ of outcomes) came.push(await listPage(request).catch((error: unknown) => error));
    return { asked, came };
  }

  test('limits the first call, and no other', async () => {
    const { asked, came } = await call([undefined, undefined, undefined], { prefix: 'a', timeLimitMs: 60_000 });
    expect(asked.map(({ timeLimitMs }) => timeLimitMs)).toEqual([5000, 60_000, 60_000]);
    expect(asked.map(({ prefix }) => prefix)).toEqual(['a', 'a', 'a']);
    expect(came).toEqual([PAGE, PAGE, PAGE]);
  });

  test('limits a call that has no other limit', async () => {
    expect((await call([undefined])).asked).toEqual([{ timeLimitMs: 5000 }]);
  });

  test('gives no call more time than it had', async () => {
    expect((await call([undefined], { timeLimitMs: 800 })).asked).toEqual([{ timeLimitMs: 800 }]);
  });

  test.each(['unreachable', 'timed-out'] as const)('is the last one if it is %s, and says why', async (reason) => {
    const error = new CountError(reason, 'Why.', { retryable: true, cause });
    const [first] = (await call([error])).came;
    expect(first).toBeInstanceOf(CountError);
    expect(first).toMatchObject({ reason, message: 'Why.', retryable: false, cause });
  });

  test('is like any other call if it fails otherwise', async () => {
    const throttled = new CountError('throttled', 'Too fast.', { retryable: true });
    const bug = new TypeError('undefined is not a function');
    for (const error of [throttled, bug]) expect((await call([error])).came).toEqual([error]);
  });

  test('is over with the first call: what fails later may be tried again', async () => {
    const late = new CountError('timed-out', 'Too slow.', { retryable: true });
    const { came } = await call([undefined, late]);
    expect(came[1]).toBe(late);
  });
});

describe('a quick try has failed', () => {
  const once = { pages: 0, calls: 1, ms: 5000 };

  test.each(REASONS)(
    'for good if its one call ended as unreachable or timed-out, and not as %s otherwise',
    (reason) => {
      expect(failedQuickTry(true, reason, once)).toBe(['unreachable', 'timed-out'].includes(reason));
    },
  );

  test('not if there was more than the one call', () => {
    expect(failedQuickTry(true, 'timed-out', { pages: 1, calls: 5, ms: 40_000 })).toBe(false);
    expect(failedQuickTry(true, 'timed-out', { pages: 0, calls: 4, ms: 40_000 })).toBe(false);
  });

  test('not if it was none', () => {
    expect(failedQuickTry(false, 'timed-out', once)).toBe(false);
  });
});

describe('A region of an account of an organisation', () => {
  const OTHERS = ['100000000001', '100000000002', '100000000003'];
  const run = aRun([IRELAND], { parent: { position: 0, round: 0, expiresAt: 1_800_000_000 } });
  const task = aTask(IRELAND);

  test('gets a quick try once three others got no page of it', () => {
    expect(isQuickTry(task, run, OTHERS.slice(1))).toBe(false);
    expect(isQuickTry(task, run, OTHERS)).toBe(true);
    expect(isQuickTry(task, run)).toBe(false);
  });

  test('gets all of its tries if the account is one of these three: somebody sees whether the region comes back', () => {
    expect(isQuickTry(task, run, [KEY.censusId, ...OTHERS.slice(1)])).toBe(false);
    const channels = { ...task, censusId: `${KEY.censusId}/channels` };
    expect(isQuickTry(channels, run, [KEY.censusId, ...OTHERS.slice(1)])).toBe(false);
  });

  test('gets a quick try by what its own earlier runs say, whatever others do', () => {
    expect(isQuickTry({ ...task, quick: true }, aRun([IRELAND]))).toBe(true);
    expect(isQuickTry({ ...task, quick: true }, run, [KEY.censusId])).toBe(true);
  });

  test('learns nothing from others if a person asked, or it is part of no organisation', () => {
    expect(isQuickTry({ ...task, round: 1 }, { ...run, round: 1 }, OTHERS)).toBe(false);
    expect(isQuickTry(task, { ...run, parent: { position: 0, round: 1, expiresAt: 1_800_000_000 } }, OTHERS)).toBe(
      false,
    );
    expect(isQuickTry(task, aRun([IRELAND]), OTHERS)).toBe(false);
  });

  test('tells the others while it is of use to them', () => {
    expect(maySayDark(task, run)).toBe(true);
    expect(maySayDark(task, run, OTHERS.slice(1))).toBe(true);
    expect(maySayDark(task, run, OTHERS)).toBe(false);
    expect(maySayDark(task, run, [KEY.censusId])).toBe(false);
    expect(maySayDark({ ...task, round: 1 }, { ...run, round: 1 })).toBe(false);
    expect(maySayDark(task, aRun([IRELAND]))).toBe(false);
  });
});
