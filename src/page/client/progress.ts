/** A run under way, region by region. */
import './progress.css';
import { answeredOf } from '../../answers/run-summary.ts';
import { plural } from '../../answers/words.ts';
import { el, icon } from './dom.ts';
import type { PageRegion, PageRun } from './model.ts';
import { ago, instant } from './words.ts';

const STATES: Readonly<Record<PageRegion['status'], string>> = {
  counted: 'counted',
  failed: 'failed',
  attempted: 'to be tried again',
  waiting: 'waiting',
  unanswered: 'not answered',
};

const ORDER = ['counted', 'failed', 'unanswered', 'attempted', 'waiting'] as const;

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
    show(run: PageRun | null, { isShown, nowMs }: { isShown: boolean; nowMs: number }) {
      element.hidden = run === null;
      if (run === null) return;
      const { expected, waitingFor, deadlineAt, verdict } = run.run;
      runId = run.run.runId;
      const done = answeredOf(run.run);
      const what = verdict === null ? 'Counting: the run of' : 'Trying again what is missing from';
      title.textContent = `${what} ${instant(runId)}`;
      button.hidden = isShown;
      const until =
        waitingFor.length > 0 ? `until ${instant(deadlineAt)} (${ago(deadlineAt, nowMs)})` : 'about to settle';
      segments.replaceChildren(bar(run.regions, done, expected));
      note.textContent = `${done} of ${plural(expected, 'region')} have answered (${statesOf(run.regions)}); ${until}.`;
    },
  };
}

/** "9 counted, 1 failed": only what there is. */
function statesOf(regions: readonly PageRegion[]): string {
  const states = Map.groupBy(regions, ({ status }) => status);
  return ORDER.flatMap((status) => {
    const count = states.get(status)?.length;
    return count === undefined ? [] : `${count} ${STATES[status]}`;
  }).join(', ');
}

function bar(regions: readonly PageRegion[], done: number, expected: number): HTMLElement {
  return el(
    'div',
    {
      class: 'segments',
      role: 'progressbar',
      'aria-label': 'Regions that have answered',
      'aria-valuemin': '0',
      'aria-valuemax': String(expected),
      'aria-valuenow': String(done),
    },
    ...regions.map(({ region, status }) =>
      el('span', { class: `segment is-${status}`, title: `${region}: ${STATES[status]}` }),
    ),
  );
}
