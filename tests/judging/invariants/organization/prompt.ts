import {
  accountRunOf,
  type OrganizationRunStory,
  type OrganizationStory,
  plannedIn,
} from '../../organization-story.ts';
import { at } from '../../story.ts';
import { seconds } from '../allowances.ts';
import { AT_ONCE_MS } from '../prompt.ts';

/**
 * Where nothing goes wrong but with tasks, a total of an account's run is on record at once, and the organisation's total follows the
 * last of its accounts at once; and every later one, if it waits for no other.
 */
export function* promptOfOrganization(story: OrganizationStory) {
  if (!story.circumstances.isUndisturbed) return;
  for (const run of story.runs) {
    const { runId, totals, records } = run;
    const planned = plannedIn(run);
    for (const { accountId } of planned) yield* recordedLate(accountId, run, story);
    const answers = planned.map(({ accountId }) => records.get(accountId)?.[0]?.atMs);
    if (planned.length === 0 || answers.some((each) => each === undefined)) continue;
    const lastMs = Math.max(...(answers as number[]));
    const firstTotal = totals[0]?.atMs ?? Number.POSITIVE_INFINITY;
    if (firstTotal > lastMs + AT_ONCE_MS)
      yield `${runId}: the total came ${seconds(firstTotal - lastMs)} after the last of its accounts.`;
    yield* followedLate(run);
  }
}

function* recordedLate(accountId: string, run: OrganizationRunStory, story: OrganizationStory) {
  const own = accountRunOf(story, accountId, run.runId);
  for (const { atMs, value } of own?.totals ?? []) {
    if (at(own!.versions, atMs)?.parent === undefined) continue;
    const isThere = (run.records.get(accountId) ?? []).some(
      (record) =>
        record.value.status === 'settled' && record.value.rev >= value.rev && record.atMs <= atMs + AT_ONCE_MS,
    );
    if (!isThere) yield `${run.runId}: ${accountId} had a total, and it was not on record at once.`;
  }
}

/** What comes while others are asked again is for the sweep. */
function* followedLate({ runId, versions, totals, records }: OrganizationRunStory) {
  for (const [accountId, recorded] of records) {
    for (const [index, { atMs, value }] of recorded.entries()) {
      const dueMs = atMs + AT_ONCE_MS;
      const isOvertaken = (recorded[index + 1]?.atMs ?? Number.POSITIVE_INFINITY) <= dueMs;
      const since = versions.filter((version) => atMs <= version.atMs && version.atMs <= dueMs);
      const waits = [at(versions, dueMs), ...since.map((version) => version.value)].some(
        (each) => each?.pending.length,
      );
      const total = at(totals, dueMs);
      if (value.status !== 'settled' || isOvertaken || waits || total === undefined) continue;
      const gap = total.missing.find((each) => each.accountId === accountId);
      if ((gap?.regions?.missing ?? (gap === undefined ? 0 : -1)) !== value.expected - value.counted)
        yield `${runId}: ${accountId} said more at once, and the total did not.`;
    }
  }
}
