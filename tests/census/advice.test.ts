import { adviceFor } from '../../src/census/advice.ts';
import { REASONS } from '../../src/census/errors.ts';

test('every reason has advice of its own', () => {
  const all = REASONS.map(adviceFor);
  for (const part of ['because', 'action'] as const)
    expect(new Set(all.map((advice) => advice[part])).size).toBe(all.length);
});

test('a retry alone helps where the trouble may pass by itself', () => {
  expect(REASONS.filter((reason) => !adviceFor(reason).retryMayHelp)).toEqual(['denied', 'not-enabled', 'unsupported']);
});

test.each(REASONS)('the advice for %s reads on from "because", and its action is a sentence', (reason) => {
  const { because, action } = adviceFor(reason);
  expect(because).toMatch(/^[A-Za-z].*[^.]$/);
  expect(action).toMatch(/^[A-Z].*\.$/);
});
