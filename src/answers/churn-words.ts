/** What came and what went since the run before, in words. */
import type { RunSummary } from './run-summary.ts';
import { number } from './words.ts';

/**
 * In a line: "created 34, gone 0 since the run before, 2026-11-20T00:00:00Z; unknown in eu-west-1". `null` where it is known of
 * no region.
 * @param namesOf how several regions are named
 */
export function churnLine(
  { churn }: Pick<RunSummary, 'churn'>,
  namesOf = (regions: readonly string[]) => regions.join(', '),
): string | null {
  if (churn === null) return null;
  const { against, created, gone, unknown } = churn;
  const apart = unknown.length === 0 ? '' : `; unknown in ${namesOf(unknown)}`;
  return `created ${number(created)}, gone ${number(gone)} since the run before, ${against}${apart}`;
}
