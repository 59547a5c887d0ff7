import { bind, realClock, realEvery } from '../../src/functions/bind.ts';

describe('A handler', () => {
  test('makes its body at the first invocation, and no other', async () => {
    let made = 0;
    const handler = bind(() => {
      made += 1;
      return async (event: string, context: string) => `${event} ${context}`;
    });
    expect(made).toBe(0);
    await expect(handler('first', 'here')).resolves.toBe('first here');
    await expect(handler('second', 'there')).resolves.toBe('second there');
    expect(made).toBe(1);
  });

  test('whose body cannot be made tries again at the next invocation', async () => {
    let tries = 0;
    const handler = bind(() => {
      tries += 1;
      if (tries === 1) throw new Error('The environment is not complete.');
      return async () => 'done';
    });
    expect(() => handler(undefined, undefined)).toThrow('The environment is not complete.');
    await expect(handler(undefined, undefined)).resolves.toBe('done');
  });
});

describe("The machine's own time", () => {
  test('is what the clock shows', () => {
    const before = Date.now();
    const now = realClock.nowMs();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  describe('made to pass', () => {
    beforeEach(() => void jest.useFakeTimers());
    afterEach(() => void jest.useRealTimers());

    test('ends a sleep, and not too early', async () => {
      let awake = false;
      const sleep = realClock.sleep(1000).then(() => {
        awake = true;
      });
      await jest.advanceTimersByTimeAsync(999);
      expect(awake).toBe(false);
      await jest.advanceTimersByTimeAsync(1);
      await sleep;
    });

    test('ends a sleep early once its signal is aborted, and leaves no timer behind', async () => {
      const early = new AbortController();
      const sleep = realClock.sleep(1000, early.signal);
      early.abort();
      await sleep;
      expect(jest.getTimerCount()).toBe(0);
    });

    test('repeats a task until it is stopped', () => {
      let done = 0;
      const stop = realEvery(40, () => {
        done += 1;
      });
      jest.advanceTimersByTime(100);
      expect(done).toBe(2);
      stop();
      jest.advanceTimersByTime(100);
      expect(done).toBe(2);
    });
  });
});
