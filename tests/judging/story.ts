/** The history of the ledger, read run by run: what the invariants look at. */
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Kind, STREAMS } from '../../src/census/kinds.ts';
import type { CountedRecord, RegionRecord } from '../../src/census/region.ts';
import type { Run, StoredTotal } from '../../src/census/run.ts';
import { historyOf } from './by-census.ts';
import { makeFleet, type Stream } from './fleet.ts';
import type { History, Invocation, Item } from './history.ts';
import type { RegionWorld } from './region-world.ts';

/** One thing as it was from this instant on. */
export type Version<T> = { atMs: number; value: T; by?: Invocation | undefined };

export type RunStory = {
  runId: string;
  /** Every version of the run's item, oldest first. */
  versions: Version<Run>[];
  /** Every total that was stored, oldest first. */
  totals: Version<StoredTotal>[];
  /** Every version of each region's record, oldest first. */
  records: Map<string, Version<RegionRecord>[]>;
  announcements: { atMs: number; rev: number; total: unknown }[];
};

/** What was asked of the account and what was done to it. It says what an invariant has to excuse. */
export type Circumstances = {
  /** What there is to count, of this kind. */
  regions: readonly RegionWorld[];
  /** The kinds that are counted, in the order in which they are opened. */
  kinds: readonly Kind[];
  /** How often a person asks again. */
  retries: number;
  /** Nothing goes wrong but what the world itself has wrong with it. */
  isCalm: boolean;
  /** Nothing goes wrong but with that and with the delivery of tasks: whoever records something can strike and nudge. */
  isUndisturbed: boolean;
  /** Nothing goes wrong but with these, and with what is asked beside the count. */
  isCountUndisturbed: boolean;
  /** Seconds after the start from which on the account is counted. Absent: it always is. */
  countedFromS?: number;
  /** What knows about regions is asked; a person has not set them. */
  asksForRegions: boolean;
  /** Nothing goes wrong with the dispatcher and what it asks of the ledger: what it learns, it remembers. */
  isMemorySound: boolean;
  /** Messages are received twice, or by nobody. */
  areReceivesDisturbed: boolean;
  clocksWrongByMs: number;
  /** Messages that are no task of any run. */
  strays: number;
  /** A task says of itself that it is due in many years. */
  isDeadlineForged: boolean;
  /** Partial runs that stay so, and that each sweep looks at. */
  crowd: number;
  /** Announcements of which the SDK lost the first answer. */
  announcedAgain: number;
};

/** A region's world with all the streams that ever are there. */
export type RegionTruth = RegionWorld & { kind: Kind; fleet: readonly Stream[] };

/** Of one kind, in one account. */
export type Story = {
  kind: Kind;
  /** Absent: of a stack that counts its own alone. */
  accountId?: string;
  circumstances: Circumstances;
  /** What of it is about this kind and account. */
  history: History;
  /** All of it. */
  whole: History;
  runs: RunStory[];
  /** By region. */
  truth: ReadonlyMap<string, RegionTruth>;
};

export function readStory(
  circumstances: Circumstances,
  whole: History,
  kind: Kind = STREAMS,
  accountId?: string,
): Story {
  const history = historyOf(whole, kind, accountId);
  const truth = circumstances.regions.map((world) => ({
    ...world,
    kind,
    fleet: makeFleet(world, history.startMs, kind, accountId),
  }));
  const byRegion = new Map(truth.map((each) => [each.region, each]));
  const runs = readRuns(history);
  return { kind, ...(accountId !== undefined && { accountId }), circumstances, history, whole, runs, truth: byRegion };
}

/** @param history of one kind, in one account */
export function readRuns(history: History): RunStory[] {
  const runs = new Map<string, RunStory>();
  const runOf = (runId: string): RunStory => {
    const run = runs.get(runId) ?? { runId, versions: [], totals: [], records: new Map(), announcements: [] };
    runs.set(runId, run);
    return run;
  };
  for (const { atMs, before, after, by } of history.writes) {
    const [what, , runId = ''] = after.pk?.S?.split('#') ?? [];
    // Where a sweep stopped is of no run.
    if (what !== 'RUN') continue;
    const run = runOf(runId);
    if (after.sk?.S === 'RUN') {
      const value = readRun(after);
      run.versions.push({ atMs, value, by });
      if (value.total !== undefined && after.total !== before?.total) run.totals.push({ atMs, value: value.total });
    } else {
      const value = unmarshall(after) as RegionRecord;
      const versions = run.records.get(value.region) ?? [];
      versions.push({ atMs, value, by });
      run.records.set(value.region, versions);
    }
  }
  for (const { atMs, body } of history.announcements) {
    const { runId, rev, total } = JSON.parse(body);
    runOf(runId).announcements.push({ atMs, rev, total });
  }
  return [...runs.values()];
}

function readRun(item: Item): Run {
  const { pending = new Set(), ...rest } = unmarshall(item);
  const [, censusId] = item.pk?.S?.split('#') ?? [];
  return { ...rest, censusId, pending: [...pending].sort() } as unknown as Run;
}

/** What CloudWatch was told of the totals of a run, by the names of the metrics. */
export function measuredOf({ logLines }: History, runId: string): Record<string, unknown>[] {
  return logLines
    .filter((line) => line.includes('"_aws"') && line.includes(runId))
    .map((line) => JSON.parse(line))
    .filter((line) => line.runId === runId && line.region === undefined);
}

export function isOpen({ sweep }: Item): boolean {
  return sweep?.S === 'OPEN';
}

/** As it was at an instant. */
export function at<T>(versions: readonly Version<T>[] | undefined, instantMs: number): T | undefined {
  return versions?.findLast(({ atMs }) => atMs <= instantMs)?.value;
}

/** JSON with the keys of every object in order: equal values print the same. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

type Counted = Version<CountedRecord>;

export const isCounted = (version: Version<RegionRecord>): version is Counted => version.value.status === 'counted';

export const isMissing = (total: StoredTotal, region: string) => total.missing.some((gap) => gap.region === region);

export function* everyRecord(
  records: RunStory['records'],
): Generator<{ region: string; atMs: number; value: RegionRecord }> {
  for (const [region, versions] of records) for (const { atMs, value } of versions) yield { region, atMs, value };
}

export function pairs<T>(list: readonly T[]): [T, T][] {
  return list.slice(1).map((after, index) => [list[index]!, after]);
}

export function sweepsOf({ requests }: History): Invocation[] {
  return [...new Set(requests.flatMap(({ site, by }) => (site === 'aggregator.readSweepPlace' ? [by] : [])))];
}
