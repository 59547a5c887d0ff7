/** Fleets to count, and what holds of every count. */
import { type Call, type Counted, type Listed, prefixTruthOf, RUN_MS, truthOf } from './listing.ts';

export const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-';

export const numbered = (prefix: string, count: number, digits = 5) =>
  Array.from({ length: count }, (_, i) => prefix + String(i + 1).padStart(digits, '0'));

/** A calm region of 10 streams a page, 80 ms a page. */
export const calm = (names: readonly string[], changes: Partial<Listed> = {}): Listed => ({
  names,
  order: 'name',
  pageCaps: [10],
  latencyMs: () => 80,
  ...changes,
});

export const askedFor = ({ request: { prefix, name, token } }: Call) => JSON.stringify([prefix, name, token]);

/** What holds of every count, however it ends. */
export function expectBounded({ result, calls, ms }: Counted, timeLimitMs = 285_000): void {
  expect(result.effort.calls).toBe(calls.length);
  // No page is asked for again once it came, and none more than four times.
  const asked = new Map<string, { calls: number; pages: number }>();
  for (const call of calls) {
    const so = asked.get(askedFor(call)) ?? { calls: 0, pages: 0 };
    asked.set(askedFor(call), { calls: so.calls + 1, pages: so.pages + (call.outcome === 'page' ? 1 : 0) });
  }
  for (const so of asked.values()) {
    expect(so.calls).toBeLessThanOrEqual(4);
    expect(so.pages).toBeLessThanOrEqual(1);
  }
  const instants = calls.map((call) => call.atMs);
  for (const [index, at] of instants.entries()) {
    const later = instants[index + 50];
    if (later !== undefined) expect(later - at).toBeGreaterThan(1000);
  }
  expect(Math.max(0, ...instants.map((at) => at - RUN_MS))).toBeLessThanOrEqual(timeLimitMs);
  expect(ms).toBeLessThanOrEqual(timeLimitMs + 300);
}

export function expectExact({ result }: Counted, names: readonly string[]): void {
  expect(result).toMatchObject({ outcome: 'counted' });
  if (result.outcome !== 'counted') return;
  expect(result.tally).toEqual(truthOf(names));
  expect(result.prefixes).toEqual(prefixTruthOf(names));
}
