/** `kvs-census region`: one region through time. */
import type { Command } from 'commander';
import { Argument } from 'commander';
import { type Damage, makeDamage, refuseOnlyDamage, tellDamage } from '../../answers/damage.ts';
import { changeOf, type Head, headOf, isWaiting, type RegionRow, regionRow } from '../../answers/model.ts';
import { noRuns } from '../../answers/pick.ts';
import type { DamagedItem } from '../../answers/reader.ts';
import { parseRegion, type RegionRecord } from '../../census/region.ts';
import type { Run, RunId } from '../../census/run.ts';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import {
  checked,
  examples,
  type RangeOptions,
  type ReadingOptions,
  rangeOf,
  readingCommand,
  withRange,
} from '../options.ts';
import { print } from '../print.ts';
import { type Source, withSource } from '../source/source.ts';

export type RegionModel = Head<'region'> & {
  region: string;
  /** Runs whose plan names the region, newest first. `change` is to the newest older run that counted it. */
  points: RegionPoint[];
  damaged: DamagedItem[];
};

export type RegionPoint = RegionRow & { runId: RunId };

const LAST = 30;

export function regionCommand(io: Io): Command {
  const command = readingCommand('region', 'One region through time, newest first.').addArgument(
    new Argument('<region>', 'the region that was counted').argParser(checked(parseRegion)),
  );
  return withRange(command, LAST)
    .addHelpText(
      'after',
      examples([
        ['region eu-west-1', 'the newest runs'],
        ['region eu-west-1 --last 100', 'the newest hundred'],
        ['region eu-west-1 --stage prod --region us-east-1', '--region says where the ledger is'],
      ]),
    )
    .action(async (region: string, options: ReadingOptions & RangeOptions) => {
      await withSource(options, io, async (source) => {
        const damage = makeDamage();
        const model = await readRegion(source, io, region, options, damage);
        await print(io, options, model, async () => (await import('../render/region.ts')).renderRegion);
        tellDamage(io, damage);
      });
    });
}

/**
 * Two requests for up to 100 runs: the runs, and the records of the region since the oldest of these. A run in which
 * nobody recorded anything of the region is a gap only because the run's plan names it.
 */
export async function readRegion(
  { reader, accountId, description }: Pick<Source, 'reader' | 'accountId' | 'description'>,
  { nowMs }: Pick<Io, 'nowMs'>,
  region: string,
  options: RangeOptions,
  damage: Damage,
): Promise<RegionModel> {
  const { limit, ...range } = rangeOf(options, LAST);
  const runs: Run[] = [];
  const onDamaged = damage.note;
  for await (const run of reader.runs(accountId, { ...range, limit, onDamaged })) runs.push(run);
  const oldest = runs.at(-1);
  if (oldest === undefined) refuseOnlyDamage(damage);
  if (oldest === undefined) throw noRuns(accountId, description, range);
  const planned = runs.filter(({ plan }) => plan.includes(region));
  if (planned.length === 0) throw notPlanned(region, runs);
  const byRun = new Map<RunId, RegionRecord>();
  const until = range.until === undefined ? {} : { until: range.until };
  for await (const record of reader.regionRecords(accountId, region, { since: oldest.runId, ...until, onDamaged })) {
    byRun.set(record.runId, record);
  }
  // Without its record a run would look as if the region had not answered.
  const readable = planned.filter(({ runId }) => !damage.has(runId));
  if (readable.length === 0) refuseOnlyDamage(damage);
  const points = pointsOf(region, readable, byRun, nowMs());
  return { ...headOf('region', accountId, nowMs()), region, points, damaged: damage.items() };
}

function pointsOf(
  region: string,
  runs: readonly Run[],
  byRun: ReadonlyMap<RunId, RegionRecord>,
  nowMs: number,
): RegionPoint[] {
  let before: number | undefined;
  const oldestFirst = [...runs].reverse().map((run) => {
    const record = byRun.get(run.runId);
    const row = regionRow(region, record, isWaiting(run, nowMs) && run.pending.includes(region));
    const change = changeOf(record, before);
    before = row.streams ?? before;
    return { runId: run.runId, ...row, change };
  });
  return oldestFirst.reverse();
}

function notPlanned(region: string, runs: readonly Run[]): UsageError {
  const planned = [...new Set(runs.flatMap(({ plan }) => plan))].sort();
  return new UsageError(
    `None of the ${runs.length} runs looked at was to count ${region}; they count ${planned.join(', ')}.`,
  );
}
