/** What the hosted page asks for, as the API answers it. */
import fc from 'fast-check';
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

test('of the organisation also where none of its runs can be read, and not of one of its accounts instead', async () => {
  const ofAll = await startLedger();
  const [one] = organizationStory();
  const parent = { position: 0, round: 0, expiresAt: one!.run.expiresAt };
  await ofAll.fillOrganization([one!]);
  await ofAll.fill(story().map(({ run, records }) => ({ run: { ...run, parent }, records })));
  const gone = { UpdateExpression: 'REMOVE #planId', ExpressionAttributeNames: { '#planId': 'planId' } };
  await ofAll.damage(one!.run, gone);
  expect((await serving(ofAll.reader).get('/data/newest', { authorizer: BY_JWT })).json).toMatchObject({
    accountId: 'organization',
    latest: null,
    damaged: [{ runId: one!.run.runId }],
  });
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

test('whatever is asked there is answered, or refused as what cannot be', async () => {
  const api = serving(ledger.reader);
  const part = fc.oneof(
    fc.constantFrom('newest', 'history', 'runs', 'diff', 'regions', RUN.newest, RUN.slow, 'eu-west-1', '..', '%2e', ''),
    fc.string({ maxLength: 30 }),
  );
  const query = fc.oneof(
    fc.constantFrom(
      '',
      `account=${ACCOUNT}`,
      'account=organization',
      'kind=channels',
      'kind=x',
      'account=1',
      'known=a&known=b',
    ),
    fc.string({ maxLength: 30 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 4 }), query, async (parts, asked) => {
      const path = `/data/${parts.join('/')}`.replaceAll('?', '');
      const { status, body } = await api.get(`${path}?${asked}`, { authorizer: BY_JWT });
      expect([path, asked, [200, 400, 404, 422].includes(status)]).toEqual([path, asked, true]);
      if (status !== 200) expect(body).not.toMatch(/\bat [\w.]+ ?\(|\.ts:\d|node:internal|arn:aws/);
    }),
    { numRuns: 1000 },
  );
}, 120_000);
