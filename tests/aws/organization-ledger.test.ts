/**
 * What each verb asks DynamoDB for an organisation: how many requests, and which. What the requests say:
 * tests/aws/organization-requests.test.ts. What they do to a table: tests/contract/organization-ledger.test.ts.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { runItem } from '../../src/aws/items.ts';
import { accountRecordItem, organizationItem, planItems } from '../../src/aws/organization-items.ts';
import { makeOrganizationLedger } from '../../src/aws/organization-ledger.ts';
import { aRun, EXPIRES_AT, KEY } from '../census/examples.ts';
import {
  accountIdOf,
  accountsOf,
  anOrganizationRun,
  anOrganizationTotal,
  ORGANIZATION_KEY,
  settledAccount,
} from '../census/organization/examples.ts';
import { type Answer, json, refusal, type Service, startService } from './service.ts';

const TABLE = { tableName: 'ledger' };
const RUN = anOrganizationRun(accountsOf(3));
const RUN_ITEM = organizationItem(RUN);
const EXPIRED_ITEM = organizationItem({ ...RUN, expiresAt: EXPIRES_AT - 1 });
const PARENT = { position: 1, round: 0, expiresAt: 1_800_000_000 };
const RECORD = settledAccount(accountIdOf(0), 7);
const RECORD_ITEM = accountRecordItem(RECORD, RUN);
const AT = '2026-11-20T09:00:00.000Z';

let service: Service;
let client: DynamoDBClient;
let ledger: ReturnType<typeof makeOrganizationLedger>;
beforeAll(async () => {
  service = await startService();
  client = new DynamoDBClient({ ...service.options, maxAttempts: 1 });
  ledger = makeOrganizationLedger({ client, ...TABLE, nowMs: () => EXPIRES_AT * 1000 - 1 });
});
afterAll(async () => {
  client.destroy();
  await service.close();
});

type Verb = keyof typeof ledger;

const operations = () => service.asked.map(({ headers }) => String(headers['x-amz-target']).split('.')[1]);
const REFUSED = refusal(400, 'ConditionalCheckFailedException');
const NOTHING = json({});

const ASK: Partial<Record<Verb, () => Promise<unknown>>> = {
  readOrganization: () => ledger.readOrganization(ORGANIZATION_KEY),
  readAccountRecords: () => ledger.readAccountRecords(ORGANIZATION_KEY),
  organizationBefore: () => ledger.organizationBefore({ ...ORGANIZATION_KEY, runId: AT }, () => true),
  lastTotal: () => ledger.lastTotal(KEY.censusId, AT),
  openOrganization: () => ledger.openOrganization(RUN),
  openOrganizationRound: () => ledger.openOrganizationRound(RUN, [accountIdOf(1)], 1, AT),
  adoptRun: () => ledger.adoptRun(KEY, PARENT),
  writeAccountRecord: () => ledger.writeAccountRecord(RECORD, RUN),
  strikeAccount: () => ledger.strikeAccount(ORGANIZATION_KEY, PARENT, true),
  earlierOrganizations: () => ledger.earlierOrganizations({ ...ORGANIZATION_KEY, runId: AT }),
  storeOrganizationTotal: () => ledger.storeOrganizationTotal(ORGANIZATION_KEY, anOrganizationTotal(), 0, AT),
  noteDark: () => ledger.noteDark(ORGANIZATION_KEY, 'me-south-1', accountIdOf(0), RUN),
};

const whole = json({ Items: [...planItems(RUN), RUN_ITEM] });
const { pending: _, ...struck } = RUN_ITEM;

test.each<[Verb, Answer[], string[], unknown]>([
  ['readOrganization', [whole], ['Query'], RUN],
  ['readOrganization', [json({ Items: [] })], ['Query'], undefined],
  ['readAccountRecords', [json({ Items: [RECORD_ITEM] })], ['Query'], [RECORD]],
  ['organizationBefore', [json({ Items: [RUN_ITEM] }), whole], ['Query', 'Query'], RUN],
  ['organizationBefore', [json({})], ['Query'], undefined],
  ['organizationBefore', [json({ Items: [RUN_ITEM] }), json({ Items: [] })], ['Query', 'Query'], undefined],
  ['lastTotal', [json({ Items: [runItem(aRun([]))] })], ['Query'], undefined],
  ['openOrganization', [NOTHING], ['PutItem', 'PutItem'], 'opened'],
  ['openOrganization', [REFUSED], ['PutItem', 'PutItem'], 'exists'],
  ['openOrganizationRound', [NOTHING], ['UpdateItem'], true],
  ['openOrganizationRound', [REFUSED], ['UpdateItem'], false],
  ['adoptRun', [json({ Attributes: runItem(aRun([])) })], ['UpdateItem'], aRun([])],
  ['adoptRun', [REFUSED], ['UpdateItem'], undefined],
  ['writeAccountRecord', [NOTHING], ['PutItem'], 'written'],
  ['writeAccountRecord', [REFUSED, NOTHING], ['PutItem', 'GetItem'], 'refused'],
  ['strikeAccount', [json({ Attributes: RUN_ITEM })], ['UpdateItem'], false],
  ['strikeAccount', [json({ Attributes: struck })], ['UpdateItem'], true],
  ['strikeAccount', [REFUSED, json({ Attributes: struck })], ['UpdateItem', 'UpdateItem'], true],
  ['strikeAccount', [REFUSED, REFUSED, NOTHING], ['UpdateItem', 'UpdateItem', 'GetItem'], false],
  ['earlierOrganizations', [json({})], ['Query'], []],
  ['earlierOrganizations', [json({ Items: [EXPIRED_ITEM] })], ['Query'], []],
  ['storeOrganizationTotal', [REFUSED], ['UpdateItem'], 'refused'],
  ['noteDark', [NOTHING], ['UpdateItem'], undefined],
  ['noteDark', [REFUSED], ['UpdateItem'], undefined],
])('%s (%#) asks as often as it must, and gives what comes of it', async (verb, answers, asked, result) => {
  service.answer(...answers);
  await expect(ASK[verb]!()).resolves.toStrictEqual(result);
  expect(operations()).toEqual(asked);
});

test.each(Object.keys(ASK) as Verb[])('%s is an error where DynamoDB gives one', async (verb) => {
  service.answer(refusal(400, 'ProvisionedThroughputExceededException'));
  await expect(ASK[verb]!()).rejects.toThrow('This is ProvisionedThroughputExceededException.');
});

test('A run that cannot be read for another reason than damage is not passed over', async () => {
  service.answer(json({ Items: [RUN_ITEM] }), refusal(400, 'ProvisionedThroughputExceededException'));
  await expect(ASK.organizationBefore!()).rejects.toThrow('ProvisionedThroughputExceededException');
});

test('A plan is asked for page after page', async () => {
  const LastEvaluatedKey = { pk: RUN_ITEM.pk!, sk: { S: 'PLAN#' } };
  service.answer(json({ Items: planItems(RUN), LastEvaluatedKey }), json({ Items: [RUN_ITEM] }));
  await expect(ledger.readOrganization(ORGANIZATION_KEY)).resolves.toEqual(RUN);
  expect(service.bodies()[1]).toMatchObject({ ExclusiveStartKey: LastEvaluatedKey });
});
