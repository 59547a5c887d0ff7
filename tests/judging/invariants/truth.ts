import { isPlain, untruths } from '../counts.ts';
import { isCounted, type Story } from '../story.ts';

/**
 * The total equals the ground truth, summed over the regions that it does not name as missing; and every count tells the
 * truth of its region, in its number and in each of its facets.
 */
export function* Truth({ runs, truth, history }: Story) {
  for (const { runId, versions, totals, records } of runs) {
    for (const [region, recorded] of records) {
      for (const version of recorded.filter(isCounted)) {
        for (const what of untruths(truth.get(region)!, version, history))
          yield `${runId}: the record of ${region} ${what}.`;
      }
    }
    for (const { value: total } of totals) {
      const missing = new Set(total.missing.map(({ region }) => region));
      const there = versions[0]!.value.plan.filter((region) => !missing.has(region));
      const expected = there.reduce((sum, region) => sum + streamsOf(region), 0);
      if (total.streams !== expected)
        yield `${runId}, rev ${total.rev}: the total says ${total.streams} streams, and there are ${expected}.`;
    }

    /** Where there is no one truth, what was counted: that was judged above. */
    function streamsOf(region: string): number {
      const world = truth.get(region)!;
      const counted = isPlain(world) ? undefined : records.get(region)?.find(isCounted);
      return counted?.value.tally.streams ?? world.streams;
    }
  }
}
