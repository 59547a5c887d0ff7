/** Pure: what the page knows, and what follows from it. */
import { type CensusId, censusIdOf, kindOf } from '../../census/census-id.ts';
import { KINDS } from '../../census/kinds.ts';
import {
  type AnyLine,
  type History,
  isOrganization,
  type Newest,
  type Opening,
  type PageDiff,
  type RegionHistory,
  type Whole,
} from './model.ts';
import { isOfAll, linesOf, newestOf } from './report.ts';

type KindLine = Newest['kinds'][number];

/** The run to show: a certain one, or whichever is the newest. */
export type Choice = { runId: string } | 'newest';

/** Of one account and kind. What is asked for it comes back to it, whichever is shown by then. */
export type State = {
  readonly censusId: CensusId;
  readonly isLive: boolean;
  newest: Newest | null;
  /** Newest first, all that are known. */
  lines: readonly AnyLine[];
  hasHistory: boolean;
  /** Of the history, as it was read last. */
  damaged: History['damaged'];
  choice: Choice;
  /** The chosen run, where it is not one of the newest and has been read. */
  chosen: Whole | null;
  /** The region whose trend is drawn instead of the totals'. */
  region: RegionHistory | null;
  /** One sentence for the reader: why the newest runs cannot be read. */
  problem: string | null;
  /** One sentence for the reader about what was asked for, until something else is. */
  notice: string | null;
  /** The run that stands beside the chosen one; `null`: none does. */
  beside: string | null;
  /** What lies between the two, as it was read last; `null` if it could not be read. */
  sides: { key: string; diff: PageDiff | null } | null;
  /** A run whose records could not be read, or contradict its total: then the number in its line is not shown either. */
  unreadable: string | null;
};

/** What the page knows of what it opens with. */
export function firstState(opening: Opening): State {
  if (opening.form === 'live') {
    const { censusId, newest, problem } = opening;
    return { ...emptyState(censusId), newest, lines: newest?.lines ?? [], problem };
  }
  const { report } = opening;
  const { accountId, kind, damaged } = report;
  const known = {
    newest: newestOf(report),
    lines: isOfAll(report) ? report.runs : linesOf(report),
    hasHistory: true,
    damaged,
  };
  return { ...emptyState(censusIdOf(accountId, kind)), ...known, isLive: false };
}

/** Nothing has been read of it. */
export function emptyState(censusId: CensusId): State {
  return {
    censusId,
    isLive: true,
    newest: null,
    lines: [],
    hasHistory: false,
    damaged: [],
    choice: 'newest',
    chosen: null,
    region: null,
    problem: null,
    notice: null,
    beside: null,
    sides: null,
    unreadable: null,
  };
}

/** In the order of the registry, and the shown one among them, even if nothing of it was ever counted. */
export function kindsOf({ censusId, newest }: State, kinds: readonly KindLine[]): KindLine[] {
  const kind = kindOf(censusId);
  const nothing = { kind, runId: '', verdict: null, streams: null, expected: 0, counted: null };
  const shown = newest?.kinds.find((line) => line.kind === kind) ?? nothing;
  const others = kinds.filter((line) => line.kind !== kind);
  return [...others, shown].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}

/** The run that the page follows as long as nobody chooses another: the newest that has a total. */
export const followed = (newest: Newest | null): Whole | null => newest?.latest ?? newest?.open ?? null;

export function chosenRunId({ choice, newest }: State): string | null {
  return choice === 'newest' ? (followed(newest)?.run.runId ?? null) : choice.runId;
}

/** `null` as long as it has not been read. */
export function wholeOf({ newest, chosen }: State, runId: string): Whole | null {
  return [newest?.latest, newest?.open, chosen].find((whole) => whole?.run.runId === runId) ?? null;
}

export function lineOf(state: State, runId: string): AnyLine | null {
  const whole = wholeOf(state, runId);
  if (whole !== null && isOrganization(whole)) return whole.line;
  if (whole !== null) return { ...whole.run, plan: whole.regions.map(({ region }) => region) };
  return state.lines.find((line) => line.runId === runId) ?? null;
}

/** The chosen run and the one beside it, earlier first. The key changes with what the ledger says of one of them. */
export function pairOf(state: State): { before: string; after: string; key: string } | null {
  const { beside } = state;
  const chosen = chosenRunId(state);
  if (beside === null || chosen === null || beside === chosen) return null;
  const [before, after] = beside < chosen ? [beside, chosen] : [chosen, beside];
  const said = [before, after].map((runId) => [runId, lineOf(state, runId)?.streams]);
  return { before, after, key: JSON.stringify(said) };
}

/** The run that is put beside the chosen one where nobody names another. */
export function comparableRunId(state: State): string | null {
  const chosen = chosenRunId(state) ?? '';
  const older = state.lines.find(({ runId, streams }) => runId < chosen && streams !== null);
  const any = state.lines.find(({ runId, streams }) => runId !== chosen && streams !== null);
  return wholeOf(state, chosen)?.comparison?.with.runId ?? older?.runId ?? any?.runId ?? null;
}

/** One sentence for the reader about the items that were left out; `null` where there are none. */
export function leftOut({ newest, damaged, region }: State): string | null {
  const all = [...(newest?.damaged ?? []), ...damaged, ...(region?.damaged ?? [])];
  const byRun = new Map(all.map((item) => [item.runId, item.problem]));
  const [problem] = byRun.values();
  if (problem === undefined) return null;
  const runs = [...byRun.keys()].sort().reverse();
  const named = `${runs.slice(0, MOST_NAMED).join(', ')}${runs.length > MOST_NAMED ? ` and ${runs.length - MOST_NAMED} more` : ''}`;
  return runs.length === 1
    ? `Left out: the run ${named}. ${problem}`
    : `Left out: the runs ${named}. One of them: ${problem}`;
}

const MOST_NAMED = 5;

/** A run that is being counted, or of which something is being counted once more. */
export function runUnderWay({ newest }: State): Whole | null {
  return [newest?.open, newest?.latest].find((whole) => whole && isUnderWay(whole)) ?? null;
}

function isUnderWay(whole: Whole): boolean {
  return whole.run.verdict === null || waitingIn(whole) > 0;
}

/** How many planned regions, or accounts, may still answer. */
export function waitingIn(whole: Whole): number {
  return isOrganization(whole) ? whole.run.waiting : whole.run.waitingFor.length;
}

/** What has not changed stays the same object, so that it is not drawn again. */
export function withNewest(state: State, news: Newest): Pick<State, 'newest' | 'lines'> {
  const { newest } = state;
  const lines = merged(news.lines, state.lines);
  if (newest === null) return { newest: news, lines };
  return { newest: { ...news, latest: same(newest.latest, news.latest), open: same(newest.open, news.open) }, lines };
}

/** Newest first; of a run that both know, what `news` says. */
export function merged(news: readonly AnyLine[], known: readonly AnyLine[]): readonly AnyLine[] {
  const byRun = new Map(known.map((line) => [line.runId, line]));
  const changed = news.filter((line) => !isSame(byRun.get(line.runId), line));
  if (changed.length === 0) return known;
  for (const line of changed) byRun.set(line.runId, line);
  return [...byRun.values()].sort((a, b) => (a.runId < b.runId ? 1 : -1));
}

const isSame = (before: unknown, now: unknown) => JSON.stringify(before) === JSON.stringify(now);

function same<Part>(before: Part, now: Part): Part {
  return isSame(before, now) ? before : now;
}
