/**
 * What the adapter asks Kinesis Video, and what it makes of answers, refusals and silence: the SDK's client over HTTP.
 * Answers that are odd: kinds/streams.test.ts.
 */
import { getEventListeners } from 'node:events';
import { Agent } from 'node:http';
import { AccountClient } from '@aws-sdk/client-account';
import { KinesisVideoClient, type KinesisVideoClientConfig } from '@aws-sdk/client-kinesis-video';
import { streamsLister } from '../../src/aws/kinds/streams.ts';
import { makeListPage } from '../../src/aws/list-page.ts';
import { makeReadOptIn, type OptInState } from '../../src/aws/regions.ts';
import type { CountError } from '../../src/census/errors.ts';
import type { ListPage } from '../../src/census/ports.ts';
import { json, NO_GOOD, refusal, type Service, startService, takesNoConnections, UNKNOWN_IDENTITY } from './service.ts';

const REGION = 'eu-west-1';
const CALL_LIMIT_MS = 10_000;
const ARN = `arn:aws:kinesisvideo:${REGION}:123456789012:stream/Door-1/1700000000000`;
const DOOR = { StreamName: 'Door-1', StreamARN: ARN };
const EMPTY = json({ StreamInfoList: [] });

let service: Service;
let client: KinesisVideoClient;
let listPage: ListPage;
const clientWith = (changes: Partial<KinesisVideoClientConfig>) =>
  new KinesisVideoClient({ ...service.options, maxAttempts: 1, ...changes });
const nobodyAsks = async () => {
  throw new Error('Nobody asks whether the region is enabled.');
};

beforeAll(async () => {
  service = await startService(REGION);
  client = clientWith({});
  listPage = makeListPage(streamsLister(client), REGION, CALL_LIMIT_MS, nobodyAsks);
});
afterAll(async () => {
  client.destroy();
  await service.close();
});

/** What a call that must fail failed with. */
const failureOf = (call: Promise<unknown>): Promise<CountError> =>
  call.then(
    () => Promise.reject(new Error('The call did not fail.')),
    (error) => error,
  );

describe('What is asked', () => {
  test.each([
    ['the first page', {}, { MaxResults: 1000 }],
    ['a page after the first', { token: 'Where/It+Ended==' }, { MaxResults: 1000, NextToken: 'Where/It+Ended==' }],
    [
      'names that begin so, in exactly these letters',
      { prefix: 'Door.Hall_B-' },
      { MaxResults: 1000, StreamNameCondition: { ComparisonOperator: 'BEGINS_WITH', ComparisonValue: 'Door.Hall_B-' } },
    ],
    [
      'a page after the first of such names',
      { prefix: 'D', token: 't' },
      {
        MaxResults: 1000,
        NextToken: 't',
        StreamNameCondition: { ComparisonOperator: 'BEGINS_WITH', ComparisonValue: 'D' },
      },
    ],
  ])('%s is one request, which says nothing else', async (_what, request, body) => {
    service.answer(EMPTY);
    await listPage(request);
    expect(service.asked).toMatchObject([{ method: 'POST', path: '/listStreams' }]);
    expect(service.bodies()).toEqual([body]);
  });

  test('one stream is asked for by exactly its name', async () => {
    service.answer(json({ StreamInfo: DOOR }));
    await listPage({ name: 'Door-1' });
    expect(service.asked).toMatchObject([{ method: 'POST', path: '/describeStream' }]);
    expect(service.bodies()).toEqual([{ StreamName: 'Door-1' }]);
  });
});

describe('A page', () => {
  test('tells of each stream what the service said, and nothing that it did not say', async () => {
    const all = {
      ...DOOR,
      DeviceName: 'camera',
      Version: 'v',
      MediaType: 'video/h264',
      KmsKeyId: `arn:aws:kms:${REGION}:123456789012:alias/aws/kinesisvideo`,
      Status: 'ACTIVE',
      CreationTime: 1_700_000_000.25,
      DataRetentionInHours: 24,
    };
    const silent = {
      ...DOOR,
      Status: null,
      MediaType: '',
      KmsKeyId: '',
      CreationTime: null,
      DataRetentionInHours: null,
    };
    const keepsNothing = { ...DOOR, DataRetentionInHours: 0 };
    service.answer(json({ StreamInfoList: [all, DOOR, silent, keepsNothing] }));
    const bare = { name: 'Door-1', arn: ARN };
    await expect(listPage({})).resolves.toStrictEqual({
      streams: [
        {
          ...bare,
          status: 'ACTIVE',
          retentionHours: 24,
          mediaType: 'video/h264',
          kmsKeyId: all.KmsKeyId,
          createdAtMs: 1_700_000_000_250,
        },
        bare,
        bare,
        { ...bare, retentionHours: 0 },
      ],
    });
  });

  test('that has a token goes on, even if it is empty', async () => {
    service.answer(json({ StreamInfoList: [], NextToken: 'next' }));
    await expect(listPage({})).resolves.toEqual({ streams: [], nextToken: 'next' });
  });
});

describe('One stream by its name', () => {
  test('is a page of one, and the last one', async () => {
    service.answer(json({ StreamInfo: { ...DOOR, Status: 'DELETING' } }));
    await expect(listPage({ name: 'Door-1' })).resolves.toEqual({
      streams: [{ name: 'Door-1', arn: ARN, status: 'DELETING' }],
    });
  });

  test('that is not there is a page of none', async () => {
    service.answer(refusal(404, 'ResourceNotFoundException'));
    await expect(listPage({ name: 'Door-1' })).resolves.toEqual({ streams: [] });
  });

  test.each([
    ['denied', 403, 'AccessDeniedException', false],
    ['throttled', 400, 'ClientLimitExceededException', true],
    ['unreachable', 500, 'InternalFailure', true],
    ['bad-answer', 400, 'InvalidArgumentException', false],
    ['bad-answer', 404, 'UnknownOperationException', false],
  ])(
    'that cannot be asked for is %s (%i %s), and not a stream that is not there',
    async (reason, status, name, retryable) => {
      service.answer(refusal(status, name));
      expect(await failureOf(listPage({ name: 'Door-1' }))).toMatchObject({ reason, retryable });
    },
  );
});

describe('A refusal', () => {
  const refused = async (status: number, name: string) => {
    service.answer(refusal(status, name));
    return await failureOf(listPage({}));
  };

  test.each([
    'ClientLimitExceededException',
    'ThrottlingException',
    'Throttling',
    'ThrottledException',
    'TooManyRequestsException',
    'RequestLimitExceeded',
    'RequestThrottled',
    'RequestThrottledException',
    'SlowDown',
  ])('by the name %s is a throttle, whatever its status', async (name) => {
    expect(await refused(400, name)).toMatchObject({
      reason: 'throttled',
      retryable: true,
      message: 'The call failed: throttled.',
    });
  });

  test.each(['AccessDeniedException', 'AccessDenied', 'NotAuthorizedException'])(
    'by the name %s is a denial, whatever its status',
    async (name) => {
      expect(await refused(400, name)).toMatchObject({ reason: 'denied', retryable: false });
    },
  );

  test('that denies says who did, where it tells, and keeps none of its words', async () => {
    const message = 'User: arn:aws:sts::1:x is not authorized with an explicit deny in a service control policy';
    service.answer(refusal(403, 'AccessDeniedException', { message }));
    const error = await failureOf(listPage({}));
    expect(error).toMatchObject({ reason: 'denied', deniedBy: 'organisation-policy' });
    expect(error.message).toBe('The call failed: denied.');
    service.answer(refusal(500, 'InternalFailure', { message }));
    expect(await failureOf(listPage({}))).toMatchObject({ reason: 'unreachable', deniedBy: undefined });
  });

  test.each(NO_GOOD)('by the name %s is one of credentials that are no good, whatever its status', async (name) => {
    for (const status of [400, 403]) {
      expect(await refused(status, name)).toMatchObject({ reason: 'bad-credentials', retryable: false });
    }
  });

  test.each([
    [429, 'throttled', true],
    [401, 'denied', false],
    [403, 'denied', false],
    [500, 'unreachable', true],
    [503, 'unreachable', true],
    [400, 'bad-answer', false],
    [499, 'bad-answer', false],
    [399, 'bad-answer', true],
  ])('by a name that nobody knows and the status %i is: %s', async (status, reason, retryable) => {
    expect(await refused(status, 'Unheard')).toMatchObject({ name: 'CountError', reason, retryable });
  });

  test('keeps what AWS said, for the log', async () => {
    const { cause } = await refused(400, 'ThrottlingException');
    expect(cause).toMatchObject({
      name: 'ThrottlingException',
      $metadata: { httpStatusCode: 400, requestId: 'request-1' },
    });
  });

  test.each(UNKNOWN_IDENTITY)('of the identity (%s) means a region that is off, if it is off', async (name) => {
    service.answer(refusal(400, name));
    const regions: string[] = [];
    const readOptIn = async (region: string) => {
      regions.push(region);
      return 'disabled' as OptInState;
    };
    const error = await failureOf(makeListPage(streamsLister(client), REGION, CALL_LIMIT_MS, readOptIn)({}));
    expect(error).toMatchObject({
      reason: 'not-enabled',
      retryable: false,
      message: 'The account has not opted in to the region.',
      cause: { name },
    });
    expect(regions).toEqual([REGION]);
  });

  const NOT_ACCEPTED = 'The service does not accept the credentials.';
  test.each<[OptInState, string, string]>([
    ['enabled', 'bad-credentials', NOT_ACCEPTED],
    ['refused', 'bad-credentials', NOT_ACCEPTED],
    ['unknown', 'denied', 'The service refuses, for its region or for the credentials.'],
  ])('of the identity, where the region is said to be %s, is: %s', async (state, reason, message) => {
    service.answer(refusal(403, 'UnrecognizedClientException'));
    const error = await failureOf(makeListPage(streamsLister(client), REGION, CALL_LIMIT_MS, async () => state)({}));
    expect(error).toMatchObject({ reason, retryable: false, message, cause: { name: 'UnrecognizedClientException' } });
  });
});

describe('A connection', () => {
  /** A client whose connections end before they began, as they do with this code. */
  const failing = (code: string) =>
    clientWith({
      requestHandler: {
        httpAgent: new Agent({
          lookup: (_host, _options, done) => done(Object.assign(new Error(`lookup ${code}`), { code }), '', 4),
        }),
      },
      endpoint: 'http://a-name.example',
    });

  test.each([
    ['ENOTFOUND', REGION, 'unreachable', true],
    ['ENOTFOUND', 'us-gov-west-1', 'unreachable', true],
    ['ENOTFOUND', 'eu-north-1', 'unsupported', false],
    ['EAI_AGAIN', 'eu-north-1', 'unreachable', true],
    ['ECONNREFUSED', REGION, 'unreachable', true],
    ['ECONNRESET', REGION, 'unreachable', true],
    ['EPIPE', REGION, 'unreachable', true],
    ['ETIMEDOUT', REGION, 'timed-out', true],
    ['ESOCKETTIMEDOUT', REGION, 'timed-out', true],
  ])('that ends with %s in %s is: %s', async (code, region, reason, retryable) => {
    const ask = makeListPage(streamsLister(failing(code)), region, CALL_LIMIT_MS, nobodyAsks);
    expect(await failureOf(ask({}))).toMatchObject({ reason, retryable, cause: { code } });
  });

  test('that is torn down is unreachable', async () => {
    service.answer('hang-up');
    expect(await failureOf(listPage({}))).toMatchObject({ reason: 'unreachable', retryable: true });
  });

  test('that is never taken is unreachable: the region is not slow, it is away', async () => {
    const server = await takesNoConnections();
    const away = clientWith({ endpoint: server.url, requestHandler: { connectionTimeout: 50 } });
    const error = await failureOf(makeListPage(streamsLister(away), REGION, CALL_LIMIT_MS, nobodyAsks)({}));
    server.close();
    away.destroy();
    expect(error).toMatchObject({ reason: 'unreachable', retryable: true });
  });

  test('that the SDK does not even try is unreachable', async () => {
    const { credentials } = service.options;
    const lost = new KinesisVideoClient({ credentials, region: 'no host label', maxAttempts: 1 });
    const error = await failureOf(makeListPage(streamsLister(lost), 'no host label', CALL_LIMIT_MS, nobodyAsks)({}));
    expect(error).toMatchObject({ reason: 'unreachable', retryable: true });
  });

  test.each([
    ['for the whole answer', { requestTimeout: 30, throwOnRequestTimeout: true }],
    ['for the next byte', { socketTimeout: 30 }],
  ])('on which the SDK gave up waiting %s is a time-out', async (_what, requestHandler) => {
    service.answer('silence');
    const impatient = clientWith({ requestHandler });
    const error = await failureOf(makeListPage(streamsLister(impatient), REGION, CALL_LIMIT_MS, nobodyAsks)({}));
    expect(error).toMatchObject({ reason: 'timed-out', retryable: true, message: 'The call failed: timed-out.' });
    impatient.destroy();
  });
});

describe('The time of a call', () => {
  const TIMED_OUT = { name: 'CountError', reason: 'timed-out', retryable: true, message: 'The call took too long.' };

  test.each([
    ['the limit of all calls, where its own is longer', 30, 60_000],
    ['the limit of all calls, where it has none', 30, undefined],
    ['its own, where that is shorter', 60_000, 30],
  ])('is %s', async (_what, limitMs, timeLimitMs) => {
    service.answer('silence');
    const ask = makeListPage(streamsLister(client), REGION, limitMs, nobodyAsks);
    expect(await failureOf(ask({ ...(timeLimitMs !== undefined && { timeLimitMs }) }))).toMatchObject(TIMED_OUT);
  });

  test('goes to the last byte of the answer', async () => {
    service.answer('half');
    expect(await failureOf(makeListPage(streamsLister(client), REGION, 50, nobodyAsks)({}))).toMatchObject(TIMED_OUT);
  });

  test('is over for asking for one stream, too', async () => {
    service.answer('silence');
    expect(await failureOf(listPage({ name: 'Door-1', timeLimitMs: 30 }))).toMatchObject(TIMED_OUT);
  });

  test('is over when whoever asked says so, before or during the call', async () => {
    service.answer('silence');
    expect(await failureOf(listPage({ signal: AbortSignal.abort() }))).toMatchObject(TIMED_OUT);
    expect(service.asked).toEqual([]);
    const stop = new AbortController();
    const failure = failureOf(listPage({ signal: stop.signal }));
    stop.abort();
    expect(await failure).toMatchObject(TIMED_OUT);
  });

  test('includes asking whether the region is enabled', async () => {
    const stop = new AbortController();
    service.answerBy(({ path }) => {
      if (path === '/listStreams') return refusal(403, 'UnrecognizedClientException');
      stop.abort();
      return 'silence';
    });
    const account = new AccountClient(service.options);
    const ask = makeListPage(streamsLister(client), REGION, CALL_LIMIT_MS, makeReadOptIn(account));
    const error = await failureOf(ask({ signal: stop.signal }));
    account.destroy();
    expect(error).toMatchObject({ reason: 'denied' });
    expect(service.asked.map(({ path }) => path)).toEqual(['/listStreams', '/getRegionOptStatus']);
  });

  test('is forgotten once the answer is there: nothing is left of the call', async () => {
    service.answer(EMPTY);
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const { signal } = new AbortController();
    const before = timers();
    await listPage({ signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(timers()).toBeLessThanOrEqual(before);
  });
});
