import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  type GetServiceQuotaCommandInput,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { withFault, withQuota, withQuotaFault } from '../../src/local/changed-world.ts';
import { defaultWorld, parseWorld } from '../../src/local/parse-world.ts';
import { listen, makeVideoService } from '../../src/local/video-service.ts';
import { regionsOf } from '../../src/local/world.ts';

const REGION = 'eu-west-1';
const HERE = { kind: 'streams', region: REGION };
const STREAMS = { ServiceCode: 'kinesisvideo', QuotaCode: 'L-F06528A6' };

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const worldOf = (quota?: unknown) =>
  parseWorld({ accountId: '111122223333', regions: { [REGION]: { streams: 7, quota } } }, 'this test');

/** A served world, and an unmodified SDK client that asks for the quota of streams. */
async function lab(world = worldOf(), region = REGION) {
  const service = makeVideoService(world);
  const server = await listen(service);
  const client = new ServiceQuotasClient({
    region,
    endpoint: server.url,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-checked' },
    maxAttempts: 1,
  });
  cleanups.push(server.close, () => client.destroy());
  const abortSignal = AbortSignal.timeout(1000);
  return {
    service,
    applied: async (input: Partial<GetServiceQuotaCommandInput> = {}) =>
      (await client.send(new GetServiceQuotaCommand({ ...STREAMS, ...input }), { abortSignal })).Quota,
    standard: async (input: Partial<GetServiceQuotaCommandInput> = {}) =>
      (await client.send(new GetAWSDefaultServiceQuotaCommand({ ...STREAMS, ...input }), { abortSignal })).Quota,
  };
}

const refusal = (name: string, httpStatusCode = 400) =>
  expect.objectContaining({ name, $metadata: expect.objectContaining({ httpStatusCode }) });

const QUOTA = {
  ...STREAMS,
  ServiceName: 'Amazon Kinesis Video Streams',
  QuotaName: 'Number of video streams',
  Unit: 'None',
  Adjustable: true,
  GlobalQuota: false,
  QuotaAppliedAtLevel: 'ACCOUNT',
};

describe('the quota of a region', () => {
  test('is the one that was applied, with every field; its default belongs to no account', async () => {
    const { applied, standard } = await lab(worldOf(25_000));
    const arn = 'arn:aws:servicequotas:eu-west-1:111122223333:kinesisvideo/L-F06528A6';
    expect(await applied()).toEqual({ ...QUOTA, QuotaArn: arn, Value: 25_000 });
    expect(await standard()).toEqual({ ...QUOTA, QuotaArn: arn.replace('111122223333', ''), Value: 10_000 });
  });

  test.each([
    ['says nothing of it', undefined, 10_000, 10_000],
    ['has one that was applied', { applied: 300 }, 300, 10_000],
    ['has another default', { default: 5000 }, 5000, 5000],
    ['has both', { applied: 300, default: 200 }, 300, 200],
    ['has one of 0', 0, 0, 10_000],
    ['has one below 0', -3, -3, 10_000],
  ])('where the world %s', async (_title, quota, first, second) => {
    const { applied, standard } = await lab(worldOf(quota));
    expect([(await applied())?.Value, (await standard())?.Value]).toEqual([first, second]);
  });

  test('was never applied for: the default alone is known, and the refusal has no words', async () => {
    const { applied, standard } = await lab(worldOf({ applied: null }));
    await expect(applied()).rejects.toEqual(refusal('NoSuchResourceException'));
    await expect(applied()).rejects.toMatchObject({ message: expect.not.stringContaining('exist') });
    expect((await standard())?.Value).toBe(10_000);
  });

  test('is one that AWS does not know there', async () => {
    const { applied, standard } = await lab(worldOf(null));
    await expect(applied()).rejects.toEqual(refusal('NoSuchResourceException'));
    await expect(standard()).rejects.toEqual(refusal('NoSuchResourceException'));
  });

  test.each(['many', 'NaN', ''])('can be a text, which no client takes for a number: %j', async (text) => {
    const { applied } = await lab(worldOf(text));
    const answer = await applied().then(
      (quota) => quota?.Value,
      (error: Error) => error,
    );
    expect(Number.isFinite(answer)).toBe(false);
  });

  test('takes the time that the world gives it', async () => {
    const { applied } = await lab(worldOf({ latencyMs: 60 }));
    const startedAt = performance.now();
    await applied();
    expect(performance.now() - startedAt).toBeGreaterThan(55);
  });
});

test('a service, a quota or a resource that is not known does not exist', async () => {
  const { applied, standard } = await lab();
  const service = { ServiceCode: 'kinesis-video' };
  const code = { QuotaCode: 'L-00000000' };
  for (const ask of [applied, standard]) {
    await expect(ask(service)).rejects.toThrow('The request failed because the specified service does not exist.');
    await expect(ask(code)).rejects.toThrow('The request failed because the specified quota does not exist.');
    await expect(ask({ QuotaCode: 'L F' })).rejects.toEqual(refusal('IllegalArgumentException'));
  }
  await expect(applied({ ContextId: 'arn:aws:x' })).rejects.toThrow('applied value for the specified context Id');
});

describe('a fault of the quota', () => {
  test.each([
    ['denied', refusal('AccessDeniedException')],
    ['throttled', refusal('TooManyRequestsException')],
    ['server-error', refusal('ServiceException', 500)],
    ['drops-connection', expect.objectContaining({ message: expect.stringContaining('socket hang up') })],
    ['hang', expect.objectContaining({ name: expect.stringMatching(/Abort|Timeout/) })],
  ])('%s', async (fault, error) => {
    const { applied } = await lab(worldOf({ fault }));
    await expect(applied()).rejects.toEqual(error);
  });

  test('can begin later and end again, and is for both questions', async () => {
    const { applied, standard } = await lab(worldOf({ fault: { kind: 'denied', after: 1, calls: 2 } }));
    expect((await applied())?.Value).toBe(10_000);
    await expect(standard()).rejects.toThrow('servicequotas:GetAWSDefaultServiceQuota');
    await expect(applied()).rejects.toThrow('servicequotas:GetServiceQuota');
    expect((await applied())?.Value).toBe(10_000);
  });

  test('of a region is none of another, and none of its streams', async () => {
    const regions = { 'eu-west-1': { streams: 1 }, 'eu-west-2': { streams: 1 } };
    const world = withQuotaFault(
      parseWorld({ regions }, 'this test'),
      { kind: 'streams', region: 'eu-west-2' },
      'denied',
    );
    expect(regionsOf(world)['eu-west-2']?.fault).toBeUndefined();
    expect(await (await lab(world)).applied()).toMatchObject({ Value: 10_000 });
    await expect((await lab(world, 'eu-west-2')).applied()).rejects.toEqual(refusal('AccessDeniedException'));
  });

  test('a region that is off, or that the world does not name, tells nothing of its quota either', async () => {
    const off = await lab(withFault(worldOf(), HERE, 'not-enabled'));
    await expect(off.applied()).rejects.toEqual(refusal('UnrecognizedClientException'));
    const nowhere = await lab(worldOf(), 'eu-west-9');
    await expect(nowhere.applied()).rejects.toThrow('socket hang up');
  });
});

test('ten questions in a second are answered, and each that arrives is counted', async () => {
  const { applied, standard, service } = await lab();
  const answers = await Promise.allSettled(Array.from({ length: 12 }, () => applied()));
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  expect((await standard())?.Value).toBe(10_000);
  expect(service.quotaCalls()).toEqual({ [REGION]: 13 });
});

test('in the default world one region is near its quota, one has none of its own, and none is beyond', () => {
  const regions = regionsOf(defaultWorld());
  const shares = Object.values(regions).map(({ size, quota }) => size / Number(quota.applied ?? 10_000));
  expect(shares.filter((share) => share > 0.9)).toHaveLength(1);
  expect(Math.max(...shares)).toBeLessThan(1);
  expect(Object.values(regions).filter(({ quota }) => quota.applied === null)).toHaveLength(1);
});

test('a world with another quota is otherwise the same world', () => {
  const world = withQuota(worldOf(5), HERE, { applied: null });
  expect(regionsOf(world)[REGION]?.quota).toEqual({ applied: null, latencyMs: 0 });
  expect(withQuota(world, HERE, { applied: 5 })).toEqual(worldOf(5));
  expect(() => withQuota(world, { ...HERE, region: 'eu-west-9' }, {})).toThrow(
    'This world has no region eu-west-9; expected one of eu-west-1.',
  );
});
