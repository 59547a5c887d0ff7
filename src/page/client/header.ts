/** The head of the page: whose streams, as of when, and which run is shown. */
import './header.css';
import { type CensusId, isOfOrganization, kindOf, ownerOf } from '../../census/census-id.ts';
import { button, el } from './dom.ts';
import { type KindsModel, makeKinds } from './kinds.ts';
import { makePicker } from './picker.ts';
import { type Choice, chosenRunId, kindsOf, type State } from './state.ts';
import { clock, instant } from './words.ts';

type HeaderModel = Omit<KindsModel, 'shown'> & {
  /** Where the organisation is that the account is one of; `null`: it is of none, or the organisation itself is shown. */
  upHref: string | null;
};

type Options = {
  onChoose: (choice: Choice) => void;
  /** `null`: nobody had to sign in. */
  onSignOut: (() => void) | null;
};

export function makeHeader({ onChoose, onSignOut }: Options) {
  const account = el('span', { class: 'account' });
  const up = el('a', { class: 'to-all' }, 'All accounts');
  const status = el('p', { class: 'status' });
  const picker = makePicker({ onChoose });
  const switchOfKinds = makeKinds();
  const logo = el('span', { class: 'logo', 'aria-hidden': 'true' });
  const element = el(
    'header',
    {},
    el('p', { class: 'name' }, logo, el('strong', {}, 'kvs-census'), account),
    up,
    status,
    onSignOut && button('sign-out', 'Sign out', onSignOut),
    picker.element,
    switchOfKinds.element,
  );
  return {
    element,
    up,
    show(state: State, { kinds, hrefOf, upHref }: HeaderModel) {
      const { censusId, newest, isLive, problem, lines, choice } = state;
      switchOfKinds.show({ kinds: kindsOf(state, kinds), shown: kindOf(censusId), hrefOf });
      const runId = chosenRunId(state);
      picker.element.hidden = runId === null;
      if (runId !== null) picker.show(lines, runId, choice === 'newest');
      up.hidden = upHref === null;
      if (upHref !== null) up.setAttribute('href', upHref);
      account.replaceChildren(...whose(censusId, newest?.name ?? null));
      if (newest === null) return;
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

/** By its name, where that is known, and its id. */
function whose(censusId: CensusId, name: string | null): (HTMLElement | string)[] {
  if (isOfOrganization(censusId)) return ['all accounts'];
  const named = name === null ? 'account ' : [el('strong', {}, name), ' '];
  return [...named, ownerOf(censusId)];
}
