/** One of everything that is stored or sent, to be varied by a test. */

import type { RegionTask } from '../../src/census/messages.ts';
import type { RegionSettings } from '../../src/census/plan.ts';
import type { AttemptedRecord, CountedRecord, FailedRecord } from '../../src/census/region.ts';
import type { RegionMemory } from '../../src/census/region-memory.ts';
import {
  type OffRegion,
  openRun,
  type PlanSources,
  type Run,
  type StoredTotal,
  type Total,
} from '../../src/census/run.ts';
import { EMPTY_TALLY, type Tally } from '../../src/census/tally.ts';

export const ACCOUNT = '123456789012';
export const RUN_ID = '2026-11-20T06:00:00Z';
export const KEY = { censusId: ACCOUNT, runId: RUN_ID };
export const OPENED_MS = Date.parse('2026-11-20T06:00:03Z');
const DEADLINE_AFTER_MS = 5_400_000;
export const SPAN = { deadlineAfterMs: DEADLINE_AFTER_MS, retentionDays: 400 };
/** 400 days after the run's instant, in seconds. */
export const EXPIRES_AT = Date.parse(RUN_ID) / 1000 + 400 * 24 * 60 * 60;
export const DEADLINE = '2026-11-20T07:30:03.000Z';
export const DEADLINE_MS = Date.parse(DEADLINE);

export const tallyOf = (streams: number): Tally => ({ ...EMPTY_TALLY, streams });

export function aRun(plan: readonly string[], changes: Partial<Run> = {}): Run {
  return { ...openRun(KEY, plan, OPENED_MS, SPAN), ...changes };
}

/** One that held something when it was last counted, and one of which nothing is known. */
export const OFF: readonly OffRegion[] = [
  {
    region: 'af-south-1',
    lastKnown: { runId: '2026-11-19T06:00:00Z', streams: 12, countedAt: '2026-11-19T06:00:09.000Z' },
  },
  { region: 'me-south-1' },
];

export const SOURCES_OF_PLAN: PlanSources = {
  regions: { from: 'cache', askedAt: '2026-11-19T18:00:03.000Z', because: 'throttled' },
  optIn: { from: 'asked', askedAt: '2026-11-20T06:00:03.000Z' },
};

export const SETTINGS: RegionSettings = { regions: [], includeRegions: [], excludeRegions: [] };

export const MEMORY: RegionMemory = {
  live: { regions: ['eu-west-1', 'us-east-1'], askedAt: '2026-11-19T18:00:03.000Z' },
  off: { regions: ['af-south-1', 'me-south-1'], askedAt: '2026-11-19T18:00:03.000Z' },
  lastCounts: { 'af-south-1': OFF[0]?.lastKnown ?? null, 'me-south-1': null },
};

export function aTask(region: string, changes: Partial<RegionTask> = {}): RegionTask {
  return { ...KEY, region, round: 0, deadlineAt: DEADLINE, ...changes };
}

const base = (region: string) => ({ ...KEY, region, round: 0, recordedAt: '2026-11-20T06:00:09.000Z' });

export function counted(region: string, streams: number, changes: Partial<CountedRecord> = {}): CountedRecord {
  return {
    ...base(region),
    status: 'counted',
    tally: tallyOf(streams),
    effort: { pages: 1, calls: 1, ms: 80 },
    startedAt: '2026-11-20T06:00:08.000Z',
    endedAt: '2026-11-20T06:00:09.000Z',
    ...changes,
  };
}

export function failed(region: string, changes: Partial<FailedRecord> = {}): FailedRecord {
  return { ...base(region), status: 'failed', reason: 'throttled', ...changes };
}

export function attempted(region: string, changes: Partial<AttemptedRecord> = {}): AttemptedRecord {
  return { ...base(region), status: 'attempted', reason: 'throttled', ...changes };
}

export function aTotal(changes: Partial<Total> = {}): Total {
  return { verdict: 'complete', streams: 0, expected: 0, counted: 0, missing: [], tally: EMPTY_TALLY, ...changes };
}

export function aStoredTotal(changes: Partial<StoredTotal> = {}): StoredTotal {
  return { ...aTotal(), rev: 1, settledAt: '2026-11-20T06:00:10.000Z', ...changes };
}
