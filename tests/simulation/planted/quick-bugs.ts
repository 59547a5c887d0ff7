/** Planted bugs of the quick try that a dark region gets: see bugs.ts. */
import type { RegionWorld, Trouble } from '../../judging/region-world.ts';
import type { Schedule } from '../schedule.ts';
import type { Bug } from './bugs.ts';

const QUICK_TRY = 'src/census/quick-try.ts';
const PUBLISH = 'src/census/publish.ts';
const DISPATCHER = 'src/functions/dispatching/account-run.ts';
const COUNTING = 'src/functions/counting/region.ts';

/** It is dark in three runs, and in the fourth if that begins before it answers. */
function afterThreeRuns(how: Trouble, until: number, more: Partial<Schedule> = {}): Schedule {
  const dark: RegionWorld = { region: 'us-east-1', streams: 7, pageSizes: [3], troubles: [{ how, until }] };
  const other: RegionWorld = { region: 'eu-west-1', streams: 5, pageSizes: [20] };
  return {
    seed: 1,
    regions: [other, dark],
    runs: [0, 2400, 4800, 7200],
    retries: [],
    faults: [],
    healAfterS: 14_400,
    ...more,
  };
}

const STILL = afterThreeRuns('drops-connection', 9000);

export const QUICK_BUGS: readonly Bug[] = [
  {
    name: 'two dark runs are enough for a quick try',
    caughtBy: 'Quick',
    schedule: STILL,
    edits: [{ file: QUICK_TRY, replace: 'DARK_RUNS = 3;', by: 'DARK_RUNS = 2;' }],
  },
  {
    name: 'no region ever gets a quick try',
    caughtBy: 'Quick',
    schedule: STILL,
    edits: [{ file: QUICK_TRY, replace: 'DARK_RUNS = 3;', by: 'DARK_RUNS = 30;' }],
  },
  {
    // The person opened the round, and did not live to publish its task; the dispatcher, triggered once more, does.
    name: 'what a person asks for gets a quick try, too',
    caughtBy: 'Quick',
    schedule: afterThreeRuns('drops-connection', 9000, {
      retries: [{ atS: 7500, run: 3 }],
      faults: [
        { kind: 'request', site: 'person.publishTasks', nth: 1, mishap: 'crash before' },
        { kind: 'trigger', nth: 3, how: 'twice', byS: 900 },
      ],
    }),
    edits: [
      { file: PUBLISH, replace: '!byPerson && dark.has(region)', by: 'dark.has(region)' },
      { file: DISPATCHER, replace: 'round > 0 || run.dispatchedRound === round', by: 'run.dispatchedRound === round' },
    ],
  },
  {
    name: 'every page of a quick try has to come as quickly as the first',
    caughtBy: 'Quick',
    // Three runs make 60 calls; the first of the fourth gets a page.
    schedule: afterThreeRuns('drops-connection', 7190, {
      faults: [{ kind: 'video', region: 1, nth: 62, calls: 1, trouble: 'hang' }],
    }),
    edits: [
      {
        file: QUICK_TRY,
        replace: 'if (!isFirst) return await listPage(request);',
        by: 'if (!isFirst) return await listPage({ ...request, timeLimitMs: limitMs });',
      },
    ],
  },
  {
    name: 'a quick try has the time of an ordinary call',
    caughtBy: 'Quick',
    schedule: afterThreeRuns('hang', 9000),
    edits: [{ file: QUICK_TRY, replace: '{ ...request, timeLimitMs }', by: 'request' }],
  },
  {
    name: 'a quick try asks for its page four times',
    caughtBy: 'Quick',
    schedule: STILL,
    edits: [
      {
        file: QUICK_TRY,
        replace: 'throw new CountError(error.reason, error.message, { cause: error.cause });',
        by: 'throw error;',
      },
    ],
  },
  {
    name: 'a task whose quick try failed comes back four times',
    caughtBy: 'Quick',
    schedule: STILL,
    edits: [{ file: COUNTING, replace: 'failedQuickTry(isQuick, reason, effort)', by: 'false' }],
  },
  {
    name: 'any task is over with its first call that fails',
    caughtBy: 'Quick',
    edits: [
      { file: QUICK_TRY, replace: 'isQuick && calls === 1', by: 'calls === 1 || isQuick' },
      { file: COUNTING, replace: 'isQuick ? quickTry', by: 'true ? quickTry' },
    ],
  },
  {
    name: 'a region whose quick try failed is recorded, and struck by nobody',
    caughtBy: 'Prompt',
    schedule: STILL,
    edits: [
      {
        file: COUNTING,
        replace: 'await conclude(deps, { ...base, status, ...failure }, run);',
        by: 'await deps.ledger.writeRecord({ ...base, status, ...failure }, run);',
      },
    ],
  },
];
