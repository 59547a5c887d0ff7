import { standingOf } from '../../src/census/standing.ts';
import { ACCOUNT, aRun, aTask, attempted, counted, DEADLINE, DEADLINE_MS, failed } from './examples.ts';

const [IRELAND, VIRGINIA, OREGON] = ['eu-west-1', 'us-east-1', 'us-west-2'] as const;
const RUN = aRun([IRELAND, VIRGINIA], { round: 1 });
const DAY_MS = 86_400_000;
const EARLY = { accountId: ACCOUNT, nowMs: DEADLINE_MS, partialSweepMs: DAY_MS };
const LATE = { ...EARLY, nowMs: DEADLINE_MS + DAY_MS };
const ODD = 9e15;

describe('a task', () => {
  test.each([
    ['is for another account', aTask(IRELAND, { censusId: '999999999999' }), { run: RUN }, 'other-account'],
    ['is of no run', aTask(IRELAND), {}, 'no-such-run'],
    ['is for a region that its run did not plan', aTask(OREGON), { run: RUN }, 'not-planned'],
    ['is of a round that its run never opened', aTask(IRELAND, { round: 2 }), { run: RUN }, 'no-such-round'],
    ['is of an absurd round', aTask(IRELAND, { round: ODD }), { run: RUN }, 'no-such-round'],
  ])('that %s is refused, also where its record says counted, and however late it is', (_what, task, known, why) => {
    for (const judge of [EARLY, LATE]) {
      expect(standingOf(task, known, judge)).toEqual({ is: 'refused', why });
      expect(standingOf(task, { ...known, record: counted(task.region, 7) }, judge)).toEqual({ is: 'refused', why });
    }
  });

  test('for another account is wanted if its run is part of an organisation’s, which no message can say of itself', () => {
    const [task, run] = [
      aTask(IRELAND, { censusId: '999999999999' }),
      { ...RUN, censusId: '999999999999', parent: { position: 3, round: 0, expiresAt: 1_800_000_000 } },
    ];
    expect(standingOf(task, { run }, EARLY)).toEqual({ is: 'wanted', run });
    const forged = { ...task, parent: run.parent };
    expect(standingOf(forged, { run: { ...RUN, censusId: '999999999999' } }, EARLY)).toEqual({
      is: 'refused',
      why: 'other-account',
    });
    expect(standingOf(forged, {}, EARLY)).toEqual({ is: 'refused', why: 'other-account' });
  });

  test('of a region that was counted is done with, however late it is', () => {
    const record = counted(IRELAND, 7);
    for (const judge of [EARLY, LATE])
      expect(standingOf(aTask(IRELAND), { run: RUN, record }, judge)).toEqual({ is: 'counted', run: RUN, record });
  });

  test.each([0, 1])('of any round up to that of its run is wanted, with what is known of its region (%d)', (round) => {
    const task = aTask(IRELAND, { round });
    expect(standingOf(task, { run: RUN }, EARLY)).toEqual({ is: 'wanted', run: RUN });
    for (const record of [failed(IRELAND), attempted(IRELAND, { round: 1 })])
      expect(standingOf(task, { run: RUN, record }, EARLY)).toEqual({ is: 'wanted', run: RUN, record });
  });

  test('counts until a day after its deadline, and not a millisecond longer', () => {
    expect(standingOf(aTask(IRELAND), { run: RUN }, { ...LATE, nowMs: LATE.nowMs - 1 }).is).toBe('wanted');
    expect(standingOf(aTask(IRELAND), { run: RUN }, LATE).is).toBe('late');
  });

  test('of a round that is over for good is late, also in a run that was asked again since', () => {
    const later = { ...RUN, deadlineAt: '2026-12-24T00:00:00.000Z' };
    expect(standingOf(aTask(IRELAND), { run: later }, LATE).is).toBe('late');
    expect(standingOf(aTask(IRELAND, { round: 1, deadlineAt: later.deadlineAt }), { run: later }, LATE).is).toBe(
      'wanted',
    );
  });

  test('cannot say itself that it counts for longer than its run does', () => {
    const forged = aTask(IRELAND, { deadlineAt: '2099-01-01T00:00:00Z' });
    expect(standingOf(forged, { run: RUN }, LATE).is).toBe('late');
    expect(RUN.deadlineAt).toBe(DEADLINE);
  });

  test('is judged as if a record that its run never asked for were not there', () => {
    const record = failed(IRELAND, { round: ODD });
    expect(standingOf(aTask(IRELAND), { run: RUN, record }, EARLY)).toEqual({ is: 'wanted', run: RUN });
  });
});
