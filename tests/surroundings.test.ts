import {
  forgetAwsEnvironment,
  localEndpoints,
  networkOf,
  personConfig,
  placeConfig,
  settleAwsEnvironment,
  startedAs,
} from '../src/surroundings.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };

describe('keys in the environment', () => {
  test('are left aside, whole or not, for a profile that the command line names', () => {
    expect(personConfig('one', { AWS_ACCESS_KEY_ID: 'a', AWS_PROFILE: 'two' })).toEqual({
      profile: 'one',
      localEndpoint: false,
    });
  });

  test.each(['a b', 'a\n', 'ä'])('%j is none', (AWS_SECRET_ACCESS_KEY) => {
    expect(() => personConfig(undefined, { ...KEYS, AWS_SECRET_ACCESS_KEY })).toThrow(
      'The environment variable AWS_SECRET_ACCESS_KEY holds a character that no key has',
    );
  });
});

test.each([
  [{ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, true],
  [{ AWS_ENDPOINT_URL: 'http://localhost:4566', AWS_ENDPOINT_URL_DYNAMODB: 'https://vpce.example.com' }, false],
  [{ AWS_ENDPOINT_URL_DYNAMODB: 'http://[::1]:8000' }, true],
  [{ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, false],
  [{}, false],
])('%j: the ledger is on this machine: %j', (environment, localEndpoint) => {
  expect(personConfig(undefined, environment)).toMatchObject({ localEndpoint });
});

test.each(['127.0.0.1:4566', 'localhost:4566', 'rubbish', 'ftp://video'])('an endpoint is not %j', (url) => {
  const sentence = `The environment variable AWS_ENDPOINT_URL_KINESIS_VIDEO holds "${url}"; expected an address such as http://127.0.0.1:4566.`;
  expect(() => localEndpoints('local', { AWS_ENDPOINT_URL_KINESIS_VIDEO: url })).toThrow(sentence);
  expect(() => personConfig(undefined, { AWS_ENDPOINT_URL: url })).toThrow(
    'The environment variable AWS_ENDPOINT_URL holds',
  );
  expect(localEndpoints('local', { AWS_ENDPOINT_URL: url })).toEqual({});
});

test('the AWS CLI names of region and profile stand in where the SDK names are not set, or set to nothing', () => {
  const environment: Record<string, string> = {
    AWS_REGION: '',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_PROFILE: 'mine',
    AWS_DEFAULT_PROFILE: 'x',
  };
  settleAwsEnvironment(environment);
  expect(environment).toMatchObject({ AWS_REGION: 'eu-west-1', AWS_PROFILE: 'mine' });
});

test('what the machine says of AWS is forgotten whole', () => {
  const environment: Record<string, string> = { PATH: '/bin', AWS_USE_FIPS_ENDPOINT: 'true', AWS_PROFILE: 'nobody' };
  forgetAwsEnvironment(environment);
  expect(Object.keys(environment).sort()).toEqual([
    'AWS_CONFIG_FILE',
    'AWS_EC2_METADATA_DISABLED',
    'AWS_SHARED_CREDENTIALS_FILE',
    'PATH',
  ]);
});

describe('a Kinesis Video of one’s own', () => {
  const own = { AWS_ENDPOINT_URL_KINESIS_VIDEO: 'http://video', AWS_ENDPOINT_URL: 'http://all' };
  const everywhere = (url: string) => ({
    AWS_ENDPOINT_URL_KINESIS_VIDEO: url,
    AWS_ENDPOINT_URL_KINESIS: url,
    AWS_ENDPOINT_URL_ACCOUNT: url,
    AWS_ENDPOINT_URL_SSM: url,
    AWS_ENDPOINT_URL_SERVICE_QUOTAS: url,
    AWS_ENDPOINT_URL_STS: url,
    AWS_ENDPOINT_URL_ORGANIZATIONS: url,
  });

  test('answers for what is asked beside it, but for what the environment names', () => {
    const AWS_ENDPOINT_URL_SSM = 'http://another';
    expect(localEndpoints('local', { ...own, AWS_ENDPOINT_URL_SSM })).toEqual({
      ...everywhere('http://video'),
      AWS_ENDPOINT_URL_SSM,
    });
  });

  test('is used when the environment names it, and not when that is to be ignored', () => {
    expect(localEndpoints('local', own)).toEqual(everywhere('http://video'));
    expect(localEndpoints('local', { ...own, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' })).toEqual({});
  });

  test('is that of all services only where AWS is to be counted', () => {
    const { AWS_ENDPOINT_URL } = own;
    expect(localEndpoints('local', { AWS_ENDPOINT_URL })).toEqual({});
    expect(localEndpoints('aws', { AWS_ENDPOINT_URL })).toEqual(everywhere('http://all'));
  });

  test('is reached by the functions through the proxy of the machine, with its certificates', () => {
    expect(
      networkOf({ HTTPS_PROXY: 'http://p', AWS_CA_BUNDLE: '/a', NODE_EXTRA_CA_CERTS: '/b', SSL_CERT_DIR: '' }),
    ).toEqual({
      HTTPS_PROXY: 'http://p',
      NO_PROXY: 'localhost,127.0.0.1,::1,[::1]',
      NODE_EXTRA_CA_CERTS: '/a',
    });
  });
});

describe('where a command asks', () => {
  const all = {
    KVS_CENSUS_STAGE: 'prod',
    KVS_CENSUS_REGION: 'eu-west-1',
    KVS_CENSUS_PROFILE: 'fleet',
    KVS_CENSUS_ACCOUNT: '123456789012',
  };
  const place = { stage: 'prod', region: 'eu-west-1', profile: 'fleet', account: '123456789012' };

  test.each([
    ['variables stand in for options', {}, all, place],
    ['an option goes before its variable', { region: 'us-east-1' }, all, { ...place, region: 'us-east-1' }],
    [
      'a table is asked by its own name',
      {},
      { ...all, KVS_CENSUS_TABLE: 'mine' },
      { ...place, stage: undefined, table: 'mine' },
    ],
    [
      'a stage that is given goes before a table that is not',
      { stage: 'test' },
      { KVS_CENSUS_TABLE: 'mine' },
      { stage: 'test' },
    ],
    [
      'a table that is given goes before a stage that is not',
      { table: 'mine' },
      all,
      { ...place, stage: undefined, table: 'mine' },
    ],
    ['--local is a place of its own', { local: true }, all, { local: true }],
    ['so is its variable', {}, { ...all, KVS_CENSUS_LOCAL: '1' }, { local: true }],
    ['which a place that is given puts aside', { stage: 'test' }, { KVS_CENSUS_LOCAL: 'true' }, { stage: 'test' }],
    [
      'what is set to nothing is not set',
      {},
      { KVS_CENSUS_STAGE: '', KVS_CENSUS_REGION: '', KVS_CENSUS_LOCAL: '' },
      {},
    ],
    ['and neither is what is off', {}, { KVS_CENSUS_LOCAL: '0' }, {}],
  ])('%s', (_, given, environment, expected) => {
    expect(placeConfig({ local: false, ...given }, environment)).toEqual({ local: false, ...expected });
  });

  test.each([
    [{ KVS_CENSUS_REGION: 'Ireland' }, /KVS_CENSUS_REGION is wrong\. "Ireland" is not the name of an AWS region/],
    [
      { KVS_CENSUS_ACCOUNT: '1234' },
      /KVS_CENSUS_ACCOUNT is wrong\. "1234" is neither an account id, of twelve digits, nor organization/,
    ],
    [{ KVS_CENSUS_LOCAL: 'perhaps' }, /KVS_CENSUS_LOCAL holds "perhaps"; expected 1 or 0/],
  ])('%j is refused', (environment, sentence) => {
    expect(() => placeConfig({ local: false }, environment)).toThrow(sentence);
  });
});

test.each([
  ['/usr/local/bin/kvs-census', {}, 'kvs-census'],
  ['C:\\npm\\node_modules\\kvs-census\\src\\cli\\bin.js', {}, 'kvs-census'],
  ['/home/me/kvs-census/node_modules/.bin/kvs-census', { npm_command: 'exec' }, 'npx kvs-census'],
  ['/home/me/kvs-census/node_modules/.bin/kvs-census', {}, 'npx kvs-census'],
  ['/home/me/kvs-census/src/cli/bin.js', { npm_command: 'start' }, 'npx kvs-census'],
  ['/home/me/kvs-census/src/cli/bin.js', {}, 'npx kvs-census'],
])('%s with %j was started as, and can be as, %s', (script, environment, command) => {
  expect(startedAs(script, environment)).toBe(command);
});
