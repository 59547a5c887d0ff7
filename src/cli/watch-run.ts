/** A run on the screen, or line by line, until it has settled. */
import { noSuchRun } from '../answers/no-answer.ts';
import { refuseOverdue } from '../answers/progress.ts';
import { type RunAnswer, runOf } from '../answers/run.ts';
import { kindOf } from '../census/census-id.ts';
import { isSettled, type RunId } from '../census/run.ts';
import { UsageError } from './errors.ts';
import { follow } from './follow.ts';
import type { Io } from './io.ts';
import type { ReadingOptions } from './options.ts';
import { exitCodeOf } from './print.ts';
import { plainJson } from './render/plain.ts';
import type { StackSource } from './source/source.ts';

/** Between two looks at the ledger: one request each. */
const POLL_MS = 1000;
/** A run that was just asked for is opened within moments; a cold start and a retry take longer. */
const OPENING_MS = 120_000;

type Options = Pick<ReadingOptions, 'json' | 'wide'> & {
  /** The run was asked for just now, and may not be there yet. */
  isNew?: boolean;
  /** It is asked again just now, and whoever looks knows that, and what was before. */
  isRoundTold?: boolean;
};

/** Shows the run until it has settled, and sets the exit code by its verdict. */
export async function watchRun(source: StackSource, io: Io, options: Options, runId: RunId): Promise<void> {
  const { isNew = false, isRoundTold = false } = options;
  const show = await makeShow(io, options, source);
  const startedAtMs = io.nowMs();
  const following = { everyMs: POLL_MS, sleep: io.sleep, signal: io.interrupted() };
  const look = () => source.reader.wholeRun({ censusId: source.censusId, runId });
  let isUnseen = !isNew && !isRoundTold;
  try {
    for await (const whole of follow(look, following)) {
      const nowMs = io.nowMs();
      if (whole === undefined) {
        if (!isNew || nowMs - startedAtMs > OPENING_MS) throw noSuchRun(source, runId);
        await show.look(undefined, nowMs);
        continue;
      }
      const answer = runOf(whole, nowMs);
      const isOver = isSettled(whole.run);
      if (isOver && isUnseen) await show.old(answer);
      else await show.look(answer, nowMs);
      if (isOver) {
        if (!isUnseen) await show.end(answer);
        io.exitCode = exitCodeOf(answer.run);
        return;
      }
      isUnseen = false;
      if (source.ledgerOnly) throw new UsageError(nothingGoesOn(runId));
      refuseOverdue(whole.run, nowMs, source.timeScale);
    }
  } finally {
    show.close();
  }
  throw new UsageError(`Stopped watching; the run ${runId} goes on.`);
}

const nothingGoesOn = (runId: RunId) =>
  `No stack runs here, so nothing of the run ${runId} goes on: the next \`npm start\` in this folder settles it.`;

type Show = {
  /** What is there at one moment. Without an answer the run is not open yet. */
  look(answer: RunAnswer | undefined, nowMs: number): Promise<void>;
  /** What the run came to, after the looks. */
  end(answer: RunAnswer): Promise<void>;
  /** The same of a run that had settled before anybody looked. */
  old(answer: RunAnswer): Promise<void>;
  close(): void;
};

async function makeShow(io: Io, options: Options, { censusId, timeScale, place }: StackSource): Promise<Show> {
  if (options.json) return showDocuments(io);
  const [{ makeChronicle }, { overLine, waitingLine }, { renderWholeRun }, { makeView, wrap }] = await Promise.all([
    import('./chronicle.ts'),
    import('./render/watch.ts'),
    import('./render/whole-run.ts'),
    import('./render/text.ts'),
  ]);
  const kind = kindOf(censusId);
  const view = makeView(io, { wide: options.wide, place, kind });
  const waits = { timeScale };
  const old = async (answer: RunAnswer) =>
    await io.write(`${wrap(overLine(answer), view.width)}\n\n${renderWholeRun(answer, view)}\n`);
  if (io.redraws) {
    const draw = (answer: RunAnswer | undefined) => {
      const waiting = waitingLine(answer, waits);
      return answer === undefined ? waiting : renderWholeRun(answer, makeView(io, { place, kind }), waiting);
    };
    return { ...(await showPicture(io, draw, (answer) => renderWholeRun(answer, view))), old };
  }
  const chronicle = makeChronicle(waits, { isRoundTold: options.isRoundTold ?? false });
  return {
    async look(answer, nowMs) {
      for (const line of chronicle.linesOf(answer, nowMs)) await io.write(`${line}\n`);
    },
    end: async (answer) => await io.write(`\n${renderWholeRun(answer, view)}\n`),
    old,
    close() {},
  };
}

/** A line for each change: when nothing has changed, a document differs by its `readAt` alone. */
function showDocuments(io: Io): Show {
  let last: string | undefined;
  const look = async (answer: RunAnswer | undefined) => {
    if (answer === undefined) return;
    const essence = plainJson({ ...answer, readAt: '' });
    if (essence === last) return;
    last = essence;
    await io.write(`${plainJson(answer)}\n`);
  };
  return { look, end: async () => {}, old: look, close() {} };
}

async function showPicture(
  io: Io,
  draw: (answer: RunAnswer | undefined) => string,
  render: (answer: RunAnswer) => string,
): Promise<Omit<Show, 'old'>> {
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
