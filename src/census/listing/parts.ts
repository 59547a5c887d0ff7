/**
 * A region as parts: what is known of it, and nothing that is guessed (outlook.ts has the guesses).
 *
 * part        the streams whose names begin with a prefix; the region itself is the part of the empty prefix
 * own list    the part's pages, one after the other: each page's token asks for the next
 * branches    what a part falls into: one part for each of the 65 letters that may come next, and its namesake: the one
 *             stream, if it exists, whose name is the prefix itself
 *
 * The own list of a part:
 *
 *     unopened ──▶ asked ──▶ a page ──┬─ with a token ──▶ open ──▶ asked ...
 *                                     └─ without one ───▶ listed
 *
 * Its branches, each of them a part like any other:
 *
 *     none ── branch() ──▶ parts, not all done ──┬─ every part is done, and the namesake known ──▶ all done
 *       ▲                  namesake: unasked     ├─ given up, or nobody can be asked for namesakes ──▶ none
 *       └── most parts     ──▶ asked ──▶ known   └─ the own list is `listed` ──▶ none, nobody needs them
 *
 * The part itself:
 *
 *     not done ──┬─ its own list is `listed` ──▶ done by its list
 *                └─ its branches are all done ──▶ done by its branches; the region only once audit.ts believes them
 *
 * Both are exact whatever the names and whatever their order, so which way is tried when decides only how long it takes
 * (choice.ts decides). No list of a longer prefix shows a namesake; the service is asked for that one name.
 *
 * Within one list each ARN counts once, however often the service repeats it. The branches of a part share no ARN, since
 * an ARN holds its stream's name; a stream that a discarded list of the part has shown is no repeat in its branches.
 */
import { CountError } from '../errors.ts';
import { mergeNewcomers, type Newcomers, NO_NEWCOMERS } from '../newcomers.ts';
import type { Page } from '../ports.ts';
import { mergePrefixes, type Prefixes } from '../prefixes.ts';
import { EMPTY_TALLY, mergeTallies, type StreamFacts, type Tallier, type Tally } from '../tally.ts';

export type Part = {
  readonly prefix: string;
  readonly parent: Part | undefined;
  /** Of its own list. */
  state: 'unopened' | 'open' | 'asked' | 'listed';
  pages: number;
  token: string | undefined;
  /** Every token so far. */
  tokens: Set<string> | undefined;
  tallier: Tallier | undefined;
  /** First and last in the order of letters, of the names on its pages. */
  lowest: string;
  highest: string;
  /** Streams on these pages; once the part is done by its branches, all that it holds. */
  streams: number;
  /** Listings on these pages of streams that the list had shown before. */
  repeated: number;
  /** Streams on these pages that any count must find again (audit.ts). */
  evidence: number;
  branches: Branches | undefined;
  done: boolean;
};

export type Branches = {
  /** One for each letter, the likelier first. */
  readonly parts: readonly Part[];
  /** The stream named like the prefix itself. */
  namesake: { state: 'unasked' | 'asked' | 'known'; tallier?: Tallier };
};

/** The letters of stream names, in the order of their codes. */
export const LETTERS = '-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';

export function makePart(prefix: string, parent?: Part): Part {
  return {
    prefix,
    parent,
    state: 'unopened',
    pages: 0,
    token: undefined,
    tokens: undefined,
    tallier: undefined,
    lowest: '',
    highest: '',
    streams: 0,
    repeated: 0,
    evidence: 0,
    branches: undefined,
    done: false,
  };
}

/** Where the stream's name ends in its ARN, `arn:...:stream/<name>/<ms since 1970>`; -1 if the ARN is another's. */
export function nameEnd({ name, arn }: StreamFacts): number {
  const start = arn.indexOf('/') + 1;
  const end = start + name.length;
  return start > 0 && arn.startsWith(name, start) && (end === arn.length || arn[end] === '/') ? end : -1;
}

/**
 * Gives the streams that the part's list has not shown before.
 * @throws CountError if the service repeated a token: such a list would go on for ever
 */
export function addPage(part: Part, page: Page, newTallier: () => Tallier): StreamFacts[] {
  const tallier = part.tallier ?? newTallier();
  part.tallier = tallier;
  const fresh = page.streams.filter((stream) => tallier.add(stream));
  for (const { name } of fresh) {
    if (name === '') continue;
    if (part.lowest === '' || name < part.lowest) part.lowest = name;
    if (name > part.highest) part.highest = name;
  }
  part.pages += 1;
  part.streams += fresh.length;
  part.repeated += page.streams.length - fresh.length;
  if (page.nextToken === undefined) {
    part.state = 'listed';
    part.tokens = undefined;
    finish(part);
    return fresh;
  }
  part.tokens ??= new Set();
  if (part.tokens.has(page.nextToken)) throw new CountError('bad-answer', 'The service repeated a page token.');
  part.tokens.add(page.nextToken);
  part.token = page.nextToken;
  part.state = 'open';
  return fresh;
}

/** Only while the answer is wanted (`isWanted`): then the part has the branches for which it was asked. */
export function addNamesake(part: Part, streams: readonly StreamFacts[], newTallier: () => Tallier): void {
  const branches = part.branches!;
  const tallier = newTallier();
  for (const stream of streams) tallier.add(stream);
  branches.namesake = { state: 'known', tallier };
  if (areDone(branches)) finish(part);
}

/** A part that is done may complete the branches that it belongs to; the region is done only by its own list. */
function finish(part: Part): void {
  part.done = true;
  if (part.state === 'listed') part.branches = undefined;
  else part.streams = streamsOf(part.branches!);
  const above = part.parent;
  if (above?.parent !== undefined && areDone(above.branches!)) finish(above);
}

/** What all branches hold together, as far as they are done. */
export function streamsOf({ parts, namesake }: Branches): number {
  const ofNamesake = namesake.tallier?.tally().streams ?? 0;
  return parts.reduce((sum, part) => sum + (part.done ? part.streams : 0), ofNamesake);
}

export function areDone({ parts, namesake }: Branches): boolean {
  return namesake.state === 'known' && parts.every((part) => part.done);
}

/** Nobody can be asked for a stream that is named like a prefix: of the parts, only the region itself keeps branches. */
export function doWithoutNamesakes(region: Part): void {
  for (const part of region.branches?.parts ?? []) if (!part.done) part.branches = undefined;
}

/** What a part holds whose list, or whose branches, are done. */
export function tallyOf(part: Part): Tally {
  if (part.state === 'listed') return part.tallier!.tally();
  const { parts, namesake } = part.branches!;
  return parts.map(tallyOf).reduce(mergeTallies, namesake.tallier?.tally() ?? EMPTY_TALLY);
}

/** How many of these begin with each prefix. */
export function prefixesOf(part: Part): Prefixes {
  if (part.state === 'listed') return part.tallier!.prefixes();
  const { parts, namesake } = part.branches!;
  return mergePrefixes([...parts.map(prefixesOf), ...(namesake.tallier ? [namesake.tallier.prefixes()] : [])]);
}

/** Which of these are young. */
export function newcomersOf(part: Part): Newcomers {
  if (part.state === 'listed') return part.tallier!.newcomers();
  const { parts, namesake } = part.branches!;
  return parts.map(newcomersOf).reduce(mergeNewcomers, namesake.tallier?.newcomers() ?? NO_NEWCOMERS);
}

/** How many listings, of the lists that make up such a part's count, were repeats. */
export function repeatedOf(part: Part): number {
  if (part.state === 'listed') return part.repeated;
  return part.branches!.parts.reduce((sum, each) => sum + repeatedOf(each), 0);
}

/**
 * Of the parts that make up such a part's count, the one that counts the stream of this name: by its list, or as its
 * namesake.
 */
export function holderOf(part: Part, name: string): Part {
  if (part.state === 'listed' || name.length === part.prefix.length) return part;
  const { length } = part.prefix;
  return holderOf(part.branches!.parts.find(({ prefix }) => prefix[length] === name[length])!, name);
}

/** Whether that part has shown the stream. */
export function hasShown(holder: Part, arn: string): boolean {
  const tallier = holder.state === 'listed' ? holder.tallier : holder.branches!.namesake.tallier;
  return tallier?.has(arn) ?? false;
}

/**
 * What the names on a part's pages have in common, to its last letter but one: where its branches differ, as far as
 * anybody knows. `undefined` if its names do not differ.
 */
export function commonPrefix({ lowest, highest }: Part): string | undefined {
  let length = 0;
  while (length < lowest.length && lowest[length] === highest[length]) length += 1;
  return lowest === highest ? undefined : lowest.slice(0, length);
}

/**
 * Gives branches to a part, and to each part on the way to what its names have in common: a prefix that a whole fleet
 * shares then costs one step, not one for each of its letters.
 */
export function branch(part: Part, common: string): void {
  let each = part;
  while (each.prefix.length < common.length) {
    const shared = LETTERS.indexOf(common.charAt(each.prefix.length));
    // Whatever lies beside the shared letter may be empty; the part that has it surely is not, and needs no trying.
    each.branches = makeBranches(each, shared + 1);
    each = each.branches.parts.at(-1)!;
  }
  each.branches = makeBranches(each, LETTERS.indexOf(part.lowest.charAt(common.length)));
}

/**
 * @param first the letter to try first, then those after it: a list that begins at the beginning has shown the lowest
 *   letter, and names are mostly numbered or spelled upward from there
 */
function makeBranches(part: Part, first: number): Branches {
  const letters = LETTERS.slice(first) + LETTERS.slice(0, first);
  return {
    parts: Array.from(letters, (letter) => makePart(part.prefix + letter, part)),
    namesake: { state: part.prefix === '' ? 'known' : 'unasked' },
  };
}
