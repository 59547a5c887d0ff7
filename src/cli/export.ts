/** `kvs-census export`: the ledger for other programs. */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import type { RunId } from '../census/run.ts';
import { UsageError } from './errors.ts';
import { wholeRuns } from './history.ts';
import type { Io } from './io.ts';
import { headOf } from './model.ts';
import { examples, type PlaceOptions, parseCount, parseInstant, withPlace } from './options.ts';
import { noRuns } from './pick.ts';
import { type RunModel, runModel } from './run.ts';
import { type Source, withSource } from './source.ts';

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
    .option('--out <file>', 'write there instead of to standard output')
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
      if (format === 'prometheus' && (last ?? since ?? until) !== undefined) {
        throw new UsageError(
          'Prometheus keeps the history itself: it takes the newest total only, without --last, --since and --until.',
        );
      }
      await withSource(
        options,
        io,
        async (source) => await writeOut(io, options.out, await textOf(source, io, options)),
      );
    });
}

async function textOf(source: Source, io: Io, options: Options): Promise<AsyncIterable<string>> {
  const { format } = options;
  switch (format) {
    case 'prometheus': {
      const [{ readLatest }, { renderPrometheus }] = await Promise.all([
        import('./latest.ts'),
        import('./render/prometheus.ts'),
      ]);
      return once(renderPrometheus((await readLatest(source, io)).model));
    }
    case 'csv': {
      const { csvLines } = await import('./render/csv.ts');
      return csvLines(models(source, io, options));
    }
    case 'ndjson':
      return ndjson(models(source, io, options));
    case 'json':
      return json(models(source, io, options), headOf('export', source.accountId, io.nowMs()));
    default:
      return format satisfies never;
  }
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

async function* models(
  { reader, accountId, description }: Source,
  { nowMs }: Io,
  { last, since, until }: Options,
): AsyncGenerator<RunModel> {
  const range = {
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(last !== undefined && { limit: last }),
  };
  let found = false;
  for await (const whole of wholeRuns(reader, accountId, range)) {
    found = true;
    yield runModel(whole, nowMs());
  }
  if (!found) throw noRuns(accountId, description);
}

export async function* ndjson(runs: AsyncIterable<RunModel>): AsyncGenerator<string> {
  for await (const model of runs) yield `${JSON.stringify(model)}\n`;
}

/** One document, written as it comes: a run a line. */
export async function* json(runs: AsyncIterable<RunModel>, head: object): AsyncGenerator<string> {
  const opening = `${JSON.stringify(head).slice(0, -1)},"runs":[\n`;
  let before = opening;
  for await (const { run, regions } of runs) {
    yield `${before}${JSON.stringify({ run, regions })}`;
    before = ',\n';
  }
  // Nothing is written before the first run is there: what fails by then leaves no torso behind.
  yield before === opening ? `${opening}]}\n` : '\n]}\n';
}

/** A file appears under its name only when it is whole. */
async function writeOut(io: Io, out: string | undefined, text: AsyncIterable<string>): Promise<void> {
  if (out === undefined) {
    for await (const part of text) await io.write(part);
    return;
  }
  const file = resolve(io.folder, out);
  const unfinished = `${file}.unfinished`;
  try {
    await pipeline(Readable.from(text), createWriteStream(unfinished));
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
