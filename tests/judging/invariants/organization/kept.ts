import type { Item } from '../../history.ts';
import { accountRunOf, type OrganizationStory } from '../../organization-story.ts';

/**
 * Whatever belongs to an organisation's run expires with it, as it said when it opened; so do the runs of its accounts, but for those
 * that were there before they became part of it.
 */
export function* keptOfOrganization(story: OrganizationStory) {
  const { runs, history } = story;
  const expected = new Map(runs.map(({ runId, versions }) => [runId, versions[0]!.value.expiresAt]));
  for (const { after } of history.writes) {
    const [, , runId = ''] = after.pk?.S?.split('#') ?? [];
    const [own, run] = [Number(after.expiresAt?.N), expected.get(runId)];
    // Of two plans that were written for one run, only that of the run is held to it.
    const isOfAnotherPlan = after.sk?.S?.startsWith('PLAN#') ?? false;
    if (run !== undefined && own !== run && !isOfAnotherPlan && !wasThereBefore(after, story))
      yield `${runId}: expires at ${run}, and its ${after.sk?.S} at ${own}.`;
  }
}

function wasThereBefore({ pk, sk }: Item, story: OrganizationStory): boolean {
  const [, , runId = ''] = pk?.S?.split('#') ?? [];
  const [, accountId = ''] = sk?.S?.split('#') ?? [];
  const first = accountRunOf(story, accountId, runId)?.versions[0];
  return first !== undefined && first.value.parent === undefined;
}
