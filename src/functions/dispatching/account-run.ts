/** How the run of one account is opened and its tasks are published, whether it is a run of its own or part of an organisation's. */
import { kindOf } from '../../census/census-id.ts';
import { choosePlan } from '../../census/choose-plan.ts';
import { GaveUpError, InvalidInputError } from '../../census/errors.ts';
import { alwaysOn, descriptorOf } from '../../census/kinds.ts';
import type { RegionTask } from '../../census/messages.ts';
import type {
  Clock,
  OpeningLedger,
  PublishTasks,
  Random,
  ReadLiveRegionsOf,
  ReadOptInStates,
} from '../../census/ports.ts';
import {
  type Hindsight,
  missingFromTheStart,
  NO_HINDSIGHT,
  PUBLISH_ATTEMPTS,
  publishAll,
  tasksToPublish,
} from '../../census/publish.ts';
import { darkRegions } from '../../census/quick-try.ts';
import { NOTHING_REMEMBERED } from '../../census/region-memory.ts';
import { openRun, type Parent, type Run, type RunKey } from '../../census/run.ts';
import { orNothing } from '../../census/within.ts';
import type { DispatcherConfig } from '../../config.ts';
import { errorFields, type Log } from '../../log.ts';

export type AccountRunDeps = {
  ledger: OpeningLedger;
  readLiveRegions: ReadLiveRegionsOf;
  publishTasks: PublishTasks;
  clock: Clock;
  random: Random;
  config: Pick<
    DispatcherConfig,
    'regionSettings' | 'regionSourcesTimeoutMs' | 'lookBackMs' | 'retentionDays' | 'runDeadlineMs' | 'publishBackoffMs'
  >;
  log: Log;
};

/** What a run opens with, beside what is known of its regions. */
type Opening = {
  /** The region that the stack lives in. */
  home: string;
  /** Of the account. */
  readOptInStates: ReadOptInStates;
  /** Of a run that is part of an organisation's, and expires with it. */
  parent?: Parent;
};

export type Dispatched = RunKey & { opened: boolean; published: number };

/** The run of an account that stands for itself. */
export async function dispatchAlone(deps: AccountRunDeps, key: RunKey, opening: Opening): Promise<Dispatched> {
  // Where regions are set nothing is asked, so nothing need be known.
  const known = deps.config.regionSettings.regions.length > 0 ? { isRead: false } : await readKnown(deps, key);
  const { run, opened } = known.run ? { run: known.run, opened: false } : await open(deps, key, known, opening);
  return { ...key, opened, published: await publishWhatIsLeft(deps, run, opened) };
}

/** Does what of a run was left undone: all of it, if it was opened just now. Gives how many tasks were published. */
export async function publishWhatIsLeft(deps: AccountRunDeps, run: Run, opened: boolean): Promise<number> {
  const { ledger, log } = deps;
  const { censusId, runId, round } = run;
  await recordMissing(deps, run);
  const tasks = tasksToPublish(run, await lookBack(deps, run));
  await publish(deps, tasks);
  if (run.dispatchedRound !== round) await ledger.markDispatched(run, round);
  log.info(opened ? 'run opened' : 'run was open already', { censusId, runId, tasks: tasks.length });
  return tasks.length;
}

type Known = Partial<Awaited<ReturnType<OpeningLedger['readRunAndMemory']>>> & { isRead: boolean };

/** The run, and what is remembered of its account's regions. Where that cannot be read, all is asked anew. */
export async function readKnown({ ledger, log }: AccountRunDeps, { censusId, runId }: RunKey): Promise<Known> {
  try {
    return { ...(await ledger.readRunAndMemory({ censusId, runId })), isRead: true };
  } catch (error) {
    log.warn('what is remembered of regions cannot be read', { censusId, runId, ...errorFields(error) });
    return { isRead: false };
  }
}

/**
 * Opens the run, or finds that another invocation has opened it meanwhile.
 * @throws InvalidInputError where no region is left to count
 */
export async function open(
  deps: AccountRunDeps,
  key: RunKey,
  { memory = NOTHING_REMEMBERED, isRead }: Known,
  { home, readOptInStates, parent }: Opening,
): Promise<{ run: Run; opened: boolean }> {
  const { ledger, config, clock, log } = deps;
  const { regionSettings: settings, regionSourcesTimeoutMs: timeoutMs } = config;
  const { regions } = descriptorOf(kindOf(key.censusId));
  const { plan, ...why } = await choosePlan(
    { ...deps, readOptInStates, readLiveRegions: (signal) => deps.readLiveRegions(signal, regions.service) },
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
  // Of an organisation's accounts one may have switched on nothing of what is counted: that is known, and no failure.
  const isAllOff = parent !== undefined && why.off !== undefined;
  if (plan.length === 0 && !isAllOff)
    throw new InvalidInputError(
      'No region is left to count: those that are known here are excluded, or off and empty. Exclude fewer, or include others.',
    );
  const { retentionDays, runDeadlineMs: deadlineAfterMs } = config;
  const span = { deadlineAfterMs, retentionDays };
  const opening = {
    ...openRun(key, plan, clock.nowMs(), span),
    ...why,
    ...(parent && { parent, expiresAt: parent.expiresAt }),
  };
  if ((await ledger.openRun(opening)) === 'opened') return { run: opening, opened: true };
  const run = await ledger.readRun(key);
  if (run === undefined) throw new GaveUpError(`The run ${key.runId} exists, but cannot be read.`);
  return { run, opened: false };
}

/**
 * Regions that are off and held something: nobody is asked, so nobody has to wait for an answer. Before any task is
 * published, so that the last one to answer finds nobody else pending, and nudges.
 */
async function recordMissing({ ledger, clock, log }: AccountRunDeps, run: Run): Promise<void> {
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
async function lookBack({ ledger, clock, config, log }: AccountRunDeps, run: Run): Promise<Hindsight> {
  const { censusId, runId, round } = run;
  if (round > 0 || run.dispatchedRound === round) return NO_HINDSIGHT;
  const read = () => ledger.earlierRuns(run);
  const earlier = await orNothing(clock, config.lookBackMs, read, (error) => {
    log.warn('it is not known which regions are dark', { censusId, runId, ...errorFields(error) });
  });
  if (earlier === undefined) return NO_HINDSIGHT;
  return { dark: darkRegions(earlier), ...(earlier[0] && { previous: earlier[0].runId }) };
}

async function publish(deps: AccountRunDeps, tasks: readonly RegionTask[]): Promise<void> {
  const refused = await publishAll(deps, tasks, deps.config.publishBackoffMs, (count) => {
    deps.log.warn('the topic refused tasks', { tasks: count });
  });
  if (refused.length === 0) return;
  throw new GaveUpError(
    `The topic refused ${refused.length} of ${tasks.length} region tasks ${PUBLISH_ATTEMPTS} times.`,
  );
}
