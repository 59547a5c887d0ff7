/** The numbers that belong together, as sentences. Each is told to AWS in one place and to the code in another. */

import { LET_GO_AFTER_MS } from '../../../src/answers/parked.ts';
import { DISPATCHING_MS } from '../../../src/census/retry.ts';
import {
  environment,
  type FunctionName,
  functionArn,
  functionNames,
  logicalId,
  only,
  property,
  somewhere,
} from '../compiled.ts';
import { about, group, judged, rule } from '../judge.ts';
import type { JsonObject } from '../resolve.ts';

about('the numbers');

const template = () => judged.template;

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

const timeout = (name: FunctionName, of = template()) => Number(property(of, logicalId(name), 'Timeout'));
const queue = (id: string, ...path: string[]) => Number(property(template(), id, ...path));
/** Where other accounts are counted. */
const counting = () => judged.in({ ...somewhere, parameters: { Accounts: 'organization' } });
const ms = (name: FunctionName, variable: string) => Number(environment(template(), name)[variable]);

group('the worker and its queue', () => {
  rule('an invocation may take 300 seconds', () => {
    expect(timeout('worker')).toBe(300);
  });

  rule("a message is hidden for six times the worker's timeout", () => {
    expect(queue('RegionTasksQueue', 'VisibilityTimeout')).toBe(6 * timeout('worker'));
  });

  rule('the lease is 120 seconds, and three renewals fit into it', () => {
    expect(ms('worker', 'LEASE_MS')).toBe(120_000);
    expect(ms('worker', 'LEASE_RENEW_MS')).toBe(120_000 / 3);
  });

  rule('a lease is shorter than an invocation, or a crash would cost no less than it does without one', () => {
    expect(ms('worker', 'LEASE_MS')).toBeLessThan(timeout('worker') * 1000);
  });

  rule('a task is received five times, and the worker knows it', () => {
    expect(queue('RegionTasksQueue', 'RedrivePolicy', 'maxReceiveCount')).toBe(5);
    expect(environment(template(), 'worker').MAX_RECEIVES).toBe('5');
  });

  rule('a failed task comes back after 30 seconds, 2, 8 and 20 minutes: once between any two receives', () => {
    const waits = String(environment(template(), 'worker').TASK_BACKOFF_MS).split(',').map(Number);
    expect(waits).toEqual([30_000, 2 * minute * 1000, 8 * minute * 1000, 20 * minute * 1000]);
    expect(waits).toHaveLength(queue('RegionTasksQueue', 'RedrivePolicy', 'maxReceiveCount') - 1);
  });

  rule('no wait is longer than the 12 hours that SQS can hide a message', () => {
    for (const wait of String(environment(template(), 'worker').TASK_BACKOFF_MS).split(','))
      expect(Number(wait)).toBeLessThanOrEqual(12 * hour * 1000);
  });

  rule('one task is taken at a time, and a failed one is reported as such', () => {
    expect(mapping('worker').Properties).toMatchObject({
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      Enabled: true,
    });
  });

  rule('5 regions are listed at the same time, limited at the mapping and not by reserved concurrency', () => {
    expect(mapping('worker').Properties.ScalingConfig).toEqual({ MaximumConcurrency: 5 });
    for (const name of functionNames)
      expect(template().Resources[logicalId(name)]?.Properties).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  rule('all functions together leave room in an account that is new to Lambda, which may run 10 invocations', () => {
    const atOnce = ['worker', 'undelivered'].map((name) => {
      const { MaximumConcurrency } = mapping(name as FunctionName).Properties.ScalingConfig as JsonObject;
      return Number(MaximumConcurrency);
    });
    // One dispatcher; one aggregator for a nudge, and one for the sweep.
    expect(atOnce.reduce((sum, count) => sum + count, 3)).toBeLessThanOrEqual(10);
  });

  rule('the end of an invocation is kept back, and is a small part of it', () => {
    expect(ms('worker', 'CLOSING_TIME_MS')).toBe(15_000);
    expect(ms('worker', 'CLOSING_TIME_MS')).toBeGreaterThan(ms('worker', 'HTTP_REQUEST_TIMEOUT_MS'));
  });

  rule('ListStreams is called at most 45 times a second, below the 50 that AWS allows', () => {
    expect(environment(template(), 'worker').CALLS_PER_SECOND).toBe('45');
  });

  rule('a quick try has time for a connection and an answer, and less than any other call', () => {
    expect(ms('worker', 'QUICK_TRY_MS')).toBe(5000);
    expect(ms('worker', 'QUICK_TRY_MS')).toBeGreaterThan(ms('worker', 'HTTP_CONNECT_TIMEOUT_MS'));
    expect(ms('worker', 'QUICK_TRY_MS')).toBeLessThan(ms('worker', 'HTTP_REQUEST_TIMEOUT_MS'));
  });

  rule('a page is tried again after at most 10 seconds', () => {
    expect(ms('worker', 'PAGE_BACKOFF_MS')).toBe(500);
    expect(ms('worker', 'PAGE_BACKOFF_LIMIT_MS')).toBe(10_000);
  });
});

group('the deadline of a run', () => {
  rule('is 90 minutes', () => {
    expect(ms('dispatcher', 'RUN_DEADLINE_MS')).toBe(90 * minute * 1000);
  });

  rule('is later than five attempts of a region, the backoff between them, and the dispatch', () => {
    const waits = String(environment(template(), 'worker').TASK_BACKOFF_MS).split(',').map(Number);
    const attempts = 5 * timeout('worker') * 1000;
    const dispatch = 3 * timeout('dispatcher') * 1000 + (1 + 2) * minute * 1000;
    expect(ms('dispatcher', 'RUN_DEADLINE_MS')).toBeGreaterThan(
      attempts + waits.reduce((sum, wait) => sum + wait, 0) + dispatch,
    );
  });
});

group('the Scheduler and the dispatcher', () => {
  rule('the schedule gives up after two retries or 15 minutes', () => {
    expect(schedule('dispatch').Target).toMatchObject({
      RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 15 * minute },
    });
  });

  rule('Lambda gives up after two retries or 15 minutes', () => {
    expect(asyncConfig('dispatcher')).toMatchObject({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 15 * minute });
  });

  rule('an instant more than an hour old is refused, and one more than a minute in the future', () => {
    expect(ms('dispatcher', 'RUN_MAX_AGE_MS')).toBe(hour * 1000);
    expect(ms('dispatcher', 'RUN_MAX_AHEAD_MS')).toBe(minute * 1000);
  });

  rule('every event that is still delivered is young enough to be accepted', () => {
    const latest = 15 * minute + 15 * minute + 3 * timeout('dispatcher');
    expect(ms('dispatcher', 'RUN_MAX_AGE_MS')).toBeGreaterThan(latest * 1000);
  });

  rule('the dispatcher may take 60 seconds', () => {
    expect(timeout('dispatcher')).toBe(60);
    expect(ms('dispatcher', 'PUBLISH_BACKOFF_MS')).toBe(200);
  });
});

group('the dispatcher of other accounts', () => {
  const waits = (1 + 2) * minute;
  const attempts = () => 3 * timeout('dispatcher', counting()) + waits;

  rule('may take 300 seconds, with a whole vCPU', () => {
    expect(timeout('dispatcher', counting())).toBe(300);
    expect(property(counting(), logicalId('dispatcher'), 'MemorySize')).toBe(1769);
  });

  rule('begins its third attempt before the event is too old for it', () => {
    const { MaximumEventAgeInSeconds } = asyncConfig('dispatcher');
    expect(attempts() - timeout('dispatcher', counting())).toBeLessThanOrEqual(Number(MaximumEventAgeInSeconds));
  });

  rule('is still at it for less time than a person has to wait who asks again', () => {
    expect(DISPATCHING_MS.together).toBeGreaterThan(attempts() * 1000);
    expect(DISPATCHING_MS.alone).toBeGreaterThan((3 * timeout('dispatcher') + waits) * 1000);
  });

  rule('accepts every event that is still delivered', () => {
    expect(ms('dispatcher', 'RUN_MAX_AGE_MS')).toBeGreaterThan((15 * minute + 15 * minute + attempts()) * 1000);
  });

  rule('leaves the last account that it comes to as much time as it needs', () => {
    const backoff = String(environment(template(), 'worker').TASK_BACKOFF_MS).split(',').map(Number);
    const work = 5 * timeout('worker') * 1000 + backoff.reduce((sum, wait) => sum + wait, 0);
    expect(ms('dispatcher', 'RUN_DEADLINE_MS')).toBeGreaterThan(work);
  });

  rule('gives the organisation two hours: as its last account has, and two sweeps', () => {
    expect(ms('dispatcher', 'ORGANIZATION_DEADLINE_MS')).toBe(2 * hour * 1000);
    expect(ms('dispatcher', 'ORGANIZATION_DEADLINE_MS')).toBeGreaterThan(
      ms('dispatcher', 'RUN_DEADLINE_MS') + (attempts() + 2 * 5 * minute) * 1000,
    );
  });

  rule(
    'comes to a thousand accounts of which nothing is answered beside the count, and has a third of its time left',
    () => {
      expect(ms('dispatcher', 'ACCOUNTS_TIMEOUT_MS')).toBe(60_000);
      expect(ms('dispatcher', 'ACCESS_RETRY_MS')).toBe(10_000);
      expect(ms('dispatcher', 'DISPATCH_CONCURRENCY')).toBe(50);
      const each = ms('dispatcher', 'REGION_SOURCES_TIMEOUT_MS') + ms('dispatcher', 'LOOK_BACK_SECONDS') * 1000;
      const beside = ms('dispatcher', 'ACCOUNTS_TIMEOUT_MS') + ms('dispatcher', 'ACCESS_RETRY_MS');
      const all = beside + (1000 / ms('dispatcher', 'DISPATCH_CONCURRENCY')) * each;
      expect(all).toBeLessThanOrEqual((2 / 3) * timeout('dispatcher', counting()) * 1000);
    },
  );

  rule('has no more time and memory than before where no other account is counted', () => {
    expect(timeout('dispatcher')).toBe(60);
    expect(property(template(), logicalId('dispatcher'), 'MemorySize')).toBe(256);
  });
});

group('the aggregator', () => {
  rule('an event is given up after two retries or an hour', () => {
    expect(asyncConfig('aggregator')).toMatchObject({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: hour });
  });

  rule('may take 60 seconds', () => {
    expect(timeout('aggregator')).toBe(60);
  });

  rule(
    'has nearly until the next sweep where other accounts are counted, since there may be a thousand runs to settle',
    () => {
      expect(timeout('aggregator', counting())).toBe(240);
      expect(timeout('aggregator', counting())).toBeLessThan(5 * minute);
      expect(property(counting(), logicalId('aggregator'), 'MemorySize')).toBe(512);
    },
  );

  rule('looks at a partial run for a day after its deadline, as long as tasks and dead letters are obeyed', () => {
    for (const name of ['aggregator', 'worker', 'undelivered'] as const)
      expect(ms(name, 'PARTIAL_SWEEP_MS')).toBe(24 * hour * 1000);
    expect(LET_GO_AFTER_MS).toBe(ms('worker', 'PARTIAL_SWEEP_MS'));
  });

  rule('that is longer than a round may take, so that no task of a calm run is too late', () => {
    expect(ms('worker', 'PARTIAL_SWEEP_MS')).toBeGreaterThan(ms('dispatcher', 'RUN_DEADLINE_MS'));
  });

  rule(
    'ends a sweep in time for the run that it is at: for one request that hangs, and noting where it stopped',
    () => {
      expect(ms('aggregator', 'CLOSING_TIME_MS')).toBe(2 * ms('aggregator', 'HTTP_REQUEST_TIMEOUT_MS'));
      expect(ms('aggregator', 'CLOSING_TIME_MS')).toBeLessThan((timeout('aggregator') * 1000) / 2);
    },
  );

  rule('sweeps every 5 minutes, and an event of the sweep lives no longer than that', () => {
    expect(schedule('sweep').ScheduleExpression).toBe('rate(5 minutes)');
    expect(schedule('sweep').Target).toMatchObject({
      RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 5 * minute },
    });
  });
});

group('the dead letters', () => {
  rule('the undelivered function may take 30 seconds, and a dead letter is hidden for six times that', () => {
    expect(timeout('undelivered')).toBe(30);
    expect(queue('UndeliveredTasksQueue', 'VisibilityTimeout')).toBe(180);
  });

  rule('are taken one at a time, by at most two invocations, and a failed one is reported as such', () => {
    expect(mapping('undelivered').Properties).toMatchObject({
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
      Enabled: true,
    });
  });

  rule('are never given up, whatever happens to the ledger', () => {
    expect(template().Resources.UndeliveredTasksQueue?.Properties).not.toHaveProperty('RedrivePolicy');
  });

  rule('are kept for 14 days, from a queue that keeps its messages for 4', () => {
    expect(queue('RegionTasksQueue', 'MessageRetentionPeriod')).toBe(4 * day);
    for (const id of ['UndeliveredTasksQueue', 'UnreadableTasksQueue', 'FailedInvocationsQueue'])
      expect(queue(id, 'MessageRetentionPeriod')).toBe(14 * day);
  });
});

group('one HTTP call of any function', () => {
  rule.each(functionNames)('%s waits 3 seconds for a connection and 10 for an answer', (name) => {
    expect(ms(name, 'HTTP_CONNECT_TIMEOUT_MS')).toBe(3_000);
    expect(ms(name, 'HTTP_REQUEST_TIMEOUT_MS')).toBe(10_000);
    expect(ms(name, 'HTTP_REQUEST_TIMEOUT_MS')).toBeLessThan(timeout(name) * 1000);
  });
});

group('how long a run stays in the ledger', () => {
  rule('is 400 days, which only whoever opens it is told: its records go when it goes', () => {
    const told = functionNames.map((name) => environment(template(), name).RETENTION_DAYS);
    expect(told.filter((days) => days !== undefined)).toEqual(['400']);
    expect(environment(template(), 'dispatcher').RETENTION_DAYS).toBe('400');
  });

  rule('is longer than anybody still works on it', () => {
    const worked =
      ms('dispatcher', 'RUN_MAX_AGE_MS') + ms('dispatcher', 'RUN_DEADLINE_MS') + ms('worker', 'PARTIAL_SWEEP_MS');
    expect(Number(environment(template(), 'dispatcher').RETENTION_DAYS) * day * 1000).toBeGreaterThan(worked);
  });
});

function mapping(name: FunctionName) {
  return only(template(), 'AWS::Lambda::EventSourceMapping', { FunctionName: functionArn(name) });
}

function asyncConfig(name: FunctionName) {
  const functionName = property(template(), logicalId(name), 'FunctionName');
  return only(template(), 'AWS::Lambda::EventInvokeConfig', { FunctionName: functionName, Qualifier: '$LATEST' })
    .Properties;
}

function schedule(name: string) {
  return only(template(), 'AWS::Scheduler::Schedule', { Name: `kvs-census-dev-${name}` }).Properties;
}
