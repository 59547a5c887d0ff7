/**
 * Drains the dead letters into the ledger: a task that failed five times becomes a `failed` record, so that its run
 * ends as partial instead of hanging. What cannot be read, or belongs to no run, is parked unchanged for a person.
 */
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { makeDynamoDB, makeSns, makeSqs } from '../aws/clients.ts';
import { makeLedger } from '../aws/ledger.ts';
import { makeParkMessage, type ParkMessage } from '../aws/queue.ts';
import { makeSendNudge } from '../aws/topic.ts';
import { conclude, strikeAndNudge } from '../census/conclude.ts';
import type { Reason } from '../census/errors.ts';
import type { Clock, Ledger, SendNudge } from '../census/ports.ts';
import { type RegionRecord, readTask } from '../census/region.ts';
import { undeliveredConfig } from '../config.ts';
import { errorFields, type Log, makeLog } from '../log.ts';
import { bind, realClock } from './bind.ts';

export type UndeliveredDeps = {
  ledger: Pick<Ledger, 'readRunAndRecord' | 'writeRecord' | 'strike'>;
  sendNudge: SendNudge;
  parkMessage: ParkMessage;
  clock: Pick<Clock, 'nowMs'>;
  log: Log;
};

/** A message that could not be dealt with stays in the queue, whose visibility spaces the tries. None is ever lost. */
export function undelivered(deps: UndeliveredDeps) {
  return async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const batchItemFailures = [];
    for (const message of event.Records) {
      try {
        await handle(deps, message);
      } catch (error) {
        deps.log.error('dead letter stays', errorFields(error));
        batchItemFailures.push({ itemIdentifier: message.messageId });
      }
    }
    return { batchItemFailures };
  };
}

async function handle(deps: UndeliveredDeps, message: SQSRecord): Promise<void> {
  const task = readTask(message.body);
  if (task === undefined) return await park(deps, message, 'not-a-task');
  const { accountId, runId, region, round } = task;
  const { run, record } = await deps.ledger.readRunAndRecord(task, region);
  if (run === undefined) return await park(deps, message, 'no-such-run');
  if (record?.status === 'counted') return await strikeAndNudge(deps, record);
  const reason = knownReason(record, round);
  const recordedAt = new Date(deps.clock.nowMs()).toISOString();
  const effort = record?.round === round && record.effort ? { effort: record.effort } : {};
  await conclude(deps, { accountId, runId, region, round, recordedAt, status: 'failed', reason, ...effort });
  deps.log.warn('region failed', { accountId, runId, region, round, reason });
}

/** What the worker last recorded in this round; a task that never reached one says nothing of why. */
function knownReason(record: Exclude<RegionRecord, { status: 'counted' }> | undefined, round: number): Reason {
  return record?.round === round ? record.reason : 'undelivered';
}

async function park({ parkMessage, log }: UndeliveredDeps, message: SQSRecord, why: string): Promise<void> {
  await parkMessage(message.body, why);
  log.warn('dead letter parked', { reason: why });
}

function realDeps(): UndeliveredDeps {
  const config = undeliveredConfig();
  return {
    ledger: makeLedger({ client: makeDynamoDB(config.http), ...config.ledger, nowMs: realClock.nowMs }),
    sendNudge: makeSendNudge(makeSns(config.http), config.nudgesTopicArn),
    parkMessage: makeParkMessage(makeSqs(config.http), config.unreadableTasksQueueUrl),
    clock: realClock,
    log: makeLog(),
  };
}

export const handler = bind(() => undelivered(realDeps()));
