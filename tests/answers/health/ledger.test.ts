import type { DoctorFacts } from '../../../src/answers/health/facts.ts';
import {
  judgeExpiry,
  judgeIndexes,
  judgeItems,
  judgeRecovery,
  judgeTable,
} from '../../../src/answers/health/ledger.ts';
import { answered, DENIED, expectWhole, healthy, of, shell, told, unless } from './a-stack.ts';

const END = '--region eu-west-1 --profile night';
type Row = [string, (facts: DoctorFacts) => void, ReturnType<typeof told>];

describe('the table', () => {
  test.each<Row>([
    ['is there', () => {}, ['ok', 'kvs-census-prod: active, and its keys are right.', undefined]],
    [
      'is changing, and can be used meanwhile',
      ({ table }) => void Object.assign(of(table), { status: 'UPDATING' }),
      ['ok', 'kvs-census-prod: updating, and its keys are right.', undefined],
    ],
    [
      'is not there',
      (facts) => void Object.assign(facts, { table: answered(null) }),
      [
        'broken',
        'There is no table kvs-census-prod.',
        expect.stringContaining('aws cloudformation create-change-set --stack-name kvs-census-prod '),
      ],
    ],
    [
      'has other keys',
      ({ table }) => void Object.assign(of(table), { keys: ['id'] }),
      [
        'broken',
        'The table kvs-census-prod has the keys id, not pk and sk.',
        'npx sls deploy --stage prod --region eu-west-1 --aws-profile night --param=existingTable=NAME',
      ],
    ],
    [
      'has a key of another type',
      ({ table }) => void Object.assign(of(table), { types: { pk: 'S', sk: 'N' } }),
      ['broken', 'The table kvs-census-prod has the key sk of type N, not S.', expect.anything()],
    ],
    [
      'is being made',
      ({ table }) => void Object.assign(of(table), { status: 'CREATING' }),
      [
        'warning',
        'The table kvs-census-prod is not ready: CREATING.',
        'kvs-census doctor --stage prod --region eu-west-1 --profile night',
      ],
    ],
    [
      'is another than the one that was asked for',
      (facts) => void Object.assign(facts, { askedTable: 'other' }),
      [
        'warning',
        'The functions keep their runs in kvs-census-prod, but this place names the ledger other.',
        'kvs-census latest --stage prod --region eu-west-1 --profile night --table kvs-census-prod',
      ],
    ],
    [
      'may not be asked for',
      (facts) => void Object.assign(facts, { table: DENIED }),
      [
        'unknown',
        'It could not be asked whether the ledger is there: these credentials may not do some:Thing.',
        undefined,
      ],
    ],
  ])('%s', (_what, change, expected) => {
    const finding = judgeTable(unless(change), shell);
    expect(told(finding)).toEqual(expected);
    expectWhole(finding);
  });
});

describe('its indexes', () => {
  const [byTime, sweep] = ['byTime', 'sweep'].map(
    (name) => (facts: DoctorFacts) => of(facts.table).indexes.find((one) => one.name === name) as object,
  ) as [(facts: DoctorFacts) => object, (facts: DoctorFacts) => object];
  const keep =
    (...names: string[]) =>
    ({ table }: DoctorFacts) => {
      const found = of(table);
      Object.assign(found, { indexes: found.indexes.filter(({ name }) => names.includes(name)) });
    };

  test.each<Row>([
    ['are there', () => {}, ['ok', 'byTime and sweep: active.', undefined]],
    [
      'are not all there',
      keep('sweep'),
      [
        'broken',
        'The index byTime is missing.',
        `aws dynamodb update-table --table-name kvs-census-prod --attribute-definitions AttributeName=timePk,AttributeType=S AttributeName=timeSk,AttributeType=S --global-secondary-index-updates '[{"Create":{"IndexName":"byTime","KeySchema":[{"AttributeName":"timePk","KeyType":"HASH"},{"AttributeName":"timeSk","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}}]' ${END}`,
      ],
    ],
    [
      'are both missing',
      keep(),
      ['broken', 'The index byTime is missing and the index sweep is missing.', expect.anything()],
    ],
    [
      'do not hold what is read',
      (facts) => void Object.assign(byTime(facts), { projection: 'KEYS_ONLY' }),
      [
        'broken',
        'The index byTime holds KEYS_ONLY, not ALL.',
        expect.stringContaining('"Delete":{"IndexName":"byTime"}'),
      ],
    ],
    [
      'hold more than is read',
      (facts) => void Object.assign(sweep(facts), { projection: 'ALL' }),
      ['ok', 'byTime and sweep: active.', undefined],
    ],
    [
      'have other keys',
      (facts) => void Object.assign(sweep(facts), { keys: ['unsettled', 'timeSk'] }),
      ['broken', 'The index sweep has the keys unsettled and timeSk, not sweep and timeSk.', expect.anything()],
    ],
    [
      'are being filled',
      (facts) => void Object.assign(byTime(facts), { status: 'CREATING' }),
      [
        'warning',
        'Not ready yet: byTime (CREATING).',
        'kvs-census doctor --stage prod --region eu-west-1 --profile night',
      ],
    ],
    [
      'may not be asked for',
      (facts) => void Object.assign(facts, { table: DENIED }),
      ['unknown', expect.stringContaining('some:Thing'), undefined],
    ],
  ])('%s', (_what, change, expected) => {
    const finding = judgeIndexes(unless(change), shell);
    expect(told(finding)).toEqual(expected);
    expectWhole(finding);
  });
});

const DAMAGED = { runId: '2026-11-20T00:00:00Z', region: null, problem: 'The item has no plan.' };

test.each<Row>([
  ['can be read', () => {}, ['ok', 'The newest runs can be read.', undefined]],
  [
    'are damaged in one',
    (facts) => void Object.assign(facts, { damaged: [DAMAGED] }),
    [
      'warning',
      'An item of the run 2026-11-20T00:00:00Z cannot be read (The item has no plan).',
      'kvs-census runs --stage prod --region eu-west-1 --profile night',
    ],
  ],
  [
    'are damaged in several',
    (facts) => void Object.assign(facts, { damaged: [DAMAGED, DAMAGED] }),
    ['warning', expect.stringContaining('and of 1 more it cannot, either'), expect.anything()],
  ],
  [
    'may not be asked for',
    (facts) => void Object.assign(facts, { runs: DENIED }),
    ['unknown', expect.stringContaining('whether the newest runs can be read'), undefined],
  ],
])('items of the ledger %s', (_what, change, expected) => {
  const finding = judgeItems(unless(change), shell);
  expect(told(finding)).toEqual(expected);
  expectWhole(finding);
});

test.each<[string, DoctorFacts['expiry'], ReturnType<typeof told>]>([
  ['by the right attribute', answered('expiresAt'), ['ok', 'Runs expire by expiresAt.', undefined]],
  [
    'never',
    answered(null),
    [
      'warning',
      'Time to live is off: no run is ever removed.',
      `aws dynamodb update-time-to-live --table-name kvs-census-prod --time-to-live-specification Enabled=true,AttributeName=expiresAt ${END}`,
    ],
  ],
  [
    'by another attribute',
    answered('ttl'),
    [
      'warning',
      'Time to live goes by ttl, not by expiresAt: no run is ever removed.',
      `aws dynamodb update-time-to-live --table-name kvs-census-prod --time-to-live-specification Enabled=false,AttributeName=ttl ${END}`,
    ],
  ],
  ['nobody knows', DENIED, ['unknown', expect.stringContaining('whether old runs expire'), undefined]],
])('runs expire: %s', (_what, expiry, expected) => {
  const finding = judgeExpiry({ ...healthy(), expiry }, shell);
  expect(told(finding)).toEqual(expected);
  expectWhole(finding);
});

test.each<[DoctorFacts['isRecoverable'], ReturnType<typeof told>]>([
  [answered(true), ['ok', 'Point-in-time recovery is on.', undefined]],
  [
    answered(false),
    [
      'warning',
      'Point-in-time recovery is off.',
      `aws dynamodb update-continuous-backups --table-name kvs-census-prod --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true ${END}`,
    ],
  ],
  [DENIED, ['unknown', expect.stringContaining('whether the ledger can be restored'), undefined]],
])('point-in-time recovery: %j', (isRecoverable, expected) => {
  const finding = judgeRecovery({ ...healthy(), isRecoverable }, shell);
  expect(told(finding)).toEqual(expected);
  expectWhole(finding);
});
