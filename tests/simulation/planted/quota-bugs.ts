/** Planted bugs of what is asked about quotas, and of what is said of them: see bugs.ts. */
import type { QuotaWorld } from '../../judging/region-world.ts';
import type { Schedule } from '../schedule.ts';
import type { Bug } from './bugs.ts';

const QUOTA = 'src/census/quota.ts';
const ASK_QUOTA = 'src/census/ask-quota.ts';
const COUNTING = 'src/functions/counting/region.ts';
const SETTLE_RUN = 'src/functions/settling/settle-run.ts';
const METRICS = 'src/census/metrics.ts';
const MAIL = 'src/census/mail.ts';
const SERVICE_QUOTAS = 'src/aws/service-quotas.ts';

/** Two regions of eight streams, of whose quotas Service Quotas says this. */
const saying = (quota: QuotaWorld, other: QuotaWorld = quota): Schedule => ({
  seed: 1,
  regions: [
    { region: 'eu-west-1', streams: 8, pageSizes: [20], quota },
    { region: 'us-east-1', streams: 8, pageSizes: [20], quota: other },
  ],
  runs: [0],
  retries: [],
  faults: [],
  healAfterS: 1800,
});

export const QUOTA_BUGS: readonly Bug[] = [
  {
    name: 'a worker waits for a quota, however long',
    caughtBy: 'Beside',
    schedule: saying({ trouble: 'hang' }),
    edits: [
      { file: ASK_QUOTA, replace: 'await within(clock, withinMs, () => asked, late)', by: 'await asked ?? late' },
    ],
  },
  {
    name: 'a count fails because its quota is not known',
    caughtBy: 'Beside',
    schedule: saying({ trouble: 'denied' }),
    edits: [
      {
        file: COUNTING,
        replace: "if (quota.from === 'unknown') {",
        by: "if (quota.from === 'unknown') {\n throw cause;",
      },
    ],
  },
  {
    name: 'a limit is put down that the ledger cannot hold',
    caughtBy: 'Beside',
    schedule: saying({ trouble: 'endless' }),
    edits: [{ file: QUOTA, replace: 'Number.isSafeInteger(value)', by: "typeof value === 'number'" }],
  },
  {
    name: 'a quota of 0 is one',
    caughtBy: 'Filled',
    edits: [
      { file: QUOTA, replace: '(value as number) > 0', by: '(value as number) >= 0' },
      { file: QUOTA, replace: 'used > quota.limit ?', by: 'quota.limit > 0 && used > quota.limit ?' },
    ],
  },
  {
    name: 'a quota is believed that is less than what is used',
    caughtBy: 'Filled',
    edits: [{ file: QUOTA, replace: 'used > quota.limit ?', by: 'used < 0 ?' }],
  },
  {
    name: 'nobody waits for a quota',
    caughtBy: 'Filled',
    edits: [{ file: ASK_QUOTA, replace: 'within(clock, withinMs,', by: 'within(clock, 0,' }],
  },
  {
    name: 'nobody asks for a quota',
    caughtBy: 'Filled',
    edits: [{ file: COUNTING, replace: 'kindQuota && askQuota(', by: 'undefined && askQuota(' }],
  },
  {
    name: 'where nothing was applied, what is documented is taken for it',
    caughtBy: 'Filled',
    schedule: saying({ byDefault: 20_000 }),
    edits: [{ file: QUOTA, replace: "of ['applied', 'default'] as const", by: "of ['applied'] as const" }],
  },
  {
    name: 'a default is said to be applied',
    caughtBy: 'Filled',
    edits: [{ file: QUOTA, replace: '{ from: question, limit', by: "{ from: 'applied', limit" }],
  },
  {
    name: 'a quota is taken for the documented one where the question fails',
    caughtBy: 'Filled',
    edits: [
      {
        file: SERVICE_QUOTAS,
        replace: "if ((cause as Error).name === 'NoSuchResourceException') return 'none';",
        by: "return 'none';",
      },
    ],
  },
  {
    name: 'a value of another quota is taken',
    caughtBy: 'Filled',
    edits: [{ file: SERVICE_QUOTAS, replace: 'QuotaCode !== undefined && QuotaCode !== code', by: 'false' }],
  },
  {
    name: 'a percentage is rounded up',
    caughtBy: 'Filled',
    schedule: saying({ applied: 11 }),
    edits: [{ file: QUOTA, replace: 'Math.floor((10_000 * used)', by: 'Math.ceil((10_000 * used)' }],
  },
  {
    name: 'a region that has just reached the alarm is not above it',
    caughtBy: 'Filled',
    schedule: saying({ applied: 10 }),
    edits: [{ file: QUOTA, replace: 'percent >= alarmPercent', by: 'percent > alarmPercent' }],
  },
  {
    name: 'of the regions above, only the fullest is named',
    caughtBy: 'Filled',
    schedule: saying({ applied: 8 }, { applied: 9 }),
    edits: [
      {
        file: QUOTA,
        replace: 'above: above.map(',
        by: 'above: above.filter((one) => one.region === highest?.region).map(',
      },
    ],
  },
  {
    name: 'the region that is named as the fullest is the last of them',
    caughtBy: 'Filled',
    edits: [{ file: QUOTA, replace: 'each.percent > high!.percent ? each : high', by: 'each' }],
  },
  {
    name: 'a region of whose quota nothing is known is not named',
    caughtBy: 'Filled',
    edits: [{ file: QUOTA, replace: '.filter((region) => !names.has(region))', by: '.filter(() => false)' }],
  },
  {
    name: 'a total goes by no alarm',
    caughtBy: 'Filled',
    edits: [{ file: SETTLE_RUN, replace: ', clock.nowMs(), config.quotaAlarmPercent)', by: ', clock.nowMs())' }],
  },
  {
    name: 'CloudWatch is told how full the first region above is',
    caughtBy: 'Filled',
    schedule: saying({ applied: 9 }, { applied: 8 }),
    edits: [{ file: METRICS, replace: 'quota.highest.percent]]', by: 'quota.alarmPercent]]' }],
  },
  {
    name: 'a mail tells of one region above and not of the others',
    caughtBy: 'Filled',
    schedule: saying({ applied: 8 }),
    edits: [{ file: MAIL, replace: '...full.flatMap(', by: '...full.slice(0, 1).flatMap(' }],
  },
  {
    name: 'a mail asks AWS for as much as there may be already',
    caughtBy: 'Filled',
    schedule: saying({ applied: 8 }),
    edits: [{ file: MAIL, replace: 'desiredLimit(limit)', by: 'limit' }],
  },
];
