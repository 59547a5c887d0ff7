/** The census page. It reads, keeps what it has read in one state, and draws that whenever it has changed. */
import 'uplot/dist/uPlot.min.css';
import './page.css';
import { descriptorOf, type Kind } from '../../census/kinds.ts';
import { hashOf, readHash } from './address.ts';
import type { PageData } from './model.ts';
import { makeSource } from './source.ts';
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
import { makeView } from './view.ts';

/** Between two looks at the newest runs: while one is under way, and while none is. */
const BUSY_MS = 1000;
const CALM_MS = 2000;

const data = JSON.parse(document.getElementById('data')?.textContent ?? '') as PageData;
const sourceOf = makeSource(data);
const first = firstState(data);
/** What is read for a kind stays with it, so that no answer is shown as another kind's. */
const states = new Map<Kind, State>([[first.kind, first]]);
/** Of the kind that is shown. */
let state = first;
/** What every kind's newest total says, as it was read last. */
let kinds = first.newest?.kinds ?? [];
/** The clock that the ledger was read by, and performance.now() when it said so: the browser's may be another. */
let clock = { readAtMs: Date.parse(first.newest?.readAt ?? ''), sinceMs: 0 };
const view = makeView({ onChoose: choose, onRegion: chooseRegion, onBeside: putBeside });

/** A report does not grow old. */
function nowMs(): number {
  return state.isLive ? clock.readAtMs + performance.now() - clock.sinceMs : clock.readAtMs;
}

function stateOf(kind: Kind): State {
  const known = states.get(kind) ?? emptyState(kind);
  states.set(kind, known);
  return known;
}

const hrefOf = (kind: Kind) => hashOf(stateOf(kind), first.kind);

function show(): void {
  view.show(state, { nowMs: nowMs(), kinds, hrefOf });
}

function draw(): void {
  show();
  void readSides(state);
}

function ofAddress(): ReturnType<typeof readHash> {
  const named = readHash(location.hash, first.kind);
  if (first.isLive || named.kind === first.kind) return named;
  const notice = `This report is of ${descriptorOf(first.kind).words.many} only.`;
  return { kind: first.kind, choice: 'newest', beside: null, notice };
}

/** Shows what the address names. A kind that was shown before is shown as it was, and read afresh at once. */
function followAddress(): void {
  const { kind, choice, beside, notice } = ofAddress();
  const isOther = kind !== state.kind;
  state = stateOf(kind);
  state.beside = beside;
  choose(choice, notice);
  if (isOther) void refresh(state);
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
  history.replaceState(null, '', hrefOf(state.kind));
}

const underWay = new Set<string>();

/** Of each kind one reading of a sort at a time. */
async function oneAtATime({ kind }: State, what: string, read: () => Promise<void>): Promise<void> {
  const key = `${kind} ${what}`;
  if (underWay.has(key)) return;
  underWay.add(key);
  await read().finally(() => underWay.delete(key));
}

/** Of the runs that a reader hurries past, most are never asked for. */
async function readChosen(of: State): Promise<void> {
  await oneAtATime(of, 'run', async () => {
    for (let runId = runToRead(of); runId !== null; runId = runToRead(of)) {
      const isAnswered = await attempt(of, 'notice', async () => {
        of.chosen = await sourceOf(of.kind).run(runId);
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
        of.sides = { key, diff: await sourceOf(of.kind).diff(before, after) };
      });
      show();
    }
  });
}

function chooseRegion(region: string | null): void {
  const of = state;
  of.notice = null;
  void attempt(of, 'notice', async () => {
    of.region = region === null ? null : await sourceOf(of.kind).region(region);
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

/** The newest runs, and once what was before them: the answer is painted without waiting for that. */
async function refresh(of: State): Promise<void> {
  await oneAtATime(of, 'newest', async () => {
    const before = followed(of.newest)?.run;
    const isRead = await attempt(of, 'problem', async () => {
      const news = await sourceOf(of.kind).newest();
      Object.assign(of, withNewest(of, news));
      kinds = news.kinds;
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
  const { lines, damaged } = await sourceOf(of.kind).history();
  Object.assign(of, { lines: merged(of.lines, lines), damaged });
  of.hasHistory = true;
}

/** Looks again and again, but only while somebody looks at the page. Nothing waits for what is asked of another kind. */
async function watch(): Promise<never> {
  for (;;) {
    await new Promise((resolve) =>
      setTimeout(resolve, runUnderWay(state) === null || state.problem !== null ? CALM_MS : BUSY_MS),
    );
    if (document.visibilityState === 'hidden') {
      await new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));
    }
    void refresh(state);
  }
}

async function start(): Promise<void> {
  document.body.append(...view.elements);
  const { kind, ...named } = ofAddress();
  const opened = stateOf(kind);
  Object.assign(opened, named);
  state = opened;
  draw();
  addEventListener('hashchange', followAddress);
  if (opened !== first) await refresh(opened);
  await readChosen(opened);
  if (!opened.isLive) return;
  if (!opened.hasHistory) await attempt(opened, 'problem', () => readHistory(opened));
  draw();
  await watch();
}

void start();
