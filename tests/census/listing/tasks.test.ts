import { lookAhead, makeOutlook, type Outlook } from '../../../src/census/listing/outlook.ts';
import { addNamesake, branch, makePart } from '../../../src/census/listing/parts.ts';
import type { Task } from '../../../src/census/listing/plan.ts';
import { askForNamesake } from '../../../src/census/listing/questions.ts';
import { taskOf } from '../../../src/census/listing/tasks.ts';
import { find, list, listOthers, tenNames, withBranches } from './an-outlook.ts';
import { newTallier } from './listing.ts';

function regionOf(outlook: Outlook): Task {
  lookAhead(outlook);
  return taskOf(outlook, outlook.region);
}

/** What is left of the part of this prefix. */
function taskFor(outlook: Outlook, prefix: string): Task {
  let task = regionOf(outlook);
  while (task.prefix !== prefix) task = task.branches!.tasks.find((each) => prefix.startsWith(each.prefix))!;
  return task;
}

const tasksOf = ({ branches }: Task) => branches!.tasks.map((each) => [each.prefix, each.list]);

describe('what is left of a region', () => {
  test('is as many pages again as it has shown, or its branches: a call for each that may be empty', () => {
    const region = regionOf(withBranches());
    expect(region).toMatchObject({ prefix: '', list: 3, branches: { calls: 64, chain: 1 } });
    expect(tasksOf(region)).toEqual([['b', 6]]);
    // Of b 65, and the one for its namesake; but all six pages may be in one of its branches.
    expect(region.branches!.tasks[0]!.branches).toEqual({ tasks: [], calls: 66, chain: 1, unseen: 6 });
  });

  test('is less by branches that are likely to be full: their first page is no extra call', () => {
    const outlook = withBranches();
    for (const letter of ['c', 'd', 'e', 'f']) list(outlook, letter, tenNames(letter));
    // The four have five pages before them, and as many more are expected to be like b. Of the 56 others one in five may be empty.
    expect(tasksOf(regionOf(outlook)).sort()).toEqual([
      ['b', 6],
      ...['c', 'd', 'e', 'f'].map((letter) => [letter, 5]),
      ...['g', 'h', 'i', 'j'].map((letter) => [letter, 6]),
    ]);
    expect(regionOf(outlook).branches!.calls).toBeCloseTo(56 / 5);
  });

  test('is the question for a namesake until it is answered', () => {
    const outlook = withBranches();
    const b = find(outlook, 'b');
    askForNamesake(b, b.branches!);
    expect(taskFor(outlook, 'b').branches!.calls).toBe(66);
    addNamesake(b, [], newTallier);
    expect(taskFor(outlook, 'b').branches!.calls).toBe(65);
  });

  test('is nothing that is done', () => {
    const outlook = withBranches();
    listOthers(outlook, 'b');
    expect(regionOf(outlook).branches).toMatchObject({ calls: 0 });
    expect(tasksOf(regionOf(outlook))).toEqual([['b', 6]]);
  });
});

describe('of a list', () => {
  /** Only b, which the list has shown, and c are left. */
  function withC(pageOf: (page: number) => readonly string[]): Outlook {
    const outlook = withBranches();
    listOthers(outlook, 'b', 'c');
    for (let pages = 0; pages < 4; pages += 1) list(outlook, 'c', pageOf(pages));
    return outlook;
  }

  test('whose pages are empty as many are left as it has shown', () => {
    expect(tasksOf(regionOf(withC(() => [])))).toEqual(expect.arrayContaining([['c', 4]]));
  });

  test('the pages are taken for as full as they were', () => {
    // 60 streams in c as in b, of which it shows one a page: 56 more. The list of the region has 90 before it, ten a page.
    const region = regionOf(withC((page) => [`c${page}`]));
    expect(region.list).toBe(9);
    expect(tasksOf(region)).toEqual(expect.arrayContaining([['c', 56]]));
  });
});

test('a list that goes on may be cut like one beside it: into as many parts, after as many letters that all names share', () => {
  const outlook = withBranches();
  for (const digit of ['0', '1', '2']) list(outlook, `b${digit}`, tenNames(`b${digit}`));
  for (const page of [0, 1, 2, 3]) list(outlook, 'c', tenNames(`c${page}`));
  // Of b three branches are found, and as many more expected, alike.
  expect(taskFor(outlook, 'b').branches!.tasks.length).toBeGreaterThan(2);
  // All of c in one row: its letters, and twice the pages that it has shown, in several lists at a time.
  const { branches } = taskFor(outlook, 'c');
  expect(branches).toMatchObject({ tasks: [], calls: 65 + 8 });
  expect(branches!.chain).toBeLessThan(8);
});

describe('where an earlier count tells', () => {
  const counts = [
    { prefix: 'ab0', streams: 200 },
    { prefix: 'ab1', streams: 100 },
    { prefix: 'c', streams: 45 },
    { prefix: 'd00', streams: 5 },
  ];
  function seenAgain(): Outlook {
    const outlook = makeOutlook(makePart(''), { streams: 350, prefixes: { length: 3, counts } });
    list(outlook, '', tenNames('ab0'));
    return outlook;
  }

  test('the branches that a region had are known before they are there', () => {
    const region = regionOf(seenAgain());
    expect(region).toMatchObject({ list: 34 });
    // Of d less than a page.
    expect(tasksOf(region)).toEqual([
      ['a', 30],
      ['c', 5],
    ]);
    expect(region.branches!.calls).toBe(64);
    const [a] = region.branches!.tasks;
    expect(tasksOf(a!)).toEqual([['ab', 30]]);
    expect(tasksOf(a!.branches!.tasks[0]!)).toEqual([
      ['ab0', 20],
      ['ab1', 10],
    ]);
  });

  test('what it does not tell apart is taken to be in as many lists as the rest', () => {
    const { branches } = taskFor(seenAgain(), 'c');
    expect(branches).toBeUndefined();
    const outlook = makeOutlook(makePart(''), { streams: 440, prefixes: { length: 3, counts } });
    list(outlook, '', tenNames('ab0'));
    // 90 more than begin with any of these: nine pages, in one of three lists.
    expect(regionOf(outlook).branches).toMatchObject({ calls: 64 + 9, chain: 1 + 3 });
  });

  test('what it says is long, and does not tell apart, may be cut before a page of it was seen: like the row that it is in', () => {
    const three = ['a', 'b', 'c'].map((prefix) => ({ prefix, streams: 600 }));
    const outlook = makeOutlook(makePart(''), { streams: 1800, prefixes: { length: 1, counts: three } });
    list(outlook, '', tenNames('a'));
    branch(find(outlook), '');
    expect(taskFor(outlook, 'b').branches).toEqual({ tasks: [], calls: 65 + 60, chain: 20, unseen: 0 });
    // The same when it is cut, and nothing of it known yet.
    branch(find(outlook, 'b'), 'b');
    expect(taskFor(outlook, 'b').branches).toEqual({ tasks: [], calls: 66 + 60, chain: 1 + 20, unseen: 0 });
  });

  test('an unopened branch of which nothing was is one call, however many beside it were full', () => {
    const outlook = seenAgain();
    branch(find(outlook), '');
    list(outlook, 'a', tenNames('ab'));
    expect(regionOf(outlook).branches!.calls).toBe(63);
    expect(tasksOf(regionOf(outlook)).sort()).toEqual([
      ['a', 29],
      ['c', 5],
    ]);
  });
});
