/** How a function is invoked by a person's command: the SDK's client over HTTP. */
import { LambdaClient } from '@aws-sdk/client-lambda';
import { invokeLater, readKinds } from '../../src/aws/function.ts';
import { json, refusal, type Service, startService } from './service.ts';

let service: Service;
let client: LambdaClient;
beforeAll(async () => {
  service = await startService();
  client = new LambdaClient({ ...service.options, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await service.close();
});

test('a function is handed its event, and nobody waits for what it does with it', async () => {
  service.answer({ status: 202 });
  await invokeLater(client, 'kvs-census-dev-dispatcher', { runId: '2026-11-20T06:00:00Z' });
  expect(service.asked).toMatchObject([
    {
      method: 'POST',
      path: '/2015-03-31/functions/kvs-census-dev-dispatcher/invocations',
      headers: { 'x-amz-invocation-type': 'Event' },
      body: '{"runId":"2026-11-20T06:00:00Z"}',
    },
  ]);
});

test('a function that is not there is an error', async () => {
  service.answer(refusal(404, 'ResourceNotFoundException'));
  await expect(invokeLater(client, 'nobody', {})).rejects.toThrow('This is ResourceNotFoundException.');
});

test.each([
  [{ Environment: { Variables: { KINDS: 'streams, channels' } } }, ['streams', 'channels']],
  [{ Environment: { Variables: { KINDS: 'streams' } } }, ['streams']],
  [{ Environment: { Variables: { STAGE: 'dev' } } }, undefined],
  [{}, undefined],
])('of a dispatcher whose configuration is %j the kinds are %j', async (configuration, kinds) => {
  service.answer(json(configuration));
  expect(await readKinds(client, 'kvs-census-dev-dispatcher')).toEqual(kinds);
  expect(service.asked[0]?.path).toMatch(/\/functions\/kvs-census-dev-dispatcher\/configuration$/);
});
