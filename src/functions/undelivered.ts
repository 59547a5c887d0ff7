/**
 * Drains the dead letters into the ledger: a task that failed five times becomes a `failed` record, so that its run
 * ends as partial instead of hanging. What cannot be read, or was asked for by no run, is parked unchanged for a person.
 * What comes too late is let go, as the worker does.
 */
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { makeDynamoDB, makeSns, makeSqs } from '../aws/clients.ts';
import { makeTaskLedger } from '../aws/ledger.ts';
import { makeParkMessage, type ParkMessage } from '../aws/queue.ts';
import { makeSendNudge } from '../aws/topic.ts';
import { conclude, strikeAndNudge } from '../census/conclude.ts';
import { readTask } from '../census/messages.ts';
import type { Clock, SendNudge, TaskLedger } from '../census/ports.ts';
import type { FailedRecord, RegionRecord } from '../census/region.ts';
import { accountOfFunction } from '../census/run.ts';
import { type Refusal, standingOf } from '../census/standing.ts';
import { type UndeliveredConfig, undeliveredConfig } from '../config.ts';
import { errorFields, type Log } from '../log.ts';
import { bind, lazily, realClock } from './bind.ts';

export type UndeliveredDeps = {
  ledger: TaskLedger;
  sendNudge: SendNudge;
  parkMessage: ParkMessage;
  clock: Pick<Clock, 'nowMs'>;
  config: Pick<UndeliveredConfig, 'partialSweepMs'>;
  log: Log;
};

/** A message that could not be dealt with stays in the queue, whose visibility spaces the tries. None is ever lost. */
export function undelivered(deps: UndeliveredDeps) {
  return async (event: SQSEvent, context: Pick<Context, 'invokedFunctionArn'>): Promise<SQSBatchResponse> => {
    const accountId = accountOfFunction(context.invokedFunctionArn);
    const batchItemFailures = [];
    for (const message of event.Records) {
      try {
        await handle(deps, message, accountId);
      } catch (error) {
        deps.log.error('dead letter stays', errorFields(error));
        batchItemFailures.push({ itemIdentifier: message.messageId });
      }
    }
    return { batchItemFailures };
  };
}

async function handle(deps: UndeliveredDeps, message: SQSRecord, ownId: string): Promise<void> {
  const task = readTask(message.body);
  if (task === undefined) return await park(deps, message, 'not-a-task');
  const { censusId, runId, region, round } = task;
  const known = await deps.ledger.readRunAndRecord(task, region);
  const nowMs = deps.clock.nowMs();
  const standing = standingOf(task, known, { accountId: ownId, nowMs, partialSweepMs: deps.config.partialSweepMs });
  switch (standing.is) {
    case 'refused':
      return await park(deps, message, standing.why);
    case 'counted':
      return await strikeAndNudge(deps, standing.record);
    case 'late':
      return deps.log.warn('dead letter is too late and was let go', { censusId, runId, region, round });
    case 'wanted': {
      const { run, record } = standing;
      const failure = knownFailure(record, round);
      const { reason } = failure;
      const recordedAt = new Date(nowMs).toISOString();
      await conclude(deps, { censusId, runId, region, round, recordedAt, status: 'failed', ...failure }, run);
      return deps.log.warn('region failed', { censusId, runId, region, round, reason });
    }
    default:
      return standing satisfies never;
  }
}

/** What the worker last recorded in this round; a task that never reached one says nothing of why. */
function knownFailure(
  record: Exclude<RegionRecord, { status: 'counted' }> | undefined,
  round: number,
): Pick<FailedRecord, 'reason' | 'deniedBy' | 'effort'> {
  if (record?.round !== round) return { reason: 'undelivered' };
  const { reason, deniedBy, effort } = record;
  return { reason, ...(deniedBy && { deniedBy }), ...(effort && { effort }) };
}

async function park(
  { parkMessage, log }: UndeliveredDeps,
  message: SQSRecord,
  why: Refusal | 'not-a-task',
): Promise<void> {
  await parkMessage(message.body, why);
  log.warn('dead letter parked', { reason: why });
}

function realDeps(log: Log): UndeliveredDeps {
  const config = undeliveredConfig();
  return {
    ledger: makeTaskLedger({ client: makeDynamoDB(config.http), ...config.ledger, nowMs: realClock.nowMs }),
    sendNudge: lazily(() => makeSendNudge(makeSns(config.http), config.nudgesTopicArn)),
    parkMessage: lazily(() => makeParkMessage(makeSqs(config.http), config.unreadableTasksQueueUrl)),
    clock: realClock,
    config,
    log,
  };
}

export const handler = bind((log) => undelivered(realDeps(log)));
