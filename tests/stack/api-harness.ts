/** The API of the template on a whole stack, closed in one of its two ways, with a ledger behind it. */
import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { type Issuer, startIssuer } from '../../src/local/issuer.ts';
import { history } from '../cli/history.ts';
import { fill, fillOrganization } from '../cli/world.ts';
import { organizationStory } from '../fixtures/organization.ts';
import { signedHeaders } from '../local/gateway/sample-api.ts';
import type { Answer } from '../openapi/validator.ts';
import { ACCOUNT, startHarness } from './harness.ts';

/** Of the same organisation. */
export const MEMBER = '111122223333';
const REGION = 'us-east-1';
export const AUDIENCE = 'kvs-census';
const CLIENT = 'kvs-census-page';

type Sent = { method?: string; headers?: OutgoingHttpHeaders; body?: string };
type Signing = NonNullable<Parameters<typeof signedHeaders>[1]>;

export type ApiHarness = {
  /** Without a slash at the end; closed by tokens, it serves the page. */
  url: string;
  /** Who signs tokens; there is one whichever way the API is closed. */
  issuer: Issuer;
  /** What the functions and the gateway print. */
  lines: string[];
  /** How often the function has been invoked. */
  invocations(): number;
  /** The path is sent as it is, letter by letter. */
  send(path: string, sent?: Sent): Promise<Answer>;
  /** The headers of a request that is signed as an SDK signs it. */
  sign(path: string, signing?: Signing): Promise<Record<string, string>>;
  /** The headers of somebody who may ask, whichever way the API is closed. */
  authorised(path: string): Promise<Record<string, string>>;
  /** Of a session of an account of the world. */
  session(
    accountId: string,
    expiresAtMs: number,
  ): { accessKeyId: string; secretAccessKey: string; sessionToken: string };
  stop(): Promise<void>;
};

export async function startApiHarness(closedBy: 'iam' | 'jwt'): Promise<ApiHarness> {
  const issuer = await startIssuer({ clientId: CLIENT, audience: AUDIENCE });
  try {
    return await startBehind(closedBy, issuer);
  } catch (error) {
    await issuer.close();
    throw error;
  }
}

async function startBehind(closedBy: 'iam' | 'jwt', issuer: Issuer): Promise<ApiHarness> {
  const lines: string[] = [];
  let invocations = 0;
  const harness = await startHarness(
    { regions: { 'eu-west-1': { streams: 1 } }, accounts: [{ accountId: ACCOUNT }, { accountId: MEMBER }] },
    {
      sweep: false,
      parameters: {
        Api: closedBy,
        ...(closedBy === 'jwt' && { ApiIssuer: issuer.url, ApiAudience: AUDIENCE, PageClientId: CLIENT }),
      },
      onLog: ({ line }) => void lines.push(line),
      onEvent: (event) => {
        if (event.type === 'invocation-started' && event.function === 'ApiLambdaFunction') invocations += 1;
      },
    },
  );
  const { dynamodb, stack } = harness;
  // The newest is the account's alone, and misses a region.
  await fill(
    dynamodb,
    history({ runs: 3, endsAt: '2026-11-20T07:00:00Z', isMissing: (n, region) => n === 2 && region === 'eu-west-1' }),
  );
  await fillOrganization(dynamodb, organizationStory());
  const sign = async (path: string, signing: Signing = {}) =>
    await signedHeaders(`${stack.url}${path}`, { region: REGION, ...signing });
  issuer.welcome(stack.url);
  return {
    url: stack.url,
    issuer,
    lines,
    invocations: () => invocations,
    send: (path, sent) => send(stack.url, path, sent),
    sign,
    authorised: async (path) => (closedBy === 'iam' ? await sign(path) : bearer(await issuer.token())),
    session: (accountId, expiresAtMs) => {
      const expiresAt = Math.floor(expiresAtMs / 1000);
      return harness.video.sessions!.issue({ accountId, role: 'reader', name: 'somebody', expiresAt });
    },
    async stop() {
      await harness.stop();
      await issuer.close();
    },
  };
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Not by fetch, which would tidy the path up. */
async function send(url: string, path: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<Answer> {
  const { hostname, port, host } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const request = httpRequest({ hostname, port, path, method, headers: { host, ...headers } }, (response) => {
    const parts: Buffer[] = [];
    response.on('error', reject);
    response.on('data', (part: Buffer) => parts.push(part));
    response.on('end', () => {
      const all = Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
        values.map((value): [string, string] => [name, value]),
      );
      resolve({ status: response.statusCode ?? 0, headers: new Headers(all), body: Buffer.concat(parts).toString() });
    });
  });
  request.on('error', reject);
  request.end(body);
  return await promise;
}
