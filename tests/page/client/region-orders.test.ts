/** In which order the regions of a run are listed. */
import type { PageRegion } from '../../../src/page/client/model.ts';
import { ORDERS } from '../../../src/page/client/region-orders.ts';

const ROW: PageRegion = {
  region: '',
  status: 'counted',
  streams: 0,
  reason: null,
  lastKnown: null,
  change: null,
  since: null,
  quota: null,
  churn: null,
};
const known = (streams: number) => ({ runId: '', streams, countedAt: '' });

const ROWS: PageRegion[] = [
  { ...ROW, region: 'large', streams: 900, change: 0 },
  { ...ROW, region: 'grown', streams: 300, change: 50 },
  { ...ROW, region: 'fell', streams: 12, change: -29 },
  { ...ROW, region: 'fell-most', streams: 40, change: -1200 },
  { ...ROW, region: 'never-known', status: 'unanswered', streams: null, reason: 'unanswered' },
  { ...ROW, region: 'denied', status: 'failed', streams: null, reason: 'denied', lastKnown: known(500) },
  { ...ROW, region: 'slow', status: 'failed', streams: null, reason: 'timed-out', lastKnown: known(7) },
  { ...ROW, region: 'waiting', status: 'waiting', streams: null, lastKnown: known(2000) },
];

const sorted = (order: keyof typeof ORDERS) => [...ROWS].sort(ORDERS[order]).map(({ region }) => region);

test('what is missing is most urgent, then what may still answer, then what lost most', () => {
  const lost = ['fell-most', 'fell'];
  expect(sorted('urgency')).toEqual(['denied', 'slow', 'never-known', 'waiting', ...lost, 'large', 'grown']);
});

test('by number a missing region keeps the place of its last known count', () => {
  expect(sorted('streams')).toEqual([
    'waiting',
    'large',
    'denied',
    'grown',
    'fell-most',
    'fell',
    'slow',
    'never-known',
  ]);
});

test('by change what moved most comes first, whichever way, and what nobody can tell last', () => {
  expect(sorted('change').slice(0, 4)).toEqual(['fell-most', 'grown', 'fell', 'large']);
});
