/** `kvs-census runs`: the history of totals. */
import type { Command } from 'commander';
import { type Damage, makeDamage, refuseOnlyDamage, tellDamage } from '../../answers/damage.ts';
import { type Head, headOf, type RunSummary, runSummary } from '../../answers/model.ts';
import { noRuns } from '../../answers/pick.ts';
import type { DamagedItem } from '../../answers/reader.ts';
import type { Run } from '../../census/run.ts';
import type { Io } from '../io.ts';
import { examples, type RangeOptions, type ReadingOptions, rangeOf, readingCommand, withRange } from '../options.ts';
import { print } from '../print.ts';
import { type Source, withSource } from '../source/source.ts';

export type RunsModel = Head<'runs'> & {
  /** Newest first. */
  runs: RunLine[];
  /** There are older ones in the range that was asked for. */
  more: boolean;
  damaged: DamagedItem[];
};

export type RunLine = RunSummary & {
  /** Streams more than in the run before. `null` unless both are complete and have the same plan: else nothing says. */
  change: number | null;
};

const LAST = 20;

export function runsCommand(io: Io): Command {
  return withRange(readingCommand('runs', 'The history of totals, newest first.'), LAST)
    .addHelpText(
      'after',
      examples([
        ['runs --last 100', 'the newest hundred'],
        ['runs --since 2026-11-01 --until 2026-11-07', 'a week'],
        ['runs --json | jq -r ".runs[].streams"', 'the numbers alone'],
      ]),
    )
    .action(async (options: ReadingOptions & RangeOptions) => {
      await withSource(options, io, async (source) => {
        const damage = makeDamage();
        const model = await readRuns(source, io, options, damage);
        if (model.more && options.last === undefined && (options.since ?? options.until) !== undefined)
          io.warn(`Only the newest ${model.runs.length} runs of that time are shown; \`kvs-census export\` gives all.`);
        await print(io, options, model, async () => (await import('../render/runs.ts')).renderRuns);
        tellDamage(io, damage);
      });
    });
}

/** One request for up to 100 runs. */
export async function readRuns(
  { reader, accountId, description }: Pick<Source, 'reader' | 'accountId' | 'description'>,
  { nowMs }: Pick<Io, 'nowMs'>,
  options: RangeOptions,
  damage: Damage,
): Promise<RunsModel> {
  const { limit, ...range } = rangeOf(options, LAST);
  const runs: Run[] = [];
  // One more than asked for: the oldest needs one to be compared with.
  for await (const run of reader.runs(accountId, { ...range, limit: limit + 1, onDamaged: damage.note })) {
    runs.push(run);
  }
  if (runs.length === 0) refuseOnlyDamage(damage);
  if (runs.length === 0) throw noRuns(accountId, description, range);
  return {
    ...headOf('runs', accountId, nowMs()),
    runs: runs
      .slice(0, limit)
      .map((run, index) => ({ ...runSummary(run, nowMs()), change: changeOf(run, runs[index + 1], damage) })),
    more: runs.length > limit,
    damaged: damage.items(),
  };
}

function changeOf(run: Run, before: Run | undefined, damage: Damage): number | null {
  // The run before is one that cannot be read.
  if (damage.items().some(({ runId }) => runId < run.runId && runId > (before?.runId ?? ''))) return null;
  if (run.total?.verdict !== 'complete' || before?.total?.verdict !== 'complete') return null;
  if (run.plan.join() !== before.plan.join()) return null;
  return run.total.streams - before.total.streams;
}
