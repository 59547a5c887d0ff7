/** Of a history only what is looked for. */
import type { Reason } from '../census/errors.ts';
import type { RunId } from '../census/run.ts';
import type { VERDICTS } from './asking/limits.ts';
import { NoAnswer } from './no-answer.ts';
import type { DamagedItem, Source } from './reader.ts';
import { type RegionAnswer, readRegion } from './region.ts';
import type { RunSummary } from './run-summary.ts';
import { beyond, type Range, type RunsAnswer, readRuns } from './runs.ts';
import { plural } from './words.ts';

/** `open` runs have no total yet. `reason`: that one of the run's regions, or one of its accounts, is missing for. */
export type RunFilter = { verdict?: (typeof VERDICTS)[number]; reason?: Reason };

/** How many runs are looked at for the sake of those that are looked for. */
export const MOST_LOOKED_AT = 1000;

export const isFilter = ({ verdict, reason }: RunFilter) => (verdict ?? reason) !== undefined;

export function isWanted({ verdict, missing }: Pick<RunSummary, 'verdict' | 'missing'>, filter: RunFilter): boolean {
  const isOfVerdict = filter.verdict === undefined || (verdict ?? 'open') === filter.verdict;
  return isOfVerdict && (filter.reason === undefined || missing.some(({ reason }) => reason === filter.reason));
}

/** @throws NoAnswer if there are no runs, or none of those is looked for */
export async function readWantedRuns(
  source: Source,
  range: Range,
  filter: RunFilter,
  nowMs: number,
): Promise<RunsAnswer> {
  if (!isFilter(filter)) return await readRuns(source, range, nowMs);
  const answer = await readRuns(source, { ...range, limit: MOST_LOOKED_AT }, nowMs);
  const runs = answer.runs.filter((run) => isWanted(run, filter));
  refuseNone(runs, answer, filter);
  return { ...answer, ...wantedPage(runs, range.limit, answer) };
}

/** The same of one region, which misses for one reason at a time. */
export async function readWantedPoints(
  source: Source,
  region: string,
  range: Range,
  filter: Pick<RunFilter, 'reason'>,
  nowMs: number,
): Promise<RegionAnswer> {
  if (!isFilter(filter)) return await readRegion(source, region, range, nowMs);
  const answer = await readRegion(source, region, { ...range, limit: MOST_LOOKED_AT }, nowMs);
  const points = answer.points.filter(({ reason }) => reason === filter.reason);
  refuseNone(points, { ...answer, runs: answer.points }, filter);
  return { ...answer, points: points.slice(0, range.limit), next: points[range.limit]?.runId ?? answer.next };
}

/** The first of what is looked for. What lies beyond is more of it, or what nobody has looked at yet. */
export function wantedPage<Line extends { runId: RunId }>(
  found: readonly Line[],
  limit: number,
  lookedAt: Pick<RunsAnswer, 'more' | 'next'>,
): { runs: Line[] } & Pick<RunsAnswer, 'more' | 'next'> {
  const { more, next } = beyond(found, limit);
  return { runs: found.slice(0, limit), more: more || lookedAt.more, next: next ?? lookedAt.next };
}

type LookedAt = { runs: readonly unknown[]; next: RunId | null; damaged: readonly DamagedItem[] };

/** What cannot be read may be what is looked for. */
export function refuseNone(
  found: readonly unknown[],
  { runs, next, damaged: [lost] }: LookedAt,
  filter: RunFilter,
): void {
  if (found.length > 0) return;
  const which = lost === undefined ? 'looked at' : `that can be read (${lost.problem})`;
  const none = `Of ${plural(runs.length, 'run')} ${which} none ${filterWords(filter)}`;
  throw new NoAnswer(next === null ? `${none}.` : `${none}: with --until ${next} older ones are looked at.`);
}

/** `is partial and misses anything as denied`. */
export function filterWords({ verdict, reason }: RunFilter): string {
  return [...(verdict ? [`is ${verdict}`] : []), ...(reason ? [`misses anything as ${reason}`] : [])].join(' and ');
}

/** @param limit how many are given at most */
export async function* wantedOf<Answer>(
  runs: AsyncIterable<Answer>,
  isLookedFor: (answer: Answer) => boolean,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Answer> {
  let given = 0;
  for await (const answer of runs) {
    if (!isLookedFor(answer)) continue;
    yield answer;
    given += 1;
    if (given >= limit) return;
  }
}
