import { GaveUpError } from '../../src/census/errors.ts';
import { bind, lazily, realClock, realEvery } from '../../src/functions/bind.ts';

const invocation = (awsRequestId = 'i-1') => ({ awsRequestId });

describe('A handler', () => {
  let said: object[];
  beforeEach(() => {
    said = [];
    jest.spyOn(process.stdout, 'write').mockImplementation((line) => said.push(JSON.parse(String(line))) > 0);
  });
  afterEach(() => void jest.restoreAllMocks());

  test('makes its body at the first invocation, and no other', async () => {
    let made = 0;
    const handler = bind(() => {
      made += 1;
      return async (event: string, context: { awsRequestId: string }) => `${event} ${context.awsRequestId}`;
    });
    expect(made).toBe(0);
    await expect(handler('first', invocation('here'))).resolves.toBe('first here');
    await expect(handler('second', invocation('there'))).resolves.toBe('second there');
    expect(made).toBe(1);
  });

  test('whose body cannot be made tries again at the next invocation', async () => {
    let tries = 0;
    const handler = bind(() => {
      tries += 1;
      if (tries === 1) throw new GaveUpError('The environment is not complete.');
      return async () => 'done';
    });
    await expect(handler(undefined, invocation())).rejects.toThrow('The environment is not complete.');
    await expect(handler(undefined, invocation())).resolves.toBe('done');
  });

  test('names the invocation in each line of its log', async () => {
    const handler = bind((log) => async (event: string) => log.info('heard', { reason: event }));
    await handler('one', invocation('i-1'));
    await handler('two', invocation('i-2'));
    expect(said).toEqual([
      { level: 'info', message: 'heard', requestId: 'i-1', reason: 'one' },
      { level: 'info', message: 'heard', requestId: 'i-2', reason: 'two' },
    ]);
  });

  test('throws no more than may be printed, and has said before what may be logged', async () => {
    const handler = bind(() => async () => {
      throw Object.assign(new Error('User: secret is not authorized'), {
        name: 'AccessDeniedException',
        $metadata: { httpStatusCode: 403, requestId: 'r-1' },
      });
    });
    const error = await handler(undefined, invocation()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      name: 'AccessDeniedException',
      message: 'It failed with AccessDeniedException (HTTP 403).',
    });
    expect(said).toEqual([
      {
        level: 'error',
        message: 'invocation failed',
        requestId: 'i-1',
        error: 'AccessDeniedException',
        httpStatus: 403,
        refusedRequestId: 'r-1',
      },
    ]);
  });
});

test('What is made lazily is made at its first use, once', async () => {
  let made = 0;
  const ask = lazily(() => {
    made += 1;
    return async (question: string) => `${question}: ${made}`;
  });
  expect(made).toBe(0);
  expect([await ask('first'), await ask('second')]).toEqual(['first: 1', 'second: 1']);
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
