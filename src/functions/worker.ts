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
import { makeCountingClients } from '../aws/counting-clients.ts';
import { makeTaskLedger } from '../aws/ledger.ts';
import { makeDarkLedger } from '../aws/organization-ledger.ts';
import { makeDelayMessage } from '../aws/queue.ts';
import { makeSessions } from '../aws/sessions.ts';
import { makeSendNudge } from '../aws/topic.ts';
import { strikeAndNudge } from '../census/conclude.ts';
import { listingsFor } from '../census/listing/memory.ts';
import { readTask } from '../census/messages.ts';
import { once } from '../census/once.ts';
import { parentKeyOf } from '../census/organization/run.ts';
import { accountOfFunction } from '../census/run.ts';
import { standingOf } from '../census/standing.ts';
import { type WorkerConfig, workerConfig } from '../config.ts';
import { errorFields, type Log } from '../log.ts';
import { bind, lazily, partitionOfArn, realClock, realEvery } from './bind.ts';
import { delay, type LeaseDeps, underLease } from './counting/lease.ts';
import { AT_ONCE, comeBack, DONE, letGo, type Outcome } from './counting/outcome.ts';
import { type CountingDeps, countTask, type Given } from './counting/region.ts';

export type WorkerDeps = CountingDeps & LeaseDeps & { config: Pick<WorkerConfig, 'closingTimeMs' | 'accounts'> };

type WorkerContext = Pick<Context, 'invokedFunctionArn' | 'getRemainingTimeInMillis' | 'memoryLimitInMB'>;

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
        return await countTask(deps, task, { ...known, run: standing.run }, receives, given);
      default:
        return standing satisfies never;
    }
  } catch (error) {
    deps.log.error('task failed', { censusId, runId, region, receives, ...errorFields(error) });
    return comeBack(deps, receives);
  }
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
