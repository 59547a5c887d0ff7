import { addPage, makePart, type Part } from '../../../src/census/listing/parts.ts';
import {
  answers,
  askForName,
  askForNamesake,
  askForPage,
  askToCheck,
  isWanted,
} from '../../../src/census/listing/questions.ts';
import { aRegion, branchOf, pageOf } from './a-region.ts';
import { newTallier, streamOf } from './listing.ts';

describe('a question', () => {
  test('for the first page of a part names its prefix and no token', () => {
    const { region, b } = aRegion();
    const c = branchOf(region, 'c');
    expect(askForPage(c)).toStrictEqual({ part: c, about: 'page', request: { prefix: 'c' } });
    expect([c.state, b.state]).toEqual(['asked', 'unopened']);
  });

  test('for the next page names the token that came last', () => {
    const { region } = aRegion();
    const c = branchOf(region, 'c');
    askForPage(c);
    addPage(c, pageOf(['c1'], 'two'), newTallier);
    expect([c.state, c.pages]).toEqual(['open', 1]);
    expect(askForPage(c).request).toStrictEqual({ prefix: 'c', token: 'two' });
    expect(askForPage(makePart('')).request).toStrictEqual({});
  });

  test('for the one stream that is named like a prefix asks by name', () => {
    const { b } = aRegion();
    expect(askForNamesake(b, b.branches!)).toStrictEqual({ part: b, about: 'namesake', request: { name: 'b' } });
    expect(b.branches!.namesake.state).toBe('asked');
  });

  test('for a stream that lists have shown asks by its name', () => {
    const { region } = aRegion();
    expect(askForName(region, 'b1')).toStrictEqual({ part: region, about: 'lookup', request: { name: 'b1' } });
  });

  test('that checks a list that has ended is one for a page', () => {
    const part = makePart('b1');
    expect(askToCheck(part)).toStrictEqual({ part, about: 'check', request: { prefix: 'b1' } });
    expect(part.state).toBe('asked');
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

  test.each([
    ['arn:aws:kinesisvideo:eu-west-1:123456789012:stream/b/1', true],
    ['arn:aws:kinesisvideo:eu-west-1:123456789012:stream/b', true],
    ['arn:aws:kinesisvideo:eu-west-1:123456789012:stream/a/1', false],
    ['arn:aws:kinesisvideo:eu-west-1:123456789012:stream/bc/1', false],
    ['b', false],
  ])('is one only if the ARN holds the name: %s', (arn, isOne) => {
    expect(answers({ streams: [{ ...streamOf('b'), arn }] }, {})).toBe(isOne);
  });
});

describe('an answer is wanted', () => {
  const pageIn = (part: Part) => isWanted({ part, about: 'page', request: {} });

  test('while the part is not done', () => {
    const { region, b } = aRegion();
    expect([pageIn(region), pageIn(b), pageIn(branchOf(b, '1'))]).toEqual([true, true, true]);
    addPage(branchOf(b, '1'), pageOf(['b1']), newTallier);
    expect([pageIn(branchOf(b, '1')), pageIn(branchOf(b, '2')), pageIn(b)]).toEqual([false, true, true]);
  });

  test('while no part that holds it is done', () => {
    const { region, b } = aRegion();
    const b1 = branchOf(b, '1');
    addPage(b, pageOf(['b1', 'b2']), newTallier);
    expect([pageIn(b1), pageIn(b), pageIn(region)]).toEqual([false, false, true]);
  });

  test('while the branches that it belongs to are not given up', () => {
    const { region, b } = aRegion();
    const b1 = branchOf(b, '1');
    region.branches = undefined;
    expect([pageIn(b1), pageIn(b), pageIn(region)]).toEqual([false, false, true]);
  });

  test('to a question for a namesake, while the part does not do without branches', () => {
    const { b } = aRegion();
    const namesake = askForNamesake(b, b.branches!);
    expect(isWanted(namesake)).toBe(true);
    b.branches = undefined;
    expect(isWanted(namesake)).toBe(false);
  });

  test('to a question for a name, also of a region that is done', () => {
    const { region } = aRegion();
    addPage(region, pageOf(['b3']), newTallier);
    expect(isWanted(askForName(region, 'b1'))).toBe(true);
  });
});
