/** Parameters that cannot be are refused before anything is packaged. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OTHER_KINDS } from '../../infra/kinds.ts';
import {
  CHECKS,
  faultsOf,
  LONGEST_STAGE,
  MOST_TOLD,
  type Parameters,
  type Place,
  SHORTEST_GAP_MS,
  TOLD,
} from '../../infra/parameters.ts';
import { KINESIS_VIDEO_REGIONS } from '../../src/census/kinds/kinesis-video.ts';
import { KINDS } from '../../src/census/kinds.ts';
import { partitionOf } from '../../src/census/partition.ts';
import { parametersFor } from '../../src/cli/local/counted.ts';
import { gapsOf } from '../../src/local/schedule-expression.ts';
import { API_PARAMETERS, environment, ofType, only, readResolved, root, somewhere } from './compiled.ts';

/** As serverless.yml gives them when nobody says otherwise. */
const DEFAULTS = blockOf('default');
const HERE: Place = { stage: 'dev', region: 'eu-west-1', nowMs: Date.parse('2026-11-27T03:00:00Z') };

const EXTERNAL_ID = '0b8f1c2e-52a3-4c57-9d0e-1f2a3b4c5d6e';
const ORGANIZATION = { accounts: 'organization', externalId: EXTERNAL_ID };

/** Of Cognito: its access tokens have the client's id in place of an audience, and its sign-in is at another address. */
const TOKENS = {
  ...{ api: 'jwt', apiIssuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a1B2c3D4e' },
  apiAudience: '6f7g8h9i0jklmnopqrstuvwxy1',
};
const PAGE = {
  ...{ pageClientId: '6f7g8h9i0jklmnopqrstuvwxy1', signInOrigins: 'https://census.auth.eu-west-1.amazoncognito.com' },
};
const AUTH0 = { apiIssuer: 'https://cameras.eu.auth0.com/', apiAudience: 'https://census.example.com/, other' };

/** As a sentence quotes it. */
const shown = (value: unknown) => (String(value).length > 80 ? `${String(value).slice(0, 79)}…` : String(value));

const faults = (given: Parameters, place: Partial<Place> = {}) =>
  faultsOf({ ...DEFAULTS, ...given }, { ...HERE, ...place });

test('every parameter of serverless.yml has a check, and no other has', () => {
  expect(Object.keys(DEFAULTS).length).toBeGreaterThan(0);
  expect(Object.keys(CHECKS).sort()).toEqual(Object.keys(DEFAULTS).sort());
});

test('what is in production is protected, without being asked to be', () => {
  expect(DEFAULTS).toMatchObject({ deletionProtection: 'off', terminationProtection: 'off' });
  expect(blockOf('prod')).toEqual({ deletionProtection: 'on', terminationProtection: 'on' });
});

test.each<[string, Parameters, Partial<Place>]>([
  ['what serverless.yml says', {}, {}],
  ['numbers as numbers', { callsPerSecond: 1, workerConcurrency: 2, retentionDays: 3, logRetentionDays: 731 }, {}],
  [
    'the most',
    { callsPerSecond: '50', workerConcurrency: '1000', noRunAlarmHours: '168', noTotalAlarmHours: '168' },
    {},
  ],
  ['signaling channels as well', { kinds: 'streams, channels' }, {}],
  ['in any order', { kinds: 'channels,streams' }, {}],
  ['no list of regions: they are asked for', { regions: 'none' }, {}],
  ['a region that nobody has heard of yet', { regions: 'none', includeRegions: 'eu-south-9' }, {}],
  ['regions that are not counted', { regions: 'none', excludeRegions: 'me-south-1, af-south-1' }, {}],
  ['GovCloud', { regions: 'us-gov-east-1, us-gov-west-1' }, { region: 'us-gov-west-1' }],
  ['China', { regions: 'cn-north-1' }, { region: 'cn-northwest-1' }],
  ['a run a day', { schedule: 'cron(0 12 * * ? *)', noRunAlarmHours: 25, noTotalAlarmHours: 27 }, {}],
  ['a run on weekdays', { schedule: 'cron(0 12 ? * MON-FRI *)', noRunAlarmHours: 73, noTotalAlarmHours: 75 }, {}],
  ['a run every 90 minutes', { schedule: 'rate(90 minutes)', noRunAlarmHours: 3, noTotalAlarmHours: 5 }, {}],
  ['a run every quarter of an hour', { schedule: 'rate(15 minutes)' }, {}],
  ['a topic', { alarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:alarms' }, {}],
  [
    'a topic in China',
    { alarmTopicArn: 'arn:aws-cn:sns:cn-north-1:123456789012:alarms', regions: 'cn-north-1' },
    { region: 'cn-north-1' },
  ],
  ['the whole organisation', { ...ORGANIZATION }, {}],
  ['an external id that is set before it is needed', { externalId: EXTERNAL_ID }, {}],
  ['the shortest external id', { ...ORGANIZATION, externalId: 'abcdefghijklmn=/' }, {}],
  ['the longest external id', { ...ORGANIZATION, externalId: 'x'.repeat(1224) }, {}],
  ['an account, as the settings file takes it', { accounts: 123456789012, externalId: EXTERNAL_ID }, {}],
  ['accounts', { accounts: '012345678901, 123456789012', externalId: EXTERNAL_ID }, {}],
  [
    'parts of an organisation',
    { ...ORGANIZATION, includeOrganizationalUnits: 'ou-ab12-11111111,r-ab12', excludeAccounts: '123456789012' },
    {},
  ],
  ['a role of their own name', { ...ORGANIZATION, memberRole: 'Census_+=,.@-x' }, {}],
  ['the number of each account', { ...ORGANIZATION, metrics: 'accounts' }, {}],
  ['no prefixes of names', { namePrefixes: 'off' }, {}],
  ['a ledger that is there', { existingTable: 'kvs-census-prod', deletionProtection: 'on' }, { stage: 'prod' }],
  ['alarms on what totals say', { dropAlarmPercent: 20, partialAlarmRuns: '3', metrics: 'regions' }, {}],
  ['nothing measured', { metrics: 'off' }, {}],
  ['to see more', { dashboard: 'on', tracing: 'on' }, {}],
  ['protection', { deletionProtection: 'on', terminationProtection: 'on' }, {}],
  ['an address', { alarmEmail: 'cameras+kvs@ops.example.com' }, {}],
  ['an API for whoever signs', { api: 'iam' }, {}],
  ['an API for whoever brings a token', { ...TOKENS }, {}],
  ['an issuer whose name ends in a slash, and an audience that is an address', { ...TOKENS, ...AUTH0 }, {}],
  ['a page', { ...TOKENS, ...PAGE }, {}],
  ['a page that talks to the issuer alone', { ...TOKENS, pageClientId: 'x' }, {}],
  ['an API that is switched off for a while', { ...TOKENS, ...PAGE, api: 'off' }, {}],
  ['the longest stage', {}, { stage: 'x'.repeat(LONGEST_STAGE) }],
])('%s can be', (_what, given, place) => {
  expect(faults(given, place)).toEqual([]);
});

const UNITS_ALONE = 'expected none unless accounts is organization, since only there accounts are looked for';
const ONE_ID = 'expected self, organization, or ids of accounts, separated by commas; but';
const NEEDED =
  'expected 16 to 1,224 letters, digits and characters of _+=,.@:/-, no number, such as what `node -p "crypto.randomUUID()"` prints';

test.each<[string, Parameters, string]>([
  ['accounts', { accounts: 'none' }, `${ONE_ID} none is none of them`],
  ['accounts', { accounts: 'all' }, `${ONE_ID} all is none of them`],
  ['accounts', { accounts: '' }, `${ONE_ID} one of them is empty`],
  ['accounts', { accounts: '123456789012,' }, `${ONE_ID} one of them is empty`],
  ['accounts', { accounts: 'self,123456789012' }, `${ONE_ID} self is none of them`],
  ['accounts', { accounts: '123456789012,1234-5678-9012' }, `${ONE_ID} 1234-5678-9012 is none of them`],
  ['accounts', { accounts: '123456789012,123456789012' }, `${ONE_ID} 123456789012 is there twice`],
  [
    'accounts',
    { accounts: 12345678901 },
    `${ONE_ID} 12345678901 is none of them: it has 11 digits instead of 12, so put it in quotes if it begins with 0`,
  ],
  ['includeOrganizationalUnits', { includeOrganizationalUnits: 'r-ab12', accounts: 'self' }, UNITS_ALONE],
  ['includeOrganizationalUnits', { includeOrganizationalUnits: 'r-ab12', accounts: '123456789012' }, UNITS_ALONE],
  [
    'includeOrganizationalUnits',
    { includeOrganizationalUnits: 'ou-ab12-11111111,Cameras' },
    'expected ids such as ou-ab12-11111111 or r-ab12, separated by commas, or none; but Cameras is none of them',
  ],
  ['includeOrganizationalUnits', { includeOrganizationalUnits: 'r-ab12,r-ab12' }, 'but r-ab12 is there twice'],
  ['includeOrganizationalUnits', { includeOrganizationalUnits: '' }, 'but one of them is empty'],
  [
    'excludeAccounts',
    { excludeAccounts: '123456789012', accounts: 'self' },
    'expected none where accounts is self, since no other account is counted',
  ],
  [
    'excludeAccounts',
    { excludeAccounts: 'self' },
    'expected ids of accounts, separated by commas, or none; but self is',
  ],
  [
    'excludeAccounts',
    { excludeAccounts: '123456789012', accounts: '123456789012' },
    'expected fewer accounts than accounts names, since somewhere something must be counted',
  ],
  ['metrics', { metrics: 'regions' }, 'expected totals, accounts or off where accounts is not self.'],
  ['metrics', { accounts: 'self', metrics: 'accounts' }, 'expected totals, regions or off where accounts is self.'],
  ['metrics', { metrics: 'each' }, 'expected totals, accounts or off.'],
  ['memberRole', { memberRole: 'arn:aws:iam::123456789012:role/x' }, 'expected the name of a role, which is the same'],
  ['memberRole', { memberRole: '' }, 'expected the name of a role'],
  ['memberRole', { memberRole: 'x'.repeat(65) }, 'at most 64 letters'],
  ['externalId', { externalId: 'none' }, `${NEEDED}, since the roles of other accounts refuse without it.`],
  ['externalId', { externalId: 'fifteen-letters' }, NEEDED],
  ['externalId', { externalId: 'sixteen letters!' }, NEEDED],
  ['externalId', { externalId: 'x'.repeat(1225) }, NEEDED],
  ['externalId', { externalId: 2 ** 60 }, NEEDED],
  ['externalId', { externalId: '1234567890123456' }, NEEDED],
  ['externalId', { externalId: 'short', accounts: 'self' }, NEEDED],
])('of whose things are counted, %s is refused in %j with a sentence', (name, given, sentence) => {
  const told = faults({ ...ORGANIZATION, ...given });
  expect(told).toEqual([expect.stringContaining(`The parameter ${name} is ${JSON.stringify(shown(given[name]))}; `)]);
  expect(told[0]).toContain(sentence);
});

const ISSUER = 'expected the https URL that its tokens have as iss, such as https://cognito-idp.';
const AUDIENCE = 'expected what a token may have as aud or client_id, separated by commas';
const CLIENT = 'expected the id of a public client of apiIssuer, one that has no secret, or none.';
const ORIGINS =
  'expected origins such as https://census.auth.eu-west-1.amazoncognito.com, separated by commas, or none';

test.each<[string, Parameters, string]>([
  ['api', { api: 'on' }, 'expected off, iam or jwt.'],
  ['api', { api: false }, 'expected off, iam or jwt.'],
  ['api', { api: 'IAM' }, 'expected off, iam or jwt.'],
  ['apiIssuer', { apiIssuer: 'none' }, `${ISSUER}`],
  ['apiIssuer', { apiIssuer: 'none' }, ', since api is jwt.'],
  ['apiIssuer', { apiIssuer: '' }, ISSUER],
  ['apiIssuer', { apiIssuer: 'http://issuer.example.com' }, ISSUER],
  ['apiIssuer', { apiIssuer: 'issuer.example.com' }, ISSUER],
  ['apiIssuer', { apiIssuer: 'https://issuer.example.com/?pool=1' }, ISSUER],
  ['apiIssuer', { apiIssuer: 'https://issuer.example.com/#a' }, ISSUER],
  ['apiIssuer', { apiIssuer: 'https://me:secret@issuer.example.com' }, ISSUER],
  ['apiIssuer', { apiIssuer: 'https://' }, ISSUER],
  ['apiIssuer', { apiIssuer: ' https://issuer.example.com' }, ISSUER],
  ['apiIssuer', { apiIssuer: `https://issuer.example.com/${'x'.repeat(1000)}` }, ISSUER],
  ['apiAudience', { apiAudience: 'none' }, `${AUDIENCE}, since api is jwt.`],
  ['apiAudience', { apiAudience: 'census,none' }, `${AUDIENCE}, or none; but none is none of them.`],
  ['apiAudience', { apiAudience: '' }, 'but one of them is empty'],
  ['apiAudience', { apiAudience: 'census,' }, 'but one of them is empty'],
  ['apiAudience', { apiAudience: 'census page' }, 'but census page is none of them'],
  ['apiAudience', { apiAudience: 'census,census' }, 'but census is there twice'],
  [
    'apiAudience',
    { apiAudience: 281474976710656 * 1000 },
    'expected it in quotes, since without them so long a number',
  ],
  ['pageClientId', { pageClientId: '' }, CLIENT],
  ['pageClientId', { pageClientId: 'census page' }, CLIENT],
  ['pageClientId', { pageClientId: 'x'.repeat(257) }, CLIENT],
  [
    'pageClientId',
    { pageClientId: 281474976710656 * 1000 },
    'expected it in quotes, since without them so long a number',
  ],
  ['signInOrigins', { pageClientId: 'none' }, 'expected none where pageClientId is none, since only the page signs'],
  [
    'signInOrigins',
    { signInOrigins: 'https://login.example.com/' },
    `${ORIGINS}; but https://login.example.com/ is none`,
  ],
  [
    'signInOrigins',
    { signInOrigins: 'https://LOGIN.example.com' },
    `${ORIGINS}; but https://LOGIN.example.com is none`,
  ],
  ['signInOrigins', { signInOrigins: 'http://login.example.com' }, ORIGINS],
  ['signInOrigins', { signInOrigins: 'https://login.example.com:443' }, ORIGINS],
  ['signInOrigins', { signInOrigins: 'https://*.example.com' }, ORIGINS],
  ['signInOrigins', { signInOrigins: "https://a.example.com;script-src 'self'" }, ORIGINS],
  ['signInOrigins', { signInOrigins: 'https://a.example.com,https://a.example.com' }, 'is there twice'],
  ['signInOrigins', { signInOrigins: 'https://a.example.com,' }, 'but one of them is empty'],
  ['signInOrigins', { signInOrigins: '' }, 'but one of them is empty'],
  [
    'signInOrigins',
    { signInOrigins: `https://${'a'.repeat(1000)}.example.com` },
    'of at most 1000 characters together',
  ],
])('of who may ask over HTTP, %s is refused in %j with a sentence', (name, given, sentence) => {
  const whole = { ...TOKENS, ...PAGE, ...given };
  const told = faults(whole);
  expect(told).toEqual([expect.stringContaining(sentence)]);
  const start = `The parameter ${name} is ${JSON.stringify(shown(whole[name as 'api']))}; expected `;
  expect(told[0]).toContain(start);
});

test('what only tokens need is refused where keys are asked for, one by one', () => {
  expect(faults({ ...TOKENS, ...PAGE, api: 'iam' })).toEqual(
    ['apiIssuer', 'apiAudience', 'pageClientId', 'signInOrigins'].map((name) =>
      expect.stringMatching(
        new RegExp(
          `^The parameter ${name} is ".*"; expected none where api is iam, since nobody brings a token there\\.$`,
        ),
      ),
    ),
  );
  expect(faults({ api: 'jwt' })).toHaveLength(2);
});

test('what the function of the API is told of has room in its environment', async () => {
  const parameters = {
    ...{ Api: 'jwt', ApiIssuer: 'x'.repeat(1000), PageClientId: 'x'.repeat(256), SignInOrigins: 'x'.repeat(1000) },
  };
  const told = environment(await readResolved({ ...somewhere, parameters }), 'api');
  const characters = Object.entries(told).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  // The stage and the table are called after the stage.
  expect(characters + 2 * LONGEST_STAGE).toBeLessThanOrEqual(4096);
});

test('what the dispatcher is told of has room in its environment, and a longer list of accounts is refused', async () => {
  const ids = (many: number) => Array.from({ length: many }, (_, index) => 100_000_000_000 + index).join(',');
  const lists = { accounts: ids(185), externalId: EXTERNAL_ID };
  expect(faults(lists)).toEqual([]);
  expect(faults({ ...lists, accounts: ids(220) })).toEqual([
    expect.stringMatching(
      /^The parameters kinds, .* have \d+ characters together; expected at most 2700, since the dispatcher is told of them in 4 KB; for a long list of accounts set accounts to organization, with includeOrganizationalUnits\.$/,
    ),
  ]);
  // As long as they can be made: the longest stage stands in the names of the table and of two topics.
  const told = environment(await readResolved({ ...somewhere, region: 'ap-southeast-99' }), 'dispatcher');
  const before = TOLD.reduce((sum, name) => sum + String(DEFAULTS[name]).length, 0);
  const characters = Object.entries(told).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  expect(characters - before + 3 * LONGEST_STAGE + MOST_TOLD).toBeLessThanOrEqual(4096);
});

const ONE_TO_50 = 'expected a whole number from 1 to 50';
const WEEK = 'expected a whole number from 1 to 168 (CloudWatch looks back a week at most)';

test.each<[string, unknown, string, Partial<Place>?]>([
  ['callsPerSecond', 'fast', ONE_TO_50],
  ['callsPerSecond', 0, ONE_TO_50],
  ['callsPerSecond', 51, ONE_TO_50],
  ['callsPerSecond', '1e1', ONE_TO_50],
  ['callsPerSecond', '0x10', ONE_TO_50],
  ['callsPerSecond', '-5', ONE_TO_50],
  ['callsPerSecond', 4.5, ONE_TO_50],
  ['callsPerSecond', '', ONE_TO_50],
  ['callsPerSecond', '5/s', ONE_TO_50],
  ['namePrefixes', 'no', 'expected on or off'],
  ['namePrefixes', true, 'expected on or off'],
  ['namePrefixes', '', 'expected on or off'],
  ['existingTable', 'arn:aws:dynamodb:eu-west-1:123456789012:table/x', 'expected the name of a DynamoDB table'],
  ['existingTable', '', 'and not its ARN; or none'],
  ['deletionProtection', 'true', 'expected on or off'],
  ['terminationProtection', true, 'expected on or off'],
  ['dashboard', 'yes', 'expected on or off'],
  ['tracing', 'Active', 'expected on or off'],
  ['metrics', 'all', 'expected totals, regions or off'],
  ['dropAlarmPercent', 100, 'expected a whole number from 0 to 99 (0 is no alarm)'],
  ['quotaAlarmPercent', '101', 'expected a whole number from 0 to 100 (0 is no alarm)'],
  ['quotaAlarmPercent', '80%', 'expected a whole number from 0 to 100 (0 is no alarm)'],
  ['partialAlarmRuns', '-1', 'expected a whole number from 0 to 100 (0 is no alarm)'],
  ['alarmEmail', '', 'expected one e-mail address, such as cameras@example.com, or none'],
  ['alarmTopicArn', '', 'or none'],
  ['workerConcurrency', 1, 'expected a whole number from 2 to 1000'],
  ['workerConcurrency', 1001, 'expected a whole number from 2 to 1000'],
  ['retentionDays', 1, 'expected a whole number from 3 to 36500'],
  ['retentionDays', 2, 'expected a whole number from 3 to 36500'],
  ['retentionDays', 'forever', 'expected a whole number from 3 to 36500'],
  ['logRetentionDays', 31, 'expected one of the numbers that CloudWatch Logs takes: 1, 3, 5'],
  ['logRetentionDays', 0, 'expected one of the numbers that CloudWatch Logs takes'],
  ['noRunAlarmHours', 169, WEEK],
  ['noRunAlarmHours', 0, WEEK],
  ['noTotalAlarmHours', 9.5, WEEK],
  [
    'noRunAlarmHours',
    6,
    'expected at least 7, since the schedule cron(0 0/6 * * ? *) leaves up to 6 h between two runs',
  ],
  ['noTotalAlarmHours', 8, 'expected at least 9, since the schedule cron(0 0/6 * * ? *) leaves up to 6 h'],
  ['kinds', '', 'but one of them is empty'],
  ['kinds', 'streams,', 'but one of them is empty'],
  ['kinds', 'none', `expected kinds, separated by commas: ${KINDS.join(', ')}; but none is none of them`],
  ['kinds', 'streams,cameras', 'but cameras is none of them'],
  ['kinds', 'Streams', 'but Streams is none of them'],
  ['kinds', 'streams,channels,channels', 'but channels is there twice'],
  ['kinds', 'channels', 'expected streams among them, since they are always counted, such as streams,channels'],
  ['regions', '', 'but one of them is empty'],
  ['regions', 'eu-west-1,none', 'but none is none of them'],
  ['regions', 'eu-west-1,,us-east-1', 'but one of them is empty'],
  ['regions', 'eu-west-1,', 'but one of them is empty'],
  ['regions', 'eu-wst-1', 'but eu-wst-1 is none of them (src/census/kinds/kinesis-video.ts lists them)'],
  ['regions', 'eu-west-1 us-east-1', 'but eu-west-1 us-east-1 is none of them'],
  ['regions', 'EU-WEST-1', 'but EU-WEST-1 is none of them'],
  ['regions', 'eu-west-1;us-east-1', 'is none of them'],
  ['regions', 'eu-north-1', 'but eu-north-1 is none of them'],
  ['regions', 'eu-west-1,us-east-1,eu-west-1', 'but eu-west-1 is there twice'],
  ['regions', 'eu-west-1,cn-north-1', 'but cn-north-1 is of another'],
  ['regions', 'eu-west-1', 'but eu-west-1 is of another', { region: 'us-gov-west-1' }],
  ['includeRegions', 'mars', 'but mars is none of them'],
  ['includeRegions', 'eu-west-1,', 'but one of them is empty'],
  ['includeRegions', 'us-gov-west-1', 'but us-gov-west-1 is of another'],
  ['excludeRegions', 'me-south-1,me-south-1', 'but me-south-1 is there twice'],
  ['excludeRegions', 'EU-WEST-1', 'but EU-WEST-1 is none of them'],
  ['schedule', 'cron(0 0/6 * * * *)', 'but cron(0 0/6 * * * *) must have ? in one of its two day fields'],
  ['schedule', 'cron(0 0/6 ? * ? *)', 'must have ? in one of its two day fields'],
  ['schedule', '0 0/6 * * *', 'is neither rate(...) nor cron(...)'],
  ['schedule', 'cron(0 0/6 * * ?)', 'has 5 fields instead of 6'],
  ['schedule', 'cron(0 25 * * ? *)', '25 is not a value of hours'],
  ['schedule', 'at(2026-11-20T06:00:00)', 'is neither rate(...) nor cron(...)'],
  ['schedule', 'every 6 hours', 'is neither rate(...) nor cron(...)'],
  ['schedule', 'rate(0 hours)', 'rate(0 hours) must be a positive number'],
  ['schedule', 'rate(1 hours)', 'rate(1 hours) must be a positive number of minute or hour or day'],
  ['schedule', 'rate(6 weeks)', 'must be a positive number'],
  ['schedule', 'rate(1 minute)', 'expected at least 15 minutes between two runs'],
  ['schedule', 'cron(0,10 6 * * ? *)', 'expected at least 15 minutes between two runs'],
  [
    'schedule',
    'rate(8 days)',
    'expected at most 165 h between two runs, since CloudWatch looks back a week at most, but this one leaves 192 h',
  ],
  ['schedule', 'cron(0 0 1 * ? *)', 'but this one leaves 744 h'],
  ['schedule', 'cron(0 0/6 * 1-6 ? *)', 'expected at most 165 h between two runs'],
  ['schedule', 'cron(0 0 * * ? 2020)', 'but this one ends, or never comes'],
  ['schedule', 'cron(0 0 31 2 ? *)', 'but this one ends, or never comes'],
  ['alarmTopicArn', 'alarms', 'expected the ARN of a standard SNS topic'],
  ['alarmTopicArn', 'arn:aws:sqs:eu-west-1:123456789012:alarms', 'expected the ARN of a standard SNS topic'],
  ['alarmTopicArn', 'arn:aws:sns:eu-west-1:12345:alarms', 'expected the ARN of a standard SNS topic'],
  ['alarmTopicArn', 'arn:aws:sns:eu-west-1:123456789012:alarms.fifo', 'expected the ARN of a standard SNS topic'],
  ['alarmTopicArn', 'arn:aws:sns:us-east-1:123456789012:alarms', 'expected a topic in eu-west-1'],
  ['alarmEmail', 'cameras', 'expected one e-mail address'],
  ['alarmEmail', 'a@example.com,b@example.com', 'expected one e-mail address'],
  ['alarmEmail', 'cameras@example', 'expected one e-mail address'],
])('%s cannot be %j', (name, value, expected, place = {}) => {
  const mine = faults({ [name]: value }, place).filter((fault) => fault.startsWith(`The parameter ${name} is `));
  expect(mine).toEqual([expect.stringContaining(expected)]);
  expect(mine[0]).toMatch(/^The parameter \w+ is "[^\n]*"; expected [^\n]+\.$/);
  expect(mine[0]).toContain(JSON.stringify(String(value)));
});

test('an address beside a topic would be mailed nothing', () => {
  const alarmTopicArn = 'arn:aws:sns:eu-west-1:123456789012:alarms';
  expect(faults({ alarmTopicArn, alarmEmail: 'cameras@example.com' })).toEqual([
    'The parameter alarmEmail is "cameras@example.com"; expected none where alarmTopicArn is set: the address belongs to the topic that the stack makes of its own.',
  ]);
});

test('nothing measured raises no alarm', () => {
  expect(faults({ metrics: 'off', dropAlarmPercent: 20 })).toEqual([
    'The parameter dropAlarmPercent is "20"; expected 0 where metrics is off, since the alarm would hear of nothing.',
  ]);
});

test('other kinds than streams are not counted where nobody would miss their totals', () => {
  expect(faults({ metrics: 'off', kinds: 'streams,channels' })).toEqual([
    'The parameter metrics is "off"; expected totals or regions where kinds names others than streams, since their alarms hear of nothing else.',
  ]);
});

test('no region is included and excluded, and some region is left', () => {
  expect(faults({ includeRegions: 'eu-west-1', excludeRegions: 'us-east-1,eu-west-1' })).toEqual([
    'The parameter excludeRegions is "us-east-1,eu-west-1"; expected other regions than includeRegions, but eu-west-1 is in both.',
  ]);
  expect(faults({ regions: 'eu-west-1', excludeRegions: 'eu-west-1' })).toEqual([
    'The parameter excludeRegions is "eu-west-1"; expected fewer regions than regions names, since somewhere something must be counted.',
  ]);
  expect(faults({ regions: 'eu-west-1', excludeRegions: 'eu-west-1', includeRegions: 'us-east-1' })).toEqual([]);
  const all = KINESIS_VIDEO_REGIONS.filter((name) => partitionOf(name) === 'aws').join(',');
  expect(faults({ regions: 'none', excludeRegions: all })).toEqual([
    expect.stringContaining('expected fewer regions than there are, since somewhere something must be counted.'),
  ]);
  expect(faults({ regions: 'none', excludeRegions: all, includeRegions: 'eu-south-9' })).toEqual([]);
});

test('a run is kept until after the next one', () => {
  const weekly = { schedule: 'rate(5 days)', noRunAlarmHours: 121, noTotalAlarmHours: 123 };
  expect(faults({ ...weekly, retentionDays: 6 })).toEqual([]);
  expect(faults({ ...weekly, retentionDays: 5 })).toEqual([
    expect.stringContaining('expected more than 5, since the schedule'),
  ]);
});

test('every fault is told at once, and a parameter that is misspelt, too', () => {
  expect(faults({ callsPerSecond: 'fast', callPerSecond: 20, constructor: 1 }, { stage: 'x'.repeat(42) })).toEqual([
    expect.stringMatching(/^The stage is "x{42}"; expected at most 41 letters, digits and hyphens,/),
    expect.stringMatching(/^The parameter callsPerSecond is "fast"; /),
    expect.stringMatching(/^There is no parameter callPerSecond; expected one of schedule, /),
    expect.stringMatching(/^There is no parameter constructor; /),
  ]);
});

describe('the time between two runs', () => {
  const hour = 3_600_000;
  test.each<[string, number, number]>([
    ['rate(90 minutes)', 1.5, 1.5],
    ['cron(0 0/6 * * ? *)', 6, 6],
    ['cron(55 23,0 * * ? *)', 1, 23],
    ['cron(0 8-17 ? * MON-FRI *)', 1, 63],
    ['cron(30 6,7 L * ? *)', 1, 31 * 24 - 1],
    ['cron(0 12 29 2 ? *)', 367 * 24, 367 * 24],
  ])('of %s is %d h to %d h', (expression, shortest, longest) => {
    expect(gapsOf(expression, HERE.nowMs)).toEqual({ shortestMs: shortest * hour, longestMs: longest * hour });
  });

  test('is no shorter than the time for which the Scheduler tries to deliver an event', async () => {
    const { Target } = only(await readResolved(), 'AWS::Scheduler::Schedule', { Name: 'kvs-census-dev-dispatch' })
      .Properties as {
      Target: { RetryPolicy: { MaximumEventAgeInSeconds: number } };
    };
    expect(Target.RetryPolicy.MaximumEventAgeInSeconds * 1000).toBe(SHORTEST_GAP_MS);
  });
});

/** AWS's limits on names; one that the template does not give is made by CloudFormation, which shortens it. */
const NAMES: [type: string, property: string, most: number][] = [
  ['AWS::Lambda::Function', 'FunctionName', 64],
  ['AWS::Scheduler::Schedule', 'Name', 64],
  ['AWS::SQS::Queue', 'QueueName', 80],
  ['AWS::SNS::Topic', 'TopicName', 256],
  ['AWS::DynamoDB::Table', 'TableName', 255],
  ['AWS::CloudWatch::Alarm', 'AlarmName', 255],
  ['AWS::Logs::LogGroup', 'LogGroupName', 512],
  ['AWS::CloudWatch::Dashboard', 'DashboardName', 255],
  ['AWS::IAM::Policy', 'PolicyName', 128],
  ['AWS::IAM::Role', 'RoleName', 64],
  // https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html: names and authorizers of at most 128.
  ['AWS::ApiGatewayV2::Api', 'Name', 128],
  ['AWS::ApiGatewayV2::Authorizer', 'Name', 128],
];

/** Everything that can be asked for. */
const EVERYTHING = {
  ...{ Dashboard: 'on', DropAlarmPercent: '20', PartialAlarmRuns: '3', Accounts: 'organization' },
  ...API_PARAMETERS.page,
  ...parametersFor(OTHER_KINDS),
};

test('with the longest stage every name fits, and with a longer one not', async () => {
  const template = await readResolved({ ...somewhere, parameters: EVERYTHING });
  const room = NAMES.flatMap(([type, name, most]) =>
    ofType(template, type)
      .flatMap(([, { Properties }]) => (Properties[name] === undefined ? [] : [String(Properties[name])]))
      .map((given) => most - (given.length - HERE.stage.length)),
  );
  expect(room.length).toBeGreaterThan(20);
  expect(Math.min(...room)).toBe(LONGEST_STAGE);
  const named = Object.values(template.Resources).flatMap(({ Type, Properties }) =>
    Object.keys(Properties ?? {})
      .filter((key) => /^(\w*Name)$/.test(key))
      .map((key) => `${Type} ${key}`),
  );
  const known = NAMES.map(([type, name]) => `${type} ${name}`);
  // These name something else, or one of the above.
  const others =
    /(MetricName|EventSourceMapping FunctionName|EventInvokeConfig FunctionName|Permission FunctionName|Stage StageName)$/;
  expect([...new Set(named)].filter((one) => !known.includes(one) && !others.test(one))).toEqual([]);
});

describe('The Serverless Framework', () => {
  const sls = (...args: string[]) =>
    spawnSync(process.execPath, [join(root, 'node_modules/serverless/bin/serverless.js'), ...args], {
      cwd: root,
      encoding: 'utf8',
      timeout: 60_000,
      env: { PATH: process.env.PATH, HOME: root, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', NO_COLOR: '1' },
    });

  test('refuses to package, with our sentence and not that of its own check of the file, and ends', () => {
    const { status, stdout, stderr } = sls('package', '--param=workerConcurrency=many');
    const sentence = 'The parameter workerConcurrency is "many"; expected a whole number from 2 to 1000';
    expect({ status, said: stdout + stderr }).toEqual({ status: 1, said: expect.stringContaining(sentence) });
  });

  test('refuses to deploy, and tells every fault', () => {
    const { status, stdout, stderr } = sls('deploy', '--param=regions=eu-wst-1', '--param=callPerSecond=20');
    const sentences = /The parameter regions is "eu-wst-1"; [^\n]+\nThere is no parameter callPerSecond; /;
    expect({ status, said: stdout + stderr }).toEqual({ status: 1, said: expect.stringMatching(sentences) });
  });

  test('still explains a command whose parameters cannot be', () => {
    expect(sls('deploy', '--help', '--param=callsPerSecond=fast').status).toBe(0);
  });
});

/** The parameters that serverless.yml has under that name. */
function blockOf(name: string): Record<string, string> {
  const text = readFileSync(join(root, 'serverless.yml'), 'utf8');
  const [, params = ''] = /\nparams:\n((?: {2}.*\n)+)/.exec(text) ?? [];
  const [, block = ''] = new RegExp(`(?:^|\\n) {2}${name}:\\n((?: {4}.*\\n)+)`).exec(params) ?? [];
  const lines = [...block.matchAll(/^ {4}(\w+): (.*)$/gm)];
  return Object.fromEntries(lines.map(([, key = '', value = '']) => [key, value.replace(/^'(.*)'$/, '$1')]));
}
