/** The census page. It reads, keeps what it has read in one state, and draws that whenever it has changed. */
import 'uplot/dist/uPlot.min.css';
import './page.css';
import { type CensusId, censusIdOf, isOfOrganization, kindOf, ORGANIZATION, ownerOf } from '../../census/census-id.ts';
import { descriptorOf, type Kind } from '../../census/kinds.ts';
import { hashOf, readHash } from './address.ts';
import type { Newest, Opening } from './model.ts';
import { type Ask, makeSource } from './source.ts';
import {
  type Choice,
  chosenRunId,
  comparableRunId,
  emptyState,
  firstState,
  followed,
  lineOf,
  merged,
  pairOf,
  runUnderWay,
  type State,
  wholeOf,
  withNewest,
} from './state.ts';
import { makeView, type Session } from './view.ts';

/** Who asks, and how often. */
type Asking = {
  ask: Ask;
  /** Between two looks at the newest runs: while one is under way, and while none is. */
  busyMs: number;
  calmMs: number;
  /** Of a page that one signs in to. */
  session: Session | null;
};

/** A document is one page: `openPage` says what these are, once. */
let asking: Asking;
let sourceOf: ReturnType<typeof makeSource>;
let first: State;
/** Of what is shown. */
let state: State;
/** The clock that the ledger was read by, and performance.now() when it said so: the browser's may be another. */
let clock: { readAtMs: number; sinceMs: number };
let view: ReturnType<typeof makeView>;
/** What is read for an account and a kind stays with it, so that no answer is shown as another's. */
const states = new Map<CensusId, State>();
/** What the newest total of each kind says, as it was read last; by account. */
const kinds = new Map<string, Newest['kinds']>();

/** A report does not grow old. */
function nowMs(): number {
  return state.isLive ? clock.readAtMs + performance.now() - clock.sinceMs : clock.readAtMs;
}

function stateOf(censusId: CensusId): State {
  const known = states.get(censusId) ?? emptyState(censusId);
  states.set(censusId, known);
  return known;
}

/** The page of the same account, or of the organisation, that shows another kind. */
const hrefOf = (kind: Kind) => hashOf(stateOf(censusIdOf(ownerOf(state.censusId), kind)), first.censusId);

/** The page of an account, and its run of that instant; `null`: its newest. A report has no other pages. */
function accountHref(accountId: string, runId: string | null): string | null {
  if (!first.isLive) return null;
  const choice = runId === null || state.choice === 'newest' ? 'newest' : { runId };
  return hashOf({ censusId: censusIdOf(accountId, kindOf(state.censusId)), choice, beside: null }, first.censusId);
}

/** The page of the organisation, as it was left; `null` where there is none to go to. */
function upHref(): string | null {
  const { censusId, newest } = state;
  if (!first.isLive || isOfOrganization(censusId)) return null;
  const isMember = newest?.isMember || [...states.keys()].some(isOfOrganization);
  return isMember ? hashOf(stateOf(censusIdOf(ORGANIZATION, kindOf(censusId))), first.censusId) : null;
}

function show(): void {
  view.show(state, {
    nowMs: nowMs(),
    kinds: kinds.get(ownerOf(state.censusId)) ?? [],
    hrefOf,
    upHref: upHref(),
  });
}

function draw(): void {
  show();
  void readSides(state);
}

/** What a report holds, in words. */
function only(censusId: CensusId): string {
  const owner = isOfOrganization(censusId) ? 'the organisation' : `the account ${ownerOf(censusId)}`;
  return `${descriptorOf(kindOf(censusId)).words.many} of ${owner}`;
}

function ofAddress(): ReturnType<typeof readHash> {
  const named = readHash(location.hash, first.censusId);
  if (first.isLive || named.censusId === first.censusId) return named;
  const notice = `This report is of ${only(first.censusId)} only.`;
  return { censusId: first.censusId, choice: 'newest', beside: null, notice };
}

/** Shows what the address names. What was shown before is shown as it was, and read afresh at once. */
function followAddress(): void {
  const { censusId, choice, beside, notice } = ofAddress();
  const before = state;
  state = stateOf(censusId);
  state.beside = beside;
  choose(choice, notice);
  if (state === before) return;
  if (ownerOf(censusId) !== ownerOf(before.censusId)) arrive(before);
  void refresh(state);
}

/** How far somebody had read when they followed a link from there. */
const readTo = new Map<CensusId, number>();

/** The page of another account begins at its beginning; where somebody comes back to, they go on where they were. */
function arrive(from: State): void {
  scrollTo(0, readTo.get(state.censusId) ?? 0);
  view.arrive(ownerOf(from.censusId));
}

/** Shows another run. Its regions are read if they are not here yet. */
function choose(choice: Choice, notice: string | null = null): void {
  Object.assign(state, { choice, notice, unreadable: null });
  if (state.beside === chosenRunId(state)) state.beside = null;
  noteInAddress();
  draw();
  view.announce(state);
  void readChosen(state);
}

/** So that what is seen can be bookmarked. */
function noteInAddress(): void {
  history.replaceState(null, '', hashOf(state, first.censusId));
}

const underWay = new Set<string>();

/** Of each account and kind one reading of a sort at a time. */
async function oneAtATime({ censusId }: State, what: string, read: () => Promise<void>): Promise<void> {
  const key = `${censusId} ${what}`;
  if (underWay.has(key)) return;
  underWay.add(key);
  await read().finally(() => underWay.delete(key));
}

/** Of the runs that a reader hurries past, most are never asked for. */
async function readChosen(of: State): Promise<void> {
  await oneAtATime(of, 'run', async () => {
    for (let runId = runToRead(of); runId !== null; runId = runToRead(of)) {
      const isAnswered = await attempt(of, 'notice', async () => {
        of.chosen = await sourceOf(of.censusId).run(runId);
      });
      // The reader may have gone on to another run in the meantime.
      if (chosenRunId(of) !== runId) of.notice = null;
      else if (wholeOf(of, runId) === null) giveUp(of, runId, isAnswered);
      draw();
    }
  });
}

function runToRead(of: State): string | null {
  const runId = of.choice === 'newest' ? null : of.choice.runId;
  return runId === null || runId === of.unreadable || wholeOf(of, runId) !== null ? null : runId;
}

/** A run of which not even a line is known is one that is not there. */
function giveUp(of: State, runId: string, isAnswered: boolean): void {
  of.unreadable = runId;
  if (isAnswered) of.notice = `There is no run ${runId} here.`;
  if (lineOf(of, runId) === null) of.choice = 'newest';
}

/** Puts a run beside the chosen one, or the one that it is best compared with. */
function putBeside(runId: string | 'comparable' | null): void {
  state.beside = runId === 'comparable' ? comparableRunId(state) : runId;
  state.notice = runId !== null && state.beside === null ? 'There is no other run with a total yet.' : null;
  noteInAddress();
  draw();
}

async function readSides(of: State): Promise<void> {
  await oneAtATime(of, 'sides', async () => {
    for (let pair = pairOf(of); pair !== null && pair.key !== of.sides?.key; pair = pairOf(of)) {
      const { before, after, key } = pair;
      of.sides = { key, diff: null };
      await attempt(of, 'notice', async () => {
        of.sides = { key, diff: await sourceOf(of.censusId).diff(before, after) };
      });
      show();
    }
  });
}

function chooseRegion(region: string | null): void {
  const of = state;
  of.notice = null;
  void attempt(of, 'notice', async () => {
    of.region = region === null ? null : await sourceOf(of.censusId).region(region);
  }).then(() => {
    draw();
    if (region !== null && of === state) view.showTrend();
  });
}

/** Whatever fails is told, and what was read before stays. */
async function attempt(of: State, teller: 'problem' | 'notice', what: () => Promise<void>): Promise<boolean> {
  try {
    await what();
    return true;
  } catch (error) {
    of[teller] = (error as Error).message;
    return false;
  }
}

/** What is to be seen stands in the address, and is seen again after that. */
function signInAgain(): void {
  const of = state;
  void attempt(of, 'problem', async () => await asking.session?.signIn()).then(show);
}

/** The newest runs, and once what was before them: the answer is painted without waiting for that. */
async function refresh(of: State): Promise<void> {
  await oneAtATime(of, 'newest', async () => {
    const before = followed(of.newest)?.run;
    const isRead = await attempt(of, 'problem', async () => {
      const news = await sourceOf(of.censusId).newest(of.newest);
      Object.assign(of, withNewest(of, news));
      kinds.set(ownerOf(of.censusId), news.kinds);
      clock = { readAtMs: Date.parse(news.readAt), sinceMs: performance.now() };
      if (of.hasHistory) return;
      draw();
      await readHistory(of);
    });
    if (isRead) of.problem = null;
    draw();
    const now = followed(of.newest)?.run;
    const isNews = of.choice === 'newest' && now?.streams !== null && before?.settledAt !== now?.settledAt;
    if (of === state && isNews) view.announce(of);
  });
}

async function readHistory(of: State): Promise<void> {
  const { lines, damaged } = await sourceOf(of.censusId).history();
  Object.assign(of, { lines: merged(of.lines, lines), damaged });
  of.hasHistory = true;
}

/** Looks again and again, but only while somebody looks at the page. Nothing waits for what is asked of another account or kind. */
async function watch(): Promise<never> {
  for (;;) {
    await new Promise((resolve) =>
      setTimeout(resolve, runUnderWay(state) === null || state.problem !== null ? asking.calmMs : asking.busyMs),
    );
    if (document.visibilityState === 'hidden') {
      await new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));
    }
    void refresh(state);
  }
}

/** Shows what the page opens with, and from then on what becomes of it. */
export async function openPage(opening: Opening, how: Asking): Promise<void> {
  asking = how;
  sourceOf = makeSource(opening, how.ask);
  first = firstState(opening);
  states.set(first.censusId, first);
  kinds.set(ownerOf(first.censusId), first.newest?.kinds ?? []);
  clock = { readAtMs: Date.parse(first.newest?.readAt ?? ''), sinceMs: performance.now() };
  const { session } = how;
  const reactions = { onChoose: choose, onRegion: chooseRegion, onBeside: putBeside, onSignIn: signInAgain };
  view = makeView({ ...reactions, accountHref, session });
  document.body.append(...view.elements);
  await start();
}

async function start(): Promise<void> {
  const { censusId, ...named } = ofAddress();
  const opened = stateOf(censusId);
  Object.assign(opened, named);
  state = opened;
  draw();
  addEventListener('hashchange', followAddress);
  addEventListener('click', ({ target }) => {
    if (target instanceof Element && target.closest('a') !== null) readTo.set(state.censusId, scrollY);
  });
  if (opened !== first) await refresh(opened);
  await readChosen(opened);
  if (!opened.isLive) return;
  if (!opened.hasHistory) await attempt(opened, 'problem', () => readHistory(opened));
  draw();
  await watch();
}
