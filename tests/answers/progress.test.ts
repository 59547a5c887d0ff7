import { NoAnswer } from '../../src/answers/no-answer.ts';
import { refuseOverdue, soFarOf } from '../../src/answers/progress.ts';
import { runOf } from '../../src/answers/run.ts';
import { history, type Past } from '../cli/history.ts';

const [{ run, records }] = [...history({ runs: 1, isMissing: () => false })] as [Past];
const { total, ...open } = run;

test('what is known so far is there before there is a total, and is the total once all are counted', () => {
  const atMs = Date.parse(run.openedAt);
  const some = runOf({ run: open, records: records.slice(0, 2) }, atMs).regions;
  expect(soFarOf(some)).toEqual({ counted: 2, streams: some.reduce((sum, { streams }) => sum + (streams ?? 0), 0) });
  expect(soFarOf(runOf({ run, records }, atMs).regions)).toEqual({ counted: 19, streams: total?.streams });
});

test('a run is waited for until three sweeps after its deadline, and no longer', () => {
  const lastMs = Date.parse(run.deadlineAt) + 15 * 60_000;
  expect(() => refuseOverdue(open, lastMs, 1)).not.toThrow();
  expect(() => refuseOverdue(open, lastMs + 1, 1)).toThrow(NoAnswer);
  // Where every wait is divided by ten, so is this one.
  expect(() => refuseOverdue(open, Date.parse(run.deadlineAt) + 90_001, 10)).toThrow(NoAnswer);
});
