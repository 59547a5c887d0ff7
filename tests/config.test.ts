import { aggregatorConfig, apiConfig, dispatcherConfig, undeliveredConfig, workerConfig } from '../src/config.ts';
import { ConfigError } from '../src/environment.ts';

const COMMON = {
  TABLE_NAME: 'kvs-census-test',
  HTTP_CONNECT_TIMEOUT_MS: '3000',
  HTTP_REQUEST_TIMEOUT_MS: '10000',
};
const DISPATCHER = {
  ...COMMON,
  REGION_TASKS_TOPIC_ARN: 'arn:tasks',
  RETENTION_DAYS: '400',
  KINDS: 'channels, streams',
  REGIONS: 'eu-west-1, us-east-1,eu-west-1',
  INCLUDE_REGIONS: 'il-central-1',
  EXCLUDE_REGIONS: '',
  REGION_SOURCES_TIMEOUT_MS: '3000',
  LOOK_BACK_SECONDS: '1',
  RUN_DEADLINE_MS: '5400000',
  RUN_MAX_AGE_MS: '3600000',
  RUN_MAX_AHEAD_MS: '60000',
  PUBLISH_BACKOFF_MS: '200',
  ACCOUNTS: 'organization',
  INCLUDE_ORGANIZATIONAL_UNITS: 'ou-ab12-11111111, ou-ab12-22222222',
  EXCLUDE_ACCOUNTS: '210987654321',
  MEMBER_ROLE: 'kvs-census-member',
  EXTERNAL_ID: 'the-words-of-the-hub',
  NUDGES_TOPIC_ARN: 'arn:nudges',
  ACCOUNTS_TIMEOUT_MS: '60000',
  ORGANIZATION_DEADLINE_MS: '7200000',
  ACCESS_RETRY_MS: '10000',
  DISPATCH_CONCURRENCY: '50',
};
const WORKER = {
  ...COMMON,
  NUDGES_TOPIC_ARN: 'arn:nudges',
  REGION_TASKS_QUEUE_URL: 'http://queue',
  MAX_RECEIVES: '5',
  LEASE_MS: '120000',
  LEASE_RENEW_MS: '40000',
  TASK_BACKOFF_MS: '30000, 120000,480000,1200000',
  PAGE_BACKOFF_MS: '12.5',
  PAGE_BACKOFF_LIMIT_MS: '10000',
  CALLS_PER_SECOND: '45',
  QUICK_TRY_MS: '125',
  CLOSING_TIME_MS: '15000',
  QUOTA_WAIT_SECONDS: '1',
  PARTIAL_SWEEP_MS: '86400000',
  NAME_PREFIXES: 'on',
  ACCOUNTS: '123456789012, 210987654321,123456789012',
  MEMBER_ROLE: 'kvs-census-member',
  EXTERNAL_ID: 'the-words-of-the-hub',
};
const UNDELIVERED = {
  ...COMMON,
  NUDGES_TOPIC_ARN: 'arn:nudges',
  UNREADABLE_TASKS_QUEUE_URL: 'http://unreadable',
  PARTIAL_SWEEP_MS: '86400000',
};
const AGGREGATOR = {
  ...COMMON,
  NUDGES_TOPIC_ARN: 'arn:nudges',
  TOTALS_TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:totals',
  TOTALS_MAIL_TOPIC_ARN: 'arn:totals-mail',
  TOTALS_DETAIL_TOPIC_ARN: 'arn:totals-detail',
  LOOK_BACK_SECONDS: '1',
  PARTIAL_SWEEP_MS: '86400000',
  CLOSING_TIME_MS: '20000',
  METRICS: 'totals',
  STAGE: 'test',
  QUOTA_ALARM_PERCENT: '80',
  DROP_ALARM_PERCENT: '0',
  PARTIAL_ALARM_RUNS: '3',
};
const API = {
  ...COMMON,
  API: 'jwt',
  STAGE: 'test',
  JWT_ISSUER: 'https://issuer.example',
  PAGE_CLIENT_ID: 'the-page',
  SIGN_IN_ORIGINS: 'https://auth.example, https://auth.example',
};

const PARSED = {
  ledger: { tableName: 'kvs-census-test' },
  http: { connectTimeoutMs: 3000, requestTimeoutMs: 10_000 },
};

test("the dispatcher's environment says which regions, where and how long; a region named twice is one", () => {
  expect(dispatcherConfig(DISPATCHER)).toEqual({
    ...PARSED,
    regionTasksTopicArn: 'arn:tasks',
    kinds: ['streams', 'channels'],
    regionSettings: { regions: ['eu-west-1', 'us-east-1'], includeRegions: ['il-central-1'], excludeRegions: [] },
    regionSourcesTimeoutMs: 3000,
    lookBackMs: 1000,
    retentionDays: 400,
    runDeadlineMs: 5_400_000,
    runMaxAgeMs: 3_600_000,
    runMaxAheadMs: 60_000,
    publishBackoffMs: 200,
    accounts: {
      accounts: 'organization',
      includeOrganizationalUnits: ['ou-ab12-11111111', 'ou-ab12-22222222'],
      excludeAccounts: ['210987654321'],
    },
    member: { roleName: 'kvs-census-member', externalId: 'the-words-of-the-hub' },
    nudgesTopicArn: 'arn:nudges',
    accountsTimeoutMs: 60_000,
    organizationDeadlineMs: 7_200_000,
    accessRetryMs: 10_000,
    dispatchConcurrency: 50,
  });
});

test("the worker's environment holds every wait that it obeys, fractions of a scaled-down one included", () => {
  expect(workerConfig(WORKER)).toEqual({
    ...PARSED,
    nudgesTopicArn: 'arn:nudges',
    queueUrl: 'http://queue',
    maxReceives: 5,
    leaseMs: 120_000,
    leaseRenewMs: 40_000,
    taskBackoffMs: [30_000, 120_000, 480_000, 1_200_000],
    pageBackoffMs: 12.5,
    pageBackoffLimitMs: 10_000,
    callsPerSecond: 45,
    quickTryMs: 125,
    closingTimeMs: 15_000,
    quotaWaitMs: 1000,
    partialSweepMs: 86_400_000,
    namePrefixes: true,
    accounts: ['123456789012', '210987654321'],
    member: { roleName: 'kvs-census-member', externalId: 'the-words-of-the-hub' },
  });
});

test('the API is told by what it is closed, and what the page needs to know of signing in', () => {
  expect(apiConfig(API)).toEqual({
    ...PARSED,
    closedBy: 'jwt',
    stage: 'test',
    issuer: 'https://issuer.example',
    signIn: { issuer: 'https://issuer.example', clientId: 'the-page', origins: ['https://auth.example'] },
  });
  const signed = { ...API, API: 'iam', JWT_ISSUER: 'none', PAGE_CLIENT_ID: 'none', SIGN_IN_ORIGINS: 'none' };
  expect(apiConfig(signed)).toEqual({ ...PARSED, closedBy: 'iam', stage: 'test' });
  expect(apiConfig({ ...API, PAGE_CLIENT_ID: 'none' })).not.toHaveProperty('signIn');
});

test.each([
  [{ ...API, API: 'off' }, 'The environment variable API holds "off"; expected iam or jwt.'],
  [
    { ...API, JWT_ISSUER: 'none' },
    'The environment variable JWT_ISSUER is none; expected the issuer whose tokens are taken, since API is jwt.',
  ],
  [
    { ...API, API: 'iam' },
    'The environment variable PAGE_CLIENT_ID names a client; expected none, since API is not jwt.',
  ],
])('an API that would be open, or that nobody could sign in to, is refused', (environment, sentence) => {
  expect(() => apiConfig(environment)).toThrow(new ConfigError(sentence));
});

test('where one account is counted, its own, no other and no external id need be named', () => {
  const self = {
    ACCOUNTS: 'self',
    INCLUDE_ORGANIZATIONAL_UNITS: 'none',
    EXCLUDE_ACCOUNTS: 'none',
    EXTERNAL_ID: 'none',
  };
  expect(dispatcherConfig({ ...DISPATCHER, ...self })).toMatchObject({
    accounts: { accounts: 'self', includeOrganizationalUnits: [], excludeAccounts: [] },
  });
  expect(workerConfig({ ...WORKER, ...self })).toMatchObject({ accounts: 'self' });
});

test.each<[string, Record<string, string>, string]>([
  ['an external id is missing', { EXTERNAL_ID: 'none' }, 'The environment variable EXTERNAL_ID is none; expected the'],
  ['nobody is to be counted', { ACCOUNTS: 'none' }, 'The environment variable ACCOUNTS is none; expected self'],
  [
    'an account is none',
    { ACCOUNTS: '123456789012,12' },
    'The environment variable ACCOUNTS is not a comma-separated list of account ids: The account id "12" is not twelve digits.',
  ],
])('no other account is counted where %s', (_what, environment, sentence) => {
  expect(() => dispatcherConfig({ ...DISPATCHER, ...environment })).toThrow(ConfigError);
  expect(() => workerConfig({ ...WORKER, ...environment })).toThrow(sentence);
});

test('the worker keeps prefixes of names, or none, and no third way', () => {
  expect(workerConfig({ ...WORKER, NAME_PREFIXES: 'off' })).toMatchObject({ namePrefixes: false });
  const expected = 'The environment variable NAME_PREFIXES holds "no"; expected on or off.';
  expect(() => workerConfig({ ...WORKER, NAME_PREFIXES: 'no' })).toThrow(new ConfigError(expected));
});

test('the undelivered function knows whom to nudge, where to park, and what is too late', () => {
  expect(undeliveredConfig(UNDELIVERED)).toEqual({
    ...PARSED,
    nudgesTopicArn: 'arn:nudges',
    unreadableTasksQueueUrl: 'http://unreadable',
    partialSweepMs: 86_400_000,
  });
});

test('the aggregator knows where to announce, how long to look at partial runs, and when to end a sweep', () => {
  expect(aggregatorConfig(AGGREGATOR)).toEqual({
    ...PARSED,
    nudgesTopicArn: 'arn:nudges',
    totalsTopics: {
      totals: 'arn:aws:sns:eu-west-1:123456789012:totals',
      mail: 'arn:totals-mail',
      detail: 'arn:totals-detail',
    },
    place: { stage: 'test', region: 'eu-west-1' },
    lookBackMs: 1000,
    partialSweepMs: 86_400_000,
    closingTimeMs: 20_000,
    quotaAlarmPercent: 80,
    metrics: { of: 'totals', stage: 'test', dropAlarmPercent: 0, partialAlarmRuns: 3 },
  });
  expect(() => aggregatorConfig({ ...AGGREGATOR, METRICS: 'all' })).toThrow(
    new ConfigError('The environment variable METRICS holds "all"; expected totals or regions or accounts or off.'),
  );
});

describe.each<[string, (environment: Record<string, string>) => unknown, Record<string, string>]>([
  ['dispatcher', dispatcherConfig, DISPATCHER],
  ['worker', workerConfig, WORKER],
  ['undelivered', undeliveredConfig, UNDELIVERED],
  ['aggregator', aggregatorConfig, AGGREGATOR],
])('the %s', (_name, parse, environment) => {
  const needed = Object.keys(environment).filter((variable) => !/(REGIONS|UNITS|EXCLUDE_ACCOUNTS)$/.test(variable));
  test.each(needed)('does not start without %s, and says so', (variable) => {
    const { [variable]: _left, ...rest } = environment;
    expect(() => parse(rest)).toThrow(new ConfigError(`The environment variable ${variable} is not set.`));
    expect(() => parse({ ...environment, [variable]: '  ' })).toThrow(`${variable} is not set.`);
  });
});

describe('a number', () => {
  test.each(['soon', '0', '-1', 'Infinity', 'NaN', '10 s'])('is not %j', (value) => {
    expect(() => aggregatorConfig({ ...AGGREGATOR, HTTP_REQUEST_TIMEOUT_MS: value })).toThrow(
      new ConfigError(
        `The environment variable HTTP_REQUEST_TIMEOUT_MS holds ${JSON.stringify(value)}; expected a number above 0.`,
      ),
    );
  });

  test('is not a list', () => {
    expect(() => dispatcherConfig({ ...DISPATCHER, RETENTION_DAYS: '1,2' })).toThrow(
      new ConfigError('The environment variable RETENTION_DAYS holds a list; expected one number.'),
    );
  });

  test('is there between any two commas of a list', () => {
    expect(() => workerConfig({ ...WORKER, TASK_BACKOFF_MS: '1,,2' })).toThrow(
      'The environment variable TASK_BACKOFF_MS holds ""; expected a number above 0.',
    );
  });
});

test('no regions need be set: then the dispatcher asks where they are', () => {
  const { REGIONS: _, INCLUDE_REGIONS: __, ...rest } = DISPATCHER;
  const none = { regions: [], includeRegions: [], excludeRegions: [] };
  expect(dispatcherConfig({ ...rest, EXCLUDE_REGIONS: 'none' }).regionSettings).toEqual(none);
});

test('a list of regions names the variable and the region that is none', () => {
  expect(() => dispatcherConfig({ ...DISPATCHER, REGIONS: 'eu-west-1,mars' })).toThrow(
    expect.objectContaining({
      name: 'ConfigError',
      message:
        'The environment variable REGIONS is not a comma-separated list of AWS regions: "mars" is not the name of an AWS region such as eu-west-1.',
      cause: expect.any(Error),
    }),
  );
});
