/**
 * What a total tells CloudWatch, as lines in the embedded metric format: printed to the log, from which CloudWatch takes the
 * numbers. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * By hand, because @aws-lambda-powertools/metrics would add 4.6 kB to the aggregator's zip for what stands in `lineOf`.
 */
import { kindOf } from './census-id.ts';
import { type Kind, STREAMS } from './kinds.ts';
import { isLookedBack, lostRegions } from './look-back.ts';
import { heardBy, type RegionRecord } from './region.ts';
import type { Run, StoredTotal } from './run.ts';

/** What is wanted. `stage` is the dimension that tells the stacks of an account apart; `kind` is another, but for streams. */
export type MetricsWanted = {
  of: 'totals' | 'regions' | 'accounts' | 'off';
  stage: string;
  /** Of each that is 0 nobody needs the metric. */
  dropAlarmPercent: number;
  partialAlarmRuns: number;
};

type Unit = 'Count' | 'Seconds' | 'Percent';
export type Metric = [name: string, unit: Unit, value: number];

const NAMESPACE = 'kvs-census';

/**
 * One line for the total, and with `regions` one for each that was counted. Nothing of them names a stream. None of a run that is part
 * of an organisation's: its number is in that one's, and would be there twice.
 */
export function metricLines(
  run: Run,
  total: StoredTotal,
  records: readonly RegionRecord[],
  wanted: MetricsWanted,
  nowMs: number,
): string[] {
  if (wanted.of === 'off' || run.parent !== undefined) return [];
  const heard = heardBy(run, records);
  const metrics = [...ofTotal(run, total, heard, nowMs), ...forAlarms(total, wanted)];
  const { censusId, runId } = run;
  const { stage, ...ofKind } = dimensionsOf(wanted, kindOf(censusId));
  const beside = { censusId, runId, rev: total.rev };
  const lines = [lineOf({ stage, ...ofKind }, metrics, beside, nowMs)];
  if (wanted.of !== 'regions') return lines;
  const missing = new Set(total.missing.map(({ region }) => region));
  for (const record of heard) {
    if (record.status !== 'counted' || missing.has(record.region)) continue;
    const streams: Metric = ['Streams', 'Count', record.tally.streams];
    lines.push(lineOf({ stage, region: record.region, ...ofKind }, [streams], beside, nowMs));
  }
  return lines;
}

/** What each line has. */
export function dimensionsOf({ stage }: MetricsWanted, kind: Kind): { stage: string; kind?: Kind } {
  return { stage, ...(kind !== STREAMS && { kind }) };
}

function ofTotal(run: Run, total: StoredTotal, heard: readonly RegionRecord[], nowMs: number): Metric[] {
  const { streams, counted, missing, before } = total;
  const efforts = heard.flatMap(({ status, effort }) => (status === 'attempted' ? [] : (effort ?? [])));
  const sum = (of: (effort: (typeof efforts)[number]) => number) => efforts.reduce((all, each) => all + of(each), 0);
  return [
    ['Streams', 'Count', streams],
    ['RegionsCounted', 'Count', counted],
    ['RegionsMissing', 'Count', missing.length],
    // Unknown is not zero, which would end an alarm.
    ...ifLookedBack(total, 'RegionsNewlyMissing', before?.newlyMissing.length ?? 0),
    ...ifLookedBack(total, 'RegionsLost', lostRegions(total)),
    ['RunAge', 'Seconds', Math.max(0, Math.round((nowMs - Date.parse(run.runId)) / 1000))],
    ['Calls', 'Count', sum(({ calls }) => calls)],
    ['Throttles', 'Count', sum(({ throttled = 0 }) => throttled)],
    ...ofQuotas(total),
  ];
}

/**
 * How full the fullest region is, of those of which that is known. One that was nearly full and is not seen now may still be
 * so: a lower number would end an alarm. Nor is anything said to be over where the runs before could not be read.
 */
function ofQuotas({ quota, missing, before }: StoredTotal): Metric[] {
  if (quota?.highest === undefined) return [];
  const isBlind = before === undefined && missing.length + quota.unknown.length > 0;
  if (quota.above.length === 0 && (isBlind || before?.unseenAbove !== undefined)) return [];
  return [['QuotaPercent', 'Percent', quota.highest.percent]];
}

function forAlarms(total: StoredTotal, wanted: MetricsWanted): Metric[] {
  const { verdict, streams, before } = total;
  const partialRuns = verdict === 'complete' ? 0 : (before?.partialRuns ?? 1);
  return [
    // A partial number is compared with nothing.
    ...(verdict === 'complete' ? dropOf(streams, before?.comparable?.streams, wanted) : []),
    ...(wanted.partialAlarmRuns > 0 ? ifLookedBack(total, 'PartialRuns', partialRuns) : []),
  ];
}

/** By how much a number is lower than one that it can be compared with; nothing where there is none, or nobody needs it. */
export function dropOf(streams: number, than: number | undefined, { dropAlarmPercent }: MetricsWanted): Metric[] {
  if (dropAlarmPercent === 0 || than === undefined) return [];
  return [['DropPercent', 'Percent', than === 0 ? 0 : Math.max(0, (100 * (than - streams)) / than)]];
}

/** Nothing where regions are missing and the runs before could not be read. */
function ifLookedBack(total: StoredTotal, name: string, value: number): Metric[] {
  return isLookedBack(total) ? [[name, 'Count', value]] : [];
}

export function lineOf(
  dimensions: Readonly<Record<string, string>>,
  metrics: readonly Metric[],
  beside: Readonly<Record<string, string | number>>,
  nowMs: number,
): string {
  const Metrics = metrics.map(([Name, Unit]) => ({ Name, Unit }));
  const directive = { Namespace: NAMESPACE, Dimensions: [Object.keys(dimensions)], Metrics };
  const values = Object.fromEntries(metrics.map(([name, , value]) => [name, value]));
  return JSON.stringify({
    _aws: { Timestamp: Math.round(nowMs), CloudWatchMetrics: [directive] },
    ...beside,
    ...dimensions,
    ...values,
  });
}
