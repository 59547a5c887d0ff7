/** How often a region's task has failed: the ledger tells the last attempt alone, the worker's log each of them. */
import { censusIdOf } from '../../census/census-id.ts';
import type { Kind } from '../../census/kinds.ts';

/**
 * @param accountId whose runs they are
 * @param waitsMs the longest wait after the first failure, the second and so on; there is none after the last
 */
export function makeAttempts(accountId: string, waitsMs: readonly number[]) {
  const failures = new Map<string, number>();
  return {
    /** As `Waits` has it, for the regions of one kind. */
    waitAfter: (kind: Kind) => (region: string) => {
      const count = failures.get(`${censusIdOf(accountId, kind)} ${region}`);
      return count === undefined ? undefined : (waitsMs[count - 1] ?? null);
    },
    /** Takes every line that a function prints; most are of other things. */
    note(line: string): void {
      if (!line.includes('region not counted')) return;
      const { censusId, region, receives } = fieldsOf(line);
      if (typeof receives === 'number') failures.set(`${censusId} ${region}`, receives);
    },
  };
}

function fieldsOf(line: string): { censusId?: unknown; region?: unknown; receives?: unknown } {
  try {
    return Object(JSON.parse(line));
  } catch {
    return {};
  }
}
