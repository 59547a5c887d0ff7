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
import { type Earlier, type Expectation, makeExpectation, NO_EXPECTATION, stillExpected } from './earlier.ts';
import { type Branches, commonPrefix, type Part } from './parts.ts';

/** What is guessed of a part. */
export type Guess = {
  readonly part: Part;
  /** Streams that it will hold in the end. */
  expected: number;
  /** Streams of it that lists of parts above have shown: it is known to hold as many. */
  shown: number;
  /** Whether that is no guess, or one that an earlier count tells. */
  isKnown: boolean;
};

/** What is guessed of the branches of a part. */
export type BranchGuess = {
  readonly branches: Branches;
  /** One for each branch, in the same order. */
  readonly parts: readonly Guess[];
  /** Streams that they will hold in the end, together. */
  expected: number;
  /** Branches that turned out to go on after their first page. */
  large: number;
  /** The last that answered is one of them. */
  onARun: boolean;
};

export type Outlook = {
  readonly region: Guess;
  /** Streams on a page. */
  pageSize: number;
  /** Of an earlier count. */
  expectation: Expectation;
  /** `holds` once a part has turned out to hold about as many streams as it says, or the region has. */
  earlier: 'none' | 'unproven' | 'holds' | 'wrong';
  /** Of a part's branches, as long as it has the same. */
  of(branches: Branches): BranchGuess;
  /** A page of this part was added to it. */
  answered(part: Part, page: Page): void;
};

/** The share of a page or more that was expected of a part: one that has ended with less is that of another fleet. */
const STILL_THERE = 1 / 2;

export function makeOutlook(region: Part, earlier?: Earlier): Outlook {
  const guesses = new WeakMap<Branches, BranchGuess>();
  /** Streams that lists of branches have shown. */
  let inBranches = 0;

  function of(branches: Branches): BranchGuess {
    const known = guesses.get(branches);
    if (known !== undefined) return known;
    const parts = branches.parts.map(nothingOf);
    const guess = { branches, parts, expected: 0, large: 0, onARun: false };
    guesses.set(branches, guess);
    return guess;
  }

  /** Holds the earlier count against a page that was added to a part. */
  function judge({ prefix, parent, state, streams }: Part, page: Page): void {
    const { expectation, earlier } = outlook;
    if (earlier === 'none' || earlier === 'wrong') return;
    if (parent !== undefined) inBranches += page.streams.length;
    const before = expectation.of(prefix) ?? 0;
    const isLarge = before * region.pages >= Math.max(1, region.streams);
    const isThere = streams >= STILL_THERE * before;
    const unknown = page.streams.filter(({ name }) => !expectation.knows(name));
    if (unknown.length > page.streams.length / 2 || (isLarge && state === 'listed' && !isThere)) {
      outlook.earlier = 'wrong';
      outlook.expectation = NO_EXPECTATION;
    } else if ((isLarge && isThere) || inBranches >= STILL_THERE * expectation.of('')!) outlook.earlier = 'holds';
  }

  const outlook: Outlook = {
    region: nothingOf(region),
    pageSize: 1,
    expectation: earlier === undefined ? NO_EXPECTATION : makeExpectation(earlier),
    earlier: earlier === undefined ? 'none' : 'unproven',
    of,
    answered(part, page) {
      judge(part, page);
      const { streams, nextToken } = page;
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
  return { part, expected: 0, shown: 0, isKnown: false };
}

/** Branches whose first page was asked for. */
export function triedOf({ parts }: Branches): number {
  return parts.reduce((sum, { state }) => sum + (state === 'unopened' ? 0 : 1), 0);
}

/** Brings `expected` of every part up to date. */
export function lookAhead(outlook: Outlook): void {
  const { region } = outlook;
  outlook.pageSize = Math.max(1, region.part.streams / Math.max(1, region.part.pages));
  estimate(outlook, region, { common: '', streams: 0 }, 0);
}

/** What the list of a part above has shown: so many streams, and what their names have in common. */
type Shown = { common: string; streams: number };

/**
 * Notes how many streams a part, and each part of it, is expected to hold. Gives whether none of that is a guess.
 * @param like what the best known part beside it is expected to hold; 0 if it need not be like that one
 */
function estimate(outlook: Outlook, guess: Guess, above: Shown, like: number): boolean {
  guess.isKnown = estimateAnew(outlook, guess, above, like);
  const { part } = guess;
  const before = part.done ? undefined : outlook.expectation.of(part.prefix);
  const expected = stillExpected(before, Math.max(part.streams, guess.shown));
  if (expected !== undefined) Object.assign(guess, { expected, isKnown: true });
  return guess.isKnown;
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
