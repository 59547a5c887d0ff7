/** What is sent to the table for an organisation. The snapshots are to be read. What they do: tests/contract. */
import * as requests from '../../src/aws/organization-requests.ts';
import { KEY, RUN_ID } from '../census/examples.ts';
import {
  accountIdOf,
  accountsOf,
  anOrganizationRun,
  failedAccount,
  ORGANIZATION_KEY,
  settledAccount,
} from '../census/organization/examples.ts';
import { aliasesOf } from './aliases.ts';

const TABLE = { tableName: 'kvs-census-test' };
const RUN = anOrganizationRun(accountsOf(3));
const ANNE = accountIdOf(0);
const PARENT = { position: 2, round: 1, expiresAt: 1_800_000_000 };

const all = {
  'read a run with its plan': requests.readOrganizationRequest(ORGANIZATION_KEY, TABLE),
  'read the account records of a run': requests.readAccountRecordsRequest(ORGANIZATION_KEY, TABLE),
  'write a piece of a plan, or a run, once': requests.putOnceRequest({ pk: { S: 'p' }, sk: { S: 's' } }, TABLE),
  "make an account's run part of the organisation's": requests.adoptRunRequest(KEY, PARENT, TABLE),
  'write the record of an account that has a total': requests.writeAccountRecordRequest(
    settledAccount(ANNE, 7),
    RUN,
    TABLE,
  ),
  'write the record of an account that has none': requests.writeAccountRecordRequest(failedAccount(ANNE), RUN, TABLE),
  'strike an account': requests.strikeAccountRequest(ORGANIZATION_KEY, PARENT, TABLE),
  'say that there is news of an account': requests.noteNewsRequest(ORGANIZATION_KEY, TABLE),
  'note that a region is dark for an account': requests.noteDarkRequest(
    ORGANIZATION_KEY,
    'me-south-1',
    ANNE,
    RUN,
    TABLE,
  ),
};

test.each(Object.entries(all))('%s', (_name, request) => {
  expect(request).toMatchSnapshot();
});

test.each(Object.entries(all))('%s: every alias is used, and every alias that is used is there', (_name, request) => {
  const { used, said } = aliasesOf(request);
  expect(used).toEqual(said);
});

test('each kind has its own', () => {
  const channels = { censusId: 'organization/channels', runId: RUN_ID };
  expect(requests.readOrganizationRequest(channels, TABLE)).toMatchObject({
    ExpressionAttributeValues: { ':pk': { S: `RUN#organization/channels#${RUN_ID}` } },
  });
});
