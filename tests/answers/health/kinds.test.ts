import { judgeKinds, otherKindsOf } from '../../../src/answers/health/kinds.ts';
import { countingChannels, DENIED, expectWhole, healthy, of, shell, told, unless } from './a-stack.ts';

const telling = (kinds: string[] | null) =>
  unless(({ functions }) => void Object.assign(of(functions.dispatcher), { kinds }));

test('what is counted beside streams is what the dispatcher was told, as far as it is known here', () => {
  expect(otherKindsOf(healthy())).toEqual([]);
  expect(otherKindsOf(countingChannels())).toEqual(['channels']);
  expect(otherKindsOf(telling(['channels', 'cameras', 'streams']))).toEqual(['channels']);
  expect(otherKindsOf(telling(null))).toEqual([]);
  expect(otherKindsOf(unless(({ functions }) => void Object.assign(functions, { dispatcher: DENIED })))).toEqual([]);
});

test.each([
  ['streams alone', healthy(), ['ok', 'Counted: streams.', undefined]],
  ['another kind', countingChannels(), ['ok', 'Counted: streams and channels.', undefined]],
  ['streams, as a stack of an earlier release', telling(null), ['ok', 'Counted: streams.', undefined]],
  [
    'what is not known here',
    telling(['streams', 'cameras']),
    [
      'warning',
      'The stack counts cameras, which this kvs-census does not know.',
      'npx sls deploy --stage prod --region eu-west-1 --aws-profile night',
    ],
  ],
])('a stack that counts %s', (_what, facts, expected) => {
  const finding = judgeKinds(facts, shell);
  expect(told(finding)).toEqual(expected);
  expectWhole(finding);
});
