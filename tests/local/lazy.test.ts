import { makeLazy, makeRecent } from '../../src/local/lazy.ts';

test('what is lazy is made when it is first asked for, and once', () => {
  const asked: string[] = [];
  const { get, made } = makeLazy((name) => {
    asked.push(name);
    return name.toUpperCase();
  });
  expect([get('b'), get('a'), get('b')]).toEqual(['B', 'A', 'B']);
  expect([asked, [...made()]]).toEqual([
    ['b', 'a'],
    ['B', 'A'],
  ]);
});

test('of what is recent those are kept that were asked for last, and the others are made again', () => {
  const keys = [{}, {}, {}];
  const recent = makeRecent<number>(2);
  let made = 0;
  const ask = (index: number) => recent.get(keys[index]!, () => ++made);
  expect([0, 1, 0, 2, 0, 1].map(ask)).toEqual([1, 2, 1, 3, 1, 4]);
});
