/**
 * What a deployment costs a month at list price. Pure: counts times prices, and each count says where it comes from. The free
 * tiers are left out, since other things in the account may use them up. docs/operations.md quotes it; `npm run cost` prints it
 * for other numbers.
 */

/** What the number of requests depends on. */
export type Deployment = {
  /** Runs a month, of each kind. */
  runs: number;
  /** How many kinds are counted; 1: streams alone. Each has runs of its own, of as many regions and pages. */
  kinds: number;
  /** Whose things are counted; 1: the stack's own account alone. Each has runs of its own, of as many regions and pages. */
  accounts: number;
  /** Regions that a run counts, in each account. */
  regions: number;
  /** Calls that listing a region takes: at most 1,000 streams a call. */
  pages: number;
  /** Runs a month that end as partial, each in one account: the sweep looks at them for a day. */
  partialRuns: number;
  retentionDays: number;
  namePrefixes: boolean;
  metrics: 'totals' | 'regions' | 'accounts' | 'off';
  /** Of `drop` and `partial`, each with a metric of its own, how many are on. */
  optionalAlarms: number;
  dashboard: boolean;
  tracing: boolean;
  /** Subscribers of the totals by e-mail. */
  emails: number;
  /** Requests to the API a month; 0: it is off. */
  requests: number;
};

/** Four runs a day of the commercial regions, with what serverless.yml sets by default. */
export const USUAL: Deployment = {
  runs: 120,
  kinds: 1,
  accounts: 1,
  regions: 19,
  pages: 3,
  partialRuns: 0,
  retentionDays: 400,
  namePrefixes: true,
  metrics: 'totals',
  optionalAlarms: 0,
  dashboard: false,
  tracing: false,
  emails: 0,
  requests: 0,
};

/** When the prices were looked up, and of which region they are. */
const PRICES_AS_OF = 'June 2026, us-east-1';

const MILLION = 1_000_000;

/** US dollars, without free tiers and volume discounts. */
export const PRICES = {
  /** https://aws.amazon.com/lambda/pricing/, Arm. */
  lambdaRequest: 0.2 / MILLION,
  lambdaGbSecond: 0.0000133334,
  /** https://aws.amazon.com/dynamodb/pricing/on-demand/ */
  writeUnit: 0.625 / MILLION,
  readUnit: 0.125 / MILLION,
  tableGbMonth: 0.25,
  recoveryGbMonth: 0.2,
  /** https://aws.amazon.com/kms/pricing/ */
  kmsRequest: 0.03 / 10_000,
  /** https://aws.amazon.com/sqs/pricing/, standard queues. */
  sqsRequest: 0.4 / MILLION,
  /** https://aws.amazon.com/sns/pricing/, standard topics. Deliveries to SQS and Lambda are free. */
  snsRequest: 0.5 / MILLION,
  snsEmail: 2 / 100_000,
  /** https://aws.amazon.com/eventbridge/pricing/ */
  schedulerInvocation: 1 / MILLION,
  /** https://aws.amazon.com/cloudwatch/pricing/ */
  alarmMetric: 0.1,
  /** Of a metric that is sent every hour; one that is sent less often costs less. */
  customMetric: 0.3,
  dashboard: 3,
  logGb: 0.5,
  /** https://aws.amazon.com/xray/pricing/ */
  trace: 5 / MILLION,
  /** https://aws.amazon.com/api-gateway/pricing/, HTTP APIs, for each 512 KB. */
  httpRequest: 1 / MILLION,
  /** https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer, out to the internet. */
  sentGb: 0.09,
} as const;

const HOURS_A_MONTH = 730;
const DAYS_A_MONTH = HOURS_A_MONTH / 24;
const KB_A_GB = 1_000_000;

/** The sweep comes every five minutes. */
const SWEEPS = HOURS_A_MONTH * 12;
const SWEEPS_A_DAY = 24 * 12;
/** Lambda asks each of two queues by five long polls of 20 s. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const EMPTY_RECEIVES = 2 * 5 * HOURS_A_MONTH * 180;

/** A run with its total, and a region's record; its prefixes are most of that (docs/data-model.md). */
const RUN_KB = 2;
const recordKb = ({ namePrefixes }: Deployment) => (namePrefixes ? 4 : 1);

/**
 * Of a run of the organisation: the run itself grows with the places of its accounts that still owe an answer, so as they answer it has
 * half of them on average; and what it is told of each account (docs/organisation.md).
 */
const PLACE_KB = 0.004;
const PLANNED_ACCOUNT_KB = 0.1;
const ACCOUNT_RECORD_KB = 1;
/** How often an organisation's run is read with all of its records: as it opens, after the last account, and by sweeps before that. */
const ORGANIZATION_READS = 5;

/**
 * Series that the alarms of every deployment read, those that wait for what a total of streams says, those that each other kind has of
 * its own, and those of the API: tests/template counts them.
 */
export const ALARM_METRICS = { always: 17, ofTotals: 2, ofEachKind: 3, ofApi: 1 };
/** src/census/metrics.ts: streams, regions counted, missing, newly missing and lost, age of the run, calls, throttles, quota. */
const TOTAL_METRICS = 9;
/** src/census/organization/metrics.ts: streams, and regions missing. */
export const METRICS_OF_ACCOUNT = 2;

/**
 * A request to the API: what the function takes (upper bound, with a start from nothing now and then), what it reads (the newest runs,
 * of which only the last is whole), the answer, and the lines of both logs.
 */
const REQUEST = { gb: 0.5, seconds: 0.2, answerKb: 20, logKb: 0.8 + 0.5 };
/** The newest ten runs by time, and the records of one; eventually consistent, half a unit for each 4 KB. */
const requestUnits = (deployment: Deployment) =>
  (Math.ceil((10 * RUN_KB) / 4) + Math.ceil((RUN_KB + deployment.regions * recordKb(deployment)) / 4)) / 2;

/** For the quota that was applied, and for the default where none was. */
const QUOTA_CALLS = 2;

type Line = { service: string; what: string; amount: number; usd: number };

export function monthlyCost(deployment: Deployment): Line[] {
  const line = (service: string, what: string, amount: number, price: number): Line => ({
    service,
    what,
    amount,
    usd: amount * price,
  });
  return [
    line('CloudWatch', 'metrics that alarms read', alarmMetrics(deployment), PRICES.alarmMetric),
    line('CloudWatch', 'metrics of its own', customMetrics(deployment), PRICES.customMetric),
    line('CloudWatch', 'dashboard', deployment.dashboard ? 1 : 0, PRICES.dashboard),
    line('CloudWatch', 'GB of logs', logKb(deployment) / KB_A_GB, PRICES.logGb),
    line('SQS', 'requests', sqsRequests(deployment), PRICES.sqsRequest),
    line('Lambda', 'invocations', invocations(deployment), PRICES.lambdaRequest),
    line('Lambda', 'GB-seconds', gbSeconds(deployment), PRICES.lambdaGbSecond),
    line('DynamoDB', 'write units', writeUnits(deployment), PRICES.writeUnit),
    line('DynamoDB', 'read units', readUnits(deployment), PRICES.readUnit),
    // Once the oldest runs expire, as much goes as comes.
    line('DynamoDB', 'GB of history', historyGb(deployment), PRICES.tableGbMonth),
    line('DynamoDB', 'GB of point-in-time recovery', historyGb(deployment), PRICES.recoveryGbMonth),
    line('KMS', 'requests', kmsRequests(deployment), PRICES.kmsRequest),
    line('SNS', 'requests', snsRequests(deployment), PRICES.snsRequest),
    line('SNS', 'e-mails', deployment.runs * deployment.emails, PRICES.snsEmail),
    line('Scheduler', 'invocations', deployment.runs + SWEEPS, PRICES.schedulerInvocation),
    line('API Gateway', 'requests', deployment.requests, PRICES.httpRequest),
    line('API Gateway', 'GB of answers', (deployment.requests * REQUEST.answerKb) / KB_A_GB, PRICES.sentGb),
    line('X-Ray', 'traces', deployment.tracing ? invocations(deployment) : 0, PRICES.trace),
  ].filter(({ amount }) => amount > 0);
}

export function totalOf(lines: readonly Line[]): number {
  return lines.reduce((sum, { usd }) => sum + usd, 0);
}

/** Without metrics of totals there are no alarms that read them. */
function alarmMetrics({ kinds, metrics, optionalAlarms, requests }: Deployment): number {
  const { always, ofTotals, ofEachKind, ofApi } = ALARM_METRICS;
  const api = requests > 0 ? ofApi : 0;
  return always + api + (metrics === 'off' ? 0 : ofTotals + (kinds - 1) * ofEachKind + kinds * optionalAlarms);
}

/** An organisation tells what an account does alone; with `accounts` the number of each, too. */
function customMetrics({ kinds, metrics, accounts, regions, optionalAlarms }: Deployment): number {
  if (metrics === 'off') return 0;
  const more = { totals: 0, regions, accounts: accounts * METRICS_OF_ACCOUNT }[metrics];
  return kinds * (TOTAL_METRICS + optionalAlarms + more);
}

const isOrganization = ({ accounts }: Deployment) => accounts > 1;

/**
 * The dispatcher opens the runs of all kinds and accounts at once. Per account's run: a worker for each region, the aggregator; and the
 * aggregator for the organisation. The sweep is one, too, and each request to the API.
 */
function invocations(deployment: Deployment): number {
  const { runs, kinds, accounts, regions, requests } = deployment;
  const ofOrganization = isOrganization(deployment) ? 1 : 0;
  return runs * (1 + kinds * (accounts * (regions + 1) + ofOrganization)) + SWEEPS + requests;
}

/** Memory times seconds: upper bounds, with a start from nothing each. */
function gbSeconds(deployment: Deployment): number {
  const { runs, kinds, accounts, regions, pages, requests } = deployment;
  // Of an organisation: the list of accounts, and 50 of them at a time.
  const dispatcher = isOrganization(deployment) ? 1.7 * (5 + accounts * 0.05) : 0.25 * 3;
  const session = isOrganization(deployment) ? 0.2 : 0;
  // A tenth of a second a page, although a large region is asked for many at once; and two calls for its quota, which cost
  // nothing but this.
  const worker = 1 * (1 + session + pages / 10 + QUOTA_CALLS / 10);
  const aggregator = 0.5 * 2;
  const sweep = 0.5 * 0.5;
  const ofOrganization = isOrganization(deployment) ? aggregator : 0;
  const ofRuns = runs * kinds * (dispatcher + accounts * (regions * worker + aggregator) + ofOrganization);
  return ofRuns + SWEEPS * sweep + requests * REQUEST.gb * REQUEST.seconds;
}

/**
 * An item that changes is written as often as there are copies of it, itself and one in the index `byTime`, and for each KB.
 * A run: opened, dispatched, its total stored, announced and settled; and a strike for each region. A region: its record. The same of
 * an organisation's run and its accounts, whose records are in no index.
 */
function writeUnits(deployment: Deployment): number {
  const { runs, kinds, accounts, regions } = deployment;
  const copies = 2;
  const sweepIndex = 2;
  const ofAccount = copies * (RUN_KB * (5 + regions) + recordKb(deployment) * regions) + sweepIndex;
  const ofOrganization = isOrganization(deployment)
    ? copies * Math.ceil(organizationKb(accounts)) * (5 + accounts) +
      accounts * (PLANNED_ACCOUNT_KB + ACCOUNT_RECORD_KB) +
      sweepIndex
    : 0;
  return runs * kinds * (accounts * ofAccount + ofOrganization);
}

/** The run, while half of its accounts have answered. */
function organizationKb(accounts: number): number {
  return RUN_KB + (accounts / 2) * PLACE_KB;
}

/** A unit is 4 KB read consistently. */
function readUnits(deployment: Deployment): number {
  const { runs, kinds, accounts, regions, partialRuns, requests } = deployment;
  const settling = 1 + Math.ceil((regions * recordKb(deployment)) / 4);
  // What is known of the region before it is counted: the run, and no record yet; of an organisation, whether it is dark for others.
  const perRegion = isOrganization(deployment) ? 3 : 2;
  // The cache of what is known of regions, and the runs before this one, as it opens and as it settles.
  const perRun = settling + regions * perRegion + 2 + 2 * 5;
  // Both lists, and where the last sweep stopped in each.
  const sweep = 2 * 0.5 + 2 * 1;
  const ofOrganization = isOrganization(deployment) ? organizationReading(accounts) : 0;
  return (
    runs * kinds * (accounts * perRun + ORGANIZATION_READS * ofOrganization) +
    partialRuns * SWEEPS_A_DAY * (settling + ofOrganization) +
    SWEEPS * sweep +
    requests * (requestUnits(deployment) + ofOrganization / 2)
  );
}

/** The plan, the run and the records of all accounts. */
function organizationReading(accounts: number): number {
  return Math.ceil((organizationKb(accounts) + accounts * (PLANNED_ACCOUNT_KB + ACCOUNT_RECORD_KB)) / 4);
}

function historyGb(deployment: Deployment): number {
  const { runs, kinds, accounts, regions, retentionDays } = deployment;
  const kept = runs * kinds * (retentionDays / DAYS_A_MONTH);
  const ofAccount = 2 * (RUN_KB + regions * recordKb(deployment));
  const ofOrganization = isOrganization(deployment)
    ? 2 * RUN_KB + accounts * (PLANNED_ACCOUNT_KB + ACCOUNT_RECORD_KB)
    : 0;
  return (kept * (accounts * ofAccount + ofOrganization)) / KB_A_GB;
}

/**
 * DynamoDB asks for its key once in five minutes for each caller.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
function kmsRequests({ runs, kinds, accounts, regions, requests }: Deployment): number {
  return SWEEPS + runs * (1 + kinds * accounts * regions) + Math.min(requests, SWEEPS);
}

/** Per region: sent, held under a lease, received, deleted. */
function sqsRequests({ runs, kinds, accounts, regions }: Deployment): number {
  return EMPTY_RECEIVES + runs * kinds * accounts * regions * 4;
}

/** Ten tasks a request, a nudge, a total for programs; the last two of an organisation as well; and of streams one for people. */
function snsRequests(deployment: Deployment): number {
  const { runs, kinds, accounts, regions } = deployment;
  const ofOrganization = isOrganization(deployment) ? 2 : 0;
  return runs * (kinds * (accounts * (Math.ceil(regions / 10) + 2) + ofOrganization) + 1);
}

/** What Lambda writes of an invocation and what the function says, of each request the line of API Gateway, and of each run the line that holds its metrics. */
function logKb(deployment: Deployment): number {
  const { runs, kinds, accounts, metrics, requests } = deployment;
  const lines = { off: 0, totals: 2, regions: 4, accounts: 2 + accounts * 0.3 }[metrics];
  return (invocations(deployment) - requests) * 0.8 + requests * REQUEST.logKb + runs * kinds * lines;
}

/** A table for a terminal, with the total beneath it. */
export function printCost(deployment: Deployment): string {
  const lines = monthlyCost(deployment);
  const { runs, kinds, accounts, regions, pages, metrics } = deployment;
  const rows = lines.map(({ service, what, amount, usd }) => [service, what, numberOf(amount), usd.toFixed(2)]);
  const table = [
    ['service', 'what', 'a month', 'USD'],
    ...rows,
    [
      '',
      `${runs} runs of ${accounts === 1 ? '' : `${accounts} accounts with `}${regions} regions${kinds === 1 ? '' : `, of ${kinds} kinds`}`,
      '',
      totalOf(lines).toFixed(2),
    ],
  ];
  const width = (column: number) => Math.max(...table.map((row) => row[column]!.length));
  const text = table.map((row) =>
    row.map((cell, column) => (column < 2 ? cell.padEnd(width(column)) : cell.padStart(width(column)))).join('  '),
  );
  const note = `${pages} pages a region, metrics=${metrics}. List prices of ${PRICES_AS_OF}, without free tiers.`;
  return [...text, note, ''].map((one) => one.trimEnd()).join('\n');
}

function numberOf(amount: number): string {
  return amount < 10 && !Number.isInteger(amount) ? amount.toFixed(2) : Math.round(amount).toLocaleString('en-US');
}
