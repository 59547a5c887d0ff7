/** The page as an API serves it to whoever has signed in: real tokens of a real issuer, really checked. */
import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CensusId } from '../../src/census/census-id.ts';
import type { PageAnswer } from '../../src/page/answer.ts';
import { makeHostedPage } from '../../src/page/hosted.ts';
import { closeWithPages, lendLedger } from './harness.ts';
import { AUDIENCE, CLIENT, type TestIssuer } from './issuer.ts';

type Options = {
  /** What the stack counts. */
  censusId?: CensusId;
  clientId?: string;
  origins?: string[];
};

/** A ledger to fill, and its page behind a gate that lets nobody in without a token. */
export async function startHostedPage(issuer: TestIssuer, { censusId, clientId = CLIENT, origins = [] }: Options = {}) {
  const ledger = await lendLedger(censusId);
  const hosted = makeHostedPage({ issuer: issuer.url, clientId, origins });
  let isShut = false;
  let said: { status: number; body: unknown } | undefined;
  /** What came to the gate, and with what. */
  const heard: { path: string; authorization: string | undefined; cookie: string | undefined }[] = [];

  async function answer({ url = '/', method = '', headers }: IncomingMessage): Promise<PageAnswer> {
    const { pathname: path, searchParams: query } = new URL(url, 'http://localhost');
    heard.push({ path, authorization: headers.authorization, cookie: headers.cookie });
    if (path === '/') return await hosted.shell();
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
    if (isShut || token === undefined || !(await holds(token, issuer.url))) return UNAUTHORIZED;
    if (said !== undefined) return { ...UNAUTHORIZED, status: said.status, body: JSON.stringify(said.body) };
    return await hosted.data({ method, path, query }, ledger.reading);
  }
  /** Whoever closes the ledger waits for them. */
  const answers = new Set<Promise<unknown>>();
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const answered = answer(request).then(({ status, type, body, headers }) => {
      response.writeHead(status, { ...headers, 'content-type': `${type}; charset=utf-8` });
      response.end(body);
      answers.delete(answered);
    });
    answers.add(answered);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closeWithPages({
    close: async () => {
      await Promise.all(answers);
      server.closeAllConnections();
      server.close();
    },
  });
  return {
    ...ledger,
    heard,
    page: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    /** What the API says to whoever asks it with a good token, until it is `undefined`. */
    say: (answer: { status: number; body: unknown } | undefined) => {
      said = answer;
    },
    /** Every token has expired, from now on or no more. */
    shut: (now: boolean) => {
      isShut = now;
    },
  };
}

/** As API Gateway says it. */
const UNAUTHORIZED: PageAnswer = {
  status: 401,
  type: 'application/json',
  body: JSON.stringify({ message: 'Unauthorized' }),
  headers: { 'www-authenticate': 'Bearer' },
};

/** Whether it is signed by this issuer, for this API, and not too old. */
async function holds(token: string, issuer: string): Promise<boolean> {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const { keys } = (await (await fetch(`${issuer}/jwks`)).json()) as { keys: (JsonWebKey & { kid: string })[] };
  const key = keys.find(({ kid }) => kid === decoded(header).kid);
  if (key === undefined) return false;
  const signed = Buffer.from(`${header}.${payload}`);
  const isSigned = verify(
    'RSA-SHA256',
    signed,
    createPublicKey({ key, format: 'jwk' }),
    Buffer.from(signature, 'base64url'),
  );
  const { iss, aud, exp } = decoded(payload);
  return isSigned && iss === issuer && aud === AUDIENCE && Number(exp) * 1000 > Date.now();
}

function decoded(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}
