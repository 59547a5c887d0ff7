/**
 * What to ask next. The list of the whole region goes on page after page; turns that it leaves unused explore branches.
 * For every part that has both, the way that promises to be done sooner (outlook.ts) goes first:
 *
 *     own list   pages left x time per call, since each page waits for the one before
 *     branches   calls left x time per turn, or the longest list among them, whichever is longer
 *
 * So a region whose branches are seen to fill many pages soon turns to them, and one whose names could only be told
 * apart by many fruitless calls does so only when that is cheaper than to list on. All of it is guessed, so the list of
 * the region goes on beside its branches where that costs little. docs/counting.md has the figures.
 */
import type { Speed } from './calls.ts';
import { isEnough } from './evidence.ts';
import { type BranchGuess, type Guess, lookAhead, type Outlook, triedOf } from './outlook.ts';
import { branch, commonPrefix, type Part } from './parts.ts';
import { askForNamesake, askForPage, type Question } from './questions.ts';

/** A region of up to so many pages costs no call but its pages. */
const PAGES_BEFORE_BRANCHES = 3;

/**
 * The list of the region goes on beside branches that lead it until it has shown enough to believe them (audit.ts), and
 * longer, in case they were guessed wrong, while it takes at most one turn of so many, and unless they lead by so much.
 */
const INSURANCE = { turns: 6, lead: 3 };

/** `spare`: it may help, but nothing waits for it. */
export type Choice = { spare: boolean; ask(): Question };

/**
 * The best question that can be asked now; none if something must be answered first.
 * @param timeForBranchesMs the time there is to have all branches of a part answered; 0 if none may be opened
 * @param mayAskNames whether the service says which stream is named like a prefix; if not, only the region has branches
 */
export function choose(
  outlook: Outlook,
  speed: Speed,
  timeForBranchesMs: number,
  mayAskNames: boolean,
): Choice | undefined {
  lookAhead(outlook, speed);
  const choice = bestOffer(outlook, speed);
  if (choice !== undefined) return choice;
  const longest = longestWithoutBranches(outlook.region.part, speed.intervalMs, timeForBranchesMs, mayAskNames);
  if (longest === undefined) return undefined;
  branch(longest.part, longest.common);
  return bestOffer(outlook, speed);
}

/** Of the questions that can be asked, all else being equal, in this order. */
const INSURING = 0;
const LIKELY = 1;
const GOING_ON = 2;
const UNLIKELY = 3;

type Offer = Choice & { kind: number; order: number };

function isBetter(a: Offer, b: Offer): boolean {
  if (a.spare !== b.spare) return !a.spare;
  return a.kind === b.kind ? a.order < b.order : a.kind < b.kind;
}

function bestOffer(outlook: Outlook, { intervalMs, latencyMs }: Speed): Offer | undefined {
  const region = outlook.region.part;
  let best: Offer | undefined;
  const offer = (spare: boolean, kind: number, order: number, ask: () => Question) => {
    const next = { spare, kind, order, ask };
    if (best === undefined || isBetter(next, best)) best = next;
  };

  function visit(guess: Guess, spare: boolean): void {
    const { part } = guess;
    if (part.done) return;
    if (part.branches === undefined) {
      offerOwnList(guess, spare);
      return;
    }
    const row = outlook.of(part.branches);
    const areFirst = row.lead > 1;
    if (areFirst && part === region && mustGoOn(row)) offerOwnList(guess, spare, INSURING);
    // Of a part with branches, spare calls learn more from the branches.
    if (!areFirst && !spare) offerOwnList(guess, spare);
    visitBranches(part, row, spare || !areFirst);
  }

  function mustGoOn({ lead, expected }: BranchGuess): boolean {
    if (!isEnough(region.evidence, Math.max(region.streams, expected))) return true;
    return lead < INSURANCE.lead && latencyMs >= INSURANCE.turns * intervalMs;
  }

  function offerOwnList({ part, expected }: Guess, spare: boolean, kind = GOING_ON): void {
    if (part.state === 'asked' || part.state === 'listed') return;
    // Spare calls look for the shortest prefixes that hold much; the others see to the longest lists first.
    const order = spare ? part.prefix.length : part.streams - expected;
    offer(spare, kind, order, () => askForPage(part));
  }

  function visitBranches(part: Part, { branches, parts, large }: BranchGuess, spare: boolean): void {
    if (branches.namesake.state === 'unasked') {
      offer(spare, LIKELY, part.prefix.length, () => askForNamesake(part, branches));
    }
    let untried: Part | undefined;
    for (const each of parts) {
      if (each.part.state === 'unopened' && each.part.branches === undefined) untried ??= each.part;
      else visit(each, spare);
    }
    if (untried === undefined) return;
    const next = untried;
    const kind = 2 * large >= triedOf(branches) ? LIKELY : UNLIKELY;
    offer(spare, kind, part.prefix.length, () => askForPage(next));
  }

  visit(outlook.region, false);
  return best;
}

const LETTERS = 65;

/** The longest list that might be quicker by branches, and what its names have in common. */
function longestWithoutBranches(
  region: Part,
  intervalMs: number,
  timeMs: number,
  mayAskNames: boolean,
): { part: Part; common: string } | undefined {
  let longest: { part: Part; common: string } | undefined;
  function visit(part: Part): void {
    if (part.done) return;
    part.branches?.parts.forEach(visit);
    // To its first letter no shorter name leads; to every other one does.
    if (part.branches !== undefined || !(mayAskNames || part === region)) return;
    if (part.pages < PAGES_BEFORE_BRANCHES || part.pages <= (longest?.part.pages ?? 0)) return;
    const common = mayAskNames ? commonPrefix(part) : '';
    if (common === undefined) return;
    // Each letter that its names share is a row of branches that must be found empty.
    const rows = common.length - part.prefix.length + 1;
    if (rows * LETTERS * intervalMs < timeMs) longest = { part, common };
  }
  visit(region);
  return longest;
}
