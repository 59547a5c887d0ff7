/**
 * The least time in which a region can be counted by this method: what someone would need who knew every name beforehand and
 * still had to prove it, with no more than lists by prefix.
 *
 * A proof is a region that is cut into parts. A part that is listed costs its pages, one after the other, and one page if it is
 * empty. A part that is cut costs its 65 branches and the question for the one stream that is named like its prefix; nothing is
 * above the first letters, so the region itself needs no such question. The more is cut, the shorter the longest list, and the
 * more calls are made. Of all ways to cut, this is the quickest:
 *
 *     the longest list x time per call, or (calls - 1) x time per turn + time per call, whichever is longer
 *
 * Not to cut at all is one of the ways, so it is never more than the time of the list alone.
 */

const LETTERS = 65;

/** A part that holds more than a page. */
type Cut = { pages: number; prefix: string; large: Cut[]; others: number };

/**
 * @param names of all streams, each once
 * @param pageSize streams on a page
 * @param latencyMs from a call to its answer
 * @param intervalMs between two calls
 */
export function floorMs(names: readonly string[], pageSize: number, latencyMs: number, intervalMs: number): number {
  const sorted = [...names].sort();
  const region = cut(sorted, '', pageSize);
  let best = Number.POSITIVE_INFINITY;
  for (let longest = 1; longest <= region.pages; longest += 1) {
    const calls = callsOf(region, longest);
    best = Math.min(best, Math.max(longest * latencyMs, (calls - 1) * intervalMs + latencyMs));
  }
  return best;
}

/** Calls that it takes if no list may be longer than so many pages. */
function callsOf({ pages, prefix, large, others }: Cut, longest: number): number {
  if (pages <= longest) return pages;
  return large.reduce((sum, each) => sum + callsOf(each, longest), others + (prefix === '' ? 0 : 1));
}

/** @param sorted the names that begin with the prefix */
function cut(sorted: readonly string[], prefix: string, pageSize: number): Cut {
  const large: Cut[] = [];
  let from = 0;
  while (from < sorted.length) {
    const letter = sorted[from]![prefix.length];
    let to = from + 1;
    while (to < sorted.length && sorted[to]![prefix.length] === letter) to += 1;
    if (letter !== undefined && to - from > pageSize)
      large.push(cut(sorted.slice(from, to), prefix + letter, pageSize));
    from = to;
  }
  return { pages: Math.max(1, Math.ceil(sorted.length / pageSize)), prefix, large, others: LETTERS - large.length };
}
