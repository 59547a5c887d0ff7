import type { AccountRecord } from '../../../../src/census/organization/account-record.ts';
import type { StoredOrganizationTotal } from '../../../../src/census/organization/total.ts';
import type { OrganizationStory } from '../../organization-story.ts';
import { pairs } from '../../story.ts';

/**
 * What is on record of an account is never an older look at its run than what was, and never no number where there was one; the
 * organisation's total only improves, and `complete` is final.
 */
export function* monotoneOfOrganization({ runs }: OrganizationStory) {
  for (const { runId, totals, records } of runs) {
    for (const [accountId, recorded] of records) {
      for (const [before, after] of pairs(recorded.map(({ value }) => value)))
        for (const what of fallsBack(before, after)) yield `${runId}: the record of ${accountId} ${what}.`;
    }
    for (const [before, after] of pairs(totals.map(({ value }) => value)))
      for (const what of isWorse(before, after)) yield `${runId}, rev ${after.rev}: ${what}.`;
  }
}

function* fallsBack(before: AccountRecord, after: AccountRecord) {
  if (after.round < before.round) yield `fell back from round ${before.round} to round ${after.round}`;
  if (before.status !== 'settled') return;
  if (after.status !== 'settled') {
    yield `had a number, and says ${after.reason}`;
    return;
  }
  if (after.rev < before.rev) yield `fell back from rev ${before.rev} to rev ${after.rev} of its run`;
  if (after.tally.streams < before.tally.streams || after.counted < before.counted)
    yield `said ${before.tally.streams} in ${before.counted} regions, and then ${after.tally.streams} in ${after.counted}`;
  if (before.verdict === 'complete' && after.verdict !== 'complete') yield 'was complete, and is not any more';
}

function* isWorse(before: StoredOrganizationTotal, after: StoredOrganizationTotal) {
  const missed = new Set(before.missing.map(({ accountId }) => accountId));
  const lost = after.missing.find(({ accountId }) => !missed.has(accountId));
  if (lost !== undefined) yield `${lost.accountId} was complete, and is missing now`;
  if (before.verdict === 'complete') yield 'the total was complete already';
  if (after.regions.counted < before.regions.counted)
    yield `${before.regions.counted} regions were counted, and ${after.regions.counted} are`;
  if (after.streams < before.streams) yield `it said ${before.streams} streams, and says ${after.streams}`;
}
