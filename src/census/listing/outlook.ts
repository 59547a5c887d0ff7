/**
 * What is to be expected of a region that is still being listed: how many streams each part will turn out to hold, and
 * for every part with branches whether they or its own list will be done sooner. Guesses all of it; they decide what is
 * asked first, never what is counted.
 *
 * Nobody knows how long a list is. One that goes on is expected to be half done, the best guess about something that
 * has lasted for a while. What is known of one branch is expected of the others that go on after their first page, and
 * a run of such branches to last as long again. As soon as all branches are known, nothing is guessed any more.
 */
import { type Branches, commonPrefix, type Part } from './parts.ts';

export type Speed = {
  /** Between two turns. */
  intervalMs: number;
  /** From a call to its answer. */
  latencyMs: number;
};

/** Brings `expected` of every part, and `lead` of all branches, up to date. */
export function lookAhead(region: Part, speed: Speed): void {
  estimate(region, { common: '', streams: 0 }, 0);
  const pageSize = Math.max(1, region.streams / Math.max(1, region.pages));
  weigh(region, { ...speed, pageSize }, 0);
}

/** What the list of a part above has shown: so many streams, and what their names have in common. */
type Shown = { common: string; streams: number };

/**
 * Notes how many streams a part, and each part of it, is expected to hold. Gives whether none of that is a guess.
 * @param like what the best known part beside it is expected to hold; 0 if it need not be like that one
 */
function estimate(part: Part, above: Shown, like: number): boolean {
  const { branches } = part;
  if (part.done || (branches === undefined && part.pages === 0)) {
    // Most parts, by far: all is known of it, or nothing.
    part.expected = part.done ? part.streams : like;
    return part.done || like === 0;
  }
  const isWithin = branches !== undefined && above.common.startsWith(part.prefix);
  const shown = part.pages > 0 ? part.streams : isWithin ? above.streams : 0;
  // It stays known when the list above has gone on to other names.
  part.shown = Math.max(part.shown, shown);

  const guess = Math.max(2 * shown, like);
  if (branches === undefined) {
    part.expected = Math.max(guess, part.shown);
    return false;
  }
  const isKnown = estimateBranches(
    branches,
    part.pages > 0 ? { common: commonPrefix(part) ?? '', streams: shown } : above,
  );
  const isGuessed = guess > 0 && !(isKnown && branches.expected >= part.shown);
  part.expected = Math.max(branches.expected, part.shown, isGuessed ? guess : 0);
  return isKnown && !isGuessed;
}

function estimateBranches(branches: Branches, above: Shown): boolean {
  // The last one holds the names that the list above has shown first (parts.ts): it is the best known.
  const [shared] = branches.parts.slice(-1) as [Part];
  let isKnown = estimate(shared, above, 0);
  branches.expected = shared.expected;
  let more = branches.onARun ? branches.large : 0;
  for (const part of branches.parts) {
    if (part === shared) continue;
    const isLarge = part.streams > 0 || (!part.done && more-- > 0);
    if (!estimate(part, above, isLarge ? shared.expected : 0)) isKnown = false;
    branches.expected += part.expected;
  }
  return isKnown;
}

/** Calls that are left to make, and how many of them wait for each other. */
type Work = { calls: number; chain: number };

/**
 * What is left to do for a part.
 * @param others calls that are left outside of it: while they last, its own list need not be quicker than that
 */
function weigh(part: Part, speed: Speed & { pageSize: number }, others: number): Work {
  if (part.done) return { calls: 0, chain: 0 };
  const left = pagesLeft(part, speed.pageSize);
  const own = { calls: left, chain: left };
  if (part.branches === undefined) return own;

  const below = weighBranches(part.branches, speed, others);
  // What is expected of the part and not of its branches is in them all the same; at worst all in the longest.
  const unseen = Math.max(0, part.expected - part.branches.expected) / speed.pageSize;
  below.calls += unseen;
  below.chain += unseen;
  const timeMs = ({ calls, chain }: Work) => Math.max((calls + others) * speed.intervalMs, chain * speed.latencyMs);
  part.branches.lead = timeMs(own) / timeMs(below);
  return part.branches.lead > 1 ? below : own;
}

/**
 * Of a part's own list. Its pages so far say how many streams the next ones bring: a service that looks for a prefix only
 * after it has filled a page shows few or none of them, page after page.
 */
function pagesLeft({ expected, streams, pages }: Part, pageSize: number): number {
  if (pages > 0 && streams === 0) return pages;
  const perPage = pages > 0 ? streams / pages : pageSize;
  return Math.max(1, Math.ceil((expected - streams) / perPage));
}

function weighBranches(branches: Branches, speed: Speed & { pageSize: number }, others: number): Work {
  const { parts, namesake, tried, large } = branches;
  const sum = { calls: namesake.state === 'known' ? 0 : 1, chain: 0 };
  // The first page of a branch that is not empty is no extra call.
  const emptyShare = (tried - large + 1) / (tried + 1);
  const withChoice: Part[] = [];
  for (const part of parts) {
    if (part.done) continue;
    if (part.branches !== undefined) withChoice.push(part);
    else if (part.state === 'unopened' && part.expected === 0) sum.calls += emptyShare;
    else add(part);
  }
  // They come last: they choose by what the others leave to do.
  withChoice.forEach(add);
  return sum;

  function add(part: Part): void {
    const { calls, chain } = weigh(part, speed, others + sum.calls);
    sum.calls += calls;
    sum.chain = Math.max(sum.chain, chain);
  }
}
