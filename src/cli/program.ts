/**
 * The kvs-census command. A subcommand's module is loaded only when it is the one that was asked for, so that the small
 * ones start fast; the others are known by name and summary, for help and for suggestions.
 */
import { Command, CommanderError } from 'commander';
import { sentenceOf } from './errors.ts';
import type { Io } from './io.ts';

type Entry = { name: string; summary: string; load: (io: Io) => Promise<Command> };

const ENTRIES: readonly Entry[] = [
  {
    name: 'latest',
    summary: 'the newest total, by region',
    load: async (io) => (await import('./latest.ts')).latestCommand(io),
  },
  {
    name: 'local',
    summary: 'run the whole pipeline on this machine',
    load: async (io) => (await import('./local.ts')).localCommand(io),
  },
];

/** Runs one command line (without node and script) and gives its exit code. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  try {
    const program = await makeProgram(io, namesIn(args));
    await program.parseAsync(args, { from: 'user' });
    return io.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    io.warn(`error: ${sentenceOf(error)}`);
    if (args.includes('--debug')) io.warn(inspect(error));
    return 1;
  }
}

/** The subcommand that is asked for, or asked to be explained. */
function namesIn(args: readonly string[]): string[] {
  const [first, second] = args.filter((arg) => !arg.startsWith('-'));
  if (first === 'help') return second === undefined ? [] : [second];
  return first === undefined ? [] : [first];
}

/** The whole command, with the modules of `names` behind it; the other subcommands are names and summaries only. */
async function makeProgram(io: Io, names: readonly string[]): Promise<Command> {
  const program = new Command('kvs-census')
    .description(
      'Counts the Kinesis Video streams of an AWS account in every region, and says whether to trust the number.',
    )
    .version('0.1.0', '--version')
    .showSuggestionAfterError(true)
    .helpCommand('help [command]', 'help for a command');
  for (const { name, summary, load } of ENTRIES) {
    const command = names.includes(name) ? await load(io) : new Command(name);
    program.addCommand(command.summary(summary));
  }
  return configure(program, io);
}

function configure(command: Command, io: Io): Command {
  command.exitOverride().configureOutput({
    writeOut: (text) => void io.write(text),
    writeErr: (text) => io.warn(text.trimEnd()),
    getOutHelpWidth: () => io.width,
    getErrHelpWidth: () => io.width,
    getOutHasColors: () => io.colour,
    getErrHasColors: () => false,
  });
  for (const child of command.commands) configure(child, io);
  return command;
}

function inspect(error: unknown): string {
  const lines: string[] = [];
  for (let one = error; one instanceof Error; one = one.cause) lines.push(one.stack ?? one.message);
  return lines.join('\ncaused by ');
}
