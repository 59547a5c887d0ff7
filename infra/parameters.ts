/**
 * What each parameter of serverless.yml may be. Pure: infra/plugins/check-parameters.cjs asks it before anything is packaged.
 * A limit that is AWS's own says so; the others follow from numbers of this product.
 */

import { KINESIS_VIDEO_REGIONS } from '../src/census/kinds/kinesis-video.ts';
import { KINDS, STREAMS } from '../src/census/kinds.ts';
import { partitionOf } from '../src/census/partition.ts';
import { parseRegion } from '../src/census/region.ts';
import { faultOf, gapsOf } from '../src/local/schedule-expression.ts';
import { kindsIn } from './kinds.ts';

/** By name, as they come from the command line or from serverless.yml. */
export type Parameters = Readonly<Record<string, unknown>>;

/** Where the stack is to live, and the moment from which its schedule is looked at. */
export type Place = { stage: string; region: string; nowMs: number };

type Given = Readonly<Record<string, string>>;

/** Gives what was expected instead, as the end of a sentence, or nothing. */
type Check = (value: string, all: Given, place: Place) => string | undefined;

/** Of a parameter that may be left out. A word, because the command line of the framework takes no empty value. */
const NONE = 'none';

const SELF = 'self';
const ORGANIZATION = 'organization';
const ACCOUNT_IDS = 'ids of accounts, separated by commas';
/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html, API_Root.html */
const UNIT_ID = /^(ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|r-[0-9a-z]{4,32})$/;
/** AWS takes 2 characters (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html), which could be guessed. */
const EXTERNAL_IDS =
  '16 to 1,224 letters, digits and characters of _+=,.@:/-, no number, such as what `node -p "crypto.randomUUID()"` prints';

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;

/** An event of the schedule may be delivered this late (infra/messaging.yml); by then the next one must not be due. */
export const SHORTEST_GAP_MS = 15 * 60_000;
/** CloudWatch evaluates an alarm over seven days at most. */
const WEEK_HOURS = 7 * DAY_HOURS;
/** No run: an hour after it was due. No total: a run has 90 minutes, that of an organisation 2 h, and the sweep five minutes more. */
const NO_RUN_MARGIN_HOURS = 1;
const NO_TOTAL_MARGIN_HOURS = 3;

/** Lambda and the Scheduler take names of 64 characters; the longest is the undelivered function's. */
export const LONGEST_STAGE = 64 - 'kvs-census-'.length - '-undelivered'.length;

/** Characters of each of two settings that the function `api` is told of: with them its environment holds 4 KB. */
const LONGEST_TOLD = 1000;

/**
 * The environment of a function holds 4 KB (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html): characters that
 * the settings of these names may have together in the dispatcher's, beside all else that it is told. tests/template counts.
 */
export const MOST_TOLD = 2700;
export const TOLD = [
  ...['kinds', 'regions', 'includeRegions', 'excludeRegions'],
  ...['accounts', 'includeOrganizationalUnits', 'excludeAccounts', 'memberRole', 'externalId'],
];

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const LOG_RETENTION_DAYS = [
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731],
  ...[1096, 1827, 2192, 2557, 2922, 3288, 3653],
];

export const CHECKS: Readonly<Record<string, Check>> = {
  schedule: (value, _all, { nowMs }) => {
    const fault = faultOf(value);
    if (fault !== undefined) return `a rate(...) or cron(...) of EventBridge Scheduler, but ${fault}`;
    const gaps = gapsFrom(value, nowMs);
    if (gaps === undefined) return 'a schedule that goes on for more than a year, but this one ends, or never comes';
    if (gaps.shortestMs < SHORTEST_GAP_MS) {
      return `at least ${SHORTEST_GAP_MS / 60_000} minutes between two runs, since an event may arrive that late`;
    }
    const most = WEEK_HOURS - NO_TOTAL_MARGIN_HOURS;
    if (hours(gaps.longestMs) > most) {
      return `at most ${most} h between two runs, since CloudWatch looks back a week at most, but this one leaves ${hours(gaps.longestMs)} h`;
    }
    return undefined;
  },
  noRunAlarmHours: alarmHours(NO_RUN_MARGIN_HOURS),
  noTotalAlarmHours: alarmHours(NO_TOTAL_MARGIN_HOURS),
  kinds: (value) => {
    const names = kindsIn(value);
    const list = `kinds, separated by commas: ${KINDS.join(', ')}`;
    const strange = names.find((name) => !KINDS.some((kind) => kind === name));
    if (strange !== undefined)
      return `${list}; but ${strange === '' ? 'one of them is empty' : `${strange} is none of them`}`;
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) return `${list}; but ${twice} is there twice`;
    if (names.includes(STREAMS)) return undefined;
    return `${STREAMS} among them, since they are always counted, such as ${[STREAMS, ...names].join(',')}`;
  },
  accounts: (value) =>
    value === SELF || value === ORGANIZATION
      ? undefined
      : accountsFault(value, `${SELF}, ${ORGANIZATION}, or ${ACCOUNT_IDS}`),
  includeOrganizationalUnits: (value, { accounts = SELF }) => {
    if (value === NONE) return undefined;
    if (accounts !== ORGANIZATION)
      return `${NONE} unless accounts is ${ORGANIZATION}, since only there accounts are looked for`;
    return listFault(
      namesIn(value),
      UNIT_ID,
      `ids such as ou-ab12-11111111 or r-ab12, separated by commas, or ${NONE}`,
    );
  },
  excludeAccounts: (value, { accounts = SELF }) => {
    if (value === NONE) return undefined;
    if (accounts === SELF) return `${NONE} where accounts is ${SELF}, since no other account is counted`;
    const fault = accountsFault(value, `${ACCOUNT_IDS}, or ${NONE}`);
    if (fault !== undefined || accounts === ORGANIZATION) return fault;
    const excluded = namesIn(value);
    const isLeft = namesIn(accounts).some((id) => !excluded.includes(id));
    return isLeft ? undefined : 'fewer accounts than accounts names, since somewhere something must be counted';
  },
  memberRole: (value) =>
    /^[\w+=,.@-]{1,64}$/.test(value)
      ? undefined
      : 'the name of a role, which is the same in every account: at most 64 letters, digits and characters of _+=,.@-, and not its ARN',
  externalId: (value, { accounts = SELF }) => {
    if (value === NONE) {
      return accounts === SELF ? undefined : `${EXTERNAL_IDS}, since the roles of other accounts refuse without it`;
    }
    // The settings file takes what looks like a number for one, and a long one loses its last digits on the way.
    return /^[\w+=,.@:/-]{16,1224}$/.test(value) && Number.isNaN(Number(value)) ? undefined : EXTERNAL_IDS;
  },
  regions: regionsIn((name) => KINESIS_VIDEO_REGIONS.includes(name), ' (src/census/kinds/kinesis-video.ts lists them)'),
  includeRegions: regionsIn(isRegion),
  excludeRegions: (value, all, place) => {
    const fault = regionsIn(isRegion)(value, all, place);
    if (fault !== undefined) return fault;
    const excluded = namesIn(value);
    const both = namesIn(all.includeRegions ?? NONE).find((name) => excluded.includes(name));
    if (both !== undefined) return `other regions than includeRegions, but ${both} is in both`;
    const set = namesIn(all.regions ?? NONE);
    const found = set.length > 0 ? set : knownIn(place.region);
    const counted = [...found, ...namesIn(all.includeRegions ?? NONE)];
    if (excluded.length === 0 || counted.some((name) => !excluded.includes(name))) return undefined;
    const what = set.length > 0 ? 'regions names' : 'there are';
    return `fewer regions than ${what}, since somewhere something must be counted`;
  },
  callsPerSecond: wholeNumber(1, 50, 'AWS refuses more in a region'),
  workerConcurrency: wholeNumber(2, 1000, 'Lambda takes no other'),
  namePrefixes: onOrOff,
  retentionDays: (value, { schedule = '' }, { nowMs }) => {
    // A run may be asked again for a day, and is looked at for a day after that; a count belongs to the run before it.
    const least = 3;
    const most = 36_500;
    const fault = wholeNumber(least, most, 'a partial run may improve for two days and more')(value, {}, NOWHERE);
    if (fault !== undefined) return fault;
    const gapDays = Math.ceil(hours(longestGapMs(schedule, nowMs) ?? 0) / DAY_HOURS);
    if (Number(value) > gapDays) return undefined;
    return `more than ${gapDays}, since the schedule leaves that many days between two runs, and each is compared with the one before`;
  },
  logRetentionDays: (value) =>
    LOG_RETENTION_DAYS.map(String).includes(value)
      ? undefined
      : `one of the numbers that CloudWatch Logs takes: ${LOG_RETENTION_DAYS.join(', ')}`,
  existingTable: (value) => {
    // NONE happens to be the name of a possible table, too.
    if (/^[a-zA-Z0-9_.-]{3,255}$/.test(value)) return undefined;
    return `the name of a DynamoDB table in the region of the stack, such as kvs-census-prod, and not its ARN; or ${NONE}`;
  },
  deletionProtection: onOrOff,
  terminationProtection: onOrOff,
  metrics: (value, { kinds = '', accounts = SELF }) => {
    // An organisation's total knows its accounts, and not where their things are.
    const words = ['totals', accounts === SELF ? 'regions' : 'accounts', 'off'];
    if (!words.includes(value)) {
      const other = ['regions', 'accounts'].includes(value)
        ? ` where accounts is ${accounts === SELF ? '' : 'not '}${SELF}`
        : '';
      return `${words[0]}, ${words[1]} or ${words[2]}${other}`;
    }
    const isDeaf = value === 'off' && kindsIn(kinds).length > 1;
    return isDeaf
      ? `totals or ${words[1]} where kinds names others than streams, since their alarms hear of nothing else`
      : undefined;
  },
  // The announcement and the mail name the regions, too, whatever is measured.
  quotaAlarmPercent: wholeNumber(0, 100, '0 is no alarm'),
  dropAlarmPercent: measured(wholeNumber(0, 99, '0 is no alarm')),
  partialAlarmRuns: measured(wholeNumber(0, 100, '0 is no alarm')),
  dashboard: onOrOff,
  tracing: onOrOff,
  alarmTopicArn: (value, _all, { region: home }) => {
    if (value === NONE) return undefined;
    const [, partition, region] = /^arn:(aws[a-z-]*):sns:([a-z0-9-]+):\d{12}:[\w-]{1,256}$/.exec(value) ?? [];
    if (region === undefined)
      return `the ARN of a standard SNS topic, such as arn:aws:sns:eu-west-1:123456789012:alarms, or ${NONE}`;
    if (region !== home || partition !== partitionOf(home)) {
      return `a topic in ${home}, where the stack is to live: an alarm reaches no topic of another region`;
    }
    return undefined;
  },
  alarmEmail: (value, { alarmTopicArn = NONE }) => {
    if (value === NONE) return undefined;
    if (!/^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+$/.test(value)) {
      return `one e-mail address, such as cameras@example.com, or ${NONE}`;
    }
    if (alarmTopicArn === NONE) return undefined;
    return `${NONE} where alarmTopicArn is set: the address belongs to the topic that the stack makes of its own`;
  },
  api: (value) => (['off', 'iam', 'jwt'].includes(value) ? undefined : 'off, iam or jwt'),
  apiIssuer: ofTokens(
    'the https URL that its tokens have as iss, such as https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a1B2c3D4e',
    (value, expected) => (isHttps(value) && value.length <= LONGEST_TOLD ? undefined : expected),
  ),
  apiAudience: ofTokens('what a token may have as aud or client_id, separated by commas', (value, expected) =>
    value === NONE ? expected : listFault(namesIn(value), /^(?!none$)[\x21-\x7e]+$/, expected),
  ),
  pageClientId: ofTokens('the id of a public client of apiIssuer, one that has no secret', (value, expected) => {
    if (value === NONE) return undefined;
    return /^[\x21-\x7e]{1,256}$/.test(value) ? undefined : expected;
  }),
  signInOrigins: ofTokens(
    'origins such as https://census.auth.eu-west-1.amazoncognito.com, separated by commas',
    (value, expected, { api, pageClientId = NONE }) => {
      if (value === NONE) return undefined;
      if (api === 'jwt' && pageClientId === NONE) {
        return `${NONE} where pageClientId is ${NONE}, since only the page signs people in`;
      }
      if (value.length > LONGEST_TOLD) return `${expected}, of at most ${LONGEST_TOLD} characters together`;
      const origins = namesIn(value);
      const strange = origins.find((name) => name !== '' && !isOrigin(name));
      return strange === undefined ? listFault(origins, /./, expected) : `${expected}; but ${strange} is none of them`;
    },
  ),
};

const NOWHERE: Place = { stage: '', region: '', nowMs: 0 };

/** What cannot be, each as one sentence that names the parameter, what was given and what is expected. */
export function faultsOf(given: Parameters, place: Place): string[] {
  const all = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
  const faults = Object.entries(all).map(([name, value]) => {
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined;
    if (check === undefined) return `There is no parameter ${name}; expected one of ${Object.keys(CHECKS).join(', ')}.`;
    const expected = check(value, all, place) ?? roundedFault(given[name]);
    return expected && `The parameter ${name} is ${shown(value)}; expected ${expected}.`;
  });
  return [stageFault(place.stage), ...faults, lengthFault(all)].filter((fault) => fault !== undefined);
}

/** A settings file takes what looks like a number for one. */
function roundedFault(given: unknown): string | undefined {
  const isRounded = typeof given === 'number' && Number.isInteger(given) && !Number.isSafeInteger(given);
  return isRounded ? 'it in quotes, since without them so long a number loses its last digits' : undefined;
}

/** A list of all regions would hide what is said of it. */
function shown(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 79)}…` : value);
}

function stageFault(stage: string): string | undefined {
  if (/^[A-Za-z0-9-]+$/.test(stage) && stage.length <= LONGEST_STAGE) return undefined;
  return `The stage is ${shown(stage)}; expected at most ${LONGEST_STAGE} letters, digits and hyphens, since AWS takes names of 64 characters and the stage is part of each.`;
}

function lengthFault(all: Readonly<Record<string, string>>): string | undefined {
  const characters = TOLD.reduce((sum, name) => sum + (all[name] ?? '').length, 0);
  if (characters <= MOST_TOLD) return undefined;
  return `The parameters ${TOLD.join(', ')} have ${characters} characters together; expected at most ${MOST_TOLD}, since the dispatcher is told of them in 4 KB; for a long list of accounts set accounts to ${ORGANIZATION}, with includeOrganizationalUnits.`;
}

function onOrOff(value: string): string | undefined {
  return value === 'on' || value === 'off' ? undefined : 'on or off';
}

/** Digits alone: what JavaScript also takes for a number (1e3, 0x10, 5.0) is not what a person means here. */
function wholeNumber(least: number, most: number, because: string): Check {
  return (value) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= least && number <= most) return undefined;
    return `a whole number from ${least} to ${most} (${because})`;
  };
}

/** Of an alarm on what totals say of themselves. */
function measured(check: Check): Check {
  return (value, all, place) => {
    const isDeaf = all.metrics === 'off' && value !== '0';
    return isDeaf ? '0 where metrics is off, since the alarm would hear of nothing' : check(value, all, place);
  };
}

/** Of what only matters where tokens are asked for. Where the API is off it may be there: one parameter is enough to switch it off. */
function ofTokens(what: string, check: (value: string, expected: string, all: Given) => string | undefined): Check {
  return (value, all) => {
    const { api = 'off' } = all;
    if (value === NONE && api !== 'jwt') return undefined;
    if (api === 'iam') return `${NONE} where api is iam, since nobody brings a token there`;
    return check(value, value === NONE ? `${what}, since api is jwt` : `${what}, or ${NONE}`, all);
  };
}

/** Without what an issuer has none of: a query, a fragment, a name. */
function isHttps(text: string): boolean {
  return /^https:\/\/[^\s?#@]+$/.test(text) && URL.canParse(text);
}

/** No pattern either: it becomes a part of what the page's browser is allowed. */
function isOrigin(text: string): boolean {
  return /^https:\/\/[a-z0-9.-]+(:\d+)?$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function alarmHours(marginHours: number): Check {
  return (value, { schedule = '' }, { nowMs }) => {
    const fault = wholeNumber(1, WEEK_HOURS, 'CloudWatch looks back a week at most')(value, {}, NOWHERE);
    if (fault !== undefined) return fault;
    const gapMs = longestGapMs(schedule, nowMs);
    if (gapMs === undefined || Number(value) >= hours(gapMs) + marginHours) return undefined;
    return `at least ${hours(gapMs) + marginHours}, since the schedule ${schedule} leaves up to ${hours(gapMs)} h between two runs`;
  };
}

const known = new Map<string, ReturnType<typeof gapsOf>>();

/** Four parameters ask, and a year of ticks takes a moment to look at. */
function gapsFrom(schedule: string, nowMs: number): ReturnType<typeof gapsOf> {
  const key = `${schedule} ${nowMs}`;
  if (!known.has(key)) known.set(key, gapsOf(schedule, nowMs));
  return known.get(key);
}

/** Nothing where the schedule itself is at fault. */
function longestGapMs(schedule: string, nowMs: number): number | undefined {
  return faultOf(schedule) === undefined ? gapsFrom(schedule, nowMs)?.longestMs : undefined;
}

function hours(ms: number): number {
  return Math.ceil(ms / HOUR_MS);
}

const namesIn = (value: string) => (value === NONE ? [] : value.split(',').map((name) => name.trim()));

/** @param expected what each of the list must be, as a list */
function listFault(names: readonly string[], pattern: RegExp, expected: string): string | undefined {
  const strange = names.find((name) => !pattern.test(name));
  if (strange === '') return `${expected}; but one of them is empty`;
  if (strange !== undefined) return `${expected}; but ${strange} is none of them`;
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? undefined : `${expected}; but ${twice} is there twice`;
}

/** What looks like a number in the settings file, and begins with 0, comes here as another one. */
function accountsFault(value: string, expected: string): string | undefined {
  const fault = listFault(
    value.split(',').map((id) => id.trim()),
    /^\d{12}$/,
    expected,
  );
  const isShort = /^\d{1,11}$/.test(value);
  return fault && isShort
    ? `${fault}: it has ${value.length} digits instead of 12, so put it in quotes if it begins with 0`
    : fault;
}

/** Where the code knows the service to be, in the partition of this region. */
const knownIn = (home: string) => KINESIS_VIDEO_REGIONS.filter((name) => partitionOf(name) === partitionOf(home));

/** None, or some of the partition in which the stack is to live. @param where of which it is known what they are called */
function regionsIn(isKnown: (name: string) => boolean, where = ''): Check {
  return (value, _all, { region: home }) => {
    const names = namesIn(value);
    const list = `regions of Kinesis Video, separated by commas, or ${NONE}`;
    const strange = names.find((name) => !isKnown(name));
    if (strange === '') return `${list}, but one of them is empty`;
    if (strange !== undefined) return `${list}, but ${strange} is none of them${where}`;
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) return `${list}, but ${twice} is there twice`;
    const foreign = names.find((name) => partitionOf(name) !== partitionOf(home));
    if (foreign === undefined) return undefined;
    return `regions of the partition of ${home}, where the stack is to live, but ${foreign} is of another, whose streams an account here cannot see`;
  };
}

function isRegion(name: string): boolean {
  try {
    return parseRegion(name) === name;
  } catch {
    return false;
  }
}
