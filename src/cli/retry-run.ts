/** Asks again for the regions that a run is missing. */
import { headOf } from '../answers/head.ts';
import type { RetryAnswer } from '../answers/retry.ts';
import { readWholeRun } from '../answers/run.ts';
import type { RunName } from '../answers/run-name.ts';
import { ownerOf } from '../census/census-id.ts';
import type { Clock, PublishTasks, Random, RetryingLedger } from '../census/ports.ts';
import { type Hindsight, NO_HINDSIGHT, publishAll, tasksToPublish } from '../census/publish.ts';
import { parseRegion } from '../census/region.ts';
import { planRetry, RETRY_DEADLINE_MS, type RetryPlan } from '../census/retry.ts';
import type { Run } from '../census/run.ts';
import { UsageError } from './errors.ts';
import type { Io } from './io.ts';
import { print, tellNews } from './print.ts';
import type { StackSource } from './source/source.ts';
import { topicArn } from './source/stack.ts';
import type { RetryOptions } from './subject.ts';

const PUBLISH_BACKOFF_MS = 200;

/** @param wished regions; none: all that are missing. Gives which run it was, to be followed. */
export async function retryRun(
  source: StackSource,
  io: Io,
  options: RetryOptions,
  name: RunName,
  wished: readonly string[],
): Promise<Run> {
  const { run, records, news } = await readWholeRun(source, name, io.nowMs());
  const regions = wished.map(parseRegion);
  tellNews(io, [news]);
  const plan = planRetry(run, records, { regions, nowMs: io.nowMs(), force: options.force });
  const answer = await retry(await portsOf(source, io, run), run, plan);
  if (!options.wait || !options.json) {
    const how = { timeScale: source.timeScale, isFollowed: options.wait };
    await print(io, options, answer, async () => {
      const { renderRetry } = await import('./render/retry.ts');
      return (model, view) => renderRetry(model, view, how);
    });
  }
  return run;
}

export type RetryPorts = {
  ledger: RetryingLedger;
  publishTasks: PublishTasks;
  clock: Clock;
  random: Random;
  /** By how much the stack divides every wait; 1 on AWS. */
  timeScale: number;
};

/** Tasks of every account go to the topic of the stack, which is in another account than a run that is part of an organisation's. */
async function stackAccount(source: StackSource, run: Run): Promise<string> {
  return run.parent === undefined ? ownerOf(run.censusId) : await source.own();
}

async function portsOf(source: StackSource, clock: Io, run: Run): Promise<RetryPorts> {
  const { access, tableName, timeScale, prefix } = source;
  const [{ makeRetryingLedger }, { makePublishTasks }] = await Promise.all([
    import('../aws/ledger.ts'),
    import('../aws/topic.ts'),
  ]);
  const region = await access.region();
  return {
    ledger: makeRetryingLedger({ client: await access.dynamoDB(), tableName, nowMs: clock.nowMs }),
    publishTasks: makePublishTasks(
      await access.sns(),
      topicArn({ prefix, accountId: await stackAccount(source, run) }, 'region-tasks', region),
    ),
    clock,
    random: Math.random,
    timeScale,
  };
}

/** Opens the next round, unless there is one to resume; publishes its tasks; notes that all were published. */
export async function retry(ports: RetryPorts, run: Run, { step, regions }: RetryPlan): Promise<RetryAnswer> {
  const { nowMs } = ports.clock;
  const deadlineAt = new Date(nowMs() + RETRY_DEADLINE_MS / ports.timeScale).toISOString();
  const round = step === 'resume' ? run : await openRound(ports, run, regions, deadlineAt);
  const tasks = tasksToPublish(round, await lookBack(ports, round)).filter(({ region }) => regions.includes(region));
  const refused = await publishAll(ports, tasks, PUBLISH_BACKOFF_MS);
  if (refused.length > 0) {
    throw new UsageError(
      `The topic refused ${refused.length} of ${tasks.length} tasks: run the same command again, it publishes what round ${round.round} of the run ${round.runId} still lacks.`,
    );
  }
  await ports.ledger.markDispatched(round, round.round);
  return {
    ...headOf('retry', run.censusId, nowMs()),
    runId: run.runId,
    round: round.round,
    resumed: step === 'resume',
    regions: tasks.map(({ region }) => region),
    deadlineAt: round.deadlineAt,
  };
}

/** Which run is the one before. Where that cannot be read, the regions are asked all the same. */
async function lookBack({ ledger }: RetryPorts, run: Run): Promise<Hindsight> {
  try {
    const [newest] = await ledger.earlierRuns(run);
    return newest === undefined ? NO_HINDSIGHT : { ...NO_HINDSIGHT, previous: newest.runId };
  } catch {
    return NO_HINDSIGHT;
  }
}

async function openRound(
  { ledger }: RetryPorts,
  run: Run,
  regions: readonly string[],
  deadlineAt: string,
): Promise<Run> {
  const next = run.round + 1;
  const opened = await ledger.openRound(run, regions, next, deadlineAt);
  if (opened !== undefined) return opened;
  // The first answer may have been lost, and the SDK's second request refused for what the first had done.
  const found = await ledger.readRun(run);
  if (found?.round === next && found.deadlineAt === deadlineAt) return found;
  throw new UsageError(
    `Somebody else opened round ${next} of the run ${run.runId} just now: follow it with \`kvs-census watch ${run.runId}\`.`,
  );
}
