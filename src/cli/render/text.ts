/** Small pieces of text that all renderers share. Renderers are pure: a model in, a string out. */
import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';

export { plain } from './plain.ts';

export type Colours = ReturnType<typeof pc.createColors>;

/** How a renderer may draw. */
export type View = { width: number; colours: Colours };

export function makeView({ width, colour }: { width: number; colour: boolean }): View {
  return { width, colours: pc.createColors(colour) };
}

/** 59,871. By hand: loading a locale takes longer than all the rest of a command. */
export function number(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** +12, -3, 0; nothing where there is nothing to compare. */
export function signed(value: number | null): string {
  if (value === null) return '';
  return value > 0 ? `+${number(value)}` : value < 0 ? `-${number(-value)}` : '0';
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

export const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

const UNITS = [
  ['day', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** A length of time by its largest unit: "3 days", "2 h", "5 min". */
export function duration(ms: number): string {
  for (const [unit, unitMs] of UNITS) {
    const count = Math.floor(Math.abs(ms) / unitMs);
    if (count >= 1) return unit === 'day' ? plural(count, 'day') : `${count} ${unit}`;
  }
  return '0 s';
}

/** "2 h ago", or "in 5 min". */
export function ago(instant: string, now: string): string {
  const ms = Date.parse(now) - Date.parse(instant);
  return ms < 0 ? `in ${duration(ms)}` : `${duration(ms)} ago`;
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

/** Breaks sentences into lines of up to `width` cells. */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && cells(indent + line) + 1 + cells(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => indent + one).join('\n');
}
