import {
  AccountClient,
  GetRegionOptStatusCommand,
  ListRegionsCommand,
  type ListRegionsCommandInput,
  paginateListRegions,
} from '@aws-sdk/client-account';
import { GetParametersByPathCommand, paginateGetParametersByPath, SSMClient } from '@aws-sdk/client-ssm';
import { withListFault } from '../../src/local/changed-world.ts';
import { defaultWorld, parseWorld } from '../../src/local/parse-world.ts';
import { listen, makeVideoService } from '../../src/local/video-service.ts';
import { regionsInAnyKind, type World } from '../../src/local/world.ts';

const PATH = '/aws/service/global-infrastructure/services/kinesisvideo/regions';
/** https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html */
const ALWAYS_ON =
  'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2 ca-central-1 eu-central-1 eu-north-1 eu-west-1 eu-west-2 eu-west-3 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2'.split(
    ' ',
  );

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A served world, and unmodified SDK clients that reach it. */
async function lab(world: World = defaultWorld(), region = 'us-east-1') {
  const server = await listen(makeVideoService(world));
  const options = {
    region,
    endpoint: server.url,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-checked' },
    maxAttempts: 1,
  };
  const clients = { ssm: new SSMClient(options), account: new AccountClient(options) };
  cleanups.push(
    server.close,
    () => clients.ssm.destroy(),
    () => clients.account.destroy(),
  );
  return clients;
}

const worldOf = (sources: object, regions: object = { 'us-east-1': { streams: 1 } }) =>
  parseWorld({ regions, sources }, 'this test');

async function liveList(ssm: SSMClient, Path = PATH): Promise<string[]> {
  const values = [];
  for await (const page of paginateGetParametersByPath({ client: ssm }, { Path }))
    values.push(...(page.Parameters ?? []).map(({ Value }) => Value ?? ''));
  return values;
}

async function states(account: AccountClient, input: ListRegionsCommandInput = {}) {
  const found: Record<string, string | undefined> = {};
  for await (const page of paginateListRegions({ client: account }, input))
    for (const { RegionName = '', RegionOptStatus } of page.Regions ?? []) found[RegionName] = RegionOptStatus;
  return found;
}

const refusal = (name: string, httpStatusCode: number) =>
  expect.objectContaining({ name, $metadata: expect.objectContaining({ httpStatusCode }) });

const HUNG_UP = expect.objectContaining({ message: expect.stringContaining('socket hang up') });
const GIVEN_UP = expect.objectContaining({ name: 'AbortError' });
/** A caller that does not wait for ever. */
const BRIEFLY = () => ({ abortSignal: AbortSignal.timeout(200) });

describe('the live list', () => {
  test('comes ten at a time, each parameter with every field', async () => {
    const { ssm } = await lab();
    const first = await ssm.send(new GetParametersByPathCommand({ Path: `${PATH}/` }));
    expect(first.Parameters).toHaveLength(10);
    expect(first.Parameters?.[0]).toEqual({
      ARN: `arn:aws:ssm:us-east-1::parameter${PATH}/us-east-1`,
      DataType: 'text',
      LastModifiedDate: expect.any(Date),
      Name: `${PATH}/us-east-1`,
      Type: 'String',
      Value: 'us-east-1',
      Version: 1,
    });
    const second = await ssm.send(new GetParametersByPathCommand({ Path: PATH, NextToken: first.NextToken }));
    expect(second.Parameters).toHaveLength(9);
    expect(second.NextToken).toBeUndefined();
  });

  test('is every region of the world, also of one that AWS does not have', async () => {
    const { ssm } = await lab(
      parseWorld({ regions: { 'us-east-1': { streams: 1 }, 'xx-new-9': { streams: 2 } } }, 'x'),
    );
    expect(await liveList(ssm)).toEqual(['us-east-1', 'xx-new-9']);
  });

  test('or what the world says', async () => {
    const { ssm } = await lab(worldOf({ regions: { list: ['eu-west-1', 'eu-north-1'] } }));
    expect(await liveList(ssm)).toEqual(['eu-west-1', 'eu-north-1']);
  });

  test('of another service is its own, with faults of its own', async () => {
    const kinds = { 'data-streams': { regions: { 'eu-north-1': { 'data-streams': 1 } } } };
    const world = parseWorld({ regions: { 'us-east-1': { streams: 1 } }, kinds }, 'x');
    const kinesis = PATH.replace('kinesisvideo', 'kinesis');
    const { ssm } = await lab(world);
    expect([await liveList(ssm), await liveList(ssm, kinesis)]).toEqual([['us-east-1'], ['eu-north-1']]);
    const broken = (await lab(withListFault(world, 'kinesis', 'throttled'))).ssm;
    await expect(liveList(broken, kinesis)).rejects.toEqual(refusal('ThrottlingException', 400));
    expect(await liveList(broken)).toEqual(['us-east-1']);
  });

  test('is not known everywhere, and no other path is', async () => {
    expect(await liveList((await lab(defaultWorld(), 'me-south-1')).ssm)).toEqual([]);
    const { ssm } = await lab();
    expect((await ssm.send(new GetParametersByPathCommand({ Path: '/mine' }))).Parameters).toEqual([]);
  });

  test.each<[string, object]>([
    ['more than ten', { MaxResults: 11 }],
    ['none', { MaxResults: 0 }],
    ['a path without a slash', { Path: 'aws' }],
  ])('cannot be asked for %s', async (_, input) => {
    const { ssm } = await lab();
    const asked = ssm.send(new GetParametersByPathCommand({ Path: PATH, ...input }));
    await expect(asked).rejects.toEqual(refusal('ValidationException', 400));
  });
});

describe('opt-in states', () => {
  test('of all regions that there are, and in the default world each is on', async () => {
    const found = await states((await lab()).account);
    const named = regionsInAnyKind(defaultWorld());
    expect(Object.keys(found)).toEqual([...new Set([...named, ...ALWAYS_ON])].sort());
    expect(found).toMatchObject({ 'us-east-1': 'ENABLED_BY_DEFAULT', 'eu-north-1': 'ENABLED_BY_DEFAULT' });
    expect(Object.keys(found).filter((region) => found[region] === 'ENABLED')).toEqual(
      named.filter((region) => !ALWAYS_ON.includes(region)).sort(),
    );
  });

  test('of a region that is not switched on', async () => {
    const { account } = await lab(parseWorld({ regions: { 'me-south-1': { streams: 1, fault: 'not-enabled' } } }, 'x'));
    expect((await states(account))['me-south-1']).toBe('DISABLED');
    expect(await states(account, { RegionOptStatusContains: ['DISABLED', 'ENABLING'] })).toEqual({
      'me-south-1': 'DISABLED',
    });
  });

  test('come in pages, whose tokens are good for the same question only', async () => {
    const { account } = await lab();
    const { Regions, NextToken } = await account.send(new ListRegionsCommand({ MaxResults: 3 }));
    expect(Regions).toHaveLength(3);
    const other = new ListRegionsCommand({ NextToken, RegionOptStatusContains: ['ENABLED'] });
    await expect(account.send(other)).rejects.toEqual(refusal('ValidationException', 400));
  });

  test.each<[string, object]>([
    ['more than fifty', { MaxResults: 51 }],
    ['none', { MaxResults: 0 }],
    ['a state that there is not', { RegionOptStatusContains: ['PERHAPS'] }],
  ])('cannot be asked for %s', async (_, input) => {
    const { account } = await lab();
    await expect(account.send(new ListRegionsCommand(input))).rejects.toEqual(refusal('ValidationException', 400));
  });

  test.each([
    ['us-east-1', 'ENABLED_BY_DEFAULT'],
    ['me-south-1', 'ENABLED'],
    ['af-south-1', 'DISABLED'],
  ])('say that %s is %s', async (RegionName, RegionOptStatus) => {
    const regions = { 'me-south-1': { streams: 1 }, 'af-south-1': { streams: 1, fault: 'not-enabled' } };
    const { account } = await lab(worldOf({}, regions));
    const answer = await account.send(new GetRegionOptStatusCommand({ RegionName }));
    expect(answer).toMatchObject({ RegionName, RegionOptStatus });
  });

  test('of a region that there is not', async () => {
    const { account } = await lab(worldOf({}));
    const asked = account.send(new GetRegionOptStatusCommand({ RegionName: 'me-south-1' }));
    await expect(asked).rejects.toEqual(refusal('ValidationException', 400));
  });
});

describe('a source that is out of order', () => {
  test.each([
    ['denied', refusal('AccessDeniedException', 400), refusal('AccessDeniedException', 403)],
    ['throttled', refusal('ThrottlingException', 400), refusal('TooManyRequestsException', 429)],
    ['server-error', refusal('InternalServerError', 500), refusal('InternalServerException', 500)],
    ['drops-connection', HUNG_UP, HUNG_UP],
    ['hang', GIVEN_UP, GIVEN_UP],
  ])('%s', async (fault, ofList, ofStates) => {
    const { ssm, account } = await lab(worldOf({ regions: { fault }, optIn: { fault } }));
    await expect(ssm.send(new GetParametersByPathCommand({ Path: PATH }), BRIEFLY())).rejects.toEqual(ofList);
    await expect(account.send(new ListRegionsCommand({}), BRIEFLY())).rejects.toEqual(ofStates);
  });

  test('empty', async () => {
    const { ssm, account } = await lab(worldOf({ regions: { fault: 'empty' }, optIn: { fault: 'empty' } }));
    expect(await liveList(ssm)).toEqual([]);
    expect(await states(account)).toEqual({});
  });

  test('bad-answer', async () => {
    const { ssm, account } = await lab(worldOf({ regions: { fault: 'bad-answer' }, optIn: { fault: 'bad-answer' } }));
    expect(await liveList(ssm)).toEqual(['everywhere']);
    expect(Object.keys(await states(account))).toEqual(['everywhere']);
  });

  test('token-loop', async () => {
    const { ssm, account } = await lab(worldOf({ regions: { fault: 'token-loop' }, optIn: { fault: 'token-loop' } }));
    const { NextToken } = await ssm.send(new GetParametersByPathCommand({ Path: PATH }));
    expect((await ssm.send(new GetParametersByPathCommand({ Path: PATH, NextToken }))).NextToken).toBe(NextToken);
    const listed = await account.send(new ListRegionsCommand({}));
    expect((await account.send(new ListRegionsCommand({ NextToken: listed.NextToken }))).NextToken).toBe(
      listed.NextToken,
    );
  });

  test('for some calls only', async () => {
    const { account } = await lab(worldOf({ optIn: { fault: { kind: 'throttled', calls: 1, after: 1 } } }));
    const ask = () => account.send(new ListRegionsCommand({}));
    await ask();
    await expect(ask()).rejects.toEqual(refusal('TooManyRequestsException', 429));
    await ask();
  });
});
