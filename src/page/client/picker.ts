/** Chooses the run that the page shows: from a list, or one older or newer. */
import { number } from '../../answers/words.ts';
import { el, icon, type Shape } from './dom.ts';
import type { PageLine } from './model.ts';
import type { Choice } from './state.ts';
import { instant } from './words.ts';

export function makePicker({ onChoose }: { onChoose: (choice: Choice) => void }) {
  let lines: readonly PageLine[] = [];
  let drawn = '';
  const select = el('select', { id: 'run' });
  const older = stepButton('older', 'Older run');
  const newer = stepButton('newer', 'Newer run');
  const newest = stepButton('newest', 'Newest run');
  select.addEventListener('change', () => onChoose({ runId: select.value }));
  older.addEventListener('click', () => step(1));
  newer.addEventListener('click', () => step(-1));
  newest.addEventListener('click', () => onChoose('newest'));

  function step(by: number): void {
    const line = lines[select.selectedIndex + by];
    if (line !== undefined) onChoose({ runId: line.runId });
  }

  return {
    element: el(
      'div',
      { class: 'picker', role: 'group', 'aria-label': 'Choose a run' },
      el('label', { for: 'run' }, 'Run'),
      older,
      select,
      newer,
      newest,
    ),
    step,
    /** Newest first. */
    show(newLines: readonly PageLine[], runId: string, isFollowing: boolean) {
      lines = newLines;
      const texts = lines.map(optionText);
      // A list that is open must not be made anew under the reader's fingers.
      if (texts.join('\n') !== drawn) {
        drawn = texts.join('\n');
        select.replaceChildren(...lines.map((line, index) => el('option', { value: line.runId }, texts[index] ?? '')));
      }
      select.value = runId;
      const at = select.selectedIndex;
      older.disabled = at < 0 || at >= lines.length - 1;
      newer.disabled = at <= 0;
      newest.setAttribute('aria-pressed', String(isFollowing));
    },
  };
}

function stepButton(shape: Shape, label: string): HTMLButtonElement {
  return el('button', { type: 'button', class: 'step', 'aria-label': label, title: label }, icon(shape));
}

function optionText({ runId, verdict, streams, counted, expected }: PageLine): string {
  if (verdict === null || streams === null) return `${instant(runId)} · no total yet`;
  const mark = verdict === 'complete' ? 'complete' : `PARTIAL ${counted}/${expected}`;
  return `${instant(runId)} · ${number(streams)} · ${mark}`;
}
