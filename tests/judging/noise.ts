/**
 * Chance that stays put. A number drawn in sequence changes with every draw before it, so taking one fault out of a
 * schedule would change everything after it; a number that depends only on its name does not. That is what lets a
 * failing schedule shrink.
 */

/** A number from 0 up to, not including, 1: always the same for the same seed and name. */
export function noise(seed: number, name: string, nth = 0): number {
  let hash = (seed ^ 0x811c9dc5) >>> 0;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ nth, 0x01000193);
  return mix(hash) / 2 ** 32;
}

/** A stream of such numbers, for whoever draws in sequence by nature: one invocation's own random(). */
export function makeRandom(seed: number, name: string, nth: number): () => number {
  let state = Math.floor(noise(seed, name, nth) * 2 ** 32);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return mix(state) / 2 ** 32;
  };
}

function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
