import type {
  AccountRecord,
  FailedAccount,
  SettledAccount,
} from '../../../../src/census/organization/account-record.ts';
import type { OrganizationAccount } from '../../../../src/census/organization/run.ts';
import {
  accountRunOf,
  type OrganizationRunStory,
  type OrganizationStory,
  plannedIn,
  saysWhatIsThere,
  totalsBefore,
  wasTotal,
} from '../../organization-story.ts';
import { EXPIRY_MS, expiresMs, INDEXED_MS } from '../allowances.ts';
import { everyPossible } from './possible.ts';

/**
 * What was counted before is said as earlier runs have it: in an account that has failed, and in regions that are missing. The total
 * says of how many accounts something is lost, unless that is not known of one.
 */
export function* rememberedOfOrganization(story: OrganizationStory) {
  for (const run of story.runs) {
    for (const { atMs, value } of [...run.records.values()].flat()) {
      const what = value.status === 'failed' ? wrongLastKnown(value, atMs, story) : wrongLost(value, story);
      if (what !== undefined) yield `${run.runId}: of ${value.accountId} ${what}.`;
    }
    for (const { atMs, value } of run.totals) {
      const possible = everyLost(run, atMs);
      const said = value.lost === undefined ? 'not said' : `said to be ${value.lost}`;
      if (!fits(value.lost, possible))
        yield `${run.runId}, rev ${value.rev}: it is ${said} how many accounts are lost, and they are ${possible.map((each) => each.join(' or ')).join(', ')}.`;
    }
  }
}

function wrongLastKnown({ accountId, runId, lastKnown }: FailedAccount, atMs: number, story: OrganizationStory) {
  if (lastKnown === undefined) return undefined;
  const totals = totalsBefore(story, accountId, runId);
  if (lastKnown !== null) {
    const { runId: earlier, streams } = lastKnown;
    return wasTotal(totals, lastKnown) ? undefined : `the run ${earlier} never had ${streams} streams`;
  }
  const held = totals.some(
    ({ run, value, atMs: storedMs }) =>
      storedMs <= atMs - INDEXED_MS && expiresMs(run) > atMs + EXPIRY_MS && saysWhatIsThere(value),
  );
  return held && story.circumstances.isPlanSound ? 'it is said that nothing ever was counted' : undefined;
}

function wrongLost({ accountId, runId, rev, lost }: SettledAccount, story: OrganizationStory) {
  const total = accountRunOf(story, accountId, runId)?.totals.find(({ value }) => value.rev === rev)?.value;
  if (total === undefined || total.missing.length === 0) return lost === undefined ? undefined : 'no region is missing';
  const isKnown = total.missing.every(({ since }) => since !== undefined);
  const right = isKnown ? total.missing.filter((gap) => gap.lost).length : undefined;
  return lost === right ? undefined : `${lost} regions are said to be lost, and that is ${right}`;
}

type Lost = 'lost' | 'not lost' | 'not known';

/** Of each planned account, what whoever stored a total may have found. */
function everyLost(run: OrganizationRunStory, atMs: number): Lost[][] {
  const possible = everyPossible(run, atMs);
  return plannedIn(run).map((account) => [
    ...new Set((possible.get(account.accountId) ?? []).map((record) => lostIn(account, record))),
  ]);
}

function lostIn({ lastKnown }: OrganizationAccount, record: AccountRecord | undefined): Lost {
  if (record?.status === 'settled') {
    if (record.verdict === 'complete') return 'not lost';
    if (record.lost === undefined) return 'not known';
    return record.lost > 0 ? 'lost' : 'not lost';
  }
  if (lastKnown !== undefined) return 'lost';
  if (record?.lastKnown === undefined) return 'not known';
  return record.lastKnown === null ? 'not lost' : 'lost';
}

function fits(lost: number | undefined, possible: readonly Lost[][]): boolean {
  if (lost === undefined) return possible.some((each) => each.includes('not known'));
  const least = possible.filter((each) => !each.includes('not lost') && each.includes('lost')).length;
  const most = possible.filter((each) => each.includes('lost')).length;
  return possible.every((each) => each.some((one) => one !== 'not known')) && least <= lost && lost <= most;
}
