/** In which order the regions of a run are listed. */
import type { PageRegion } from './model.ts';

export type Order = 'urgency' | 'region' | 'streams' | 'quota' | 'change';

type Compare = (a: PageRegion, b: PageRegion) => number;

const byName: Compare = (a, b) => (a.region < b.region ? -1 : 1);

/** A region that is missing keeps the place it had when it was last counted. */
const weight = ({ streams, lastKnown }: PageRegion) => streams ?? lastKnown?.streams ?? -1;
const moved = ({ change }: PageRegion) => (change === null ? -1 : Math.abs(change));
const filled = ({ quota }: PageRegion) => quota?.percent ?? -1;
const lost = ({ change }: PageRegion) => Math.max(0, -(change ?? 0));

/** What may call for a person comes first: what is missing, then what may still answer, then what lost streams. */
function urgency({ status, streams, change }: PageRegion): number {
  if (streams === null) return status === 'failed' || status === 'unanswered' ? 3 : 2;
  return (change ?? 0) < 0 ? 1 : 0;
}

export const ORDERS: Readonly<Record<Order, Compare>> = {
  urgency: (a, b) => urgency(b) - urgency(a) || lost(b) - lost(a) || weight(b) - weight(a) || byName(a, b),
  region: byName,
  streams: (a, b) => weight(b) - weight(a) || byName(a, b),
  quota: (a, b) => filled(b) - filled(a) || byName(a, b),
  change: (a, b) => moved(b) - moved(a) || byName(a, b),
};
