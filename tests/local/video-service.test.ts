import {
  DescribeStreamCommand,
  KinesisVideoClient,
  ListStreamsCommand,
  type ListStreamsCommandInput,
  paginateListStreams,
} from '@aws-sdk/client-kinesis-video';
import fc from 'fast-check';
import { makeFleet } from '../../src/local/fleet.ts';
import { kindOf } from '../../src/local/kinds.ts';
import { parseWorld } from '../../src/local/parse-world.ts';
import { listen, makeVideoService, type VideoService } from '../../src/local/video-service.ts';
import { regionsOf } from '../../src/local/world.ts';

const REGION = 'eu-west-1';
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-checked' };

type Lab = {
  url: string;
  service: VideoService;
  client(region?: string, options?: object): KinesisVideoClient;
  list(input?: ListStreamsCommandInput, region?: string): ReturnType<typeof ask>;
};

const ask = (client: KinesisVideoClient, input: ListStreamsCommandInput) => client.send(new ListStreamsCommand(input));
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A served world, by default of one region with the given fields, and unmodified SDK clients that reach it. */
async function lab(region: object, otherRegions: object = {}): Promise<Lab> {
  const world = parseWorld({ seed: 'test', regions: { [REGION]: region, ...otherRegions } }, 'test.json');
  const service = makeVideoService(world);
  const server = await listen(service);
  cleanups.push(server.close);
  const client: Lab['client'] = (name = REGION, options = {}) => {
    const made = new KinesisVideoClient({
      region: name,
      endpoint: server.url,
      credentials,
      maxAttempts: 1,
      ...options,
    });
    cleanups.push(() => made.destroy());
    return made;
  };
  return { url: server.url, service, client, list: (input = {}, name = REGION) => ask(client(name), input) };
}

/** Every page from the first to the last, at most `pageLimit` of them. */
async function pages(client: KinesisVideoClient, input: ListStreamsCommandInput = {}, pageLimit = 200) {
  const all: { names: string[]; token: string | undefined }[] = [];
  let token: string | undefined;
  do {
    const page = await ask(client, {
      MaxResults: 1000,
      ...input,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    token = page.NextToken;
    all.push({ names: (page.StreamInfoList ?? []).map((stream) => stream.StreamName ?? ''), token });
  } while (token !== undefined && all.length < pageLimit);
  return all;
}

const refusal = (name: string, httpStatusCode: number) =>
  expect.objectContaining({ name, $metadata: expect.objectContaining({ httpStatusCode }) });

describe('listing', () => {
  test('the SDK paginator sees every stream once, with every field', async () => {
    const { client } = await lab({ streams: 2345 });
    const world = parseWorld({ seed: 'test', regions: { [REGION]: { streams: 2345 } } }, 'x');
    const fleet = makeFleet(kindOf('streams'), world, REGION, regionsOf(world)[REGION]!);
    const seen = [];
    for await (const page of paginateListStreams({ client: client(), pageSize: 1000 }, {})) {
      seen.push(...(page.StreamInfoList ?? []));
    }
    const expected = Array.from({ length: 2345 }, (_, i) => JSON.parse(fleet.textAt(i))).map(
      ({ MediaType, CreationTime, ...rest }) => ({
        ...rest,
        ...(MediaType === null ? {} : { MediaType }),
        CreationTime: new Date(Math.round(CreationTime * 1000)),
      }),
    );
    expect(seen).toEqual(expected);
  });

  test.each([
    ['10 without MaxResults', undefined, 10],
    ['as many as asked', 7, 7],
    ['at most 1,000, even when 10,000 are asked', 10_000, 1000],
  ])('a page holds %s', async (_title, maxResults, size) => {
    const { list } = await lab({ streams: 1500 });
    const page = await list(maxResults === undefined ? {} : { MaxResults: maxResults });
    expect(page.StreamInfoList).toHaveLength(size);
    expect(page.NextToken).toBeDefined();
  });

  test.each([0, 1, 999, 1000, 1001])(
    'a region of %i streams ends without a token, after no more pages than needed',
    async (streams) => {
      const { client } = await lab({ streams });
      const all = await pages(client());
      expect(all.flatMap((page) => page.names)).toHaveLength(streams);
      expect(all).toHaveLength(Math.max(1, Math.ceil(streams / 1000)));
    },
  );

  test('every listing is complete and without repeats, whatever names, order, prefix and pages', async () => {
    const name = fc.string({ unit: fc.constantFrom(...'aB-_.9z'), minLength: 1, maxLength: 5 });
    const caps = fc
      .array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 })
      .filter((all) => all.some((cap) => cap > 0));
    const worlds = fc.record({
      names: fc.uniqueArray(name, { maxLength: 40 }),
      order: fc.constantFrom('name', 'created', 'hash'),
      pageCap: caps,
      prefix: fc.option(name, { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(worlds, async ({ names, order, pageCap, prefix }) => {
        const { client } = await lab({ names: { kind: 'list', names }, order, pageCap, callsPerSecond: 1000 });
        const condition = { ComparisonOperator: 'BEGINS_WITH' as const, ComparisonValue: prefix };
        const all = await pages(client(), prefix === undefined ? {} : { StreamNameCondition: condition });
        const tokens = all.map((page) => page.token);
        expect(all.flatMap((page) => page.names).sort()).toEqual(
          names.filter((each) => each.startsWith(prefix ?? '')).sort(),
        );
        expect(new Set(tokens).size).toBe(tokens.length);
        expect(all.every((page, i) => page.names.length <= pageCap[i % pageCap.length]!)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  test.each([
    [5, [0, 2], [0, 2, 0, 2, 0, 1]],
    [2, [2, 0], [2]],
    [0, [0, 0, 2], [0, 0, 0]],
  ])(
    '%i streams on pages of at most %j come as %j: an empty page with a token is not the end',
    async (streams, pageCap, sizes) => {
      const { client } = await lab({ streams, pageCap });
      expect((await pages(client())).map((page) => page.names.length)).toEqual(sizes);
    },
  );

  test('a page takes the latency of its region', async () => {
    const { list } = await lab({ streams: 5, latencyMs: 120 });
    const startedAt = performance.now();
    await list();
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(119);
  });
});

describe('tokens', () => {
  const condition = (prefix: string) => ({ ComparisonOperator: 'BEGINS_WITH' as const, ComparisonValue: prefix });
  const invalid = refusal('InvalidArgumentException', 400);

  async function withToken() {
    const made = await lab({ streams: 50, callsPerSecond: 1000 }, { 'us-east-1': { streams: 50 } });
    const token = (await made.list({ StreamNameCondition: condition('camera-') })).NextToken!;
    return { ...made, token };
  }

  test('say nothing of the place that they stand for', async () => {
    const { token, list } = await withToken();
    const second = (await list({ NextToken: token, StreamNameCondition: condition('camera-') })).NextToken!;
    const differing = [...token].filter((letter, i) => letter !== second[i]).length;
    expect(token).toMatch(/^[a-zA-Z0-9+/=]{40,1024}$/);
    expect(differing).toBeGreaterThan(token.length / 2);
  });

  test('are refused when one letter is altered, whichever it is', async () => {
    const { token, list } = await withToken();
    for (let i = 0; i < token.length; i += 1) {
      const altered = token.slice(0, i) + (token[i] === 'B' ? 'C' : 'B') + token.slice(i + 1);
      await expect(list({ NextToken: altered, StreamNameCondition: condition('camera-') })).rejects.toEqual(invalid);
    }
  });

  test('are refused with another condition, without one, and in another region', async () => {
    const { token, list } = await withToken();
    await expect(list({ NextToken: token, StreamNameCondition: condition('camera') })).rejects.toEqual(invalid);
    await expect(list({ NextToken: token })).rejects.toEqual(invalid);
    await expect(list({ NextToken: token, StreamNameCondition: condition('camera-') }, 'us-east-1')).rejects.toEqual(
      invalid,
    );
  });

  test('are good again where they were given, with another page size too', async () => {
    const { token, list } = await withToken();
    const page = await list({ NextToken: token, StreamNameCondition: condition('camera-'), MaxResults: 1000 });
    expect(page.StreamInfoList).toHaveLength(40);
  });
});

describe('input that breaks a constraint', () => {
  test.each<[string, object]>([
    ['MaxResults 0', { MaxResults: 0 }],
    ['MaxResults 10001', { MaxResults: 10_001 }],
    ['a made-up token', { NextToken: 'abcd' }],
    ['a token of other letters', { NextToken: 'no token!' }],
    ['an empty prefix', { StreamNameCondition: { ComparisonOperator: 'BEGINS_WITH', ComparisonValue: '' } }],
    [
      'a prefix of 257 letters',
      { StreamNameCondition: { ComparisonOperator: 'BEGINS_WITH', ComparisonValue: 'a'.repeat(257) } },
    ],
    ['a prefix with a space', { StreamNameCondition: { ComparisonOperator: 'BEGINS_WITH', ComparisonValue: 'a b' } }],
    ['another operator', { StreamNameCondition: { ComparisonOperator: 'CONTAINS', ComparisonValue: 'a' } }],
    ['no operator', { StreamNameCondition: { ComparisonValue: 'a' } }],
  ])('%s is an InvalidArgumentException', async (_title, input) => {
    const { list } = await lab({ streams: 5 });
    await expect(list(input)).rejects.toEqual(refusal('InvalidArgumentException', 400));
  });

  const signed = `AWS4-HMAC-SHA256 Credential=AKID/20261120/${REGION}/kinesisvideo/aws4_request, SignedHeaders=host, Signature=0`;

  test.each<[string, string, string, string, number, string]>([
    ['a body that is not JSON', signed, '/listStreams', '{', 400, 'SerializationException'],
    ['a number in quotes', signed, '/listStreams', '{"MaxResults":"10"}', 400, 'SerializationException'],
    ['no signature', '', '/listStreams', '{}', 403, 'MissingAuthenticationTokenException'],
    ['a signature for another service', signed, '/getRegionOptStatus', '{}', 403, 'InvalidSignatureException'],
    ['another operation', signed, '/deleteStream', '{}', 404, 'UnknownOperationException'],
    ['a huge body', signed, '/listStreams', `{"a":"${'x'.repeat(100_000)}"}`, 413, 'RequestEntityTooLargeException'],
  ])('%s is refused', async (_title, authorization, path, body, status, name) => {
    const { url } = await lab({ streams: 5 });
    const response = await fetch(url + path, { method: 'POST', headers: { authorization }, body });
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([status, name]);
    expect(await response.json()).toMatchObject({ __type: name, Message: expect.any(String) });
  });

  test('null is the same as absent', async () => {
    const { url } = await lab({ streams: 5 });
    const body = '{"MaxResults":null,"NextToken":null,"StreamNameCondition":null}';
    const response = await fetch(`${url}/listStreams`, { method: 'POST', headers: { authorization: signed }, body });
    expect(((await response.json()) as { StreamInfoList: unknown[] }).StreamInfoList).toHaveLength(5);
  });
});

describe('the rate limit', () => {
  test('refuses the 51st call in a second, and the SDK does not try it again by itself', async () => {
    const { client, service } = await lab({ streams: 5 });
    const patient = client(REGION, { maxAttempts: 3 });
    const outcomes = await Promise.allSettled(Array.from({ length: 60 }, () => ask(patient, {})));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map((outcome) => outcome.reason);
    expect(refused).toHaveLength(10);
    expect(refused[0]).toEqual(refusal('ClientLimitExceededException', 400));
    expect(refused[0].$metadata.attempts).toBe(1);
    expect(service.stats()[REGION]).toEqual({ calls: 60, throttled: 10, maxCallsInAnySecond: 60 });
  });

  test('lets calls through again when the second is over, and not before', async () => {
    const { client } = await lab({ streams: 5, callsPerSecond: 1 });
    const one = client();
    const startedAt = performance.now();
    await ask(one, {});
    let throttled = 0;
    while ((await ask(one, {}).catch((error: Error) => error.name)) === 'ClientLimitExceededException') throttled += 1;
    expect(throttled).toBeGreaterThan(0);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
  });

  test('is each region of its own', async () => {
    const { list } = await lab({ streams: 5, callsPerSecond: 1 }, { 'us-east-1': { streams: 5, callsPerSecond: 1 } });
    await list();
    await expect(list({}, 'us-east-1')).resolves.toBeDefined();
    await expect(list()).rejects.toEqual(refusal('ClientLimitExceededException', 400));
  });

  test('counts from zero again after a reset', async () => {
    const { list, service } = await lab({ streams: 5 });
    await list();
    service.resetStats();
    expect(service.stats()[REGION]).toEqual({ calls: 0, throttled: 0, maxCallsInAnySecond: 0 });
  });
});

describe('a region with a fault', () => {
  test.each<[string, string, number]>([
    ['denied', 'AccessDeniedException', 403],
    ['denied-by-organization', 'AccessDeniedException', 403],
    ['not-enabled', 'UnrecognizedClientException', 403],
    ['throttled', 'ClientLimitExceededException', 400],
    ['server-error', 'InternalFailure', 500],
  ])('%s answers %s, again and again', async (fault, name, status) => {
    const { list } = await lab({ streams: 5, fault });
    for (let call = 0; call < 3; call += 1) await expect(list()).rejects.toEqual(refusal(name, status));
  });

  test('tells who denies, as AWS does', async () => {
    const denied = (await lab({ streams: 5, fault: 'denied' })).list();
    await expect(denied).rejects.toThrow('because no identity-based policy allows the kinesisvideo:ListStreams action');
    const byOrganization = (await lab({ streams: 5, fault: 'denied-by-organization' })).list();
    await expect(byOrganization).rejects.toThrow(/with an explicit deny in a service control policy$/);
  });

  test('drops-connection answers nothing', async () => {
    const { list } = await lab({ streams: 5, fault: 'drops-connection' });
    await expect(list()).rejects.toThrow('socket hang up');
  });

  test('hang leaves the client waiting until the client gives up', async () => {
    const { client, service } = await lab({ streams: 5, fault: 'hang' });
    const impatient = client(REGION, { requestHandler: { requestTimeout: 150, throwOnRequestTimeout: true } });
    await expect(ask(impatient, {})).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(service.stats()[REGION]?.calls).toBe(1);
  });

  test('hang and a long page end when the service is closed', async () => {
    const { list, service } = await lab({ streams: 5, fault: { kind: 'hang', calls: 1 }, latencyMs: 600_000 });
    const outcomes = Promise.allSettled([list(), list()]);
    while (service.stats()[REGION]!.calls < 2) await new Promise(setImmediate);
    service.close();
    expect((await outcomes).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
  });

  test('token-loop gives the same token for ever, even after the last stream', async () => {
    const { client } = await lab({ streams: 5, fault: 'token-loop' });
    const all = await pages(client(), {}, 4);
    expect(all).toHaveLength(4);
    expect(new Set(all.map((page) => page.token)).size).toBe(1);
  });

  test('of the first calls only is well afterwards', async () => {
    const { list, service } = await lab({ streams: 5, fault: { kind: 'throttled', calls: 2 } });
    await expect(list()).rejects.toEqual(refusal('ClientLimitExceededException', 400));
    await expect(list()).rejects.toEqual(refusal('ClientLimitExceededException', 400));
    await expect(list()).resolves.toBeDefined();
    expect(service.stats()[REGION]).toMatchObject({ calls: 3, throttled: 2 });
  });

  test('that begins later serves the calls before it', async () => {
    const { list } = await lab({ streams: 5, fault: { kind: 'server-error', after: 1, calls: 1 } });
    await expect(list()).resolves.toBeDefined();
    await expect(list()).rejects.toEqual(refusal('InternalFailure', 500));
    await expect(list()).resolves.toBeDefined();
  });

  test('still has its streams in the truth; a region that the world does not name has none', async () => {
    const { service } = await lab({ streams: 5, fault: 'denied' }, { 'us-east-1': { streams: 7 } });
    expect(service.truth([REGION, 'us-east-1', 'sa-east-1'])).toBe(12);
  });

  test('hurts no other region', async () => {
    const { list } = await lab({ streams: 5, fault: 'hang' }, { 'us-east-1': { streams: 7 } });
    expect((await list({}, 'us-east-1')).StreamInfoList).toHaveLength(7);
  });
});

describe('DescribeStream', () => {
  const describeStream = (client: KinesisVideoClient, name: string) =>
    client.send(new DescribeStreamCommand({ StreamName: name }));

  test.each(['name', 'created', 'hash'])(
    'finds the stream of exactly this name, with the fields that a list shows, in the order of %s',
    async (order) => {
      const { client, list } = await lab({ names: { kind: 'list', names: ['a', 'aa', 'aaa', 'b', 'ba'] }, order });
      const page = await list({ MaxResults: 1000 });
      expect(page.StreamInfoList).toHaveLength(5);
      for (const stream of page.StreamInfoList ?? []) {
        expect((await describeStream(client(), stream.StreamName ?? '')).StreamInfo).toEqual(stream);
      }
    },
  );

  test('does not find a name that others only begin with', async () => {
    const { client } = await lab({ names: { kind: 'list', names: ['aa', 'ab', 'c'] } });
    await expect(describeStream(client(), 'a')).rejects.toEqual(refusal('ResourceNotFoundException', 404));
    await expect(describeStream(client(), 'b')).rejects.toEqual(refusal('ResourceNotFoundException', 404));
  });
});

test('a region that the world does not name has no endpoint: the connection is dropped', async () => {
  const { list } = await lab({ streams: 5 });
  await expect(list({}, 'us-east-1')).rejects.toThrow('socket hang up');
});
