import type { OrganizationStory } from '../../organization-story.ts';
import { isSweptMeanwhile } from '../cheap.ts';

/**
 * A calm run of an organisation costs what its accounts' runs cost; for each account a session to open its run and one for each of its
 * tasks at most, a record, a strike and no nudge but the last; and one total.
 */
export function* cheapOfOrganization({ kind, circumstances, whole, history, runs, accounts }: OrganizationStory) {
  if (!circumstances.isCalm || circumstances.retries > 0) return;
  const asked = runs.reduce((all, run) => all + run.accounts.length, 0);
  const isSwept = isSweptMeanwhile(whole);
  const limits = {
    'dispatcher.openOrganization': 2,
    // The list of runs, and the plan of one of them in a few pages.
    'dispatcher.organizationBefore': 8,
    ...(!isSwept && { 'aggregator.storeOrganizationTotal': 1, 'aggregator.announceTotal': 1 }),
  };
  for (const [site, limit] of Object.entries(limits)) {
    const made = history.requests.filter((request) => request.site === site).length;
    if (made > limit * runs.length) yield `${made} times ${site}, for ${runs.length} runs of the organisation.`;
  }
  const made = (site: string) => whole.requests.filter((request) => request.site === site).length;
  if (kind !== 'streams') return;
  if (made('dispatcher.assumeRole') > 2 * asked)
    yield `The dispatcher assumed ${made('dispatcher.assumeRole')} roles, for ${asked} accounts.`;
  const workers = whole.invocations.filter(({ of }) => of === 'worker').length;
  if (made('worker.assumeRole') > workers)
    yield `Workers assumed ${made('worker.assumeRole')} roles, in ${workers} invocations.`;
  for (const [accountId, { history: own, runs: ownRuns }] of accounts) {
    if (isSwept) break;
    const nudges = own.requests.filter(({ site }) => site === 'aggregator.sendNudge').length;
    if (nudges > ownRuns.length) yield `${accountId} was told of ${nudges} times, for ${ownRuns.length} runs.`;
  }
}
