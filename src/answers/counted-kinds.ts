/** Of which kinds a ledger holds runs. */
import { censusIdOf, kindOf, ownerOf } from '../census/census-id.ts';
import { KINDS, type Kind, STREAMS } from '../census/kinds.ts';
import { hasRuns } from './any-runs.ts';
import { NoAnswer } from './no-answer.ts';
import { type Place, SOMEWHERE } from './place.ts';
import type { Source } from './reader.ts';
import { whose } from './whose.ts';
import { list } from './words.ts';

/** One request a kind, for one run. */
async function countedKinds(source: Source): Promise<Kind[]> {
  const owner = ownerOf(source.censusId);
  const isCounted = await Promise.all(KINDS.map((kind) => hasRuns({ ...source, censusId: censusIdOf(owner, kind) })));
  return KINDS.filter((_, index) => isCounted[index]);
}

/** Why there is no answer, where nothing of this kind was ever counted; nothing, where it was. Streams always are. */
export async function neverCounted(source: Source): Promise<NoAnswer | undefined> {
  const { censusId, description, place = SOMEWHERE } = source;
  const kind = kindOf(censusId);
  if (kind === STREAMS) return undefined;
  const counted = await countedKinds(source);
  if (counted.includes(kind)) return undefined;
  const others = counted.length === 0 ? 'nor of any other kind' : `only of ${list(counted)}`;
  const wanted = KINDS.filter((one) => one === STREAMS || one === kind || counted.includes(one));
  return new NoAnswer(
    `There are no runs of ${whose(censusId)} in ${description}, ${others}: ${howToCount(wanted, place)}, or leave --kind out.`,
  );
}

/** One sentence: why there would be no run of this kind. @param told the kinds that this dispatcher says that it counts */
export function notCounted(
  { censusId, place = SOMEWHERE }: Source,
  dispatcher: string,
  told: readonly string[],
): string {
  const kind = kindOf(censusId);
  const wanted = KINDS.filter((one) => one === kind || told.includes(one));
  return `${dispatcher} counts ${list(told)}, and no ${kind}, so nothing was started: ${howToCount(wanted, place)}, or leave --kind out.`;
}

function howToCount(kinds: readonly Kind[], { options }: Place): string {
  const names = kinds.join(',');
  return options.includes('--local')
    ? `count them with \`npm start -- --kinds ${names}\``
    : `count them with the parameter kinds (kinds: ${names})`;
}
