/** Why a sign-in fails, in one sentence each; and docs/page.md says of each of them what to do. */
import { readFileSync } from 'node:fs';
import {
  AUTHORIZATION_RESPONSE_ERROR,
  INVALID_RESPONSE,
  JSON_ATTRIBUTE_COMPARISON,
  JWT_CLAIM_COMPARISON,
  JWT_TIMESTAMP_CHECK,
  RESPONSE_BODY_ERROR,
  RESPONSE_IS_NOT_CONFORM,
  WWW_AUTHENTICATE_CHALLENGE,
} from 'oauth4webapi';
import { problemOf, type Step } from '../../../../src/page/client/sign-in/problem.ts';

const SIGN_IN = { issuer: 'https://issuer.example/pool', clientId: 'census-page', origins: [] };
const sentence = (error: unknown, step: Step) => problemOf(error, step, SIGN_IN).message;

const refusal = (error: string) => ({ code: AUTHORIZATION_RESPONSE_ERROR, error });

const THROWN: [unknown, Step][] = [
  [{ name: 'TimeoutError' }, 'discovery'],
  [new TypeError('Failed to fetch'), 'discovery'],
  [new TypeError('Failed to fetch'), 'token'],
  [{ code: RESPONSE_IS_NOT_CONFORM }, 'discovery'],
  [{ code: JSON_ATTRIBUTE_COMPARISON }, 'discovery'],
  ...[
    'access_denied',
    'unauthorized_client',
    'invalid_scope',
    'server_error',
    'temporarily_unavailable',
    'login_required',
  ].map((word): [unknown, Step] => [refusal(word), 'return']),
  [refusal('<b>Call us: 555</b>'), 'return'],
  [{ code: INVALID_RESPONSE }, 'return'],
  [{ code: INVALID_RESPONSE }, 'token'],
  [{ code: RESPONSE_BODY_ERROR, error: 'invalid_grant' }, 'token'],
  [{ code: RESPONSE_BODY_ERROR, error: 'invalid_client' }, 'token'],
  [{ code: WWW_AUTHENTICATE_CHALLENGE }, 'token'],
  [{ code: JWT_TIMESTAMP_CHECK }, 'token'],
  [{ code: JWT_CLAIM_COMPARISON }, 'token'],
  [new RangeError('out of range'), 'token'],
  [undefined, 'token'],
];

test.each(THROWN)('%p at %s is one sentence, without anything that others wrote', (error, step) => {
  const said = sentence(error, step);
  expect(said).toMatch(/^[A-Za-z][^\n]*[.?]$/);
  expect(said).not.toMatch(/Failed to fetch|out of range|<b>|undefined|\bnull\b/);
});

/** What stands in the first column, with … for what may stand there. */
function described(): { said: string; pattern: RegExp }[] {
  const docs = readFileSync('docs/page.md', 'utf8');
  const table = /\| the page says \| what to do \|\n.*\n((?:\|.*\n)+)/.exec(docs)?.[1] ?? '';
  return table
    .trim()
    .split('\n')
    .map((row) => {
      const said = row.split(' | ')[0]?.replace(/^\| /, '') ?? '';
      const parts = said.split('…').map((part) => part.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      return { said, pattern: new RegExp(`^${parts.join('.*')}`) };
    });
}

test('docs/page.md says what to do about each of them', () => {
  const rows = described();
  expect(rows.length).toBeGreaterThan(10);
  const unknown = THROWN.map(([error, step]) => sentence(error, step)).filter(
    (said) => !rows.some(({ pattern }) => pattern.test(said)),
  );
  expect(unknown).toEqual([]);
});

test('docs/page.md names no sentence that the page does not say', () => {
  const client = ['problem.ts', 'flow.ts', 'bearer.ts'].map((file) =>
    readFileSync(`src/page/client/sign-in/${file}`, 'utf8'),
  );
  const never = described().filter(({ said }) => {
    const parts = said.split(/…|\(|\)/).map((part) => part.trim().replace(/^: /, ''));
    return !parts.every((part) => client.some((text) => text.includes(part)));
  });
  expect(never).toEqual([]);
});
