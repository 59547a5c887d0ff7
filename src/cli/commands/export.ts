/** `kvs-census export`: the ledger for other programs. */
import { Command, Option } from 'commander';
import { type Damage, makeDamage, refuseOnlyDamage, tellDamage } from '../../answers/damage.ts';
import { wholeRuns } from '../../answers/history.ts';
import { headOf } from '../../answers/model.ts';
import { noRuns } from '../../answers/pick.ts';
import type { RunId } from '../../census/run.ts';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { examples, type PlaceOptions, parseCount, parseInstant, refuseTurnedRange, withPlace } from '../options.ts';
import { once, writeOutput } from '../output-file.ts';
import { plainJson } from '../render/plain.ts';
import { type Source, withSource } from '../source/source.ts';
import { type RunModel, runModel } from './run.ts';

const FORMATS = ['json', 'ndjson', 'csv', 'prometheus'] as const;
type Format = (typeof FORMATS)[number];

type Options = PlaceOptions & { format: Format; last?: number; since?: RunId; until?: RunId; out?: string };

export function exportCommand(io: Io): Command {
  return withPlace(new Command('export'))
    .description('Runs with all of their regions, for other programs. Newest first; long histories stream.')
    .addOption(new Option('--format <format>', 'docs/json.md describes each').choices(FORMATS).default('json'))
    .option(
      '--last <n>',
      'the newest n runs (default: all; with prometheus the newest total)',
      parseCount(1_000_000_000),
    )
    .option('--since <date>', 'not before this day or instant (UTC)', parseInstant('start'))
    .option('--until <date>', 'not after this day or instant (UTC)', parseInstant('end'))
    .option('--out <file>', 'write there instead of to standard output; a file that is there is replaced')
    .addHelpText(
      'after',
      examples([
        ['export --format csv --last 30 --out runs.csv', 'for a spreadsheet'],
        ['export --format ndjson --since 2026-11-01 | gzip > november.gz', 'a line per run'],
        ['export --format prometheus --out census.prom', "for node_exporter's textfile collector"],
      ]),
    )
    .action(async (options: Options) => {
      const { format, last, since, until } = options;
      refuseTurnedRange(options);
      if (format === 'prometheus' && (last ?? since ?? until) !== undefined) {
        throw new UsageError(
          'Prometheus keeps the history itself: it takes the newest total only, without --last, --since and --until.',
        );
      }
      await withSource(options, io, async (source) => {
        const damage = makeDamage();
        await writeOutput(io, options.out, await textOf(source, io, options, damage));
        tellDamage(io, damage);
      });
    });
}

async function textOf(source: Source, io: Io, options: Options, damage: Damage): Promise<AsyncIterable<string>> {
  const { format } = options;
  switch (format) {
    case 'prometheus': {
      const [{ readLatest }, { renderPrometheus }] = await Promise.all([
        import('./latest.ts'),
        import('../render/prometheus.ts'),
      ]);
      return once(renderPrometheus((await readLatest(source, io, damage)).model));
    }
    case 'csv': {
      const { csvLines } = await import('../render/csv.ts');
      return csvLines(models(source, io, options, damage));
    }
    case 'ndjson':
      return ndjson(models(source, io, options, damage));
    case 'json':
      return json(models(source, io, options, damage), headOf('export', source.accountId, io.nowMs()), damage);
    default:
      return format satisfies never;
  }
}

async function* models(
  { reader, accountId, description }: Source,
  { nowMs }: Io,
  { last, since, until }: Options,
  damage: Damage,
): AsyncGenerator<RunModel> {
  const range = {
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(last !== undefined && { limit: last }),
  };
  let found = false;
  for await (const whole of wholeRuns(reader, accountId, range, damage)) {
    found = true;
    yield runModel(whole, nowMs());
  }
  if (found) return;
  refuseOnlyDamage(damage);
  throw noRuns(accountId, description, range);
}

export async function* ndjson(runs: AsyncIterable<RunModel>): AsyncGenerator<string> {
  for await (const model of runs) yield `${plainJson(model)}\n`;
}

/** One document, written as it comes: a run a line. */
export async function* json(runs: AsyncIterable<RunModel>, head: object, damage: Damage): AsyncGenerator<string> {
  const opening = `${plainJson(head).slice(0, -1)},"runs":[\n`;
  let before = opening;
  for await (const { run, regions } of runs) {
    yield `${before}${plainJson({ run, regions })}`;
    before = ',\n';
  }
  // Nothing is written before the first run is there: what fails by then leaves no torso behind.
  const ending = `],"damaged":${plainJson(damage.items())}}\n`;
  yield before === opening ? `${opening}${ending}` : `\n${ending}`;
}
