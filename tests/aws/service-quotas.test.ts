/** What Service Quotas answers, over HTTP, and everything else that may come instead. */
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { makeServiceQuotasClients } from '../../src/aws/clients.ts';
import { LONGEST_ANSWER } from '../../src/aws/http.ts';
import { makeAskQuota } from '../../src/aws/service-quotas.ts';
import { descriptorOf } from '../../src/census/kinds.ts';
import type { QuotaQuestion } from '../../src/census/quota.ts';
import { json, NO_GOOD, refusal, type Service, startService, UNKNOWN_IDENTITY } from './service.ts';

const STREAMS = descriptorOf('streams').quota!;
const REGION = 'eu-west-1';

let service: Service;
let client: ServiceQuotasClient;
const regions: string[] = [];
beforeAll(async () => {
  service = await startService(REGION);
  client = new ServiceQuotasClient({ ...service.options, maxAttempts: 1 });
});
beforeEach(() => regions.splice(0));
afterAll(async () => {
  client.destroy();
  await service.close();
});

function ask(question: QuotaQuestion = 'applied', signal = new AbortController().signal) {
  const clientOf = (region: string) => {
    regions.push(region);
    return client;
  };
  return makeAskQuota(clientOf)(STREAMS, REGION, question, signal);
}

const quota = (fields: object) => json({ Quota: fields });
/** As AWS writes one. */
const WHOLE = {
  ServiceCode: 'kinesisvideo',
  ServiceName: 'Amazon Kinesis Video Streams',
  QuotaArn: 'arn:aws:servicequotas:eu-west-1:123456789012:kinesisvideo/L-F06528A6',
  QuotaCode: 'L-F06528A6',
  QuotaName: 'Number of video streams',
  Value: 10_000.0,
  Unit: 'None',
  Adjustable: true,
  GlobalQuota: false,
};

test.each([
  ['applied', 'GetServiceQuota'],
  ['default', 'GetAWSDefaultServiceQuota'],
] as const)('the %s value is asked for once, by the codes of the quota', async (question, operation) => {
  service.answer(quota(WHOLE));
  await expect(ask(question)).resolves.toEqual({ value: 10_000 });
  expect(service.bodies()).toEqual([{ ServiceCode: 'kinesisvideo', QuotaCode: 'L-F06528A6' }]);
  expect(service.asked[0]?.headers['x-amz-target']).toBe(`ServiceQuotasV20190624.${operation}`);
  expect(regions).toEqual([REGION]);
});

test('a quota that AWS does not know is none, and no failure', async () => {
  service.answer(refusal(400, 'NoSuchResourceException'));
  await expect(ask()).resolves.toBe('none');
});

test.each([
  [400, 'AccessDeniedException', 'denied'],
  [400, 'DependencyAccessDeniedException', 'denied'],
  [400, 'TooManyRequestsException', 'throttled'],
  [400, 'ThrottlingException', 'throttled'],
  [429, 'NewestThrottle', 'throttled'],
  [500, 'ServiceException', 'unreachable'],
  [503, 'ServiceUnavailable', 'unreachable'],
  [400, 'IllegalArgumentException', 'bad-answer'],
  ...[...NO_GOOD, ...UNKNOWN_IDENTITY].map((name): [number, string, string] => [403, name, 'denied']),
])('a refusal (%i %s) is "%s", asked once', async (status, name, because) => {
  service.answer(refusal(status, name));
  await expect(ask()).resolves.toMatchObject({ because, cause: { name } });
  expect(service.asked).toHaveLength(1);
});

test('a connection that is torn down is out of reach', async () => {
  service.answer('hang-up');
  await expect(ask()).resolves.toMatchObject({ because: 'unreachable' });
});

test.each([
  ['DEPENDENCY_ACCESS_DENIED_ERROR', 'denied'],
  ['DEPENDENCY_THROTTLING_ERROR', 'throttled'],
  ['DEPENDENCY_SERVICE_ERROR', 'unreachable'],
  ['SERVICE_QUOTA_NOT_AVAILABLE_ERROR', 'unreachable'],
  ['SOMETHING_NEW', 'bad-answer'],
])('an answer that gives a reason (%s), whatever value stands beside it, is "%s"', async (ErrorCode, because) => {
  service.answer(quota({ ...WHOLE, ErrorReason: { ErrorCode, ErrorMessage: 'no' } }));
  await expect(ask()).resolves.toEqual({ because });
});

test.each([{ __type: 'InternalFailure' }, { message: 'Rate exceeded' }])(
  'a value beside an error (%j) is no answer',
  async (error) => {
    service.answer(json({ Quota: WHOLE, ...error }));
    await expect(ask()).resolves.toMatchObject({ because: 'bad-answer' });
  },
);

test('an answer about another quota is no answer', async () => {
  service.answer(quota({ ...WHOLE, QuotaCode: 'L-B7F419CA' }));
  await expect(ask()).resolves.toEqual({ because: 'bad-answer' });
});

test.each([[{ Quota: { QuotaCode: 'L-F06528A6' } }], [{}], [{ Quota: null }]])(
  'an answer without a value (%j) has none',
  async (body) => {
    service.answer(json(body));
    await expect(ask()).resolves.toEqual({ value: undefined });
  },
);

test.each([['"Infinity"'], ['"NaN"'], ['"many"'], ['1e400'], ['[]'], ['{}'], ['true']])(
  'a value that is no number (%s) is given as it came, or is an answer that cannot be read',
  async (value) => {
    service.answer({
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: `{"Quota": {"QuotaCode": "L-F06528A6", "Value": ${value}}}`,
    });
    const answer = (await ask()) as { value?: unknown; because?: string };
    expect(answer.because ?? 'bad-answer').toBe('bad-answer');
    expect(Number.isFinite(answer.value)).toBe(false);
  },
);

test('what is no JSON cannot be read', async () => {
  service.answer({ headers: { 'content-type': 'application/x-amz-json-1.1' }, body: '<html>' });
  await expect(ask()).resolves.toMatchObject({ because: 'bad-answer' });
});

test.each([200, 500])('an endless answer of status %i is a bad one, long before its time is over', async (status) => {
  service.answer({ status, flood: 8 * LONGEST_ANSWER });
  const clientOf = makeServiceQuotasClients({ connectTimeoutMs: 1000, requestTimeoutMs: 10_000 });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: service.options.endpoint,
    AWS_ACCESS_KEY_ID: 'anybody',
    AWS_SECRET_ACCESS_KEY: 'anything',
  });
  const answer = await makeAskQuota(clientOf)(STREAMS, REGION, 'applied', new AbortController().signal);
  delete process.env.AWS_ENDPOINT_URL;
  expect(answer).toMatchObject({ because: 'bad-answer' });
  expect(service.flooded()).toBeLessThan(4 * LONGEST_ANSWER);
});

test.each(['silence', 'half'] as const)('%s ends as soon as nobody waits any longer', async (answer) => {
  service.answer(answer);
  const over = new AbortController();
  const asked = ask('applied', over.signal);
  over.abort();
  await expect(asked).resolves.toMatchObject({ because: 'timed-out' });
});

test('a region of which no client can be made is an answer like any other: it throws nothing', async () => {
  const clientOf = () => {
    throw new Error('There is no such region.');
  };
  const { signal } = new AbortController();
  await expect(makeAskQuota(clientOf)(STREAMS, REGION, 'applied', signal)).resolves.toMatchObject({
    because: 'unreachable',
  });
});
