import { lookAhead, makeOutlook, type Outlook, triedOf } from '../../../src/census/listing/outlook.ts';
import { addPage, branch, makePart } from '../../../src/census/listing/parts.ts';
import { askForPage } from '../../../src/census/listing/questions.ts';
import { aListOf, find, list, listOthers, tenNames, withBranches } from './an-outlook.ts';
import { newTallier } from './listing.ts';

/** What is expected of each part of which anything is. */
function expectations(outlook: Outlook): Record<string, number> {
  lookAhead(outlook);
  const found: Record<string, number> = {};
  const visit = ({ part, expected }: Outlook['region']): void => {
    if (expected > 0) found[part.prefix] = expected;
    if (part.branches) outlook.of(part.branches).parts.forEach(visit);
  };
  visit(outlook.region);
  return found;
}

describe('how many streams are expected', () => {
  test('in a list that goes on: twice what it has shown', () => {
    expect(expectations(aListOf(1))).toEqual({ '': 20 });
    expect(expectations(aListOf(4))).toEqual({ '': 80 });
  });

  test('in a list that has ended: what it has shown', () => {
    const outlook = aListOf(2);
    list(outlook, '', tenNames('c'), true);
    expect(expectations(outlook)).toEqual({ '': 30 });
  });

  test('in the branch that all names so far belong to: what is expected of the list above', () => {
    const outlook = withBranches();
    expect(expectations(outlook)).toEqual({ '': 60, b: 60 });
  });

  test('in a branch that goes on after its first page: as much as in the best known one; and a run of such lasts', () => {
    const outlook = withBranches();
    list(outlook, 'c', tenNames('c'));
    expect(expectations(outlook)).toEqual({ '': 180, b: 60, c: 60, d: 60 });
    list(outlook, 'd', tenNames('d'));
    expect(expectations(outlook)).toEqual({ '': 300, b: 60, c: 60, d: 60, e: 60, f: 60 });
  });

  test('in a run of branches that an empty one ended: no more than in those that were found', () => {
    const outlook = withBranches();
    list(outlook, 'c', tenNames('c'));
    list(outlook, 'd', [], true);
    expect(expectations(outlook)).toEqual({ '': 120, b: 60, c: 60 });
  });

  test('in a branch of one page: what it holds, and nothing beside it', () => {
    const outlook = withBranches();
    list(outlook, 'c', ['c1', 'c2'], true);
    // It held streams, so those that hold some are expected to be like it only where nothing better is known.
    expect(expectations(outlook)).toEqual({ '': 62, b: 60, c: 2 });
  });

  test('in a branch whose own list has shown more than its sister is expected to hold: twice that', () => {
    const outlook = withBranches();
    for (let page = 0; page < 5; page += 1) list(outlook, 'c', tenNames(`c${page}`));
    expect(expectations(outlook)).toMatchObject({ c: 100 });
  });

  test('in a branch that the list above has gone past: no less than it has shown of it', () => {
    const outlook = withBranches();
    lookAhead(outlook);
    // The list turns to other names: what it has in common with all of its names is nothing any more.
    list(outlook, '', tenNames('c'));
    expect(expectations(outlook)).toEqual({ '': 80, b: 30 });
  });

  test('in each branch on the way to what all names have in common: all that the list above is expected to hold', () => {
    const outlook = makeOutlook(makePart(''));
    for (const page of [0, 1, 2]) list(outlook, '', tenNames(`b0${page}`));
    branch(find(outlook), 'b0');
    expect(expectations(outlook)).toEqual({ '': 60, b: 60, b0: 60 });
  });

  test('in the branches of a branch that has a list of its own: what that list is expected to hold', () => {
    const outlook = withBranches();
    for (const page of [0, 1, 2, 3, 4]) list(outlook, 'c', tenNames(`c0${page}`));
    branch(find(outlook, 'c'), 'c0');
    expect(expectations(outlook)).toMatchObject({ c: 100, c0: 100 });
  });

  /** All of it is known but whether there is a stream named `b`. */
  function allButKnown(): Outlook {
    const outlook = withBranches();
    listOthers(outlook, 'b');
    for (const part of find(outlook, 'b').branches!.parts) {
      const isFull = ['b0', 'b1', 'b2'].includes(part.prefix);
      list(outlook, part.prefix, isFull ? tenNames(part.prefix) : [], part.prefix !== 'b3');
    }
    return outlook;
  }

  test('once all branches are known: what they hold, and no guess of what the list above might bring', () => {
    const outlook = allButKnown();
    list(outlook, 'b3', [], true);
    expect(expectations(outlook)).toEqual({ '': 30, b: 30, b0: 10, b1: 10, b2: 10 });
  });

  test('while one branch goes on: the guess of the list above', () => {
    const outlook = allButKnown();
    list(outlook, 'b3', ['b31']);
    expect(expectations(outlook)).toEqual({ '': 60, b: 60, b0: 10, b1: 10, b2: 10, b3: 2 });
  });

  test('once every branch is known: what they hold together, whatever the list above might make one guess', () => {
    const outlook = withBranches();
    listOthers(outlook, 'b');
    list(outlook, 'b', tenNames('b'));
    for (const part of find(outlook, 'b').branches!.parts)
      list(outlook, part.prefix, part.prefix === 'b0' ? tenNames('b0') : [], true);
    expect(expectations(outlook)).toEqual({ '': 60, b: 10, b0: 10 });
  });
});

describe('what an earlier count has held', () => {
  const counts = [
    { prefix: 'b0', streams: 400 },
    { prefix: 'b1', streams: 70 },
    { prefix: 'd0', streams: 15 },
  ];
  const earlier = { streams: 485, prefixes: { length: 2, counts } };

  /** Three pages, and branches of the region and of `b`. */
  function seenAgain(): Outlook {
    const outlook = makeOutlook(makePart(''), earlier);
    for (const page of [0, 1, 2]) list(outlook, '', tenNames(`b${page}`));
    branch(find(outlook), 'b');
    return outlook;
  }

  test('is expected again', () => {
    expect(expectations(seenAgain())).toEqual({ '': 485, b: 470, b0: 400, b1: 70, d: 15 });
  });

  test('is not expected any more of a part that has shown much more, or has ended', () => {
    const outlook = seenAgain();
    for (const page of [0, 1, 2, 3, 4, 5, 6, 7]) list(outlook, 'b1', tenNames(`b1${page}`));
    list(outlook, 'c', tenNames('c'));
    list(outlook, 'd', tenNames('d'), true);
    expect(expectations(outlook)).toMatchObject({ b0: 400, b1: 160, d: 10 });
  });
});

describe('an earlier count', () => {
  const counts = ['b', 'c', 'd', 'e'].map((prefix) => ({ prefix, streams: 100 }));
  const seenAgain = (): Outlook => {
    const outlook = makeOutlook(makePart(''), { streams: 400, prefixes: { length: 1, counts } });
    for (const page of [0, 1, 2]) list(outlook, '', tenNames(`b${page}`));
    branch(find(outlook), 'b');
    return outlook;
  };

  test('is of another fleet, once a list has ended with less than half of a page or more that was expected of it', () => {
    const outlook = seenAgain();
    const fifty = Array.from({ length: 50 }, (_, index) => `c${index}`);
    list(outlook, 'c', fifty, true);
    expect(expectations(outlook)).toMatchObject({ '': 400, d: 100 });
    list(outlook, 'd', fifty.slice(1), true);
    expect(expectations(outlook)).toEqual({ '': 159, b: 60, c: 50, d: 49 });
  });

  test('is not, while such a list goes on, nor by one of which less than a page was expected', () => {
    const outlook = seenAgain();
    list(outlook, 'c', tenNames('c'));
    expect(expectations(outlook)).toMatchObject({ '': 400, c: 100, d: 100 });
    const few = makeOutlook(makePart(''), {
      streams: 409,
      prefixes: { length: 1, counts: [...counts, { prefix: 'f', streams: 9 }] },
    });
    for (const page of [0, 1, 2]) list(few, '', tenNames(`b${page}`));
    branch(find(few), 'b');
    list(few, 'f', [], true);
    expect(expectations(few)).toMatchObject({ '': 409, d: 100 });
  });
});

describe('whether an earlier count holds', () => {
  const counts = [
    { prefix: 'b0', streams: 100 },
    { prefix: 'b1', streams: 30 },
    { prefix: 'c', streams: 5 },
  ];
  const longNames = (start: string) => tenNames(start).map((name) => `${name}1234`);
  function seenAgain(names = longNames('b0')): Outlook {
    const outlook = makeOutlook(makePart(''), { streams: 135, prefixes: { length: 2, counts } });
    list(outlook, '', names);
    branch(find(outlook), 'b');
    return outlook;
  }

  test('is unproven until half of a page or more that it tells of was seen', () => {
    const outlook = seenAgain();
    expect(outlook.earlier).toBe('unproven');
    // Too few to tell anything.
    list(outlook, 'c', ['c1', 'c2', 'c3'], true);
    list(outlook, 'b1', longNames('b1'));
    expect(outlook.earlier).toBe('unproven');
    list(
      outlook,
      'b1',
      ['b191234', 'b181234', 'b171234', 'b161234', 'b151234'].map((name) => `${name}5`),
    );
    expect(outlook.earlier).toBe('holds');
  });

  test('is wrong, from then on, once a list has ended with less', () => {
    const outlook = seenAgain();
    list(outlook, 'b1', longNames('b1'), true);
    expect(outlook.earlier).toBe('wrong');
    list(outlook, 'b0', longNames('b0'), true);
    expect([outlook.earlier, outlook.expectation.of('b0')]).toEqual(['wrong', undefined]);
  });

  test('is wrong, if more than half of the names on a page begin like none that was there', () => {
    const five = longNames('b0').slice(0, 5);
    const others = longNames('z0');
    expect(seenAgain([...five, ...others.slice(0, 5)]).earlier).toBe('unproven');
    expect(seenAgain([...five, ...others.slice(0, 6)]).earlier).toBe('wrong');
  });

  test('holds, where it tells nothing of parts, once its branches have shown half of the region', () => {
    expect(makeOutlook(makePart('')).earlier).toBe('none');
    const outlook = makeOutlook(makePart(''), { streams: 41 });
    list(outlook, '', tenNames('b0'));
    branch(find(outlook), 'b');
    for (const digit of ['1', '2']) list(outlook, `b${digit}`, tenNames(`b${digit}`));
    expect(outlook.earlier).toBe('unproven');
    list(outlook, 'c', ['c0'], true);
    expect(outlook.earlier).toBe('holds');
  });
});

describe('what branches have turned out to be', () => {
  test('is not known before one is asked for', () => {
    const outlook = withBranches();
    const { branches } = find(outlook);
    expect(triedOf(branches!)).toBe(0);
    expect(outlook.of(branches!)).toMatchObject({ large: 0, onARun: false, expected: 0 });
    askForPage(find(outlook, 'c'));
    expect(triedOf(branches!)).toBe(1);
  });

  test('is a run while the last that answered has streams, and goes on after its first page', () => {
    const outlook = withBranches();
    const run = (prefix: string, names: readonly string[], isLast = false) => {
      list(outlook, prefix, names, isLast);
      const { onARun, large } = outlook.of(find(outlook).branches!);
      return [onARun, large];
    };
    expect(run('c', ['c1'])).toEqual([true, 1]);
    expect(run('c', ['c2'])).toEqual([true, 1]);
    expect(run('d', ['d1'], true)).toEqual([false, 1]);
    expect(run('e', [])).toEqual([false, 1]);
  });

  test('is forgotten with them', () => {
    const outlook = withBranches();
    list(outlook, 'c', tenNames('c'));
    branch(find(outlook), '');
    expect(outlook.of(find(outlook).branches!)).toMatchObject({ large: 0, onARun: false });
  });

  test('is nothing where there are none', () => {
    const outlook = withBranches();
    const c = find(outlook, 'c');
    find(outlook).branches = undefined;
    const page = { streams: [] };
    addPage(c, page, newTallier);
    expect(() => outlook.answered(c, page)).not.toThrow();
  });
});
