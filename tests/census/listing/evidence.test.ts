import { isEnough, makeEvidence } from '../../../src/census/listing/evidence.ts';
import { makePart } from '../../../src/census/listing/parts.ts';
import { RUN_MS, streamOf } from './listing.ts';

const MINUTE_MS = 60_000;
const at = (name: string, createdAtMs: number | string) => ({
  ...streamOf(name),
  arn: `arn:stream/${name}/${createdAtMs}`,
});

/** The ARNs that are kept. */
function keptOf(evidence: ReturnType<typeof makeEvidence>): string[] {
  return evidence.pages().flatMap(({ head, lines }) => lines.split('\n').map((line) => head + line));
}

test('what a list has shown is kept, ARN by ARN', () => {
  const evidence = makeEvidence(RUN_MS);
  const region = makePart('');
  evidence.note(region, [streamOf('a'), streamOf('b')]);
  evidence.note(region, [streamOf('c')]);
  expect(keptOf(evidence)).toEqual(['a', 'b', 'c'].map((name) => streamOf(name).arn));
  expect(evidence.pages().map(({ part, count }) => [part === region, count])).toEqual([
    [true, 2],
    [true, 1],
  ]);
  expect(region.evidence).toBe(3);
});

test('ARNs that begin differently are kept apart, and none is lost', () => {
  const evidence = makeEvidence(RUN_MS);
  const streams = [
    at('a', 1),
    { ...at('b', 1), arn: 'arn:other:stream/b/1' },
    { ...at('c', 1), arn: 'arn:other:stream/c' },
  ];
  evidence.note(makePart(''), streams);
  expect(keptOf(evidence)).toEqual(streams.map(({ arn }) => arn));
});

test('a stream that was made less than five minutes before the counting binds nothing', () => {
  const evidence = makeEvidence(RUN_MS);
  const region = makePart('');
  evidence.note(region, [
    at('old', RUN_MS - 5 * MINUTE_MS),
    at('young', RUN_MS - 5 * MINUTE_MS + 1),
    at('younger', RUN_MS + MINUTE_MS),
    at('unknown', 'soon'),
  ]);
  expect(keptOf(evidence)).toEqual([`arn:stream/old/${RUN_MS - 5 * MINUTE_MS}`, 'arn:stream/unknown/soon']);
  expect(region.evidence).toBe(2);
});

test('a page without a stream that binds is not kept', () => {
  const evidence = makeEvidence(RUN_MS);
  evidence.note(makePart(''), []);
  evidence.note(makePart(''), [at('young', RUN_MS)]);
  expect(evidence.pages()).toEqual([]);
});

test('of the list of the region 500,000 streams are kept, of its branches 50,000, page by page', () => {
  const region = makePart('');
  for (const [part, most] of [
    [region, 500_000],
    [makePart('a', region), 50_000],
  ] as const) {
    const evidence = makeEvidence(RUN_MS);
    const page = Array.from({ length: 25_000 }, () => at('a', 1));
    for (let pages = 0; pages < most / page.length + 2; pages++) evidence.note(part, page);
    expect(evidence.pages().reduce((sum, { count }) => sum + count, 0)).toBe(most);
  }
});

test('once it is forgotten nothing is held against anything, and nothing is kept any more', () => {
  const evidence = makeEvidence(RUN_MS);
  evidence.note(makePart(''), [streamOf('a')]);
  evidence.forget();
  expect(evidence.pages()).toEqual([]);
  evidence.note(makePart(''), [streamOf('a')]);
  expect(evidence.pages()).toEqual([]);
});

test.each([
  [0, 0, true],
  [1, 50, true],
  [1, 51, false],
  [20, 1000, true],
  [19, 1000, false],
])('%i streams are enough to believe %i: %p', (evidence, streams, enough) => {
  expect(isEnough(evidence, streams)).toBe(enough);
});
