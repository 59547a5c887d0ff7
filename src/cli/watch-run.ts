/** A run on the screen, or line by line, until it has settled. */
import { noSuchRun } from '../answers/no-answer.ts';
import { refuseOverdue } from '../answers/progress.ts';
import { kindOf } from '../census/census-id.ts';
import { isSettled, type RunBase, type RunId } from '../census/run.ts';
import type { Teller } from './chronicle.ts';
import { UsageError } from './errors.ts';
import { follow } from './follow.ts';
import type { Io } from './io.ts';
import type { ReadingOptions } from './options.ts';
import { plainJson } from './render/plain.ts';
import type { View } from './render/text.ts';
import type { StackSource } from './source/source.ts';

/** A run that was just asked for is opened within moments; a cold start and a retry take longer. */
const OPENING_MS = 120_000;

export type WatchOptions = Pick<ReadingOptions, 'json' | 'wide'> & {
  /** The run was asked for just now, and may not be there yet. */
  isNew?: boolean;
  /** It is asked again just now, and whoever looks knows that, and what was before. */
  isRoundTold?: boolean;
  /** This round was asked for just now, and may not be open yet. */
  round?: number;
};

/** A run that is followed, whether its plan is regions or accounts. */
type Watching<Answer> = {
  /** Milliseconds between two looks at the ledger. */
  everyMs: number;
  look(runId: RunId, nowMs: number): Promise<{ answer: Answer; run: RunBase; exitCode: number } | undefined>;
  teller: Teller<Answer>;
  /** `waiting`: what is waited for, where somebody follows the run already. */
  render(answer: Answer, view: View, waiting?: string): string;
  overLine(answer: Answer): string;
};

/** Shows the run until it has settled, and sets the exit code by its verdict. */
export async function watchRun<Answer extends object>(
  source: StackSource,
  io: Io,
  options: WatchOptions,
  runId: RunId,
  watching: Watching<Answer>,
): Promise<void> {
  const { isNew = false, isRoundTold = false, round = 0 } = options;
  const show = await makeShow(io, options, source, watching);
  const startedAtMs = io.nowMs();
  const following = { everyMs: watching.everyMs, sleep: io.sleep, signal: io.interrupted() };
  const look = async () => {
    const found = await watching.look(runId, io.nowMs());
    return found === undefined || found.run.round < round ? undefined : found;
  };
  let isUnseen = !isNew && !isRoundTold;
  try {
    for await (const found of follow(look, following)) {
      const nowMs = io.nowMs();
      if (found === undefined) {
        if (!isNew && round === 0) throw noSuchRun(source, runId);
        if (nowMs - startedAtMs > OPENING_MS) throw round === 0 ? noSuchRun(source, runId) : notOpened(runId, round);
        await show.look(undefined, nowMs);
        continue;
      }
      const { answer, run, exitCode } = found;
      const isOver = isSettled(run);
      if (isOver && isUnseen) await show.old(answer);
      else await show.look(answer, nowMs);
      if (isOver) {
        if (!isUnseen) await show.end(answer);
        io.exitCode = exitCode;
        return;
      }
      isUnseen = false;
      if (source.ledgerOnly) throw new UsageError(nothingGoesOn(runId));
      refuseOverdue(run, nowMs, source.timeScale);
    }
  } finally {
    show.close();
  }
  throw new UsageError(`Stopped watching; the run ${runId} goes on.`);
}

const notOpened = (runId: RunId, round: number) =>
  new UsageError(
    `Round ${round} of the run ${runId} was not opened within ${OPENING_MS / 1000} s: look at the dispatcher's log and at \`kvs-census redrive\`.`,
  );

const nothingGoesOn = (runId: RunId) =>
  `No stack runs here, so nothing of the run ${runId} goes on: the next \`npm start\` in this folder settles it.`;

type Show<Answer> = {
  /** What is there at one moment. Without an answer the run is not open yet. */
  look(answer: Answer | undefined, nowMs: number): Promise<void>;
  /** What the run came to, after the looks. */
  end(answer: Answer): Promise<void>;
  /** The same of a run that had settled before anybody looked. */
  old(answer: Answer): Promise<void>;
  close(): void;
};

async function makeShow<Answer extends object>(
  io: Io,
  options: WatchOptions,
  { censusId, place }: StackSource,
  { teller, render, overLine }: Watching<Answer>,
): Promise<Show<Answer>> {
  if (options.json) return showDocuments(io);
  const [{ makeChronicle }, { makeView, wrap }] = await Promise.all([
    import('./chronicle.ts'),
    import('./render/text.ts'),
  ]);
  const kind = kindOf(censusId);
  const view = makeView(io, { wide: options.wide, place, kind });
  const old = async (answer: Answer) =>
    await io.write(`${wrap(overLine(answer), view.width)}\n\n${render(answer, view)}\n`);
  if (io.redraws) {
    const draw = (answer: Answer | undefined) => {
      const waiting = teller.waitingLine(answer);
      return answer === undefined ? waiting : render(answer, makeView(io, { place, kind }), waiting);
    };
    return { ...(await showPicture(io, draw, (answer) => render(answer, view))), old };
  }
  const chronicle = makeChronicle(teller, { isRoundTold: options.isRoundTold ?? false });
  return {
    async look(answer, nowMs) {
      for (const line of chronicle.linesOf(answer, nowMs)) await io.write(`${line}\n`);
    },
    end: async (answer) => await io.write(`\n${render(answer, view)}\n`),
    old,
    close() {},
  };
}

/** A line for each change: when nothing has changed, a document differs by its `readAt` alone. */
function showDocuments<Answer extends object>(io: Io): Show<Answer> {
  let last: string | undefined;
  const look = async (answer: Answer | undefined) => {
    if (answer === undefined) return;
    const essence = plainJson({ ...answer, readAt: '' });
    if (essence === last) return;
    last = essence;
    await io.write(`${plainJson(answer)}\n`);
  };
  return { look, end: async () => {}, old: look, close() {} };
}

async function showPicture<Answer>(
  io: Io,
  draw: (answer: Answer | undefined) => string,
  render: (answer: Answer) => string,
): Promise<Omit<Show<Answer>, 'old'>> {
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(process.stdout);
  return {
    look: async (answer) => update(draw(answer)),
    // The picture shows as much as fits the terminal; what is left standing at the end is all of it.
    async end(answer) {
      update.clear();
      await io.write(`${render(answer)}\n`);
    },
    close: () => update.done(),
  };
}
