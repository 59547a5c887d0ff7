/** What is left to do for a region, as far as it can be guessed (outlook.ts), so that it can be planned (plan.ts). */
import type { Expected } from './earlier.ts';
import { type BranchGuess, type Guess, type Outlook, triedOf } from './outlook.ts';
import { commonPrefix, LETTERS } from './parts.ts';
import type { Row, Task } from './plan.ts';

/** Into how many parts like its largest a part falls, and after how many rows of branches. */
type Shape = { rows: number; width: number };

const UNKNOWN: Shape = { rows: 1, width: 1 };

export function taskOf(outlook: Outlook, guess: Guess, like = UNKNOWN): Task {
  const { part } = guess;
  const branches = part.branches === undefined ? cutOf(outlook, guess, like) : rowOf(outlook, guess, like);
  return { prefix: part.prefix, list: pagesLeft(guess, outlook.pageSize), ...(branches && { branches }) };
}

/** By the branches that it has. */
function rowOf(outlook: Outlook, guess: Guess, like: Shape): Row {
  const { part, expected, isKnown } = guess;
  const { pageSize, expectation } = outlook;
  const row = outlook.of(part.branches!);
  const shape = row.parts.map((each) => shapeOf(outlook, each)).reduce((a, b) => (b.width > a.width ? b : a), like);
  // Where nothing of the kind is known: like the row that it is in.
  const shapeOfKnown = shape.width > 1 ? shape : shapeOf(outlook, guess);
  const chanceOfNone = emptyShare(row);
  const tasks: Task[] = [];
  let calls = part.branches!.namesake.state === 'known' ? 0 : 1;
  for (const each of row.parts) {
    if (each.part.done) continue;
    if (each.part.branches === undefined && each.part.state === 'unopened' && each.expected < pageSize)
      calls += expectation.of(each.part.prefix) === undefined ? chanceOfNone : 1;
    else tasks.push(taskOf(outlook, each, each.isKnown ? shapeOfKnown : shape));
  }
  const unseen = (expected - row.expected) / pageSize;
  if (isKnown) return withUnseen({ tasks, calls, chain: 1 }, unseen, Math.max(tasks.length + 1, like.width));
  return { tasks, calls, chain: 1, unseen: Math.max(0, unseen) };
}

/**
 * What is expected of a part and not of its branches is in them all the same.
 * @param width in how many lists, of equal length
 */
function withUnseen({ tasks, calls, chain }: Omit<Row, 'unseen'>, pages: number, width: number): Row {
  const more = Math.max(0, pages);
  return { tasks, calls: calls + more, chain: chain + more / width, unseen: 0 };
}

/** Of branches of which nothing is known. The first page of one that is not empty is no extra call. */
function emptyShare({ branches, large }: BranchGuess): number {
  const tried = triedOf(branches);
  return (tried - large + 1) / (tried + 1);
}

/** By branches that it does not have yet. */
function cutOf(outlook: Outlook, { part, expected, isKnown }: Guess, like: Shape): Row | undefined {
  const asBefore = rowBefore(outlook, { prefix: part.prefix, streams: expected });
  if (asBefore !== undefined) return asBefore;
  const common = isKnown && part.pages === 0 ? part.prefix : commonPrefix(part);
  if (common === undefined || like.width === 1) return undefined;
  const rows = Math.min(like.rows, common.length - part.prefix.length + 1);
  const pages = expected / outlook.pageSize;
  return { tasks: [], calls: rows * LETTERS.length + pages, chain: Math.ceil(pages / like.width), unseen: 0 };
}

/** As an earlier count has found them. */
function rowBefore(outlook: Outlook, { prefix, streams }: Expected): Row | undefined {
  const { expectation, pageSize } = outlook;
  const below = expectation.below(prefix);
  if (below.length === 0) return undefined;
  const large = below.filter((each) => each.streams >= pageSize);
  const tasks = large.map((each) => {
    const branches = rowBefore(outlook, each);
    return { prefix: each.prefix, list: Math.ceil(each.streams / pageSize), ...(branches && { branches }) };
  });
  const seen = below.reduce((sum, each) => sum + each.streams, 0);
  return withUnseen(
    { tasks, calls: LETTERS.length + 1 - tasks.length, chain: 1 },
    (streams - seen) / pageSize,
    tasks.length + 1,
  );
}

/**
 * Of a part's own list. Its pages so far say how many streams the next ones bring: a service that looks for a prefix only
 * after it has filled a page shows few or none of them, page after page.
 */
export function pagesLeft({ part: { streams, pages }, expected }: Guess, pageSize: number): number {
  if (pages > 0 && streams === 0) return pages;
  const perPage = pages > 0 ? streams / pages : pageSize;
  return Math.max(1, Math.ceil((expected - streams) / perPage));
}

function shapeOf(outlook: Outlook, { part }: Guess): Shape {
  let rows = 1;
  for (let { branches } = part; branches !== undefined; rows += 1) {
    let sum = 0;
    let largest: Guess | undefined;
    for (const each of outlook.of(branches).parts) {
      sum += each.expected;
      if (each.expected > (largest?.expected ?? 0)) largest = each;
    }
    const width = sum / Math.max(1, largest?.expected ?? 0);
    if (width > 1.5) return { rows, width };
    branches = largest?.part.branches;
  }
  return UNKNOWN;
}
