import { errorFields, makeLog } from '../src/log.ts';

test('every line is one JSON object with its level, its message and its fields', () => {
  const lines: string[] = [];
  const log = makeLog((line) => lines.push(line));
  log.info('run opened', { runId: '2026-11-20T06:00:00Z', tasks: 2 });
  log.warn('the topic refused tasks');
  log.error('task failed', { error: 'TimeoutError' });
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { level: 'info', message: 'run opened', runId: '2026-11-20T06:00:00Z', tasks: 2 },
    { level: 'warn', message: 'the topic refused tasks' },
    { level: 'error', message: 'task failed', error: 'TimeoutError' },
  ]);
});

test('without a writer a line goes to standard output and ends there', () => {
  const written: unknown[] = [];
  const { write } = process.stdout;
  process.stdout.write = (text: unknown) => written.push(text) > 0;
  try {
    makeLog().info('run opened');
  } finally {
    process.stdout.write = write;
  }
  expect(written).toEqual(['{"level":"info","message":"run opened"}\n']);
});

describe('of an error the log says', () => {
  test('its name, and what AWS calls the request', () => {
    const error = Object.assign(new Error('secret'), {
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 403, requestId: 'r-1', attempts: 4 },
    });
    expect(errorFields(error)).toEqual({ error: 'AccessDeniedException', httpStatus: 403, requestId: 'r-1' });
  });

  test('the name of its cause', () => {
    expect(errorFields(new Error('secret', { cause: new TypeError('secret') }))).toEqual({
      error: 'Error',
      cause: 'TypeError',
    });
  });

  test('nothing that is not there', () => {
    expect(errorFields(new Error('secret', { cause: 'secret' }))).toEqual({ error: 'Error' });
    expect(errorFields({ name: 'Odd', $metadata: {} })).toEqual({ error: 'Odd' });
  });

  test('the type of what is no error at all, and never its content', () => {
    expect(errorFields('secret')).toEqual({ error: 'string' });
    expect(errorFields(undefined)).toEqual({ error: 'undefined' });
    expect(errorFields(null)).toEqual({ error: 'object' });
    expect(errorFields({ name: 7, cause: null })).toEqual({ error: 'object' });
  });
});
