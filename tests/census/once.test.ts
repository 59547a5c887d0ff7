/** What is asked once, however often its answer is wanted. */
import { once, onceFor } from '../../src/census/once.ts';

test('The first answer is that of every later call, whatever is asked then', () => {
  const asked: number[] = [];
  const ask = once((number: number) => {
    asked.push(number);
    return number * 2;
  });
  expect([ask(1), ask(2), ask(3)]).toEqual([2, 2, 2]);
  expect(asked).toEqual([1]);
});

test('Nothing is an answer, too', () => {
  let asked = 0;
  const ask = once(() => void asked++);
  ask();
  ask();
  expect(asked).toBe(1);
});

test('Each word has its own', () => {
  const asked: string[] = [];
  const ask = onceFor((word) => {
    asked.push(word);
    return word.length;
  });
  expect([ask('one'), ask('three'), ask('one'), ask('three')]).toEqual([3, 5, 3, 5]);
  expect(asked).toEqual(['one', 'three']);
});
