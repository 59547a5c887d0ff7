/** What the counted things are. Each facet sorts every one into one class. */
import './facets.css';
import { type FacetLine, facetLinesOf } from '../../answers/facets.ts';
import { capital, number, plural } from '../../answers/words.ts';
import { descriptorOf, type Kind } from '../../census/kinds.ts';
import type { Facets, Tally } from '../../census/tally.ts';
import { card, el, withShare } from './dom.ts';
import { instant, percent } from './words.ts';

export function makeFacets() {
  const content = el('div', { class: 'facet-list' });
  const note = el('p', { class: 'note' });
  const element = card('facets', 'What they are', note, content);
  return {
    element,
    isEmpty: () => element.hidden === true,
    /** Hidden where the run's records hold no facets. */
    show(kind: Kind, tally: Tally | null, isPartial: boolean) {
      const facets = tally?.facets;
      element.hidden = facets === undefined;
      if (tally === null || facets === undefined) return;
      const { one, many } = descriptorOf(kind).words;
      note.hidden = !isPartial;
      note.textContent = `Of the ${plural(tally.streams, one, many)} that were counted; those of missing regions are not among them.`;
      const lines = facetLinesOf(kind, tally);
      content.replaceChildren(
        ...lines.map((line, index) => facet(line, tally.streams, index === lines.length - 1 ? spanOf(facets) : '')),
      );
    },
  };
}

function facet({ title, classes }: FacetLine, whole: number, note: string): HTMLElement {
  return el(
    'section',
    { class: 'facet' },
    el('h3', {}, capital(title)),
    el('ul', {}, ...classes.map((one) => facetRow(one, whole))),
    note !== '' && el('p', { class: 'note' }, note),
  );
}

function facetRow({ label, streams }: FacetLine['classes'][number], whole: number): HTMLElement {
  // What the service names stays as it is.
  const name = label.includes('/') ? label : capital(label);
  return el(
    'li',
    {},
    el('span', { class: 'class', title: name }, name),
    withShare(el('span', { class: 'share', 'aria-hidden': 'true' }), streams / whole),
    el('span', { class: 'value' }, number(streams)),
    el('span', { class: 'percent' }, percent(streams, whole)),
  );
}

function spanOf({ oldestCreatedAt, newestCreatedAt }: Facets): string {
  if (oldestCreatedAt === undefined || newestCreatedAt === undefined) return '';
  return `Created between ${instant(oldestCreatedAt)} and ${instant(newestCreatedAt)}.`;
}
