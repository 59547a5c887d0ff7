/** The numbers of serverless.yml and infra/ that the simulation obeys and the invariants know; numbers.test.ts holds them to the template. */
import type { Kind } from '../../src/census/kinds.ts';
import type { AccountSettings } from '../../src/census/organization/accounts.ts';

export const FUNCTION_TIMEOUT_MS = { dispatcher: 60_000, worker: 300_000, undelivered: 30_000, aggregator: 60_000 };
/** Of the dispatcher, where other accounts are counted. */
export const ORGANIZATION_TIMEOUT_MS = 300_000;
export const EVENT_AGE_MS = { dispatcher: 900_000, aggregator: 3_600_000 };
export const CONCURRENCY = { worker: 5, undelivered: 2 };
export const VISIBILITY_MS = { 'region-tasks': 1_800_000, 'undelivered-tasks': 180_000 };
export const MAX_RECEIVES = 5;
export const SWEEP_MS = 300_000;
/** The limit for one HTTP request. */
export const REQUEST_TIMEOUT_MS = 10_000;

/** AWS's own: an asynchronous invocation that failed is repeated after 1 and after 2 minutes. */
export const ASYNC_RETRY_MS = [60_000, 120_000];

/** Of the dispatcher and the aggregator. */
const LOOK_BACK_MS = 1000;

export const DISPATCHER_CONFIG = {
  kinds: ['streams'] as Kind[],
  regionSourcesTimeoutMs: 5000,
  lookBackMs: LOOK_BACK_MS,
  retentionDays: 400,
  runDeadlineMs: 5_400_000,
  runMaxAgeMs: 3_600_000,
  runMaxAheadMs: 60_000,
  publishBackoffMs: 200,
  accounts: { accounts: 'self', includeOrganizationalUnits: [], excludeAccounts: [] } as AccountSettings,
  accountsTimeoutMs: 60_000,
  organizationDeadlineMs: 7_200_000,
  accessRetryMs: 10_000,
  dispatchConcurrency: 50,
};

/** Of the worker, the undelivered function and the aggregator. */
export const PARTIAL_SWEEP_MS = 86_400_000;

export const AGGREGATOR_CONFIG = {
  partialSweepMs: PARTIAL_SWEEP_MS,
  closingTimeMs: 20_000,
  lookBackMs: LOOK_BACK_MS,
  quotaAlarmPercent: 80,
};
/** Everything that may be asked for. */
export const METRICS = { of: 'regions', stage: 'dev', dropAlarmPercent: 20, partialAlarmRuns: 3 } as const;
export const UNDELIVERED_CONFIG = { partialSweepMs: PARTIAL_SWEEP_MS };

export const WORKER_CONFIG = {
  maxReceives: MAX_RECEIVES,
  leaseMs: 120_000,
  leaseRenewMs: 40_000,
  taskBackoffMs: [30_000, 120_000, 480_000, 1_200_000],
  pageBackoffMs: 500,
  pageBackoffLimitMs: 10_000,
  callsPerSecond: 45,
  quickTryMs: 5000,
  closingTimeMs: 15_000,
  quotaWaitMs: 1000,
  partialSweepMs: PARTIAL_SWEEP_MS,
  namePrefixes: true,
  accounts: 'self' as AccountSettings['accounts'],
};
