/** Numbers and times in words, the same on a terminal and in a browser, whatever the reader's settings are. */

/** 59,871. By hand: loading a locale takes longer than all the rest of a command. */
export function number(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** +12, -3, 0. */
export function signed(value: number): string {
  return value > 0 ? `+${number(value)}` : value < 0 ? `-${number(-value)}` : '0';
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** "0.2 s" */
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

/** A length of time that is still to come, closer than its largest unit and never too short: "135 s", "67 min", "4 h". */
export function span(ms: number): string {
  const [unit, unitMs] = SPAN_UNITS.find(([, one]) => ms <= 180 * one) ?? ['h', 3_600_000];
  return `${Math.max(0, Math.ceil(ms / unitMs))} ${unit}`;
}

const SPAN_UNITS = [
  ['s', 1000],
  ['min', 60_000],
] as const;

/** "2 h ago", or "in 5 min". Both are ISO 8601 instants. */
export function ago(instant: string, now: string): string {
  const ms = Date.parse(now) - Date.parse(instant);
  return ms < 0 ? `in ${duration(ms)}` : `${duration(ms)} ago`;
}

/** "a", "a and b", "a, b and c". */
export function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** As a sentence begins. */
export const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** An instant to the second, as a person reads it. */
export const toSecond = (instant: string) => instant.replace(/\.\d+Z$/, 'Z');
