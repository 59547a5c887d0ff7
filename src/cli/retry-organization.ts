/** Asks again for the accounts that a run of the organisation is missing: the dispatcher opens the round, and that of each account. */
import { headOf } from '../answers/head.ts';
import type { OrganizationRetryAnswer } from '../answers/organization/retry.ts';
import { readWholeOrganization } from '../answers/organization/run.ts';
import type { RunName } from '../answers/run-name.ts';
import { kindOf, parseAccountId } from '../census/census-id.ts';
import { InvalidInputError } from '../census/errors.ts';
import { type OrganizationRetry, planOrganizationRetry } from '../census/organization/retry.ts';
import type { OrganizationRun } from '../census/organization/run.ts';
import { RETRY_AGE_MS } from '../census/retry.ts';
import { isPastDeadline, type RunId } from '../census/run.ts';
import type { Io } from './io.ts';
import { print, tellNews } from './print.ts';
import type { StackSource } from './source/source.ts';
import { functionName, invoke } from './source/stack.ts';
import type { RetryOptions } from './subject.ts';

/** @param wished accounts; none: all of which something is missing. Gives which round it will be, to be followed. */
export async function retryOrganization(
  source: StackSource,
  io: Io,
  options: RetryOptions,
  name: RunName,
  wished: readonly string[],
): Promise<{ runId: RunId; round: number }> {
  const accounts = wished.map(parseAccountId);
  const { run, records, news } = await readWholeOrganization(source, name, io.nowMs());
  tellNews(io, [news]);
  const { runId } = run;
  const round = roundOf(run, io.nowMs(), options.force);
  const wish = { round, ...(accounts.length > 0 && { accounts }) };
  const plan = planOrganizationRetry(run, records, wish, io.nowMs());
  refuseOld(run, io.nowMs(), options.force);
  const retry: OrganizationRetry = { kind: kindOf(source.censusId), ...wish };
  await invoke(source, functionName(source, 'dispatcher'), { runId, retry });
  const asked = plan.step === 'open' ? plan.accounts : run.pending;
  const names = new Map(run.accounts.map((account) => [account.accountId, account.name ?? null]));
  const answer: OrganizationRetryAnswer = {
    ...headOf('organization-retry', source.censusId, io.nowMs()),
    runId,
    round,
    resumed: plan.step === 'resume',
    accounts: asked.map((accountId) => ({ accountId, name: names.get(accountId) ?? null })),
  };
  if (!options.wait || !options.json) {
    await print(io, options, answer, async () => {
      const { renderOrganizationRetry } = await import('./render/organization/retry.ts');
      return (model, view) => renderOrganizationRetry(model, view, options.wait);
    });
  }
  return { runId, round };
}

/** The next, or the one that is open and whose accounts were not all asked. @throws InvalidInputError if this is not the time */
function roundOf(run: OrganizationRun, nowMs: number, isForced: boolean): number {
  if (isPastDeadline(run, nowMs) || run.total === undefined) return run.round + 1;
  if (run.dispatchedRound !== run.round) return run.round;
  if (run.pending.length === 0 || isForced) return run.round + 1;
  throw new InvalidInputError(
    `The run ${run.runId} of the organisation is being asked again already, until ${run.deadlineAt}: follow it with \`kvs-census watch ${run.runId}\`.`,
  );
}

function refuseOld({ runId }: OrganizationRun, nowMs: number, isForced: boolean): void {
  if (isForced || nowMs - Date.parse(runId) <= RETRY_AGE_MS) return;
  throw new InvalidInputError(
    `The run ${runId} of the organisation is more than 24 h old: what is counted now would be mixed with what was counted then; start a new run with \`kvs-census run --now\`, or insist with --force.`,
  );
}
