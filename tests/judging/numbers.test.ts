/** The simulation runs with the numbers that AWS gets. */
import { SWEEP_SCHEDULE } from '../../src/cli/local/schedules.ts';
import { environment, type FunctionName, logicalId, property, readResolved } from '../template/compiled.ts';
import type { Template } from '../template/resolve.ts';
import {
  AGGREGATOR_CONFIG,
  CONCURRENCY,
  DISPATCHER_CONFIG,
  EVENT_AGE_MS,
  FUNCTION_TIMEOUT_MS,
  MAX_RECEIVES,
  REQUEST_TIMEOUT_MS,
  SWEEP_MS,
  UNDELIVERED_CONFIG,
  VISIBILITY_MS,
  WORKER_CONFIG,
} from './numbers.ts';

let template: Template;
beforeAll(async () => {
  template = await readResolved();
});

const numbers = (name: FunctionName, variable: string) => environment(template, name)[variable]!.split(',').map(Number);
const number = (name: FunctionName, variable: string) => numbers(name, variable)[0];
const of = (id: string, ...path: string[]) => Number(property(template, id, ...path));

test.each(Object.entries(FUNCTION_TIMEOUT_MS))('the %s may take %d ms', (name, timeoutMs) => {
  expect(of(logicalId(name as FunctionName), 'Timeout') * 1000).toBe(timeoutMs);
});

test('the worker obeys the same numbers', () => {
  expect({
    maxReceives: number('worker', 'MAX_RECEIVES'),
    leaseMs: number('worker', 'LEASE_MS'),
    leaseRenewMs: number('worker', 'LEASE_RENEW_MS'),
    taskBackoffMs: numbers('worker', 'TASK_BACKOFF_MS'),
    pageBackoffMs: number('worker', 'PAGE_BACKOFF_MS'),
    pageBackoffLimitMs: number('worker', 'PAGE_BACKOFF_LIMIT_MS'),
    callsPerSecond: number('worker', 'CALLS_PER_SECOND'),
    quickTryMs: number('worker', 'QUICK_TRY_MS'),
    closingTimeMs: number('worker', 'CLOSING_TIME_MS'),
    quotaWaitMs: 1000 * (number('worker', 'QUOTA_WAIT_SECONDS') ?? 0),
    partialSweepMs: number('worker', 'PARTIAL_SWEEP_MS'),
    namePrefixes: environment(template, 'worker').NAME_PREFIXES === 'on',
    accounts: environment(template, 'worker').ACCOUNTS,
  }).toEqual(WORKER_CONFIG);
  expect(number('worker', 'HTTP_REQUEST_TIMEOUT_MS')).toBe(REQUEST_TIMEOUT_MS);
});

test('the dispatcher obeys the same numbers', () => {
  expect({
    kinds: environment(template, 'dispatcher').KINDS?.split(','),
    regionSourcesTimeoutMs: number('dispatcher', 'REGION_SOURCES_TIMEOUT_MS'),
    lookBackMs: 1000 * (number('dispatcher', 'LOOK_BACK_SECONDS') ?? 0),
    retentionDays: number('dispatcher', 'RETENTION_DAYS'),
    runDeadlineMs: number('dispatcher', 'RUN_DEADLINE_MS'),
    runMaxAgeMs: number('dispatcher', 'RUN_MAX_AGE_MS'),
    runMaxAheadMs: number('dispatcher', 'RUN_MAX_AHEAD_MS'),
    publishBackoffMs: number('dispatcher', 'PUBLISH_BACKOFF_MS'),
    accounts: {
      accounts: environment(template, 'dispatcher').ACCOUNTS,
      includeOrganizationalUnits: [],
      excludeAccounts: [],
    },
    accountsTimeoutMs: number('dispatcher', 'ACCOUNTS_TIMEOUT_MS'),
    organizationDeadlineMs: number('dispatcher', 'ORGANIZATION_DEADLINE_MS'),
    accessRetryMs: number('dispatcher', 'ACCESS_RETRY_MS'),
    dispatchConcurrency: number('dispatcher', 'DISPATCH_CONCURRENCY'),
  }).toEqual(DISPATCHER_CONFIG);
});

test('the aggregator and the undelivered function obey the same numbers', () => {
  expect({
    partialSweepMs: number('aggregator', 'PARTIAL_SWEEP_MS'),
    lookBackMs: 1000 * (number('aggregator', 'LOOK_BACK_SECONDS') ?? 0),
    closingTimeMs: number('aggregator', 'CLOSING_TIME_MS'),
    quotaAlarmPercent: number('aggregator', 'QUOTA_ALARM_PERCENT'),
  }).toEqual(AGGREGATOR_CONFIG);
  expect({ partialSweepMs: number('undelivered', 'PARTIAL_SWEEP_MS') }).toEqual(UNDELIVERED_CONFIG);
});

test('the queues hide and give up messages alike', () => {
  expect(of('RegionTasksQueue', 'VisibilityTimeout') * 1000).toBe(VISIBILITY_MS['region-tasks']);
  expect(of('UndeliveredTasksQueue', 'VisibilityTimeout') * 1000).toBe(VISIBILITY_MS['undelivered-tasks']);
  expect(of('RegionTasksQueue', 'RedrivePolicy', 'maxReceiveCount')).toBe(MAX_RECEIVES);
});

test.each(Object.entries(CONCURRENCY))('as many of the %s run at once: %d', (name, limit) => {
  const [id] = Object.entries(template.Resources).find(
    ([key, { Type }]) => Type === 'AWS::Lambda::EventSourceMapping' && key.toLowerCase().startsWith(name),
  )!;
  expect(of(id, 'ScalingConfig', 'MaximumConcurrency')).toBe(limit);
});

test.each(Object.entries(EVENT_AGE_MS))(
  'an event of the %s is given up after %d ms, and two retries',
  (name, ageMs) => {
    const [id] = Object.entries(template.Resources).find(
      ([key, { Type }]) => Type === 'AWS::Lambda::EventInvokeConfig' && key.toLowerCase().startsWith(name),
    )!;
    expect(of(id, 'MaximumEventAgeInSeconds') * 1000).toBe(ageMs);
    expect(of(id, 'MaximumRetryAttempts')).toBe(2);
  },
);

test('the sweep comes as often', () => {
  expect(property(template, SWEEP_SCHEDULE, 'ScheduleExpression')).toBe(`rate(${SWEEP_MS / 60_000} minutes)`);
});
