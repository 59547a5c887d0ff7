import type { AccountRecord } from '../../../../src/census/organization/account-record.ts';
import type { AccountGap, StoredOrganizationTotal } from '../../../../src/census/organization/total.ts';
import { isSettled } from '../../../../src/census/run.ts';
import { type OrganizationRunStory, type OrganizationStory, plannedIn } from '../../organization-story.ts';
import { canonical } from '../../story.ts';
import { everyPossible, isComplete } from './possible.ts';

/**
 * `complete` if and only if the run of each planned account is; `partial` names exactly the accounts that are not, each with why
 * there is nothing of it, or with how many of its regions are missing and why. Settled is only what waits for nobody.
 */
export function* honestOfOrganization(story: OrganizationStory) {
  for (const run of story.runs) {
    yield* settledTooSoon(run, story);
    for (const { atMs, value } of run.totals)
      for (const what of dishonest(run, atMs, value)) yield `${run.runId}, rev ${value.rev}: ${what}.`;
  }
}

function* dishonest(run: OrganizationRunStory, atMs: number, total: StoredOrganizationTotal) {
  const planned = plannedIn(run);
  const { verdict, expected, counted, missing } = total;
  if ((verdict === 'complete') !== (counted === expected)) yield `${verdict}, with ${counted} of ${expected} accounts`;
  if (expected !== planned.length || counted !== planned.length - missing.length)
    yield `${counted} of ${expected} accounts, and ${missing.length} of ${planned.length} are missing`;
  const possible = everyPossible(run, atMs);
  for (const [accountId, records] of possible) {
    const gap = missing.find((each) => each.accountId === accountId);
    const fits = records.some((record) => (gap === undefined ? isComplete(record) : says(gap, record)));
    if (!fits && gap === undefined) yield `${accountId} is not missing, and was not complete by then`;
    if (!fits && gap !== undefined)
      yield `${accountId} is missing ${canonical(gap)}, and that is not what is on record`;
  }
  for (const { accountId } of missing)
    if (!possible.has(accountId)) yield `${accountId} is missing, and was never planned`;
  const reasons: Record<string, number> = {};
  for (const { reason } of missing) if (reason !== undefined) reasons[reason] = (reasons[reason] ?? 0) + 1;
  if (canonical(total.accountReasons) !== canonical(reasons))
    yield `it says that ${canonical(total.accountReasons)} accounts have nothing, and that is ${canonical(reasons)}`;
  const ofRegions: Record<string, number> = {};
  for (const [reason, count] of missing.flatMap((gap) => Object.entries(gap.reasons ?? {})))
    ofRegions[reason] = (ofRegions[reason] ?? 0) + count;
  if (canonical(total.regionReasons) !== canonical(ofRegions))
    yield `it says that ${canonical(total.regionReasons)} regions are missing, and that is ${canonical(ofRegions)}`;
}

/** Whether the gap is what the record comes to. */
function says({ reason, regions, reasons }: AccountGap, record: AccountRecord | undefined): boolean {
  if (record?.status !== 'settled') return reason === (record?.reason ?? 'unanswered') && regions === undefined;
  const { verdict, expected, counted } = record;
  const named = { missing: expected - counted, expected };
  const isSame = canonical({ regions, reasons }) === canonical({ regions: named, reasons: record.reasons });
  return verdict === 'partial' && reason === undefined && isSame;
}

function* settledTooSoon({ runId, versions }: OrganizationRunStory, { circumstances }: OrganizationStory) {
  for (const { atMs, value: run } of versions) {
    if (!isSettled(run) || atMs >= Date.parse(run.deadlineAt) - circumstances.clocksWrongByMs) continue;
    if (run.pending.length > 0) yield `${runId}: has settled, and waits for ${run.pending.join(', ')}.`;
  }
}
