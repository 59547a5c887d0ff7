/** What the organisation's number does not hold: by reason, in which accounts, and what to do about it. */
import './organization-missing.css';
import { amount } from '../../answers/kind-words.ts';
import { adviceForAccount } from '../../answers/organization/advice.ts';
import { byReason } from '../../answers/organization/reason-words.ts';
import { commandLine, type Place, placed } from '../../answers/place.ts';
import { number, plural } from '../../answers/words.ts';
import type { Advice } from '../../census/advice.ts';
import { adviceFor } from '../../census/advice.ts';
import type { Reason } from '../../census/errors.ts';
import type { Kind } from '../../census/kinds.ts';
import type { AccountReason } from '../../census/organization/total.ts';
import type { Only } from './account-query.ts';
import { command, withCommands } from './command.ts';
import { card, el, icon, refill } from './dom.ts';
import type { PageAccount, PageOrganization } from './model.ts';
import { few } from './words.ts';

type Reader = { asked: Place; kind: Kind };

export function makeOrganizationMissing({ onOnly }: { onOnly: (only: Only) => void }) {
  const content = el('div', { class: 'gaps' });
  const retry = el('p', { class: 'note' });
  const explain = el('p', { class: 'note' });
  const element = card('organization-missing', 'Missing from this number', content, retry, explain);
  element.classList.add('missing');
  element.addEventListener('click', ({ target }) => {
    const only = (target as HTMLElement).dataset.only;
    if (only !== undefined) onOnly(only as Only);
  });
  return {
    element,
    show(whole: PageOrganization, { asked, kind }: Reader) {
      const { run, accounts } = whole;
      const { runId, accountReasons, regionReasons, waiting } = run;
      const parts = [
        ...byReason<AccountReason>(accountReasons).map(([reason, count]) =>
          ofAccounts(reason, count, accounts, { asked, kind }),
        ),
        ...byReason<Reason>(regionReasons).map(([reason, count]) =>
          ofRegions(reason, count, accounts, { asked, kind }),
        ),
      ];
      element.hidden = parts.length === 0;
      refill(content, ...parts);
      retry.hidden = waiting === 0 && whole.retry === null;
      if (waiting > 0) refill(retry, `${plural(waiting, 'account')} may still answer.`);
      else if (whole.retry !== null) refill(retry, 'To ask again for what may answer: ', command(whole.retry));
      refill(explain, 'In detail: ', command(commandLine(asked, `explain ${runId}`)));
    },
  };
}

/** Accounts of which there is nothing. */
function ofAccounts(reason: AccountReason, count: number, rows: readonly PageAccount[], reader: Reader): HTMLElement {
  const these = rows.filter((row) => row.reason === reason);
  const names = few(these.map((row) => `${nameOf(row)}${known(row, reader.kind)}`));
  const what = `all of ${plural(count, 'account')}`;
  return group({
    reason,
    what,
    names,
    advice: adviceForAccount(reason, reader.kind),
    accounts: these.length,
    asked: reader.asked,
  });
}

/** Regions of accounts that have a number. */
function ofRegions(reason: Reason, count: number, rows: readonly PageAccount[], { asked, kind }: Reader): HTMLElement {
  const these = rows.filter(({ reasons }) => reason in reasons);
  const names = few(these.map((row) => `${nameOf(row)} (${number(row.reasons[reason] ?? 0)})`));
  const what = `${plural(count, 'region')} in ${plural(these.length, 'account')}`;
  return group({ reason, what, names, advice: adviceFor(reason, kind), accounts: these.length, asked });
}

type Group = {
  reason: AccountReason | Reason;
  what: string;
  names: readonly string[];
  advice: Pick<Advice, 'because' | 'action' | 'retryMayHelp'>;
  accounts: number;
  asked: Place;
};

function group({ reason, what, names, advice, accounts, asked }: Group): HTMLElement {
  const { because, action, retryMayHelp } = advice;
  const only: Only = `reason:${reason}`;
  const show = accounts === 1 ? 'Show this account' : `Show these ${number(accounts)} accounts`;
  return el(
    'article',
    { class: 'gap-group' },
    el(
      'ul',
      {},
      el(
        'li',
        {},
        icon('partial'),
        el('strong', {}, what),
        el('span', { class: 'known' }, names.join(', ')),
        el('button', { type: 'button', class: 'only', 'data-only': only, 'aria-label': `${show}: ${reason}` }, show),
      ),
    ),
    el('p', { class: 'why' }, el('span', { class: 'reason' }, reason), ` because ${because}.`),
    el(
      'p',
      { class: 'todo' },
      el('strong', {}, 'What to do: '),
      ...withCommands(placed(action, asked)),
      retryMayHelp ? null : el('span', { class: 'note' }, ' A retry alone will not help.'),
    ),
  );
}

const nameOf = ({ accountId, name }: PageAccount) => name ?? accountId;

const known = ({ lastKnown }: PageAccount, kind: Kind) =>
  lastKnown === null ? '' : ` (last known ${amount(lastKnown.streams, kind)}; not in the number)`;
