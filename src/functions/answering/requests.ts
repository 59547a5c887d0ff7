/**
 * Sentences of the answers name commands. Whoever asks over HTTP has none at hand: here each becomes the request that asks the
 * same, where there is one. What only a command can do stays a command.
 */
import { COMMAND, commandLine, type Place } from '../../answers/place.ts';
import { type Kind, STREAMS } from '../../census/kinds.ts';

/** Whose runs were asked for, as the request said it. */
type Whose = { account?: string | undefined; kind: Kind };

const OPTION = /(?<![\w-])--([a-z]+)(?: (?=[0-9]))?/g;

/** @param place where the commands that stay are typed */
export function inRequests(sentence: string, whose: Whose, place: Place): string {
  return sentence
    .split(/(`[^`]*`)/)
    .map((part) =>
      part.startsWith('`')
        ? part.replace(COMMAND, (_, words: string) => `\`${requestFor(words, whose) ?? commandLine(place, words)}\``)
        : part.replace(OPTION, (option, name: string) => (option.endsWith(' ') ? `${name}=` : name)),
    )
    .join('');
}

/** By the first word of a command: the path, of what else it names. */
const PATHS: Readonly<Record<string, (names: readonly string[]) => string | undefined>> = {
  latest: () => '/v1/latest',
  runs: () => '/v1/runs',
  headroom: () => '/v1/headroom',
  run: ([run]) => run && `/v1/runs/${run}`,
  watch: ([run]) => run && `/v1/runs/${run}`,
  explain: ([run]) => run && `/v1/runs/${run}/explain`,
  region: ([region]) => region && `/v1/regions/${region}`,
  diff: ([before, after = 'latest']) => before && `/v1/diff/${before}/${after}`,
};

/** How the table of a terminal looks is nothing that a request can say. */
const ONLY_SEEN = ['--wide', '--json'];

function requestFor(words: string, { account, kind }: Whose): string | undefined {
  const [command = '', ...rest] = words.split(' ').filter((word) => !ONLY_SEEN.includes(word));
  const query = new URLSearchParams({ ...(account !== undefined && { account }), ...(kind !== STREAMS && { kind }) });
  const names: string[] = [];
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at] ?? '';
    const value = rest[at + 1];
    if (!word.startsWith('--')) names.push(word);
    else if (value === undefined || value.startsWith('--')) return undefined;
    else {
      query.set(word.slice(2), value);
      at += 1;
    }
  }
  const path = PATHS[command]?.(names);
  return path === undefined ? undefined : `GET ${[path, String(query)].filter((part) => part !== '').join('?')}`;
}
