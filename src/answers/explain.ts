/** How a number came about, what is missing from it and why, and what to do about it. */
import { type Advice, adviceFor } from '../census/advice.ts';
import type { Reason } from '../census/errors.ts';
import type { Effort } from '../census/tally.ts';
import { type Head, headOf } from './head.ts';
import type { Read } from './news.ts';
import { offeredRetry } from './offered-retry.ts';
import type { Place } from './place.ts';
import type { Source } from './reader.ts';
import type { RegionRow } from './region-row.ts';
import { type RunAnswer, readRun } from './run.ts';
import type { RunName } from './run-name.ts';
import type { Gap, RunSummary } from './run-summary.ts';

export type ExplainAnswer = Head<'explain'> & {
  run: RunSummary;
  /** What the listing took, over all counted regions; `ms` are milliseconds. */
  effort: Effort;
  /** Regions that took more than one attempt, or were counted in a retry. */
  hard: { region: string; calls: number; pages: number; round: number }[];
  /** Counted regions in which streams were listed more than once. */
  repeats: { region: string; repeated: number }[];
  advice: ReasonAdvice[];
  /** The command that asks again for what is missing; `null` where that is of no use. */
  retry: string | null;
};

/** Missing regions that share a reason share what to do. */
export type ReasonAdvice = { reason: Reason } & Advice & { regions: Gap[] };

/** @throws as readRun does */
export async function readExplain(source: Source, name: RunName, nowMs: number): Promise<Read<ExplainAnswer>> {
  const { answer, news } = await readRun(source, name, nowMs);
  return { answer: explainOf(answer, source.place), news };
}

export function explainOf({ run, regions, readAt, accountId }: RunAnswer, place?: Place): ExplainAnswer {
  const counted = regions.filter(({ status }) => status === 'counted');
  return {
    ...headOf('explain', accountId, Date.parse(readAt)),
    run,
    effort: effortOf(counted),
    hard: counted.flatMap(({ region, round, effort }) =>
      effort !== null && (effort.calls > effort.pages || (round ?? 0) > 0)
        ? [{ region, calls: effort.calls, pages: effort.pages, round: round ?? 0 }]
        : [],
    ),
    repeats: counted.flatMap(({ region, repeated }) => (repeated === undefined ? [] : [{ region, repeated }])),
    advice: adviceOn(run.missing),
    retry: offeredRetry(run, Date.parse(readAt), place),
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

function adviceOn(missing: readonly Gap[]): ReasonAdvice[] {
  const byReason = Map.groupBy(missing, ({ reason }) => reason);
  return [...byReason].map(([reason, regions]) => ({ reason, ...adviceFor(reason), regions }));
}
