/**
 * A set of ARNs, kept as their 64-bit hashes in flat tables: 11 to 21 bytes a member, and 22 at the moment a table grows
 * (a set of fewer than 50,000: up to 32, at most 1.6 MB). Two ARNs of one hash count as one. Of n ARNs some pair has the
 * same hash with a probability of n² / 2^65: 1 in 200,000 at 13 million, which is what one invocation can list.
 */
import { CountError } from './errors.ts';
import type { Hash } from './fingerprint.ts';

type ArnSet = {
  /** Whether it was not there before. @throws CountError if there is no memory for more. */
  add(hash: Hash): boolean;
  has(hash: Hash): boolean;
  /** Of memory. */
  bytes(): number;
};

/** The words of slot i are at 2i (high) and 2i + 1 (low); both are 0 in an empty slot. */
type Table = { words: Int32Array; members: number };

const FIRST_SLOTS = 16;
/** A table of more slots is divided by the first bits of the hash, so that growing copies a little at a time. */
const SLOTS_UNDIVIDED = 1 << 16;
const DIVIDED_BITS = 6;
/** Beyond three quarters the searches get long. */
const FULL = 3 / 4;

export function makeArnSet(): ArnSet {
  let tables = [makeTable(FIRST_SLOTS)];

  const tableOf = ({ high }: Hash) => tables[tables.length === 1 ? 0 : high >>> (32 - DIVIDED_BITS)]!;

  function divide(): void {
    const [whole] = tables;
    tables = Array.from({ length: 1 << DIVIDED_BITS }, () => makeTable(SLOTS_UNDIVIDED >> (DIVIDED_BITS - 1)));
    for (const hash of members(whole!)) insert(tableOf(hash), hash);
  }

  return {
    add(hash) {
      const table = tableOf(hash);
      if (!insert(table, hash)) return false;
      if (table.members > FULL * (table.words.length / 2)) {
        if (tables.length === 1 && table.words.length / 2 === SLOTS_UNDIVIDED) divide();
        else grow(table);
      }
      return true;
    },
    has: (hash) => slotOf(tableOf(hash).words, hash) < 0,
    bytes: () => tables.reduce((sum, { words }) => sum + words.byteLength, 0),
  };
}

/** @throws CountError if there is no memory for it. */
function makeTable(slots: number): Table {
  try {
    return { words: new Int32Array(2 * slots), members: 0 };
  } catch (cause) {
    throw new CountError('bad-answer', 'There is no memory to tell more streams apart.', { cause });
  }
}

function grow(table: Table): void {
  const larger = makeTable(table.words.length);
  for (const hash of members(table)) insert(larger, hash);
  table.words = larger.words;
}

function insert(table: Table, hash: Hash): boolean {
  const at = slotOf(table.words, hash);
  if (at < 0) return false;
  table.words[at] = hash.high;
  table.words[at + 1] = hash.high === 0 && hash.low === 0 ? 1 : hash.low;
  table.members += 1;
  return true;
}

/** Where the hash may be written; -1 if it stands there already. */
function slotOf(words: Int32Array, { high, low }: Hash): number {
  // The words of an empty slot cannot be a member's.
  const wanted = high === 0 && low === 0 ? 1 : low;
  const last = words.length - 1;
  for (let at = (wanted << 1) & last; ; at = (at + 2) & last) {
    if (words[at] === high && words[at + 1] === wanted) return -1;
    if (words[at] === 0 && words[at + 1] === 0) return at;
  }
}

function* members({ words }: Table): Generator<Hash> {
  for (let at = 0; at < words.length; at += 2) {
    const [high, low] = [words[at]!, words[at + 1]!];
    if (high !== 0 || low !== 0) yield { high, low };
  }
}
