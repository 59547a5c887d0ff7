/** Every account of a run of the organisation: trouble first, and found by name, id, verdict or reason. */
import './accounts.css';
import { capital, number, plural } from '../../answers/words.ts';
import {
  type AccountOrder,
  type AccountQuery,
  DESCENDING,
  EVERYTHING,
  type Filter,
  filtersOf,
  foundAccounts,
  type Only,
} from './account-query.ts';
import { accountRow, type RowScale, STATE_WORDS } from './account-row.ts';
import { card, el } from './dom.ts';
import type { PageAccount, PageOrganization } from './model.ts';
import { instantBeside, type KindWords } from './words.ts';

/** So many rows are there at first, and so many more each time: more than a screen shows, and painted at once. */
const FIRST = 50;
const MORE = 200;

type Options = {
  /** Where an account's own page is, with a run of it or its newest (`null`). `null`: it has none here. */
  hrefOf: (accountId: string, runId: string | null) => string | null;
};

export function makeAccounts({ hrefOf }: Options) {
  let shown: PageOrganization | undefined;
  let query: AccountQuery = EVERYTHING;
  let most = FIRST;
  /** Rows that were made before, and of what: they may have the focus, or be selected. */
  const made = new Map<string, { of: string; element: HTMLElement }>();

  const search = el('input', { type: 'search', id: 'find-account', placeholder: 'Name or id', autocomplete: 'off' });
  const filter = el('select', { id: 'only-accounts' });
  const trouble = el('button', { type: 'button', class: 'urgent' }, 'Trouble first');
  const tools = el(
    'div',
    { class: 'tools', role: 'search', 'aria-label': 'Find accounts' },
    el('label', { for: 'find-account' }, 'Find'),
    search,
    el('label', { for: 'only-accounts' }, 'Show'),
    filter,
    trouble,
  );
  const found = el('p', { class: 'note found', role: 'status' });
  const note = el('p', { class: 'note' });
  const heads = new Map<AccountOrder, HTMLElement>();
  const streams = head('streams', '');
  const headRow = el(
    'tr',
    { 'aria-rowindex': '1' },
    head('name', 'Account'),
    head('accountId', 'Id'),
    streams,
    head('share', 'Share'),
    head('state', 'Verdict'),
    head('change', 'Change'),
    head('missing', 'Missing'),
  );
  const body = el('tbody');
  const table = el('table', { 'aria-label': 'Accounts' }, el('thead', {}, headRow), body);
  const none = el('p', { class: 'none', hidden: true }, 'No account is like that.');
  const more = el('button', { type: 'button', class: 'more' });
  const element = card('accounts', 'By account', tools, found, table, none, more, note);

  search.addEventListener('input', () => ask({ words: search.value }));
  filter.addEventListener('change', () => ask({ only: filter.value as Only }));
  trouble.addEventListener('click', () => ask({ order: 'trouble', isReversed: false }));
  more.addEventListener('click', () => {
    const before = most;
    most += MORE;
    draw();
    body.children[before]?.querySelector('a')?.focus();
  });

  /** By the head of a column: once more, and it is the other way round. */
  function head(order: AccountOrder, label: string): HTMLElement {
    const button = el('button', { type: 'button' }, label);
    button.addEventListener('click', () =>
      ask({ order, isReversed: query.order === order ? !query.isReversed : false }),
    );
    const cell = el('th', { scope: 'col', class: `col-${order}` }, button);
    heads.set(order, cell);
    return cell;
  }

  function ask(change: Partial<AccountQuery>): void {
    query = { ...query, ...change };
    most = FIRST;
    draw();
  }

  function draw(): void {
    if (shown === undefined) return;
    const { accounts, run } = shown;
    showFilters(accounts);
    for (const [order, cell] of heads) cell.setAttribute('aria-sort', sortOf(order, query));
    trouble.setAttribute('aria-pressed', String(query.order === 'trouble'));
    const rows = foundAccounts(accounts, query);
    found.textContent =
      rows.length === accounts.length
        ? `${plural(accounts.length, 'account')}.`
        : `${number(rows.length)} of ${plural(accounts.length, 'account')}.`;
    none.hidden = rows.length > 0;
    table.hidden = rows.length === 0;
    table.setAttribute('aria-rowcount', String(rows.length + 1));
    const rest = rows.length - most;
    more.hidden = rest <= 0;
    more.textContent = `Show ${number(Math.min(MORE, rest))} more of ${number(Math.max(0, rest))}`;
    const scale = { runId: run.runId, streams: run.streams };
    put(rows.slice(0, most).map((row, at) => elementOf(row, scale, at)));
  }

  /** The same element for as long as it says the same. */
  function elementOf(row: PageAccount, scale: RowScale, at: number): HTMLElement {
    const href = hrefOf(row.accountId, hasRun(row) ? scale.runId : null);
    const of = JSON.stringify([row, scale, href]);
    const known = made.get(row.accountId);
    const rowElement = known?.of === of ? known.element : accountRow(row, scale, href);
    made.set(row.accountId, { of, element: rowElement });
    rowElement.setAttribute('aria-rowindex', String(at + 2));
    return rowElement;
  }

  function put(rows: readonly HTMLElement[]): void {
    if (rows.length === body.children.length && rows.every((row, at) => row === body.children[at])) return;
    const focused = body.querySelector(':focus')?.closest('tr')?.dataset.account;
    body.replaceChildren(...rows);
    if (focused !== undefined) focus(focused);
  }

  function focus(accountId: string): void {
    body.querySelector<HTMLElement>(`tr[data-account="${CSS.escape(accountId)}"] a`)?.focus();
  }

  function showFilters(rows: readonly PageAccount[]): void {
    const { states, reasons } = filtersOf(rows);
    const open = rows.filter(({ state }) => state !== 'complete' && state !== 'set-aside').length;
    const options = [
      option('', `all accounts (${number(rows.length)})`),
      ...(open > 0 ? [option('not-complete', `all that are not complete (${number(open)})`)] : []),
      group('Verdict', states, (name) => STATE_WORDS[name as PageAccount['state']]),
      ...(reasons.length > 0 ? [group('Reason', reasons, (name) => name)] : []),
    ];
    const fresh = el('select', {}, ...options);
    // A list that is open must not be made anew under the reader's fingers.
    if (fresh.innerHTML !== filter.innerHTML) filter.replaceChildren(...options);
    if (![...filter.options].some(({ value }) => value === query.only)) query = { ...query, only: '' };
    filter.value = query.only;
  }

  return {
    element,
    show(whole: PageOrganization, words: KindWords) {
      const button = streams.firstElementChild;
      if (button) button.textContent = capital(words.many);
      if (whole === shown) return;
      shown = whole;
      table.classList.toggle(
        'without-names',
        whole.accounts.every(({ name }) => name === null),
      );
      table.classList.toggle(
        'without-change',
        whole.accounts.every(({ change }) => change === null),
      );
      const hasPages = hrefOf(whole.accounts[0]?.accountId ?? '', null) !== null;
      note.textContent = `${noteOn(whole)}${hasPages ? 'Choose an account to see its own page.' : ''}`;
      draw();
    },
    /** Lists these only, and goes there. */
    showOnly(only: Only) {
      search.value = '';
      ask({ words: '', only, order: 'trouble', isReversed: false });
      element.scrollIntoView({ block: 'start' });
      filter.focus({ preventScroll: true });
    },
    /** Back where somebody was before they went down to an account. */
    focus,
  };
}

/** Of an account that was not asked, or has not answered, there is no run of that instant to go to. */
const hasRun = ({ state }: PageAccount) => state === 'complete' || state === 'partial';

function sortOf(order: AccountOrder, query: AccountQuery): string {
  if (order !== query.order) return 'none';
  return DESCENDING.has(order) === query.isReversed ? 'ascending' : 'descending';
}

const option = (value: Only, words: string) => el('option', { value }, words);

function group(label: string, filters: readonly Filter[], wordsOf: (name: string) => string): HTMLElement {
  return el(
    'optgroup',
    { label },
    ...filters.map(({ only, name, accounts }) => option(only, `${wordsOf(name)} (${number(accounts)})`)),
  );
}

function noteOn({ comparison, run, news, accounts }: PageOrganization): string {
  const compared =
    comparison === null || accounts.every(({ change }) => change === null)
      ? ''
      : `Change is since the run of ${instantBeside(comparison.with.runId, run.runId)}, where both counted an account alike. `;
  const late = news.length === 0 ? '' : `Counted since the total was stored, and not in it yet: ${news.join(', ')}. `;
  return `${compared}${late}`;
}
