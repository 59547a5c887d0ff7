/**
 * The functions' only reader of the environment. Each one's settings are parsed once, when its first invocation binds its
 * dependencies; a missing or malformed variable is an error that names it and says what was expected.
 *
 * Every number is set in one place (serverless.yml). A time that a function waits, or keeps to, is a variable whose name ends
 * in `_MS`: so a local stack can scale all of them, and leaves the others (days, receives, calls a second) as they are.
 */
import type { HttpLimits } from './aws/http.ts';
import type { Kind } from './census/kinds.ts';
import type { MetricsWanted } from './census/metrics.ts';
import type { AccountSettings } from './census/organization/accounts.ts';
import type { RegionSettings } from './census/plan.ts';
import { ConfigError, type Environment, makeReader, NONE, type Reader } from './environment.ts';
import { proxyOf } from './proxy.ts';

type LedgerConfig = { tableName: string };
type CommonConfig = { ledger: LedgerConfig; http: HttpLimits };

/** The role that is taken on in every account but one's own. `externalId` says `none` where there is no other. */
type MemberRole = { roleName: string; externalId: string };

export type DispatcherConfig = CommonConfig & {
  /** What is counted: streams first. */
  kinds: readonly Kind[];
  accounts: AccountSettings;
  member: MemberRole;
  nudgesTopicArn: string;
  /** How long the list of accounts may keep a run of the organisation from opening. */
  accountsTimeoutMs: number;
  /** How long the run of an organisation may take: longer than those of its accounts, which are opened later. */
  organizationDeadlineMs: number;
  /** Between the two times that a role is asked for which refuses. */
  accessRetryMs: number;
  /** How many accounts are dispatched at the same time. */
  dispatchConcurrency: number;
  regionTasksTopicArn: string;
  /** Regions that a person set: exactly these, these besides, and never these. */
  regionSettings: RegionSettings;
  /** How long the services that know about regions may keep a run from opening, and the ledger after them. */
  regionSourcesTimeoutMs: number;
  /** How long earlier runs may keep the tasks of this one from being published. */
  lookBackMs: number;
  /** How long a run that opens now stays in the ledger. */
  retentionDays: number;
  runDeadlineMs: number;
  runMaxAgeMs: number;
  runMaxAheadMs: number;
  publishBackoffMs: number;
};

export type WorkerConfig = CommonConfig & {
  nudgesTopicArn: string;
  queueUrl: string;
  /** Must equal the queue's `maxReceiveCount`. */
  maxReceives: number;
  leaseMs: number;
  leaseRenewMs: number;
  /** The wait before the second, third ... receive. */
  taskBackoffMs: readonly number[];
  pageBackoffMs: number;
  pageBackoffLimitMs: number;
  callsPerSecond: number;
  /** What the first call of a quick try may take, to the last byte of its answer. */
  quickTryMs: number;
  /** Kept back at the end of an invocation, to record what happened. */
  closingTimeMs: number;
  /** How long after the end of its list a region's quota is waited for. */
  quotaWaitMs: number;
  partialSweepMs: PartialSweepMs;
  /** Whether a record says how many of its streams begin with each prefix. */
  namePrefixes: boolean;
  /** As the dispatcher is told. */
  accounts: AccountSettings['accounts'];
  member: MemberRole;
};

/**
 * How long after its deadline a round may still be answered: until then the sweep looks at a partial run and tasks are
 * obeyed, and no longer. One number for all three functions.
 */
type PartialSweepMs = number;

export type UndeliveredConfig = CommonConfig & {
  nudgesTopicArn: string;
  unreadableTasksQueueUrl: string;
  partialSweepMs: PartialSweepMs;
};
export type AggregatorConfig = CommonConfig & {
  nudgesTopicArn: string;
  /** Of streams: one for programs, one for people; and one for all that is of other kinds. */
  totalsTopics: { totals: string; mail: string; detail: string };
  /** Of the stack. */
  place: { stage: string; region: string };
  partialSweepMs: PartialSweepMs;
  /** What earlier runs knew is waited for that long, and a total is stored without it after that. */
  lookBackMs: number;
  /** Kept back at the end of a sweep, for the run that it is at and to note where it stopped. */
  closingTimeMs: number;
  /** From how many percent of its quota on a region is named; 0: none ever is. */
  quotaAlarmPercent: number;
  metrics: MetricsWanted;
};

/** What the hosted page needs to know of who signs its readers in. */
type SignInConfig = { issuer: string; clientId: string; origins: readonly string[] };

export type ApiConfig = CommonConfig & {
  /** By what API Gateway closes it. */
  closedBy: 'iam' | 'jwt';
  stage: string;
  /** Whose tokens are taken; absent where none are. */
  issuer?: string;
  /** Absent where no page is served. */
  signIn?: SignInConfig;
};

export function dispatcherConfig(environment: Environment = process.env): DispatcherConfig {
  const read = makeReader(environment);
  return {
    ...common(read, environment),
    kinds: read.kinds('KINDS'),
    regionTasksTopicArn: read.text('REGION_TASKS_TOPIC_ARN'),
    regionSettings: {
      regions: read.regions('REGIONS'),
      includeRegions: read.regions('INCLUDE_REGIONS'),
      excludeRegions: read.regions('EXCLUDE_REGIONS'),
    },
    regionSourcesTimeoutMs: read.number('REGION_SOURCES_TIMEOUT_MS'),
    lookBackMs: read.number('LOOK_BACK_SECONDS') * 1000,
    retentionDays: read.number('RETENTION_DAYS'),
    runDeadlineMs: read.number('RUN_DEADLINE_MS'),
    runMaxAgeMs: read.number('RUN_MAX_AGE_MS'),
    runMaxAheadMs: read.number('RUN_MAX_AHEAD_MS'),
    publishBackoffMs: read.number('PUBLISH_BACKOFF_MS'),
    accounts: {
      accounts: read.accounts('ACCOUNTS'),
      includeOrganizationalUnits: read.list('INCLUDE_ORGANIZATIONAL_UNITS'),
      excludeAccounts: read.accountIds('EXCLUDE_ACCOUNTS'),
    },
    member: memberRole(read),
    nudgesTopicArn: read.text('NUDGES_TOPIC_ARN'),
    accountsTimeoutMs: read.number('ACCOUNTS_TIMEOUT_MS'),
    organizationDeadlineMs: read.number('ORGANIZATION_DEADLINE_MS'),
    accessRetryMs: read.number('ACCESS_RETRY_MS'),
    dispatchConcurrency: read.number('DISPATCH_CONCURRENCY'),
  };
}

export function workerConfig(environment: Environment = process.env): WorkerConfig {
  const read = makeReader(environment);
  return {
    ...common(read, environment),
    nudgesTopicArn: read.text('NUDGES_TOPIC_ARN'),
    queueUrl: read.text('REGION_TASKS_QUEUE_URL'),
    maxReceives: read.number('MAX_RECEIVES'),
    leaseMs: read.number('LEASE_MS'),
    leaseRenewMs: read.number('LEASE_RENEW_MS'),
    taskBackoffMs: read.numbers('TASK_BACKOFF_MS'),
    pageBackoffMs: read.number('PAGE_BACKOFF_MS'),
    pageBackoffLimitMs: read.number('PAGE_BACKOFF_LIMIT_MS'),
    callsPerSecond: read.number('CALLS_PER_SECOND'),
    quickTryMs: read.number('QUICK_TRY_MS'),
    closingTimeMs: read.number('CLOSING_TIME_MS'),
    quotaWaitMs: read.number('QUOTA_WAIT_SECONDS') * 1000,
    partialSweepMs: read.number('PARTIAL_SWEEP_MS'),
    namePrefixes: read.isOn('NAME_PREFIXES'),
    accounts: read.accounts('ACCOUNTS'),
    member: memberRole(read),
  };
}

export function undeliveredConfig(environment: Environment = process.env): UndeliveredConfig {
  const read = makeReader(environment);
  return {
    ...common(read, environment),
    nudgesTopicArn: read.text('NUDGES_TOPIC_ARN'),
    unreadableTasksQueueUrl: read.text('UNREADABLE_TASKS_QUEUE_URL'),
    partialSweepMs: read.number('PARTIAL_SWEEP_MS'),
  };
}

export function aggregatorConfig(environment: Environment = process.env): AggregatorConfig {
  const read = makeReader(environment);
  const totals = read.text('TOTALS_TOPIC_ARN');
  return {
    ...common(read, environment),
    nudgesTopicArn: read.text('NUDGES_TOPIC_ARN'),
    totalsTopics: {
      totals,
      mail: read.text('TOTALS_MAIL_TOPIC_ARN'),
      detail: read.text('TOTALS_DETAIL_TOPIC_ARN'),
    },
    place: { stage: read.text('STAGE'), region: totals.split(':')[3] ?? '' },
    partialSweepMs: read.number('PARTIAL_SWEEP_MS'),
    lookBackMs: read.number('LOOK_BACK_SECONDS') * 1000,
    closingTimeMs: read.number('CLOSING_TIME_MS'),
    quotaAlarmPercent: read.numberOrNone('QUOTA_ALARM_PERCENT'),
    metrics: {
      of: read.oneOf('METRICS', ['totals', 'regions', 'accounts', 'off']),
      stage: read.text('STAGE'),
      dropAlarmPercent: read.numberOrNone('DROP_ALARM_PERCENT'),
      partialAlarmRuns: read.numberOrNone('PARTIAL_ALARM_RUNS'),
    },
  };
}

export function apiConfig(environment: Environment = process.env): ApiConfig {
  const read = makeReader(environment);
  const closedBy = read.oneOf('API', ['iam', 'jwt']);
  const [issuer, clientId] = [read.textOrNone('JWT_ISSUER'), read.textOrNone('PAGE_CLIENT_ID')];
  const origins = read.list('SIGN_IN_ORIGINS');
  if (closedBy === 'jwt' && issuer === undefined)
    throw new ConfigError(
      'The environment variable JWT_ISSUER is none; expected the issuer whose tokens are taken, since API is jwt.',
    );
  if (clientId !== undefined && (closedBy !== 'jwt' || issuer === undefined))
    throw new ConfigError(
      'The environment variable PAGE_CLIENT_ID names a client; expected none, since API is not jwt.',
    );
  return {
    ...common(read, environment),
    closedBy,
    stage: read.text('STAGE'),
    ...(closedBy === 'jwt' && issuer !== undefined && { issuer }),
    ...(issuer !== undefined && clientId !== undefined && { signIn: { issuer, clientId, origins } }),
  };
}

/** Without an external id a role could be taken on by whoever persuades this account to (the confused deputy). */
function memberRole(read: Reader): MemberRole {
  const member = { roleName: read.text('MEMBER_ROLE'), externalId: read.text('EXTERNAL_ID') };
  if (member.externalId !== NONE || read.text('ACCOUNTS') === 'self') return member;
  throw new ConfigError(
    'The environment variable EXTERNAL_ID is none; expected the external id that the roles of other accounts ask for, since ACCOUNTS is not self.',
  );
}

function common(read: Reader, environment: Environment): CommonConfig {
  return {
    ledger: { tableName: read.text('TABLE_NAME') },
    http: {
      connectTimeoutMs: read.number('HTTP_CONNECT_TIMEOUT_MS'),
      requestTimeoutMs: read.number('HTTP_REQUEST_TIMEOUT_MS'),
      ...proxyOf(environment),
    },
  };
}
