/** Whether the account has switched a region on. Which regions there are: tests/aws/region-answers.test.ts. */
import { AccountClient } from '@aws-sdk/client-account';
import { makeReadOptIn } from '../../src/aws/regions.ts';
import { json, NO_GOOD, refusal, type Service, startService, UNKNOWN_IDENTITY } from './service.ts';

let service: Service;
let client: AccountClient;
beforeAll(async () => {
  service = await startService('us-east-1');
  client = new AccountClient({ ...service.options, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await service.close();
});

test('a region is asked for by its name', async () => {
  service.answer(json({ RegionName: 'me-south-1', RegionOptStatus: 'DISABLED' }));
  await makeReadOptIn(client)('me-south-1');
  expect(service.asked).toMatchObject([{ method: 'POST', path: '/getRegionOptStatus' }]);
  expect(service.bodies()).toEqual([{ RegionName: 'me-south-1' }]);
});

test.each([
  ['ENABLED', 'enabled'],
  ['ENABLED_BY_DEFAULT', 'enabled'],
  ['ENABLING', 'enabled'],
  ['DISABLED', 'disabled'],
  ['DISABLING', 'disabled'],
  ['SOMETHING_NEW', 'unknown'],
  [undefined, 'unknown'],
])('a region whose state is %s is %s', async (RegionOptStatus, state) => {
  service.answer(json({ RegionName: 'me-south-1', RegionOptStatus }));
  await expect(makeReadOptIn(client)('me-south-1')).resolves.toBe(state);
});

test.each([
  [403, 'AccessDeniedException'],
  [400, 'ValidationException'],
  [500, 'InternalServerException'],
])('a region that cannot be asked for (%i %s) is unknown', async (status, name) => {
  service.answer(refusal(status, name));
  await expect(makeReadOptIn(client)('us-gov-west-1')).resolves.toBe('unknown');
});

test.each([...NO_GOOD, ...UNKNOWN_IDENTITY])(
  'of no region anything can be learned with credentials that are refused (%s)',
  async (name) => {
    service.answer(refusal(403, name));
    await expect(makeReadOptIn(client)('af-south-1')).resolves.toBe('refused');
  },
);

test('a region is unknown as soon as nobody waits for the answer any more', async () => {
  service.answer('silence');
  const stop = new AbortController();
  const state = makeReadOptIn(client)('me-south-1', stop.signal);
  stop.abort();
  await expect(state).resolves.toBe('unknown');
});
