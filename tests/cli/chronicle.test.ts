/** A run as it is told while it progresses: the lines, in their order, and what is said when nothing happens. */
import { runOf } from '../../src/answers/run.ts';
import type { RegionRecord } from '../../src/census/region.ts';
import type { Run } from '../../src/census/run.ts';
import { makeChronicle, regionTeller } from '../../src/cli/chronicle.ts';
import { makeAttempts } from '../../src/cli/local/attempts.ts';
import { ACCOUNT, counted, failed, settled } from './history.ts';

const RUN_ID = '2026-11-20T06:00:00Z';
const KEY = { censusId: ACCOUNT, runId: RUN_ID };
const AWS = { timeScale: 1 };
const at = (seconds: number) => Date.parse(RUN_ID) + seconds * 1000;
const instant = (seconds: number) => new Date(at(seconds)).toISOString();

/** A run of three regions that waits for what is pending. */
function open(pending: string[], changes: Partial<Run> = {}): Run {
  const plan = ['eu-west-1', 'me-south-1', 'us-east-1'];
  const {
    total: _,
    announcedRev: __,
    ...run
  } = settled(
    KEY,
    plan.map((region) => counted(KEY, region, 1)),
  );
  return { ...run, pending, sweep: 'OPEN', ...changes };
}

const tried = (region: string, seconds: number): RegionRecord => ({
  ...KEY,
  region,
  round: 0,
  status: 'attempted',
  reason: 'timed-out',
  recordedAt: instant(seconds),
});

const countedAt = (region: string, seconds: number, round = 0): RegionRecord => ({
  ...counted(KEY, region, 7),
  round,
  recordedAt: instant(seconds),
});

const look = (run: Run, records: RegionRecord[], seconds: number) => runOf({ run, records }, at(seconds));

test('tells in the order in which things happened, each once', () => {
  const chronicle = makeChronicle(regionTeller(AWS), { isRoundTold: false });
  const run = open(['me-south-1']);
  const records = [countedAt('eu-west-1', 9), countedAt('us-east-1', 3)];
  expect(chronicle.linesOf(look(run, records, 10), at(10))).toEqual([
    '06:00:00  run 2026-11-20T06:00:00Z is open: 3 regions',
    '06:00:03  us-east-1 counted: 7 streams, 1 page, 1 call, 0.2 s',
    '06:00:09  eu-west-1 counted: 7 streams, 1 page, 1 call, 0.2 s',
  ]);
  expect(chronicle.linesOf(look(run, records, 11), at(11))).toEqual([]);
  const lines = (seconds: number) =>
    chronicle.linesOf(look(run, [...records, tried('me-south-1', seconds)], seconds), at(seconds));
  expect(lines(12)).toEqual(['06:00:12  me-south-1 tried: timed-out; will be tried again']);
  // Another attempt that fails in the same way is another event.
  expect(lines(13)).toEqual(['06:00:13  me-south-1 tried once more: timed-out; will be tried again']);
  expect(lines(13)).toEqual([]);
});

test('where nothing happens, it tells what is waited for and until when, ever less often', () => {
  const chronicle = makeChronicle(regionTeller(AWS), { isRoundTold: false });
  const run = open(['eu-west-1', 'me-south-1'], { deadlineAt: '2026-11-20T07:30:00.000Z' });
  const toldAt: number[] = [];
  const told: string[] = [];
  for (let seconds = 1; seconds <= 3600; seconds++) {
    const lines = chronicle.linesOf(look(run, [countedAt('us-east-1', 1)], seconds), at(seconds));
    if (lines.length > 0) toldAt.push(seconds);
    told.push(...lines);
  }
  expect(toldAt.slice(0, 10)).toEqual([1, 6, 16, 36, 76, 156, 316, 616, 916, 1216]);
  expect(told.slice(2, 4)).toEqual([
    '06:00:06  waiting for eu-west-1 and me-south-1 (1 of 3 regions counted); the run settles by 07:30:00, within 90 min',
    '06:00:16  waiting for eu-west-1 and me-south-1 (1 of 3 regions counted); the run settles by 07:30:00, within 90 min',
  ]);
});

test('in the time of AWS and of this clock, where every wait is divided', () => {
  const attempts = makeAttempts(ACCOUNT, [750, 3000, 12_000, 30_000]);
  const chronicle = makeChronicle(regionTeller({ timeScale: 40, waitAfter: attempts.waitAfter('streams') }), {
    isRoundTold: false,
  });
  const run = open(['me-south-1'], { deadlineAt: '2026-11-20T06:02:15.900Z' });
  const linesAt = (seconds: number, triedAt: number) =>
    chronicle.linesOf(look(run, [tried('me-south-1', triedAt)], seconds), at(seconds));
  const fail = (receives: number) =>
    attempts.note(JSON.stringify({ message: 'region not counted', censusId: ACCOUNT, region: 'me-south-1', receives }));
  fail(1);
  expect(linesAt(2, 2)).toEqual([
    '06:00:00  run 2026-11-20T06:00:00Z is open: 3 regions',
    "06:00:02  me-south-1 tried: timed-out; will be tried again by 06:00:03, within 1 s (30 s of AWS's time)",
  ]);
  // The second attempt was killed, so that nobody recorded it.
  fail(3);
  expect(linesAt(14, 14)).toEqual([
    "06:00:14  me-south-1 tried once more: timed-out; will be tried again by 06:00:26, within 12 s (8 min of AWS's time)",
  ]);
  expect(linesAt(20, 14)).toEqual([
    "06:00:20  waiting for me-south-1 (0 of 3 regions counted); the run settles by 06:02:16, within 116 s (78 min of AWS's time)",
  ]);
  fail(5);
  expect(linesAt(40, 40)).toEqual(['06:00:40  me-south-1 tried once more: timed-out; that was the last attempt']);
});

test('before the run is open, after its deadline and before its total', () => {
  const of = (run: Run | undefined, records: RegionRecord[], seconds: number) => {
    const chronicle = makeChronicle(regionTeller(AWS), { isRoundTold: false });
    const answer = run && look(run, records, seconds);
    chronicle.linesOf(answer, at(seconds));
    return chronicle.linesOf(answer, at(seconds + 5));
  };
  expect(of(undefined, [], 0)).toEqual(['06:00:05  waiting for the dispatcher to open the run']);
  expect(of(open(['me-south-1']), [], 5401)).toEqual([
    '07:30:06  waiting for the sweep to settle the run, within 5 min',
  ]);
  expect(of(open([]), [countedAt('us-east-1', 1)], 10)).toEqual([
    '06:00:15  every region has answered; waiting for the total',
  ]);
});

describe('A run that is asked again', () => {
  const old = [countedAt('eu-west-1', 2), failed(KEY, 'me-south-1'), countedAt('us-east-1', 3)];
  const run = { ...settled(KEY, old), round: 1, pending: ['me-south-1'], sweep: 'OPEN' as const };
  const again = countedAt('me-south-1', 4000, 1);
  const records = [...old.filter(({ region }) => region !== 'me-south-1'), again];
  const done = { ...settled(KEY, records), round: 1 };

  test('is told from its beginning to who comes to it', () => {
    const chronicle = makeChronicle(regionTeller(AWS), { isRoundTold: false });
    expect(chronicle.linesOf(look(run, old, 3900), at(3900))).toEqual([
      '06:00:00  run 2026-11-20T06:00:00Z is open: 3 regions',
      '06:00:02  eu-west-1 counted: 7 streams, 1 page, 1 call, 0.2 s',
      '06:00:03  us-east-1 counted: 7 streams, 1 page, 1 call, 0.2 s',
      '06:30:30  me-south-1 failed: throttled',
      '06:30:30  total: 14 streams in 2 of 3 regions, partial',
      '06:30:30  asked again (round 1): me-south-1',
    ]);
    expect(chronicle.linesOf(look(done, records, 4001), at(4001))).toEqual([
      '07:06:40  me-south-1 counted: 7 streams, 1 page, 1 call, 0.2 s',
      '07:06:40  total: 21 streams in 3 of 3 regions, complete',
    ]);
  });

  test('is told from this round on to who asked', () => {
    const chronicle = makeChronicle(regionTeller(AWS), { isRoundTold: true });
    expect(chronicle.linesOf(look(run, old, 3900), at(3900))).toEqual([]);
    expect(chronicle.linesOf(look(done, records, 4001), at(4001))).toHaveLength(2);
  });

  test('is told from this round on, however fast that was', () => {
    const chronicle = makeChronicle(regionTeller(AWS), { isRoundTold: true });
    expect(chronicle.linesOf(look(done, records, 4001), at(4001))).toEqual([
      '07:06:40  me-south-1 counted: 7 streams, 1 page, 1 call, 0.2 s',
      '07:06:40  total: 21 streams in 3 of 3 regions, complete',
    ]);
  });
});
