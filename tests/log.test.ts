import { inspect } from 'node:util';
import { InvalidInputError } from '../src/census/errors.ts';
import { errorFields, type Invocation, makeLog, printable, sentenceOf } from '../src/log.ts';

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

test('a line says which invocation it is of', () => {
  const lines: string[] = [];
  let invocation: Invocation = {};
  const log = makeLog(
    (line) => lines.push(line),
    () => invocation,
  );
  log.info('bound');
  invocation = { requestId: 'i-1', gatewayRequestId: 'g-1=' };
  log.warn('task failed', { refusedRequestId: 'r-1' });
  invocation = { requestId: 'i-2' };
  log.info('run opened');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { level: 'info', message: 'bound' },
    { level: 'warn', message: 'task failed', requestId: 'i-1', gatewayRequestId: 'g-1=', refusedRequestId: 'r-1' },
    { level: 'info', message: 'run opened', requestId: 'i-2' },
  ]);
});

describe('of an error the log says', () => {
  test('its name, and what AWS calls the request', () => {
    const error = Object.assign(new Error('secret'), {
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 403, requestId: 'r-1', attempts: 4 },
    });
    expect(errorFields(error)).toEqual({ error: 'AccessDeniedException', httpStatus: 403, refusedRequestId: 'r-1' });
  });

  test('the name of its cause', () => {
    expect(errorFields(new Error('secret', { cause: new TypeError('secret') }))).toEqual({
      error: 'Error',
      cause: 'TypeError',
    });
  });

  test('its message, if it is our own; but no ARN that somebody sent', () => {
    const error = new InvalidInputError(
      'The run id "arn:aws:kinesisvideo:eu-west-1:1:stream/door/2" is not an instant.',
    );
    const problem = 'The run id "an ARN" is not an instant.';
    expect(errorFields(error)).toEqual({ error: 'InvalidInputError', problem });
  });

  test.each(['secret token', 'FwoGZXIvYXdz//==', 'door-camera', 'x'.repeat(81), ''])(
    'no name that a service may have made of what it was sent: %j',
    (name) => {
      const $metadata = { requestId: `${name} and more` };
      expect(errorFields(Object.assign(new Error('secret', { cause: { name } }), { name, $metadata }))).toEqual({
        error: 'Error',
        cause: 'Error',
      });
    },
  );

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

describe('of an error may be printed', () => {
  const ARN = 'arn:aws:sts::123456789012:assumed-role/worker/session';
  const denied = () =>
    Object.assign(new Error(`User: ${ARN}\n    at home is not authorized`, { cause: new Error(ARN) }), {
      name: 'AccessDeniedException',
      $fault: 'client',
      $metadata: { httpStatusCode: 403, requestId: 'r-1' },
      $response: { headers: { 'x-amz': ARN } },
    });

  test('its name and its status, if it is not our own', () => {
    expect(sentenceOf(denied())).toBe('It failed with AccessDeniedException (HTTP 403).');
    expect(sentenceOf(new SyntaxError('Unexpected token in "secret"'))).toBe('It failed with SyntaxError.');
    expect(sentenceOf('secret')).toBe('It failed with string.');
    expect(sentenceOf(undefined)).toBe('It failed with undefined.');
  });

  test('what it says, if it is our own', () => {
    expect(sentenceOf(new InvalidInputError('The nudge is not JSON.'))).toBe('The nudge is not JSON.');
  });

  test('where in the code it was met, and nothing of its message, its cause or its properties', () => {
    const shown = printable(denied());
    expect(shown).toBeInstanceOf(Error);
    expect(shown.name).toBe('AccessDeniedException');
    expect(shown.message).toBe('It failed with AccessDeniedException (HTTP 403).');
    const [first, ...places] = shown.stack?.split('\n') ?? [];
    expect(first).toBe('AccessDeniedException: It failed with AccessDeniedException (HTTP 403).');
    expect(places[0]).toMatch(/^ {4}at .*log\.test\.ts:\d+:\d+\)$/);
    expect(Object.entries(shown)).toEqual([]);
    expect(inspect(shown, { depth: 9, showHidden: true })).not.toMatch(/arn:|home|r-1/);
  });

  test('no name that is a sentence', () => {
    const shown = printable(Object.assign(new Error('secret'), { name: `no rights for ${ARN}`, stack: 7 }));
    expect([shown.name, shown.message]).toEqual(['Error', 'It failed with Error.']);
    expect(shown.stack).toBe('Error: It failed with Error.');
  });
});
