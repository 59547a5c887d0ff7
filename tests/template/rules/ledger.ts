/** The table, as docs/data-model.md describes it. */
import { environment, functionNames, property, somewhere } from '../compiled.ts';
import { about, group, judged, rule } from '../judge.ts';
import type { Template } from '../resolve.ts';

about('the ledger');

const template = () => judged.template;

const ledger = (...path: string[]) => property(template(), 'LedgerTable', ...path);
const key = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: 'HASH' },
  { AttributeName: range, KeyType: 'RANGE' },
];

rule('is named like its stack, so that a command finds it by its stage', () => {
  expect(ledger('TableName')).toBe('kvs-census-dev');
});

rule('has one key of two parts', () => {
  expect(ledger('KeySchema')).toEqual(key('pk', 'sk'));
});

rule('has an index by time that holds whole items, and a sparse one of the runs for the sweep that holds keys', () => {
  expect(ledger('GlobalSecondaryIndexes')).toEqual([
    { IndexName: 'byTime', KeySchema: key('timePk', 'timeSk'), Projection: { ProjectionType: 'ALL' } },
    { IndexName: 'sweep', KeySchema: key('sweep', 'timeSk'), Projection: { ProjectionType: 'KEYS_ONLY' } },
  ]);
});

rule('declares exactly the attributes that are in a key, all of them strings', () => {
  expect(ledger('AttributeDefinitions')).toEqual(
    ['pk', 'sk', 'timePk', 'timeSk', 'sweep'].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
  );
});

rule('is paid for by request', () => {
  expect(ledger('BillingMode')).toBe('PAY_PER_REQUEST');
});

rule('forgets an item when its time has come', () => {
  expect(ledger('TimeToLiveSpecification')).toEqual({ AttributeName: 'expiresAt', Enabled: true });
});

rule('can be restored to any second of the last 35 days, and is encrypted', () => {
  expect(ledger('PointInTimeRecoverySpecification')).toEqual({ PointInTimeRecoveryEnabled: true });
  expect(ledger('SSESpecification')).toEqual({ SSEEnabled: true });
});

rule('outlives its stack, but not a first deployment that failed, whose table would block the next', () => {
  expect(template().Resources.LedgerTable).toMatchObject({
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
  });
});

rule('is not protected while the rest of the stack is being made, or CloudFormation could not take it back', () => {
  expect(template().Resources.LedgerTable?.Properties).not.toHaveProperty('DeletionProtectionEnabled');
});

group('a ledger that is there already', () => {
  const arn = 'arn:aws:dynamodb:eu-west-1:123456789012:table/of-before';
  const withLedger = () => judged.in({ ...somewhere, parameters: { ExistingTable: 'of-before' } });

  rule('is used instead of one of the stack', () => {
    expect(withLedger().Resources).not.toHaveProperty('LedgerTable');
    expect(Object.keys(withLedger().Resources).length).toBe(Object.keys(template().Resources).length - 1);
    for (const name of functionNames) expect(environment(withLedger(), name).TABLE_NAME).toBe('of-before');
    expect(withLedger().Outputs.TableName).toMatchObject({ Value: 'of-before' });
  });

  rule('is all that the roles may touch, in the same way', () => {
    const asked = (which: Template) =>
      JSON.stringify(which.Resources).replaceAll('table/kvs-census-dev', 'table/of-before');
    expect(JSON.stringify(withLedger().Resources)).toContain(`"${arn}/index/*"`);
    expect(JSON.stringify(withLedger().Resources)).not.toMatch(/table\/kvs-census-dev/);
    for (const id of ['DispatcherRole', 'WorkerRole', 'UndeliveredRole', 'AggregatorRole'])
      expect(withLedger().Resources[id]).toEqual(JSON.parse(asked(template()))[id]);
  });
});
