/** What a shell offers behind the command: its words from the completion library, run ids from the ledger that is named. */
import tab from '@bomb.sh/tab/commander';
import { Command } from 'commander';
import { type AnyRun, newestOfAny } from '../answers/any-runs.ts';
import { amount } from '../answers/kind-words.ts';
import { kindOf, ORGANIZATION } from '../census/census-id.ts';
import { descriptorOf, KINDS, type Kind, STREAMS } from '../census/kinds.ts';
import type { Io } from './io.ts';
import { type PlaceOptions, withPlace } from './options.ts';
import { withSource } from './source/source.ts';

/** A word, and what it is. */
type Candidate = readonly [word: string, what: string];

/** Arguments and options that name a run, a time or a region. */
const RUNS = ['run', 'before', 'after', 'than'];
const TIMES = ['since', 'until'];
const REGIONS = ['region', 'regions', 'deny', 'throttle', 'hang', 'off'];

const RUN_WORDS: readonly Candidate[] = [
  ['latest', 'the newest run that has a total'],
  ['previous', 'the total before it'],
  ['yesterday', 'the newest total of yesterday (UTC)'],
];
const OWNERS: readonly Candidate[] = [[ORGANIZATION, 'all accounts together']];
const TIME_WORDS: readonly Candidate[] = [
  ['24h', '24 hours ago'],
  ['7d', 'a week ago'],
];

/** Lets the command print its scripts (`completion`) and answer them (`complete -- ...`). */
export async function addCompletion(program: Command, script: string, args: readonly string[], io: Io): Promise<void> {
  const completions = tab(program, { completionCommandName: script });
  const line = args.slice(args.indexOf('--') + 1);
  const command = program.commands.find((one) => one.name() === line[0]);
  if (args[0] === script || command === undefined) return;
  const known = completions.commands.get(command.name());
  if (known === undefined) return;
  const words = line.slice(1, -1);
  const runs = needsRuns(command, line) ? [...RUN_WORDS, ...(await newestRuns(words, io))] : RUN_WORDS;
  const { kind = STREAMS } = await placeOn(words).catch((): Partial<PlaceOptions> => ({}));
  for (const one of command.registeredArguments) {
    const found = candidatesFor(one.name(), runs, descriptorOf(kind).regions.floor);
    if (found !== undefined) known.argument(one.name(), offer(found), one.variadic);
  }
  for (const option of command.options) {
    const name = option.attributeName();
    const found = option.required ? candidatesFor(name, runs, ALL_REGIONS) : undefined;
    if (found !== undefined) known.option(name, option.description, offer(found));
  }
}

const offer = (candidates: readonly Candidate[]) => (complete: (word: string, what: string) => void) => {
  for (const [word, what] of candidates) complete(word, what);
};

/** Where something of any kind may be. */
const ALL_REGIONS = [...new Set(KINDS.flatMap((kind) => descriptorOf(kind).regions.floor))].sort();

function candidatesFor(
  name: string,
  runs: readonly Candidate[],
  regions: readonly string[],
): readonly Candidate[] | undefined {
  if (name === 'account') return OWNERS;
  if (RUNS.includes(name)) return runs;
  if (TIMES.includes(name)) return [...TIME_WORDS, ...runs];
  return REGIONS.includes(name) ? regions.map((region) => [region, ''] as const) : undefined;
}

/** The ledger is not asked for the sake of an option's name. */
function needsRuns(command: Command, line: readonly string[]): boolean {
  const [before = '', word = ''] = line.slice(-2);
  if (word.startsWith('-')) return false;
  if (command.options.some(({ long, required }) => required && long === before)) {
    return [...RUNS, ...TIMES].includes(before.slice(2));
  }
  return command.registeredArguments.some((one) => RUNS.includes(one.name()));
}

const MOST_RUNS = 20;
/** Whoever pressed Tab is waiting. */
const PATIENCE_MS = 3000;
/** For the answer without run ids to be written, before a connection that hangs is cut. */
const LAST_WORDS_MS = 200;

/** None where they cannot be read, or not in time: then the person types. */
async function newestRuns(words: readonly string[], io: Io): Promise<Candidate[]> {
  const late = Promise.withResolvers<Candidate[]>();
  const timer = setTimeout(() => {
    late.resolve([]);
    setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
  }, PATIENCE_MS);
  try {
    const reading = placeOn(words).then((place) =>
      withSource(place, io, async (source) => {
        const runs = await newestOfAny(source, { runs: MOST_RUNS, onDamaged: () => {} });
        return runs.map((run): Candidate => [run.runId, summary(run, kindOf(source.censusId))]);
      }),
    );
    return await Promise.race([reading, late.promise]);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}

/** The place that a line names, whatever else stands on it. */
async function placeOn(words: readonly string[]): Promise<PlaceOptions> {
  const command = withPlace(new Command()).allowUnknownOption().allowExcessArguments();
  command.exitOverride().configureOutput({ writeErr: () => {} });
  await command.action(() => {}).parseAsync(words, { from: 'user' });
  return command.opts<PlaceOptions>();
}

function summary({ total }: AnyRun, kind: Kind): string {
  return total === undefined ? 'no total yet' : `${amount(total.streams, kind)}, ${total.verdict}`;
}
