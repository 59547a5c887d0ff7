/** `kvs-census latest`: the newest total. */
import type { Command } from 'commander';
import { type Damage, makeDamage, refuseNewer, refuseOnlyDamage, tellDamage } from '../../answers/damage.ts';
import {
  countsOf,
  type Difference,
  differenceOf,
  type Head,
  headOf,
  type RegionRow,
  type RunSummary,
  regionRows,
  runSummary,
} from '../../answers/model.ts';
import { noRuns } from '../../answers/pick.ts';
import type { DamagedItem } from '../../answers/reader.ts';
import { InvalidInputError } from '../../census/errors.ts';
import { recheck } from '../../census/recheck.ts';
import type { Run, RunId } from '../../census/run.ts';
import type { Io } from '../io.ts';
import { examples, type ReadingOptions, readingCommand } from '../options.ts';
import { print, warnOfNews } from '../print.ts';
import { type Source, withSource } from '../source/source.ts';

export type LatestModel = Head<'latest'> & {
  run: RunSummary;
  regions: RegionRow[];
  /** The newest run before it that has a total. */
  before: RunSummary | null;
  /** `null` where there is no run to compare with. */
  difference: Difference | null;
  /** Newer runs, which have no total yet. */
  inProgress: RunId[];
  /** Older items that were left out. */
  damaged: DamagedItem[];
};

export function latestCommand(io: Io): Command {
  return readingCommand('latest', 'The newest total: how many streams, in which regions, and whether to trust it.')
    .addHelpText(
      'after',
      examples([
        ['latest', 'of the stage dev, with your default credentials'],
        ['latest --stage prod --region eu-west-1', 'of another stage and region'],
        ['latest --local', 'of the runs of `npm start`'],
        ['latest --json | jq .run.streams', 'the number alone'],
      ]),
    )
    .action(async (options: ReadingOptions) => {
      await withSource(options, io, async (source) => {
        const damage = makeDamage();
        const { model, news } = await readLatest(source, io, damage);
        warnOfNews(io, model.run.runId, news);
        io.exitCode = model.run.verdict === 'complete' ? 0 : 2;
        await print(io, options, model, async () => (await import('../render/latest.ts')).renderLatest);
        tellDamage(io, damage);
      });
    });
}

/** Two requests, unless many runs are open: the newest runs, then two of them with their records. */
export async function readLatest(
  { reader, accountId, description }: Pick<Source, 'reader' | 'accountId' | 'description'>,
  { nowMs }: Pick<Io, 'nowMs'>,
  damage: Damage,
): Promise<{ model: LatestModel; news: string[] }> {
  const newest = await reader.newestRuns(accountId, { totals: 2, onDamaged: damage.note });
  if (newest.length === 0) refuseOnlyDamage(damage);
  if (newest.length === 0) throw noRuns(accountId, description);
  const withTotal = newest.filter(({ total }) => total !== undefined);
  const [latest = newest[0] as Run, before] = withTotal;
  const wholes = await reader.wholeRuns(before === undefined ? [latest] : [latest, before], damage.note);
  refuseNewer(damage, latest.runId);
  const [whole, wholeBefore] = wholes;
  if (whole === undefined)
    throw new InvalidInputError(`The run ${latest.runId} is in the index, but its item is gone.`);
  const news = recheck(whole.run, whole.records);
  const rows = regionRows(whole.run, whole.records, countsOf(wholeBefore?.records ?? []), nowMs());
  const model = {
    ...headOf('latest', accountId, nowMs()),
    run: runSummary(whole.run, nowMs()),
    regions: rows,
    before: wholeBefore === undefined ? null : runSummary(wholeBefore.run, nowMs()),
    difference: wholeBefore === undefined ? null : differenceOf(rows, wholeBefore.run),
    inProgress: newest
      .filter(({ total, runId }) => total === undefined && runId > latest.runId)
      .map(({ runId }) => runId),
    damaged: damage.items(),
  };
  return { model, news };
}
