/** How many of the newest runs the trend draws. */
import { number } from '../../answers/words.ts';
import { el } from './dom.ts';

const SPANS = [30, 100, 1000];
const SPAN = 100;

export function makeSpans({ onChange }: { onChange: () => void }) {
  let span = SPAN;
  let drawn = '';
  const element = el('div', { class: 'spans', role: 'group', 'aria-label': 'How many runs' });

  function spanButton(size: number, label: string): HTMLButtonElement {
    const button = el('button', { type: 'button', value: String(size) }, label);
    button.addEventListener('click', () => {
      span = size;
      press();
      onChange();
    });
    return button;
  }

  /** The largest span there is stands for all that are larger. */
  function press(): void {
    const buttons = [...element.querySelectorAll('button')];
    const largest = Number(buttons.at(-1)?.value);
    for (const button of buttons)
      button.setAttribute('aria-pressed', String(Number(button.value) === Math.min(span, largest)));
  }

  return {
    element,
    span: () => span,
    /** For that many runs, of which the one that is `back` before the newest is to be in sight. */
    show(runs: number, back: number) {
      if (back >= span) span = SPANS.find((size) => size > back) ?? SPAN;
      const useful = SPANS.filter((_size, at) => at === 0 || (SPANS[at - 1] ?? 0) < runs);
      const labels = useful.map((size) => (size < runs ? String(size) : `All ${number(runs)}`));
      element.hidden = useful.length < 2;
      if (labels.join() !== drawn) {
        drawn = labels.join();
        element.replaceChildren(...useful.map((size, at) => spanButton(size, labels[at] ?? '')));
      }
      press();
    },
  };
}
