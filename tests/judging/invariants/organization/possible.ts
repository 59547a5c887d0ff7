/** What whoever stored a total of an organisation may have read. */
import type { AccountRecord } from '../../../../src/census/organization/account-record.ts';
import { type OrganizationRunStory, plannedIn } from '../../organization-story.ts';
import { at } from '../../story.ts';
import { SETTLING_MS } from '../allowances.ts';

/** The record of an account as it was when the settling began, or as it became meanwhile; nothing: there was none. */
function possibleRecords(run: OrganizationRunStory, accountId: string, atMs: number): (AccountRecord | undefined)[] {
  const recorded = run.records.get(accountId) ?? [];
  const meanwhile = recorded.filter((version) => atMs - SETTLING_MS < version.atMs && version.atMs <= atMs);
  return [at(recorded, atMs - SETTLING_MS), ...meanwhile.map(({ value }) => value)];
}

/** Of each planned account. */
export function everyPossible(run: OrganizationRunStory, atMs: number): Map<string, (AccountRecord | undefined)[]> {
  return new Map(plannedIn(run).map(({ accountId }) => [accountId, possibleRecords(run, accountId, atMs)]));
}

/** What an account adds to the number. */
export const streamsIn = (record: AccountRecord | undefined) =>
  record?.status === 'settled' ? record.tally.streams : 0;

export const isComplete = (record: AccountRecord | undefined) =>
  record?.status === 'settled' && record.verdict === 'complete';

export const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);
