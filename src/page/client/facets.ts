/** What kind of streams they are. Each facet sorts every counted stream into one class. */
import './facets.css';
import type { Facets, Tally } from '../../census/tally.ts';
import { card, el, withShare } from './dom.ts';
import { instant, number, percent, plural } from './words.ts';

type Row = readonly [name: string, streams: number];

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
        facet('Status', tally.streams, statusRows(facets)),
        facet('Retention', tally.streams, retentionRows(facets)),
        facet('Media type', tally.streams, mediaTypeRows(facets)),
        facet('Encryption key', tally.streams, keyRows(facets)),
        facet('Age', tally.streams, ageRows(facets), spanOf(facets)),
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

const statusRows = ({ status }: Facets): Row[] => [
  ['Active', status.active],
  ['Creating', status.creating],
  ['Updating', status.updating],
  ['Deleting', status.deleting],
  ['Other', status.other],
];

const retentionRows = ({ retention }: Facets): Row[] => [
  ['Keeps nothing', retention.none],
  ['Up to 24 h', retention.day],
  ['Up to 7 days', retention.week],
  ['Longer', retention.longer],
  ['Unknown', retention.unknown],
];

const NAMED_LAST: Readonly<Record<string, string>> = { other: 'Other types', none: 'None given' };

/** Most streams first; the classes that are not types come last. */
const mediaTypeRows = ({ mediaType }: Facets): Row[] =>
  Object.entries(mediaType)
    .sort(
      ([a, x], [b, y]) =>
        Number(Object.hasOwn(NAMED_LAST, a)) - Number(Object.hasOwn(NAMED_LAST, b)) || y - x || (a < b ? -1 : 1),
    )
    .map(([type, streams]) => [Object.hasOwn(NAMED_LAST, type) ? (NAMED_LAST[type] ?? type) : type, streams]);

const keyRows = ({ kmsKey }: Facets): Row[] => [
  ['Managed by AWS', kmsKey.awsManaged],
  ['Customer’s own', kmsKey.customer],
  ['Unknown', kmsKey.unknown],
];

const ageRows = ({ created }: Facets): Row[] => [
  ['Up to 24 h', created.day],
  ['Up to 7 days', created.week],
  ['Up to 30 days', created.month],
  ['Older', created.older],
  ['Unknown', created.unknown],
];

function spanOf({ oldestCreatedAt, newestCreatedAt }: Facets): string {
  if (oldestCreatedAt === undefined || newestCreatedAt === undefined) return '';
  return `Created between ${instant(oldestCreatedAt)} and ${instant(newestCreatedAt)}.`;
}
