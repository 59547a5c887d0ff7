/** A run under way, region by region; the organisation's by how many accounts are how far. */
import './progress.css';
import { number, plural } from '../../answers/words.ts';
import { el, icon, withShare } from './dom.ts';
import { isOrganization, type PageAccount, type PageRegion, type Whole } from './model.ts';
import { waitingIn } from './state.ts';
import { ago, instant } from './words.ts';

type Status = PageRegion['status'] | Exclude<PageAccount['state'], 'set-aside'>;

/** In the order in which they are shown. */
const STATES: Readonly<Record<Status, string>> = {
  counted: 'counted',
  complete: 'complete',
  partial: 'partial',
  failed: 'failed',
  unanswered: 'not answered',
  attempted: 'to be tried again',
  waiting: 'waiting',
};

export function makeProgress({ onChoose }: { onChoose: (runId: string) => void }) {
  let runId = '';
  const title = el('strong');
  const button = el('button', { type: 'button' }, 'Show this run');
  button.addEventListener('click', () => onChoose(runId));
  const segments = el('div');
  const note = el('p', { class: 'note' });
  const element = el(
    'section',
    { class: 'progress card', 'aria-label': 'A run under way', hidden: true },
    el('div', { class: 'row' }, el('p', {}, icon('open'), title), button),
    segments,
    note,
  );
  return {
    element,
    /** `null`: no run is under way. `isShown`: the page shows this very run. */
    show(whole: Whole | null, { isShown, nowMs }: { isShown: boolean; nowMs: number }) {
      element.hidden = whole === null;
      if (whole === null) return;
      const { expected, deadlineAt, verdict } = whole.run;
      runId = whole.run.runId;
      const waiting = waitingIn(whole);
      const done = expected - waiting;
      const what = isOrganization(whole) ? 'account' : 'region';
      const doing = verdict === null ? 'Counting: the run of' : 'Trying again what is missing from';
      title.textContent = `${doing} ${instant(runId)}`;
      button.hidden = isShown;
      const until = waiting > 0 ? `until ${instant(deadlineAt)} (${ago(deadlineAt, nowMs)})` : 'about to settle';
      segments.replaceChildren(bar(whole, done));
      note.textContent = `${number(done)} of ${plural(expected, what)} have answered (${statesOf(whole)}); ${until}.`;
    },
  };
}

/** How many regions or accounts are how far: only what there is. */
function statuses(whole: Whole): [Status, number][] {
  const all: Status[] = isOrganization(whole)
    ? whole.accounts.flatMap(({ state }) => (state === 'set-aside' ? [] : [state]))
    : whole.regions.map(({ status }) => status);
  const counts = Map.groupBy(all, (status) => status);
  return (Object.keys(STATES) as Status[]).flatMap((status): [Status, number][] => {
    const count = counts.get(status)?.length;
    return count === undefined ? [] : [[status, count]];
  });
}

/** "9 counted, 1 failed" */
const statesOf = (whole: Whole) =>
  statuses(whole)
    .map(([status, count]) => `${number(count)} ${STATES[status]}`)
    .join(', ');

function bar(whole: Whole, done: number): HTMLElement {
  const what = isOrganization(whole) ? 'Accounts' : 'Regions';
  return el(
    'div',
    {
      class: 'segments',
      role: 'progressbar',
      'aria-label': `${what} that have answered`,
      'aria-valuemin': '0',
      'aria-valuemax': String(whole.run.expected),
      'aria-valuenow': String(done),
    },
    ...segmentsOf(whole),
  );
}

/** Each region has one of its own; of accounts there may be thousands. */
function segmentsOf(whole: Whole): HTMLElement[] {
  if (isOrganization(whole)) {
    return statuses(whole).map(([status, count]) =>
      withShare(el('span', { class: `segment is-${status}`, title: `${number(count)} ${STATES[status]}` }), count),
    );
  }
  return whole.regions.map(({ region, status }) =>
    el('span', { class: `segment is-${status}`, title: `${region}: ${STATES[status]}` }),
  );
}
