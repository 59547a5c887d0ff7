import { number } from '../../answers/words.ts';
import type { Facets, Tally } from '../../census/tally.ts';
import { plain, type View, wrap } from './text.ts';

type Line = { facet: string; classes: Readonly<Record<string, number>> };

const LABEL_CELLS = 12;

/** What the streams are like. Nothing where that was not recorded for all of them. */
export function facetLines(tally: Tally | null, view: View): string[] {
  if (tally?.facets === undefined) return [];
  const indent = ' '.repeat(LABEL_CELLS);
  const lines = linesOf(tally.facets).map(
    ({ facet, classes }) => facet.padEnd(LABEL_CELLS) + wrap(shares(classes), view.width, indent).slice(LABEL_CELLS),
  );
  return [lines.join('\n')];
}

function linesOf({ status, retention, mediaType, kmsKey, created }: Facets): Line[] {
  return [
    { facet: 'status', classes: status },
    {
      facet: 'retention',
      classes: {
        'keeps nothing': retention.none,
        'up to a day': retention.day,
        'up to a week': retention.week,
        longer: retention.longer,
        unknown: retention.unknown,
      },
    },
    { facet: 'media type', classes: mediaType },
    {
      facet: 'key',
      classes: { 'of AWS': kmsKey.awsManaged, 'of the customer': kmsKey.customer, unknown: kmsKey.unknown },
    },
    {
      facet: 'created',
      classes: {
        'within a day': created.day,
        'within a week': created.week,
        'within a month': created.month,
        earlier: created.older,
        unknown: created.unknown,
      },
    },
  ];
}

const MOST_CLASSES = 4;

function shares(classes: Readonly<Record<string, number>>): string {
  const held = Object.entries(classes).filter(([, count]) => count > 0);
  const shown = held.slice(0, MOST_CLASSES).map(([name, count]) => `${number(count)} ${plain(name)}`);
  const rest = held.slice(MOST_CLASSES).reduce((sum, [, count]) => sum + count, 0);
  return [...shown, ...(rest > 0 ? [`${number(rest)} others`] : [])].join(', ');
}
