import { isPlain, untruths } from '../counts.ts';
import { isCounted, type RunStory, type Story } from '../story.ts';

/**
 * The total equals the ground truth, summed over the regions that it does not name as missing; and every count tells the
 * truth of its region, in its number and in each of its facets.
 */
export function* Truth(story: Story) {
  const { runs, truth, history } = story;
  for (const run of runs) {
    const { runId, totals, records } = run;
    for (const [region, recorded] of records) {
      for (const version of recorded.filter(isCounted)) {
        for (const what of untruths(truth.get(region)!, version, history))
          yield `${runId}: the record of ${region} ${what}.`;
      }
    }
    for (const { value: total } of totals) {
      const expected = streamsBeside(total.missing, run, story);
      if (total.streams !== expected)
        yield `${runId}, rev ${total.rev}: the total says ${total.streams} streams, and there are ${expected}.`;
    }
  }
}

/** What there is in the planned regions that are not missing. Where there is no one truth, what was counted: that is judged by itself. */
export function streamsBeside(
  missing: readonly { region: string }[],
  { versions, records }: Pick<RunStory, 'versions' | 'records'>,
  { truth }: Pick<Story, 'truth'>,
): number {
  const missed = new Set(missing.map(({ region }) => region));
  const there = versions[0]!.value.plan.filter((region) => !missed.has(region));
  return there.reduce((sum, region) => sum + streamsOf(region), 0);

  function streamsOf(region: string): number {
    const world = truth.get(region)!;
    const counted = isPlain(world) ? undefined : records.get(region)?.find(isCounted);
    return counted?.value.tally.streams ?? world.streams;
  }
}
