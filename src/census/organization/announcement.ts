/**
 * What a program is told of an organisation's total, as announcement.ts has it of an account's. However many accounts there are, it
 * stays far below the 256 KB that SNS takes (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html): what is missing of each
 * account is in the ledger.
 */
import { kindOf, ORGANIZATION } from '../census-id.ts';
import type { Kind } from '../kinds.ts';
import type { OrganizationRun, SetAside } from './run.ts';
import type { StoredOrganizationTotal } from './total.ts';

/** Version 1 stays while fields are only added. */
type OrganizationAnnouncement = {
  version: 1;
  /** Tells it from an account's, whose total has another form. */
  scope: typeof ORGANIZATION;
  kind: Kind;
  accountId: typeof ORGANIZATION;
  runId: string;
  rev: number;
  total: Omit<StoredOrganizationTotal, 'rev'>;
  /** How many accounts are not asked, and why; and how many a parameter excludes. */
  setAside: Readonly<Partial<Record<SetAside, number>>>;
  excluded: number;
  sources: OrganizationRun['sources'];
};

type OrganizationAttributes = {
  scope: typeof ORGANIZATION;
  kind: Kind;
  verdict: StoredOrganizationTotal['verdict'];
  /** `false` if streams, accounts and what is missing are those of the run before, and no other total of this run was announced. */
  changed: 'true' | 'false';
};

/** @param run as it was read before the total was stored, or later */
export function organizationAnnouncementOf(
  { censusId, runId, accounts, excluded = [], sources }: OrganizationRun,
  { rev, ...total }: StoredOrganizationTotal,
): OrganizationAnnouncement {
  return {
    version: 1,
    scope: ORGANIZATION,
    kind: kindOf(censusId),
    accountId: ORGANIZATION,
    runId,
    rev,
    total,
    setAside: setAsideIn(accounts),
    excluded: excluded.length,
    sources,
  };
}

/** How many accounts are set aside, by why. */
export function setAsideIn(accounts: OrganizationRun['accounts']): Partial<Record<SetAside, number>> {
  const counts: Partial<Record<SetAside, number>> = {};
  for (const { setAside } of accounts) if (setAside !== undefined) counts[setAside] = (counts[setAside] ?? 0) + 1;
  return counts;
}

export function organizationAttributesOf(
  { censusId, announcedRev }: OrganizationRun,
  { verdict, rev, before }: StoredOrganizationTotal,
): OrganizationAttributes {
  // Whoever only hears of changes must hear of each: a second total of a run is one, whatever the run before came to.
  const isSecond = announcedRev !== undefined && announcedRev < rev;
  const changed = isSecond || before?.unchanged !== true;
  return { scope: ORGANIZATION, kind: kindOf(censusId), verdict, changed: changed ? 'true' : 'false' };
}
