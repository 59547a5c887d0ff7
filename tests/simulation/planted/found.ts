/**
 * What the simulation found in the product itself, shrunk. Each bug is fixed, and here it is again: planted, so that the
 * schedule that found it is known to still find it.
 */
import type { Schedule } from '../schedule.ts';
import type { Bug } from './bugs.ts';

type Found = Bug & { schedule: Schedule };

const REQUESTS = 'src/aws/ledger-requests.ts';

export const FOUND: readonly Found[] = [
  {
    // A task that was delivered again after the run had gone on to its next round finds another reason. Its record says
    // so; but its strike was refused, as one of a round that is over, and nobody looked at the run again.
    name: 'the reason of a late failure never reaches the total',
    caughtBy: 'Prompt',
    edits: [{ file: REQUESTS, replace: '(#round = :round OR NOT contains(#pending, :name))', by: '#round = :round' }],
    schedule: {
      seed: 0,
      regions: [
        {
          region: 'eu-north-1',
          streams: 0,
          pageSizes: [20],
          troubles: [
            { how: 'denied', until: 120 },
            { how: 'unsupported', until: 'healed' },
          ],
        },
        { region: 'us-east-1', streams: 0, pageSizes: [20], troubles: [{ how: 'denied', until: 120 }] },
      ],
      runs: [0],
      retries: [{ atS: 5400, run: 0, regions: [1] }],
      faults: [{ kind: 'message', topic: 'region-tasks', nth: 1, how: 'twice', byS: 5410 }],
      healAfterS: 5520,
    },
  },
  {
    // A region that had not answered by the deadline stayed pending in a round that never asked it, so that its late
    // failure looked like one that the round was to make good for.
    name: 'a round waits for a region that it never asked',
    caughtBy: 'Prompt',
    edits: [
      {
        file: REQUESTS,
        replace: ', #pending = :pending ADD #rev :one',
        by: ' ADD #pending :pending, #rev :one',
      },
    ],
    schedule: {
      seed: 5,
      regions: [
        { region: 'eu-west-1', streams: 1, pageSizes: [10], troubles: [{ how: 'denied', until: 'never' }] },
        { region: 'us-east-1', streams: 2, pageSizes: [10], troubles: [{ how: 'not-enabled', until: 'never' }] },
      ],
      runs: [0],
      retries: [{ atS: 5800, run: 0, regions: [0] }],
      faults: [{ kind: 'message', topic: 'region-tasks', nth: 2, how: 'late', byS: 12_000 }],
      healAfterS: 20_000,
    },
  },
  {
    // The last receive counted the region, the ledger was slow to say so, and the dead letter came first: a failure. The
    // count was written half a minute later, and nobody struck it.
    name: 'a count that is written after its writer gave up never reaches the total',
    caughtBy: 'Terminates',
    edits: [
      {
        file: 'src/functions/settling/settle-run.ts',
        replace: "mayYetImprove(run, total, clock.nowMs(), config.partialSweepMs) ? 'keep' : 'forget'",
        by: "'forget'",
      },
    ],
    schedule: {
      seed: 0,
      regions: [
        { region: 'eu-west-1', streams: 0, pageSizes: [20] },
        { region: 'us-east-1', streams: 0, pageSizes: [20], troubles: [{ how: 'throttled', until: 540 }] },
      ],
      runs: [0, 1260],
      retries: [],
      faults: [{ kind: 'request', site: 'worker.writeRecord', nth: 6, mishap: 'carried out late' }],
      healAfterS: 1260,
    },
  },
  {
    // The total names what an earlier run counted where this one misses something. Reading that must not stop it.
    name: 'a damaged record of an earlier run keeps this one from its total',
    caughtBy: 'Terminates',
    edits: [
      {
        file: 'src/functions/settling/earlier.ts',
        replace: 'log.warn(message,',
        by: 'throw error;\n    log.warn(message,',
      },
    ],
    schedule: {
      seed: 0,
      regions: [{ region: 'eu-west-1', streams: 0, pageSizes: [20], troubles: [{ how: 'denied', until: 60 }] }],
      runs: [0],
      retries: [],
      faults: [
        { kind: 'damage', of: 'an older record' },
        { kind: 'sweep', nth: 1, how: 'missed' },
      ],
      healAfterS: 60,
    },
  },
  {
    // An account's run that was opened alone may be kept longer than the organisation's, which took it over.
    name: 'that a region is dark is kept as long as the run of the account',
    caughtBy: 'Kept',
    edits: [
      {
        file: 'src/functions/counting/region.ts',
        replace: 'await sayDark(deps, task, parent, own)',
        by: 'await sayDark(deps, task, { ...parent, expiresAt: run.expiresAt }, own)',
      },
    ],
    schedule: {
      seed: 0,
      regions: [
        { region: 'eu-north-1', streams: 0, pageSizes: [20] },
        {
          region: 'us-east-1',
          streams: 0,
          pageSizes: [20],
          troubles: [
            { how: 'unsupported', until: 'healed' },
            { how: 'throttled', until: 0 },
          ],
        },
      ],
      organization: {
        members: [{ regions: [{ region: 'eu-north-1', streams: 0, pageSizes: [20] }] }],
        list: [{ how: 'denied', untilS: 0 }],
        fromS: 30,
      },
      runs: [0, 60],
      retries: [],
      faults: [
        { kind: 'retention', fromS: 60, days: 2 },
        { kind: 'trigger', nth: 0, how: 'twice', byS: 60 },
      ],
      healAfterS: 180,
    },
  },
];
