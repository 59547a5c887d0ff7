/** How many calls arrive within one second, for what limits their rate. */

const SECOND_MS = 1000;

/** How many of the instants added lie within the last second, that is in `(now - 1 s, now]`. */
export function makeLastSecond() {
  let instants: number[] = [];
  let first = 0;
  return {
    add: (now: number) => void instants.push(now),
    count(now: number): number {
      while (first < instants.length && instants[first]! <= now - SECOND_MS) first += 1;
      if (first > 1000) {
        instants = instants.slice(first);
        first = 0;
      }
      return instants.length - first;
    },
  };
}
