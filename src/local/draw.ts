/** Chance that is the same in every process: words of 32 bits, drawn from a hash instead of a generator. */
import { createHash } from 'node:crypto';
import type { Weights } from './kind.ts';

export const WORD = 2 ** 32;

export function seedWords(text: string): [number, number, number, number, number, number, number] {
  const digest = createHash('sha256').update(text).digest();
  return [0, 4, 8, 12, 16, 20, 24].map((at) => digest.readUInt32BE(at)) as ReturnType<typeof seedWords>;
}

export function uuidFrom(word: number): string {
  const hex = createHash('sha256').update(String(word)).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function hashName(name: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return mix(hash);
}

/** A 32-bit word in, a well mixed unsigned 32-bit word out, one to one. */
export function mix(word: number): number {
  let x = word;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** A function from a 32-bit word to what one of the weighted choices turns into. */
export function makePicker<T>(weights: Weights, turn: (choice: string) => T): (word: number) => T {
  const taken = Object.entries(weights).filter(([, weight]) => weight > 0);
  const total = taken.reduce((sum, [, weight]) => sum + weight, 0);
  let sum = 0;
  const choices = taken.map(([choice, weight]) => {
    sum += weight;
    return { below: (sum / total) * WORD, value: turn(choice) };
  });
  const lastChoice = choices.at(-1)!;
  return (word) => {
    for (const choice of choices) if (word < choice.below) return choice.value;
    return lastChoice.value;
  };
}

/** Pieces of versions and device names, which are letters and digits only. */
export const FIVE_LETTERS = Array.from({ length: 4096 }, (_, i) =>
  createHash('sha256').update(`${i}`).digest('base64').replace(/[+/=]/g, '').slice(0, 5),
);

const THREE_DIGITS = Array.from({ length: 1000 }, (_, i) => String(i).padStart(3, '0'));

/** An instant as services write it: the seconds, and the milliseconds of three digits. */
export function secondsAndMillis(epochMs: number): [string, string] {
  return [String(Math.floor(epochMs / 1000)), THREE_DIGITS[epochMs % 1000]!];
}
