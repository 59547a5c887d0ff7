/** Where the page gets what it shows: from a server, or from the file that it is. */
import { type CensusId, kindOf, ownerOf } from '../../census/census-id.ts';
import {
  type History,
  keyOf,
  type Newest,
  type NewestSent,
  type Opening,
  type OrganizationReport,
  type PageDiff,
  type RegionHistory,
  type Report,
  type Whole,
} from './model.ts';
import { diffOf, isOfAll, linesOf, newestOf, pageRunOf, regionHistoryOf } from './report.ts';

type PageSource = {
  /** @param before what was read before, and need not be sent again */
  newest(before: Newest | null): Promise<Newest>;
  history(): Promise<History>;
  /** `null`: there is no such run. */
  run(runId: string): Promise<Whole | null>;
  region(region: string): Promise<RegionHistory>;
  /** Both have a total. */
  diff(before: string, after: string): Promise<PageDiff>;
};

/**
 * Asks the server, by a path below `data/`.
 * @throws Error with one sentence for the reader
 */
export type Ask = <Answer>(what: string) => Promise<Answer>;

/** What is known of one account's, or the organisation's, runs of one kind. A report holds one only. */
export function makeSource(opening: Opening, ask: Ask): (censusId: CensusId) => PageSource {
  if (opening.form === 'live') return (censusId) => serverSource(ask, namesOf(censusId));
  const source = isOfAll(opening.report) ? organizationReportSource(opening.report) : reportSource(opening.report);
  return () => source;
}

/** Of whatever the server answers with where nobody names an account or a kind. */
export const readFirst = (ask: Ask): Promise<Newest> => serverSource(ask, {}).newest(null);

/** Always both: a stack that has begun to count an organisation would answer with that where no account is named. */
const namesOf = (censusId: CensusId) => ({ account: ownerOf(censusId), kind: kindOf(censusId) });

function queryOf(names: [string, string][]): string {
  return names.length === 0 ? '' : `?${new URLSearchParams(names)}`;
}

function serverSource(ask: Ask, named: Record<string, string>): PageSource {
  const names = Object.entries(named);
  const query = queryOf(names);
  return {
    async newest(before) {
      const known = new Map([before?.latest, before?.open].flatMap((whole) => (whole ? [[keyOf(whole), whole]] : [])));
      known.delete(null);
      const keys = [...known.keys()].map((key): [string, string] => ['known', key ?? '']);
      const { latest, open, ...sent } = await ask<NewestSent>(`newest${queryOf([...names, ...keys])}`);
      const whole = (one: NewestSent['open']) =>
        one !== null && 'unchanged' in one ? (known.get(one.unchanged) ?? null) : one;
      return { ...sent, latest: whole(latest), open: whole(open) };
    },
    history: () => ask(`history${query}`),
    run: (runId) => ask(`runs/${encodeURIComponent(runId)}${query}`),
    diff: (before, after) => ask(`diff/${encodeURIComponent(before)}/${encodeURIComponent(after)}${query}`),
    region: (region) => ask(`regions/${encodeURIComponent(region)}${query}`),
  };
}

export const PATIENCE_MS = 30_000;

/** The server that the page came from, on this machine. */
export const askServer: Ask = async <Answer>(what: string) => {
  const answer = await fetch(`data/${what}`, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => null);
  if (answer === null) throw new Error('The page’s server does not answer: is `kvs-census serve` still running?');
  if (answer.ok) return (await answer.json()) as Answer;
  const { problem } = (await answer.json().catch(() => ({}))) as { problem?: string };
  throw new Error(problem ?? `The page’s server answered with an error (${answer.status}).`);
};

/** The accounts of one run are many: of the others a report knows the totals. */
function organizationReportSource(report: OrganizationReport): PageSource {
  const { runs, newest, damaged } = report;
  const refuse = async () => {
    throw new Error(
      'This report holds the accounts of its newest run only; `kvs-census serve` shows those of the others.',
    );
  };
  return {
    newest: async () => newestOf(report),
    history: async () => ({ lines: runs, damaged }),
    run: async (runId) => (runId === newest.run.runId ? newest : await refuse()),
    diff: refuse,
    region: refuse,
  };
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
