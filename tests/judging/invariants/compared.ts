import type { RunStory, Story } from '../story.ts';

/**
 * Of two totals it is told why one is not the other: what was counted twice, what is only not visible now, what is only
 * visible again. These add up to the difference, and what went out of sight is never said to have gone.
 */
export function* Compared({ runs, history }: Story) {
  for (const { now, before, comparison } of history.comparisons) {
    const which = `${now} beside ${before}`;
    const [then, since] = [before, now].map((runId) => runs.find((run) => run.runId === runId)!);
    const [held, holds] = [inTotal(then!), inTotal(since!)];
    const difference = sum(holds) - sum(held);
    const { changed, unseen, seenAgain, plan, missingInBoth } = comparison;
    const told = [changed, unseen, seenAgain, plan].reduce((all, { streams }) => all + streams, 0);
    if (comparison.difference !== difference || told !== difference)
      yield `${which}: ${difference} streams more, and ${told} are told of.`;
    for (const { region } of changed.regions) {
      if (!held.has(region) || !holds.has(region))
        yield `${which}: ${region} is said to have changed, and only one of them counted it.`;
    }
    for (const { region } of unseen.regions)
      if (!held.has(region) || holds.has(region)) yield `${which}: ${region} is said to be out of sight, and is not.`;
    for (const { region } of seenAgain.regions)
      if (held.has(region) || !holds.has(region)) yield `${which}: ${region} is said to be visible again, and is not.`;
    const named = missingInBoth.map(({ region }) => region);
    const missed = missingIn(since!).filter((region) => missingIn(then!).includes(region));
    if (named.join() !== missed.join())
      yield `${which}: ${missed.join(', ') || 'nothing'} is missing in both, and ${named.join(', ') || 'nothing'} is said to be.`;
  }
}

const missingIn = ({ totals }: RunStory) => (totals.at(-1)?.value.missing ?? []).map(({ region }) => region);

/** Streams in each region that the run's newest total holds. */
function inTotal({ totals, records }: RunStory): Map<string, number> {
  const missing = new Set(totals.at(-1)?.value.missing.map(({ region }) => region));
  return new Map(
    [...records].flatMap(([region, recorded]) => {
      const record = recorded.at(-1)?.value;
      return record?.status === 'counted' && !missing.has(region) ? [[region, record.tally.streams] as const] : [];
    }),
  );
}

const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((all, streams) => all + streams, 0);
