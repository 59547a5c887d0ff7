import {
  accountRunOf,
  type OrganizationRunStory,
  type OrganizationStory,
  plannedIn,
} from '../../organization-story.ts';
import { at } from '../../story.ts';
import { bySweep, expiresMs, seconds } from '../allowances.ts';

/**
 * Once faults have stopped, every organisation's run has a total by its deadline plus one sweep; and every total of an account's run
 * is on record, and in the organisation's total, by the next sweep.
 */
export function* terminatesOfOrganization(story: OrganizationStory) {
  const { runs, whole, history } = story;
  for (const runId of whole.triggered) {
    const givenUp = whole.failedInvocations.some((event) => event.includes(runId));
    if (!runs.some((run) => run.runId === runId) && !givenUp && !isBefore(story, runId))
      yield `${runId}: was asked for, never opened, and its event is not in failed-invocations.`;
  }
  for (const run of runs) {
    const { runId, versions, totals } = run;
    const dueMs = bySweep(story, Date.parse(versions[0]!.value.deadlineAt), 'open');
    if ((totals[0]?.atMs ?? Number.POSITIVE_INFINITY) > dueMs)
      yield `${runId}: has no total ${seconds(dueMs - history.startMs)} after the start.`;
    if (whole.endedAtMs < expiresMs(run) && versions.at(-1)?.value.sweep === 'OPEN')
      yield `${runId}: is open to the end.`;
    for (const { accountId } of plannedIn(run)) yield* untold(accountId, run, story);
  }
}

/** The stack counted its own account alone then. */
function isBefore({ circumstances, history }: OrganizationStory, runId: string): boolean {
  return Date.parse(runId) < history.startMs + circumstances.fromS * 1000;
}

function* untold(accountId: string, run: OrganizationRunStory, story: OrganizationStory) {
  const own = accountRunOf(story, accountId, run.runId);
  const recorded = run.records.get(accountId) ?? [];
  const first = run.totals[0]?.atMs;
  if (own === undefined || first === undefined) return;
  for (const [index, { atMs, value: total }] of own.totals.entries()) {
    const joinedMs = own.versions.find(({ value }) => value.parent !== undefined)?.atMs;
    if (joinedMs === undefined) continue;
    const dueMs = bySweep(story, Math.max(atMs, joinedMs));
    const isOvertaken = (own.totals[index + 1]?.atMs ?? Number.POSITIVE_INFINITY) <= dueMs;
    if (isOvertaken || dueMs >= expiresMs(run)) continue;
    const which = `${run.runId}: ${accountId} has a total of rev ${total.rev}`;
    const record = at(recorded, dueMs);
    if (record?.status !== 'settled' || record.rev < total.rev) {
      yield `${which}, and the organisation's run does not have it on record by the next sweep.`;
      continue;
    }
    const heardMs = bySweep(story, Math.max(atMs, joinedMs, first));
    const last = at(run.totals, heardMs);
    const gap = last?.missing.find((each) => each.accountId === accountId);
    const said = gap === undefined ? 0 : (gap.regions?.missing ?? Number.POSITIVE_INFINITY);
    if (last !== undefined && said > total.expected - total.counted)
      yield `${which}, and the organisation's total did not hear of it by the next sweep.`;
  }
}
