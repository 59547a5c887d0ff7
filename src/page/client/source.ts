/** Where the page gets what it shows: from its server, or from the file that it is. */
import { type CensusId, kindOf, ownerOf } from '../../census/census-id.ts';
import type { History, Newest, PageData, PageDiff, PageRun, RegionHistory, Report } from './model.ts';
import { diffOf, linesOf, newestOf, pageRunOf, regionHistoryOf } from './report.ts';

type PageSource = {
  newest(): Promise<Newest>;
  history(): Promise<History>;
  /** `null`: there is no such run. */
  run(runId: string): Promise<PageRun | null>;
  region(region: string): Promise<RegionHistory>;
  /** Both have a total. */
  diff(before: string, after: string): Promise<PageDiff>;
};

/** What is known of one account's, or the organisation's, runs of one kind. A report holds one only. */
export function makeSource(data: PageData): (censusId: CensusId) => PageSource {
  if (data.form === 'live') return (censusId) => serverSource(queryOf(censusId, data.censusId));
  const source = reportSource(data.report);
  return () => source;
}

/** The server knows what the page opened with. */
function queryOf(censusId: CensusId, own: CensusId): string {
  const named = new URLSearchParams({
    ...(ownerOf(censusId) !== ownerOf(own) && { account: ownerOf(censusId) }),
    ...(kindOf(censusId) !== kindOf(own) && { kind: kindOf(censusId) }),
  });
  return named.size === 0 ? '' : `?${named}`;
}

function serverSource(query: string): PageSource {
  return {
    newest: () => ask(`newest${query}`),
    history: () => ask(`history${query}`),
    run: (runId) => ask(`runs/${encodeURIComponent(runId)}${query}`),
    diff: (before, after) => ask(`diff/${encodeURIComponent(before)}/${encodeURIComponent(after)}${query}`),
    region: (region) => ask(`regions/${encodeURIComponent(region)}${query}`),
  };
}

const PATIENCE_MS = 30_000;

/** @throws Error with one sentence for the reader */
async function ask<Answer>(what: string): Promise<Answer> {
  const answer = await fetch(`data/${what}`, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => null);
  if (answer === null) throw new Error('The page’s server does not answer: is `kvs-census serve` still running?');
  if (answer.ok) return (await answer.json()) as Answer;
  const { problem } = (await answer.json().catch(() => ({}))) as { problem?: string };
  throw new Error(problem ?? `The page’s server answered with an error (${answer.status}).`);
}

function reportSource(report: Report): PageSource {
  const { runs, damaged } = report;
  return {
    newest: async () => newestOf(report),
    history: async () => ({ lines: linesOf(report), damaged }),
    run: async (runId) =>
      pageRunOf(
        report,
        runs.findIndex((run) => run.runId === runId),
      ),
    diff: async (before, after) => diffOf(report, before, after),
    region: async (region) => regionHistoryOf(report, region),
  };
}
