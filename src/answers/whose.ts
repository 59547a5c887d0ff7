import { type CensusId, isOfOrganization, kindOf, ownerOf } from '../census/census-id.ts';
import { descriptorOf, STREAMS } from '../census/kinds.ts';

/** Whose runs, in a sentence: `the account 123456789012`, `the organisation`; of another kind than streams `channels of ...`. */
export function whose(censusId: CensusId): string {
  const kind = kindOf(censusId);
  return `${kind === STREAMS ? '' : `${descriptorOf(kind).words.many} of `}${isOfOrganization(censusId) ? 'the organisation' : `the account ${ownerOf(censusId)}`}`;
}
