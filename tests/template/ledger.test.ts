/** The table, as docs/data-model.md describes it. */
import { property, readResolved } from './compiled.ts';
import type { Template } from './resolve.ts';

let template: Template;
beforeAll(async () => {
  template = await readResolved();
});

const ledger = (...path: string[]) => property(template, 'LedgerTable', ...path);
const key = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: 'HASH' },
  { AttributeName: range, KeyType: 'RANGE' },
];

test('is named like its stack, so that a command finds it by its stage', () => {
  expect(ledger('TableName')).toBe('kvs-census-dev');
});

test('has one key of two parts', () => {
  expect(ledger('KeySchema')).toEqual(key('pk', 'sk'));
});

test('has an index by time that holds whole items, and a sparse one of the runs for the sweep that holds keys', () => {
  expect(ledger('GlobalSecondaryIndexes')).toEqual([
    { IndexName: 'byTime', KeySchema: key('timePk', 'timeSk'), Projection: { ProjectionType: 'ALL' } },
    { IndexName: 'sweep', KeySchema: key('sweep', 'timeSk'), Projection: { ProjectionType: 'KEYS_ONLY' } },
  ]);
});

test('declares exactly the attributes that are in a key, all of them strings', () => {
  expect(ledger('AttributeDefinitions')).toEqual(
    ['pk', 'sk', 'timePk', 'timeSk', 'sweep'].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
  );
});

test('is paid for by request', () => {
  expect(ledger('BillingMode')).toBe('PAY_PER_REQUEST');
});

test('forgets an item when its time has come', () => {
  expect(ledger('TimeToLiveSpecification')).toEqual({ AttributeName: 'expiresAt', Enabled: true });
});

test('can be restored to any second of the last 35 days, and is encrypted', () => {
  expect(ledger('PointInTimeRecoverySpecification')).toEqual({ PointInTimeRecoveryEnabled: true });
  expect(ledger('SSESpecification')).toEqual({ SSEEnabled: true });
});

test('outlives its stack', () => {
  expect(template.Resources.LedgerTable).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
});
