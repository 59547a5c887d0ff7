import { choose } from '../../../src/census/listing/choice.ts';
import { makeEvidence } from '../../../src/census/listing/evidence.ts';
import { lookAhead, makeOutlook, type Outlook } from '../../../src/census/listing/outlook.ts';
import { addNamesake, addPage, makePart, type Part } from '../../../src/census/listing/parts.ts';
import { listMs, plan } from '../../../src/census/listing/plan.ts';
import type { Question } from '../../../src/census/listing/questions.ts';
import { taskOf } from '../../../src/census/listing/tasks.ts';
import { newTallier, RUN_MS, streamOf } from './listing.ts';

const SPEED = { intervalMs: 20, latencyMs: 100 };
const LONG_MS = 100_000;

const tenNames = (start: string) => Array.from({ length: 10 }, (_, digit) => `${start}${digit}`);

/** Asks what is chosen; what it asked, and whether it was a spare call, as a short text. */
function ask(
  outlook: Outlook,
  { speed = SPEED, timeMs = LONG_MS, mayAskNames = true } = {},
): { text: string; question?: Question } {
  const choice = choose(outlook, speed, timeMs, mayAskNames);
  if (choice === undefined) return { text: 'nothing' };
  const question = choice.ask();
  const { prefix = '', name, token } = question.request;
  const what = name === undefined ? `${prefix}*${token === undefined ? '' : ` from ${token}`}` : `= ${name}`;
  return { text: choice.spare ? `spare ${what}` : what, question };
}

/** How many times as long as planned the list of the region would take. */
function leadOf(outlook: Outlook, speed = SPEED): number {
  lookAhead(outlook);
  const task = taskOf(outlook, outlook.region);
  return listMs(task, speed) / plan(task, speed).ms;
}

const asks = (outlook: Outlook, times: number, options = {}) =>
  Array.from({ length: times }, () => ask(outlook, options).text);

function answer(
  outlook: Outlook,
  { question }: { question?: Question },
  names: readonly string[],
  nextToken?: string,
): void {
  const { part, about } = question!;
  const streams = names.map(streamOf);
  if (about === 'namesake') addNamesake(part, streams, newTallier);
  else {
    const page = { streams, ...(nextToken !== undefined && { nextToken }) };
    makeEvidence(RUN_MS).note(part, addPage(part, page, newTallier));
    outlook.answered(part, page);
  }
}

/** Three pages of names that begin with `b`; the fourth page was asked for. */
function aLargeRegion(): { outlook: Outlook; region: Part; fourth: { text: string; question?: Question } } {
  const outlook = makeOutlook(makePart(''));
  for (const page of [0, 1, 2]) answer(outlook, ask(outlook), tenNames(`b${page}`), String(page));
  return { outlook, region: outlook.region.part, fourth: ask(outlook) };
}

test('the list of the region comes first, one page after the other', () => {
  const outlook = makeOutlook(makePart(''));
  const first = ask(outlook);
  expect(first.text).toBe('*');
  expect(ask(outlook).text).toBe('nothing');
  answer(outlook, first, tenNames('b0'), 'one');
  expect(ask(outlook).text).toBe('* from one');
});

test('up to three pages nothing else is asked', () => {
  const outlook = makeOutlook(makePart(''));
  for (const page of [0, 1]) answer(outlook, ask(outlook), tenNames(`b${page}`), String(page));
  expect(asks(outlook, 2)).toEqual(['* from 1', 'nothing']);
});

test('then spare calls look beside the names that were seen: one in each row, and whether their beginning is one', () => {
  const { outlook } = aLargeRegion();
  expect(asks(outlook, 3)).toEqual(['spare c*', 'spare = b', 'spare b0*']);
  // What is left is not likely to hold anything; short beginnings, which may hold more, come first.
  expect(asks(outlook, 3)).toEqual(['spare d*', 'spare e*', 'spare f*']);
});

describe('where nobody says which stream is named like a prefix', () => {
  const withoutNames = { mayAskNames: false };

  test('only the region has branches: one for each first letter, however many its names share', () => {
    const { outlook, region } = aLargeRegion();
    expect(asks(outlook, 66, withoutNames).filter((text) => !/^spare .\*$/.test(text))).toEqual(['nothing']);
    const b = region.branches!.parts.find(({ prefix }) => prefix === 'b')!;
    for (const page of [0, 1, 2, 3])
      addPage(b, { streams: tenNames(`b${page}`).map(streamOf), nextToken: `b${page}` }, newTallier);
    asks(outlook, 70, withoutNames);
    expect([region, ...region.branches!.parts].filter(({ branches }) => branches !== undefined)).toEqual([region]);
  });

  test('nor has it, if it is small or time is short', () => {
    const outlook = makeOutlook(makePart(''));
    for (const page of [0, 1]) answer(outlook, ask(outlook, withoutNames), tenNames(`b${page}`), String(page));
    expect(asks(outlook, 2, withoutNames)).toEqual(['* from 1', 'nothing']);
    const { outlook: large } = aLargeRegion();
    expect(asks(large, 1, { ...withoutNames, timeMs: 65 * 20 })).toEqual(['nothing']);
    expect(asks(large, 1, { ...withoutNames, timeMs: 65 * 20 + 1 })).toEqual(['spare b*']);
  });
});

test('the list goes on beside branches that lead by far, until it has shown one in 50 of what they will hold', () => {
  const { outlook, region, fourth } = aLargeRegion();
  answer(outlook, fourth, tenNames('b3'), '3');
  asks(outlook, 3);
  for (const [letter, names, goesOn] of [
    ['x', 1900, false],
    ['y', 200, true],
  ] as const) {
    const part = region.branches!.parts.find(({ prefix }) => prefix === letter)!;
    part.state = 'asked';
    addPage(part, { streams: Array.from({ length: names }, (_, i) => streamOf(`${letter}${i}`)) }, newTallier);
    region.state = 'open';
    const texts = asks(outlook, 200);
    expect([letter, leadOf(outlook) > 3, texts.includes('* from 3')]).toEqual([letter, true, goesOn]);
  }
});

test('the next page of the list comes before whatever is only spare', () => {
  const { outlook, fourth } = aLargeRegion();
  asks(outlook, 2);
  answer(outlook, fourth, tenNames('b3'), '3');
  expect(asks(outlook, 2)).toEqual(['* from 3', 'spare b0*']);
});

test('a branch that goes on raises hopes: the branches beside it and its next page then come first, and are no spare calls', () => {
  const { outlook } = aLargeRegion();
  answer(outlook, ask(outlook), tenNames('c'), 'c1');
  expect(asks(outlook, 5)).toEqual(['d*', 'e*', 'b*', 'c* from c1', 'f*']);
});

test('of lists that go on the one with the most before it comes first, however much it has shown', () => {
  const { outlook, region } = aLargeRegion();
  ask(outlook);
  for (const part of region.branches!.parts) {
    const pages = { b: 3, c: 1, d: 12 }[part.prefix] ?? 0;
    const goesOn = part.prefix === 'c' || part.prefix === 'd';
    Object.assign(part, { pages, streams: 10 * pages, state: goesOn ? 'open' : 'listed', done: !goesOn });
  }
  // Of c 20 streams are left to be expected, of d 120.
  expect(asks(outlook, 3)).toEqual(['d*', 'c*', 'nothing']);
});

test('branches are not opened where the time is not enough to ask for all of them', () => {
  // Two rows of 65 letters, 20 ms each.
  expect(ask(aLargeRegion().outlook, { timeMs: 2 * 65 * 20 }).text).toBe('nothing');
  expect(ask(aLargeRegion().outlook, { timeMs: 2 * 65 * 20 + 1 }).text).toBe('spare c*');
  expect(ask(aLargeRegion().outlook, { timeMs: 0 }).text).toBe('nothing');
});

test('names that do not differ have no branches', () => {
  const outlook = makeOutlook(makePart(''));
  for (const page of [0, 1, 2]) answer(outlook, ask(outlook), ['b', 'b'], String(page));
  expect(asks(outlook, 2)).toEqual(['* from 2', 'nothing']);
});

describe('branches that promise to be done first', () => {
  /** Full branches, one after the other, until they are ahead of the region's list. */
  function ahead(speed: typeof SPEED) {
    const { outlook, fourth } = aLargeRegion();
    for (let found = 0; found < 8; found += 1) {
      let next = ask(outlook, { speed });
      while (next.question?.about !== 'page' || next.question.request.prefix?.length !== 1)
        next = ask(outlook, { speed });
      const { prefix = '' } = next.question.request;
      answer(outlook, next, tenNames(prefix), `${prefix}1`);
    }
    answer(outlook, fourth, tenNames('b3'), '3');
    return outlook;
  }

  test('take all turns, and the list stops, where a call takes few turns', () => {
    const outlook = ahead(SPEED);
    expect(leadOf(outlook)).toBeGreaterThan(1);
    expect(asks(outlook, 100, { speed: SPEED })).not.toContain('* from 3');
  });

  test('let the list go on beside them where a call takes six turns, until they lead by three times', () => {
    for (const turns of [5, 6, 30]) {
      const speed = { intervalMs: 20, latencyMs: 20 * turns };
      const { outlook, fourth } = aLargeRegion();
      const seen = new Set<boolean>();
      for (let found = 0; found < 12; found += 1) {
        let next = ask(outlook, { speed });
        while (next.question?.request.prefix?.length !== 1) next = ask(outlook, { speed });
        const { prefix = '' } = next.question.request;
        answer(outlook, next, tenNames(prefix), `${prefix}${found}`);
        const { part } = fourth.question!;
        const { state } = part;
        part.state = 'open';
        const lead = leadOf(outlook, speed);
        if (lead > 1) {
          const goesOn = ask(outlook, { speed }).text === '* from 2';
          expect([turns, lead, goesOn]).toEqual([turns, lead, turns >= 6 && lead < 3]);
          seen.add(goesOn);
        }
        part.state = state;
      }
      expect([turns, seen.has(false)]).toEqual([turns, true]);
      expect([turns, seen.has(true)]).toEqual([turns, turns >= 6]);
    }
  });
});

describe('where an earlier count tells what there was', () => {
  const counts = ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((letter) => ({ prefix: `${letter}0`, streams: 900 }));
  const longNames = (start: string) => tenNames(start).map((name) => `${name}1234`);
  const seenAgain = (streams = 900, names = longNames('b0')): Outlook => {
    const prefixes = { length: 2, counts: counts.map((each, nth) => ({ ...each, streams: streams - nth })) };
    const outlook = makeOutlook(makePart(''), { streams: 8 * streams - 28, prefixes });
    answer(outlook, ask(outlook), names, 'first');
    return outlook;
  };

  test('branches are asked for after the first page: the list of the region beside the shortest, then the longest first', () => {
    const lists = ['b*', 'c*', 'd*', 'e*', 'f*', 'g*', 'h*'];
    expect(asks(seenAgain(), 10)).toEqual(['* from first', 'i*', ...lists, 'j*']);
  });

  test('a region that was three pages or less is listed', () => {
    expect(asks(seenAgain(7), 2)).toEqual(['* from first', 'nothing']);
  });

  test('nothing is asked but the list where its first page shows other names', () => {
    expect(asks(seenAgain(900, longNames('z0')), 2)).toEqual(['* from first', 'nothing']);
  });
});
