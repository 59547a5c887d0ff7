/** A run on the screen, or line by line, until it has settled. */
import { noSuchRun } from '../answers/no-answer.ts';
import type { Place } from '../answers/place.ts';
import { refuseOverdue } from '../answers/progress.ts';
import type { Source } from '../answers/reader.ts';
import { type RunAnswer, runOf } from '../answers/run.ts';
import { isSettled, type RunId } from '../census/run.ts';
import { UsageError } from './errors.ts';
import { follow } from './follow.ts';
import type { Io } from './io.ts';
import { exitCodeOf } from './print.ts';
import { plainJson } from './render/plain.ts';

/** Between two looks at the ledger: one request each. */
const POLL_MS = 1000;
/** A run that was just asked for is opened within moments; a cold start and a retry take longer. */
const OPENING_MS = 120_000;

/** Shows the run until it has settled, and sets the exit code by its verdict. */
export async function watchRun(
  source: Source,
  io: Io,
  { json }: { json: boolean },
  runId: RunId,
  { mayComeLater }: { mayComeLater: boolean },
): Promise<void> {
  const key = { accountId: source.accountId, runId };
  const show = await makeShow(io, source.place, json);
  const startedAtMs = io.nowMs();
  const following = { everyMs: POLL_MS, sleep: io.sleep, signal: io.interrupted() };
  try {
    for await (const whole of follow(() => source.reader.wholeRun(key), following)) {
      if (whole === undefined) {
        if (!mayComeLater || io.nowMs() - startedAtMs > OPENING_MS) throw noSuchRun(source, runId);
        continue;
      }
      const answer = runOf(whole, io.nowMs());
      await show.snapshot(answer);
      if (isSettled(whole.run)) {
        await show.end(answer);
        io.exitCode = exitCodeOf(answer.run);
        return;
      }
      refuseOverdue(whole.run, io.nowMs());
    }
  } finally {
    show.close();
  }
  throw new UsageError(`Stopped watching; the run ${runId} goes on.`);
}

type Show = {
  snapshot(answer: RunAnswer): Promise<void>;
  end(answer: RunAnswer): Promise<void>;
  close(): void;
};

async function makeShow(io: Io, place: Place | undefined, json: boolean): Promise<Show> {
  if (json) return showLines(io, (answer) => [plainJson(answer)]);
  const { makeView } = await import('./render/text.ts');
  const view = makeView(io, { place });
  if (io.redraws) return await showPicture(io, place);
  const { eventLines } = await import('./render/watch.ts');
  const { renderWholeRun } = await import('./render/whole-run.ts');
  const show = showLines(io, eventLines);
  return { ...show, end: async (answer) => await io.write(`\n${renderWholeRun(answer, view)}\n`) };
}

/** Each line once; an NDJSON document differs by its `readAt` alone when nothing has changed. */
function showLines(io: Io, linesOf: (answer: RunAnswer) => string[]): Show {
  const said = new Set<string>();
  return {
    async snapshot(answer) {
      for (const line of linesOf(answer)) {
        const essence = line.replace(/"readAt":"[^"]*",?/, '');
        if (said.has(essence)) continue;
        said.add(essence);
        await io.write(`${line}\n`);
      }
    },
    end: async () => {},
    close() {},
  };
}

async function showPicture(io: Io, place: Place | undefined): Promise<Show> {
  const [{ createLogUpdate }, { renderWholeRun }, { makeView }] = await Promise.all([
    import('log-update'),
    import('./render/whole-run.ts'),
    import('./render/text.ts'),
  ]);
  const update = createLogUpdate(process.stdout);
  const draw = (answer: RunAnswer) => update(renderWholeRun(answer, makeView(io, { place })));
  return {
    snapshot: async (answer) => draw(answer),
    // The picture shows as much as fits the terminal; what is left standing at the end is all of it.
    async end(answer) {
      update.clear();
      await io.write(`${renderWholeRun(answer, makeView(io, { place }))}\n`);
    },
    close: () => update.done(),
  };
}
