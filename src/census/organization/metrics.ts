/** What an organisation's total tells CloudWatch, as metrics.ts has it of an account's: under the same names where it says the same. */
import { kindOf } from '../census-id.ts';
import { dimensionsOf, dropOf, lineOf, type Metric, type MetricsWanted } from '../metrics.ts';
import type { AccountRecord } from './account-record.ts';
import { seesAllQuotas } from './look-back.ts';
import type { OrganizationRun } from './run.ts';
import type { StoredOrganizationTotal } from './total.ts';

/** One line for the total, and with `accounts` one for each that has a number. */
export function organizationMetricLines(
  run: Pick<OrganizationRun, 'censusId' | 'runId'>,
  total: StoredOrganizationTotal,
  records: readonly AccountRecord[],
  wanted: MetricsWanted,
  nowMs: number,
): string[] {
  if (wanted.of === 'off') return [];
  const { censusId, runId } = run;
  const dimensions = dimensionsOf(wanted, kindOf(censusId));
  const beside = { censusId, runId, rev: total.rev };
  const metrics = [...ofTotal(runId, total, nowMs), ...forAlarms(total, wanted)];
  const lines = [lineOf(dimensions, metrics, beside, nowMs)];
  if (wanted.of !== 'accounts') return lines;
  for (const record of records) {
    if (record.status !== 'settled') continue;
    const ofAccount: Metric[] = [
      ['Streams', 'Count', record.tally.streams],
      ['RegionsMissing', 'Count', record.expected - record.counted],
    ];
    lines.push(lineOf({ ...dimensions, account: record.accountId }, ofAccount, beside, nowMs));
  }
  return lines;
}

function ofTotal(runId: string, total: StoredOrganizationTotal, nowMs: number): Metric[] {
  const { streams, expected, counted, lost } = total;
  return [
    ['Streams', 'Count', streams],
    ['AccountsCounted', 'Count', counted],
    ['AccountsMissing', 'Count', expected - counted],
    // Unknown is not zero, which would end an alarm.
    ...(lost === undefined ? [] : [['AccountsLost', 'Count', lost] as Metric]),
    ['RunAge', 'Seconds', Math.max(0, Math.round((nowMs - Date.parse(runId)) / 1000))],
    ...ofQuotas(total),
  ];
}

/** As of an account's: what is not seen now may be fuller, and a lower number would end an alarm. */
function ofQuotas(total: StoredOrganizationTotal): Metric[] {
  const { quota, before } = total;
  if (quota?.highest === undefined) return [];
  const mayBeAbove = before === undefined ? !seesAllQuotas(total) : before.unseenAbove === true;
  if (quota.aboveRegions === 0 && mayBeAbove) return [];
  return [['QuotaPercent', 'Percent', quota.highest.percent]];
}

function forAlarms({ verdict, streams, before }: StoredOrganizationTotal, wanted: MetricsWanted): Metric[] {
  const partialRuns = verdict === 'complete' ? 0 : before?.partialRuns;
  return [
    // A partial number is compared with nothing.
    ...(verdict === 'complete' ? dropOf(streams, before?.comparable?.streams, wanted) : []),
    // Unknown is not one, which would end an alarm: so of the very first run, if it is partial, nothing is said either.
    ...(wanted.partialAlarmRuns > 0 && partialRuns !== undefined
      ? [['PartialRuns', 'Count', partialRuns] as Metric]
      : []),
  ];
}
