import { at, type Story } from '../story.ts';

/**
 * Nothing that is done for one account of an organisation touches another: who was sent a task of an account asks and lists that account
 * alone, with credentials of it, and only if the organisation has opened its run; and writes of no other.
 */
export function* Apart({ accountId, history, whole, runs }: Story) {
  if (accountId === undefined) return;
  for (const { atMs, region, invocation } of history.videoCalls) {
    const { account, runId } = invocation;
    if (account !== accountId) yield `${region} of ${accountId} was listed, for a task of ${account}.`;
    else if (at(runs.find((run) => run.runId === runId)?.versions, atMs) === undefined)
      yield `${runId}: ${region} of ${accountId} was listed, and it has no such run.`;
  }
  for (const { region, invocation } of history.quotas)
    if (invocation.account !== accountId)
      yield `${region} of ${accountId} was asked for its quota, for a task of ${invocation.account}.`;
  for (const { after, by } of history.writes)
    if ((by?.of === 'worker' || by?.of === 'undelivered') && by.account !== accountId)
      yield `${after.pk?.S} ${after.sk?.S} was written, for a task of ${by.account}.`;
  for (const { account, invocation } of whole.access)
    if (account === accountId && invocation.of === 'worker' && invocation.account !== accountId)
      yield `A session in ${accountId} was asked for, for a task of ${invocation.account}.`;
}
