/** Small pieces of text that all renderers share. Renderers are pure: a model in, a string out. */
import { stripVTControlCharacters } from 'node:util';
import { Help } from 'commander';
import pc from 'picocolors';
import { type Place, SOMEWHERE } from '../../answers/place.ts';
import { type Kind, STREAMS } from '../../census/kinds.ts';

export { plain } from './plain.ts';

export type Colours = ReturnType<typeof pc.createColors>;

/** How a renderer may draw, where the commands that it shows are to ask, and of what kind the runs are. */
export type View = { width: number; colours: Colours; place: Place; kind: Kind };

/** `wide`: whatever the width is. */
export function makeView(
  { width, colour }: { width: number; colour: boolean },
  { wide = false, place = SOMEWHERE, kind = STREAMS }: { wide?: boolean; place?: Place; kind?: Kind | undefined } = {},
): View {
  return { width: wide ? Number.POSITIVE_INFINITY : width, colours: pc.createColors(colour), place, kind };
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of up to `width` cells, to an eighth of a cell. What is not nothing is never drawn as nothing. */
export function bar(value: number, largest: number, width: number): string {
  if (value <= 0 || largest <= 0) return '';
  const eighths = Math.max(1, Math.round((value / largest) * width * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}

const LEVELS = '▁▂▃▄▅▆▇█';

/** One cell per value, between the smallest and the largest of them; a gap is drawn as a gap, never as zero. */
export function sparkline(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  const low = Math.min(...known);
  const span = Math.max(...known) - low;
  return values
    .map((value) => {
      if (value === null) return '·';
      return span === 0 ? LEVELS[3] : LEVELS[Math.round(((value - low) / span) * (LEVELS.length - 1))];
    })
    .join('');
}

/** Cells that a text takes on the terminal; all that is printed here is one cell per character. */
export const cells = (text: string) => [...stripVTControlCharacters(text)].length;

// Of what every command has loaded already: to load wrap-ansi takes longer than all the rest of a command.
const help = Object.assign(new Help(), { minWidthToWrap: 0 });

/** Breaks sentences into lines of up to `width` cells. */
export function wrap(text: string, width: number, indent = ''): string {
  return help.boxWrap(text, width - indent.length).replace(/^/gm, indent);
}
