/** What `npm start` says at its end, and what of that is the answer's and what the local world's. */
import { type ComparedRun, comparedRunOf } from '../../../src/answers/compared-run.ts';
import { localResult, printResult, type Truth } from '../../../src/cli/local/result.ts';
import { type KindOutcome, localResults, printOverview } from '../../../src/cli/local/told.ts';
import { makeView } from '../../../src/cli/render/text.ts';
import { ACCOUNT, history } from '../history.ts';
import { NOW_MS } from '../world.ts';

const REGIONS = ['eu-west-1', 'me-south-1'];
const VIEW = makeView({ width: 160, colour: false });

/** The newest of some runs of two regions, compared with the one before it if there is one. */
function compared(runs: number, missing: string[] = []): ComparedRun {
  const isMissing = (n: number, region: string) => n === runs - 1 && missing.includes(region);
  const past = [...history({ runs, regions: REGIONS, isMissing })].slice(-2);
  const newest = past.at(-1);
  if (newest === undefined) throw new Error('There is no run.');
  const earlier = past.slice(0, -1);
  return comparedRunOf(
    newest,
    earlier.map(({ run }) => run),
    earlier,
    NOW_MS,
  );
}

const linesOf = (answer: ComparedRun, truth?: Truth) =>
  printResult(localResult(answer, ACCOUNT, truth), answer, truth, VIEW)
    .split('\n')
    .slice(-5);

test('a gap is no zero, and what it holds is not in the number', () => {
  const answer = compared(2, ['me-south-1']);
  expect(localResult(answer, ACCOUNT)).toEqual({
    runId: '2026-11-20T06:00:00Z',
    accountId: ACCOUNT,
    verdict: 'partial',
    total: 137,
    expected: 2,
    counted: 1,
    missing: [{ region: 'me-south-1', reason: 'unreachable' }],
    regions: [
      { region: 'eu-west-1', status: 'counted', streams: 137, pages: 1, calls: 1, ms: 180 },
      { region: 'me-south-1', status: 'failed', streams: null, pages: 0, calls: 0, ms: 0, reason: 'unreachable' },
    ],
    previous: { runId: '2026-11-20T05:30:00Z', total: 676 },
  });
  expect(linesOf(answer)).toEqual([
    '137 streams in 1 of 2 regions: partial (run 2026-11-20T06:00:00Z)',
    '  missing: me-south-1 (unreachable); what it holds is unknown, not zero',
    '-539 streams against the last complete run, 2026-11-20T05:30:00Z (676):',
    '   +17  really changed: eu-west-1 +17',
    '  -556  not visible now: me-south-1 (unreachable since 2026-11-20T06:00)',
  ]);
});

test.each([
  ['exact', 676, { all: 676, counted: 676, elsewhere: 0 }, 'holds 676 streams there: the total is exact.'],
  ['wrong', 676, { all: 677, counted: 677, elsewhere: 0 }, 'holds 677 streams there: the total is WRONG.'],
])('a total that is %s is called so', (_what, total, truth, sentence) => {
  const answer = compared(1);
  expect(answer.run.streams).toBe(total);
  expect(linesOf(answer, truth).slice(-2)).toEqual([
    'No earlier run to compare with.',
    `The local Kinesis Video ${sentence}`,
  ]);
});

test('of a partial total it is told how much is elsewhere', () => {
  const truth = { all: 1676, counted: 120, elsewhere: 1556 };
  expect(linesOf(compared(1, ['me-south-1']), truth).at(-1)).toBe(
    'The local Kinesis Video holds 1,676 streams: 1,556 are where nothing was counted.',
  );
  expect(linesOf(compared(1, ['me-south-1']), { all: 121, counted: 120, elsewhere: 1 }).at(-1)).toBe(
    'The local Kinesis Video holds 121 streams: 1 is where nothing was counted.',
  );
  expect(localResult(compared(1, ['me-south-1']), ACCOUNT, truth)).toMatchObject({ truth: 1676 });
});

describe('Of several kinds', () => {
  const whole: KindOutcome = { kind: 'streams', result: localResult(compared(1), ACCOUNT) };
  const partial: KindOutcome = { kind: 'channels', result: localResult(compared(1, ['me-south-1']), ACCOUNT) };
  const none: KindOutcome = { kind: 'channels', error: 'The dispatcher could not open the run.' };

  test('each is printed in its own words', () => {
    const answer = compared(1);
    const truth = { all: 676, counted: 676, elsewhere: 0 };
    const text = printResult(localResult(answer, ACCOUNT, truth), answer, truth, { ...VIEW, kind: 'channels' });
    expect(text).toMatch(/^region +status +channels +pages/);
    expect(text).toContain('676 channels in 2 of 2 regions: complete');
    expect(text).toContain('The local AWS holds 676 channels there: the total is exact.');
  });

  test('each has its number and its verdict on one line', () => {
    const lines = (outcomes: KindOutcome[]) => printOverview(outcomes, VIEW).split('\n');
    expect(lines([whole, partial])).toEqual([
      'kind      number  regions  verdict',
      'streams      676   2 of 2  complete',
      'channels     120   1 of 2  partial',
    ]);
    expect(lines([whole, none]).at(-1)).toMatch(/^channels +not counted: The dispatcher could not open the run\.$/);
  });

  test('the document holds each, and the worst verdict', () => {
    expect(localResults([whole, whole], ACCOUNT)).toMatchObject({
      runId: '2026-11-20T06:00:00Z',
      accountId: ACCOUNT,
      verdict: 'complete',
      kinds: [{ kind: 'streams', total: 676 }, { total: 676 }],
    });
    expect(localResults([whole, partial], ACCOUNT).verdict).toBe('partial');
    expect(localResults([whole, none], ACCOUNT)).toMatchObject({
      verdict: null,
      kinds: [{ kind: 'streams' }, { kind: 'channels', error: 'The dispatcher could not open the run.' }],
    });
  });
});
