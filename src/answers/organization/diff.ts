/** What lies between two runs of the organisation. */
import { makeDamage } from '../damage.ts';
import { type Head, headOf } from '../head.ts';
import type { Read } from '../news.ts';
import { noTotalYet, sameRun } from '../no-answer.ts';
import type { Source } from '../reader.ts';
import type { RunName } from '../run-name.ts';
import { diffOrganizations, type OrganizationDiff } from './account-diff.ts';
import { noneBefore, otherOf, readUpTo } from './compared-run.ts';
import { readWholeOrganization } from './run.ts';
import { type OrganizationRunSummary, organizationRunSummary, withoutAccounts } from './run-summary.ts';

export type OrganizationDiffAnswer = Head<'organization-diff'> &
  OrganizationDiff & {
    /** The run named first, and the one named second. */
    before: OrganizationRunSummary;
    after: OrganizationRunSummary;
  };

/**
 * Two names: two whole runs, and one request more for each that is not a whole id.
 * @throws NoAnswer if one of the two is not there or has no total yet
 */
export async function readOrganizationDiff(
  source: Source,
  before: RunName,
  after: RunName,
  nowMs: number,
): Promise<Read<OrganizationDiffAnswer>> {
  const first = await readWholeOrganization(source, before, nowMs);
  const second = await readWholeOrganization(source, after, nowMs);
  for (const { run } of [first, second]) if (run.total === undefined) throw noTotalYet(run.runId);
  if (first.run.runId === second.run.runId) throw sameRun(first.run.runId);
  const answer = {
    ...headOf('organization-diff', source.censusId, nowMs),
    ...diffOrganizations(first, second),
    before: organizationRunSummary(withoutAccounts(first.run), nowMs),
    after: organizationRunSummary(withoutAccounts(second.run), nowMs),
  };
  return { answer, news: [first.news, second.news] };
}

/** A run, and the one that it is compared with. @throws NoAnswer if there is none to compare it with */
export async function readComparedDiff(
  source: Source,
  name: RunName,
  nowMs: number,
): Promise<Read<OrganizationDiffAnswer>> {
  const damage = makeDamage();
  const [run, ...earlier] = await readUpTo(source, name, nowMs, damage);
  const [other] = otherOf(run, earlier);
  if (run.total === undefined) throw noTotalYet(run.runId);
  if (other === undefined) throw noneBefore(run, damage);
  return await readOrganizationDiff(source, other, run.runId, nowMs);
}
