import type { RunStory, Story } from '../story.ts';

/**
 * Of two totals it is told why one is not the other: what was counted twice, what is only not visible now, what is only
 * visible again. These add up to the difference, and what went out of sight is never said to have gone.
 */
export function* Compared({ runs, history }: Story) {
  for (const { now, before, comparison } of history.comparisons) {
    const which = `${now} beside ${before}`;
    const [held, holds] = [before, now].map((runId) => inTotal(runs.find((run) => run.runId === runId)!));
    const difference = sum(holds!) - sum(held!);
    const { changed, unseen, seenAgain, plan } = comparison;
    const told = [changed, unseen, seenAgain, plan].reduce((all, { streams }) => all + streams, 0);
    if (comparison.difference !== difference || told !== difference)
      yield `${which}: ${difference} streams more, and ${told} are told of.`;
    for (const { region } of changed.regions) {
      if (!held!.has(region) || !holds!.has(region))
        yield `${which}: ${region} is said to have changed, and only one of them counted it.`;
    }
    for (const { region } of unseen.regions)
      if (!held!.has(region) || holds!.has(region)) yield `${which}: ${region} is said to be out of sight, and is not.`;
    for (const { region } of seenAgain.regions)
      if (held!.has(region) || !holds!.has(region))
        yield `${which}: ${region} is said to be visible again, and is not.`;
  }
}

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
