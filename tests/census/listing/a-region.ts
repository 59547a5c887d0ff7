/** A region and a branch of it, as far as it was listed. */
import { addPage, branch, makePart, type Part } from '../../../src/census/listing/parts.ts';
import type { Page } from '../../../src/census/ports.ts';
import { newTallier, streamOf } from './listing.ts';

export const pageOf = (names: readonly string[], nextToken?: string): Page => ({
  streams: names.map(streamOf),
  ...(nextToken !== undefined && { nextToken }),
});

export const branchOf = (part: Part, letter: string) =>
  part.branches!.parts.find(({ prefix }) => prefix.endsWith(letter))!;

/** A region whose first page showed `b1` and `b2`, with branches, and branches of its branch `b`. */
export function aRegion(): { region: Part; b: Part } {
  const region = makePart('');
  addPage(region, pageOf(['b1', 'b2'], 'one'), newTallier);
  branch(region, 'b');
  return { region, b: branchOf(region, 'b') };
}
