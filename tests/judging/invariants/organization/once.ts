import { sameOrganizationTotal, settleOrganization } from '../../../../src/census/organization/settle.ts';
import { isSettled } from '../../../../src/census/run.ts';
import { type OrganizationStory, plannedIn } from '../../organization-story.ts';
import { streamsIn, sum } from './possible.ts';

/** One run for each instant that somebody asked for; adding the account records up again gives the stored total, once it is settled. */
export function* onceOfOrganization({ runs, whole }: OrganizationStory) {
  for (const run of runs) {
    const { runId, versions, totals, records } = run;
    if (!whole.triggered.has(runId)) yield `${runId}: nobody asked for this run.`;
    const last = versions.at(-1)!.value;
    const total = totals.at(-1)?.value;
    if (total === undefined || !isSettled(last)) continue;
    const known = plannedIn(run).flatMap(({ accountId }) => records.get(accountId)?.at(-1)?.value ?? []);
    const streams = sum(known.map(streamsIn));
    if (streams !== total.streams)
      yield `${runId}: the records of its accounts add up to ${streams}, the total says ${total.streams}.`;
    const again = settleOrganization({ ...last, pending: [] }, known, whole.endedAtMs, total.quota?.alarmPercent);
    if (again.state === 'open' || !sameOrganizationTotal(again.total, total))
      yield `${runId}: adding the records of its accounts up again gives another total.`;
  }
}
