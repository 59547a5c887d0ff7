/**
 * An answer in parts, so that none is larger than an agent can take. What is not long stands in every part: the run, its verdict,
 * what is missing. The long lists are gone through from part to part, in the order of the document, and each entry is in exactly one.
 */

type Json = { readonly [name: string]: unknown };

/** Of a list that is not whole in this part: its entries `from` to `to` of `of`, counted from 1. None are here where `to` is less. */
export type Extract = { list: string; from: number; to: number; of: number };

export type Part<Document> = {
  document: Document;
  lists: Extract[];
  /** Entries of these lists that stand in later parts. */
  leftOut: number;
  /** Where the next part begins; `null` where this is the last. */
  next: number | null;
};

/** A list that is gone through: where it stands in the document, such as `accounts` or `advice[0].regions`. */
type Long = { list: string; entries: readonly unknown[]; bytes: number };

/** What a value takes in a result: there it stands as data, and within a text, where each quotation mark is two bytes. */
export function bytesOf(value: unknown): number {
  const text = JSON.stringify(value) ?? '';
  return Buffer.byteLength(text) + Buffer.byteLength(JSON.stringify(text));
}

/**
 * @param from 0, or the `next` of the part before
 * @param most bytes, as `bytesOf` counts them; a part is larger only where a single entry is
 */
export function partOf<Document extends object>(document: Document, from: number, most: number): Part<Document> {
  if (bytesOf(document) <= most) return { document, lists: [], leftOut: 0, next: null };
  const long = longLists(document, most);
  const total = long.reduce((sum, { entries }) => sum + entries.length, 0);
  const to = endOf(long, from, most - bytesOf(cut(document, long, 0, 0)));
  const lists = extractsOf(long, from, to);
  return {
    document: cut(document, long, from, to),
    lists: lists.filter((one) => one.to - one.from + 1 < one.of),
    leftOut: total - to,
    next: to < total ? to : null,
  };
}

/** So many parts of what a part may hold go to what stands in all of them; and an entry is at most so large. */
const HEAD_SHARE = 1 / 2;
const ENTRY_SHARE = 1 / 4;

/** The largest lists, until what is left is small enough to stand in every part; in the order of the document. */
function longLists(document: object, most: number): Long[] {
  const candidates = [...listsIn(document, '', most * ENTRY_SHARE)];
  let rest = bytesOf(document);
  const chosen = new Set<Long>();
  for (const one of candidates.toSorted((a, b) => b.bytes - a.bytes)) {
    if (rest <= most * HEAD_SHARE) break;
    chosen.add(one);
    rest -= one.bytes;
  }
  return candidates.filter((one) => chosen.has(one));
}

/** Lists of entries that are small enough. Where one is too large, it is the lists within it that count. */
function* listsIn(value: unknown, path: string, mostOfEntry: number): Generator<Long> {
  if (Array.isArray(value)) {
    const sizes = value.map(bytesOf);
    if (value.length > 0 && Math.max(...sizes) <= mostOfEntry) {
      yield { list: path, entries: value, bytes: sizes.reduce((sum, size) => sum + size, 0) };
      return;
    }
    for (const [index, entry] of value.entries()) yield* listsIn(entry, `${path}[${index}]`, mostOfEntry);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value))
      yield* listsIn(inner, path === '' ? name : `${path}.${name}`, mostOfEntry);
  }
}

/** Behind the last entry that fits; at least one does. */
function endOf(long: readonly Long[], from: number, most: number): number {
  let left = most;
  let at = 0;
  for (const entry of long.flatMap(({ entries }) => entries)) {
    if (at >= from) {
      // The comma behind it, twice.
      left -= bytesOf(entry) + 2;
      if (left < 0 && at > from) return at;
    }
    at += 1;
  }
  return at;
}

function extractsOf(long: readonly Long[], from: number, to: number): Extract[] {
  let start = 0;
  return long.map(({ list, entries }) => {
    const [first, end] = [from, to].map((at) => Math.min(Math.max(at - start, 0), entries.length)) as [number, number];
    start += entries.length;
    return { list, from: first + 1, to: end, of: entries.length };
  });
}

/** The document with these entries alone in its long lists. */
function cut<Document extends object>(document: Document, long: readonly Long[], from: number, to: number): Document {
  const byList = new Map(extractsOf(long, from, to).map((one) => [one.list, one]));
  return cutAt(document, '', byList) as Document;
}

function cutAt(value: unknown, path: string, byList: ReadonlyMap<string, Extract>): unknown {
  if (Array.isArray(value)) {
    const extract = byList.get(path);
    if (extract !== undefined) return value.slice(extract.from - 1, extract.to);
    return value.map((entry, index) => cutAt(entry, `${path}[${index}]`, byList));
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Json);
  return Object.fromEntries(
    entries.map(([name, inner]) => [name, cutAt(inner, path === '' ? name : `${path}.${name}`, byList)]),
  );
}

/** Lists of accounts, of the document or of the comparison within it; those of `explain` stand beneath their reasons. */
const OF_ACCOUNTS = /^(comparison\.)?(accounts|coverage|missing|setAside|(accounts|regions)\[\d+\]\.accounts)$/;

/** A document of an organisation says itself how many accounts it leaves out. */
export function withAccountsLeftOut<Document extends object>(document: Document, lists: readonly Extract[]): Document {
  const absent = (isOfComparison: boolean) =>
    lists
      .filter(({ list }) => OF_ACCOUNTS.test(list) && list.startsWith('comparison.') === isOfComparison)
      .reduce((sum, { from, to, of }) => sum + of - (to - from + 1), 0);
  const own = 'accountsLeftOut' in document ? { accountsLeftOut: absent(false) } : {};
  const { comparison } = document as { comparison?: object | null };
  if (comparison == null || !('accountsLeftOut' in comparison)) return { ...document, ...own };
  return { ...document, ...own, comparison: { ...comparison, accountsLeftOut: absent(true) } };
}
