/** Text of others may hold anything; what reaches a terminal may neither move its cursor nor turn its letters round. */

/** Control characters (C0, C1), format characters (the bidi overrides among them), and what breaks a line elsewhere. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

export function plain(text: string): string {
  return text.replace(UNSAFE, '?');
}

/** The same of a text that has lines. */
export function plainLines(text: string): string {
  return text.split('\n').map(plain).join('\n');
}

/** JSON that says the same, and that a terminal can show: JSON.stringify escapes none of these but C0. */
export function plainJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(UNSAFE, (letter) => (letter === '\n' ? letter : escaped(letter)));
}

function escaped(letter: string): string {
  return Array.from({ length: letter.length }, (_, at) => letter.charCodeAt(at))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
}
