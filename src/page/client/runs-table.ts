/** The same runs as rows, for whoever does not see the trend. Made only when it is opened. */
import './runs-table.css';
import { capital, number } from '../../answers/words.ts';
import { el, icon } from './dom.ts';
import { gapWords } from './line-words.ts';
import type { AnyLine } from './model.ts';
import { instant, type KindWords } from './words.ts';

export function makeRunsTable({ onChoose }: { onChoose: (runId: string) => void }) {
  let lines: readonly AnyLine[] = [];
  const summary = el('summary', {});
  const body = el('tbody');
  const head = (name: string, kind: string | null = null) => el('th', { scope: 'col', class: kind }, name);
  const streams = head('', 'number');
  const heads = el('tr', {}, head('Run'), streams, head('Verdict'), head('Missing'));
  const element = el(
    'details',
    { class: 'runs card' },
    summary,
    el('div', { class: 'scroll' }, el('table', {}, el('thead', {}, heads), body)),
  );
  element.addEventListener('toggle', draw);

  function draw(): void {
    summary.textContent = `The ${lines.length === 1 ? 'newest run' : `${number(lines.length)} newest runs`} as a table`;
    if (element.open) body.replaceChildren(...lines.map((line) => row(line, onChoose)));
  }

  return {
    element,
    /** Newest first. */
    show(newLines: readonly AnyLine[], words: KindWords) {
      streams.textContent = capital(words.many);
      if (newLines === lines) return;
      lines = newLines;
      draw();
    },
  };
}

function row(line: AnyLine, onChoose: (runId: string) => void): HTMLElement {
  const { runId, verdict, streams, counted, expected } = line;
  const button = el('button', { type: 'button', class: 'region-name' }, instant(runId));
  button.addEventListener('click', () => onChoose(runId));
  const kind = verdict ?? 'open';
  const words = { complete: 'complete', partial: `partial, ${counted} of ${expected}`, open: 'no total yet' }[kind];
  return el(
    'tr',
    {},
    el('th', { scope: 'row' }, button),
    el('td', { class: 'number' }, streams === null ? '–' : `${number(streams)}${kind === 'partial' ? ' + ?' : ''}`),
    el('td', {}, el('span', { class: `mark small is-${kind}` }, icon(kind), words)),
    el('td', {}, gapWords(line)),
  );
}
