/** Chooses the run that the page shows: from a list, or one older or newer. */
import { el, icon, type Shape } from './dom.ts';
import type { AnyLine } from './model.ts';
import { makeRunSelect } from './run-select.ts';
import type { Choice } from './state.ts';

export function makePicker({ onChoose }: { onChoose: (choice: Choice) => void }) {
  let lines: readonly AnyLine[] = [];
  const { element: chooser, select, show: showRuns } = makeRunSelect('run');
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
      chooser,
      newer,
      newest,
    ),
    step,
    /** Newest first. */
    show(newLines: readonly AnyLine[], runId: string, isFollowing: boolean) {
      lines = newLines;
      showRuns(lines, runId);
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
