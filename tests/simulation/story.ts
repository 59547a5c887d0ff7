/** The history of the ledger, read run by run: what the invariants look at. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { RegionRecord } from '../../src/census/region.ts';
import type { Run, StoredTotal } from '../../src/census/run.ts';
import type { Fault } from './faults.ts';
import { makeFleet } from './fleet.ts';
import type { History, Invocation } from './history.ts';
import type { Schedule } from './schedule.ts';
import type { RegionTruth } from './truth.ts';

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

export type Story = {
  schedule: Schedule;
  history: History;
  runs: RunStory[];
  /** Streams that there are, by region. */
  truth: ReadonlyMap<string, RegionTruth>;
  /** Nothing went wrong but what the world itself has wrong with it. */
  isCalm: boolean;
  /** Nothing went wrong but with that and with the delivery of tasks: whoever records something can strike and nudge. */
  isUndisturbed: boolean;
};

type Item = Readonly<Record<string, AttributeValue>>;

export function readStory(schedule: Schedule, history: History): Story {
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
      run.versions.push({ atMs, value });
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
  return {
    schedule,
    history,
    runs: [...runs.values()],
    truth: new Map(
      schedule.regions.map((world) => [world.region, { ...world, fleet: makeFleet(world, history.startMs) }]),
    ),
    isCalm: schedule.faults.length === 0,
    isUndisturbed: schedule.faults.every(isOfTasks),
  };
}

function readRun(item: Item): Run {
  const { pending = new Set(), ...rest } = unmarshall(item);
  return { ...rest, pending: [...pending].sort() } as unknown as Run;
}

function isOfTasks(fault: Fault): boolean {
  if (fault.kind === 'message') return fault.topic === 'region-tasks';
  return ['video', 'receive', 'trigger', 'stray'].includes(fault.kind);
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
