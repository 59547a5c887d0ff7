/** What the rules believe of our own metrics, held to what the aggregator prints. */
import { METRICS_OF_ACCOUNT } from '../../infra/cost.ts';
import { OTHER_KINDS } from '../../infra/kinds.ts';
import { censusIdOf } from '../../src/census/census-id.ts';
import { type Kind, STREAMS } from '../../src/census/kinds.ts';
import { type MetricsWanted, metricLines } from '../../src/census/metrics.ts';
import { organizationMetricLines } from '../../src/census/organization/metrics.ts';
import type { StoredTotal } from '../../src/census/run.ts';
import { ACCOUNT, aRun, aStoredTotal } from '../census/examples.ts';
import { aStoredOrganizationTotal, ORGANIZATION_KEY, settledAccount } from '../census/organization/examples.ts';
import { metricsOf, OF_ACCOUNTS } from './metrics.ts';

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

const quota = { alarmPercent: 80, highest: { region: 'eu-west-1', percent: 12 }, above: [], unknown: [] };

const total = aStoredTotal({ verdict: 'complete', streams: 7, expected: 1, counted: 1, missing: [], before, quota });

/** Namespace, dimensions and names, as the aggregator prints them of a run of that kind. */
function printed(kind: Kind): [namespace: string, dimensions: string, names: string[]] {
  const run = { ...aRun(['eu-west-1']), censusId: censusIdOf(ACCOUNT, kind) };
  const [line = ''] = metricLines(run, total, [], all, 0);
  const [directive] = JSON.parse(line)._aws.CloudWatchMetrics;
  const names = directive.Metrics.map(({ Name }: { Name: string }) => Name);
  return [directive.Namespace, directive.Dimensions.flat().join(), names];
}

const { dimension, metrics } = metricsOf['kvs-census'] ?? { dimension: '', metrics: [] };

const ofAccount = metrics.filter((name) => !OF_ACCOUNTS.includes(name));

test('the namespace, the dimension and every name are those that are printed', () => {
  expect(printed(STREAMS)).toEqual(['kvs-census', dimension, ofAccount]);
});

test('of an organisation there are the same, and accounts where an account tells regions', () => {
  const quotas = { alarmPercent: 80, highest: { accountId: ACCOUNT, region: 'eu-west-1', percent: 12 } };
  const counted = aStoredOrganizationTotal({
    verdict: 'complete',
    lost: 0,
    quota: { ...quotas, above: [], aboveRegions: 0, unknownRegions: 0 },
    before: { runId: '2026-11-20T00:00:00Z', streams: 20, comparable: { runId: '2026-11-20T00:00:00Z', streams: 20 } },
  });
  const [line = ''] = organizationMetricLines(ORGANIZATION_KEY, counted, [], all, 0);
  const [{ Namespace, Dimensions, Metrics }] = JSON.parse(line)._aws.CloudWatchMetrics;
  const names = Metrics.map(({ Name }: { Name: string }) => Name);
  expect([Namespace, Dimensions.flat().join()]).toEqual(['kvs-census', dimension]);
  expect(names).toEqual(expect.arrayContaining(OF_ACCOUNTS));
  expect(metrics).toEqual(expect.arrayContaining(names));
  expect(names.filter((name: string) => name.startsWith('Regions'))).toEqual([]);
});

test('of each account, where that is asked for, as many are sent as are paid for', () => {
  const record = settledAccount(ACCOUNT, 7);
  const wanted = { ...all, of: 'accounts' } as const;
  const [, line = ''] = organizationMetricLines(ORGANIZATION_KEY, aStoredOrganizationTotal(), [record], wanted, 0);
  const [{ Dimensions, Metrics }] = JSON.parse(line)._aws.CloudWatchMetrics;
  expect(Dimensions).toEqual([['stage', 'account']]);
  expect(Metrics).toHaveLength(METRICS_OF_ACCOUNT);
});

test.each(OTHER_KINDS)('of %s there is the same, and the kind as a dimension', (kind) => {
  expect(printed(kind)).toEqual(['kvs-census', `${dimension},kind`, ofAccount]);
});
