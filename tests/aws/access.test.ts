/**
 * How a person's command reaches AWS or a local stack: the SDK's clients over HTTP, with settings and files as a person
 * has them. What the command then says: tests/cli/source/person.test.ts.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { PublishCommand } from '@aws-sdk/client-sns';
import { GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { type Access, type AccessOptions, clientSettings, type LocalAccess, makeAccess } from '../../src/aws/access.ts';
import { CredentialsError, makeCredentials, NoSuchProfile } from '../../src/aws/credentials.ts';
import { http } from '../../src/aws/http.ts';
import { readIdentity } from '../../src/aws/identity.ts';
import { json, refusal, type Service, startService, xmlRefusal } from './service.ts';

const CONFIG = `
[default]
region = eu-north-1
aws_access_key_id = DEFAULT
aws_secret_access_key = s
[profile one]
region = eu-west-1
aws_access_key_id = ONE
aws_secret_access_key = s
[profile bare]
region = eu-west-3
[profile census]
role_arn = arn:aws:iam::210987654321:role/census
source_profile = one
[profile broken]
role_arn = arn:aws:iam::210987654321:role/census
source_profile = nowhere
`;
const KEYS = { accessKeyId: 'GIVEN', secretAccessKey: 's' };
const within = <T>(work: Promise<T>) => work;

let service: Service;
let folder: string;
const opened: Access[] = [];
const { env } = process;
beforeAll(async () => {
  service = await startService();
  folder = mkdtempSync(join(tmpdir(), 'kvs-census-access-'));
  writeFileSync(join(folder, 'config'), CONFIG);
  // The waits of the SDK before it tries again are a part of chance: none.
  jest.spyOn(Math, 'random').mockReturnValue(0);
});
beforeEach(() => {
  process.env = {
    AWS_ENDPOINT_URL: service.options.endpoint,
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
    AWS_EC2_METADATA_DISABLED: 'true',
  };
});
afterEach(() => {
  for (const access of opened.splice(0)) access.close();
});
afterAll(async () => {
  process.env = env;
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
  await service.close();
});

function open(options: AccessOptions | LocalAccess): Access {
  const access = makeAccess(options);
  opened.push(access);
  return access;
}

/** Whose credentials each request was signed with, and for where. */
const signers = () =>
  service.asked.map(({ headers }) =>
    /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)/.exec(headers.authorization ?? '')?.slice(1),
  );
const describeTable = new DescribeTableCommand({ TableName: 'ledger' });

const CLIENTS: [name: keyof Access, service: string, ask: (on: Access) => Promise<unknown>][] = [
  ['dynamoDB', 'dynamodb', async (on) => (await on.dynamoDB()).send(describeTable)],
  ['sns', 'sns', async (on) => (await on.sns()).send(new PublishCommand({ TopicArn: 'arn', Message: 'task' }))],
  ['sqs', 'sqs', async (on) => (await on.sqs()).send(new GetQueueUrlCommand({ QueueName: 'queue' }))],
  ['lambda', 'lambda', async (on) => (await on.lambda()).send(new InvokeCommand({ FunctionName: 'dispatcher' }))],
];

describe.each(CLIENTS)('The client %s', (name, scope, ask) => {
  test('asks a local stack with credentials that it need not have, three times before it gives up', async () => {
    delete process.env.AWS_ENDPOINT_URL;
    service.answer(refusal(500, 'InternalFailure'));
    await expect(ask(open({ region: 'eu-central-1', endpoint: service.options.endpoint }))).rejects.toThrow();
    expect(signers()).toEqual(Array(3).fill(['local', 'eu-central-1', scope]));
  });

  test('is made once, and says nothing of its own', async () => {
    const on = open({ region: 'eu-central-1', endpoint: service.options.endpoint });
    const client = (await on[name]()) as { config: { logger: object } };
    expect(await on[name]()).toBe(client);
    expect(Object.keys(client.config.logger)).toEqual(['debug', 'warn', 'error']);
  });

  test('gives up a service that is silent after ten seconds, and one that takes no connection after three', async () => {
    service.answer(json({}));
    const on = open({ region: 'eu-central-1', endpoint: service.options.endpoint });
    await ask(on).catch(() => undefined);
    const { requestHandler } = ((await on[name]()) as { config: { requestHandler: { httpHandlerConfigs(): object } } })
      .config;
    expect(requestHandler.httpHandlerConfigs()).toMatchObject({
      connectionTimeout: 3000,
      requestTimeout: 10_000,
      socketTimeout: 10_000,
      throwOnRequestTimeout: true,
    });
  });
});

describe('A person', () => {
  const asks = async (options: Partial<AccessOptions>) => {
    service.answer(json({}));
    await (await open({ within, ...options }).dynamoDB()).send(describeTable);
    return signers()[0];
  };

  test.each<[string, Partial<AccessOptions>, string[]]>([
    ['by the default profile', {}, ['DEFAULT', 'eu-north-1', 'dynamodb']],
    ['by the profile that was named', { profile: 'one' }, ['ONE', 'eu-west-1', 'dynamodb']],
    ['in the region that was named', { profile: 'one', region: 'sa-east-1' }, ['ONE', 'sa-east-1', 'dynamodb']],
    ['by keys before any profile', { profile: 'one', keys: KEYS }, ['GIVEN', 'eu-west-1', 'dynamodb']],
  ])('asks AWS %s', async (_how, options, signer) => {
    expect(await asks(options)).toEqual(signer);
  });

  test('asks AWS three times', async () => {
    service.answer(refusal(500, 'InternalFailure'));
    const on = open({ within, profile: 'one' });
    await expect((await on.dynamoDB()).send(describeTable)).rejects.toThrow();
    expect(service.asked).toHaveLength(3);
  });

  test('asks AWS through a proxy, but for the hosts that need none', async () => {
    process.env.AWS_ENDPOINT_URL = 'http://dynamodb.example';
    const { endpoint } = service.options;
    await asks({ profile: 'one', proxy: { HTTP_PROXY: endpoint, NO_PROXY: '' } });
    expect(service.asked[0]?.path).toBe('http://dynamodb.example/');
    process.env.AWS_ENDPOINT_URL = endpoint;
    await asks({ profile: 'one', proxy: { HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1' } });
    expect(service.asked[0]?.path).toBe('/');
  });

  test.each([
    [true, false],
    [false, true],
  ])('whose endpoints are plain (%s) takes no other names for them, whatever is set', async (plainEndpoints, taken) => {
    Object.assign(process.env, { AWS_USE_FIPS_ENDPOINT: 'true', AWS_USE_DUALSTACK_ENDPOINT: 'true' });
    const { config } = await open({ within, profile: 'one', plainEndpoints }).dynamoDB();
    expect([await config.useFipsEndpoint(), await config.useDualstackEndpoint()]).toEqual([taken, taken]);
  });

  test('knows the region in which it asks', async () => {
    await expect(open({ within, profile: 'one' }).region()).resolves.toBe('eu-west-1');
    await expect(open({ within, region: 'sa-east-1' }).region()).resolves.toBe('sa-east-1');
  });

  test('leaves no connection behind', async () => {
    await asks({ profile: 'one' });
    expect(await service.connections()).toBe(1);
    opened[0]?.close();
    while ((await service.connections()) > 0) await new Promise((resolve) => setImmediate(resolve));
  });
});

describe('Credentials', () => {
  const find = (profile?: string, more = {}) =>
    makeCredentials({ ...(profile !== undefined && { profile }), clientConfig: {}, within, ...more })();

  test('that are given are taken, and nothing is looked for', async () => {
    const never = () => Promise.reject(new Error('Nobody waits.'));
    await expect(find('nobody', { keys: KEYS, within: never })).resolves.toEqual(KEYS);
  });

  test.each([
    ['the profile that was named', 'one', 'ONE'],
    ['the default profile, where none was named', undefined, 'DEFAULT'],
  ])('are those of %s, whatever the environment holds', async (_whose, profile, accessKeyId) => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'ENVIRONMENT', AWS_SECRET_ACCESS_KEY: 's' });
    await expect(find(profile)).resolves.toMatchObject({ accessKeyId });
  });

  /** A machine that gives credentials to whatever runs on it, as a container of ECS does. */
  const MACHINE = () => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${service.options.endpoint}/credentials` });
  const given = json({
    AccessKeyId: 'MACHINE',
    SecretAccessKey: 's',
    Token: 'token',
    Expiration: new Date(Date.now() + 3_600_000).toISOString(),
  });

  test.each([
    ['the profile has a region alone', 'bare', {}],
    ['there is no profile at all', undefined, { AWS_CONFIG_FILE: '/nowhere' }],
  ])('are those of the machine, where %s', async (_where, profile, files) => {
    Object.assign(process.env, MACHINE(), files);
    service.answer(given);
    await expect(find(profile)).resolves.toMatchObject({ accessKeyId: 'MACHINE' });
  });

  test('of a profile that is not there are none, and the machine is not asked for others', async () => {
    Object.assign(process.env, MACHINE());
    service.answer(given);
    const error = await find('nobody').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CredentialsError);
    expect(error).toMatchObject({
      name: 'CredentialsError',
      message: 'No AWS credentials could be fetched.',
      profile: 'nobody',
      cause: { name: 'NoSuchProfile', message: 'There is no profile nobody.' },
    });
    expect((error as Error).cause).toBeInstanceOf(NoSuchProfile);
    expect(service.asked).toEqual([]);
  });

  test('of a profile that is broken are none, and the machine is not asked for others', async () => {
    Object.assign(process.env, MACHINE());
    service.answer(given);
    const error = await find('broken').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'CredentialsError', profile: 'broken' });
    expect((error as { cause: Error }).cause.message).toContain('nowhere');
    expect(service.asked).toEqual([]);
  });

  test('of a role are asked of STS, in the way that the command reaches it', async () => {
    process.env.AWS_ENDPOINT_URL = 'http://sts.example';
    process.env.AWS_REGION = 'eu-west-1';
    service.answer(xmlRefusal(403, 'AccessDenied'));
    const proxy = { HTTP_PROXY: service.options.endpoint, NO_PROXY: '' };
    const on = open({ within, profile: 'census', proxy });
    await expect((await on.dynamoDB()).send(describeTable)).rejects.toMatchObject({ cause: { name: 'AccessDenied' } });
    expect(service.asked[0]?.path).toBe('http://sts.example/');
    expect(service.asked[0]?.body).toContain('Action=AssumeRole');
  });

  test('of a role are asked of STS in that way by themselves, too', async () => {
    process.env.AWS_ENDPOINT_URL = 'http://sts.example';
    process.env.AWS_REGION = 'eu-west-1';
    service.answer(xmlRefusal(403, 'AccessDenied'));
    const proxy = { HTTP_PROXY: service.options.endpoint, NO_PROXY: '' };
    const requestHandler = http({ connectTimeoutMs: 1000, requestTimeoutMs: 1000, proxy });
    const credentials = find('census', { clientConfig: { requestHandler } });
    await expect(credentials).rejects.toMatchObject({ cause: { name: 'AccessDenied' } });
    expect(service.asked[0]?.path).toBe('http://sts.example/');
  });

  test('for which nobody waits any longer are none', async () => {
    const late = new Error('It took too long.');
    const error = await find('one', { within: () => Promise.reject(late) }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'CredentialsError', profile: 'one', cause: late });
  });

  test('of nobody name no profile', async () => {
    process.env.AWS_CONFIG_FILE = join(folder, 'none');
    const error = await find().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'CredentialsError', profile: undefined });
  });
});

describe('Whose credentials they are', () => {
  const answer = (account: string) =>
    service.answer({
      headers: { 'content-type': 'text/xml' },
      body: `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn</Arn>${account}</GetCallerIdentityResult></GetCallerIdentityResponse>`,
    });

  test('says STS, of the very credentials that are given', async () => {
    answer('<Account>123456789012</Account>');
    await expect(readIdentity({ within, profile: 'one' })).resolves.toStrictEqual({
      accountId: '123456789012',
      arn: 'arn',
      credentials: { accessKeyId: 'ONE', secretAccessKey: 's' },
    });
    expect(signers()).toEqual([['ONE', 'eu-west-1', 'sts']]);
  });

  test('says STS of a session, too', async () => {
    answer('<Account>123456789012</Account>');
    const keys = { ...KEYS, sessionToken: 'token' };
    await expect(readIdentity({ within, keys, region: 'eu-west-1' })).resolves.toStrictEqual({
      accountId: '123456789012',
      arn: 'arn',
      credentials: keys,
    });
  });

  test('is an error if the answer names no account', async () => {
    answer('');
    await expect(readIdentity({ within, profile: 'one' })).rejects.toThrow(
      'AWS STS did not say whose credentials these are: its answer names no account.',
    );
  });

  test('is an error if STS refuses', async () => {
    service.answer(xmlRefusal(403, 'InvalidClientTokenId'));
    await expect(readIdentity({ within, profile: 'one' })).rejects.toThrow('This is InvalidClientTokenId.');
  });
});

test('No answer keeps a command waiting by coming on and on', async () => {
  jest.useFakeTimers();
  const { streamCollector } = clientSettings({ region: 'eu-west-1', within });
  const answer = new PassThrough();
  const collected = expect(streamCollector(answer)).rejects.toThrow('The answer had no end after 10000 ms.');
  for (let second = 0; second < 10; second += 1) {
    answer.write('a little more');
    await jest.advanceTimersByTimeAsync(1000);
  }
  await collected;
  jest.useRealTimers();
});
