/** Options that commands share, and how their values are read. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { InvalidInputError } from '../census/errors.ts';
import { parseRegion } from '../census/region.ts';
import { parseAccountId, parseRunId, type RunId, runIdOf } from '../census/run.ts';
import { UsageError } from './errors.ts';

/** Where a command reads. */
export type PlaceOptions = {
  stage: string;
  table?: string;
  region?: string;
  profile?: string;
  account?: string;
  local: boolean;
  debug: boolean;
};

export type ReadingOptions = PlaceOptions & { json: boolean };

export function withPlace(command: Command): Command {
  return command
    .option('--stage <name>', 'the deployed stage: its table is kvs-census-<name>', 'dev')
    .option('--table <name>', 'the ledger by its own name, instead of --stage')
    .option(
      '--region <region>',
      'the AWS region of the ledger (default: as the AWS CLI finds it)',
      checked(parseRegion),
    )
    .option('--profile <name>', 'the AWS profile (default: as the AWS CLI finds it)')
    .option(
      '--account <id>',
      'the account that was counted (default: the one of the credentials)',
      checked(parseAccountId),
    )
    .option('--local', 'the ledger that `npm start` keeps in .kvs-census, instead of AWS', false)
    .addOption(new Option('--debug', 'print what an error was caused by').default(false).hideHelp());
}

export function readingCommand(name: string, description: string): Command {
  return withPlace(new Command(name).description(description)).option(
    '--json',
    'print one JSON document (docs/json.md)',
    false,
  );
}

/** Examples are shown beneath a command's help: a command line and what it does. */
export function examples(lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(...lines.map(([line]) => line.length));
  return `\nExamples:\n${lines.map(([line, what]) => `  $ kvs-census ${line.padEnd(width)}  ${what}`).join('\n')}`;
}

/** A parser of the domain as a parser of an argument. */
export function checked<T>(parse: (value: unknown) => T): (value: string) => T {
  return (value) => {
    try {
      return parse(value);
    } catch (error) {
      if (error instanceof InvalidInputError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  };
}

/** A run id, or the word `latest`. */
export const parseRunName = checked((value): RunId | 'latest' => (value === 'latest' ? value : parseRunId(value)));

/** A whole number from 1 to `most`. */
export function parseCount(most: number): (value: string) => number {
  return (value) => {
    const count = Number(value);
    if (/^\d+$/.test(value) && count >= 1 && count <= most) return count;
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${most}.`);
  };
}

/** 0 is any that is free. */
export function parsePort(value: string): number {
  const port = Number(value);
  if (/^\d+$/.test(value) && port <= 65_535) return port;
  throw new InvalidArgumentError('Expected a port from 0 to 65535.');
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const WITH_ZONE = /(Z|[+-]\d{2}:\d{2})$/;

/** A day is its first second (`start`) or its last (`end`). */
export function parseInstant(edge: 'start' | 'end'): (value: string) => RunId {
  return (value) => {
    const text = DAY.test(value) ? `${value}T${edge === 'start' ? '00:00:00' : '23:59:59'}Z` : value;
    const instant = isDay(text.slice(0, 10)) && WITH_ZONE.test(text) ? runIdOf(Date.parse(text)) : null;
    if (instant !== null) return instant;
    throw new InvalidArgumentError('Expected a day such as 2026-11-20, or an instant such as 2026-11-20T06:00:00Z.');
  };
}

/** Date.parse makes the second of March of 2026-02-30. */
function isDay(text: string): boolean {
  return DAY.test(text) && runIdOf(Date.parse(text))?.startsWith(text) === true;
}

export type RangeOptions = { last?: number | undefined; since?: RunId | undefined; until?: RunId | undefined };

/** Runs that a table or a plot holds; more of them come from `export`, which streams. */
const MOST_RUNS = 1000;

export function withRange(command: Command, lastDefault: number): Command {
  return command
    .option(
      '--last <n>',
      `the newest n runs, at most ${MOST_RUNS} (default: ${lastDefault}, or all of --since/--until)`,
      parseCount(MOST_RUNS),
    )
    .option('--since <date>', 'not before this day or instant (UTC)', parseInstant('start'))
    .option('--until <date>', 'not after this day or instant (UTC)', parseInstant('end'));
}

/** @throws UsageError for a time that ends before it begins */
export function refuseTurnedRange({ since, until }: RangeOptions): void {
  if (since === undefined || until === undefined || since <= until) return;
  throw new UsageError(`--since (${since}) is later than --until (${until}): exchange them, or leave one of them out.`);
}

export function rangeOf({ last, since, until }: RangeOptions, lastDefault: number) {
  refuseTurnedRange({ since, until });
  const bounded = since !== undefined || until !== undefined;
  return {
    limit: last ?? (bounded ? MOST_RUNS : lastDefault),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  };
}
