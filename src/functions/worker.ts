/**
 * Counts one region of one run. Fed by the queue, one task at a time:
 *
 *     lease ─▶ read the run ─▶ list the region ─▶ record ─▶ strike ─▶ nudge ─▶ acknowledge
 *                  │                  ├─ failed: record `attempted` or `failed`, come back by backoff
 *                  │                  └─ too late by then: let go
 *                  ├─ counted already: strike, nudge, acknowledge
 *                  ├─ too late: let go, which is to acknowledge it
 *                  └─ of no run, region or round that this account has: back at once, to be dead-lettered
 *
 * A crash anywhere lets the lease run out; the queue delivers the task again.
 */
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { makeDynamoDB, makeSns, makeSqs, makeSts } from '../aws/clients.ts';
import { type CountingClients, makeCountingClients } from '../aws/counting-clients.ts';
import { makeTaskLedger } from '../aws/ledger.ts';
import { makeDarkLedger } from '../aws/organization-ledger.ts';
import { type DelayMessage, makeDelayMessage } from '../aws/queue.ts';
import { makeSessions } from '../aws/sessions.ts';
import { makeSendNudge } from '../aws/topic.ts';
import { askQuota } from '../census/ask-quota.ts';
import { kindOf, ownerOf } from '../census/census-id.ts';
import { churnOf, lookoutFrom, youngOf } from '../census/churn.ts';
import { conclude, strikeAndNudge } from '../census/conclude.ts';
import { callsPerSecondOf, descriptorOf } from '../census/kinds.ts';
import { ATTEMPTS_PER_PAGE, type CountLimits, type CountResult, countRegion } from '../census/listing/count.ts';
import type { Earlier } from '../census/listing/earlier.ts';
import { listingsFor } from '../census/listing/memory.ts';
import { makePace } from '../census/listing/pace.ts';
import { type RegionTask, readTask } from '../census/messages.ts';
import { once } from '../census/once.ts';
import type { AskAccess, DarkLedger } from '../census/organization/ports.ts';
import { parentKeyOf } from '../census/organization/run.ts';
import type { AskQuota, Clock, Random, SendNudge, TaskLedger } from '../census/ports.ts';
import { failedQuickTry, isDarkAttempt, isQuickTry, maySayDark, quickTry } from '../census/quick-try.ts';
import type { Quota } from '../census/quota.ts';
import { type FailedRecord, type RegionRecord, statusOfFailure } from '../census/region.ts';
import { accountOfFunction, type Parent, type Run } from '../census/run.ts';
import { isLate, standingOf } from '../census/standing.ts';
import { within } from '../census/within.ts';
import { type WorkerConfig, workerConfig } from '../config.ts';
import { errorFields, type Log } from '../log.ts';
import { bind, type Every, lazily, partitionOfArn, realClock, realEvery } from './bind.ts';

export type WorkerDeps = {
  ledger: TaskLedger & DarkLedger;
  /** What an account is counted with; absent: the worker's own. Where another lets nobody in, each page is a CountError. */
  clientsOf: (accountId?: string) => CountingClients;
  askAccess: AskAccess;
  sendNudge: SendNudge;
  delayMessage: DelayMessage;
  clock: Clock;
  every: Every;
  random: Random;
  config: Pick<
    WorkerConfig,
    | 'maxReceives'
    | 'leaseMs'
    | 'leaseRenewMs'
    | 'taskBackoffMs'
    | 'pageBackoffMs'
    | 'pageBackoffLimitMs'
    | 'callsPerSecond'
    | 'quickTryMs'
    | 'closingTimeMs'
    | 'quotaWaitMs'
    | 'partialSweepMs'
    | 'namePrefixes'
    | 'accounts'
  >;
  log: Log;
};

type WorkerContext = Pick<Context, 'invokedFunctionArn' | 'getRemainingTimeInMillis' | 'memoryLimitInMB'>;

/** Whose an invocation is, and what it has of time and memory. */
type Given = { accountId: string } & Pick<CountLimits, 'stopAtMs' | 'listings'>;

/** What becomes of a task: acknowledged, or back in the queue after a wait. */
type Outcome = { done: true } | { done: false; waitMs: number };

const DONE: Outcome = { done: true };
const AT_ONCE: Outcome = { done: false, waitMs: 0 };

export function worker(deps: WorkerDeps) {
  return async (event: SQSEvent, context: WorkerContext): Promise<SQSBatchResponse> => {
    const given = {
      accountId: accountOfFunction(context.invokedFunctionArn),
      stopAtMs: deps.clock.nowMs() + context.getRemainingTimeInMillis() - deps.config.closingTimeMs,
      listings: listingsFor(Number(context.memoryLimitInMB)),
    };
    const batchItemFailures = [];
    for (const message of event.Records) {
      const outcome = await underLease(deps, message, () => handle(deps, message, given));
      if (outcome.done) continue;
      await delay(deps, message, outcome.waitMs);
      batchItemFailures.push({ itemIdentifier: message.messageId });
    }
    return { batchItemFailures };
  };
}

async function handle(deps: WorkerDeps, message: SQSRecord, given: Given): Promise<Outcome> {
  const receives = Number(message.attributes.ApproximateReceiveCount);
  const task = readTask(message.body);
  if (task === undefined) {
    deps.log.warn('task is unreadable', { receives });
    return AT_ONCE;
  }
  const { censusId, runId, region } = task;
  try {
    const { partialSweepMs, accounts } = deps.config;
    // Where no other account is counted there is none in which the region could be dark, too.
    const organization = accounts === 'self' || task.round > 0 ? undefined : parentKeyOf(task);
    const known = await deps.ledger.readRunAndRecord(task, region, task.previous, organization);
    const standing = standingOf(task, known, { accountId: given.accountId, nowMs: deps.clock.nowMs(), partialSweepMs });
    switch (standing.is) {
      case 'refused':
        deps.log.warn('task is refused', { censusId, runId, region, receives, reason: standing.why });
        return AT_ONCE;
      case 'counted':
        await strikeAndNudge(deps, standing.record);
        return DONE;
      case 'late':
        return letGo(deps, task, receives);
      case 'wanted':
        return await count(deps, task, { ...known, run: standing.run }, receives, given);
      default:
        return standing satisfies never;
    }
  } catch (error) {
    deps.log.error('task failed', { censusId, runId, region, receives, ...errorFields(error) });
    return comeBack(deps, receives);
  }
}

async function count(
  deps: WorkerDeps,
  task: RegionTask,
  { run, before, dark }: { run: Run; before?: RegionRecord; dark?: readonly string[] },
  receives: number,
  { accountId: own, stopAtMs, listings }: Given,
): Promise<Outcome> {
  const { clock, random, config, log } = deps;
  const startedAtMs = clock.nowMs();
  const startedAt = new Date(startedAtMs).toISOString();
  const kind = kindOf(task.censusId);
  const { facets, hasPrefixes } = descriptorOf(kind);
  const owner = ownerOf(task.censusId);
  const { listPageOf, askQuota: port } = deps.clientsOf(owner === own ? undefined : owner);
  const listPage = listPageOf(kind, task.region);
  const isQuick = isQuickTry(task, run, dark);
  const lookout = lookoutFrom(startedAtMs, before);
  const counting = countRegion(
    {
      listPage: isQuick ? quickTry(listPage, config.quickTryMs) : listPage,
      pace: makePace(clock, callsPerSecondOf(kind, config.callsPerSecond)),
      clock,
      random,
    },
    { ...config, attemptsPerPage: ATTEMPTS_PER_PAGE, stopAtMs, listings },
    { facets, hasPrefixes, asOfMs: Date.parse(task.runId), lookout, earlier: before && earlierOf(before) },
  );
  const { result, endedAtMs, quota } = await withQuota(deps, port, task, counting);
  // When it ended decides, not when it began: so no record says that it was made later than any may be.
  if (isLate(task, run, endedAtMs, config.partialSweepMs)) return letGo(deps, task, receives);
  const { censusId, runId, region, round } = task;
  const recordedAt = new Date(endedAtMs).toISOString();
  const base = { censusId, runId, region, round, recordedAt, effort: result.effort };
  if (result.outcome === 'failed') {
    return await recordFailure(deps, { task, run, dark, own, receives, isQuick }, base, result);
  }
  const { tally, prefixes, newcomers, repeated } = result;
  const young = youngOf(lookout, newcomers);
  const churn = churnOf(before, { tally, startedAt }, newcomers);
  const counted = {
    tally,
    ...(config.namePrefixes && { prefixes }),
    ...(repeated > 0 && { repeated }),
    ...(young && { young }),
    ...(churn && { churn }),
    startedAt,
    endedAt: base.recordedAt,
    ...(quota && { quota }),
  };
  await conclude(deps, { ...base, status: 'counted', ...counted }, run);
  log.info('region counted', { censusId, runId, region, streams: result.tally.streams, ...result.effort });
  return DONE;
}

/** One receive of a task. `own`: the stack's account. `dark`: accounts of the organisation that got no page of the region. */
type Attempt = {
  task: RegionTask;
  run: Run;
  dark: readonly string[] | undefined;
  own: string;
  receives: number;
  isQuick: boolean;
};

type Failed = CountResult & { outcome: 'failed' };

/** Records why the region is not counted. The task comes back, unless that is for good. */
async function recordFailure(
  deps: WorkerDeps,
  { task, run, dark, own, receives, isQuick }: Attempt,
  base: Omit<FailedRecord, 'status' | 'reason' | 'deniedBy'>,
  result: Failed,
): Promise<Outcome> {
  logFailure(deps.log, task, receives, result);
  const { reason, effort, cause } = result;
  const status = failedQuickTry(isQuick, reason, effort) ? 'failed' : statusOfFailure(reason, receives);
  const failure = { reason, ...(cause.deniedBy && { deniedBy: cause.deniedBy }) };
  if (status === 'failed') await conclude(deps, { ...base, status, ...failure }, run);
  else await deps.ledger.writeRecord({ ...base, status, ...failure }, run);
  const { parent } = run;
  if (parent && maySayDark(task, run, dark) && isDarkAttempt(result)) await sayDark(deps, task, parent, own);
  return status === 'failed' ? DONE : comeBack(deps, receives);
}

/** For the other accounts of the organisation. What becomes of that is no part of the count. */
async function sayDark(
  { ledger, askAccess, clock, config, log }: WorkerDeps,
  task: RegionTask,
  parent: Parent,
  own: string,
): Promise<void> {
  const { censusId, runId, region } = task;
  const accountId = ownerOf(censusId);
  const asked = (signal: AbortSignal) => askAccess(accountId, signal);
  try {
    // Perhaps it was not the region that did not answer, but whoever lets one into the account.
    const access = accountId === own ? 'granted' : await within(clock, config.quickTryMs, asked, undefined);
    if (access === 'granted') await ledger.noteDark(parentKeyOf(task), region, accountId, parent);
  } catch (error) {
    log.warn('that a region is dark could not be noted', { censusId, runId, region, ...errorFields(error) });
  }
}

/**
 * What a list comes to, and when; and the quota of its region, which is asked for beside it and waited for no longer than a moment
 * after. Nothing of what becomes of the question is part of the count.
 */
async function withQuota(
  { clock, config, log }: WorkerDeps,
  port: AskQuota,
  { censusId, runId, region }: RegionTask,
  counting: Promise<CountResult>,
): Promise<{ result: CountResult; endedAtMs: number; quota?: Quota }> {
  const { quota: kindQuota } = descriptorOf(kindOf(censusId));
  const asked = kindQuota && askQuota(port, clock, kindQuota, region);
  try {
    const result = await counting;
    const endedAtMs = clock.nowMs();
    if (asked === undefined || result.outcome === 'failed') return { result, endedAtMs };
    const { quota, cause } = await asked.answer(result.tally, config.quotaWaitMs);
    if (quota.from === 'unknown') {
      const why = { reason: quota.because, ...(cause !== undefined && errorFields(cause)) };
      log.warn('quota is not known', { censusId, runId, region, ...why });
    }
    return { result, endedAtMs, quota };
  } finally {
    asked?.end();
  }
}

/** What a record of the run before lets one expect. */
function earlierOf(before: RegionRecord): Earlier | undefined {
  if (before.status !== 'counted') return undefined;
  const { tally, prefixes } = before;
  return { streams: tally.streams, ...(prefixes && { prefixes }) };
}

/** Its region stays missing. A person who wants it after all asks again, in a round of its own. */
function letGo({ log }: WorkerDeps, { censusId, runId, region, round }: RegionTask, receives: number): Outcome {
  log.warn('task is too late and was let go', { censusId, runId, region, round, receives });
  return DONE;
}

/** After the last receive the task returns at once, so that it is dead-lettered now and not after its lease. */
function comeBack({ config, random }: WorkerDeps, receives: number): Outcome {
  if (receives >= config.maxReceives) return AT_ONCE;
  const longestMs = config.taskBackoffMs[receives - 1] ?? config.taskBackoffMs.at(-1) ?? 0;
  return { done: false, waitMs: longestMs * (0.5 + random() / 2) };
}

/**
 * Holds the message back for `leaseMs` at a time while `work` goes on: a crash then costs one lease instead of the
 * queue's whole visibility. No renewal is under way any more when this resolves.
 */
async function underLease<T>(deps: WorkerDeps, message: SQSRecord, work: () => Promise<T>): Promise<T> {
  const { leaseMs, leaseRenewMs } = deps.config;
  let renewal = delay(deps, message, leaseMs);
  const stop = deps.every(leaseRenewMs, () => {
    renewal = renewal.then(() => delay(deps, message, leaseMs));
  });
  try {
    return await work();
  } finally {
    stop();
    await renewal;
  }
}

/** A message whose visibility cannot be changed comes back when it runs out: later than wanted, but it comes. */
async function delay({ delayMessage, log }: WorkerDeps, message: SQSRecord, ms: number): Promise<void> {
  try {
    await delayMessage(message.receiptHandle, ms);
  } catch (error) {
    log.warn('visibility could not be changed', errorFields(error));
  }
}

function logFailure(log: Log, task: RegionTask, receives: number, result: Failed): void {
  const { censusId, runId, region, round } = task;
  const { reason, effort, cause } = result;
  log.warn('region not counted', {
    censusId,
    runId,
    region,
    round,
    receives,
    reason,
    ...(cause.deniedBy && { deniedBy: cause.deniedBy }),
    ...effort,
    // Of what was found out here there is nothing beneath.
    ...errorFields(cause.cause ?? cause),
  });
}

function realDeps(log: Log): WorkerDeps {
  const config = workerConfig();
  const { http, member } = config;
  const partition = partitionOfArn(config.nudgesTopicArn);
  const sessions = once(() => makeSessions({ sts: makeSts(http), ...member, partition, nowMs: realClock.nowMs }));
  const options = { client: makeDynamoDB(http), ...config.ledger, nowMs: realClock.nowMs };
  return {
    ledger: { ...makeTaskLedger(options), ...makeDarkLedger(options) },
    clientsOf: makeCountingClients(http, (accountId) => sessions().credentialsOf(accountId)),
    askAccess: (...question) => sessions().askAccess(...question),
    sendNudge: lazily(() => makeSendNudge(makeSns(http), config.nudgesTopicArn)),
    delayMessage: makeDelayMessage(makeSqs(http), config.queueUrl),
    clock: realClock,
    every: realEvery,
    random: Math.random,
    config,
    log,
  };
}

export const handler = bind((log) => worker(realDeps(log)));
