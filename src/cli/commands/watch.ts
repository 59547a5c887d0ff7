/** `kvs-census watch`: a run as it progresses, until it has settled. */
import { Argument, type Command } from 'commander';
import { noRuns, noSuchRun } from '../../answers/pick.ts';
import type { WholeRun } from '../../answers/reader.ts';
import { isSettled, type RunId } from '../../census/run.ts';
import { UsageError } from '../errors.ts';
import { follow } from '../follow.ts';
import type { Io } from '../io.ts';
import { examples, parseRunName, type ReadingOptions, readingCommand } from '../options.ts';
import { plainJson } from '../render/plain.ts';
import { type Source, withSource } from '../source/source.ts';
import { type RunModel, runModel } from './run.ts';

/** Between two looks at the ledger: one request each. */
const POLL_MS = 1000;
/** A run that was just asked for is opened within moments; a cold start and a retry take longer. */
const OPENING_MS = 120_000;
/** The sweep comes every five minutes, so a run that has not settled so long after its deadline needs a person. */
const OVERDUE_MS = 15 * 60_000;

export function watchCommand(io: Io): Command {
  return readingCommand('watch', 'Follows a run until it has settled.')
    .addArgument(new Argument('[run]', 'its id; without one, the newest run').argParser(parseRunName))
    .addHelpText(
      'after',
      `${examples([
        ['watch', 'the newest run'],
        ['watch 2026-11-20T06:00:00Z --local', 'a run of the stack that `npm start -- --keep` left up'],
      ])}\n\nWith --json, one line per change, each a whole run.`,
    )
    .action(async (name: RunId | 'latest' | undefined, options: ReadingOptions) => {
      await withSource(options, io, async (source) => {
        await watchRun(source, io, options, await newestOr(source, name), { mayComeLater: false });
      });
    });
}

async function newestOr(
  { reader, accountId, description }: Source,
  name: RunId | 'latest' | undefined,
): Promise<RunId> {
  if (name !== undefined && name !== 'latest') return name;
  const [newest] = await reader.newestRuns(accountId, { runs: 1 });
  if (newest === undefined) throw noRuns(accountId, description);
  return newest.runId;
}

/** Shows the run until it has settled, and sets the exit code by its verdict. */
export async function watchRun(
  source: Source,
  io: Io,
  { json }: Pick<ReadingOptions, 'json'>,
  runId: RunId,
  { mayComeLater }: { mayComeLater: boolean },
): Promise<void> {
  const key = { accountId: source.accountId, runId };
  const show = await makeShow(io, json);
  const startedAtMs = io.nowMs();
  const following = { everyMs: POLL_MS, sleep: io.sleep, signal: io.interrupted() };
  try {
    for await (const whole of follow(() => source.reader.wholeRun(key), following)) {
      if (whole === undefined) {
        if (!mayComeLater || io.nowMs() - startedAtMs > OPENING_MS) throw noSuchRun(runId, source);
        continue;
      }
      await show.snapshot(runModel(whole, io.nowMs()));
      if (isSettled(whole.run)) {
        await show.end(runModel(whole, io.nowMs()));
        io.exitCode = whole.run.total?.verdict === 'complete' ? 0 : 2;
        return;
      }
      refuseOverdue(whole, io.nowMs());
    }
  } finally {
    show.close();
  }
  throw new UsageError(`Stopped watching; the run ${runId} goes on.`);
}

function refuseOverdue({ run }: WholeRun, nowMs: number): void {
  if (nowMs <= Date.parse(run.deadlineAt) + OVERDUE_MS) return;
  throw new UsageError(
    `The run ${run.runId} should have settled by ${run.deadlineAt} and has not: look at the aggregator's log and at \`kvs-census redrive\`..`,
  );
}

type Show = {
  snapshot(model: RunModel): Promise<void>;
  end(model: RunModel): Promise<void>;
  close(): void;
};

async function makeShow(io: Io, json: boolean): Promise<Show> {
  if (json) return showLines(io, (model) => [plainJson(model)]);
  const { makeView } = await import('../render/text.ts');
  const view = makeView(io);
  if (io.redraws) return await showPicture(io);
  const { eventLines } = await import('../render/watch.ts');
  const { renderWholeRun } = await import('../render/whole-run.ts');
  const show = showLines(io, eventLines);
  return { ...show, end: async (model) => await io.write(`\n${renderWholeRun(model, view)}\n`) };
}

/** Each line once; an NDJSON document differs by its `readAt` alone when nothing has changed. */
function showLines(io: Io, linesOf: (model: RunModel) => string[]): Show {
  const said = new Set<string>();
  return {
    async snapshot(model) {
      for (const line of linesOf(model)) {
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

async function showPicture(io: Io): Promise<Show> {
  const [{ createLogUpdate }, { renderWholeRun }, { makeView }] = await Promise.all([
    import('log-update'),
    import('../render/whole-run.ts'),
    import('../render/text.ts'),
  ]);
  const update = createLogUpdate(process.stdout);
  const draw = (model: RunModel) => update(renderWholeRun(model, makeView(io)));
  return {
    snapshot: async (model) => draw(model),
    // The picture shows as much as fits the terminal; what is left standing at the end is all of it.
    async end(model) {
      update.clear();
      await io.write(`${renderWholeRun(model, makeView(io))}\n`);
    },
    close: () => update.done(),
  };
}
