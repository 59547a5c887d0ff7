/** Whatever becomes of a question, it is a value, and it is there in time. */
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { CredentialsError } from '../../../src/aws/credentials.ts';
import { makeAsk, orNull, refusalOf } from '../../../src/aws/health/ask.ts';
import { type Answer, refusal, type Service, startService } from '../service.ts';

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

const soon = () => AbortSignal.timeout(100);
const never = () => new AbortController().signal;
const send = (abortSignal: AbortSignal) => client.send(new ListFunctionsCommand({}), { abortSignal });

test.each<[string, Answer, object]>([
  ['denied', refusal(403, 'AccessDeniedException'), { why: 'denied', error: 'AccessDeniedException' }],
  [
    'denied in so many words',
    refusal(403, 'AccessDeniedException', {
      message: 'User x is not authorized to perform: y with an explicit deny in a service control policy',
    }),
    { why: 'forbidden' },
  ],
  ['of a session that is over', refusal(403, 'ExpiredTokenException'), { why: 'not-accepted' }],
  ['of nobody that is known', refusal(403, 'UnrecognizedClientException'), { why: 'not-accepted' }],
  ['throttled', refusal(429, 'TooManyRequestsException'), { why: 'throttled' }],
  ['broken off', 'hang-up', { why: 'unreachable' }],
  ['a failure of the service', refusal(500, 'ServiceException'), { why: 'failed', error: 'ServiceException' }],
  ['no JSON', { body: '<html>' }, { why: 'failed' }],
])('%s', async (_what, answer, expected) => {
  service.answer(answer);
  const asked = await makeAsk(never, 1)('lambda:ListFunctions', send);
  expect(asked).toMatchObject({ refusal: { action: 'lambda:ListFunctions', ...expected } });
});

test.each<[string, Answer]>([
  ['never answered', 'silence'],
  ['answered by half', 'half'],
])('%s: ends in time', async (_what, answer) => {
  service.answer(answer);
  expect(await makeAsk(soon, 1)('lambda:ListFunctions', send)).toEqual({
    refusal: { action: 'lambda:ListFunctions', why: 'timed-out', error: 'TimeoutError' },
  });
});

test('credentials that never come end in time, too', async () => {
  const hanging = new LambdaClient({ ...service.options, credentials: () => new Promise(() => {}) });
  const asked = await makeAsk(soon, 1)('lambda:ListFunctions', (abortSignal) =>
    hanging.send(new ListFunctionsCommand({}), { abortSignal }),
  );
  expect(asked).toMatchObject({ refusal: { why: 'timed-out' } });
  hanging.destroy();
});

test('what is over before its turn is not asked', async () => {
  service.answer({ body: '{}' });
  expect(await makeAsk(() => AbortSignal.abort(), 1)('lambda:ListFunctions', send)).toMatchObject({
    refusal: { why: 'timed-out' },
  });
  expect(service.asked).toEqual([]);
});

test('not more are asked at the same time than may be, and all have their turn', async () => {
  const ask = makeAsk(never, 3);
  let [now, most] = [0, 0];
  const work = async () => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
    if (most === 3) throw new Error('A question that fails lets the next one in, too.');
  };
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask('a:B', work)));
  expect({ most, answers: answers.length }).toEqual({ most: 3, answers: 20 });
});

test('what is not there is an answer; whatever else fails is none', async () => {
  const failing = (name: string) => orNull(Promise.reject(Object.assign(new Error('x'), { name })));
  for (const name of ['ResourceNotFoundException', 'QueueDoesNotExist', 'NotFoundException', 'NotFound'])
    expect(await failing(name)).toBeNull();
  await expect(failing('AccessDenied')).rejects.toThrow('x');
});

test('credentials that could not be fetched are not accepted ones', () => {
  expect(refusalOf('sts:GetCallerIdentity', new CredentialsError('night', new Error('no')))).toMatchObject({
    why: 'not-accepted',
  });
});
