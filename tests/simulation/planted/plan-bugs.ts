/** Bugs in what a run hears from, and in what it says of regions that are off. */
import type { Schedule, Sources } from '../schedule.ts';
import type { Bug } from './bugs.ts';

const PLAN = 'src/census/plan.ts';
const DISPATCHER = 'src/functions/dispatching/account-run.ts';
const FOR_EVER_S = 1_000_000;

/** Regions that are asked for, of which one is off: from the start, or after it was counted. */
const asking = (fromS: number, live: Sources['live'] = [], off: Sources['off'] = []): Schedule => ({
  seed: 1,
  regions: [
    { region: 'us-east-1', streams: 3, pageSizes: [10] },
    { region: 'ap-east-1', streams: 5, pageSizes: [10], off: [{ fromS, untilS: FOR_EVER_S }] },
  ],
  sources: { live, off },
  runs: [0, 6 * 3600, 72 * 3600],
  retries: [],
  faults: [],
  healAfterS: 0,
});
const WITHIN = 'src/census/within.ts';

/** About which regions a run hears from. */
export const PLAN_BUGS: readonly Bug[] = [
  {
    name: 'a list that leaves regions out, or holds none, shrinks the plan',
    caughtBy: 'Planned',
    edits: [
      {
        file: PLAN,
        replace: '[...ofPartition(floor, home), ...(live?.regions ?? [])]',
        by: '(live?.regions ?? ofPartition(floor, home))',
      },
      { file: PLAN, replace: "if (regions.length === 0) return { because: 'empty' };", by: '' },
    ],
  },
  {
    name: 'an answer of long ago still makes a region off',
    caughtBy: 'Planned',
    schedule: asking(
      0,
      [],
      [
        { how: 'slow', untilS: 3600 },
        { how: 'denied', untilS: FOR_EVER_S },
      ],
    ),
    edits: [{ file: PLAN, replace: 'return ageMs(remembered, nowMs) < OFF_TRUSTED_MS;', by: 'return true;' }],
  },
  {
    name: 'an answer is believed that calls a region off which no account can switch off',
    caughtBy: 'Planned',
    schedule: {
      ...asking(0),
      regions: [
        { region: 'us-east-1', streams: 3, pageSizes: [10] },
        { region: 'ap-south-1', streams: 5, pageSizes: [10], off: [{ fromS: 0, untilS: FOR_EVER_S }] },
      ],
    },
    edits: [{ file: PLAN, replace: 'region === home || alwaysOn.includes(region)', by: 'region === home' }],
  },
  {
    name: 'a region that is off is left out, whatever it held',
    caughtBy: 'Planned',
    edits: [
      {
        file: 'src/census/run.ts',
        replace: 'return lastKnown !== undefined && lastKnown.streams > 0;',
        by: 'return false;',
      },
    ],
  },
  {
    name: 'what a region held that is off is looked up once, however often it is on in between',
    caughtBy: 'Planned',
    schedule: {
      ...asking(0),
      regions: [
        { region: 'us-east-1', streams: 3, pageSizes: [10] },
        {
          region: 'ap-east-1',
          streams: 5,
          pageSizes: [10],
          off: [
            { fromS: 0, untilS: 3600 },
            { fromS: 8 * 3600, untilS: FOR_EVER_S },
          ],
        },
      ],
      runs: [0, 6 * 3600, 12 * 3600],
    },
    edits: [
      {
        file: PLAN,
        replace: 'Object.entries(counts).filter(([region]) => off?.regions.includes(region))',
        by: 'Object.entries(counts)',
      },
      { file: PLAN, replace: '=> !isAboveZero(known.get(region)));', by: '=> !known.has(region));' },
    ],
  },
  {
    name: 'a region that is off, and was never counted, is never looked up again',
    caughtBy: 'Planned',
    schedule: {
      ...asking(0),
      regions: [
        { region: 'us-east-1', streams: 3, pageSizes: [10] },
        {
          region: 'ap-east-1',
          streams: 5,
          pageSizes: [10],
          troubles: [{ how: 'denied', until: 'healed' }],
          off: [
            { fromS: 5 * 3600, untilS: 7 * 3600 },
            { fromS: 11 * 3600, untilS: FOR_EVER_S },
          ],
        },
      ],
      runs: [0, 6 * 3600, 12 * 3600],
      retries: [{ run: 0, atS: 9 * 3600 }],
      healAfterS: 8 * 3600,
    },
    edits: [{ file: PLAN, replace: '=> !isAboveZero(known.get(region)));', by: '=> !known.has(region));' }],
  },
  {
    name: 'a region that is off is put on record after the run is marked dispatched',
    caughtBy: 'Planned',
    edits: [
      { file: DISPATCHER, replace: '  await recordMissing(deps, run);\n', by: '' },
      {
        file: DISPATCHER,
        replace: 'await ledger.markDispatched(run, round);',
        by: 'await ledger.markDispatched(run, round);\n  await recordMissing(deps, run);',
      },
    ],
  },
  {
    name: 'a task asks for a region that is off and on record',
    caughtBy: 'Planned',
    edits: [{ file: 'src/census/publish.ts', replace: '.filter((region) => !known.includes(region))', by: '' }],
  },
  {
    name: 'a second trigger asks anew, and goes by what it is told then',
    caughtBy: 'Planned',
    schedule: {
      ...asking(60),
      runs: [0],
      faults: [{ kind: 'trigger', nth: 0, how: 'twice', byS: 300 }],
      healAfterS: 3600,
    },
    edits: [
      {
        file: DISPATCHER,
        replace: 'known.run ? { run: known.run, opened: false } : await open(deps, key, known, opening)',
        by: 'await open(deps, key, known, opening)',
      },
      { file: DISPATCHER, replace: 'const run = await ledger.readRun(key);', by: 'const run = opening;' },
    ],
  },
  {
    name: 'a run waits for whoever knows about regions, however long',
    caughtBy: 'Beside',
    schedule: { ...asking(0, [], [{ how: 'hang', untilS: 100 }]), runs: [0] },
    edits: [
      {
        file: WITHIN,
        replace: 'return await Promise.race([work(timeUp.signal), timer]);',
        by: 'void timer;\n    return await work(done.signal);',
      },
    ],
  },
  {
    name: 'an answer that fails to come makes every region that is off a gap',
    caughtBy: 'Beside',
    schedule: asking(
      0,
      [],
      [
        { how: 'slow', untilS: 3600 },
        { how: 'throttled', untilS: FOR_EVER_S },
      ],
    ),
    edits: [
      {
        file: PLAN,
        replace: 'if (remembered === undefined)',
        by: 'if (because !== undefined || remembered === undefined)',
      },
    ],
  },
];
