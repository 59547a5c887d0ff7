/**
 * What to ask next. The list of the whole region goes on page after page; turns that it leaves unused explore branches. Once
 * all that is left is planned to take less time by branches (plan.ts), these come first, and what has most before it first of all.
 *
 * All of it is guessed, so the list of the region goes on beside its branches where that costs little. docs/counting.md has the
 * figures.
 */
import type { Speed } from './calls.ts';
import type { Expectation } from './earlier.ts';
import { isEnough } from './evidence.ts';
import { type BranchGuess, type Guess, lookAhead, type Outlook, triedOf } from './outlook.ts';
import { branch, commonPrefix, LETTERS, type Part } from './parts.ts';
import { listMs, plan } from './plan.ts';
import { askForNamesake, askForPage, type Question } from './questions.ts';
import { pagesLeft, taskOf } from './tasks.ts';

/** A region of up to so many pages costs no call but its pages. */
const PAGES_BEFORE_BRANCHES = 3;

/**
 * The list of the region goes on beside branches that lead it until it has shown enough to believe them (audit.ts), and an earlier
 * count is known to hold still: one that is wrong must not cost more than a second. It goes on longer, in case they were guessed
 * wrong, while it takes at most one turn of so many, and unless they lead by so much.
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
  const { region } = outlook;
  const may = { mayAskNames, rows: timeForBranchesMs / (LETTERS.length * speed.intervalMs) };
  let prospect = look(outlook, speed);
  if (cutAsPlanned(region.part, outlook, prospect, may)) prospect = look(outlook, speed);
  const choice = bestOffer(outlook, prospect, speed);
  if (choice !== undefined) return choice;
  const longest = longestWithoutBranches(region.part, may);
  if (longest === undefined) return undefined;
  branch(longest.part, longest.common);
  return bestOffer(outlook, look(outlook, speed), speed);
}

/** What there is to expect, and to do. */
type Prospect = {
  /** Prefixes of the parts that are planned to be counted by branches. */
  cut: ReadonlySet<string>;
  /** How many times as long as planned the list of the region would take. */
  lead: number;
};

const NO_PROSPECT: Prospect = { cut: new Set(), lead: 1 };

function look(outlook: Outlook, speed: Speed): Prospect {
  const { region } = outlook;
  lookAhead(outlook);
  const { done, pages } = region.part;
  if (done || pages === 0 || region.expected <= PAGES_BEFORE_BRANCHES * outlook.pageSize) return NO_PROSPECT;
  const task = taskOf(outlook, region);
  const { ms, cut } = plan(task, speed);
  return { cut, lead: listMs(task, speed) / ms };
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

function bestOffer(outlook: Outlook, { cut, lead }: Prospect, { intervalMs, latencyMs }: Speed): Offer | undefined {
  const region = outlook.region.part;
  const probe = outlook.earlier === 'unproven' ? shortestKnown(outlook, outlook.region) : undefined;
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
    const areFirst = cut.has(part.prefix);
    if (areFirst && part === region && mustGoOn(row)) offerOwnList(guess, spare, INSURING);
    // Of a part with branches, spare calls learn more from the branches.
    if (!areFirst && !spare) offerOwnList(guess, spare);
    visitBranches(part, row, spare || !areFirst);
  }

  function mustGoOn({ expected }: BranchGuess): boolean {
    const { earlier, expectation } = outlook;
    if (!isEnough(region.evidence, Math.max(region.streams, expected)) || earlier === 'wrong') return true;
    const isCheap = latencyMs >= INSURANCE.turns * intervalMs;
    // What an earlier count tells of parts is shown soon; of the region alone, when half of it was listed.
    if (earlier === 'unproven') return isCheap || expectation.below('').length > 0;
    return isCheap && lead < INSURANCE.lead;
  }

  function offerOwnList(guess: Guess, spare: boolean, kind = guess === probe ? INSURING : GOING_ON): void {
    const { part } = guess;
    if (part.state === 'asked' || part.state === 'listed') return;
    // Spare calls look for the shortest prefixes that hold much; the others see to the longest lists first.
    const order = spare ? part.prefix.length : -pagesLeft(guess, outlook.pageSize);
    offer(spare, kind, order, () => askForPage(part));
  }

  function visitBranches(part: Part, { branches, parts, large }: BranchGuess, spare: boolean): void {
    const offerBranch = (kind: number, ask: () => Question) => offer(spare, kind, part.prefix.length, ask);
    if (branches.namesake.state === 'unasked') offerBranch(LIKELY, () => askForNamesake(part, branches));
    let untried: Part | undefined;
    for (const each of parts) {
      if (!isUntried(each) || (each.isKnown && each.expected >= outlook.pageSize)) visit(each, spare);
      else untried ??= each.part;
    }
    if (untried === undefined) return;
    const next = untried;
    offerBranch(2 * large >= triedOf(branches) ? LIKELY : UNLIKELY, () => askForPage(next));
  }

  visit(outlook.region, false);
  return best;
}

/** Of the lists of which an earlier count tells that they hold a page or more, the shortest: it shows soonest whether that is still so. */
function shortestKnown(outlook: Outlook, guess: Guess): Guess | undefined {
  const { part, expected, isKnown } = guess;
  if (part.done) return undefined;
  if (part.branches === undefined) return isKnown && expected >= outlook.pageSize ? guess : undefined;
  let shortest: Guess | undefined;
  for (const each of outlook.of(part.branches).parts) {
    const found = shortestKnown(outlook, each);
    if (found !== undefined && found.expected < (shortest?.expected ?? Number.POSITIVE_INFINITY)) shortest = found;
  }
  return shortest;
}

function isUntried({ part: { state, branches } }: Guess): boolean {
  return state === 'unopened' && branches === undefined;
}

/** Whether branches may be opened that need to be asked for other names; and for how many rows of them there is time. */
type May = { mayAskNames: boolean; rows: number };

/** Gives branches to what is planned to be cut and has none, of a part and all in it; gives whether there was any. */
function cutAsPlanned(part: Part, outlook: Outlook, prospect: Prospect, may: May): boolean {
  if (part.done || !prospect.cut.has(part.prefix)) return false;
  let isAny = false;
  if (part.branches === undefined) {
    const seen = part.pages === 0 ? part.prefix : commonPrefix(part);
    const common = may.mayAskNames ? (sharedBefore(outlook.expectation, part.prefix) ?? seen) : '';
    if (!mayBranch(part, common, may)) return false;
    branch(part, common);
    isAny = true;
  }
  for (const each of part.branches!.parts) isAny = cutAsPlanned(each, outlook, prospect, may) || isAny;
  return isAny;
}

/** The longest beginning that all names of a part have shared at an earlier count. */
function sharedBefore({ below }: Expectation, prefix: string): string | undefined {
  let shared: string | undefined;
  for (let row = below(prefix); row.length > 0; row = below(shared)) {
    if (row.length > 1) return shared ?? prefix;
    shared = row[0]!.prefix;
  }
  return shared;
}

function mayBranch({ prefix }: Part, common: string | undefined, { mayAskNames, rows }: May): common is string {
  // To the region's first letter no shorter name leads; to every other one does.
  if (common === undefined || (prefix !== '' && !mayAskNames)) return false;
  // Each letter that its names share is a row of branches that must be found empty.
  return common.length - prefix.length + 1 < rows;
}

/** The longest list that might be quicker by branches, and what its names have in common. */
function longestWithoutBranches(region: Part, may: May): { part: Part; common: string } | undefined {
  let longest: { part: Part; common: string } | undefined;
  function visit(part: Part): void {
    if (part.done) return;
    part.branches?.parts.forEach(visit);
    if (part.branches !== undefined) return;
    if (part.pages < PAGES_BEFORE_BRANCHES || part.pages <= (longest?.part.pages ?? 0)) return;
    const common = may.mayAskNames ? commonPrefix(part) : '';
    if (mayBranch(part, common, may)) longest = { part, common };
  }
  visit(region);
  return longest;
}
