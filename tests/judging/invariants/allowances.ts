/** What the invariants allow for: how long things may take that take a while by nature. */

import type { History } from '../history.ts';
import { SWEEP_MS } from '../numbers.ts';
import type { Story, Version } from '../story.ts';

/** What one settling may take: from its first read to the stored total. */
export const SETTLING_MS = 60_000;

/** From a change to a total to when an index shows it: within moments, and a total is stored within a minute. */
export const INDEXED_MS = 65_000;

/** A clock may be wrong by minutes, and so may whoever says that a run has expired. */
export const EXPIRY_MS = 10 * 60_000;

/** By the next sweep after this instant that finds things in order; by a later one, if more runs are partial than it has time for. */
export function bySweep(
  { history, circumstances }: { history: Pick<History, 'healedAtMs'>; circumstances: { crowd: number } },
  instantMs: number,
  list: 'open' | 'partial' = 'partial',
): number {
  const sweeps = list === 'open' ? 1 : 1 + Math.ceil(circumstances.crowd / SWEPT_AT_LEAST);
  return Math.max(instantMs, history.healedAtMs) + sweeps * SWEEP_MS + SETTLING_MS;
}

/** Runs that a sweep has time for here. */
const SWEPT_AT_LEAST = 8;

/** Whether the aggregator had a reason to store a total without what earlier runs knew: then it said so. */
export function isExcused({ history, circumstances }: Story, runId: string, region?: string): boolean {
  if (!circumstances.isUndisturbed) return true;
  const words = region === undefined ? 'earlier runs cannot be read' : `"region":"${region}"`;
  return history.logLines.some(
    (line) => line.includes(runId) && line.includes(words) && line.includes('cannot be read'),
  );
}

/** A read that fails, or is slow, costs a quick try, and what came and went: then the dispatcher says so. */
export function saysNotKnown({ history }: Story, runId: string): boolean {
  return history.logLines.some(
    (line) => line.includes(runId) && line.includes('it is not known which regions are dark'),
  );
}

export function expiresMs({ versions }: { versions: readonly Version<{ expiresAt: number }>[] }): number {
  return (versions[0]?.value.expiresAt ?? Number.POSITIVE_INFINITY) * 1000;
}

export const seconds = (ms: number) => (Number.isFinite(ms) ? `${Math.round(ms / 1000)} s` : 'never');
