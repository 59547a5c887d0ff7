/** What the rules believe of our own metrics, held to what the aggregator prints. */
import { type MetricsWanted, metricLines } from '../../src/census/metrics.ts';
import type { StoredTotal } from '../../src/census/run.ts';
import { aRun, aStoredTotal } from '../census/examples.ts';
import { metricsOf } from './metrics.ts';

const all: MetricsWanted = { of: 'totals', stage: 'dev', dropAlarmPercent: 20, partialAlarmRuns: 3 };
const before: StoredTotal['before'] = {
  runId: '2026-11-20T00:00:00Z',
  streams: 20,
  newlyMissing: [],
  newlyCounted: [],
  newlyPlanned: [],
  noLongerPlanned: [],
  comparable: { runId: '2026-11-20T00:00:00Z', streams: 20 },
};

test('the namespace, the dimension and every name are those that are printed', () => {
  const total = aStoredTotal({ verdict: 'complete', streams: 7, expected: 1, counted: 1, missing: [], before });
  const [line = ''] = metricLines(aRun(['eu-west-1']), total, [], all, 0);
  const [directive] = JSON.parse(line)._aws.CloudWatchMetrics;
  const names = directive.Metrics.map(({ Name }: { Name: string }) => Name);
  expect({ [directive.Namespace]: { dimension: directive.Dimensions.flat().join(), metrics: names } }).toEqual({
    'kvs-census': metricsOf['kvs-census'],
  });
});
