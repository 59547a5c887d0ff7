import type { SettledAccount } from '../../../../src/census/organization/account-record.ts';
import { accountRunOf, isSettledRecord, type OrganizationStory } from '../../organization-story.ts';
import { canonical } from '../../story.ts';
import { streamsBeside } from '../truth.ts';
import { everyPossible, streamsIn, sum } from './possible.ts';

/**
 * The organisation's total is the sum of what is on record of its accounts; and what is on record of one is what its own run said
 * with that `rev`, which is what there is in the regions that it does not name as missing.
 */
export function* truthOfOrganization(story: OrganizationStory) {
  for (const run of story.runs) {
    const { runId, totals, records } = run;
    for (const [accountId, recorded] of records) {
      for (const { value } of recorded.filter(isSettledRecord))
        for (const what of untruths(value, story)) yield `${runId}: the record of ${accountId} ${what}.`;
    }
    for (const { atMs, value: total } of totals) {
      const possible = [...everyPossible(run, atMs).values()].map((each) => each.map(streamsIn));
      const [least, most] = [
        sum(possible.map((each) => Math.min(...each))),
        sum(possible.map((each) => Math.max(...each))),
      ];
      if (total.streams < least || total.streams > most)
        yield `${runId}, rev ${total.rev}: the total says ${total.streams} streams, and its accounts have ${least === most ? least : `${least} to ${most}`}.`;
      if (total.tally.streams !== total.streams)
        yield `${runId}, rev ${total.rev}: the total says ${total.streams} streams, and its tally ${total.tally.streams}.`;
    }
  }
}

function* untruths(record: SettledAccount, story: OrganizationStory) {
  const { accountId, runId, rev, tally } = record;
  const account = story.accounts.get(accountId);
  const run = accountRunOf(story, accountId, runId);
  const total = run?.totals.find(({ value }) => value.rev === rev)?.value;
  if (account === undefined || run === undefined || total === undefined) {
    yield `is of a total of rev ${rev}, which its run never had`;
    return;
  }
  const there = streamsBeside(total.missing, run, account);
  if (tally.streams !== there) yield `says ${tally.streams} streams, and there are ${there}`;
  const said = ({ verdict, expected, counted, tally: all }: typeof record | typeof total) =>
    canonical({ verdict, expected, counted, tally: all });
  if (said(record) !== said(total)) yield `says ${said(record)}, and its run ${said(total)}`;
  const reasons: Record<string, number> = {};
  for (const { reason } of total.missing) reasons[reason] = (reasons[reason] ?? 0) + 1;
  if (canonical(record.reasons ?? {}) !== canonical(reasons))
    yield `says that ${canonical(record.reasons ?? {})} regions are missing, and its run ${canonical(reasons)}`;
  for (const { region, reason } of record.missing ?? [])
    if (!total.missing.some((gap) => gap.region === region && gap.reason === reason))
      yield `says that ${region} is missing as ${reason}, and its run does not`;
}
