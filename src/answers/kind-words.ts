/** What is counted, as people call it. */
import { descriptorOf, type Kind } from '../census/kinds.ts';
import { plural, signed } from './words.ts';

/** "1 channel", "137 channels". */
export function amount(count: number, kind: Kind): string {
  const { one, many } = descriptorOf(kind).words;
  return plural(count, one, many);
}

/** "+1 channel", "-12 channels", "0 channels". */
export function change(count: number, kind: Kind): string {
  const { one, many } = descriptorOf(kind).words;
  return `${signed(count)} ${Math.abs(count) === 1 ? one : many}`;
}

/** "channels" */
export const manyOf = (kind: Kind) => descriptorOf(kind).words.many;
