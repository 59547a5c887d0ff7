/** Counting the region of one task, with one receive of it, and putting on record what that came to. */
import type { CountingClients } from '../../aws/counting-clients.ts';
import { askQuota } from '../../census/ask-quota.ts';
import { kindOf, ownerOf } from '../../census/census-id.ts';
import { churnOf, lookoutFrom, youngOf } from '../../census/churn.ts';
import { conclude } from '../../census/conclude.ts';
import { callsPerSecondOf, descriptorOf } from '../../census/kinds.ts';
import { ATTEMPTS_PER_PAGE, type CountLimits, type CountResult, countRegion } from '../../census/listing/count.ts';
import type { Earlier } from '../../census/listing/earlier.ts';
import { makePace } from '../../census/listing/pace.ts';
import type { RegionTask } from '../../census/messages.ts';
import type { AskAccess, DarkLedger } from '../../census/organization/ports.ts';
import { parentKeyOf } from '../../census/organization/run.ts';
import type { AskQuota, Clock, Random, SendNudge, TaskLedger } from '../../census/ports.ts';
import { failedQuickTry, isDarkAttempt, isQuickTry, maySayDark, quickTry } from '../../census/quick-try.ts';
import type { Quota } from '../../census/quota.ts';
import { type FailedRecord, type RegionRecord, statusOfFailure } from '../../census/region.ts';
import type { Parent, Run } from '../../census/run.ts';
import { isLate } from '../../census/standing.ts';
import { within } from '../../census/within.ts';
import type { WorkerConfig } from '../../config.ts';
import { errorFields, type Log } from '../../log.ts';
import { type ComingBackDeps, comeBack, DONE, letGo, type Outcome } from './outcome.ts';

export type CountingDeps = ComingBackDeps & {
  ledger: TaskLedger & DarkLedger;
  /** What an account is counted with; absent: the worker's own. Where another lets nobody in, each page is a CountError. */
  clientsOf: (accountId?: string) => CountingClients;
  askAccess: AskAccess;
  sendNudge: SendNudge;
  clock: Clock;
  random: Random;
  config: Pick<
    WorkerConfig,
    | 'pageBackoffMs'
    | 'pageBackoffLimitMs'
    | 'callsPerSecond'
    | 'quickTryMs'
    | 'quotaWaitMs'
    | 'partialSweepMs'
    | 'namePrefixes'
  >;
  log: Log;
};

/** Whose an invocation is, and what it has of time and memory. */
export type Given = { accountId: string } & Pick<CountLimits, 'stopAtMs' | 'listings'>;

/** Lists the region of a task, and puts on record what it came to. */
export async function countTask(
  deps: CountingDeps,
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
  deps: CountingDeps,
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
  { ledger, askAccess, clock, config, log }: CountingDeps,
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

/** What a record of the run before lets one expect. */
function earlierOf(before: RegionRecord): Earlier | undefined {
  if (before.status !== 'counted') return undefined;
  const { tally, prefixes } = before;
  return { streams: tally.streams, ...(prefixes && { prefixes }) };
}

/**
 * What a list comes to, and when; and the quota of its region, which is asked for beside it and waited for no longer than a moment
 * after. Nothing of what becomes of the question is part of the count.
 */
async function withQuota(
  { clock, config, log }: CountingDeps,
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
