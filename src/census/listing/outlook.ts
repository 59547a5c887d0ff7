/**
 * What is to be expected of a region that is still being listed: how many streams each part will turn out to hold, and
 * for every part with branches whether they or its own list will be done sooner. Guesses all of it; they decide what is
 * asked first, never what is counted: nothing that counts imports this file.
 *
 * Nobody knows how long a list is. One that goes on is expected to be half done, the best guess about something that
 * has lasted for a while. What is known of one branch is expected of the others that go on after their first page, and
 * a run of such branches to last as long again. As soon as all branches are known, nothing is guessed any more. Where an
 * earlier count tells, it is believed until a list has shown more (earlier.ts).
 */
import type { Page } from '../ports.ts';
import type { Speed } from './calls.ts';
import { type Earlier, type Expectation, makeExpectation, stillExpected } from './earlier.ts';
import { type Branches, commonPrefix, type Part } from './parts.ts';

/** What is guessed of a part. */
export type Guess = {
  readonly part: Part;
  /** Streams that it will hold in the end. */
  expected: number;
  /** Streams of it that lists of parts above have shown: it is known to hold as many. */
  shown: number;
};

/** What is guessed of the branches of a part. */
export type BranchGuess = {
  readonly branches: Branches;
  /** One for each branch, in the same order. */
  readonly parts: readonly Guess[];
  /** Streams that they will hold in the end, together. */
  expected: number;
  /** How many times as long as the branches the part's own list will take; above 1 they come first. */
  lead: number;
  /** Branches that turned out to go on after their first page. */
  large: number;
  /** The last that answered is one of them. */
  onARun: boolean;
};

export type Outlook = {
  readonly region: Guess;
  /** Of an earlier count. */
  expectation: Expectation;
  /** Of a part's branches, as long as it has the same. */
  of(branches: Branches): BranchGuess;
  /** A page of this part was added to it. */
  answered(part: Part, page: Page): void;
};

/** The share of a page or more that was expected of a part; one that has ended with less is that of another fleet. */
const STILL_THERE = 1 / 2;

export function makeOutlook(region: Part, earlier?: Earlier): Outlook {
  const guesses = new WeakMap<Branches, BranchGuess>();

  function of(branches: Branches): BranchGuess {
    const known = guesses.get(branches);
    if (known !== undefined) return known;
    const parts = branches.parts.map(nothingOf);
    const guess = { branches, parts, expected: 0, lead: 0, large: 0, onARun: false };
    guesses.set(branches, guess);
    return guess;
  }

  /** A list has ended with so little that the region is not what it was. */
  function isRefutedBy({ prefix, state, streams }: Part): boolean {
    const expected = outlook.expectation(prefix);
    const isLarge = expected !== undefined && expected * region.pages >= region.streams;
    return isLarge && state === 'listed' && streams < STILL_THERE * expected;
  }

  const outlook: Outlook = {
    region: nothingOf(region),
    expectation: makeExpectation(earlier),
    of,
    answered(part, { streams, nextToken }) {
      if (isRefutedBy(part)) outlook.expectation = makeExpectation(undefined);
      const { pages, parent } = part;
      if (pages > 1 || parent?.branches === undefined) return;
      const row = of(parent.branches);
      row.onARun = nextToken !== undefined && streams.length > 0;
      if (row.onARun) row.large += 1;
    },
  };
  return outlook;
}

function nothingOf(part: Part): Guess {
  return { part, expected: 0, shown: 0 };
}

/** Branches whose first page was asked for. */
export function triedOf({ parts }: Branches): number {
  return parts.reduce((sum, { state }) => sum + (state === 'unopened' ? 0 : 1), 0);
}

/** Brings `expected` of every part, and `lead` of all branches, up to date. */
export function lookAhead(outlook: Outlook, speed: Speed): void {
  const { region } = outlook;
  const pageSize = Math.max(1, region.part.streams / Math.max(1, region.part.pages));
  estimate(outlook, region, { common: '', streams: 0 }, 0);
  weigh(outlook, region, { ...speed, pageSize }, 0);
}

/** What the list of a part above has shown: so many streams, and what their names have in common. */
type Shown = { common: string; streams: number };

/**
 * Notes how many streams a part, and each part of it, is expected to hold. Gives whether none of that is a guess.
 * @param like what the best known part beside it is expected to hold; 0 if it need not be like that one
 */
function estimate(outlook: Outlook, guess: Guess, above: Shown, like: number): boolean {
  const isKnown = estimateAnew(outlook, guess, above, like);
  const { part } = guess;
  if (part.done) return isKnown;
  const expected = stillExpected(outlook.expectation(part.prefix), Math.max(part.streams, guess.shown));
  if (expected === undefined) return isKnown;
  guess.expected = expected;
  return true;
}

/** What is expected if nothing is known of an earlier count. */
function estimateAnew(outlook: Outlook, guess: Guess, above: Shown, like: number): boolean {
  const { part } = guess;
  if (part.done || (part.branches === undefined && part.pages === 0)) {
    // Most parts, by far: all is known of it, or nothing.
    guess.expected = part.done ? part.streams : like;
    return part.done || like === 0;
  }
  const isWithin = part.branches !== undefined && above.common.startsWith(part.prefix);
  const shown = part.pages > 0 ? part.streams : isWithin ? above.streams : 0;
  // It stays known when the list above has gone on to other names.
  guess.shown = Math.max(guess.shown, shown);

  const half = Math.max(2 * shown, like);
  if (part.branches === undefined) {
    guess.expected = Math.max(half, guess.shown);
    return false;
  }
  const below = outlook.of(part.branches);
  const ownList = { common: commonPrefix(part) ?? '', streams: shown };
  const isKnown = estimateBranches(outlook, below, part.pages > 0 ? ownList : above);
  const isGuessed = half > 0 && !(isKnown && below.expected >= guess.shown);
  guess.expected = Math.max(below.expected, guess.shown, isGuessed ? half : 0);
  return isKnown && !isGuessed;
}

function estimateBranches(outlook: Outlook, row: BranchGuess, above: Shown): boolean {
  // The last one holds the names that the list above has shown first (parts.ts): it is the best known.
  const [shared] = row.parts.slice(-1) as [Guess];
  let isKnown = estimate(outlook, shared, above, 0);
  row.expected = shared.expected;
  let more = row.onARun ? row.large : 0;
  for (const guess of row.parts) {
    if (guess === shared) continue;
    const isLarge = guess.part.streams > 0 || (!guess.part.done && more-- > 0);
    if (!estimate(outlook, guess, above, isLarge ? shared.expected : 0)) isKnown = false;
    row.expected += guess.expected;
  }
  return isKnown;
}

/** Calls that are left to make, and how many of them wait for each other. */
type Work = { calls: number; chain: number };

/**
 * What is left to do for a part.
 * @param others calls that are left outside of it: while they last, its own list need not be quicker than that
 */
function weigh(outlook: Outlook, guess: Guess, speed: Speed & { pageSize: number }, others: number): Work {
  const { part, expected } = guess;
  if (part.done) return { calls: 0, chain: 0 };
  const left = pagesLeft(guess, speed.pageSize);
  const own = { calls: left, chain: left };
  if (part.branches === undefined) return own;

  const row = outlook.of(part.branches);
  const below = weighBranches(outlook, row, speed, others);
  // What is expected of the part and not of its branches is in them all the same; at worst all in the longest.
  const unseen = Math.max(0, expected - row.expected) / speed.pageSize;
  below.calls += unseen;
  below.chain += unseen;
  const timeMs = ({ calls, chain }: Work) => Math.max((calls + others) * speed.intervalMs, chain * speed.latencyMs);
  row.lead = timeMs(own) / timeMs(below);
  return row.lead > 1 ? below : own;
}

/**
 * Of a part's own list. Its pages so far say how many streams the next ones bring: a service that looks for a prefix only
 * after it has filled a page shows few or none of them, page after page.
 */
function pagesLeft({ part: { streams, pages }, expected }: Guess, pageSize: number): number {
  if (pages > 0 && streams === 0) return pages;
  const perPage = pages > 0 ? streams / pages : pageSize;
  return Math.max(1, Math.ceil((expected - streams) / perPage));
}

function weighBranches(
  outlook: Outlook,
  { branches, parts, large }: BranchGuess,
  speed: Speed & { pageSize: number },
  others: number,
): Work {
  const sum = { calls: branches.namesake.state === 'known' ? 0 : 1, chain: 0 };
  // The first page of a branch that is not empty is no extra call.
  const tried = triedOf(branches);
  const emptyShare = (tried - large + 1) / (tried + 1);
  const withChoice: Guess[] = [];
  for (const guess of parts) {
    const { part, expected } = guess;
    if (part.done) continue;
    if (part.branches !== undefined) withChoice.push(guess);
    else if (part.state === 'unopened' && expected === 0) sum.calls += emptyShare;
    else add(guess);
  }
  // They come last: they choose by what the others leave to do.
  withChoice.forEach(add);
  return sum;

  function add(guess: Guess): void {
    const { calls, chain } = weigh(outlook, guess, speed, others + sum.calls);
    sum.calls += calls;
    sum.chain = Math.max(sum.chain, chain);
  }
}
