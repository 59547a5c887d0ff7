/** The command among the AWS settings of its user: each as the AWS CLI takes it, each fault by its true name. */
import { join } from 'node:path';
import { CredentialsError, makeCredentials } from '../../../src/aws/credentials.ts';
import { sentenceOf, UsageError } from '../../../src/cli/errors.ts';
import { cleanUp, temporaryFolder } from '../world.ts';
import { CERTIFICATE, KEY } from './certificate.ts';
import { type FakeAws, onMachine, type Proxied, type Refusal, startAws, startProxy, write } from './machine.ts';

let aws: FakeAws;
let home: string;
beforeAll(async () => {
  aws = await startAws();
});
beforeEach(() => {
  home = temporaryFolder();
  aws.asked.length = 0;
  for (const name of Object.keys(aws.refusals)) delete aws.refusals[name];
});
afterEach(cleanUp);
afterAll(() => aws.stop());

const KEYS = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's' };

/** `latest` there, with every endpoint of AWS at the fake one. */
async function latest(env: Record<string, string>, config = '', line = 'latest') {
  write(home, { '.aws/config': config });
  const result = await onMachine({ home, env: { AWS_ENDPOINT_URL: aws.url, ...env } }, line);
  expect(result).toMatchObject({ code: 1, out: '' });
  expect(result.err).toMatch(/^error: [^\n]+\.\n$/);
  const { key, region } = aws.asked.at(-1) ?? { key: '', region: '' };
  return { err: result.err, key, region };
}

const CONFIG = `
[default]
region = eu-north-1
aws_access_key_id = DEFAULT
aws_secret_access_key = s
[profile one]
region = eu-west-1
aws_access_key_id = ONE
aws_secret_access_key = s
[profile two]
region = eu-west-2
aws_access_key_id = TWO
aws_secret_access_key = s
[profile bare]
region = eu-west-3
`;

describe('Region and credentials are found in the order of the AWS CLI', () => {
  test.each<[string, Record<string, string>, string, string, string]>([
    ['nothing is set: the default profile', {}, '', 'DEFAULT', 'eu-north-1'],
    ['AWS_DEFAULT_REGION', { AWS_DEFAULT_REGION: 'sa-east-1' }, '', 'DEFAULT', 'sa-east-1'],
    ['AWS_REGION before it', { AWS_DEFAULT_REGION: 'sa-east-1', AWS_REGION: 'us-west-2' }, '', 'DEFAULT', 'us-west-2'],
    ['--region before both', { AWS_REGION: 'us-west-2' }, ' --region af-south-1', 'DEFAULT', 'af-south-1'],
    ['AWS_DEFAULT_PROFILE', { AWS_DEFAULT_PROFILE: 'one' }, '', 'ONE', 'eu-west-1'],
    ['AWS_PROFILE before it', { AWS_DEFAULT_PROFILE: 'one', AWS_PROFILE: 'two' }, '', 'TWO', 'eu-west-2'],
    ['--profile before both', { AWS_DEFAULT_PROFILE: 'one', AWS_PROFILE: 'one' }, ' --profile two', 'TWO', 'eu-west-2'],
    [
      'a region in the environment before that of a profile',
      { AWS_DEFAULT_REGION: 'sa-east-1' },
      ' --profile two',
      'TWO',
      'sa-east-1',
    ],
    ['keys in the environment before AWS_PROFILE', { ...KEYS, AWS_PROFILE: 'one' }, '', 'ENV', 'eu-west-1'],
    [
      'keys in the environment before AWS_DEFAULT_PROFILE',
      { ...KEYS, AWS_DEFAULT_PROFILE: 'one' },
      '',
      'ENV',
      'eu-west-1',
    ],
    ['--profile before keys in the environment', KEYS, ' --profile one', 'ONE', 'eu-west-1'],
    [
      'what is set to nothing is not set',
      { AWS_REGION: '', AWS_PROFILE: '', AWS_ACCESS_KEY_ID: '', AWS_DEFAULT_PROFILE: 'one' },
      '',
      'ONE',
      'eu-west-1',
    ],
  ])('%s', async (_what, env, options, key, region) => {
    expect(await latest(env, CONFIG, `latest${options}`)).toMatchObject({
      key,
      region,
      err: expect.stringContaining(`There is no table kvs-census-dev in ${region}:`),
    });
  });
});

const SSO = `
[profile staff]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Reader
region = eu-west-1
[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://corp.awsapps.com/start
[profile old]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 123456789012
sso_role_name = Reader
[profile lost]
sso_session = nowhere
sso_account_id = 123456789012
sso_role_name = Reader
`;
const signedIn = (expiresAt: string) => ({
  // The name of the file is the SHA-1 of the session's name.
  '.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json': JSON.stringify({ accessToken: 'token', expiresAt }),
});

const ROLE = `
[profile base]
aws_access_key_id = BASE
aws_secret_access_key = s
[profile census]
role_arn = arn:aws:iam::210987654321:role/census
source_profile = base
region = eu-west-1
[profile mfa]
role_arn = arn:aws:iam::210987654321:role/census
source_profile = base
mfa_serial = arn:aws:iam::123456789012:mfa/me
[profile broken]
role_arn = arn:aws:iam::210987654321:role/census
source_profile = nowhere
[profile alone]
role_arn = arn:aws:iam::210987654321:role/census
[profile login]
login_session = arn:aws:iam::123456789012:user/me
`;

const FAR = '[profile far]\nendpoint_url = nowhere\naws_access_key_id = a\naws_secret_access_key = s';
const made = (command: string) => `[profile made]\nregion = eu-west-1\ncredential_process = ${command}\n`;
const json = (fields: object) => `echo '${JSON.stringify(fields)}'`;
const expiredToken = {
  status: 403,
  name: 'ExpiredToken',
  message: 'The security token included in the request is expired',
};
const unknownToken = { status: 403, name: 'InvalidClientTokenId', message: 'The security token is invalid.' };
const refusedRole = {
  status: 403,
  name: 'AccessDenied',
  message:
    'User: arn:aws:iam::123456789012:user/me is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::210987654321:role/census',
};

type Fault = { env?: Record<string, string>; config?: string; profile?: string; refusals?: Record<string, Refusal> };

describe('What keeps the command from its credentials is named, with a remedy', () => {
  test.each<[string, Fault, string]>([
    [
      'a profile that is not there',
      { profile: 'nobody', config: CONFIG },
      'There is no profile nobody in ~/.aws/config or ~/.aws/credentials',
    ],
    [
      'a profile with a region alone',
      { profile: 'bare', config: CONFIG },
      'The profile bare gives no AWS credentials: it has none,',
    ],
    [
      'a role without a source',
      { profile: 'alone', config: ROLE },
      'The profile alone gives no AWS credentials: it has none, or not all',
    ],
    [
      'a source profile that is not there',
      { profile: 'broken', config: ROLE },
      'The profile broken takes its credentials from the profile nowhere, which is not there',
    ],
    [
      'an MFA code',
      { profile: 'mfa', config: ROLE },
      'The profile mfa asks for an MFA code, which this command cannot: take a session from the AWS CLI with `eval "$(aws configure export-credentials --profile mfa --format env)"`',
    ],
    [
      'a role that is refused',
      { profile: 'census', config: ROLE, refusals: { AssumeRole: refusedRole } },
      'AWS STS refuses arn:aws:iam::210987654321:role/census to the profile census: the role',
    ],
    [
      'a source that has expired',
      { profile: 'census', config: ROLE, refusals: { AssumeRole: expiredToken } },
      'The AWS credentials of the profile census have expired: sign in again',
    ],
    [
      'a source that nobody knows',
      { profile: 'census', config: ROLE, refusals: { AssumeRole: unknownToken } },
      'AWS does not accept the credentials of the profile census (InvalidClientTokenId)',
    ],
    [
      'a role that is none',
      {
        profile: 'census',
        config: ROLE,
        refusals: { AssumeRole: { name: 'ValidationError', message: 'The ARN is odd' } },
      },
      'The profile census gives no credentials (The ARN is odd): check',
    ],
    [
      'a session of `aws login` that is not there',
      { profile: 'login', config: ROLE },
      'sign in with `aws login --profile login`',
    ],
    [
      'nobody signed in to SSO',
      { profile: 'staff', config: SSO },
      'The SSO session of the profile staff is not there or not valid: nobody has signed in; sign in with `aws sso login --profile staff`',
    ],
    [
      'nobody signed in to SSO, of the older form',
      { profile: 'old', config: SSO },
      'The SSO session of the profile old is not there or not valid',
    ],
    [
      'an SSO session that is not described',
      { profile: 'lost', config: SSO },
      'The profile lost names an sso_session that ~/.aws/config does not describe',
    ],
    [
      'a process that fails',
      { profile: 'made', config: made(`sh -c 'echo "Run corp-login first" >&2; exit 3'`) },
      'The credential_process of the profile made failed (it said: Run corp-login first)',
    ],
    ['a process that fails without a word', { profile: 'made', config: made('false') }, 'failed (without a word)'],
    [
      'a process that is not there',
      { profile: 'made', config: made('no-such-program') },
      'no-such-program: not found)',
    ],
    [
      'a process that prints rubbish',
      { profile: 'made', config: made('echo rubbish') },
      'The credential_process of the profile made did not print JSON',
    ],
    [
      'a process that prints another version',
      { profile: 'made', config: made(json({})) },
      'did not print credentials of "Version": 1',
    ],
    [
      'a process that prints half of them',
      { profile: 'made', config: made(json({ Version: 1, AccessKeyId: 'a' })) },
      'printed no whole credentials',
    ],
    [
      'a process that prints old ones',
      {
        profile: 'made',
        config: made(json({ Version: 1, AccessKeyId: 'a', SecretAccessKey: 'b', Expiration: '2020-01-01T00:00:00Z' })),
      },
      'printed credentials that have expired',
    ],
    [
      'keys that have expired',
      { env: KEYS, refusals: { GetCallerIdentity: expiredToken } },
      'The AWS credentials in the environment have expired: set new AWS_ACCESS_KEY_ID',
    ],
    [
      'a session that has expired',
      { profile: 'one', config: CONFIG, refusals: { GetCallerIdentity: expiredToken } },
      'The AWS credentials of the profile one have expired: sign in again (for example with `aws sso login --profile one`)',
    ],
    [
      'keys that nobody knows',
      { env: KEYS, refusals: { GetCallerIdentity: unknownToken } },
      'AWS does not accept the credentials in the environment (InvalidClientTokenId): set other',
    ],
    [
      'a clock that is wrong',
      {
        env: KEYS,
        refusals: {
          GetCallerIdentity: {
            status: 403,
            name: 'SignatureDoesNotMatch',
            message: 'Signature expired: 1 is now earlier than 2',
          },
        },
      },
      'set the clock of this machine',
    ],
    ['half a key', { env: { AWS_ACCESS_KEY_ID: 'a' } }, 'AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not'],
    [
      'a key with a line break',
      { env: { AWS_ACCESS_KEY_ID: 'a\nb', AWS_SECRET_ACCESS_KEY: 's' } },
      'AWS_ACCESS_KEY_ID holds a character that no key has',
    ],
    [
      'a token that cannot be read',
      { env: { AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere/token', AWS_ROLE_ARN: 'arn:aws:iam::210987654321:role/census' } },
      'The token in /nowhere/token, which AWS_WEB_IDENTITY_TOKEN_FILE or a profile names, cannot be read (ENOENT)',
    ],
    [
      'a region as people call it',
      { env: { ...KEYS, AWS_REGION: 'Europe' } },
      '"Europe" is not the name of an AWS region such as eu-west-1.',
    ],
    [
      'a region that is none',
      { env: { ...KEYS, AWS_REGION: 'eu west 1' } },
      '"eu west 1" is not the name of an AWS region such as eu-west-1',
    ],
    [
      "an endpoint of one's own and FIPS",
      { env: { ...KEYS, AWS_USE_FIPS_ENDPOINT: 'true', AWS_ENDPOINT_URL: 'http://vpce.invalid' } },
      'take one of the two settings away',
    ],
    [
      'an endpoint that is none',
      { profile: 'far', config: FAR, env: { AWS_ENDPOINT_URL: '' } },
      'An endpoint of AWS is set to "nowhere", which is no address',
    ],
    [
      'a proxy that is none',
      { env: { ...KEYS, HTTPS_PROXY: 'socks5://me:secret@127.0.0.1:1' } },
      'HTTPS_PROXY is not the address of an HTTP proxy',
    ],
    [
      'certificates that are not there',
      { env: { ...KEYS, AWS_CA_BUNDLE: '/nowhere' } },
      'AWS_CA_BUNDLE names /nowhere, which cannot be used (ENOENT)',
    ],
    [
      'certificates that are none',
      { env: { ...KEYS, AWS_CA_BUNDLE: '/dev/null' } },
      'AWS_CA_BUNDLE names /dev/null, which cannot be used',
    ],
  ])('%s', async (_what, { env, config, profile, refusals = {} }, sentence) => {
    Object.assign(aws.refusals, refusals);
    const { err } = await latest({ AWS_REGION: 'eu-west-1', ...(profile && { AWS_PROFILE: profile }), ...env }, config);
    expect(err).toContain(sentence);
    expect(err).not.toMatch(/:secret|service control policy|docs\/cli/);
  });

  test.each([
    [
      'has expired',
      '2020-01-01T00:00:00Z',
      {},
      'The SSO session of the profile staff has expired; sign in with `aws sso login --profile staff`',
    ],
    [
      'was ended',
      '2099-01-01T00:00:00Z',
      { status: 401, name: 'UnauthorizedException' },
      'The SSO session of the profile staff is not there or not valid',
    ],
    [
      'gives no such role',
      '2099-01-01T00:00:00Z',
      { status: 403, name: 'ForbiddenException', message: 'No access' },
      'IAM Identity Center does not give whoever is signed in the role that the profile staff names',
    ],
  ])('an SSO session that %s', async (_what, expiresAt, refusal, sentence) => {
    write(home, signedIn(expiresAt));
    if ('name' in refusal) aws.refusals.GetRoleCredentials = refusal;
    expect((await latest({ AWS_PROFILE: 'staff' }, SSO)).err).toContain(sentence);
  });

  test('a process that hangs is not waited for', async () => {
    const credentials = makeCredentials({
      profile: 'made',
      clientConfig: {},
      within: async (work) => await Promise.race([work, Promise.reject(new UsageError('It took too long.'))]),
    });
    const error = await credentials().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CredentialsError);
    expect(sentenceOf(error)).toBe('It took too long.');
  });
});

describe('The network of the machine', () => {
  let proxy: Proxied;
  let secure: FakeAws;
  const bundle = () => {
    write(home, { 'bundle.pem': CERTIFICATE });
    return { AWS_CA_BUNDLE: join(home, 'bundle.pem') };
  };
  const inIreland = { ...KEYS, AWS_REGION: 'eu-west-1' };
  beforeAll(async () => {
    secure = await startAws({ key: KEY, cert: CERTIFICATE });
    proxy = await startProxy(secure.port);
  });
  beforeEach(() => {
    proxy.asked.length = 0;
  });
  afterAll(() => {
    proxy.stop();
    secure.stop();
  });

  test.each(['HTTPS_PROXY', 'https_proxy'])('AWS is reached through %s, and trusted by AWS_CA_BUNDLE', async (name) => {
    const { out, err } = await onMachine({ home, env: { ...inIreland, ...bundle(), [name]: proxy.address } }, 'latest');
    expect({ out, err }).toEqual({
      out: '',
      err: expect.stringContaining('There is no table kvs-census-dev in eu-west-1:'),
    });
    expect(proxy.asked).toEqual(['sts.eu-west-1.amazonaws.com:443', 'dynamodb.eu-west-1.amazonaws.com:443']);
  });

  test('also for what signs in', async () => {
    const env = { AWS_PROFILE: 'staff', ...bundle(), HTTPS_PROXY: proxy.address };
    write(home, { ...signedIn('2099-01-01T00:00:00Z'), '.aws/config': SSO });
    await onMachine({ home, env }, 'latest');
    expect(proxy.asked).toEqual(['portal.sso.eu-west-1.amazonaws.com:443']);
  });

  test('a certificate that is not trusted is named, with the remedy', async () => {
    const { err } = await onMachine({ home, env: { ...inIreland, HTTPS_PROXY: proxy.address } }, 'latest');
    expect(err).toMatch(
      /^error: The certificate that AWS in eu-west-1 shows is not trusted \(\w+\): .* AWS_CA_BUNDLE\.\n$/,
    );
  });

  test('a proxy that refuses, and one that is not there', async () => {
    proxy.refuse = '407 Proxy Authentication Required';
    const refused = await onMachine(
      { home, env: { ...inIreland, HTTPS_PROXY: `http://me:secret@${proxy.address}` } },
      'latest',
    );
    proxy.refuse = undefined;
    expect(refused.err).toBe(
      `error: The proxy http://${proxy.address} does not let this through (407 Proxy Authentication Required): check HTTPS_PROXY, with its user and password, and NO_PROXY.\n`,
    );
    const gone = await onMachine(
      { home, env: { ...inIreland, HTTPS_PROXY: 'http://me:secret@127.0.0.1:1' } },
      'latest',
    );
    expect(gone.err).toContain('could not be reached through the proxy http://127.0.0.1:1 (ECONNREFUSED)');
    expect(refused.err + gone.err).not.toContain('secret');
  });

  test('what is on this machine is never asked through a proxy', async () => {
    const dead = { HTTP_PROXY: 'http://127.0.0.1:1', HTTPS_PROXY: 'http://127.0.0.1:1', NODE_USE_ENV_PROXY: '1' };
    expect((await latest({ ...inIreland, ...dead })).err).toContain('There is no table kvs-census-dev');
    expect((await latest({ ...inIreland, ...dead, ...bundle(), AWS_ENDPOINT_URL: secure.url })).err).toContain(
      'There is no table',
    );
  });
});
