/** Each request with which people read the ledger, whole, so that nothing in it changes unseen. */
import type { TimeRange } from '../../src/answers/reader.ts';
import {
  regionRequest,
  runsRequest,
  wholeOrganizationRequest,
  wholeRunRequest,
  wholeRunsRequests,
} from '../../src/aws/read-requests.ts';
import { ACCOUNT, aRun, KEY, RUN_ID } from '../census/examples.ts';

const TABLE = 'kvs-census-test';
const LATER = '2026-11-21T06:00:00Z';

const byTime = { TableName: TABLE, IndexName: 'byTime', ScanIndexForward: false };
const RUNS = { ':timePk': { S: `RUNS#${ACCOUNT}` } };

test('the runs of an account are asked of their index, the newest first', () => {
  expect(runsRequest(ACCOUNT, {}, 100, TABLE)).toStrictEqual({
    ...byTime,
    Limit: 100,
    KeyConditionExpression: '#timePk = :timePk',
    ExpressionAttributeNames: { '#timePk': 'timePk' },
    ExpressionAttributeValues: RUNS,
  });
});

test('without a limit as many are asked for as there can be', () => {
  expect(runsRequest(ACCOUNT, {}, undefined, TABLE)).not.toHaveProperty('Limit');
});

test.each<[string, TimeRange, string, object]>([
  ['since', { since: RUN_ID }, '#timeSk >= :since', { ':since': { S: RUN_ID } }],
  ['until', { until: LATER }, '#timeSk <= :until', { ':until': { S: LATER } }],
  [
    'since and until',
    { since: RUN_ID, until: LATER },
    '#timeSk BETWEEN :since AND :until',
    { ':since': { S: RUN_ID }, ':until': { S: LATER } },
  ],
])('%s is a part of the key, and both ends belong to it', (_what, range, condition, values) => {
  expect(runsRequest(ACCOUNT, range, 7, TABLE)).toStrictEqual({
    ...byTime,
    Limit: 7,
    KeyConditionExpression: `#timePk = :timePk AND ${condition}`,
    ExpressionAttributeNames: { '#timePk': 'timePk', '#timeSk': 'timeSk' },
    ExpressionAttributeValues: { ...RUNS, ...values },
  });
});

test('the records of one region are asked of the same index', () => {
  expect(regionRequest(ACCOUNT, 'eu-west-1', { since: RUN_ID }, 3, TABLE)).toStrictEqual({
    ...byTime,
    Limit: 3,
    KeyConditionExpression: '#timePk = :timePk AND #timeSk >= :since',
    ExpressionAttributeNames: { '#timePk': 'timePk', '#timeSk': 'timeSk' },
    ExpressionAttributeValues: { ':timePk': { S: `REGION#${ACCOUNT}#eu-west-1` }, ':since': { S: RUN_ID } },
  });
});

test('a run and its records are asked for in one go, as they are now', () => {
  expect(wholeRunRequest(KEY, TABLE)).toStrictEqual({
    TableName: TABLE,
    ConsistentRead: true,
    KeyConditionExpression: '#pk = :pk',
    ExpressionAttributeNames: { '#pk': 'pk' },
    ExpressionAttributeValues: { ':pk': { S: `RUN#${ACCOUNT}#${RUN_ID}` } },
  });
});

test('a run of the organisation is asked for in the same way, itself before its records', () => {
  expect(wholeOrganizationRequest(KEY, TABLE)).toStrictEqual({
    ...wholeRunRequest(KEY, TABLE),
    ScanIndexForward: false,
  });
});

describe('Several runs whose plans are known', () => {
  test('are asked for by the keys of each and of its planned regions, as they are now', () => {
    const pk = { S: `RUN#${ACCOUNT}#${RUN_ID}` };
    expect(wholeRunsRequests([aRun(['eu-west-1', 'us-east-1'])], TABLE)).toStrictEqual([
      {
        RequestItems: {
          [TABLE]: {
            Keys: [
              { pk, sk: { S: 'RUN' } },
              { pk, sk: { S: 'REGION#eu-west-1' } },
              { pk, sk: { S: 'REGION#us-east-1' } },
            ],
            ConsistentRead: true,
          },
        },
      },
    ]);
  });

  test.each([
    ['two runs of 19 regions are one request', 2, 19, [40]],
    ['a hundred keys are one request', 5, 19, [100]],
    ['what is over goes into another', 11, 19, [100, 100, 20]],
    ['no runs are no request', 0, 19, []],
  ])('%s', (_what, runs, regions, sizes) => {
    const plan = Array.from({ length: regions }, (_, index) => `eu-west-${index + 1}`);
    const known = Array.from({ length: runs }, (_, index) => aRun(plan, { runId: `2026-11-${index + 10}T06:00:00Z` }));
    const keys = wholeRunsRequests(known, TABLE).map(({ RequestItems }) => RequestItems?.[TABLE]?.Keys ?? []);
    expect(keys.map(({ length }) => length)).toEqual(sizes);
    expect(new Set(keys.flat().map((key) => JSON.stringify(key))).size).toBe(runs * (regions + 1));
  });
});
