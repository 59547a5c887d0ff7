import { addPage, makePart, type Part } from '../../../src/census/listing/parts.ts';
import { makeSpotChecks } from '../../../src/census/listing/spot-checks.ts';
import { numbered } from './counting.ts';
import { newTallier, streamOf } from './listing.ts';

function list(part: Part, names: readonly string[], nextToken?: string): Part {
  addPage(part, { streams: names.map(streamOf), ...(nextToken !== undefined && { nextToken }) }, newTallier);
  return part;
}

const listOf = (prefix: string, names: readonly string[]) => list(makePart(prefix), names);

/** The prefixes that are due, each answered by its last page. */
function due(checks: ReturnType<typeof makeSpotChecks>): string[] {
  const prefixes: string[] = [];
  while (checks.hasNext()) {
    const part = checks.next();
    prefixes.push(part.prefix);
    checks.answered(list(part, []));
  }
  return prefixes;
}

test('the first list that ends is looked into, one letter beyond what its names have in common, at its highest', () => {
  const checks = makeSpotChecks();
  checks.listed(listOf('c', ['cam-b7', 'cam-a1', 'cam-b2']));
  expect(due(checks)).toEqual(['cam-b']);
});

test('after it one each time that three times as many streams were listed', () => {
  const checks = makeSpotChecks();
  const looked = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((letter) => {
    checks.listed(listOf(letter, numbered(letter, 10)));
    return due(checks).length;
  });
  expect(looked).toEqual([1, 0, 1, 0, 0, 0, 0, 0, 1]);
});

test('a list of one name or of none says nothing of what it has left out', () => {
  const checks = makeSpotChecks();
  checks.listed(listOf('a', []));
  checks.listed(listOf('b', ['b1']));
  expect([due(checks), checks.areDone()]).toEqual([[], true]);
  checks.listed(listOf('c', ['c1', 'c2']));
  expect(due(checks)).toEqual(['c2']);
});

test('no part is looked into of which a page was asked for', () => {
  const checks = makeSpotChecks();
  checks.asked(makePart('a2'));
  checks.listed(listOf('a', ['a1', 'a2']));
  expect([due(checks), checks.areDone()]).toEqual([[], true]);
});

test('a check goes on for three pages at most, and is done with the last', () => {
  const checks = makeSpotChecks();
  checks.listed(listOf('a', ['a1', 'a2']));
  for (let page = 1; page <= 3; page++) {
    expect([checks.hasNext(), checks.areDone()]).toEqual([true, false]);
    checks.answered(list(checks.next(), [`a2${page}`], String(page)));
  }
  expect([checks.hasNext(), checks.areDone()]).toEqual([false, true]);
});
