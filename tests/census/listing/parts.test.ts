import { CountError } from '../../../src/census/errors.ts';
import {
  addNamesake,
  addPage,
  answers,
  areDone,
  askForNamesake,
  askForPage,
  branch,
  commonPrefix,
  isWanted,
  makePart,
  type Part,
  streamsOf,
  tallyOf,
} from '../../../src/census/listing/parts.ts';
import type { Page } from '../../../src/census/ports.ts';
import { RUN_MS, streamOf, truthOf } from './listing.ts';

const pageOf = (names: readonly string[], nextToken?: string): Page => ({
  streams: names.map(streamOf),
  ...(nextToken !== undefined && { nextToken }),
});

const branchOf = (part: Part, letter: string) => part.branches!.parts.find(({ prefix }) => prefix.endsWith(letter))!;

/** A region whose first page showed `b1` and `b2`, with branches, and branches of its branch `b`. */
function aRegion(): { region: Part; b: Part } {
  const region = makePart('');
  addPage(region, pageOf(['b1', 'b2'], 'one'), RUN_MS);
  branch(region, 'b');
  return { region, b: branchOf(region, 'b') };
}

/** Lists all branches of a part to their end, `name` being the one stream of the branch of its letter. */
function listBranches(part: Part, names: Readonly<Record<string, string>> = {}): void {
  for (const each of part.branches!.parts) {
    if (each.branches !== undefined) continue;
    const name = names[each.prefix];
    addPage(each, pageOf(name === undefined ? [] : [name]), RUN_MS);
  }
}

describe('a question', () => {
  test('for the first page of a part names its prefix and no token, and counts as a try', () => {
    const { region, b } = aRegion();
    const c = branchOf(region, 'c');
    expect(askForPage(c)).toStrictEqual({ part: c, about: 'page', request: { prefix: 'c' } });
    expect([c.state, region.branches!.tried, b.state]).toEqual(['asked', 1, 'unopened']);
  });

  test('for the next page names the token that came last, and is no other try', () => {
    const { region } = aRegion();
    const c = branchOf(region, 'c');
    askForPage(c);
    addPage(c, pageOf(['c1'], 'two'), RUN_MS);
    expect([c.state, c.pages, region.branches!.large]).toEqual(['open', 1, 1]);
    expect(askForPage(c).request).toStrictEqual({ prefix: 'c', token: 'two' });
    expect(region.branches!.tried).toBe(1);
    expect(askForPage(makePart('')).request).toStrictEqual({});
  });

  test('for the one stream that is named like a prefix asks by name', () => {
    const { b } = aRegion();
    expect(askForNamesake(b, b.branches!)).toStrictEqual({ part: b, about: 'namesake', request: { name: 'b' } });
    expect(b.branches!.namesake.state).toBe('asked');
  });
});

describe('an answer', () => {
  test('is one if every stream on it was asked for', () => {
    expect(answers(pageOf(['b1', 'a']), {})).toBe(true);
    expect(answers(pageOf(['b1', 'b']), { prefix: 'b' })).toBe(true);
    expect(answers(pageOf(['b1', 'a']), { prefix: 'b' })).toBe(false);
    expect(answers(pageOf(['b']), { name: 'b' })).toBe(true);
    expect(answers(pageOf(['b1']), { name: 'b' })).toBe(false);
    expect(answers(pageOf([]), { name: 'b' })).toBe(true);
  });

  test.each(['', ':b', 'b:', 'b:b', 'ü', 'b'.repeat(257)])(
    'is none if it names a stream as none is named: %j',
    (name) => {
      expect(answers(pageOf([name]), {})).toBe(false);
    },
  );

  test('may name a stream with any letter that a name may have, and as long as it may be', () => {
    expect(answers(pageOf(['aZ09_.-', '-', 'b'.repeat(256)]), {})).toBe(true);
  });
});

describe('a page', () => {
  test('says which names are the first and the last, in the order of letters', () => {
    const part = makePart('');
    addPage(part, pageOf(['b2', 'b3', 'b1'], 'one'), RUN_MS);
    expect([part.lowest, part.highest, part.streams, part.pages]).toEqual(['b1', 'b3', 3, 1]);
    addPage(part, pageOf(['b0', 'b4'], 'two'), RUN_MS);
    expect([part.lowest, part.highest, part.streams, part.pages]).toEqual(['b0', 'b4', 5, 2]);
  });

  test('with a token that came before is a bad answer', () => {
    const part = makePart('');
    addPage(part, pageOf(['b1'], 'one'), RUN_MS);
    addPage(part, pageOf(['b2'], 'two'), RUN_MS);
    const repeat = () => addPage(part, pageOf(['b3'], 'one'), RUN_MS);
    expect(repeat).toThrow(new CountError('bad-answer', 'The service repeated a page token.'));
  });
});

describe('what the names of a part have in common', () => {
  const common = (...names: string[]) => {
    const part = makePart('');
    addPage(part, pageOf(names, 'one'), RUN_MS);
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

test('new branches have shown nothing yet', () => {
  const { region, b } = aRegion();
  const fresh = { tried: 0, large: 0, onARun: false, expected: 0, lead: 0 };
  expect(region.branches).toMatchObject({ ...fresh, namesake: { state: 'known' } });
  expect(b.branches).toMatchObject({ ...fresh, namesake: { state: 'unasked' } });
});

test('branches are on a run while the last that answered has streams, and goes on', () => {
  const { region } = aRegion();
  const run = (letter: string, page: Page) => {
    addPage(branchOf(region, letter), page, RUN_MS);
    return [region.branches!.onARun, region.branches!.large];
  };
  expect(run('c', pageOf(['c1'], 'one'))).toEqual([true, 1]);
  expect(run('d', pageOf(['d1']))).toEqual([false, 1]);
  expect(run('e', pageOf([], 'one'))).toEqual([false, 1]);
});

describe('a part is done', () => {
  test('once its own list has ended, and then needs no branches', () => {
    const { region } = aRegion();
    addPage(region, pageOf(['c1']), RUN_MS);
    expect([region.done, region.branches]).toEqual([true, undefined]);
    expect(tallyOf(region)).toEqual(truthOf(['b1', 'b2', 'c1']));
  });

  test('once all of its branches are, and it is known whether a stream is named like it', () => {
    const { region, b } = aRegion();
    listBranches(b, { b1: 'b1', b2: 'b2' });
    expect(b.done).toBe(false);
    addNamesake(b, [streamOf('b')], RUN_MS);
    expect([b.done, b.streams, region.done]).toEqual([true, 3, false]);
    listBranches(region, { c: 'c' });
    expect([areDone(region.branches!), streamsOf(region.branches!)]).toEqual([true, 4]);
    expect(tallyOf(region)).toEqual(truthOf(['b', 'b1', 'b2', 'c']));
  });

  test('in whatever order that becomes known', () => {
    const { region, b } = aRegion();
    addNamesake(b, [], RUN_MS);
    listBranches(region);
    expect(areDone(region.branches!)).toBe(false);
    listBranches(b, { b1: 'b1', b2: 'b2' });
    expect([areDone(region.branches!), streamsOf(region.branches!)]).toEqual([true, 2]);
    expect(tallyOf(region)).toEqual(truthOf(['b1', 'b2']));
  });

  test('which says nothing to a part above that does without branches', () => {
    const { region, b } = aRegion();
    region.branches = undefined;
    addPage(b, pageOf(['b1', 'b2']), RUN_MS);
    expect([b.done, region.done]).toEqual([true, false]);
  });
});

describe('an answer is wanted', () => {
  const pageIn = (part: Part) => isWanted({ part, about: 'page', request: {} });

  test('while the part is not done', () => {
    const { region, b } = aRegion();
    expect([pageIn(region), pageIn(b), pageIn(branchOf(b, '1'))]).toEqual([true, true, true]);
    addPage(branchOf(b, '1'), pageOf(['b1']), RUN_MS);
    expect([pageIn(branchOf(b, '1')), pageIn(branchOf(b, '2')), pageIn(b)]).toEqual([false, true, true]);
  });

  test('while no part that holds it is done', () => {
    const { region, b } = aRegion();
    const b1 = branchOf(b, '1');
    addPage(b, pageOf(['b1', 'b2']), RUN_MS);
    expect([pageIn(b1), pageIn(b), pageIn(region)]).toEqual([false, false, true]);
  });

  test('while the branches that it belongs to are not given up', () => {
    const { region, b } = aRegion();
    const b1 = branchOf(b, '1');
    region.branches = undefined;
    expect([pageIn(b1), pageIn(b), pageIn(region)]).toEqual([false, false, true]);
  });
});
