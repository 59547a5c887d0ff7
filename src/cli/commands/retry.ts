/** `kvs-census retry`: asks again for the regions that a run is missing. */
import { Argument, type Command } from 'commander';
import { headOf } from '../../answers/head.ts';
import type { RetryAnswer } from '../../answers/retry.ts';
import { readWholeRun } from '../../answers/run.ts';
import type { RunName } from '../../answers/run-name.ts';
import { ownerOf } from '../../census/census-id.ts';
import type { Clock, PublishTasks, Random, RetryingLedger } from '../../census/ports.ts';
import { type Hindsight, NO_HINDSIGHT, publishAll, tasksToPublish } from '../../census/publish.ts';
import { parseRegion } from '../../census/region.ts';
import { planRetry, RETRY_DEADLINE_MS, type RetryPlan } from '../../census/retry.ts';
import type { Run } from '../../census/run.ts';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { examples, parseRunName, type ReadingOptions, RUN_ARGUMENT, readingCommand } from '../options.ts';
import { print, tellNews } from '../print.ts';
import { type StackSource, withSource } from '../source/source.ts';
import { needStack, topicArn } from '../source/stack.ts';

type Options = ReadingOptions & { force: boolean; wait: boolean };

const PUBLISH_BACKOFF_MS = 200;

export function retryCommand(io: Io): Command {
  return readingCommand('retry', 'Asks again for the regions that a run is missing, and only for these.')
    .addArgument(new Argument('<run>', RUN_ARGUMENT).argParser(parseRunName))
    .argument('[regions...]', 'of the missing regions only these')
    .option('--force', 'also if the run is older than 24 h (its number will mix instants), or is being retried', false)
    .option('--wait', 'follow the run until it has settled again', false)
    .addHelpText(
      'after',
      examples([
        ['retry latest', 'all that the newest total is missing'],
        ['retry 2026-11-20T06:00:00Z me-south-1 --wait', 'one region, seen through'],
      ]),
    )
    .action(async (name: RunName, regions: string[], options: Options) => {
      const wished = regions.map(parseRegion);
      await withSource(options, io, async (source) => {
        needStack(source);
        const { run, records, news } = await readWholeRun(source, name, io.nowMs());
        tellNews(io, [news]);
        const plan = planRetry(run, records, { regions: wished, nowMs: io.nowMs(), force: options.force });
        const answer = await retry(await portsOf(source, io), run, plan);
        if (!options.wait || !options.json) {
          const how = { timeScale: source.timeScale, isFollowed: options.wait };
          await print(io, options, answer, async () => {
            const { renderRetry } = await import('../render/retry.ts');
            return (model, view) => renderRetry(model, view, how);
          });
        }
        if (!options.wait) return;
        const { watchRun } = await import('../watch-run.ts');
        await watchRun(source, io, { ...options, isRoundTold: true }, run.runId);
      });
    });
}

export type RetryPorts = {
  ledger: RetryingLedger;
  publishTasks: PublishTasks;
  clock: Clock;
  random: Random;
  /** By how much the stack divides every wait; 1 on AWS. */
  timeScale: number;
};

async function portsOf(
  { access, tableName, timeScale, prefix, censusId }: StackSource,
  clock: Io,
): Promise<RetryPorts> {
  const [{ makeRetryingLedger }, { makePublishTasks }] = await Promise.all([
    import('../../aws/ledger.ts'),
    import('../../aws/topic.ts'),
  ]);
  const region = await access.region();
  return {
    ledger: makeRetryingLedger({ client: await access.dynamoDB(), tableName, nowMs: clock.nowMs }),
    publishTasks: makePublishTasks(
      await access.sns(),
      topicArn({ prefix, accountId: ownerOf(censusId) }, 'region-tasks', region),
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
