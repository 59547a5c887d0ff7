import { lookAhead } from '../../../src/census/listing/outlook.ts';
import {
  addNamesake,
  addPage,
  askForNamesake,
  askForPage,
  branch,
  makePart,
  type Part,
} from '../../../src/census/listing/parts.ts';
import { RUN_MS, streamOf } from './listing.ts';

/** Five turns to a call. */
const SPEED = { intervalMs: 20, latencyMs: 100 };

/** `b000` to `b029`, three pages of ten that go on: `b`, and then a digit, is all that is known of the names. */
const TEN = Array.from({ length: 10 }, (_, index) => index);

/** The next page of a part's own list. */
function list(part: Part, names: readonly string[], isLast = false): void {
  askForPage(part);
  addPage(part, { streams: names.map(streamOf), ...(!isLast && { nextToken: `${part.prefix}${part.pages}` }) }, RUN_MS);
}

const tenNames = (start: string) => TEN.map((digit) => `${start}${digit}`);

function aListOf(pages: number): Part {
  const region = makePart('');
  for (let page = 0; page < pages; page += 1) list(region, tenNames(`b${page}`));
  return region;
}

/** The part of this prefix. */
function find(region: Part, prefix: string): Part {
  let part = region;
  while (part.prefix !== prefix) part = part.branches!.parts.find((each) => prefix.startsWith(each.prefix))!;
  return part;
}

/** What is expected of each part of which anything is. */
function expectations(region: Part): Record<string, number> {
  lookAhead(region, SPEED);
  const found: Record<string, number> = {};
  const visit = (part: Part): void => {
    if (part.expected > 0) found[part.prefix] = part.expected;
    part.branches?.parts.forEach(visit);
  };
  visit(region);
  return found;
}

describe('how many streams are expected', () => {
  test('in a list that goes on: twice what it has shown', () => {
    expect(expectations(aListOf(1))).toEqual({ '': 20 });
    expect(expectations(aListOf(4))).toEqual({ '': 80 });
  });

  test('in a list that has ended: what it has shown', () => {
    const region = aListOf(2);
    list(region, tenNames('c'), true);
    expect(expectations(region)).toEqual({ '': 30 });
  });

  test('in the branch that all names so far belong to: what is expected of the list above', () => {
    const region = aListOf(3);
    branch(region, 'b');
    expect(expectations(region)).toEqual({ '': 60, b: 60 });
  });

  test('in a branch that goes on after its first page: as much as in the best known one; and a run of such lasts', () => {
    const region = aListOf(3);
    branch(region, 'b');
    list(find(region, 'c'), tenNames('c'));
    expect(expectations(region)).toEqual({ '': 180, b: 60, c: 60, d: 60 });
    list(find(region, 'd'), tenNames('d'));
    expect(expectations(region)).toEqual({ '': 300, b: 60, c: 60, d: 60, e: 60, f: 60 });
  });

  test('in a run of branches that an empty one ended: no more than in those that were found', () => {
    const region = aListOf(3);
    branch(region, 'b');
    list(find(region, 'c'), tenNames('c'));
    list(find(region, 'd'), [], true);
    expect(expectations(region)).toEqual({ '': 120, b: 60, c: 60 });
  });

  test('in a branch of one page: what it holds, and nothing beside it', () => {
    const region = aListOf(3);
    branch(region, 'b');
    list(find(region, 'c'), ['c1', 'c2'], true);
    // It held streams, so those that hold some are expected to be like it only where nothing better is known.
    expect(expectations(region)).toEqual({ '': 62, b: 60, c: 2 });
  });

  test('in a branch whose own list has shown more than its sister is expected to hold: twice that', () => {
    const region = aListOf(3);
    branch(region, 'b');
    for (let page = 0; page < 5; page += 1) list(find(region, 'c'), tenNames(`c${page}`));
    expect(expectations(region)).toMatchObject({ c: 100 });
  });

  test('in a branch that the list above has gone past: no less than it has shown of it', () => {
    const region = aListOf(3);
    branch(region, 'b');
    lookAhead(region, SPEED);
    // The list turns to other names: what it has in common with all of its names is nothing any more.
    list(region, tenNames('c'));
    expect(expectations(region)).toEqual({ '': 80, b: 30 });
  });

  test('in each branch on the way to what all names have in common: all that the list above is expected to hold', () => {
    const region = makePart('');
    for (const page of [0, 1, 2]) list(region, tenNames(`b0${page}`));
    branch(region, 'b0');
    expect(expectations(region)).toEqual({ '': 60, b: 60, b0: 60 });
  });

  test('in the branches of a branch that has a list of its own: what that list is expected to hold', () => {
    const region = aListOf(3);
    branch(region, 'b');
    for (const page of [0, 1, 2, 3, 4]) list(find(region, 'c'), tenNames(`c0${page}`));
    branch(find(region, 'c'), 'c0');
    expect(expectations(region)).toMatchObject({ c: 100, c0: 100 });
  });

  /** All of it is known but whether there is a stream named `b`. */
  function allButKnown(): Part {
    const region = aListOf(3);
    branch(region, 'b');
    for (const part of region.branches!.parts) if (part.prefix !== 'b') list(part, [], true);
    for (const part of find(region, 'b').branches!.parts) {
      const isFull = ['b0', 'b1', 'b2'].includes(part.prefix);
      list(part, isFull ? tenNames(part.prefix) : [], part.prefix !== 'b3');
    }
    return region;
  }

  test('once all branches are known: what they hold, and no guess of what the list above might bring', () => {
    const region = allButKnown();
    list(find(region, 'b3'), [], true);
    expect(expectations(region)).toEqual({ '': 30, b: 30, b0: 10, b1: 10, b2: 10 });
  });

  test('while one branch goes on: the guess of the list above', () => {
    const region = allButKnown();
    list(find(region, 'b3'), ['b31']);
    expect(expectations(region)).toEqual({ '': 60, b: 60, b0: 10, b1: 10, b2: 10, b3: 2 });
  });

  test('once every branch is known: what they hold together, whatever the list above might make one guess', () => {
    const region = aListOf(3);
    branch(region, 'b');
    for (const part of region.branches!.parts) if (part.prefix !== 'b') list(part, [], true);
    list(find(region, 'b'), tenNames('b'));
    for (const part of find(region, 'b').branches!.parts) list(part, part.prefix === 'b0' ? tenNames('b0') : [], true);
    expect(expectations(region)).toEqual({ '': 60, b: 10, b0: 10 });
  });
});

describe('whether branches are ahead of the list', () => {
  const leadOf = (region: Part, prefix = '', speed = SPEED) => {
    lookAhead(region, speed);
    return find(region, prefix).branches!.lead;
  };

  test('is weighed by the calls and the turns that each takes', () => {
    const region = aListOf(3);
    branch(region, 'b');
    // Of b: its list 6 calls, beside 64 others: 70 turns. Its branches 65, its namesake, and 6 pages: 136 turns.
    expect(leadOf(region, 'b')).toBeCloseTo(70 / 136);
    // Of the region: 3 pages, 300 ms. Its branches: 64 that may be empty, and 6 pages of b: 70 turns, 1400 ms.
    expect(leadOf(region)).toBeCloseTo(300 / 1400);
  });

  test('is weighed by the longest list where calls are slow', () => {
    const region = aListOf(3);
    branch(region, 'b');
    const slow = { intervalMs: 20, latencyMs: 1000 };
    // 3 pages one after the other against the 6 of b.
    expect(leadOf(region, '', slow)).toBeCloseTo(3000 / 6000);
  });

  test('turns as branches are seen to be full', () => {
    const region = aListOf(3);
    branch(region, 'b');
    for (const letter of ['c', 'd', 'e', 'f']) list(find(region, letter), tenNames(letter));
    // 60 in b, in each of these four and in the four that are expected next: 540. The list has 51 pages before it,
    // 5100 ms. By branches it is 6 pages of b, 5 more of each of the four, 6 of each of the next four, and of the 56
    // others one in five may be empty: 61.2 turns, 1224 ms.
    expect(leadOf(region)).toBeCloseTo(5100 / ((6 + 4 * 5 + 4 * 6 + 56 / 5) * 20));
  });

  test('counts the question for a namesake until it is answered', () => {
    const region = aListOf(3);
    branch(region, 'b');
    const b = find(region, 'b');
    askForNamesake(b, b.branches!);
    expect(leadOf(region, 'b')).toBeCloseTo(70 / 136);
    addNamesake(b, [], RUN_MS);
    expect(leadOf(region, 'b')).toBeCloseTo(70 / 135);
  });

  /** Only b, which the list has shown, and c are left. */
  function withC(pageOf: (page: number) => readonly string[]): Part {
    const region = aListOf(3);
    branch(region, 'b');
    for (const part of region.branches!.parts) if (!['b', 'c'].includes(part.prefix)) list(part, [], true);
    for (let pages = 0; pages < 4; pages += 1) list(find(region, 'c'), pageOf(pages));
    return region;
  }
  const quick = { intervalMs: 20, latencyMs: 20 };

  test('takes a list whose pages are empty for half done', () => {
    // b 6 pages, c as many again as it had; the list 3.
    expect(
      leadOf(
        withC(() => []),
        '',
        quick,
      ),
    ).toBeCloseTo(3 / (6 + 4));
  });

  test('takes the pages of a list for as full as they were', () => {
    // 60 streams in c as in b, of which it shows one a page: 56 more. The list has 90 before it, ten a page.
    expect(
      leadOf(
        withC((page) => [`c${page}`]),
        '',
        quick,
      ),
    ).toBeCloseTo(9 / (6 + 56));
  });

  test('leaves out what is done', () => {
    const region = aListOf(3);
    branch(region, 'b');
    for (const part of region.branches!.parts) if (part.prefix !== 'b') list(part, [], true);
    // Nothing is left but b: its list 6 pages, one after the other; the region's 3.
    expect(leadOf(region)).toBeCloseTo(300 / 600);
    expect(leadOf(region, 'b')).toBeCloseTo(600 / (72 * 20));
  });
});
