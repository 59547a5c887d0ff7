/**
 * Where a person asks, so that a command that is printed can be pasted there: it must ask the same ledger, and the same run
 * id is in many.
 */
import { type Kind, STREAMS } from '../census/kinds.ts';

export type Place = {
  /** What starts the command there: `npx kvs-census`, or `kvs-census` where that is installed. */
  command: string;
  /** The options that say which ledger, such as `--stage` and `prod`, as they were given. */
  options: readonly string[];
  /** There is a ledger and nothing that counts: to ask again for what is missing is of no use. */
  ledgerOnly?: boolean;
};

/** For whoever does not know where it will be read. */
export const SOMEWHERE: Place = { command: 'kvs-census', options: [] };

/** A command line of words that may hold anything. */
export function shellLine(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

/**
 * A whole command line that asks there. `words` is what stands between the command and its place, such as `run latest`. What they
 * name themselves, the place does not name again: another kind, say, or all of it, where they were told before.
 */
export function commandLine({ command, options }: Place, words: string): string {
  const said = words.split(' ');
  const unsaid = optionsOf(options).filter(([name = '']) => !said.includes(name));
  return [command, words, ...unsaid.flat().map(quoted)].join(' ');
}

/** The same place, for the runs of that kind. */
export function placeOfKind(place: Place, kind: Kind): Place {
  const others = optionsOf(place.options).filter(([name]) => name !== '--kind');
  return { ...place, options: [...others.flat(), ...(kind === STREAMS ? [] : ['--kind', kind])] };
}

/** Values by the names of options, as they are typed; what has no value is left out. */
export function typedOptions(values: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
}

/** Each with its value, if it has one. */
function optionsOf(words: readonly string[]): string[][] {
  const options: string[][] = [];
  for (const word of words) {
    if (word.startsWith('--')) options.push([word]);
    else options.at(-1)?.push(word);
  }
  return options;
}

/** In sentences a command stands in backquotes, without its place: whoever prints the sentence knows that. */
export const COMMAND = /`kvs-census ([^`]+)`/g;

/** A sentence in which every command can be pasted at this place. */
export function placed(sentence: string, place: Place): string {
  return sentence.replace(COMMAND, (_, words: string) => `\`${commandLine(place, words)}\``);
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
