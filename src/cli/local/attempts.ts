/** How often a region's task has failed: the ledger tells the last attempt alone, the worker's log each of them. */
import type { Waits } from '../render/watch.ts';

/** @param waitsMs the longest wait after the first failure, the second and so on; there is none after the last */
export function makeAttempts(waitsMs: readonly number[]) {
  const failures = new Map<string, number>();
  const waitAfter: Waits['waitAfter'] = (region) => {
    const count = failures.get(region);
    return count === undefined ? undefined : (waitsMs[count - 1] ?? null);
  };
  return {
    waitAfter,
    /** Takes every line that a function prints; most are of other things. */
    note(line: string): void {
      if (!line.includes('region not counted')) return;
      const { region, receives } = fieldsOf(line);
      if (typeof region === 'string' && typeof receives === 'number') failures.set(region, receives);
    },
  };
}

function fieldsOf(line: string): { region?: unknown; receives?: unknown } {
  try {
    return Object(JSON.parse(line));
  } catch {
    return {};
  }
}
