/** What only the page writes: instants in UTC, shares, and signs as they are printed; all else is in answers/words.ts. */
import * as words from '../../answers/words.ts';
import type { KindDescriptor } from '../../census/kinds/kind.ts';

/** What people call what is counted. */
export type KindWords = KindDescriptor['words'];

/** +12, -3 (with a real minus), ±0. */
export function signed(value: number): string {
  return value === 0 ? '±0' : words.signed(value).replace('-', '\u2212');
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

/** "2 h ago", "in 5 min" or "just now". */
export function ago(iso: string, nowMs: number): string {
  if (Math.abs(nowMs - Date.parse(iso)) < 1000) return 'just now';
  return words.ago(iso, new Date(nowMs).toISOString());
}

/** What is not nothing is never written as nothing, nor what is not all as all. */
export function percent(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0 %';
  if (part === whole) return '100 %';
  const rounded = Math.round((part / whole) * 100);
  if (rounded < 1) return '< 1 %';
  return rounded > 99 ? '> 99 %' : `${rounded} %`;
}

/** Closer, for a small part of a large whole: "0.3 %". */
export function finePercent(part: number, whole: number): string {
  const exact = (part / whole) * 100;
  if (part === 0 || exact >= 9.95) return percent(part, whole);
  return exact < 0.05 ? '< 0.1 %' : `${exact.toFixed(1)} %`;
}

const NAMES = 3;

/** The first few names, and how many more there are. */
export function few(names: readonly string[]): readonly string[] {
  return names.length <= NAMES + 1 ? names : [...names.slice(0, NAMES), `${names.length - NAMES} more`];
}

export const some = (names: readonly string[]): string => words.list(few(names));
