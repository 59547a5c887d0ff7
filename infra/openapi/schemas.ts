/**
 * What every document holds, to the field: no field more, none less. It is written once more here, apart from the types,
 * so that no change of an answer goes unnoticed; tests/answers/answers.test.ts holds it against docs/json.md.
 */
import * as v from 'valibot';
import type { Comparison } from '../../src/answers/comparison.ts';
import type { DiffAnswer } from '../../src/answers/diff.ts';
import type { ExplainAnswer } from '../../src/answers/explain.ts';
import type { Head } from '../../src/answers/head.ts';
import type { HeadroomAnswer } from '../../src/answers/headroom.ts';
import type { DoctorAnswer } from '../../src/answers/health/doctor.ts';
import { CHECKS, LEVELS } from '../../src/answers/health/finding.ts';
import type { StatusAnswer } from '../../src/answers/health/status.ts';
import type { ExportAnswer } from '../../src/answers/history.ts';
import type { LatestAnswer } from '../../src/answers/latest.ts';
import type { OrganizationDiff } from '../../src/answers/organization/account-diff.ts';
import type { AccountRow } from '../../src/answers/organization/account-row.ts';
import type { AccountsAnswer } from '../../src/answers/organization/accounts.ts';
import type { OrganizationComparison } from '../../src/answers/organization/compared-run.ts';
import type { OrganizationDiffAnswer } from '../../src/answers/organization/diff.ts';
import type { OrganizationExplainAnswer } from '../../src/answers/organization/explain.ts';
import type { OrganizationHeadroomAnswer } from '../../src/answers/organization/headroom.ts';
import type { OrganizationExportAnswer } from '../../src/answers/organization/history.ts';
import type { OrganizationLatestAnswer } from '../../src/answers/organization/latest.ts';
import type { OrganizationRetryAnswer } from '../../src/answers/organization/retry.ts';
import type { OrganizationRunAnswer } from '../../src/answers/organization/run.ts';
import type { OrganizationRunSummary } from '../../src/answers/organization/run-summary.ts';
import type { OrganizationRunsAnswer } from '../../src/answers/organization/runs.ts';
import type { RedriveAnswer } from '../../src/answers/parked.ts';
import type { RowQuota } from '../../src/answers/quota.ts';
import type { DamagedItem } from '../../src/answers/reader.ts';
import type { RegionAnswer } from '../../src/answers/region.ts';
import type { RegionRow } from '../../src/answers/region-row.ts';
import type { RetryAnswer } from '../../src/answers/retry.ts';
import type { RunAnswer } from '../../src/answers/run.ts';
import type { Gap, RunSummary } from '../../src/answers/run-summary.ts';
import type { RunsAnswer } from '../../src/answers/runs.ts';
import type { StartedAnswer } from '../../src/answers/started.ts';
import type { WhyAnswer } from '../../src/answers/why.ts';
import type { Bounds } from '../../src/census/diff.ts';
import { REASONS } from '../../src/census/errors.ts';
import { descriptorOf, KINDS, type Kind } from '../../src/census/kinds.ts';
import { SET_ASIDE } from '../../src/census/organization/run.ts';
import { FAILED_REASONS } from '../../src/census/organization/total.ts';
import { QUOTA_FAILURES, QUOTA_SOURCES } from '../../src/census/quota.ts';
import { type LastKnown, SOURCE_FAILURES, SOURCES } from '../../src/census/run.ts';
import { AGES, type Tally } from '../../src/census/tally.ts';

const text = v.pipe(v.string(), v.nonEmpty());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const positive = v.pipe(count, v.minValue(1));
const change = v.pipe(v.number(), v.safeInteger());
const instant = v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/));
const runId = v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/));
const region = text;
const reason = v.picklist(REASONS);
const kind = v.picklist(KINDS);
const classes = <Name extends string>(names: readonly Name[]) => v.strictObject(v.entriesFromList(names, count));

const bounds = v.strictObject({ atLeast: count, atMost: count });
const effort = v.strictObject({ pages: count, calls: count, throttled: v.exactOptional(count), ms: count });
const lastKnown = v.strictObject({ runId, streams: count, countedAt: instant });
const churn = { against: runId, created: count, gone: count };
const gap = v.strictObject({
  region,
  reason,
  lastKnown: v.nullable(lastKnown),
  since: v.nullable(runId),
  runs: v.nullable(positive),
  lost: v.nullable(v.boolean()),
});
const damaged = v.strictObject({ runId, region: v.nullable(region), problem: text });

/** What the facets of a kind look like. */
function facetsOf(kind: Kind) {
  const own = descriptorOf(kind).facets.map(
    ({ name, classes: known, isOpen }) =>
      [name, isOpen ? v.record(v.string(), count) : classes(Object.keys(known))] as const,
  );
  return v.strictObject({
    ...Object.fromEntries(own),
    created: classes(AGES),
    oldestCreatedAt: v.exactOptional(instant),
    newestCreatedAt: v.exactOptional(instant),
    fingerprint: text,
  });
}

/** The facets of each kind, by its name. */
export const FACETS = Object.fromEntries(KINDS.map((one) => [one, facetsOf(one)]));

const tally = v.strictObject({ streams: count, facets: v.exactOptional(v.union(Object.values(FACETS))) });

const percent = v.pipe(v.number(), v.minValue(0), v.maxValue(100));
const quotaFailure = v.picklist(QUOTA_FAILURES);
const quota = v.strictObject({
  from: v.picklist([...QUOTA_SOURCES, 'unknown']),
  limit: v.nullable(count),
  because: v.nullable(quotaFailure),
  used: v.nullable(count),
  percent: v.nullable(percent),
});

const source = v.strictObject({
  from: v.picklist(SOURCES),
  askedAt: v.nullable(instant),
  because: v.nullable(v.picklist(SOURCE_FAILURES)),
});

const verdict = v.nullable(v.picklist(['complete', 'partial']));

/** When a run was asked, settled and counted. */
const course = {
  round: count,
  openedAt: instant,
  deadlineAt: instant,
  settledAt: v.nullable(instant),
  firstCountedAt: v.nullable(instant),
  lastCountedAt: v.nullable(instant),
};

const run = v.strictObject({
  runId,
  verdict,
  streams: v.nullable(count),
  expected: count,
  counted: v.nullable(count),
  missing: v.array(gap),
  waitingFor: v.array(region),
  off: v.array(v.strictObject({ region, lastKnown: v.nullable(lastKnown), isPlanned: v.boolean() })),
  excluded: v.array(region),
  sources: v.nullable(v.strictObject({ regions: source, optIn: source })),
  ...course,
  churn: v.nullable(v.strictObject({ ...churn, unknown: v.array(region) })),
  tally: v.nullable(tally),
  quota: v.nullable(
    v.strictObject({
      alarmPercent: percent,
      highest: v.nullable(v.strictObject({ region, percent })),
      above: v.array(region),
      unknown: v.array(region),
      unseenAbove: v.array(region),
    }),
  ),
});

const row = v.strictObject({
  region,
  status: v.picklist(['counted', 'failed', 'attempted', 'waiting', 'unanswered']),
  streams: v.nullable(count),
  reason: v.nullable(reason),
  lastKnown: v.nullable(lastKnown),
  change: v.nullable(change),
  since: v.nullable(runId),
  churn: v.nullable(v.strictObject(churn)),
  round: v.nullable(count),
  startedAt: v.nullable(instant),
  endedAt: v.nullable(instant),
  recordedAt: v.nullable(instant),
  deniedBy: v.exactOptional(v.picklist(['organisation-policy', 'no-permission', 'another-policy'])),
  effort: v.nullable(effort),
  tally: v.nullable(tally),
  quota: v.nullable(quota),
  repeated: v.exactOptional(positive),
});

const unplanned = v.nullable(v.picklist(['off', 'excluded']));
const compared = { region, before: v.nullable(count), now: v.nullable(count) };
const partOf = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.strictObject({ streams: change, regions: v.array(v.strictObject(entries)) });

const comparison = v.strictObject({
  with: run,
  isComparable: v.boolean(),
  difference: change,
  changed: partOf(compared),
  unseen: partOf({ ...compared, reason, since: runId }),
  seenAgain: partOf(compared),
  plan: partOf({ ...compared, isPlanned: v.boolean(), because: unplanned }),
  missingInBoth: v.array(v.strictObject({ region, reason, since: runId })),
});

const accountId = v.pipe(v.string(), v.regex(/^\d{12}$/));
const setAside = v.picklist(SET_ASIDE);
const accountReason = v.picklist([...FAILED_REASONS, 'unanswered']);
/** How many there are for each; a reason that there is none of is absent. */
const counts = <Why extends string>(reasons: readonly Why[]) => v.record(v.picklist(reasons), positive);
const who = { accountId, name: v.nullable(text) };

const organization = v.strictObject({
  runId,
  verdict,
  streams: v.nullable(count),
  expected: count,
  counted: v.nullable(count),
  regions: v.nullable(v.strictObject({ expected: count, counted: count })),
  accountReasons: counts(accountReason.options),
  regionReasons: counts(REASONS),
  waiting: count,
  excluded: v.array(accountId),
  sources: v.strictObject({ accounts: source }),
  ...course,
  partialRuns: v.nullable(count),
  tally: v.nullable(tally),
  quota: v.nullable(
    v.strictObject({
      alarmPercent: percent,
      highest: v.nullable(v.strictObject({ accountId, region, percent })),
      above: v.array(v.strictObject({ accountId, region })),
      aboveRegions: count,
      unknownRegions: count,
    }),
  ),
});

const account = v.strictObject({
  ...who,
  state: v.picklist(['complete', 'partial', 'failed', 'waiting', 'set-aside']),
  streams: v.nullable(count),
  change: v.nullable(change),
  expected: v.nullable(count),
  counted: v.nullable(count),
  missing: v.nullable(count),
  reason: v.nullable(accountReason),
  reasons: counts(REASONS),
  regions: v.array(v.strictObject({ region, reason })),
  setAside: v.nullable(setAside),
  lastKnown: v.nullable(lastKnown),
  round: v.nullable(count),
  recordedAt: v.nullable(instant),
});

const accountCoverage = v.variant('state', [
  v.strictObject({ state: v.literal('complete'), streams: count }),
  v.strictObject({ state: v.literal('partial'), streams: count, missing: count, expected: count }),
  v.strictObject({ state: v.literal('missing'), reason: accountReason }),
  v.strictObject({ state: v.literal('not-planned'), because: v.nullable(v.picklist([...SET_ASIDE, 'excluded'])) }),
]);

const accountChanges = v.strictObject({
  accounts: v.array(v.strictObject({ ...who, before: count, after: count, net: change })),
  coverage: v.array(
    v.strictObject({
      ...who,
      part: v.picklist(['unseen', 'seenAgain', 'shifted', 'newlyPlanned', 'noLongerPlanned', 'missingInBoth']),
      before: accountCoverage,
      after: accountCoverage,
    }),
  ),
  coverageSums: v.strictObject({
    unseen: change,
    seenAgain: change,
    shifted: change,
    newlyPlanned: change,
    noLongerPlanned: change,
  }),
  net: change,
  accountsLeftOut: count,
});

const accountComparison = v.strictObject({
  with: organization,
  isComparable: v.boolean(),
  difference: change,
  ...accountChanges.entries,
});

/** What documents are made of, by the names that docs/json.md gives them. */
export const PARTS = {
  run,
  row,
  comparison,
  gap,
  lastKnown,
  tally,
  quota,
  damaged,
  bounds,
  organization,
  account,
  accountChanges,
  accountComparison,
} satisfies {
  run: Holds<RunSummary>;
  row: Holds<RegionRow>;
  comparison: Holds<Comparison>;
  gap: Holds<Gap>;
  lastKnown: Holds<LastKnown>;
  tally: Holds<Tally>;
  quota: Holds<RowQuota>;
  damaged: Holds<DamagedItem>;
  bounds: Holds<Bounds>;
  organization: Holds<OrganizationRunSummary>;
  account: Holds<AccountRow>;
  accountChanges: Holds<OrganizationDiff>;
  accountComparison: Holds<OrganizationComparison>;
};

/** What fields hold that are of one kind wherever they stand. */
export const VALUES = { count, change, instant, runId, accountId, percent, reason, accountReason, kind };

type Holds<Answer> = v.GenericSchema<unknown, Answer>;

/** Of those documents that are not in their first version any more. */
const VERSIONS: Readonly<Record<string, number>> = { latest: 2, runs: 2, explain: 2 };

export const schemaOf = (name: string) => `kvs-census/${name}/${VERSIONS[name] ?? 1}`;

const head = <Name extends string>(name: Name) => ({
  schema: v.literal(schemaOf(name) as Head<Name>['schema']),
  readAt: instant,
  accountId,
  kind,
});

const coverage = v.variant('state', [
  v.strictObject({ state: v.literal('counted'), streams: count }),
  v.strictObject({ state: v.literal('missing'), reason }),
  v.strictObject({ state: v.literal('not-planned'), because: unplanned }),
]);

const regionChange = v.strictObject({
  region,
  before: count,
  after: count,
  net: change,
  same: v.nullable(v.boolean()),
  created: bounds,
  gone: bounds,
  prefixes: v.nullable(v.array(v.strictObject({ prefix: v.string(), before: count, after: count }))),
});

/** Of the organisation it says so in the place of the account. */
const organizationHead = <Name extends string>(name: Name) => ({
  ...head(name),
  accountId: v.literal('organization'),
});

/** Of what is no answer about runs: whose these are is only said. */
const headOfAny = <Name extends string>(name: Name) => ({
  ...head(name),
  accountId: v.union([accountId, v.literal('organization')]),
});

const advice = { because: text, action: text, retryMayHelp: v.boolean() };

/** Not only whole ones. */
const days = v.pipe(v.number(), v.minValue(0));

/** Which quota bounds a kind. */
const quotaName = v.nullable(v.strictObject({ service: text, code: text, name: text }));

/** How full a region is whose quota is known. */
const full = { region, from: v.picklist(QUOTA_SOURCES), limit: count, used: count, percent };

/** Of a part of a stack; `null` where it could not be asked. */
const part = { name: text, exists: v.nullable(v.boolean()) };

export const DOCUMENTS = {
  latest: v.strictObject({
    ...head('latest'),
    run,
    regions: v.array(row),
    comparison: v.nullable(comparison),
    inProgress: v.array(runId),
    damaged: v.array(damaged),
  }),
  runs: v.strictObject({
    ...head('runs'),
    runs: v.array(v.strictObject({ ...run.entries, change: v.nullable(change), since: v.nullable(runId) })),
    more: v.boolean(),
    next: v.nullable(runId),
    damaged: v.array(damaged),
  }),
  run: v.strictObject({ ...head('run'), run, regions: v.array(row) }),
  export: v.strictObject({
    ...head('export'),
    runs: v.array(v.strictObject({ run, regions: v.array(row) })),
    damaged: v.array(damaged),
  }),
  region: v.strictObject({
    ...head('region'),
    region,
    points: v.array(v.strictObject({ runId, ...row.entries })),
    next: v.nullable(runId),
    damaged: v.array(damaged),
  }),
  diff: v.strictObject({
    ...head('diff'),
    before: run,
    after: run,
    regions: v.array(regionChange),
    coverage: v.array(v.strictObject({ region, before: coverage, after: coverage })),
    coverageSums: v.strictObject({ unseen: change, seenAgain: change, noLongerPlanned: change, newlyPlanned: change }),
    net: change,
    created: bounds,
    gone: bounds,
  }),
  why: v.strictObject({
    ...head('why'),
    run,
    comparison,
    regions: v.array(regionChange),
    created: bounds,
    gone: bounds,
  }),
  explain: v.strictObject({
    ...head('explain'),
    run,
    comparison: v.nullable(comparison),
    effort: v.strictObject({ pages: count, calls: count, ms: count }),
    hard: v.array(v.strictObject({ region, calls: count, pages: count, round: count })),
    repeats: v.array(v.strictObject({ region, repeated: count })),
    quota: v.nullable(
      v.strictObject({
        alarmPercent: percent,
        fullest: v.nullable(v.strictObject(full)),
        above: v.array(v.strictObject({ ...full, increase: v.nullable(text) })),
        unknown: v.array(v.strictObject({ region, because: v.nullable(quotaFailure) })),
      }),
    ),
    advice: v.array(
      v.strictObject({
        reason,
        ...advice,
        commands: v.array(text),
        regions: v.array(gap),
      }),
    ),
    retry: v.nullable(text),
    retryLater: v.nullable(text),
  }),
  headroom: v.strictObject({
    ...head('headroom'),
    run,
    days: count,
    alarmPercent: percent,
    quota: quotaName,
    regions: v.array(
      v.strictObject({
        region,
        used: v.nullable(count),
        quota: v.nullable(quota),
        isAbove: v.boolean(),
        trend: v.picklist(['not-enough-history', 'flat', 'shrinking', 'growing']),
        perDay: v.nullable(v.strictObject({ likely: v.number(), low: v.number(), high: v.number() })),
        daysToFull: v.nullable(v.strictObject({ likely: days, soonest: days, latest: days })),
        window: v.nullable(v.strictObject({ from: runId, to: runId, runs: count })),
        increase: v.nullable(text),
      }),
    ),
    missing: v.array(
      v.strictObject({
        region,
        reason,
        last: v.nullable(v.strictObject({ ...lastKnown.entries, used: v.nullable(count), quota: v.nullable(quota) })),
      }),
    ),
    damaged: v.array(damaged),
  }),
  'organization-latest': v.strictObject({
    ...organizationHead('organization-latest'),
    run: organization,
    accounts: v.array(account),
    comparison: v.nullable(accountComparison),
    accountsLeftOut: count,
    inProgress: v.array(runId),
    damaged: v.array(damaged),
  }),
  'organization-runs': v.strictObject({
    ...organizationHead('organization-runs'),
    runs: v.array(v.strictObject({ ...organization.entries, change: v.nullable(change), since: v.nullable(runId) })),
    more: v.boolean(),
    next: v.nullable(runId),
    damaged: v.array(damaged),
  }),
  'organization-run': v.strictObject({
    ...organizationHead('organization-run'),
    run: organization,
    accounts: v.array(account),
    accountsLeftOut: count,
  }),
  'organization-export': v.strictObject({
    ...organizationHead('organization-export'),
    runs: v.array(v.strictObject({ run: organization, accounts: v.array(account), accountsLeftOut: count })),
    damaged: v.array(damaged),
  }),
  'organization-diff': v.strictObject({
    ...organizationHead('organization-diff'),
    before: organization,
    after: organization,
    ...accountChanges.entries,
  }),
  'organization-explain': v.strictObject({
    ...organizationHead('organization-explain'),
    run: organization,
    comparison: v.nullable(accountComparison),
    setAside: v.array(v.strictObject({ ...who, setAside: v.nullable(setAside) })),
    accounts: v.array(
      v.strictObject({
        reason: accountReason,
        ...advice,
        accounts: v.array(v.strictObject({ ...who, lastKnown: v.nullable(lastKnown) })),
        commands: v.array(text),
      }),
    ),
    regions: v.array(
      v.strictObject({
        reason,
        ...advice,
        count,
        accounts: v.array(v.strictObject({ ...who, regions: count, explain: text })),
      }),
    ),
    accountsLeftOut: count,
    retry: v.nullable(text),
    retryLater: v.nullable(text),
  }),
  'organization-headroom': v.strictObject({
    ...organizationHead('organization-headroom'),
    run: organization,
    alarmPercent: percent,
    quota: quotaName,
    accounts: v.array(
      v.strictObject({
        ...who,
        streams: count,
        highest: v.nullable(v.strictObject({ region, percent })),
        above: v.array(region),
        unknown: count,
        missing: count,
      }),
    ),
    missing: v.array(v.strictObject({ ...who, reason: v.nullable(accountReason) })),
    accountsLeftOut: count,
    damaged: v.array(damaged),
  }),
  accounts: v.strictObject({
    ...organizationHead('accounts'),
    run: organization,
    accounts: v.array(account),
    next: v.nullable(accountId),
  }),
  'organization-retry': v.strictObject({
    ...organizationHead('organization-retry'),
    runId,
    round: count,
    resumed: v.boolean(),
    accounts: v.array(v.strictObject(who)),
  }),
  started: v.strictObject({ ...headOfAny('started'), runId }),
  retry: v.strictObject({
    ...head('retry'),
    runId,
    round: count,
    resumed: v.boolean(),
    regions: v.array(region),
    deadlineAt: instant,
  }),
  redrive: v.strictObject({
    ...headOfAny('redrive'),
    parked: v.array(
      v.strictObject({
        id: text,
        queue: v.picklist(['unreadable-tasks', 'failed-invocations']),
        parkedAt: instant,
        what: text,
        why: text,
        runId: v.nullable(v.string()),
        kind: v.nullable(kind),
        region: v.nullable(v.string()),
        again: v.variant('action', [
          v.strictObject({ action: v.literal('send-task') }),
          v.strictObject({ action: v.literal('invoke'), function: text, payload: v.unknown() }),
          v.strictObject({ action: v.literal('none'), because: text }),
        ]),
      }),
    ),
    all: v.boolean(),
    sent: v.array(text),
    deleted: v.array(text),
  }),
  status: v.strictObject({
    ...head('status'),
    stack: text,
    region,
    schedules: v.array(
      v.strictObject({
        ...part,
        isEnabled: v.nullable(v.boolean()),
        expression: v.nullable(text),
        timezone: v.nullable(text),
        nextAt: v.nullable(instant),
      }),
    ),
    lastRun: v.nullable(run),
    latest: v.nullable(run),
    organization: v.nullable(v.strictObject({ lastRun: organization, latest: v.nullable(organization) })),
    otherKinds: v.array(v.strictObject({ kind, lastRun: v.nullable(run), latest: v.nullable(run) })),
    alarms: v.nullable(v.array(v.strictObject({ name: text, state: text, since: v.nullable(instant) }))),
    subscribers: v.nullable(v.array(v.strictObject({ protocol: text, endpoint: text, isConfirmed: v.boolean() }))),
    queues: v.array(v.strictObject({ ...part, waiting: v.nullable(count), inFlight: v.nullable(count) })),
    functions: v.array(v.strictObject({ ...part, state: v.nullable(text) })),
    unknown: v.array(v.strictObject({ what: text, because: text })),
  }),
  doctor: v.strictObject({
    schema: head('doctor').schema,
    readAt: instant,
    accountId: v.nullable(accountId),
    stack: text,
    region: v.nullable(region),
    level: v.picklist(LEVELS),
    findings: v.array(
      v.strictObject({
        check: v.picklist(CHECKS),
        kind: v.nullable(kind),
        level: v.picklist(LEVELS),
        what: text,
        why: v.nullable(text),
        todo: v.nullable(text),
        commands: v.array(text),
      }),
    ),
  }),
} satisfies {
  latest: Holds<LatestAnswer>;
  runs: Holds<RunsAnswer>;
  run: Holds<RunAnswer>;
  export: Holds<ExportAnswer>;
  region: Holds<RegionAnswer>;
  diff: Holds<DiffAnswer>;
  why: Holds<WhyAnswer>;
  explain: Holds<ExplainAnswer>;
  headroom: Holds<HeadroomAnswer>;
  'organization-latest': Holds<OrganizationLatestAnswer>;
  'organization-runs': Holds<OrganizationRunsAnswer>;
  'organization-run': Holds<OrganizationRunAnswer>;
  'organization-export': Holds<OrganizationExportAnswer>;
  'organization-diff': Holds<OrganizationDiffAnswer>;
  'organization-explain': Holds<OrganizationExplainAnswer>;
  'organization-headroom': Holds<OrganizationHeadroomAnswer>;
  accounts: Holds<AccountsAnswer>;
  'organization-retry': Holds<OrganizationRetryAnswer>;
  started: Holds<StartedAnswer>;
  retry: Holds<RetryAnswer>;
  redrive: Holds<RedriveAnswer>;
  status: Holds<StatusAnswer>;
  doctor: Holds<DoctorAnswer>;
};

/** What does not fit the schema that the document names: a sentence for each. */
export function misfits(document: { schema: string }): string[] {
  const [, name = ''] = /^kvs-census\/([\w-]+)\/\d+$/.exec(document.schema) ?? [];
  if (!Object.hasOwn(DOCUMENTS, name)) return [`${document.schema} is no schema`];
  const { issues = [] } = v.safeParse(DOCUMENTS[name as keyof typeof DOCUMENTS], document);
  return issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`);
}
