/** What stands before an answer, for whoever reads nothing else: number, verdict, what is missing, how old it is. */
import { amount, manyOf } from '../../answers/kind-words.ts';
import type { News } from '../../answers/news.ts';
import type { DamagedItem } from '../../answers/reader.ts';
import { runInWords, standingOf } from '../../answers/standing.ts';
import { ago, list, number, plural } from '../../answers/words.ts';
import type { Kind } from '../../census/kinds.ts';
import type { Document, Summary } from './documents.ts';
import type { Missing } from './missing.ts';

/** @param nowMs milliseconds since 1970, from which the age is told */
export function wordsOf(document: Document, missing: Missing | null, nowMs: number): string[] {
  if ('points' in document) return regionWords(document, nowMs);
  if ('before' in document) {
    const { before, after, coverage, kind } = document;
    return [
      `Before: ${runInWords(before, kind)}`,
      `After: ${runInWords(after, kind)} Its instant was ${ago(after.runId, new Date(nowMs).toISOString())}.`,
      ...openWords([before, after], kind),
      both(coverage),
    ];
  }
  const words = standingOf(document, nowMs)?.words ?? 'There is no run.';
  if ('runs' in document)
    return [
      ...runsWords(document.runs),
      `The newest: ${words}`,
      ...openWords(document.runs.slice(0, 1), document.kind),
    ];
  return [words, ...openWords([document.run], document.kind), ...accountWords(missing)];
}

/** Nobody may take it for nothing. */
function openWords(runs: readonly Summary[], kind: Kind): string[] {
  return runs.some(({ streams }) => streams === null)
    ? [`How many ${manyOf(kind)} there are is not known before there is a total; it is not zero.`]
    : [];
}

function both(coverage: readonly unknown[]): string {
  if (coverage.length === 0) return 'Both counted everything that either was to count.';
  return `${number(coverage.length)} of those that either was to count ${coverage.length === 1 ? 'was' : 'were'} not counted by both: \`coverage\` has them, and they are no change.`;
}

function runsWords(runs: readonly Summary[]): string[] {
  const counts = (['complete', 'partial', null] as const).map((verdict) => ({
    count: runs.filter((run) => run.verdict === verdict).length,
    what: verdict ?? 'without a total',
  }));
  const told = counts.filter(({ count }) => count > 0).map(({ count, what }) => `${number(count)} ${what}`);
  return [`${plural(runs.length, 'run')}, newest first: ${list(told)}.`];
}

/** Of an organisation the sentence about the run tells how many; here they are named. */
function accountWords(missing: Missing | null): string[] {
  const named = missing?.named.flatMap(({ accountId, region, reason }) =>
    accountId === null ? [] : [`${region === null ? accountId : `${accountId} ${region}`} (${reason})`],
  );
  if (missing === null || named === undefined || named.length === 0) return [];
  const rest = missing.unnamed > 0 ? [`${number(missing.unnamed)} more`] : [];
  return [`Missing are ${list([...named, ...rest])}.`];
}

type RegionDocument = Extract<Document, { points: unknown }>;

function regionWords({ region, points, kind }: RegionDocument, nowMs: number): string[] {
  const [newest] = points;
  if (newest === undefined) return [`Of ${region} nothing can be read.`];
  const state =
    newest.streams === null
      ? `not counted (${newest.reason ?? newest.status}): what is in it is unknown, not zero`
      : amount(newest.streams, kind);
  const without = points.filter(({ streams }) => streams === null).length;
  return [
    `${region} in the run ${newest.runId} (${ago(newest.runId, new Date(nowMs).toISOString())}): ${state}.`,
    `Of ${plural(points.length, 'run')}, newest first, ${without === 0 ? 'all counted it' : `${number(without)} did not count it`}.`,
  ];
}

/** The first of what was counted late, and how many more that is. */
export type BoundedNews = News & { unnamed: number };

/** What else a reader should know beside the answer. */
export function besideWords(news: readonly BoundedNews[], damaged: readonly DamagedItem[]): string[] {
  const late = news.map(
    ({ runId, regions, unnamed }) =>
      `Counted since the total of ${runId} was stored, and not in it yet: ${list(named(regions, unnamed))}. Ask again in 5 minutes.`,
  );
  if (damaged.length === 0) return late;
  const runs = named([...new Set(damaged.map(({ runId }) => runId))]);
  const what = `${plural(damaged.length, 'item')} of the ledger cannot be read and ${damaged.length === 1 ? 'is' : 'are'} left out`;
  return [...late, `Damaged: ${what}, of the runs ${list(runs)}.`];
}

/** As many as a sentence can hold. */
const MOST_NAMED = 10;

function named(names: readonly string[], unnamed = 0): string[] {
  const first = names.slice(0, MOST_NAMED);
  const rest = names.length - first.length + unnamed;
  return rest > 0 ? [...first, `${number(rest)} more`] : first;
}
