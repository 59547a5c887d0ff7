/**
 * What counts several accounts (src/aws) on the local AWS: sessions, the accounts of an organisation, and lists of what lies in
 * each. What becomes of answers that the local AWS does not give: tests/aws.
 */
import { makeReadAccounts } from '../../src/aws/accounts.ts';
import { makeOrganizations, makeSts } from '../../src/aws/clients.ts';
import { makeCountingClients } from '../../src/aws/counting-clients.ts';
import { makeReadOptInStatesOf } from '../../src/aws/opt-in-states.ts';
import { makeSessions } from '../../src/aws/sessions.ts';
import type { Access } from '../../src/census/organization/ports.ts';
import { parseWorld } from '../../src/local/parse-world.ts';
import { listen, makeVideoService } from '../../src/local/video-service.ts';
import { accountsJson, EXTERNAL_ID, HUB, NORTH, REGION, SOUTH } from '../local/accounts-lab.ts';

const EAST = '444444444444';
const LIMITS = { connectTimeoutMs: 1000, requestTimeoutMs: 5000 };
const forEver = () => new AbortController().signal;

const cleanups: (() => unknown)[] = [];
beforeAll(() => {
  Object.assign(process.env, { AWS_REGION: REGION, AWS_ACCESS_KEY_ID: 'own', AWS_SECRET_ACCESS_KEY: 'anything' });
  jest.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  delete process.env.AWS_ENDPOINT_URL;
});
afterAll(() => void jest.restoreAllMocks());

async function open(changes: object = {}, ...accounts: object[]) {
  const server = await listen(makeVideoService(parseWorld(accountsJson(changes, ...accounts), 'this test'), Date.now));
  cleanups.push(server.close);
  process.env.AWS_ENDPOINT_URL = server.url;
  const sts = makeSts(LIMITS);
  const organizations = makeOrganizations(LIMITS);
  cleanups.push(() => [sts, organizations].map((client) => client.destroy()));
  const sessionsBy = (externalId: string) =>
    makeSessions({ sts, roleName: 'kvs-census-member', externalId, partition: 'aws', nowMs: Date.now });
  const sessions = sessionsBy(EXTERNAL_ID);
  return {
    ...sessions,
    sessionsBy,
    clientsOf: makeCountingClients(LIMITS, sessions.credentialsOf),
    readAccounts: (units: readonly string[] = []) => makeReadAccounts(organizations, { units })(forEver()),
  };
}

test('a session of each account lists what lies in it, and one’s own credentials what lies in one’s own', async () => {
  const { clientsOf } = await open();
  const numberIn = async (accountId?: string) => {
    const { streams } = await clientsOf(accountId).listPageOf('streams', REGION)({});
    return [streams.length, ...new Set(streams.map(({ arn }) => arn.split(':')[4]))];
  };
  expect([await numberIn(), await numberIn(NORTH), await numberIn(SOUTH)]).toEqual([[5, HUB], [7, NORTH], [0]]);
});

test.each<[fault: string, reason: string, access: Access]>([
  ['missing', 'no-access', 'refused'],
  ['wrong-external-id', 'no-access', 'refused'],
  ['throttled', 'throttled', { because: 'throttled' }],
  ['server-error', 'unreachable', { because: 'unreachable' }],
  ['drops-connection', 'unreachable', { because: 'unreachable' }],
])('an account whose role is %s is missing as %s, and access to it is %j', async (role, reason, access) => {
  const { clientsOf, askAccess } = await open({}, { accountId: EAST, role, regions: { [REGION]: { streams: 3 } } });
  await expect(clientsOf(EAST).listPageOf('streams', REGION)({})).rejects.toMatchObject({ reason });
  const told = typeof access === 'string' ? access : expect.objectContaining(access);
  await expect(askAccess(EAST)).resolves.toEqual(told);
  await expect(askAccess(NORTH)).resolves.toBe('granted');
});

test('whoever has another external id, and whoever asks for an account of another organisation, has no access', async () => {
  const { sessionsBy, askAccess } = await open();
  await expect(sessionsBy('another-external-id').askAccess(NORTH)).resolves.toBe('refused');
  await expect(askAccess('999999999999')).resolves.toBe('refused');
});

test('each account has opt-in states of its own', async () => {
  const off = { regions: { [REGION]: { streams: 3, fault: 'not-enabled' } } };
  const { credentialsOf, clientsOf } = await open({}, { accountId: EAST, ...off });
  const readOptInStatesOf = makeReadOptInStatesOf(LIMITS, credentialsOf);
  const isOff = async (accountId?: string) => {
    const answer = await readOptInStatesOf(accountId)(forEver());
    return 'regions' in answer && answer.regions.includes(REGION);
  };
  expect([await isOff(), await isOff(NORTH), await isOff(EAST)]).toEqual([false, false, true]);
  await expect(clientsOf(EAST).listPageOf('streams', REGION)({})).rejects.toMatchObject({ reason: 'not-enabled' });
});

test('the accounts of the organisation are listed with names and states', async () => {
  const { readAccounts } = await open(
    {},
    { accountId: EAST, state: 'SUSPENDED' },
    { accountId: '555555555555', state: 'CLOSED', name: 'gone' },
    { accountId: '666666666666', state: 'PENDING_CLOSURE' },
  );
  await expect(readAccounts()).resolves.toEqual({
    accounts: [
      { accountId: HUB, name: 'hub' },
      { accountId: NORTH, name: 'north' },
      { accountId: SOUTH },
      { accountId: EAST, state: 'suspended' },
      { accountId: '555555555555', name: 'gone', state: 'closed' },
      { accountId: '666666666666' },
    ],
  });
});

test.each([
  ['denied', 'denied'],
  ['throttled', 'throttled'],
  ['server-error', 'unreachable'],
  ['drops-connection', 'unreachable'],
  ['empty', 'empty'],
  ['bad-answer', 'bad-answer'],
  ['not-in-use', 'bad-answer'],
])('an organisation that is %s has no list of accounts (%s)', async (fault, because) => {
  const { readAccounts } = await open({ organization: { fault } });
  await expect(readAccounts()).resolves.toMatchObject({ because });
});
