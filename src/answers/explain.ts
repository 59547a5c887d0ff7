/** How a number came about, what is missing from it and why, and what to do about it. */
import { type Advice, adviceFor } from '../census/advice.ts';
import type { Reason } from '../census/errors.ts';
import { descriptorOf, type Kind } from '../census/kinds.ts';
import type { QuotaFailure } from '../census/quota.ts';
import type { Effort } from '../census/tally.ts';
import { type ComparedRun, readComparedRun } from './compared-run.ts';
import type { Comparison } from './comparison.ts';
import { type Head, headOf } from './head.ts';
import type { Read } from './news.ts';
import { noSuchRun } from './no-answer.ts';
import { laterRetry, offeredRetry } from './offered-retry.ts';
import { type Place, SOMEWHERE } from './place.ts';
import { increaseOf, type RowQuota } from './quota.ts';
import type { Source } from './reader.ts';
import type { RegionRow } from './region-row.ts';
import { findRunId, type RunName } from './run-name.ts';
import type { Gap, RunSummary } from './run-summary.ts';

export type ExplainAnswer = Head<'explain'> & {
  run: RunSummary;
  comparison: Comparison | null;
  /** What the listing took, over all counted regions; `ms` are milliseconds. */
  effort: Effort;
  /** Regions that took more than one attempt, or were counted in a retry. */
  hard: { region: string; calls: number; pages: number; round: number }[];
  /** Counted regions in which streams were listed more than once. */
  repeats: { region: string; repeated: number }[];
  /** How full the counted regions are; `null` without a total, and where nobody asked for their quotas. */
  quota: QuotaPart | null;
  advice: ReasonAdvice[];
  /** The command that asks again for all that may answer now; `null` where that is of no use. */
  retry: string | null;
  /** The command that asks again for the others, once what their advice says is done; `null` where there are none. */
  retryLater: string | null;
};

type QuotaPart = {
  /** From how many percent on a region is above; 0: none ever is. */
  alarmPercent: number;
  /** `null` where nothing is known of any. */
  fullest: FullRegion | null;
  /** Fullest first, and the command that asks AWS for more there. */
  above: (FullRegion & { increase: string | null })[];
  /** `because` is `null` where a release counted that did not ask for quotas yet. */
  unknown: { region: string; because: QuotaFailure | null }[];
};

export type FullRegion = {
  region: string;
  from: Exclude<RowQuota['from'], 'unknown'>;
  limit: number;
  used: number;
  percent: number;
};

/** Missing regions that share what to do. `commands` are typed for these alone, before anything can be counted there. */
export type ReasonAdvice = { reason: Reason } & Omit<Advice, 'ends'> & { commands: string[]; regions: Gap[] };

/**
 * Two requests, and one more for a name that is not a whole id, and where none of the ten newest runs is comparable.
 * @throws NoAnswer if there is no such run, or the name is that of several; InvalidInputError if it is damaged
 */
export async function readExplain(source: Source, name: RunName, nowMs: number): Promise<Read<ExplainAnswer>> {
  const runId = await findRunId(source, name, nowMs);
  const compared = await readComparedRun(source, runId, nowMs);
  if (compared === undefined) throw noSuchRun(source, runId);
  const answer = explainOf(compared, source.censusId, nowMs, source.place);
  return { answer, news: [{ runId, regions: compared.news }] };
}

export function explainOf(
  { run, regions, comparison }: Omit<ComparedRun, 'news'>,
  censusId: string,
  nowMs: number,
  place: Place = SOMEWHERE,
): ExplainAnswer {
  const counted = regions.filter(({ status }) => status === 'counted');
  const head = headOf('explain', censusId, nowMs);
  return {
    ...head,
    run,
    comparison,
    effort: effortOf(counted),
    hard: counted.flatMap(({ region, round, effort }) =>
      effort !== null && (effort.calls > effort.pages || (round ?? 0) > 0)
        ? [{ region, calls: effort.calls, pages: effort.pages, round: round ?? 0 }]
        : [],
    ),
    repeats: counted.flatMap(({ region, repeated }) => (repeated === undefined ? [] : [{ region, repeated }])),
    quota: quotaPartOf(run, counted, censusId),
    advice: adviceOn(run, regions, head.kind),
    retry: offeredRetry(run, nowMs, place),
    retryLater: laterRetry(run, nowMs, place),
  };
}

function quotaPartOf({ quota }: RunSummary, counted: readonly RegionRow[], censusId: string): QuotaPart | null {
  if (quota === null) return null;
  const { alarmPercent, above, unknown } = quota;
  const known = counted.flatMap(({ region, quota: own }): FullRegion[] => {
    const { from = 'unknown', limit = null, used = null, percent = null } = own ?? {};
    return from === 'unknown' || limit === null || used === null || percent === null
      ? []
      : [{ region, from, limit, used, percent }];
  });
  known.sort((one, other) => other.percent - one.percent);
  return {
    alarmPercent,
    fullest: known[0] ?? null,
    above: known
      .filter(({ region }) => above.includes(region))
      .map((one) => ({ ...one, increase: increaseOf(censusId, one.region, one.limit) })),
    unknown: counted
      .filter(({ region }) => unknown.includes(region))
      .map((row) => ({ region: row.region, because: row.quota?.because ?? null })),
  };
}

function effortOf(rows: readonly RegionRow[]): Effort {
  const sum = { pages: 0, calls: 0, ms: 0 };
  for (const { effort } of rows) {
    sum.pages += effort?.pages ?? 0;
    sum.calls += effort?.calls ?? 0;
    sum.ms += effort?.ms ?? 0;
  }
  return sum;
}

function adviceOn({ missing }: RunSummary, rows: readonly RegionRow[], kind: Kind): ReasonAdvice[] {
  const adviceOf = ({ region, reason, runs }: Gap) =>
    adviceFor(reason, kind, { ...rows.find((row) => row.region === region), runs });
  const alike = Map.groupBy(missing, (gap) => `${gap.reason} ${adviceOf(gap).because} ${adviceOf(gap).action}`);
  return [...alike.values()].flatMap((regions) => {
    const [first] = regions;
    if (first === undefined) return [];
    const { ends, ...advice } = adviceOf(first);
    const names = regions.map(({ region }) => region);
    return [{ reason: first.reason, ...advice, commands: commandsFor(ends, names, kind), regions }];
  });
}

function commandsFor(ends: Advice['ends'], regions: readonly string[], kind: Kind): string[] {
  switch (ends) {
    case 'retry':
    case 'reinstate-account':
      return [];
    case 'enable-region':
      return regions.map((region) => `aws account enable-region --region-name ${region}`);
    case 'find-regions':
      return [`aws ssm get-parameters-by-path --path ${serviceRegions(kind)} --query 'Parameters[].Value'`];
    default:
      return ends satisfies never;
  }
}

/** Where AWS publishes in which regions the service is. */
const serviceRegions = (kind: Kind) =>
  `/aws/service/global-infrastructure/services/${descriptorOf(kind).regions.service}/regions`;
