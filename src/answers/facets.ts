/** What the counted things are, in words. */
import { descriptorOf, type Kind } from '../census/kinds.ts';
import type { Counts, FacetDescriptor, Facets, Tally } from '../census/tally.ts';

export type FacetLine = { title: string; classes: { label: string; streams: number }[] };

/** Each sorts every counted thing into one class. Classes that hold nothing are left out; nothing where none were recorded. */
export function facetLinesOf(kind: Kind, tally: Tally | null): FacetLine[] {
  const facets = tally?.facets;
  if (facets === undefined) return [];
  return [...descriptorOf(kind).facets, AGE].flatMap((facet) => lineOf(facet, facets));
}

/** Every kind tells it. */
const AGE: Omit<FacetDescriptor, 'classOf'> = {
  name: 'created',
  title: 'age',
  classes: { day: 'up to 24 h', week: 'up to 7 days', month: 'up to 30 days', older: 'older', unknown: 'unknown' },
};

/** What the service names comes first, most of all at the head; then the classes of the descriptor, in its order. */
function lineOf({ name, title, classes }: Omit<FacetDescriptor, 'classOf'>, facets: Facets): FacetLine[] {
  const counts = facets[name];
  // A record of an older release may not have it.
  if (typeof counts !== 'object') return [];
  const named = Object.keys(counts)
    .filter((one) => !Object.hasOwn(classes, one))
    .sort((a, b) => of(counts, b) - of(counts, a) || (a < b ? -1 : 1));
  const all = [...named.map((one) => [one, one] as const), ...Object.entries(classes)];
  const held = all.map(([key, label]) => ({ label, streams: of(counts, key) })).filter(({ streams }) => streams > 0);
  return [{ title, classes: held }];
}

const of = (counts: Counts, name: string) => counts[name] ?? 0;
