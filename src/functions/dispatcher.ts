/**
 * Opens a run and publishes one task per region. Invoked asynchronously, by the Scheduler or by a person's command.
 *
 *     read the run ─▶ choose the plan ─▶ open it ─▶ record what is missing from the start ─▶ publish ─▶ mark dispatched
 *            └─ it is there: its plan stands, nobody is asked again, and only what was left undone is done
 *
 * What is published may say that a region gets but a quick try, and which run was the one before. Two invocations may see
 * that differently; either is right.
 */
import type { Context } from 'aws-lambda';
import { makeAccount, makeDynamoDB, makeSns, makeSsm, SOURCE_ATTEMPTS } from '../aws/clients.ts';
import { makeOpeningLedger } from '../aws/ledger.ts';
import { makeReadLiveRegions } from '../aws/live-regions.ts';
import { makeReadOptInStates } from '../aws/opt-in-states.ts';
import { makePublishTasks } from '../aws/topic.ts';
import { censusIdOf, kindOf } from '../census/census-id.ts';
import { type ChoosingPorts, choosePlan } from '../census/choose-plan.ts';
import { GaveUpError, InvalidInputError } from '../census/errors.ts';
import { alwaysOn, descriptorOf, type Kind } from '../census/kinds.ts';
import type { RegionTask } from '../census/messages.ts';
import type { Clock, OpeningLedger, PublishTasks, Random, ReadLiveRegionsOf } from '../census/ports.ts';
import {
  type Hindsight,
  missingFromTheStart,
  NO_HINDSIGHT,
  PUBLISH_ATTEMPTS,
  publishAll,
  tasksToPublish,
} from '../census/publish.ts';
import { darkRegions } from '../census/quick-try.ts';
import { regionOfFunction } from '../census/region.ts';
import { NOTHING_REMEMBERED } from '../census/region-memory.ts';
import { accountOfFunction, checkRunIsCurrent, openRun, parseRunId, type Run, type RunKey } from '../census/run.ts';
import { within } from '../census/within.ts';
import { type DispatcherConfig, dispatcherConfig } from '../config.ts';
import { errorFields, type Log, sentenceOf } from '../log.ts';
import { bind, lazily, realClock } from './bind.ts';

export type DispatcherDeps = Pick<ChoosingPorts, 'readOptInStates'> & {
  readLiveRegions: ReadLiveRegionsOf;
  ledger: OpeningLedger;
  publishTasks: PublishTasks;
  clock: Clock;
  random: Random;
  config: Pick<
    DispatcherConfig,
    | 'kinds'
    | 'regionSettings'
    | 'regionSourcesTimeoutMs'
    | 'lookBackMs'
    | 'retentionDays'
    | 'runDeadlineMs'
    | 'runMaxAgeMs'
    | 'runMaxAheadMs'
    | 'publishBackoffMs'
  >;
  log: Log;
};

type Dispatched = RunKey & { opened: boolean; published: number };

/**
 * Each kind has a run of its own. All are tried at the same time, so that one kind's trouble keeps no other from being counted: not
 * even a service that answers nothing about it until the time of the invocation is over. Then the invocation fails if one of them did,
 * and its retry finds the others dispatched.
 *
 * A second invocation for the same instant opens nothing, and publishes only what the first left unpublished.
 */
export function dispatcher(deps: DispatcherDeps) {
  return async (event: unknown, context: Pick<Context, 'invokedFunctionArn'>): Promise<Dispatched[]> => {
    const { kinds } = deps.config;
    const accountId = accountOfFunction(context.invokedFunctionArn);
    const runId = parseRunId((event as { runId?: unknown })?.runId);
    checkRunIsCurrent(runId, deps.clock.nowMs(), deps.config);

    // Which regions are switched on is the account's, whatever is counted there.
    const own = { ...deps, readOptInStates: once(deps.readOptInStates) };
    const tried = (kind: Kind) => dispatchOrSay(own, { censusId: censusIdOf(accountId, kind), runId }, context);
    // In this order: streams ask first, and nobody waits for them.
    const outcomes = await Promise.allSettled(kinds.map(tried));
    const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    if (errors.length === 0) return outcomes.flatMap((outcome) => ('value' in outcome ? [outcome.value] : []));
    if (kinds.length === 1) throw errors[0];
    throw new GaveUpError(
      `${errors.length} of ${kinds.length} kinds could not be dispatched; the first: ${sentenceOf(errors[0])}`,
      { cause: new AggregateError(errors) },
    );
  };
}

/** Where several are tried, the invocation fails for all of them together: which one it was, and why, is said here. */
async function dispatchOrSay(
  deps: DispatcherDeps,
  key: RunKey,
  context: Pick<Context, 'invokedFunctionArn'>,
): Promise<Dispatched> {
  try {
    return await dispatch(deps, key, context);
  } catch (error) {
    if (deps.config.kinds.length > 1) deps.log.error('kind could not be dispatched', { ...key, ...errorFields(error) });
    throw error;
  }
}

/** The answer to the first call, for every later one. */
function once<Question extends unknown[], Answer>(ask: (...question: Question) => Answer): typeof ask {
  let answer: { given: Answer } | undefined;
  return (...question) => {
    answer ??= { given: ask(...question) };
    return answer.given;
  };
}

async function dispatch(
  deps: DispatcherDeps,
  key: RunKey,
  context: Pick<Context, 'invokedFunctionArn'>,
): Promise<Dispatched> {
  const { ledger, log } = deps;
  const known = await readKnown(deps, key);
  const { run, opened } = known.run ? { run: known.run, opened: false } : await open(deps, key, known, context);

  await recordMissing(deps, run);
  const tasks = tasksToPublish(run, await lookBack(deps, run));
  await publish(deps, tasks);
  if (run.dispatchedRound !== run.round) await ledger.markDispatched(key, run.round);
  log.info(opened ? 'run opened' : 'run was open already', { ...key, tasks: tasks.length });
  return { ...key, opened, published: tasks.length };
}

type Known = Awaited<ReturnType<OpeningLedger['readRunAndMemory']>> & { isRead: boolean };

/** Nothing where regions are set: then nothing is asked. What cannot be read costs freshness, and the run nothing. */
async function readKnown({ ledger, config, log }: DispatcherDeps, key: RunKey): Promise<Known> {
  if (config.regionSettings.regions.length > 0) return { isRead: false };
  try {
    return { ...(await ledger.readRunAndMemory(key)), isRead: true };
  } catch (error) {
    log.warn('what is remembered of regions cannot be read', { ...key, ...errorFields(error) });
    return { isRead: false };
  }
}

/** Or finds it opened meanwhile. */
async function open(
  deps: DispatcherDeps,
  key: RunKey,
  { memory = NOTHING_REMEMBERED, isRead }: Known,
  { invokedFunctionArn }: Pick<Context, 'invokedFunctionArn'>,
): Promise<{ run: Run; opened: boolean }> {
  const { ledger, config, clock, log } = deps;
  const { regionSettings: settings, regionSourcesTimeoutMs: timeoutMs } = config;
  const home = regionOfFunction(invokedFunctionArn);
  const { regions } = descriptorOf(kindOf(key.censusId));
  const { plan, ...why } = await choosePlan(
    { ...deps, readLiveRegions: (signal) => deps.readLiveRegions(signal, regions.service) },
    key,
    { home, settings, floor: regions.floor, alwaysOn: alwaysOn(regions), memory, nowMs: clock.nowMs() },
    {
      timeoutMs,
      mayRemember: isRead,
      onTrouble: ({ what, region, because, cause }) =>
        log.warn('a source of the plan failed', {
          ...key,
          source: what,
          ...(region !== undefined && { region }),
          ...(because !== undefined && { reason: because }),
          ...(cause !== undefined && errorFields(cause)),
        }),
    },
  );
  if (plan.length === 0)
    throw new InvalidInputError(
      'No region is left to count: those that are known here are excluded, or off and empty. Exclude fewer, or include others.',
    );
  const { retentionDays, runDeadlineMs: deadlineAfterMs } = config;
  const opening = { ...openRun(key, plan, clock.nowMs(), { deadlineAfterMs, retentionDays }), ...why };
  if ((await ledger.openRun(opening)) === 'opened') return { run: opening, opened: true };
  const run = await ledger.readRun(key);
  if (run === undefined) throw new GaveUpError(`The run ${key.runId} exists, but cannot be read.`);
  return { run, opened: false };
}

/**
 * Regions that are off and held something: nobody is asked, so nobody has to wait for an answer. Before any task is
 * published, so that the last one to answer finds nobody else pending, and nudges.
 */
async function recordMissing({ ledger, clock, log }: DispatcherDeps, run: Run): Promise<void> {
  const { censusId, runId, round } = run;
  for (const region of missingFromTheStart(run)) {
    const recordedAt = new Date(clock.nowMs()).toISOString();
    const record = { censusId, runId, region, round, recordedAt, status: 'failed', reason: 'not-enabled' } as const;
    await ledger.writeRecord(record, run);
    await ledger.strike(record);
    log.warn('region is off, and held streams when it was last counted', { censusId, runId, region });
  }
}

/** Nothing, if earlier runs cannot be read in time: then each region gets all of its time, and nobody says what came and went. */
async function lookBack({ ledger, clock, config, log }: DispatcherDeps, run: Run): Promise<Hindsight> {
  const { censusId, runId, round } = run;
  if (round > 0 || run.dispatchedRound === round) return NO_HINDSIGHT;
  try {
    const earlier = await within(clock, config.lookBackMs, () => ledger.earlierRuns(run), undefined);
    if (earlier !== undefined) return { dark: darkRegions(earlier), ...(earlier[0] && { previous: earlier[0].runId }) };
    throw new GaveUpError(`Earlier runs were waited for ${config.lookBackMs} ms.`);
  } catch (error) {
    log.warn('it is not known which regions are dark', { censusId, runId, ...errorFields(error) });
    return NO_HINDSIGHT;
  }
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
    readLiveRegions: lazily(() => makeReadLiveRegions(makeSsm(config.http))),
    readOptInStates: makeReadOptInStates(makeAccount(config.http, SOURCE_ATTEMPTS)),
    publishTasks: makePublishTasks(makeSns(config.http), config.regionTasksTopicArn),
    clock: realClock,
    random: Math.random,
    config,
    log,
  };
}

export const handler = bind((log) => dispatcher(realDeps(log)));
