/** The census page. It reads, keeps what it has read in one state, and draws that whenever it has changed. */
import 'uplot/dist/uPlot.min.css';
import './page.css';
import type { PageData } from './model.ts';
import { makeSource } from './source.ts';
import {
  type Choice,
  chosenRunId,
  comparableRunId,
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
const source = makeSource(data);
const state = firstState(data, ofAddress());
/** When the newest runs were received, by performance.now(). */
let newestSinceMs = 0;
const view = makeView({ onChoose: choose, onRegion: chooseRegion, onBeside: putBeside });

/** By the clock that the ledger was read by: the browser's may be another. A report does not grow old. */
function nowMs(): number {
  const readAtMs = Date.parse(state.newest?.readAt ?? '');
  return state.isLive ? readAtMs + performance.now() - newestSinceMs : readAtMs;
}

function draw(): void {
  view.show(state, nowMs());
  void readSides();
}

function ofAddress(): Pick<State, 'choice' | 'beside'> {
  const named = new URLSearchParams(location.hash.slice(1));
  const runId = named.get('run');
  return { choice: runId === null ? 'newest' : { runId }, beside: named.get('beside') };
}

/** So that what is seen can be bookmarked. */
function noteInAddress({ choice, beside }: Pick<State, 'choice' | 'beside'>): void {
  const named = [choice !== 'newest' && `run=${choice.runId}`, beside !== null && `beside=${beside}`];
  history.replaceState(null, '', `#${named.filter((one) => one !== false).join('&')}`);
}

/** Shows another run. Its regions are read if they are not here yet. */
function choose(choice: Choice): void {
  Object.assign(state, { choice, notice: null, unreadable: null });
  if (state.beside === chosenRunId(state)) state.beside = null;
  noteInAddress(state);
  draw();
  view.announce(state);
  void readChosen();
}

let isReading = false;

/** One run at a time: of those that a reader hurries past, most are never asked for. */
async function readChosen(): Promise<void> {
  if (isReading) return;
  isReading = true;
  for (let runId = runToRead(); runId !== null; runId = runToRead()) {
    const isAnswered = await attempt('notice', async () => {
      state.chosen = await source.run(runId);
    });
    // The reader may have gone on to another run in the meantime.
    if (chosenRunId(state) !== runId) state.notice = null;
    else if (wholeOf(state, runId) === null) giveUp(runId, isAnswered);
    draw();
  }
  isReading = false;
}

function runToRead(): string | null {
  const runId = state.choice === 'newest' ? null : state.choice.runId;
  return runId === null || runId === state.unreadable || wholeOf(state, runId) !== null ? null : runId;
}

/** A run of which not even a line is known is one that is not there. */
function giveUp(runId: string, isAnswered: boolean): void {
  state.unreadable = runId;
  if (isAnswered) state.notice = `There is no run ${runId} here.`;
  if (lineOf(state, runId) === null) state.choice = 'newest';
}

/** Puts a run beside the chosen one, or the one that it is best compared with. */
function putBeside(runId: string | 'comparable' | null): void {
  state.beside = runId === 'comparable' ? comparableRunId(state) : runId;
  state.notice = runId !== null && state.beside === null ? 'There is no other run with a total yet.' : null;
  noteInAddress(state);
  draw();
}

let isReadingSides = false;

async function readSides(): Promise<void> {
  if (isReadingSides) return;
  isReadingSides = true;
  for (let pair = pairOf(state); pair !== null && pair.key !== state.sides?.key; pair = pairOf(state)) {
    const { before, after, key } = pair;
    state.sides = { key, diff: null };
    await attempt('notice', async () => {
      state.sides = { key, diff: await source.diff(before, after) };
    });
    view.show(state, nowMs());
  }
  isReadingSides = false;
}

function chooseRegion(region: string | null): void {
  state.notice = null;
  void attempt('notice', async () => {
    state.region = region === null ? null : await source.region(region);
  }).then(() => {
    draw();
    if (region !== null) view.showTrend();
  });
}

/** Whatever fails is told, and what was read before stays. */
async function attempt(teller: 'problem' | 'notice', what: () => Promise<void>): Promise<boolean> {
  try {
    await what();
    return true;
  } catch (error) {
    state[teller] = (error as Error).message;
    return false;
  }
}

async function readNewest(): Promise<void> {
  const before = followed(state.newest)?.run;
  const isRead = await attempt('problem', async () => {
    Object.assign(state, withNewest(state, await source.newest()));
    newestSinceMs = performance.now();
    if (!state.hasHistory) await readHistory();
  });
  if (isRead) state.problem = null;
  draw();
  const now = followed(state.newest)?.run;
  if (state.choice === 'newest' && now?.streams !== null && before?.settledAt !== now?.settledAt) view.announce(state);
}

async function readHistory(): Promise<void> {
  const { lines, damaged } = await source.history();
  Object.assign(state, { lines: merged(state.lines, lines), damaged });
  state.hasHistory = true;
}

/** Looks again and again, but only while somebody looks at the page. */
async function follow(): Promise<never> {
  for (;;) {
    await new Promise((resolve) =>
      setTimeout(resolve, runUnderWay(state) === null || state.problem !== null ? CALM_MS : BUSY_MS),
    );
    if (document.visibilityState === 'hidden') {
      await new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));
    }
    await readNewest();
  }
}

async function start(): Promise<void> {
  document.body.append(...view.elements);
  draw();
  addEventListener('hashchange', () => {
    const { choice, beside } = ofAddress();
    state.beside = beside;
    choose(choice);
  });
  await readChosen();
  if (!state.isLive) return;
  await attempt('problem', readHistory);
  draw();
  await follow();
}

void start();
