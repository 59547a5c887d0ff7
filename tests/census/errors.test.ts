import { CountError, InvalidInputError } from '../../src/census/errors.ts';

test('an attempt that failed says why, and whether asking again may help; if in doubt, it may not', () => {
  const cause = new Error('socket hang up');
  const error = new CountError('unreachable', 'The service did not answer.', { retryable: true, cause });
  expect(error).toMatchObject({
    name: 'CountError',
    message: 'The service did not answer.',
    reason: 'unreachable',
    retryable: true,
    cause,
  });
  expect(new CountError('denied', 'The service refuses.').retryable).toBe(false);
});

test('an attempt that failed by itself has no cause, and not one that is undefined', () => {
  expect(new CountError('bad-answer', 'The list did not end.')).not.toHaveProperty('cause');
  expect(new CountError('bad-answer', 'The list did not end.', { retryable: true })).not.toHaveProperty('cause');
});

test('input that is wrong is told from other errors by its name', () => {
  expect(new InvalidInputError('The body is not JSON.').name).toBe('InvalidInputError');
});
