/** A list of runs to choose from. On a phone, where an entry is cut off, it has a face of two lines. */
import './run-select.css';
import { number } from '../../answers/words.ts';
import { el } from './dom.ts';
import type { AnyLine } from './model.ts';
import { instant } from './words.ts';

export function makeRunSelect(id: string) {
  const select = el('select', { id });
  const face = el('span', { class: 'face', 'aria-hidden': 'true' });
  return {
    element: el('span', { class: 'chooser' }, select, face),
    select,
    /** Newest first. */
    show(lines: readonly AnyLine[], runId: string) {
      fill(select, lines);
      select.value = runId;
      face.replaceChildren(...faceOf(lines[select.selectedIndex]));
    },
  };
}

/** A list that is open must not be made anew under the reader's fingers. */
function fill(select: HTMLSelectElement, lines: readonly AnyLine[]): void {
  const texts = lines.map(optionText);
  if (texts.join('\n') === [...select.options].map(({ text }) => text).join('\n')) return;
  select.replaceChildren(...lines.map((line, index) => el('option', { value: line.runId }, texts[index] ?? '')));
}

/** The number and the verdict, and below them which run it is. */
function faceOf(line: AnyLine | undefined): HTMLElement[] {
  if (line === undefined) return [];
  const { runId, verdict, streams, counted, expected } = line;
  const kind = verdict ?? 'open';
  const words = { complete: 'complete', partial: `partial ${counted}/${expected}`, open: 'no total yet' }[kind];
  const digits = streams === null ? '' : `${number(streams)}${kind === 'partial' ? ' + ?' : ''}`;
  return [
    el('span', { class: 'face-number' }, el('strong', {}, digits), el('span', { class: `verdict is-${kind}` }, words)),
    el('span', { class: 'face-run' }, instant(runId)),
  ];
}

function optionText({ runId, verdict, streams, counted, expected }: AnyLine): string {
  if (verdict === null || streams === null) return `${instant(runId)} · no total yet`;
  const mark = verdict === 'complete' ? 'complete' : `PARTIAL ${counted}/${expected}`;
  return `${instant(runId)} · ${number(streams)} · ${mark}`;
}
