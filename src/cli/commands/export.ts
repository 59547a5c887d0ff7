/** `kvs-census export`: the ledger for other programs. */
import { Command, Option } from 'commander';
import { findTimes } from '../../answers/asking/times.ts';
import { type Damage, makeDamage } from '../../answers/damage.ts';
import type { Source } from '../../answers/reader.ts';
import type { RunFilter } from '../../answers/run-filter.ts';
import type { TimeName } from '../../answers/run-name.ts';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { examples, type PlaceOptions, parseCount, withFilter, withPlace, withTimes } from '../options.ts';
import { writeOutput } from '../output-file.ts';
import { tellDamage } from '../print.ts';
import { withSource } from '../source/source.ts';
import { subjectOf } from '../subject-of.ts';

const FORMATS = ['json', 'ndjson', 'csv', 'prometheus'] as const;
type Format = (typeof FORMATS)[number];

type Options = PlaceOptions & {
  format: Format;
  last?: number;
  since?: TimeName;
  until?: TimeName;
  out?: string;
  by?: 'account';
} & RunFilter;

export function exportCommand(io: Io): Command {
  const command = withPlace(new Command('export'))
    .description('Runs with all of their regions or accounts, for other programs. Newest first; long histories stream.')
    .addOption(new Option('--format <format>', 'docs/json.md describes each').choices(FORMATS).default('json'))
    .option(
      '--last <n>',
      'the newest n runs (default: all; with prometheus the newest total)',
      parseCount(1_000_000_000),
    );
  return withFilter(withTimes(command))
    .addOption(
      new Option(
        '--by <what>',
        'of an organisation: a line, or samples, for each of its accounts (csv, prometheus)',
      ).choices(['account']),
    )
    .option('--out <file>', 'write there instead of to standard output; a file that is there is replaced')
    .addHelpText(
      'after',
      examples([
        ['export --format csv --last 30 --out runs.csv', 'for a spreadsheet'],
        ['export --format ndjson --since 2026-11 --until 2026-11 | gzip > november.gz', 'a line per run'],
        ['export --format prometheus --out census.prom', "for node_exporter's textfile collector"],
        ['export --format csv --by account --last 1', 'the accounts of an organisation, for a spreadsheet'],
      ]),
    )
    .action(async (options: Options) => {
      const { format, last, since, until, verdict, reason } = options;
      if (format === 'prometheus' && (last ?? since ?? until ?? verdict ?? reason) !== undefined) {
        throw new UsageError(
          'Prometheus keeps the history itself: it takes the newest total only, without --last, --since, --until, --verdict and --reason.',
        );
      }
      await withSource(options, io, async (source) => {
        const damage = makeDamage();
        await writeOutput(io, options.out, await textOf(source, io, options, damage));
        tellDamage(io, damage.items());
      });
    });
}

async function textOf(source: Source, io: Io, options: Options, damage: Damage): Promise<AsyncIterable<string>> {
  const { format, last, verdict, reason, by } = options;
  const times = await findTimes(source, options, io.nowMs());
  const isFiltered = (verdict ?? reason) !== undefined;
  const range = last === undefined || isFiltered ? times : { ...times, limit: last };
  const wish = { range, filter: options, last, isByAccount: by !== undefined, nowMs: io.nowMs, damage };
  return await (await subjectOf(source)).exporter(source, wish)[format]();
}
