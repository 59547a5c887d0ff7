/** Planted bugs of the ledger's bookkeeping: see bugs.ts. */
import type { Schedule } from '../schedule.ts';
import type { Bug } from './bugs.ts';

const STANDING = 'src/census/standing.ts';
const ITEMS = 'src/aws/items.ts';
const EXPRESSIONS = 'src/aws/expressions.ts';
const READ_ITEMS = 'src/aws/read-items.ts';
const WORKER = 'src/functions/worker.ts';
const COUNTING = 'src/functions/counting/region.ts';
const UNDELIVERED = 'src/functions/undelivered.ts';
const TOPIC = 'src/aws/topic.ts';
const LOOK_BACK = 'src/census/look-back.ts';
const AGGREGATOR = 'src/functions/aggregator.ts';
const SETTLE_RUN = 'src/functions/settling/settle-run.ts';
const SETTLED_ACCOUNT = 'src/functions/settling/account-run.ts';

const DAY_S = 86_400;
const calm = { seed: 1, runs: [0], retries: [], healAfterS: 0 };
const region = { region: 'eu-west-1', streams: 5, pageSizes: [20] };
const closed = { ...region, troubles: [{ how: 'not-enabled', until: 'never' } as const] };

/** A count that nobody struck lies behind more partial runs than one sweep has time for. */
const behind = (runs: number): Schedule => ({
  ...calm,
  regions: [closed],
  faults: [
    { kind: 'crowd', runs },
    { kind: 'latecomer', atS: 3000 },
  ],
});

/** Of three runs only the first counts the region. */
const lastCountedByTheFirst: Schedule = {
  ...calm,
  regions: [region],
  runs: [0, 7200, 14_400],
  faults: [{ kind: 'video', region: 0, nth: 2, calls: 1000, trouble: 'server-error' }],
  healAfterS: 21_600,
};

/** Each receive of its task is given one page, and then four errors. */
const failsAtItsSecondPage: Schedule = {
  ...calm,
  regions: [{ ...region, pageSizes: [3] }],
  faults: [2, 7, 12, 17, 22].map((nth) => ({ kind: 'video', region: 0, nth, calls: 4, trouble: 'server-error' })),
  healAfterS: 7200,
};

const STRIKE = 'await strikeAndNudge(deps, standing.record);';

export const LEDGER_BUGS: readonly Bug[] = [
  {
    name: 'every look announces again',
    caughtBy: 'Told',
    edits: [
      {
        file: SETTLE_RUN,
        replace: 'run.total !== undefined && !isAnnounced(run, run.total) ?',
        by: 'run.total !== undefined ?',
      },
      { file: SETTLE_RUN, replace: "if (untold !== undefined && by === 'nudge') return;", by: '' },
    ],
  },
  {
    name: 'whoever is nudged announces what others have just stored',
    caughtBy: 'Told',
    edits: [{ file: SETTLE_RUN, replace: "if (untold !== undefined && by === 'nudge') return;", by: '' }],
  },
  {
    name: 'a waiting run is marked settled',
    caughtBy: 'Honest',
    edits: [{ file: SETTLE_RUN, replace: 'if (waiting) {', by: 'if (false) {' }],
  },
  {
    name: 'the last known count is that of another region',
    caughtBy: 'Honest',
    edits: [
      {
        file: SETTLED_ACCOUNT,
        replace: 'deps.ledger.lastKnown(censusId, region, runId)',
        by: "deps.ledger.lastKnown(censusId, run.plan[0] ?? '', runId)",
      },
    ],
  },
  {
    name: 'the row of runs that miss a region begins again with each',
    caughtBy: 'Remembered',
    edits: [
      {
        file: LOOK_BACK,
        replace: 'runs: beyond?.runs === undefined ? end + 1 : oldest + 1 + beyond.runs,',
        by: 'runs: 1,',
      },
    ],
  },
  {
    name: 'a lost region is forgotten with the second run that misses it',
    caughtBy: 'Remembered',
    schedule: lastCountedByTheFirst,
    edits: [{ file: LOOK_BACK, replace: 'const isLost = end <', by: 'const isLost = end === 0 && end <' }],
  },
  {
    name: 'the run before is the one that was opened last, total or not',
    caughtBy: 'Remembered',
    edits: [
      {
        file: LOOK_BACK,
        replace: 'beforeOf(run, total, settled);',
        by: 'beforeOf(run, total, earlier.map((each) => ({ total, ...each })) as Settled[]);',
      },
    ],
  },
  {
    name: 'a region of which pages came is called dark',
    caughtBy: 'Remembered',
    schedule: failsAtItsSecondPage,
    edits: [
      {
        file: LOOK_BACK,
        replace: 'isDarkAttempt(record)',
        by: 'isDarkAttempt({ ...record, effort: record.effort && { ...record.effort, pages: 0 } })',
      },
    ],
  },
  {
    name: 'only programs are told of a total, and no people',
    caughtBy: 'Told',
    edits: [
      {
        file: TOPIC,
        replace: 'TopicArn: topics.mail, Subject: subject, Message: text, MessageAttributes',
        by: "TopicArn: topics.mail, Subject: subject, Message: '', MessageAttributes",
      },
    ],
  },
  {
    name: 'people are given up on with the first mail that fails',
    caughtBy: 'Told',
    schedule: {
      ...calm,
      regions: [region],
      faults: [{ kind: 'request', site: 'aggregator.mailTotal', nth: 1, mishap: 'throttled' }],
      healAfterS: 3600,
    },
    edits: [{ file: SETTLE_RUN, replace: 'const MAIL_TRIES_MS = 3_600_000;', by: 'const MAIL_TRIES_MS = 0;' }],
  },
  {
    name: 'CloudWatch is told what the total was before',
    caughtBy: 'Told',
    edits: [
      {
        file: SETTLE_RUN,
        replace: 'level.metricLines(run, total, records)',
        by: 'level.metricLines(run, run.total ?? total, records)',
      },
    ],
  },
  {
    name: 'a total waits until earlier runs can be read',
    caughtBy: 'Beside',
    edits: [
      {
        file: 'src/functions/settling/earlier.ts',
        replace: 'log.warn(message,',
        by: 'throw error;\n    log.warn(message,',
      },
    ],
  },
  {
    name: "a counted region's task strikes nobody",
    caughtBy: 'Terminates',
    edits: [{ file: WORKER, replace: STRIKE, by: '' }],
  },
  {
    name: "a counted region's dead letter strikes nobody",
    caughtBy: 'Terminates',
    schedule: {
      ...calm,
      regions: [region],
      faults: [
        { kind: 'request', site: 'worker.strike', nth: 1, mishap: 'crash before' },
        { kind: 'stray', what: 'task in an envelope', atS: 30, queue: 'undelivered-tasks' },
      ],
      healAfterS: 60,
    },
    edits: [{ file: UNDELIVERED, replace: `return ${STRIKE}`, by: 'return;' }],
  },
  {
    name: 'a record expires by the setting of whoever writes it',
    caughtBy: 'Kept',
    edits: [
      {
        file: ITEMS,
        replace: '      expiresAt,\n',
        by: '      expiresAt: Math.min(expiresAt, Date.parse(record.runId) / 1000 + 3 * 86_400),\n',
      },
    ],
  },
  {
    name: 'a task is obeyed however late it is',
    caughtBy: 'Timely',
    edits: [{ file: STANDING, replace: 'isOver(deadlineAt, nowMs, partialSweepMs)', by: 'false' }],
  },
  {
    name: 'a task may say itself until when it counts',
    caughtBy: 'Timely',
    edits: [{ file: STANDING, replace: '[task, run].some(', by: '[task].some(' }],
  },
  {
    name: 'a count that began in time is recorded however late it ends',
    caughtBy: 'Timely',
    schedule: {
      ...calm,
      regions: [region],
      faults: [
        { kind: 'invocation', of: 'worker', nth: 1, how: 'frozen', afterS: 0.05, forS: 1.1 * DAY_S },
        // Nobody else can record anything meanwhile.
        { kind: 'outage', service: 'ledger', fromS: 10, forS: 1.08 * DAY_S },
      ],
      healAfterS: 3 * DAY_S,
    },
    edits: [{ file: COUNTING, replace: 'if (isLate(task, run, endedAtMs, config.partialSweepMs))', by: 'if (false)' }],
  },
  {
    name: 'a dead letter is a failure however late it is',
    caughtBy: 'Timely',
    schedule: {
      ...calm,
      regions: [region],
      faults: [{ kind: 'message', topic: 'region-tasks', nth: 1, how: 'dead', byS: 2 * DAY_S }],
      healAfterS: 3 * DAY_S,
    },
    edits: [
      {
        file: UNDELIVERED,
        replace: 'partialSweepMs: deps.config.partialSweepMs }',
        by: 'partialSweepMs: 1e12 }',
      },
    ],
  },
  {
    name: 'a region that was not planned is recorded',
    caughtBy: 'Asked',
    edits: [{ file: STANDING, replace: 'if (!run.plan.includes(task.region))', by: 'if (false)' }],
  },
  {
    name: 'a round that was never opened is recorded',
    caughtBy: 'Asked',
    edits: [{ file: STANDING, replace: 'if (task.round > run.round)', by: 'if (false)' }],
  },
  {
    name: 'a sweep begins with the newest run each time',
    caughtBy: 'Terminates',
    schedule: behind(20),
    edits: [
      {
        file: AGGREGATOR,
        replace: 'const place = await ledger.readSweepPlace(list);',
        by: 'await ledger.readSweepPlace(list);\n  const place = undefined;',
      },
    ],
  },
  {
    name: 'a sweep goes on until it is killed',
    caughtBy: 'Terminates',
    schedule: behind(40),
    edits: [{ file: AGGREGATOR, replace: 'if (!hasTime()) {', by: 'if (false) {' }],
  },
  {
    name: 'a run that a newer release has written is settled',
    caughtBy: 'Untouched',
    schedule: {
      ...calm,
      regions: [region],
      faults: [
        { kind: 'damage', of: 'a run of a newer release' },
        // So that it is for the sweep to settle the run.
        { kind: 'message', topic: 'nudges', nth: 1, how: 'lost', byS: 0 },
      ],
      healAfterS: 60,
    },
    edits: [
      { file: READ_ITEMS, replace: 'if (version <= ITEM_VERSION) return;', by: 'return;' },
      { file: EXPRESSIONS, replace: "const KNOWN = '#version <= :known';", by: "const KNOWN = '#version >= :known';" },
    ],
  },
  {
    name: 'partial runs are swept before open ones',
    caughtBy: 'Terminates',
    schedule: {
      ...calm,
      regions: [region],
      faults: [
        { kind: 'crowd', runs: 150 },
        { kind: 'message', topic: 'region-tasks', nth: 1, how: 'late', byS: 2 * DAY_S },
      ],
      healAfterS: 60,
    },
    edits: [{ file: AGGREGATOR, replace: "['OPEN', 'PARTIAL'] as const", by: "['PARTIAL', 'OPEN'] as const" }],
  },
];
