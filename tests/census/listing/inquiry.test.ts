import {
  answer,
  countedBy,
  failed,
  type Inquiry,
  isAwaited,
  nextQuestion,
  openInquiry,
} from '../../../src/census/listing/inquiry.ts';
import type { Part } from '../../../src/census/listing/parts.ts';
import { askForPage, type Question } from '../../../src/census/listing/questions.ts';
import type { PageRequest } from '../../../src/census/ports.ts';
import { pageOf } from './a-region.ts';
import { denied, newTallier, RUN_MS, refused } from './listing.ts';

const SPEED = { intervalMs: 20, latencyMs: 100 };
const LONG_MS = 100_000;
const names = ['b01', 'b02', 'b03'];

const ask = (inquiry: Inquiry, leftMs = LONG_MS) => nextQuestion(inquiry, SPEED, leftMs)?.ask();

function askAll(inquiry: Inquiry): Question[] {
  const questions: Question[] = [];
  for (let next = ask(inquiry); next !== undefined; next = ask(inquiry)) questions.push(next);
  return questions;
}

const by = (questions: readonly Question[], wanted: PageRequest) =>
  questions.find(({ request: { prefix, name } }) => prefix === wanted.prefix && name === wanted.name)!;

/** The list of a region has shown three names, and goes on; its branches are asked for as well. */
function anInquiry(): { inquiry: Inquiry; list: Question; questions: Question[] } {
  const inquiry = openInquiry({ newTallier, hasPrefixes: true, startedAtMs: RUN_MS, random: () => 0 });
  for (const name of names) answer(inquiry, ask(inquiry)!, pageOf([name], name));
  const list = ask(inquiry)!;
  return { inquiry, list, questions: askAll(inquiry) };
}

const partOf = ({ region }: Inquiry, prefix: string): Part => {
  let part = region;
  while (part.prefix !== prefix) part = part.branches!.parts.find((each) => prefix.startsWith(each.prefix))!;
  return part;
};

const streamsOf = (inquiry: Inquiry) => countedBy(inquiry)?.tally.streams;

/** A branch has shown a stream that the list, which is at its end, has left out. */
function contradicted() {
  const { inquiry, list, questions } = anInquiry();
  answer(inquiry, by(questions, { prefix: 'c' }), pageOf(['c1']));
  answer(inquiry, list, pageOf([]));
  expect(countedBy(inquiry)).toBeUndefined();
  const next = nextQuestion(inquiry, SPEED, LONG_MS)!;
  expect(next.spare).toBe(false);
  const lookup = next.ask();
  expect(lookup).toMatchObject({ about: 'lookup', request: { name: 'c1' } });
  return { inquiry, lookup };
}

test('a region whose list has ended is counted, pages and listings with it', () => {
  const { inquiry, list } = anInquiry();
  answer(inquiry, list, pageOf(['b04', 'b04']));
  expect(countedBy(inquiry)).toMatchObject({ tally: { streams: 4 }, repeated: 1 });
  expect([inquiry.pages, inquiry.listings]).toEqual([4, 5]);
});

describe('a stream that the list leaves out', () => {
  test('is looked up, and the list believed if it is gone', () => {
    const { inquiry, lookup } = contradicted();
    answer(inquiry, lookup, pageOf([]));
    expect(streamsOf(inquiry)).toBe(3);
  });

  test('leaves no count if it is there', () => {
    const { inquiry, lookup } = contradicted();
    answer(inquiry, lookup, pageOf(['c1']));
    expect(() => countedBy(inquiry)).toThrow(expect.objectContaining({ name: 'CountError', reason: 'bad-answer' }));
  });

  test('says nothing where it cannot be looked up', () => {
    const { inquiry, lookup } = contradicted();
    failed(inquiry, lookup, denied());
    expect(streamsOf(inquiry)).toBe(3);
  });

  test('says nothing where something else is answered, which is not added to the list', () => {
    const { inquiry, lookup } = contradicted();
    answer(inquiry, lookup, pageOf(['c2']));
    expect([streamsOf(inquiry), inquiry.pages]).toEqual([3, 5]);
  });

  test('is also one that was shown as the namesake of a prefix', () => {
    const { inquiry, list, questions } = anInquiry();
    answer(inquiry, by(questions, { name: 'b' }), pageOf(['b']));
    answer(inquiry, list, pageOf([]));
    expect(countedBy(inquiry)).toBeUndefined();
    expect(ask(inquiry)).toMatchObject({ about: 'lookup', request: { name: 'b' } });
  });
});

describe('branches', () => {
  test('that hold less than the list has shown are given up, and it goes on', () => {
    const { inquiry, list, questions } = anInquiry();
    for (const question of questions) answer(inquiry, question, pageOf([]));
    expect(inquiry.region.branches).toBeDefined();
    expect(countedBy(inquiry)).toBeUndefined();
    expect(inquiry.region.branches).toBeUndefined();
    answer(inquiry, list, pageOf([]));
    expect(streamsOf(inquiry)).toBe(3);
  });

  test('that hold all that the list has shown are the count, with their namesakes', () => {
    const { inquiry, questions } = anInquiry();
    for (const question of questions) {
      const { prefix, name } = question.request;
      const held = [...names, 'b'].filter((each) => each === prefix || each === name);
      answer(inquiry, question, pageOf(held));
    }
    expect(streamsOf(inquiry)).toBe(4);
  });

  test('that go on after their first page are known to what is guessed', () => {
    const { inquiry, questions } = anInquiry();
    answer(inquiry, by(questions, { prefix: 'c' }), pageOf(['c1'], 'more'));
    expect(inquiry.outlook.of(inquiry.region.branches!)).toMatchObject({ large: 1, onARun: true });
  });
});

describe('branches that are refused', () => {
  test('are given up, with what they have shown, and the list goes on', () => {
    const { inquiry, list, questions } = anInquiry();
    answer(inquiry, by(questions, { prefix: 'c' }), pageOf(['c1']));
    failed(inquiry, by(questions, { prefix: 'd' }), refused());
    expect(questions.filter((question) => isAwaited(inquiry, question))).toEqual([]);
    expect(isAwaited(inquiry, list)).toBe(true);
    answer(inquiry, list, pageOf(['b04'], 'more'));
    expect(askAll(inquiry).map(({ request }) => request)).toEqual([{ token: 'more' }]);
    answer(inquiry, { ...list, request: { token: 'more' } }, pageOf([]));
    expect(streamsOf(inquiry)).toBe(4);
  });

  test('are so, too, if what comes was not asked for, and that does not count', () => {
    const { inquiry, questions } = anInquiry();
    answer(inquiry, by(questions, { prefix: 'c' }), pageOf(['d1']));
    expect([inquiry.region.branches, inquiry.pages]).toEqual([undefined, 3]);
  });

  test('need no check any more', () => {
    const { inquiry, questions } = anInquiry();
    answer(inquiry, by(questions, { prefix: 'c' }), pageOf(['c1', 'c2']));
    const check = ask(inquiry)!;
    expect(check).toMatchObject({ about: 'check', request: { prefix: 'c2' } });
    expect(isAwaited(inquiry, check)).toBe(true);
    failed(inquiry, by(questions, { prefix: 'd' }), refused());
    expect(isAwaited(inquiry, check)).toBe(false);
  });
});

describe('a check', () => {
  test('is of no part of which a page was asked for', () => {
    const { inquiry } = anInquiry();
    const b = partOf(inquiry, 'b');
    answer(inquiry, askForPage(b), pageOf(['b-1', 'b0', 'b01']));
    // Of b0 the branches were asked for, and whether a stream is named so; of its list nothing.
    expect(ask(inquiry)).toMatchObject({ about: 'check', request: { prefix: 'b0' } });
    const { inquiry: other } = anInquiry();
    answer(other, askForPage(partOf(other, 'b')), pageOf(['b-1', 'b1', 'b11']));
    expect(ask(other)).toBeUndefined();
  });
});

test('a name that cannot be asked for leaves branches to the region alone, and no other name is asked for', () => {
  const { inquiry, list, questions } = anInquiry();
  failed(inquiry, by(questions, { name: 'b' }), denied());
  expect(partOf(inquiry, 'b').branches).toBeUndefined();
  expect(inquiry.region.branches).toBeDefined();
  const c = partOf(inquiry, 'c');
  for (const name of ['c01', 'c02', 'c03']) answer(inquiry, askForPage(c), pageOf([name], name));
  answer(inquiry, list, pageOf(['b04'], 'more'));
  const needless = ({ request: { prefix = '', name } }: Question) => name !== undefined || prefix.length > 1;
  expect(askAll(inquiry).filter(needless)).toEqual([]);
});

describe('an inquiry ends', () => {
  test('with what the list of the region cannot do without', () => {
    const { inquiry, list } = anInquiry();
    const error = denied();
    failed(inquiry, list, error);
    failed(inquiry, list, refused());
    expect(() => countedBy(inquiry)).toThrow(error);
  });

  test('not with a name that names should not have: its page counts, and branches, which cannot hold it, are given up', () => {
    const { inquiry, list } = anInquiry();
    answer(inquiry, list, pageOf(['b:4']));
    expect([inquiry.region.branches, streamsOf(inquiry)]).toEqual([undefined, 4]);
  });

  test('with a fault of this program, whatever was asked', () => {
    const { inquiry, questions } = anInquiry();
    const error = new TypeError('not a function');
    failed(inquiry, questions[0]!, error);
    expect(() => countedBy(inquiry)).toThrow(error);
  });
});
