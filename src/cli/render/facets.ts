import { type FacetLine, facetLinesOf } from '../../answers/facets.ts';
import { number } from '../../answers/words.ts';
import type { Kind } from '../../census/kinds.ts';
import type { Tally } from '../../census/tally.ts';
import { plain, type View, wrap } from './text.ts';

const LABEL_CELLS = 16;

/** What the counted things are like. Nothing where that was not recorded for all of them. */
export function facetLines(kind: Kind, tally: Tally | null, view: View): string[] {
  const indent = ' '.repeat(LABEL_CELLS);
  const lines = facetLinesOf(kind, tally).map(
    ({ title, classes }) => title.padEnd(LABEL_CELLS) + wrap(shares(classes), view.width, indent).slice(LABEL_CELLS),
  );
  return lines.length === 0 ? [] : [lines.join('\n')];
}

const MOST_CLASSES = 4;

function shares(classes: FacetLine['classes']): string {
  const shown = classes.slice(0, MOST_CLASSES).map(({ label, streams }) => `${number(streams)} ${plain(label)}`);
  const rest = classes.slice(MOST_CLASSES).reduce((sum, { streams }) => sum + streams, 0);
  return [...shown, ...(rest > 0 ? [`${number(rest)} others`] : [])].join(', ');
}
