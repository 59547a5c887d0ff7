/** `kvs-census explain`: a run in sentences. */
import { Argument, type Command } from 'commander';
import { type Gap, type Head, headOf, type RunSummary } from '../../answers/model.ts';
import { readWholeRun } from '../../answers/pick.ts';
import { adviceFor } from '../../census/advice.ts';
import type { Reason } from '../../census/errors.ts';
import type { RunId } from '../../census/run.ts';
import type { Io } from '../io.ts';
import { examples, parseRunName, type ReadingOptions, readingCommand } from '../options.ts';
import { print } from '../print.ts';
import { withSource } from '../source/source.ts';
import { runModel } from './run.ts';

export type ExplainModel = Head<'explain'> & {
  run: RunSummary;
  /** What the listing took, over all counted regions. */
  effort: { pages: number; calls: number; ms: number };
  /** Regions that took more than one attempt, or were counted in a retry. */
  hard: { region: string; calls: number; pages: number; round: number }[];
  /** Counted regions in which streams were listed more than once. */
  repeats: { region: string; repeated: number }[];
  advice: Advice[];
  /** The command that asks again for what is missing; `null` where nothing is, or where asking is still going on. */
  retry: string | null;
};

/** Missing regions that share a reason share what to do. */
export type Advice = { reason: Reason; because: string; action: string; retryMayHelp: boolean; regions: Gap[] };

export function explainCommand(io: Io): Command {
  return readingCommand('explain', 'How a number came about, what is missing from it and why, and what to do about it.')
    .addArgument(new Argument('<run>', 'its id, or "latest"').argParser(parseRunName))
    .addHelpText(
      'after',
      examples([
        ['explain latest', 'the newest total'],
        ['explain 2026-11-20T06:00:00Z --stage prod', 'a certain run'],
      ]),
    )
    .action(async (name: RunId | 'latest', options: ReadingOptions) => {
      await withSource(options, io, async (source) => {
        const whole = await readWholeRun(source, io, name);
        const model = explainModel(runModel(whole, io.nowMs()));
        io.exitCode = model.run.verdict === 'complete' ? 0 : 2;
        await print(io, options, model, async () => (await import('../render/explain.ts')).renderExplain);
      });
    });
}

export function explainModel({ run, regions, readAt, accountId }: ReturnType<typeof runModel>): ExplainModel {
  const counted = regions.filter(({ status }) => status === 'counted');
  const effort = { pages: 0, calls: 0, ms: 0 };
  for (const row of counted) {
    effort.pages += row.effort?.pages ?? 0;
    effort.calls += row.effort?.calls ?? 0;
    effort.ms += row.effort?.ms ?? 0;
  }
  const hard = counted.flatMap(({ region, round, effort: one }) =>
    one !== null && (one.calls > one.pages || (round ?? 0) > 0)
      ? [{ region, calls: one.calls, pages: one.pages, round: round ?? 0 }]
      : [],
  );
  return {
    ...headOf('explain', accountId, Date.parse(readAt)),
    run,
    effort,
    hard,
    repeats: counted.flatMap(({ region, repeated }) => (repeated === undefined ? [] : [{ region, repeated }])),
    advice: adviceOn(run.missing),
    retry: run.missing.length > 0 && run.waitingFor.length === 0 ? `kvs-census retry ${run.runId}` : null,
  };
}

function adviceOn(missing: readonly Gap[]): Advice[] {
  const byReason = Map.groupBy(missing, ({ reason }) => reason);
  return [...byReason].map(([reason, regions]) => ({ reason, ...adviceFor(reason), regions }));
}
