/** Pure: what of the page stands in its address after the #, so that what is seen can be bookmarked. */
import { InvalidInputError } from '../../census/errors.ts';
import { type Kind, parseKind } from '../../census/kinds.ts';
import type { State } from './state.ts';

export type Address = Pick<State, 'kind' | 'choice' | 'beside'>;

/** @param own the kind that the page opens with, and so need not be named */
export function hashOf({ kind, choice, beside }: Address, own: Kind): string {
  const named = [
    kind !== own && `kind=${kind}`,
    choice !== 'newest' && `run=${choice.runId}`,
    beside !== null && `beside=${beside}`,
  ];
  return `#${named.filter((one) => one !== false).join('&')}`;
}

/** A kind that is not one is answered with the page's own, and a sentence about it for the reader. */
export function readHash(hash: string, own: Kind): Address & { notice: string | null } {
  const named = new URLSearchParams(hash.slice(1));
  const runId = named.get('run');
  const choice = runId === null ? 'newest' : { runId };
  try {
    return { kind: parseKind(named.get('kind') ?? own), choice, beside: named.get('beside'), notice: null };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { kind: own, choice: 'newest', beside: null, notice: error.message };
  }
}
