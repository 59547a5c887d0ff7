/** The head of the page: whose streams, as of when, and which run is shown. */
import './header.css';
import { kindOf } from '../../census/census-id.ts';
import { el } from './dom.ts';
import { type KindsModel, makeKinds } from './kinds.ts';
import { makePicker } from './picker.ts';
import { type Choice, chosenRunId, kindsOf, type State } from './state.ts';
import { clock, instant } from './words.ts';

export function makeHeader({ onChoose }: { onChoose: (choice: Choice) => void }) {
  const account = el('span', { class: 'account' });
  const status = el('p', { class: 'status' });
  const picker = makePicker({ onChoose });
  const switchOfKinds = makeKinds();
  const logo = el('span', { class: 'logo', 'aria-hidden': 'true' });
  const element = el(
    'header',
    {},
    el('p', { class: 'name' }, logo, el('strong', {}, 'kvs-census'), account),
    status,
    picker.element,
    switchOfKinds.element,
  );
  return {
    element,
    show(state: State, { kinds, hrefOf }: Omit<KindsModel, 'shown'>) {
      const { censusId, newest, isLive, problem, lines, choice } = state;
      switchOfKinds.show({ kinds: kindsOf(state, kinds), shown: kindOf(censusId), hrefOf });
      const runId = chosenRunId(state);
      picker.element.hidden = runId === null;
      if (runId !== null) picker.show(lines, runId, choice === 'newest');
      if (newest === null) return;
      account.textContent = `account ${newest.accountId}`;
      account.title = newest.place;
      const at = `${clock(newest.readAt)} UTC`;
      const kind = !isLive ? 'report' : problem === null ? 'live' : 'stale';
      status.className = `status ${kind}`;
      status.textContent = {
        report: `Report of ${instant(newest.readAt)}`,
        live: `Live, read at ${at}`,
        stale: `As of ${at}`,
      }[kind];
    },
  };
}
