/** How often things happened, by name, in the order of `NAMES`. */
export const NAMES = {
  kills: 'processes killed',
  killedBefore: '  just before a request was carried out',
  killedAfter: '  just after a request was carried out',
  duplicates: 'messages duplicated',
  lostNudges: 'nudges lost',
  serverErrors: 'answers 500 and 503',
  throttles: 'answers of throttling',
  dropped: 'connections dropped, nothing carried out',
  ambiguous: 'carried out, and the client never heard so',
  late: '  of these carried out late',
  slow: 'slow answers',
  inPart: 'batches carried out in part',
  triggeredTwice: 'triggers sent twice',
  strays: 'stray messages',
  outageCalls: 'requests that met an outage',
} as const;
export type StatisticName = keyof typeof NAMES;

export type Statistics = { count(name: StatisticName, by?: number): void; of(name: StatisticName): number };

export function makeStatistics(): Statistics {
  const counts = new Map<StatisticName, number>();
  const of = (name: StatisticName) => counts.get(name) ?? 0;
  return { of, count: (name, by = 1) => void counts.set(name, of(name) + by) };
}
