import type { FailedAccount } from '../../../../src/census/organization/account-record.ts';
import { DISPATCHER_CONFIG } from '../../numbers.ts';
import { accountRunOf, type OrganizationRunStory, type OrganizationStory } from '../../organization-story.ts';
import { at, type Version } from '../../story.ts';
import { SETTLING_MS } from '../allowances.ts';

/** A moment may lie between two requests that are sent together, and their answers. */
const ASKED_MS = 100;

/**
 * An account has no run only for a reason that somebody outside saw: STS refused its role twice, some seconds apart, to whoever says
 * so; or the plan sets it aside. And nobody is missing as unanswered before the deadline, or although something is on record.
 */
export function* excusedOfOrganization(story: OrganizationStory) {
  for (const run of story.runs) {
    for (const [accountId, recorded] of run.records) {
      for (const { atMs, value, by } of recorded) {
        if (value.status === 'settled' || hasEvidence({ atMs, value, by }, run, story)) continue;
        yield `${run.runId}: the record of ${accountId} says ${value.reason}, and nothing of the kind had happened.`;
      }
    }
    yield* falselyUnanswered(run, story);
  }
}

function hasEvidence(
  { atMs, value, by }: Version<FailedAccount>,
  run: OrganizationRunStory,
  { whole }: OrganizationStory,
) {
  const { accountId, reason } = value;
  const account = run.accounts.find((each) => each.accountId === accountId);
  if (account === undefined) return false;
  if (reason === 'suspended') return account.setAside !== undefined;
  const refused = whole.access.filter(
    (asked) =>
      asked.account === accountId && asked.invocation === by && asked.heard === 'no-access' && asked.atMs <= atMs,
  );
  const instants = refused.map((asked) => asked.atMs);
  return Math.max(...instants) - Math.min(...instants) >= DISPATCHER_CONFIG.accessRetryMs - ASKED_MS;
}

function* falselyUnanswered(run: OrganizationRunStory, story: OrganizationStory) {
  const { runId, totals, records, versions } = run;
  const { clocksWrongByMs } = story.circumstances;
  for (const { atMs, value: total } of totals) {
    for (const { accountId, reason } of total.missing) {
      if (reason !== 'unanswered') continue;
      const which = `${runId}, rev ${total.rev}: ${accountId} is missing as unanswered`;
      if (at(records.get(accountId), atMs - SETTLING_MS) !== undefined) yield `${which}, and it is on record.`;
      if (!versions.some(({ value }) => Date.parse(value.deadlineAt) <= atMs + clocksWrongByMs))
        yield `${which} too early.`;
      const own = accountRunOf(story, accountId, runId);
      if (own === undefined && at(versions, atMs)?.dispatchedRound === 0 && !isAskedAgain(run, atMs))
        yield `${which}, and nobody had opened its run.`;
    }
  }
}

const isAskedAgain = ({ versions }: OrganizationRunStory, atMs: number) => (at(versions, atMs)?.round ?? 0) > 0;
