/** Options that commands share, and how their values are read. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { MOST_RUNS, VERDICTS } from '../answers/asking/limits.ts';
import { findTimes, type TimeNames } from '../answers/asking/times.ts';
import { type Place, typedOptions } from '../answers/place.ts';
import type { Source } from '../answers/reader.ts';
import { parseRunName as parseName, parseTimeName } from '../answers/run-name.ts';
import type { Range } from '../answers/runs.ts';
import { ORGANIZATION, parseOwner } from '../census/census-id.ts';
import { InvalidInputError, REASONS } from '../census/errors.ts';
import { KINDS, STREAMS } from '../census/kinds.ts';
import { parseRegion } from '../census/region.ts';
import { type PlaceConfig, placeConfig } from '../surroundings.ts';
import type { Io } from './io.ts';

/** Where a command reads. */
export type PlaceOptions = PlaceConfig & { debug: boolean };

export type ReadingOptions = PlaceOptions & { json: boolean; wide: boolean };

export function withPlace(command: Command): Command {
  return command
    .option(
      '--stage <name>',
      `the deployed stage: its table is kvs-census-<name> (default: KVS_CENSUS_STAGE, or ${DEFAULT_STAGE})`,
      parseWord,
    )
    .option(
      '--table <name>',
      'the ledger by its own name, instead of --stage; beside it, the one that the stack was given',
      parseWord,
    )
    .option(
      '--region <region>',
      'the AWS region of the ledger (default: KVS_CENSUS_REGION, or as the AWS CLI finds it)',
      checked(parseRegion),
    )
    .option('--profile <name>', 'the AWS profile (default: KVS_CENSUS_PROFILE, or as the AWS CLI finds it)', parseWord)
    .option(
      `--account <id|${ORGANIZATION}>`,
      `whose runs: of one account, or of all together (default: what the stack counts, of the account of the credentials or of the organisation)`,
      checked(parseOwner),
    )
    .addOption(new Option('--kind <kind>', `of which kind the runs are (default: ${STREAMS})`).choices(KINDS))
    .option('--local', 'the ledger that `npm start` keeps in .kvs-census, instead of AWS', false)
    .addOption(new Option('--debug', 'print what an error was caused by').default(false).hideHelp())
    .hook('preAction', (_, asked) => {
      for (const [name, value] of Object.entries(placeConfig(asked.opts<PlaceOptions>())))
        asked.setOptionValue(name, value);
    });
}

/** `--stage --local` forgot the name. */
function parseWord(value: string): string {
  if (!value.startsWith('-')) return value;
  throw new InvalidArgumentError('Expected a name, and not another option.');
}

const DEFAULT_STAGE = 'dev';

/** A stack's table is called as the stack is. */
export function tableOf({ table, stage = DEFAULT_STAGE }: PlaceConfig): string {
  return table ?? `kvs-census-${stage}`;
}

/** What the names of a stack's parts begin with. With both a stage and a table, the stack was given that ledger. */
export function prefixOf(asked: PlaceConfig): string {
  return asked.stage === undefined ? tableOf(asked) : `kvs-census-${asked.stage}`;
}

export function placeOf({ startedAs }: Pick<Io, 'startedAs'>, { local, ...asked }: PlaceConfig): Place {
  const { stage, table, region, profile, account, kind } = asked;
  const typed = typedOptions({ stage, table, region, profile, account, kind });
  return { command: startedAs, options: [...(local ? ['--local'] : []), ...typed] };
}

export function readingCommand(name: string, description: string): Command {
  return withPlace(new Command(name).description(description))
    .option('--json', 'print one JSON document (docs/json.md)', false)
    .option('--wide', 'whole tables and long lines, whatever the width of the terminal', false);
}

/** Examples are shown beneath a command's help: a command line and what it does. */
export function examples(lines: readonly (readonly [string, string])[]): (help: { command: Command }) => string {
  const width = Math.max(...lines.map(([line]) => line.length));
  return ({ command }) => {
    const start = command.parent?.name();
    return `\nExamples:\n${lines.map(([line, what]) => `  $ ${start} ${line.padEnd(width)}  ${what}`).join('\n')}`;
  };
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

/** What helps tell of an argument that names a run. */
export const RUN_ARGUMENT = 'its id or the beginning of it, a day, latest, latest~1, previous or yesterday';

export const parseRunName = checked(parseName);

/** A whole number from `least` to `most`. */
export function parseCount(most: number, least = 1): (value: string) => number {
  return (value) => {
    const count = Number(value);
    if (/^\d+$/.test(value) && count >= least && count <= most) return count;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}

/** 0 is any that is free. */
export function parsePort(value: string): number {
  const port = Number(value);
  if (/^\d+$/.test(value) && port <= 65_535) return port;
  throw new InvalidArgumentError('Expected a port from 0 to 65535.');
}

export type RangeOptions = TimeNames & { last?: number | undefined };

export function withRange(command: Command, lastDefault: number): Command {
  return withTimes(
    command.option(
      '--last <n>',
      `the newest n runs, at most ${MOST_RUNS} (default: ${lastDefault}, or all of --since/--until)`,
      parseCount(MOST_RUNS),
    ),
  );
}

export function withTimes(command: Command): Command {
  const parse = checked(parseTimeName);
  return command
    .option('--since <time>', 'not before this day, instant (UTC) or run, or length of time ago, such as 24h', parse)
    .option('--until <time>', 'not after it', parse);
}

export const reasonOption = () =>
  new Option('--reason <reason>', 'only where a region, or an account, is missing for this reason').choices(REASONS);

export function withFilter(command: Command): Command {
  return command
    .addOption(new Option('--verdict <verdict>', 'only runs of this verdict; open: without a total').choices(VERDICTS))
    .addOption(reasonOption());
}

/** Of the table of accounts. */
export function withAccountFilter(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--verdict <verdict>',
        'of an organisation only the accounts of this verdict; partial: also those of which there is nothing',
      ).choices(VERDICTS),
    )
    .addOption(
      new Option(
        '--reason <reason>',
        'of an organisation only the accounts that miss something for this reason',
      ).choices(REASONS),
    );
}

export async function rangeOf(
  source: Source,
  options: RangeOptions,
  lastDefault: number,
  nowMs: number,
): Promise<Range> {
  const times = await findTimes(source, options, nowMs);
  const isBounded = options.since !== undefined || options.until !== undefined;
  return { limit: options.last ?? (isBounded ? MOST_RUNS : lastDefault), ...times };
}
