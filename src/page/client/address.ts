/** Pure: what of the page stands in its address after the #, so that what is seen can be bookmarked. */
import { type CensusId, censusIdOf, kindOf, ownerOf, parseOwner } from '../../census/census-id.ts';
import { InvalidInputError } from '../../census/errors.ts';
import { parseKind } from '../../census/kinds.ts';
import type { State } from './state.ts';

export type Address = Pick<State, 'censusId' | 'choice' | 'beside'>;

/** @param own what the page opens with, and so need not be named */
export function hashOf({ censusId, choice, beside }: Address, own: CensusId): string {
  const [owner, kind] = [ownerOf(censusId), kindOf(censusId)];
  const named = [
    owner !== ownerOf(own) && `account=${owner}`,
    kind !== kindOf(own) && `kind=${kind}`,
    choice !== 'newest' && `run=${choice.runId}`,
    beside !== null && `beside=${beside}`,
  ];
  return `#${named.filter((one) => one !== false).join('&')}`;
}

/** An account or a kind that is not one is answered with the page's own, and a sentence about it for the reader. */
export function readHash(hash: string, own: CensusId): Address & { notice: string | null } {
  const named = new URLSearchParams(hash.slice(1));
  const runId = named.get('run');
  const choice = runId === null ? 'newest' : { runId };
  try {
    const owner = parseOwner(named.get('account') ?? ownerOf(own));
    const censusId = censusIdOf(owner, parseKind(named.get('kind') ?? kindOf(own)));
    return { censusId, choice, beside: named.get('beside'), notice: null };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { censusId: own, choice: 'newest', beside: null, notice: error.message };
  }
}
