/** Pure: which accounts of a run are listed, and in which order. */
import type { PageAccount } from './model.ts';

/** `trouble` is the order in which they come. */
export type AccountOrder = 'trouble' | 'name' | 'accountId' | 'streams' | 'share' | 'state' | 'change' | 'missing';

export type AccountQuery = {
  /** What a name or an id is to hold; several words, all of them. */
  words: string;
  /** `''`: all accounts. */
  only: Only;
  order: AccountOrder;
  /** The other way round. What is not known stays last. */
  isReversed: boolean;
};

export type Only = '' | 'not-complete' | `state:${string}` | `reason:${string}`;

export const EVERYTHING: AccountQuery = { words: '', only: '', order: 'trouble', isReversed: false };

/** @param rows in the order of their trouble */
export function foundAccounts(rows: readonly PageAccount[], query: AccountQuery): readonly PageAccount[] {
  const words = wordsOf(query.words);
  const found = rows.filter((row) => isOnly(row, query.only) && holdsAll(row, words));
  if (query.order === 'trouble') return found;
  const read = VALUES[query.order];
  const sign = query.isReversed === DESCENDING.has(query.order) ? 1 : -1;
  return found.sort((a, b) => {
    const [one, other] = [read(a), read(b)];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    return sign * compare(one, other);
  });
}

/** The direction that is meant where nobody asks for the other one: most first, but names from A to Z. */
export const DESCENDING: ReadonlySet<AccountOrder> = new Set(['streams', 'share', 'change', 'missing']);

const { compare: inWords } = new Intl.Collator('en', { numeric: true });

function compare(one: string | number, other: string | number): number {
  return typeof one === 'number' && typeof other === 'number' ? one - other : inWords(String(one), String(other));
}

const STATES = [
  'failed',
  'partial',
  'waiting',
  'complete',
  'set-aside',
] as const satisfies readonly PageAccount['state'][];

/** `null`: not known. An account of which there is nothing misses more than any that misses regions. */
const VALUES: Readonly<Record<Exclude<AccountOrder, 'trouble'>, (row: PageAccount) => string | number | null>> = {
  name: ({ name }) => name,
  accountId: ({ accountId }) => accountId,
  streams: ({ streams }) => streams,
  share: ({ streams }) => streams,
  state: ({ state }) => STATES.indexOf(state),
  change: ({ change }) => change,
  missing: ({ state, missing }) => (state === 'failed' ? Number.MAX_SAFE_INTEGER : missing),
};

/** Without marks on letters, so that whoever cannot type them finds the name. */
const plain = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** An id may be written with dashes, as the console does: 1111-2222-3333. */
function wordsOf(text: string): string[] {
  return plain(text)
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => (/^[\d-]+$/.test(word) ? word.replaceAll('-', '') : word));
}

function holdsAll({ name, accountId }: PageAccount, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = `${plain(name ?? '')} ${accountId}`;
  return words.every((word) => text.includes(word));
}

function isOnly({ state, reason, reasons, setAside }: PageAccount, only: Only): boolean {
  if (only === '') return true;
  if (only === 'not-complete') return state !== 'complete' && state !== 'set-aside';
  const [what, value = ''] = only.split(':');
  if (what === 'state') return state === value;
  return reason === value || value in reasons || (reason === null && setAside === value);
}

/** What the accounts can be narrowed down to, and how many each leaves. Only what there is. */
export function filtersOf(rows: readonly PageAccount[]): { states: Filter[]; reasons: Filter[] } {
  const states = STATES.map((state): Filter => ({ only: `state:${state}`, name: state, accounts: 0 }));
  const names = new Set(
    rows.flatMap(({ reason, reasons }) => [...(reason === null ? [] : [reason]), ...Object.keys(reasons)]),
  );
  const reasons = [...names].sort().map((name): Filter => ({ only: `reason:${name}`, name, accounts: 0 }));
  const counted = (filters: Filter[]) =>
    filters
      .map((filter) => ({ ...filter, accounts: rows.filter((row) => isOnly(row, filter.only)).length }))
      .filter(({ accounts }) => accounts > 0);
  return { states: counted(states), reasons: counted(reasons) };
}

export type Filter = { only: Only; name: string; accounts: number };
