/** Planted bugs of several kinds that are counted at once: see bugs.ts. */
import type { Kind } from '../../../src/census/kinds.ts';
import type { RegionWorld } from '../../judging/region-world.ts';
import type { Schedule } from '../schedule.ts';
import type { Bug } from './bugs.ts';

const DISPATCHER = 'src/functions/dispatcher.ts';
const DISPATCHED_ACCOUNT = 'src/functions/dispatching/account-run.ts';
const ONCE = 'src/census/once.ts';
const COUNTING = 'src/functions/counting/region.ts';
const PACE = 'src/census/listing/pace.ts';
const MESSAGES = 'src/census/messages.ts';
const ITEMS = 'src/aws/items.ts';
const READ_ITEMS = 'src/aws/read-items.ts';
const TOPIC = 'src/aws/topic.ts';

/** Streams, and as many of another kind, in one region. */
const both = (kind: Kind, own: Partial<RegionWorld> = {}): Schedule => ({
  seed: 1,
  regions: [{ region: 'eu-west-1', streams: 3, pageSizes: [20] }],
  others: [{ kind, regions: [{ region: 'eu-west-1', streams: 5, pageSizes: [20], ...own }] }],
  runs: [0],
  retries: [],
  faults: [],
  healAfterS: 3600,
});

/** Whatever is asked of the ledger about streams is refused, while their run should open. */
const STREAMS_FAIL: Schedule = {
  ...both('channels'),
  faults: [{ kind: 'outage', service: 'ledger', fromS: 0, forS: 1800, whose: 'streams' }],
};

/** The dispatcher dies each time that it is about to be done with streams, until nobody invokes it any more. */
const STREAMS_KILL: Schedule = {
  ...both('channels'),
  faults: [1, 2, 3].map((nth) => ({
    kind: 'request',
    site: 'dispatcher.markDispatched',
    nth,
    mishap: 'crash before',
    whose: 'streams',
  })),
};

/** Data streams are in a region in which Kinesis Video is not. */
const BEYOND_VIDEO: Schedule = {
  ...both('data-streams'),
  others: [
    {
      kind: 'data-streams',
      regions: ['eu-west-1', 'us-west-1'].map((region) => ({ region, streams: 2, pageSizes: [20] })),
    },
  ],
  sources: { live: [], off: [] },
  runs: [0, 3600],
};

/**
 * A region that is switched off after the first run, which found streams there, and no channels. What the second run remembers
 * of it is believed by the third.
 */
const SWITCHED_OFF: Schedule = {
  ...both('channels'),
  regions: [
    { region: 'eu-west-1', streams: 3, pageSizes: [20] },
    { region: 'ap-east-1', streams: 3, pageSizes: [20], off: [{ fromS: 1800, untilS: 100_000 }] },
  ],
  others: [
    {
      kind: 'channels',
      regions: [
        { region: 'eu-west-1', streams: 3, pageSizes: [20] },
        { region: 'ap-east-1', streams: 0, pageSizes: [20], off: [{ fromS: 1800, untilS: 100_000 }] },
      ],
    },
  ],
  sources: { live: [], off: [] },
  runs: [0, 3600, 7200],
};

export const KIND_BUGS: readonly Bug[] = [
  {
    name: 'a worker counts streams, whatever the kind of its task',
    caughtBy: 'Beside',
    edits: [{ file: COUNTING, replace: 'listPageOf(kind, task.region)', by: "listPageOf('streams', task.region)" }],
  },
  {
    name: 'whatever is counted is sorted as streams are',
    caughtBy: 'Truth',
    edits: [
      {
        file: COUNTING,
        replace: 'const { facets, hasPrefixes } = descriptorOf(kind);',
        by: "const { facets, hasPrefixes } = descriptorOf('streams');",
      },
    ],
  },
  {
    name: 'the sweep does not know of which kind a run is',
    caughtBy: 'Terminates',
    edits: [
      {
        file: READ_ITEMS,
        replace: "return what === 'RUN' && censusId && runId ? { censusId, runId } : undefined;",
        by: "return what === 'RUN' && censusId && runId ? { censusId: censusId.split('/')[0]!, runId } : undefined;",
      },
    ],
  },
  {
    name: 'the runs of all kinds share a partition',
    caughtBy: 'Beside',
    edits: [
      {
        file: ITEMS,
        replace: 'runPk = ({ censusId, runId }: RunKey) =>',
        by: 'runPk = ({ censusId: id, runId }: RunKey, censusId = ownerOf(id)) =>',
      },
    ],
  },
  {
    name: 'the records of all kinds share a list by time',
    caughtBy: 'Honest',
    edits: [
      {
        file: ITEMS,
        replace: 'runsOfRegion = (censusId: CensusId, region: string) =>',
        by: 'runsOfRegion = (id: CensusId, region: string, censusId = ownerOf(id)) =>',
      },
    ],
  },
  {
    name: 'runs are looked back upon without regard to their kind',
    caughtBy: 'Remembered',
    edits: [
      {
        file: ITEMS,
        replace: 'runsOf = (censusId: CensusId) =>',
        by: 'runsOf = (id: CensusId, censusId = ownerOf(id)) =>',
      },
    ],
  },
  {
    name: 'the dispatcher opens no kind after one that fails',
    caughtBy: 'Beside',
    schedule: STREAMS_FAIL,
    edits: [
      {
        file: DISPATCHER,
        replace: 'const outcomes = await Promise.allSettled(kinds.map(tried));',
        by: 'await Promise.all(kinds.map(tried));\nconst outcomes = await Promise.allSettled(kinds.map(tried));',
      },
    ],
  },
  {
    name: 'the dispatcher opens a kind once it is done with the one before',
    caughtBy: 'Beside',
    schedule: STREAMS_KILL,
    edits: [
      {
        file: DISPATCHER,
        replace: 'const outcomes = await Promise.allSettled(kinds.map(tried));',
        by: 'const outcomes = [];\nfor (const kind of kinds) outcomes.push(...(await Promise.allSettled([tried(kind)])));',
      },
    ],
  },
  {
    name: 'an item of another kind is written as an older release writes those of streams',
    caughtBy: 'Beside',
    edits: [
      {
        file: ITEMS,
        replace: 'return kind === STREAMS ? { version: 1, accountId } : { version: 2, accountId, kind };',
        by: 'return kind === STREAMS ? { version: 1, accountId } : { version: 1, accountId, kind };',
      },
    ],
  },
  {
    name: 'a task of another kind says that it is of a version that knows streams alone',
    caughtBy: 'Excused',
    edits: [
      {
        file: MESSAGES,
        replace: 'return kind === STREAMS ? { version: 1, accountId } : { version: 2, accountId, kind };',
        by: 'return { version: 1, accountId, ...(kind !== STREAMS && { kind }) };',
      },
    ],
  },
  {
    name: 'a nudge does not say its kind',
    caughtBy: 'Prompt',
    edits: [
      {
        file: MESSAGES,
        replace: 'return JSON.stringify({ ...addressOf(censusId), runId });',
        by: 'return JSON.stringify({ ...addressOf(ownerOf(censusId)), runId });',
      },
    ],
  },
  {
    name: 'what is remembered of regions is of all kinds',
    caughtBy: 'Planned',
    edits: [
      {
        file: ITEMS,
        replace: 'memoryKeyItem = (censusId: CensusId) =>',
        by: 'memoryKeyItem = (id: CensusId, censusId = ownerOf(id)) =>',
      },
    ],
    schedule: SWITCHED_OFF,
  },
  {
    name: 'the regions of every kind are those of Kinesis Video',
    caughtBy: 'Planned',
    schedule: BEYOND_VIDEO,
    edits: [
      {
        file: DISPATCHED_ACCOUNT,
        replace: 'deps.readLiveRegions(signal, regions.service)',
        by: "deps.readLiveRegions(signal, 'kinesisvideo')",
      },
      { file: DISPATCHED_ACCOUNT, replace: 'floor: regions.floor', by: "floor: descriptorOf('streams').regions.floor" },
    ],
  },
  {
    name: 'whoever subscribed to totals is sent those of every kind',
    caughtBy: 'Beside',
    edits: [{ file: TOPIC, replace: 'isForPeople ? topics.totals : topics.detail', by: 'topics.totals' }],
  },
  {
    name: 'people are mailed the totals of every kind',
    caughtBy: 'Beside',
    edits: [{ file: TOPIC, replace: 'if (!isForPeople) return;', by: '' }],
  },
  {
    name: 'data streams are listed at the pace of streams',
    caughtBy: 'Bounded',
    schedule: both('data-streams', { streams: 40, pageSizes: [2] }),
    edits: [{ file: COUNTING, replace: 'callsPerSecondOf(kind, config.callsPerSecond)', by: 'config.callsPerSecond' }],
  },
  {
    name: 'calls are timed from a first one that took long to reach the service',
    caughtBy: 'Bounded',
    schedule: both('data-streams', { streams: 40, pageSizes: [2] }),
    edits: [{ file: PACE, replace: 'if (!isAnswered) dueAtMs', by: 'if (false) dueAtMs' }],
  },
  {
    name: 'the quota of every kind is that of streams',
    caughtBy: 'Filled',
    edits: [
      {
        file: COUNTING,
        replace: 'const { quota: kindQuota } = descriptorOf(kindOf(censusId));',
        by: "const { quota: kindQuota } = descriptorOf('streams');",
      },
    ],
  },
  {
    name: 'what is switched off is asked once, and that nobody could say is remembered for ever',
    caughtBy: 'Planned',
    schedule: { ...SWITCHED_OFF, sources: { live: [], off: [{ how: 'denied', untilS: 600 }] } },
    edits: [
      { file: ONCE, replace: '  let answer: { given: Answer } | undefined;\n', by: '' },
      {
        file: ONCE,
        replace: 'export function once<',
        by: 'let answer: { given: never } | undefined;\nexport function once<',
      },
    ],
  },
];
