/** Opens a run and publishes one task per region. Invoked asynchronously, by the Scheduler or by a person's command. */
import type { Context } from 'aws-lambda';
import { makeDynamoDB, makeSns } from '../aws/clients.ts';
import { makeOpeningLedger } from '../aws/ledger.ts';
import { makePublishTasks } from '../aws/topic.ts';
import { GaveUpError } from '../census/errors.ts';
import type { RegionTask } from '../census/messages.ts';
import type { Clock, OpeningLedger, PublishTasks, Random } from '../census/ports.ts';
import { PUBLISH_ATTEMPTS, publishAll, tasksToPublish } from '../census/publish.ts';
import { accountOfFunction, checkRunIsCurrent, openRun, parseRunId, type RunKey } from '../census/run.ts';
import { type DispatcherConfig, dispatcherConfig } from '../config.ts';
import type { Log } from '../log.ts';
import { bind, realClock } from './bind.ts';

export type DispatcherDeps = {
  ledger: OpeningLedger;
  publishTasks: PublishTasks;
  clock: Clock;
  random: Random;
  config: Pick<
    DispatcherConfig,
    'regions' | 'retentionDays' | 'runDeadlineMs' | 'runMaxAgeMs' | 'runMaxAheadMs' | 'publishBackoffMs'
  >;
  log: Log;
};

type Dispatched = RunKey & { opened: boolean; published: number };

/** A second invocation for the same instant opens nothing, and publishes only what the first left unpublished. */
export function dispatcher(deps: DispatcherDeps) {
  return async (event: unknown, context: Pick<Context, 'invokedFunctionArn'>): Promise<Dispatched> => {
    const { ledger, config, clock, log } = deps;
    const key = {
      accountId: accountOfFunction(context.invokedFunctionArn),
      runId: parseRunId((event as { runId?: unknown })?.runId),
    };
    checkRunIsCurrent(key.runId, clock.nowMs(), config);

    const { regions, retentionDays, runDeadlineMs: deadlineAfterMs } = config;
    const opening = openRun(key, regions, clock.nowMs(), { deadlineAfterMs, retentionDays });
    const opened = (await ledger.openRun(opening)) === 'opened';
    const run = opened ? opening : await ledger.readRun(key);
    if (run === undefined) throw new GaveUpError(`The run ${key.runId} exists, but cannot be read.`);

    const tasks = tasksToPublish(run);
    await publish(deps, tasks);
    if (run.dispatchedRound !== run.round) await ledger.markDispatched(key, run.round);
    log.info(opened ? 'run opened' : 'run was open already', { ...key, tasks: tasks.length });
    return { ...key, opened, published: tasks.length };
  };
}

async function publish(deps: DispatcherDeps, tasks: readonly RegionTask[]): Promise<void> {
  const refused = await publishAll(deps, tasks, deps.config.publishBackoffMs, (count) => {
    deps.log.warn('the topic refused tasks', { tasks: count });
  });
  if (refused.length === 0) return;
  throw new GaveUpError(
    `The topic refused ${refused.length} of ${tasks.length} region tasks ${PUBLISH_ATTEMPTS} times.`,
  );
}

function realDeps(log: Log): DispatcherDeps {
  const config = dispatcherConfig();
  return {
    ledger: makeOpeningLedger({ client: makeDynamoDB(config.http), ...config.ledger, nowMs: realClock.nowMs }),
    publishTasks: makePublishTasks(makeSns(config.http), config.regionTasksTopicArn),
    clock: realClock,
    random: Math.random,
    config,
    log,
  };
}

export const handler = bind((log) => dispatcher(realDeps(log)));
