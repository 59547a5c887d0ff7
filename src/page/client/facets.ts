/** What kind of streams they are. Each facet sorts every counted stream into one class. */
import './facets.css';
import { number, plural } from '../../answers/words.ts';
import type { Counts, FACET_CLASSES, FacetClass, Facets, Tally } from '../../census/tally.ts';
import { card, el, withShare } from './dom.ts';
import { instant, percent } from './words.ts';

type Row = readonly [name: string, streams: number];
type Labels<Facet extends keyof typeof FACET_CLASSES> = Readonly<Record<FacetClass<Facet>, string>>;

export function makeFacets() {
  const content = el('div', { class: 'facet-list' });
  const note = el('p', { class: 'note' });
  const element = card('facets', 'What they are', note, content);
  return {
    element,
    isEmpty: () => element.hidden === true,
    /** Hidden where the run's records hold no facets. */
    show(tally: Tally | null, isPartial: boolean) {
      const facets = tally?.facets;
      element.hidden = facets === undefined;
      if (tally === null || facets === undefined) return;
      note.hidden = !isPartial;
      note.textContent = `Of the ${plural(tally.streams, 'stream')} that were counted; those of missing regions are not among them.`;
      content.replaceChildren(
        facet('Status', tally.streams, rows(STATUS, facets.status)),
        facet('Retention', tally.streams, rows(RETENTION, facets.retention)),
        facet('Media type', tally.streams, mediaTypeRows(facets.mediaType)),
        facet('Encryption key', tally.streams, rows(KEY, facets.kmsKey)),
        facet('Age', tally.streams, rows(AGE, facets.created), spanOf(facets)),
      );
    },
  };
}

function facet(title: string, whole: number, rows: readonly Row[], note = ''): HTMLElement {
  return el(
    'section',
    { class: 'facet' },
    el('h3', {}, title),
    el('ul', {}, ...rows.filter(([, streams]) => streams > 0).map((row) => facetRow(row, whole))),
    note !== '' && el('p', { class: 'note' }, note),
  );
}

function facetRow([name, streams]: Row, whole: number): HTMLElement {
  return el(
    'li',
    {},
    el('span', { class: 'class', title: name }, name),
    withShare(el('span', { class: 'share', 'aria-hidden': 'true' }), streams / whole),
    el('span', { class: 'value' }, number(streams)),
    el('span', { class: 'percent' }, percent(streams, whole)),
  );
}

/** In the order in which they are shown. */
const STATUS: Labels<'status'> = {
  active: 'Active',
  creating: 'Creating',
  updating: 'Updating',
  deleting: 'Deleting',
  other: 'Other',
};

const RETENTION: Labels<'retention'> = {
  none: 'Keeps nothing',
  day: 'Up to 24 h',
  week: 'Up to 7 days',
  longer: 'Longer',
  unknown: 'Unknown',
};

const KEY: Labels<'kmsKey'> = { awsManaged: 'Managed by AWS', customer: 'Customer’s own', unknown: 'Unknown' };

const AGE: Labels<'created'> = {
  day: 'Up to 24 h',
  week: 'Up to 7 days',
  month: 'Up to 30 days',
  older: 'Older',
  unknown: 'Unknown',
};

function rows<Class extends string>(labels: Readonly<Record<Class, string>>, counts: Counts<Class>): Row[] {
  return Object.entries<string>(labels).map(([name, label]) => [label, counts[name as Class]]);
}

const NAMED_LAST: Readonly<Record<string, string>> = { other: 'Other types', none: 'None given' };

/** Most streams first; the classes that are not types come last. */
const mediaTypeRows = (mediaType: Facets['mediaType']): Row[] =>
  Object.entries(mediaType)
    .sort(
      ([a, x], [b, y]) =>
        Number(Object.hasOwn(NAMED_LAST, a)) - Number(Object.hasOwn(NAMED_LAST, b)) || y - x || (a < b ? -1 : 1),
    )
    .map(([type, streams]) => [Object.hasOwn(NAMED_LAST, type) ? (NAMED_LAST[type] ?? type) : type, streams]);

function spanOf({ oldestCreatedAt, newestCreatedAt }: Facets): string {
  if (oldestCreatedAt === undefined || newestCreatedAt === undefined) return '';
  return `Created between ${instant(oldestCreatedAt)} and ${instant(newestCreatedAt)}.`;
}
