import fc from 'fast-check';
import { bytesOf, type Part, partOf } from '../../../src/cli/agent/parts.ts';

type Row = { id: number; text: string };
type Page = {
  head: string;
  small: number[];
  long: Row[];
  within: { other: Row[] };
  nested: { why: string; rows: Row[] }[];
};

const rows = (most: number) =>
  fc.array(fc.string({ maxLength: 40 }), { maxLength: most }).map((texts) => texts.map((text, id) => ({ id, text })));

const documents: fc.Arbitrary<Page> = fc.record({
  head: fc.string({ maxLength: 100 }),
  small: fc.array(fc.integer(), { maxLength: 5 }),
  long: rows(200),
  within: fc.record({ other: rows(200) }),
  nested: fc.array(fc.record({ why: fc.string({ maxLength: 20 }), rows: rows(100) }), { maxLength: 4 }),
});

function walk<Document extends object>(document: Document): Part<Document>[] {
  const parts: Part<Document>[] = [];
  for (let from: number | null = 0; from !== null; from = parts.at(-1)?.next ?? null) {
    parts.push(partOf(document, from, MOST));
  }
  return parts;
}

const MOST = 4096;

test('the parts of a document hold each entry of its long lists exactly once, in their order', () => {
  fc.assert(
    fc.property(documents, (document) => {
      const parts = walk(document).map((part) => part.document);
      const lists = (pick: (one: Page) => Row[]) => {
        const whole = pick(document);
        const [first] = parts;
        // What is not long stands whole in each.
        const isRepeated = first !== undefined && pick(first).length === whole.length;
        return { found: isRepeated ? pick(first) : parts.flatMap(pick), whole };
      };
      for (const pick of [
        (one: Page) => one.long,
        (one: Page) => one.within.other,
        ...document.nested.map((_, at) => (one: Page) => one.nested[at]?.rows ?? []),
      ]) {
        const { found, whole } = lists(pick);
        expect(found).toEqual(whole);
      }
    }),
  );
});

test('no part is larger than it may be', () => {
  fc.assert(
    fc.property(documents, (document) => {
      for (const part of walk(document)) expect(bytesOf(part.document)).toBeLessThanOrEqual(MOST);
    }),
  );
});

test('each part says what is not in it', () => {
  fc.assert(
    fc.property(documents, (document) => {
      const parts = walk(document);
      for (const [index, { lists, leftOut, next }] of parts.entries()) {
        expect(next === null).toBe(index === parts.length - 1);
        expect(leftOut === 0).toBe(next === null);
        for (const { from, to, of } of lists) expect(to - from + 1).toBeLessThan(of);
        if (parts.length > 1) expect(lists).not.toEqual([]);
      }
    }),
  );
});

test('what is small enough is whole', () => {
  const document = { runs: [1, 2, 3], run: { missing: ['eu-west-1'] } };
  expect(partOf(document, 0, 1000)).toEqual({ document, lists: [], leftOut: 0, next: null });
});

test('what stands in every part: all but the longest lists', () => {
  const accounts = Array.from({ length: 500 }, (_, id) => ({ id, text: 'some account' }));
  const document = { run: { missing: ['eu-west-1', 'us-east-1'] }, accounts, damaged: ['one'] };
  const parts = walk(document);
  expect(parts.length).toBeGreaterThan(3);
  for (const part of parts) {
    expect(part.document.run).toEqual(document.run);
    expect(part.document.damaged).toEqual(document.damaged);
  }
});

test('an entry that is too large by itself is a part of its own, with the lists within it', () => {
  const document = { advice: [{ reason: 'denied', regions: Array.from({ length: 300 }, (_, n) => `region-${n}`) }] };
  const parts = walk(document).map((part) => part.document);
  expect(parts.length).toBeGreaterThan(1);
  expect(parts.flatMap((one) => one.advice[0]?.regions ?? [])).toEqual(document.advice[0]?.regions);
  for (const one of parts) expect(one.advice[0]?.reason).toBe('denied');
});

test('where what stands in every part is too much by itself, each part still has an entry of its own', () => {
  const document = { head: 'x'.repeat(MOST), accounts: [1, 2, 3] };
  const first = partOf(document, 0, MOST);
  const second = partOf(document, first.next ?? 0, MOST);
  expect([first.document.accounts, second.document.accounts]).toEqual([[1], [2]]);
});
