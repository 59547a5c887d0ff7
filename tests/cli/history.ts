/** A history of runs, made up but always the same: what an account with cameras in 19 regions looks like. */
import { hashOf, makeFingerprinter } from '../../src/census/fingerprint.ts';
import type { CountedRecord, FailedRecord, RegionRecord } from '../../src/census/region.ts';
import { type LastKnown, type Run, runIdOf } from '../../src/census/run.ts';
import { settle } from '../../src/census/settle.ts';
import { EMPTY_TALLY, type Facets, type Tally } from '../../src/census/tally.ts';

export const ACCOUNT = '123456789012';

/** Its signaling channels. */
export const CHANNELS = `${ACCOUNT}/channels`;

/** Seconds since 1970: no test reads so late. */
export const FOREVER = Date.parse('2126-01-01T00:00:00Z') / 1000;

export const REGIONS = [
  'af-south-1',
  'ap-east-1',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-5',
  'ca-central-1',
  'eu-central-1',
  'eu-south-2',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'me-south-1',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-2',
];

/** The parameter's default. */
export const QUOTA_ALARM_PERCENT = 80;

export type Past = { run: Run; records: RegionRecord[] };

type HistoryOptions = {
  runs: number;
  regions?: readonly string[];
  /** The newest run's instant. */
  endsAt?: string;
  everyMinutes?: number;
  /** Which regions of the run number n (0 is the oldest) are missing; the others are counted. */
  isMissing?: (n: number, region: string) => boolean;
  censusId?: string;
};

const GAP_REASONS = ['throttled', 'unreachable', 'denied', 'timed-out'] as const;

/** Oldest first. */
export function* history(options: HistoryOptions): Generator<Past> {
  const { runs, regions = REGIONS, endsAt = '2026-11-20T06:00:00Z', everyMinutes = 30, censusId = ACCOUNT } = options;
  const isMissing = options.isMissing ?? ((n, region) => (n * 7 + regions.indexOf(region) * 13) % 190 === 0);
  const lastKnown = new Map<string, LastKnown>();
  for (let n = 0; n < runs; n++) {
    const runId = runIdOf(Date.parse(endsAt) - (runs - 1 - n) * everyMinutes * 60_000) as string;
    const key = { censusId, runId };
    const records = regions.map((region, index) =>
      isMissing(n, region) ? failed(key, region, n) : counted(key, region, streamsOf(n, index), index),
    );
    const run = settled(key, records, lastKnown);
    for (const record of records) {
      if (record.status !== 'counted') continue;
      lastKnown.set(record.region, { runId, streams: record.tally.streams, countedAt: record.endedAt });
    }
    yield { run, records };
  }
}

/** Grows slowly and wobbles; the last third of the regions holds nothing. */
function streamsOf(n: number, index: number): number {
  if (index % 3 === 2) return 0;
  return 120 + index * 431 + Math.floor(n / 4) + ((n * 17 + index * 5) % 23);
}

/** Facets that add up to the streams. The same number of streams is the same set. */
function tallyOf(streams: number, { censusId, runId }: Key, region: string): Tally {
  if (streams === 0) return EMPTY_TALLY;
  const kept = Math.floor(streams / 3);
  const updating = Math.min(streams % 7, streams - kept);
  const ofStreams = {
    retention: { none: streams - kept, day: 0, week: kept, longer: 0, unknown: 0 },
    mediaType: { 'video/h264': streams - kept, none: kept },
    kmsKey: { awsManaged: streams - kept, customer: kept, unknown: 0 },
  };
  const ofChannels = {
    type: { singleMaster: streams - kept, fullMesh: kept, other: 0 },
    messageTtl: { short: 0, default: streams, long: 0, unknown: 0 },
  };
  const facets: Facets = {
    status: { creating: 0, active: streams - updating, updating, deleting: 0, other: 0 },
    ...(censusId === CHANNELS ? ofChannels : ofStreams),
    created: { day: updating, week: 0, month: kept, older: streams - updating - kept, unknown: 0 },
    oldestCreatedAt: '2024-03-01T10:00:00.000Z',
    newestCreatedAt: after(runId, -7_200_000),
    fingerprint: fingerprintOf(`${region} ${streams}`),
  };
  return { streams, facets };
}

function fingerprintOf(set: string): string {
  const maker = makeFingerprinter();
  maker.add(hashOf(set));
  return maker.fingerprint();
}

const after = (runId: string, ms: number) => new Date(Date.parse(runId) + ms).toISOString();

type Key = { censusId: string; runId: string };

export function counted(key: Key, region: string, streams: number, index = 0): CountedRecord {
  const endedAt = after(key.runId, 2_000 + index * 137);
  return {
    ...key,
    region,
    round: 0,
    status: 'counted',
    tally: tallyOf(streams, key, region),
    effort: { pages: Math.floor(streams / 1000) + 1, calls: Math.floor(streams / 1000) + 1, ms: 180 + index * 11 },
    startedAt: after(key.runId, 1_500),
    endedAt,
    recordedAt: endedAt,
  };
}

export function failed(key: Key, region: string, n = 0): FailedRecord {
  const reason = GAP_REASONS[n % GAP_REASONS.length] as (typeof GAP_REASONS)[number];
  return { ...key, region, round: 0, status: 'failed', reason, recordedAt: after(key.runId, 1_830_000) };
}

/** A run whose total was stored and announced, as the aggregator does it. */
export function settled(
  key: Key,
  records: readonly RegionRecord[],
  lastKnown: ReadonlyMap<string, LastKnown> = new Map(),
): Run {
  const plan = records.map(({ region }) => region).sort();
  const open: Run = {
    ...key,
    openedAt: after(key.runId, 900),
    deadlineAt: after(key.runId, 5_400_900),
    round: 0,
    plan,
    pending: [],
    rev: plan.length,
    expiresAt: FOREVER,
    dispatchedRound: 0,
  };
  const settlement = settle(open, records, Date.parse(open.deadlineAt), QUOTA_ALARM_PERCENT);
  if (settlement.state === 'open') throw new Error('A run past its deadline is never open.');
  const missing = settlement.total.missing.map((gap) => {
    const known = lastKnown.get(gap.region);
    return known === undefined ? gap : { ...gap, lastKnown: known };
  });
  const rev = open.rev + 1;
  const settledAt =
    records
      .map(({ recordedAt }) => recordedAt)
      .sort()
      .at(-1) ?? open.openedAt;
  return { ...open, rev, total: { ...settlement.total, missing, rev, settledAt }, announcedRev: rev };
}
