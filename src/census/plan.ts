/**
 * What to ask next. The list of the whole region goes on page after page; while it does, turns that it leaves unused go
 * to branches. For every part that has both, the way that promises to end sooner goes first:
 *
 *     own list   pages left x time per call, since each page waits for the one before
 *     branches   calls left x time per turn, or the longest list among them, whichever is longer
 *
 * Nobody knows how many pages are left. A list that goes on is expected to be half done, which is the best guess about
 * something that has lasted for a while; where branches have shown more, they are believed. So a region of many pages
 * turns to its branches as soon as they are seen to fill them, and one whose names would need many fruitless calls to
 * tell apart does so only when that is cheaper than to list on.
 */
import { askForNamesake, askForPage, type Branches, branch, commonPrefix, type Part, type Question } from './parts.ts';

export type Speed = {
  /** Between two turns. */
  intervalMs: number;
  /** From a call to its answer. */
  latencyMs: number;
  /** Until the counting must end. */
  timeLeftMs: number;
};

/** A region of up to so many pages costs no call but its pages. */
const PAGES_BEFORE_BRANCHES = 3;

/** `spare`: it helps, but nothing waits for it. */
export type Choice = { spare: boolean; ask(): Question };

/** The best question that can be asked now, or none: then something must be answered first. */
export function choose(region: Part, speed: Speed, mayBranch: boolean): Choice | undefined {
  const pageSize = Math.max(1, region.streams / Math.max(1, region.pages));
  expect(region, { common: '', streams: 0 }, 0);
  weigh(region, { ...speed, pageSize }, 0);
  const offer = bestOffer(region) ?? (mayBranch && branchLongest(region, speed) ? bestOffer(region) : undefined);
  return offer && { spare: offer.spare, ask: offer.ask };
}

// ------------------------------------------------------------------------------------------- how much is to be expected

/** What the list of a part above has shown: so many streams, all of names with this prefix. */
type Shown = { common: string; streams: number };

/**
 * Notes how many streams each part is expected to hold. Gives whether that is all known, and no guess.
 * @param like what the part beside it is expected to hold that has shown most of itself
 */
function expect(part: Part, above: Shown, like: number): boolean {
  const { branches } = part;
  const shownNow = part.pages > 0 ? part.streams : branches && above.common.startsWith(part.prefix) ? above.streams : 0;
  part.shown = Math.max(part.shown, shownNow);
  let known = 0;
  let isKnown = branches !== undefined;
  if (branches !== undefined) {
    const shown = part.pages > 0 ? { common: commonPrefix(part) ?? '', streams: part.streams } : above;
    const shared = branches.parts.at(-1)!;
    isKnown = expect(shared, shown, 0);
    // A run of large branches is expected to go on for as long again.
    let more = branches.onARun ? branches.large : 0;
    for (const each of branches.parts) {
      const isLarge = each.pages > 0 || (!each.done && more-- > 0);
      if (each !== shared && !expect(each, shown, isLarge ? shared.expected : 0)) isKnown = false;
      known += each.expected;
    }
    branches.expected = known;
  }
  const guess = Math.max(2 * shownNow, like);
  if (part.done || guess === 0 || (isKnown && known >= part.shown)) {
    part.expected = Math.max(part.shown, known);
    return part.done || isKnown || branches === undefined;
  }
  part.expected = Math.max(guess, known, part.shown);
  return false;
}

// ------------------------------------------------------------------------------------------------ which way is sooner

/** Calls that are left to ask, and how many of them wait for each other. */
type Work = { calls: number; chain: number };

/**
 * What is left to do for a part; notes at every part with branches whether they are its better way.
 * @param others calls that are left to ask outside of the part: while they last, its own list need not be quicker
 */
function weigh(part: Part, speed: Speed & { pageSize: number }, others: number): Work {
  if (part.done) return { calls: 0, chain: 0 };
  const left = Math.max(1, Math.ceil((part.expected - part.streams) / speed.pageSize));
  const own = { calls: left, chain: left };
  if (part.branches === undefined) return own;
  const below = weighBranches(part.branches, speed, others);
  // What the part is expected to hold beyond what is expected of its branches must be in them all the same.
  const unseen = Math.max(0, part.expected - part.branches.expected) / speed.pageSize;
  below.calls += unseen;
  below.chain = Math.max(below.chain, unseen);
  const timeMs = ({ calls, chain }: Work) => Math.max((calls + others) * speed.intervalMs, chain * speed.latencyMs);
  // Near a tie it is better to stay than to do half of both.
  part.branches.preferred = timeMs(below) * (part.branches.preferred ? HYS : 1) < timeMs(own);
  return part.branches.preferred ? below : own;
}

function weighBranches({ parts, namesake, tried, large }: Branches, speed: Speed & { pageSize: number }, others: number): Work {
  const sum = { calls: namesake.state === 'known' ? 0 : 1, chain: 0 };
  const emptyShare = (tried - large + 1) / (tried + 1);
  const add = (part: Part) => {
    if (part.state === 'unopened' && part.branches === undefined && part.expected === 0) {
      sum.calls += emptyShare;
      return;
    }
    const { calls, chain } = weigh(part, speed, others + sum.calls);
    sum.calls += calls;
    sum.chain = Math.max(sum.chain, chain);
  };
  // Those that have a choice come last: they choose by what the others leave to do.
  for (const part of parts) if (part.branches === undefined) add(part);
  for (const part of parts) if (part.branches !== undefined) add(part);
  return sum;
}

// ------------------------------------------------------------------------------------------------- what can be asked

/** What is asked first, all else being equal. */
const LIKELY = 0;
const GOING_ON = 1;
const UNLIKELY = 2;

type Offer = { spare: boolean; kind: number; order: number; ask(): Question };

function isBetter(a: Offer, b: Offer | undefined): boolean {
  if (b === undefined) return true;
  if (a.spare !== b.spare) return !a.spare;
  return a.kind !== b.kind ? a.kind < b.kind : a.order < b.order;
}

function bestOffer(region: Part): Offer | undefined {
  let best: Offer | undefined;
  const offer = (spare: boolean, kind: number, order: number, ask: () => Question) => {
    const next = { spare, kind, order, ask };
    if (isBetter(next, best)) best = next;
  };

  function visit(part: Part, spare: boolean): void {
    if (part.done) return;
    const { branches } = part;
    if (branches === undefined || !branches.preferred) offerOwnList(part, spare);
    if (branches !== undefined) visitBranches(part, branches, spare || !branches.preferred);
  }

  function offerOwnList(part: Part, spare: boolean): void {
    if (part.state === 'asked' || part.state === 'listed') return;
    // A list is not opened only to see whether it might be sooner than the branches that it has.
    if (spare && part.branches !== undefined && part.state === 'unopened') return;
    // Spare calls look for the shortest prefixes that hold much; the others see to the longest lists first.
    const order = spare ? part.prefix.length : part.streams - part.expected;
    offer(spare, GOING_ON, order, () => askForPage(part));
  }

  function visitBranches(part: Part, branches: Branches, spare: boolean): void {
    const { parts, namesake, tried, large } = branches;
    const kind = 2 * large >= tried ? LIKELY : UNLIKELY;
    if (namesake.state === 'unasked') {
      offer(spare, LIKELY, part.prefix.length, () => askForNamesake(part, branches));
    }
    let isFirst = true;
    for (const each of parts) {
      const isUntried = each.state === 'unopened' && each.branches === undefined;
      if (!isUntried) visit(each, spare);
      else if (isFirst) {
        offer(spare, kind, part.prefix.length, () => askForPage(each));
        isFirst = false;
      }
    }
  }

  visit(region, false);
  return best;
}

// ---------------------------------------------------------------------------------------------------- new branches

/** Nothing can be asked and a turn is to spare: then the longest list gets branches. Whether one did. */
function branchLongest(region: Part, speed: Speed): boolean {
  let longest: Part | undefined;
  function visit(part: Part): void {
    if (part.done) return;
    if (part.branches !== undefined) part.branches.parts.forEach(visit);
    else if (part.state !== 'unopened' && part.pages >= PAGES_BEFORE_BRANCHES && canBranch(part, speed)) {
      if (longest === undefined || part.pages > longest.pages) longest = part;
    }
  }
  visit(region);
  if (longest === undefined) return false;
  branch(longest, commonPrefix(longest)!);
  return true;
}

const LETTERS = 65;

/** Names that differ, and not so late that finding out about all the others would take longer than there is time. */
function canBranch(part: Part, speed: Speed): boolean {
  const common = commonPrefix(part);
  if (common === undefined) return false;
  const levels = common.length - part.prefix.length + 1;
  return levels * LETTERS * speed.intervalMs < speed.timeLeftMs;
}

const HYS = Number(process.env.HYS ?? 1);
