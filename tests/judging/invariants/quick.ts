import { ORGANIZATION } from '../../../src/census/census-id.ts';
import { STREAMS } from '../../../src/census/kinds.ts';
import type { RegionRecord } from '../../../src/census/region.ts';
import type { Invocation, TaskMessage } from '../history.ts';
import { REQUEST_TIMEOUT_MS, WORKER_CONFIG } from '../numbers.ts';
import type { Trouble } from '../region-world.ts';
import { at, type RunStory, type Story } from '../story.ts';
import { saysNotKnown } from './allowances.ts';
import { earlierThan, isBehindOthers } from './remembered.ts';

/** Runs in a row without a page. */
const DARK_RUNS = 3;

/** From the end of a call to whoever made it hearing so. */
const HEARING_MS = 500;

/** While one call is cut off, another may just be sent. */
const JUST_THEN_MS = 100;

const ACCOUNT_ID = /^\d{12}$/;

/** Accounts of an organisation. */
const DARK_ACCOUNTS = 3;

/**
 * A region of which three runs in a row got no page gets one quick try a run, which is one call of seconds; so does one of which three
 * other accounts of the organisation got no page in this run; no other region does, and none that a person asked for. And no call but
 * that one is cut short.
 */
export function* Quick(story: Story) {
  // Nobody watched the calls.
  if (story.history.requests.length === 0) return;
  for (const run of story.runs) {
    yield* falselyQuick(run, story);
    yield* falselyEnded(run, story);
  }
  yield* cutShort(story);
}

function* falselyQuick(run: RunStory, story: Story) {
  const { runId } = run;
  const tasks = story.history.tasks.filter((task) => task.runId === runId && task.queue === 'region-tasks');
  for (const { region, round, quick, sentAtMs } of tasks) {
    if (!quick) continue;
    if (round !== 0) yield `${runId}: the task of ${region} is quick, and a person asked for it.`;
    if (isDue(run, region, sentAtMs, story) === false)
      yield `${runId}: the task of ${region} is quick, and the region was not dark in ${DARK_RUNS} runs.`;
  }
  if (!story.circumstances.isUndisturbed || saysNotKnown(story, runId)) return;
  for (const region of new Set(tasks.map((task) => task.region))) {
    const own = tasks.filter((task) => task.region === region && task.round === 0);
    if (own.length > 0 && own.every((task) => !task.quick && isDue(run, region, task.sentAtMs, story)))
      yield `${runId}: ${region} was dark in ${DARK_RUNS} runs, and its task is not quick.`;
  }
}

/** Nothing where it cannot be told, because earlier runs changed meanwhile. */
function isDue(run: RunStory, region: string, sentAtMs: number, story: Story): boolean | undefined {
  const [asOpened, asSent] = [run.versions[0]?.atMs ?? sentAtMs, sentAtMs].map((atMs) => {
    const [newest] = earlierThan(run, atMs, story) ?? [null];
    if (newest === null) return undefined;
    const gap = newest?.total.missing.find((missing) => missing.region === region);
    const isDark = (gap?.dark ?? 0) >= DARK_RUNS;
    return isDark && isBehindOthers(run, atMs, story) ? undefined : isDark;
  });
  return asOpened === asSent ? asOpened : undefined;
}

/** What ends a quick try. */
const DARKNESS: ReadonlySet<Trouble | undefined> = new Set(['hang', 'server-error', 'drops-connection'] as const);

/** By its worker: as dark, after one call. */
function* falselyEnded({ runId, records }: RunStory, story: Story) {
  const { history } = story;
  const tasks = new Map(history.tasks.map((task) => [task.messageId, task]));
  for (const [region, recorded] of records) {
    for (const { value: record, by } of recorded) {
      const task = tasks.get(by?.messageId);
      if (by?.of !== 'worker' || task === undefined || !isDark(record)) continue;
      const own = history.videoCalls.filter((call) => call.invocation === by && call.region === region);
      const isQuick = isQuickFor(task, by, story);
      if (isQuick === undefined) continue;
      if (isQuick && own.length > 1 && DARKNESS.has(own[0]?.trouble))
        yield `${runId}: the quick try of ${region} took ${own.length} calls.`;
      const isOver = record.status === 'failed';
      const calls = record.effort?.calls ?? 0;
      if (isOver && !(isQuick && calls === 1)) yield `${runId}: ${region} failed at once, as ${record.reason}.`;
      if (!isOver && isQuick && calls === 1)
        yield `${runId}: the quick try of ${region} failed, and it is tried again.`;
    }
  }
}

/** Nothing where it cannot be told: it became dark for enough accounts just then. */
function isQuickFor(
  { quick, round, runId, region }: TaskMessage,
  by: Invocation,
  { kind, accountId, circumstances, runs, whole }: Story,
) {
  const { parent } = at(runs.find((run) => run.runId === runId)?.versions, by.startedAtMs) ?? {};
  if (quick || accountId === undefined || round !== 0 || parent?.round !== 0) return quick === true;
  const pk = `RUN#${ORGANIZATION}${kind === STREAMS ? '' : `/${kind}`}#${runId}`;
  const notes = whole.writes.filter(({ after }) => after.pk?.S === pk && after.sk?.S === `DARK#${region}`);
  const isDarkAt = (atMs: number) => {
    const noted = notes.findLast((note) => note.atMs <= atMs)?.after.accounts?.SS ?? [];
    const accounts = noted.filter((each) => ACCOUNT_ID.test(each));
    return accounts.length >= DARK_ACCOUNTS && !accounts.includes(accountId);
  };
  const [asBegun, asEnded] = [by.startedAtMs, by.endedAtMs ?? whole.endedAtMs].map(isDarkAt);
  // What is noted is read beside the run, and where anything goes wrong it may be done without.
  if (asBegun !== asEnded || (asBegun && !circumstances.isCalm)) return undefined;
  return asBegun;
}

const isDark = (record: RegionRecord): record is Exclude<RegionRecord, { status: 'counted' }> =>
  record.status !== 'counted' && ['unreachable', 'timed-out'].includes(record.reason);

/** And, of a quick try, not short enough. */
function* cutShort(story: Story) {
  const { history, circumstances } = story;
  if (circumstances.clocksWrongByMs > 0) return;
  const tasks = new Map(history.tasks.map((task) => [task.messageId, task]));
  for (const { region, invocation, sentAtMs, atMs, isFirst } of history.cutOff) {
    if (invocation.wasFrozen) continue;
    const tookMs = atMs - sentAtMs;
    const task = tasks.get(invocation.messageId);
    const isQuick = task !== undefined && isQuickFor(task, invocation, story);
    if (isQuick === undefined) continue;
    if (isFirst && isQuick) {
      if (tookMs > WORKER_CONFIG.quickTryMs + HEARING_MS)
        yield `${region} was given ${Math.round(tookMs)} ms for a quick try.`;
    } else if (tookMs < REQUEST_TIMEOUT_MS && goesOn(atMs))
      yield `${region} was given ${Math.round(tookMs)} ms for a call, and then another.`;

    /** When a count ends, so do all of its calls; the service may hear of one later still. */
    function goesOn(sinceMs: number): boolean {
      return history.requests.some(
        ({ site, by, atMs: askedMs }) =>
          site === 'worker.listPage' && by === invocation && askedMs > sinceMs + JUST_THEN_MS,
      );
    }
  }
}
