import { adviceFor } from '../../src/census/advice.ts';
import { DENIERS, REASONS } from '../../src/census/errors.ts';
import { descriptorOf, KINDS, STREAMS } from '../../src/census/kinds.ts';

test('every reason has advice of its own', () => {
  const all = REASONS.map((reason) => adviceFor(reason, STREAMS));
  for (const part of ['because', 'action'] as const)
    expect(new Set(all.map((advice) => advice[part])).size).toBe(all.length);
});

test('a retry alone helps where the trouble may pass by itself', () => {
  expect(REASONS.filter((reason) => !adviceFor(reason, STREAMS).retryMayHelp)).toEqual([
    'denied',
    'no-access',
    'suspended',
    'not-enabled',
    'unsupported',
  ]);
});

test.each(REASONS)('the advice for %s reads on from "because", and its action is a sentence', (reason) => {
  const { because, action } = adviceFor(reason, STREAMS);
  expect(because).toMatch(/^[A-Za-z].*[^.]$/);
  expect(action).toMatch(/^[A-Z].*\.$/);
});

test.each(REASONS)('what %s means can be said of several at once', (reason) => {
  const known = [{}, { effort: { pages: 0, calls: 4, ms: 35_000 } }];
  for (const one of known) expect(adviceFor(reason, STREAMS, one).because).not.toMatch(/^(it|its) | of it /);
});

test('where a region timed out without a page, more calls a second are no advice', () => {
  const without = adviceFor('timed-out', STREAMS, { effort: { pages: 0, calls: 4, ms: 35_000 } });
  const after = (pages: number) => adviceFor('timed-out', STREAMS, { effort: { pages, calls: 20, ms: 35_000 } });
  expect(without.action).not.toContain('callsPerSecond');
  expect(after(1).because).toMatch(/after 1 page$/);
  expect(after(12).because).toMatch(/after 12 pages$/);
  expect(after(12).action).toContain('callsPerSecond');
  expect(adviceFor('timed-out', STREAMS).because).not.toContain('page');
});

test('who denied decides who has to be asked, where the refusal told', () => {
  const all = [undefined, ...DENIERS].map((deniedBy) => adviceFor('denied', STREAMS, deniedBy && { deniedBy }));
  for (const part of ['because', 'action'] as const)
    expect(new Set(all.map((advice) => advice[part])).size).toBe(all.length);
  for (const { because, action, retryMayHelp } of all) {
    expect(because).toMatch(/^[a-z].*[^.]$/);
    expect(action).toMatch(/^[A-Z].*\.$/);
    expect(retryMayHelp).toBe(false);
  }
  expect(adviceFor('denied', STREAMS, { deniedBy: 'organisation-policy' }).action).toContain(
    'whoever manages the organisation',
  );
});

test('who is not let into an account is told by which role, by which external id, and what prints both as they must be', () => {
  const { action } = adviceFor('no-access', STREAMS);
  for (const word of ['(memberRole)', '(externalId)', '`kvs-census member-role`']) expect(action).toContain(word);
});

test('a region whose quick try failed is said to get one in each run, and all of its time in a retry', () => {
  const quick = { pages: 0, calls: 1, ms: 5000 };
  const words = 'Each run gives it one quick try until it answers; a retry gives it all of its time.';
  expect(
    REASONS.filter((reason) => adviceFor(reason, STREAMS, { effort: quick, runs: 4 }).action.endsWith(words)),
  ).toEqual(['unreachable', 'timed-out']);
  for (const { action } of [
    adviceFor('timed-out', STREAMS, { effort: quick, runs: 3 }),
    adviceFor('timed-out', STREAMS, { effort: quick }),
    adviceFor('timed-out', STREAMS, { runs: 4 }),
    adviceFor('timed-out', STREAMS, { effort: { ...quick, calls: 4 }, runs: 4 }),
    adviceFor('timed-out', STREAMS, { effort: { ...quick, pages: 1 }, runs: 4 }),
  ])
    expect(action).not.toContain('quick try');
});

test('a retry ends the advice where something may then be counted', () => {
  const others = REASONS.filter((reason) => adviceFor(reason, STREAMS).ends !== 'retry');
  expect(others).toEqual(['suspended', 'not-enabled', 'unsupported']);
});

test.each(KINDS)('the advice for %s names what of it is listed, and by which right', (kind) => {
  const { words, actions } = descriptorOf(kind);
  const all = [undefined, ...DENIERS].map((deniedBy) => adviceFor('denied', kind, deniedBy && { deniedBy }));
  for (const { because } of all) expect(because).toContain(actions[0]);
  expect(adviceFor('throttled', kind).action).toContain(`lists ${words.many} there`);
  expect(adviceFor('bad-answer', kind).because).toContain(`list of ${words.many} `);
});
