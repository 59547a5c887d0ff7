/** Planted bugs of what is said to have come and gone: see bugs.ts. */
import type { Change } from '../../judging/fleet.ts';
import type { Schedule } from '../schedule.ts';
import type { Bug } from './bugs.ts';

const CHURN = 'src/census/churn.ts';
const NEWCOMERS = 'src/census/newcomers.ts';
const PARTS = 'src/census/listing/parts.ts';
const DISPATCHER = 'src/functions/dispatching/account-run.ts';
const COUNTING = 'src/functions/counting/region.ts';

/** Four streams, of which one is made a minute before the first count, one after it; and by the second count one has gone. */
const MOVED: Schedule = {
  seed: 1,
  regions: [
    {
      region: 'eu-west-1',
      streams: 4,
      pageSizes: [20],
      changes: [
        { atS: 60, how: 'created', stream: 0 },
        { atS: 300, how: 'created', stream: 0 },
        { atS: 400, how: 'deleted', stream: 1 },
      ],
    },
  ],
  runs: [120, 720],
  retries: [],
  faults: [],
  healAfterS: 3600,
};

export const CHURN_BUGS: readonly Bug[] = [
  {
    name: 'a stream that was made just before the count before is created, though that one has listed it',
    caughtBy: 'Churn',
    schedule: MOVED,
    edits: [
      {
        file: NEWCOMERS,
        replace: '(earlier.young.has(hash) ? known : created).add(hash);',
        by: 'created.add(hash);',
      },
    ],
  },
  {
    name: 'what was made while the count before listed is taken for old',
    caughtBy: 'Churn',
    edits: [
      { file: CHURN, replace: 'sinceMs: startedAtMs - CLOCK_MARGIN_MS', by: 'sinceMs: startedAtMs + CLOCK_MARGIN_MS' },
    ],
  },
  {
    name: 'no clock is ever wrong',
    caughtBy: 'Churn',
    // The worker's clock is two minutes ahead: the stream that is made a minute after the first count seems to be there.
    schedule: {
      ...MOVED,
      regions: [
        {
          ...MOVED.regions[0]!,
          changes: [
            { atS: 180, how: 'created', stream: 0 },
            { atS: 300, how: 'deleted', stream: 1 },
            { atS: 300, how: 'deleted', stream: 2 },
          ],
        },
      ],
      faults: [{ kind: 'clock', of: 'worker', nth: 1, aheadS: 120, stepS: 0, afterS: 0 }],
    },
    edits: [{ file: NEWCOMERS, replace: 'CLOCK_MARGIN_MS = 5 * 60_000;', by: 'CLOCK_MARGIN_MS = 0;' }],
  },
  {
    name: 'only what is fewer is gone',
    caughtBy: 'Churn',
    edits: [
      {
        file: CHURN,
        replace: 'const gone = before.tally.streams + created - now.tally.streams;',
        by: 'const gone = Math.max(0, before.tally.streams - now.tally.streams);',
      },
    ],
  },
  {
    name: 'a stream that does not tell when it was made is taken for old',
    caughtBy: 'Churn',
    // Of six new streams two do not tell; three go.
    schedule: {
      ...MOVED,
      regions: [
        {
          ...MOVED.regions[0]!,
          odd: true,
          changes: [
            ...[1, 2, 3, 4, 5, 6].map((nth): Change => ({ atS: 300 + nth, how: 'created', stream: 0 })),
            ...[1, 2, 3].map((stream): Change => ({ atS: 400, how: 'deleted', stream })),
          ],
        },
      ],
    },
    edits: [{ file: NEWCOMERS, replace: 'areDated = false;', by: '' }],
  },
  {
    name: 'a count by branches is held against what its discarded list has shown',
    caughtBy: 'Churn',
    edits: [
      {
        file: PARTS,
        replace: "if (part.state === 'listed') return part.tallier!.newcomers();",
        by: 'if (part.tallier) return part.tallier.newcomers();',
      },
    ],
  },
  {
    name: 'a count keeps none of its young streams for the next one',
    caughtBy: 'Churn',
    edits: [
      { file: COUNTING, replace: '...(young && { young }),', by: '...(young && { young: { ...young, hashes: [] } }),' },
    ],
  },
  {
    name: 'a count is held against the oldest run that is looked at',
    caughtBy: 'Churn',
    edits: [{ file: DISPATCHER, replace: 'previous: earlier[0].runId', by: 'previous: earlier.at(-1)!.runId' }],
  },
  {
    name: 'no task names the run before',
    caughtBy: 'Churn',
    schedule: MOVED,
    edits: [{ file: DISPATCHER, replace: '...(earlier[0] && { previous: earlier[0].runId })', by: '' }],
  },
  {
    name: 'a total adds up what came and went, and names no region of which it is unknown',
    caughtBy: 'Churn',
    edits: [
      { file: CHURN, replace: 'unknown: plan.filter((region) => !known.has(region)).sort(),', by: 'unknown: [],' },
    ],
  },
];
