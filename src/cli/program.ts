/**
 * The kvs-census command. A subcommand's module is loaded only when it is the one that was asked for, so that the small
 * ones start fast; the others are known by name and summary, for help and for suggestions.
 */
import { Command, CommanderError } from 'commander';
import about from '../../package.json' with { type: 'json' };
import { OutputLost, sentenceOf } from './errors.ts';
import type { Io } from './io.ts';
import { plain } from './render/plain.ts';

type Entry = { name: string; summary: string; load: (io: Io) => Promise<Command> };

const ENTRIES: readonly Entry[] = [
  {
    name: 'latest',
    summary: 'the newest total, by region or by account',
    load: async (io) => (await import('./commands/latest.ts')).latestCommand(io),
  },
  {
    name: 'why',
    summary: 'why it is lower or higher than before',
    load: async (io) => (await import('./commands/why.ts')).whyCommand(io),
  },
  {
    name: 'runs',
    summary: 'the history of totals',
    load: async (io) => (await import('./commands/runs.ts')).runsCommand(io),
  },
  {
    name: 'run',
    summary: 'everything of one run; --now starts one',
    load: async (io) => (await import('./commands/run.ts')).runCommand(io),
  },
  {
    name: 'region',
    summary: 'one region through time',
    load: async (io) => (await import('./commands/region.ts')).regionCommand(io),
  },
  {
    name: 'diff',
    summary: 'what changed between two runs',
    load: async (io) => (await import('./commands/diff.ts')).diffCommand(io),
  },
  {
    name: 'explain',
    summary: 'how a number came about, and what to do about what is missing',
    load: async (io) => (await import('./commands/explain.ts')).explainCommand(io),
  },
  {
    name: 'headroom',
    summary: 'how full each region is, and when it will be full',
    load: async (io) => (await import('./commands/headroom.ts')).headroomCommand(io),
  },
  {
    name: 'watch',
    summary: 'follow a run until it has settled',
    load: async (io) => (await import('./commands/watch.ts')).watchCommand(io),
  },
  {
    name: 'export',
    summary: 'runs as JSON, NDJSON, CSV or for Prometheus',
    load: async (io) => (await import('./commands/export.ts')).exportCommand(io),
  },
  {
    name: 'report',
    summary: 'the census page as one file',
    load: async (io) => (await import('./commands/report.ts')).reportCommand(io),
  },
  {
    name: 'serve',
    summary: 'the census page in a browser on this machine',
    load: async (io) => (await import('./commands/serve.ts')).serveCommand(io),
  },
  {
    name: 'mcp',
    summary: 'the same answers for an agent, by the Model Context Protocol',
    load: async (io) => (await import('./commands/mcp.ts')).mcpCommand(io),
  },
  {
    name: 'retry',
    summary: 'ask again for what a run is missing',
    load: async (io) => (await import('./commands/retry.ts')).retryCommand(io),
  },
  {
    name: 'redrive',
    summary: 'what is parked for a person: list it, send it again, delete it',
    load: async (io) => (await import('./commands/redrive.ts')).redriveCommand(io),
  },
  {
    name: 'status',
    summary: 'a stack on one screen: schedule, last total, alarms, queues',
    load: async (io) => (await import('./commands/status.ts')).statusCommand(io),
  },
  {
    name: 'doctor',
    summary: 'whether a stack is well, and what mends it',
    load: async (io) => (await import('./commands/doctor.ts')).doctorCommand(io),
  },
  {
    name: 'member-role',
    summary: 'the role that other accounts need, filled in for this stack',
    load: async (io) => (await import('./commands/member-role.ts')).memberRoleCommand(io),
  },
  {
    name: 'local',
    summary: 'run the whole pipeline on this machine, without AWS',
    load: async (io) => (await import('./commands/local.ts')).localCommand(io),
  },
];

/** Made by the completion library: the first prints a script for a shell, the second is what that script asks. */
const COMPLETION = 'completion';
const COMPLETE = 'complete';

/** Runs one command line (without node and script) and gives its exit code. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const printed: Promise<void>[] = [];
  const print = (text: string) => {
    const one = io.write(text);
    one.catch(() => {});
    printed.push(one);
  };
  try {
    const program = await makeProgram(io, args, print);
    try {
      await program.parseAsync(args, { from: 'user' });
    } finally {
      await Promise.all(printed);
    }
    return io.lost()?.hasReaderLeft === false ? 1 : io.exitCode;
  } catch (error) {
    // `kvs-census export | head` is no error: whoever reads has had enough.
    if (error instanceof OutputLost && error.hasReaderLeft) return io.exitCode;
    if (error instanceof CommanderError) {
      if (error.code === 'commander.unknownOption' && args[0]?.startsWith('-'))
        io.warn(`Options stand behind the command: ${io.startedAs} latest --stage prod.`);
      return error.exitCode === 0 ? 0 : 1;
    }
    io.warn(`error: ${plain(sentenceOf(error))}`);
    if (args.includes('--debug')) io.warn(inspect(error));
    return 1;
  }
}

/** The subcommands whose modules are needed: the one asked for, to be explained or to be completed. */
function namesIn(args: readonly string[]): string[] {
  const words = args.filter((arg) => !arg.startsWith('-'));
  return words[0] === 'help' || words[0] === COMPLETE ? words.slice(0, 2) : words.slice(0, 1);
}

/** The whole command, with the modules behind it that are needed; the other subcommands are names and summaries only. */
async function makeProgram(io: Io, args: readonly string[], print: Print): Promise<Command> {
  const names = namesIn(args);
  const isCompletion = names[0] === COMPLETION || names[0] === COMPLETE;
  // A script for a shell is about the command by its own name; whoever reads help types what started it.
  const program = new Command(isCompletion ? 'kvs-census' : io.startedAs)
    .description(
      'Counts the Kinesis Video streams of an AWS account, or of all accounts of an organisation, in every region, and says whether to trust the number.',
    )
    .version(about.version, '--version')
    .showSuggestionAfterError(true)
    .helpCommand('help [command]', 'help for a command');
  for (const { name, summary, load } of ENTRIES) {
    // The completion library tells the description of a command, help its summary.
    const command = names.includes(name) ? await load(io) : new Command(name).description(summary);
    program.addCommand(command.summary(summary));
  }
  if (isCompletion) await addCompletion(program, args, io, print);
  else program.addCommand(new Command(COMPLETION).summary('a completion script for bash, zsh or fish'));
  return configure(program, io, print);
}

type Print = (text: string) => void;

async function addCompletion(program: Command, args: readonly string[], io: Io, print: Print): Promise<void> {
  const [{ addCompletion: add }, { SCRIPTS }] = await Promise.all([
    import('./completion.ts'),
    import('./completion-scripts.ts'),
  ]);
  const [name, shell = ''] = args;
  const script = name === COMPLETION && Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
  if (script !== undefined) {
    program.addCommand(new Command(COMPLETION).argument('<shell>').action(() => print(script)));
    return;
  }
  // The library prints with this, which keeps silent about what cannot be written.
  console.log = (text: string) => print(`${text}\n`);
  await add(program, COMPLETION, args, io);
}

function configure(command: Command, io: Io, print: Print): Command {
  command.exitOverride().configureOutput({
    writeOut: print,
    writeErr: (text) => io.warn(text.trimEnd()),
    getOutHelpWidth: () => io.width,
    getErrHelpWidth: () => io.width,
    getOutHasColors: () => io.colour,
    getErrHasColors: () => false,
  });
  for (const child of command.commands) configure(child, io, print);
  return command;
}

function inspect(error: unknown): string {
  const lines: string[] = [];
  for (let one = error; one instanceof Error; one = one.cause) lines.push(one.stack ?? one.message);
  return lines.join('\ncaused by ');
}
