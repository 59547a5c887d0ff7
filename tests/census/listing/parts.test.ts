import { CountError } from '../../../src/census/errors.ts';
import { hashOf, printHash } from '../../../src/census/fingerprint.ts';
import { streams } from '../../../src/census/kinds/streams.ts';
import {
  addNamesake,
  addPage,
  areDone,
  branch,
  commonPrefix,
  doWithoutNamesakes,
  hasShown,
  holderOf,
  makePart,
  newcomersOf,
  type Part,
  prefixesOf,
  repeatedOf,
  streamsOf,
  tallyOf,
} from '../../../src/census/listing/parts.ts';
import { makeTallier } from '../../../src/census/tally.ts';
import { aRegion, branchOf, pageOf } from './a-region.ts';
import { newTallier, prefixTruthOf, RUN_MS, streamOf, truthOf } from './listing.ts';

/** Lists all branches of a part to their end, `name` being the one stream of the branch of its letter. */
function listBranches(part: Part, names: Readonly<Record<string, string>> = {}): void {
  for (const each of part.branches!.parts) {
    if (each.branches !== undefined) continue;
    const name = names[each.prefix];
    addPage(each, pageOf(name === undefined ? [] : [name]), newTallier);
  }
}

describe('a page', () => {
  test('says which names are the first and the last, in the order of letters', () => {
    const part = makePart('');
    addPage(part, pageOf(['b2', 'b3', 'b1'], 'one'), newTallier);
    expect([part.lowest, part.highest, part.streams, part.pages]).toEqual(['b1', 'b3', 3, 1]);
    addPage(part, pageOf(['b0', 'b4'], 'two'), newTallier);
    expect([part.lowest, part.highest, part.streams, part.pages]).toEqual(['b0', 'b4', 5, 2]);
  });

  test('with a token that came before is a bad answer', () => {
    const part = makePart('');
    addPage(part, pageOf(['b1'], 'one'), newTallier);
    addPage(part, pageOf(['b2'], 'two'), newTallier);
    const repeat = () => addPage(part, pageOf(['b3'], 'one'), newTallier);
    expect(repeat).toThrow(new CountError('bad-answer', 'The service repeated a page token.'));
  });
});

describe('what the names of a part have in common', () => {
  const common = (...names: string[]) => {
    const part = makePart('');
    addPage(part, pageOf(names, 'one'), newTallier);
    return commonPrefix(part);
  };

  test('ends where they begin to differ', () => {
    expect(common('camera-1', 'camera-2')).toBe('camera-');
    expect(common('camera', 'camera-2')).toBe('camera');
    expect(common('a', 'b')).toBe('');
  });

  test('is of no use where there is only one name', () => {
    expect(common('camera-1')).toBeUndefined();
  });
});

describe('a part is done', () => {
  test('once its own list has ended, and then needs no branches', () => {
    const { region } = aRegion();
    addPage(region, pageOf(['c1']), newTallier);
    expect([region.done, region.branches]).toEqual([true, undefined]);
    expect(tallyOf(region)).toEqual(truthOf(['b1', 'b2', 'c1']));
    expect(prefixesOf(region)).toEqual(prefixTruthOf(['b1', 'b2', 'c1']));
  });

  test('once all of its branches are, and it is known whether a stream is named like it', () => {
    const { region, b } = aRegion();
    listBranches(b, { b1: 'b1', b2: 'b2' });
    expect(b.done).toBe(false);
    addNamesake(b, [streamOf('b')], newTallier);
    expect([b.done, b.streams, region.done]).toEqual([true, 3, false]);
    listBranches(region, { c: 'c' });
    expect([areDone(region.branches!), streamsOf(region.branches!)]).toEqual([true, 4]);
    expect(tallyOf(region)).toEqual(truthOf(['b', 'b1', 'b2', 'c']));
    expect(prefixesOf(region)).toEqual(prefixTruthOf(['b', 'b1', 'b2', 'c']));
  });

  test('in whatever order that becomes known', () => {
    const { region, b } = aRegion();
    addNamesake(b, [], newTallier);
    listBranches(region);
    expect(areDone(region.branches!)).toBe(false);
    listBranches(b, { b1: 'b1', b2: 'b2' });
    expect([areDone(region.branches!), streamsOf(region.branches!)]).toEqual([true, 2]);
    expect(tallyOf(region)).toEqual(truthOf(['b1', 'b2']));
  });

  test('and then its young streams are those of the lists that make up its count', () => {
    const allYoung = () => makeTallier(RUN_MS, streams.facets, { sinceMs: 0 });
    const young = (part: Part) => [...(newcomersOf(part).young ?? [])].sort();
    const hashes = (...names: string[]) => names.map((name) => printHash(hashOf(streamOf(name).arn))).sort();
    const region = makePart('');
    addPage(region, pageOf(['b1', 'gone'], 'one'), allYoung);
    branch(region, 'b');
    const b = branchOf(region, 'b');
    for (const each of [...b.branches!.parts, ...region.branches!.parts])
      if (each !== b) addPage(each, pageOf(each.prefix === 'b1' ? ['b1'] : []), allYoung);
    addNamesake(b, [streamOf('b')], allYoung);
    expect(young(region)).toEqual(hashes('b', 'b1'));
    addPage(region, pageOf(['b']), allYoung);
    expect(young(region)).toEqual(hashes('b', 'b1', 'gone'));
  });

  test('and then counts as repeats those of the lists that make up its count', () => {
    const { region, b } = aRegion();
    addPage(region, pageOf(['b1', 'b1'], 'two'), newTallier);
    listBranches(region, { c: 'c' });
    addPage(branchOf(b, '1'), pageOf(['b1', 'b1', 'b1'], 'one'), newTallier);
    listBranches(b, { b2: 'b2' });
    addNamesake(b, [], newTallier);
    expect([region.repeated, repeatedOf(region), repeatedOf(b)]).toEqual([2, 2, 2]);
    addPage(region, pageOf(['c']), newTallier);
    expect(repeatedOf(region)).toBe(2);
  });
});

describe('where nobody can be asked for a namesake', () => {
  test('only the region keeps its branches, and those of them that are done keep theirs', () => {
    const { region, b } = aRegion();
    doWithoutNamesakes(region);
    expect([region.branches === undefined, b.branches]).toEqual([false, undefined]);
    const other = aRegion();
    listBranches(other.b, { b1: 'b1', b2: 'b2' });
    addNamesake(other.b, [], newTallier);
    doWithoutNamesakes(other.region);
    expect(tallyOf(other.b)).toEqual(truthOf(['b1', 'b2']));
  });

  test('a region without branches stays as it is', () => {
    const region = makePart('');
    expect(() => doWithoutNamesakes(region)).not.toThrow();
  });
});

describe('the part that counts a name', () => {
  test('is the branch whose list shows it, or the one that it is named like', () => {
    const { region, b } = aRegion();
    expect(holderOf(region, 'b1')).toBe(branchOf(b, '1'));
    expect(holderOf(region, 'b')).toBe(b);
    addPage(region, pageOf([]), newTallier);
    expect(holderOf(region, 'b1')).toBe(region);
  });

  test('has shown what its list has, or what its namesake is', () => {
    const { b } = aRegion();
    const b1 = branchOf(b, '1');
    addPage(b1, pageOf(['b1']), newTallier);
    expect([hasShown(b1, streamOf('b1').arn), hasShown(b1, streamOf('b2').arn)]).toEqual([true, false]);
    expect(hasShown(b, streamOf('b').arn)).toBe(false);
    addNamesake(b, [streamOf('b')], newTallier);
    expect([hasShown(b, streamOf('b').arn), hasShown(b, streamOf('b1').arn)]).toEqual([true, false]);
  });
});
