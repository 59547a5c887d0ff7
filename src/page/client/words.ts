/** Numbers and instants as the page writes them: always in UTC, always the same whatever the reader's settings. */
const NUMBER = new Intl.NumberFormat('en-US');

export const number = (value: number) => NUMBER.format(value);

/** +12, -3 (with a real minus), ±0. */
export function signed(value: number): string {
  if (value === 0) return '±0';
  return value > 0 ? `+${number(value)}` : `\u2212${number(-value)}`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** "2026-11-20 06:00 UTC"; the seconds only where there are any. */
export function instant(iso: string): string {
  return `${iso.slice(0, 10)} ${clock(iso)} UTC`;
}

export function clock(iso: string): string {
  const seconds = iso.slice(17, 19);
  return seconds === '00' ? iso.slice(11, 16) : iso.slice(11, 19);
}

/** The other instant, with its day only where that is another one. */
export function instantBeside(iso: string, beside: string): string {
  return iso.slice(0, 10) === beside.slice(0, 10) ? `${clock(iso)} UTC` : instant(iso);
}

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

/** "2 h ago", "in 5 min" or "just now". */
export function ago(iso: string, nowMs: number): string {
  const ms = nowMs - Date.parse(iso);
  if (Math.abs(ms) < 1000) return 'just now';
  return ms < 0 ? `in ${duration(ms)}` : `${duration(ms)} ago`;
}

/** What is not nothing is never written as nothing, nor what is not all as all. */
export function percent(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0 %';
  if (part === whole) return '100 %';
  const rounded = Math.round((part / whole) * 100);
  if (rounded < 1) return '< 1 %';
  return rounded > 99 ? '> 99 %' : `${rounded} %`;
}

/** "a", "a and b", "a, b and c". */
export function list(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
