import { type CensusId, kindOf, ownerOf } from '../census/census-id.ts';
import { descriptorOf, STREAMS } from '../census/kinds.ts';

/** Whose runs, in a sentence: `the account 123456789012`, and for another kind than streams `channels of the account ...`. */
export function whose(censusId: CensusId): string {
  const kind = kindOf(censusId);
  return `${kind === STREAMS ? '' : `${descriptorOf(kind).words.many} of `}the account ${ownerOf(censusId)}`;
}
