/** What the hosted page asks for, as the API answers it. */
import { makeHostedPage } from '../../../src/page/hosted.ts';
import { ACCOUNT } from '../../cli/history.ts';
import { cleanUp, startLedger, type TestLedger } from '../../cli/world.ts';
import { MEMBER, organizationStory } from '../../fixtures/organization.ts';
import { RUN, story } from '../../fixtures/story.ts';
import { ledgerError } from '../world.ts';
import { BY_JWT, makeApi } from './world.ts';

const SIGN_IN = { issuer: 'https://issuer.example', clientId: 'the-page', origins: [] };
const serving = (reader: TestLedger['reader']) =>
  makeApi(reader, {
    config: { closedBy: 'jwt', stage: 'dev', issuer: SIGN_IN.issuer },
    page: makeHostedPage(SIGN_IN),
  });

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await startLedger();
  await ledger.fill(story());
});
afterAll(cleanUp);

test('the newest runs, for whoever has signed in', async () => {
  const answer = await serving(ledger.reader).get('/data/newest', { authorizer: BY_JWT });
  expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' }, json: { accountId: ACCOUNT } });
  expect(answer.body).toContain(RUN.newest);
  expect((await serving(ledger.reader).get('/data/newest')).status).toBe(403);
});

test('of the organisation where that is what the stack counts, and of an account that is named', async () => {
  const ofAll = await startLedger();
  await ofAll.fillOrganization(organizationStory());
  const api = serving(ofAll.reader);
  expect((await api.get('/data/newest', { authorizer: BY_JWT })).json.accountId).toBe('organization');
  const named = await api.get(`/data/newest?account=${MEMBER.factories}`, { authorizer: BY_JWT });
  expect(named.json.accountId).toBe(MEMBER.factories);
});

test.each([
  ['/data/nothing', 404],
  ['/data/runs/2020-01-01T00:00:00Z', 404],
  ['/data/runs/latest', 422],
  ['/data/newest?kind=cameras', 422],
  ['/data/%E0%A4%A', 422],
])('%s: %d', async (target, status) => {
  expect((await serving(ledger.reader).get(target, { authorizer: BY_JWT })).status).toBe(status);
});

test('a ledger that cannot be asked is none of the page', async () => {
  const refused = () => Promise.reject(ledgerError());
  const none = { ...ledger.reader, newestRuns: refused, wholeRuns: refused };
  for (const target of ['/data/newest', `/data/newest?account=${ACCOUNT}`]) {
    const answer = await serving(none).get(target, { authorizer: BY_JWT });
    expect(answer.status).toBe(503);
    expect(answer.body).toContain('The ledger cannot be asked at the moment');
  }
});

test('of an empty ledger it says what to type', async () => {
  const empty = await startLedger();
  const answer = await serving(empty.reader).get('/data/newest', { authorizer: BY_JWT });
  expect(answer.status).toBe(200);
  expect(answer.json).toMatchObject({ accountId: ACCOUNT, latest: null });
});
