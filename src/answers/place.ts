/**
 * Where a person asks, so that a command that is printed can be pasted there: it must ask the same ledger, and the same run
 * id is in many.
 */

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

/** A whole command line that asks there. `words` is what stands between the command and its place, such as `run latest`. */
export function commandLine({ command, options }: Place, words: string): string {
  return [command, words, ...options.map(quoted)].join(' ');
}

/** In sentences a command stands in backquotes, without its place: whoever prints the sentence knows that. */
const COMMAND = /`kvs-census ([^`]+)`/g;

/** A sentence in which every command can be pasted at this place. */
export function placed(sentence: string, place: Place): string {
  return sentence.replace(COMMAND, (_, words: string) => `\`${commandLine(place, withoutPlace(words, place))}\``);
}

/** A sentence passes through several hands, and whoever prints it need not know whether another has told it its place. */
function withoutPlace(words: string, place: Place): string {
  const options = place.options.map((one) => ` ${quoted(one)}`).join('');
  return options !== '' && words.endsWith(options) ? words.slice(0, -options.length) : words;
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
