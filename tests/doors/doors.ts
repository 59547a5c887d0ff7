/**
 * All doors of one ledger, each as people use it: the command, the API and the page's data behind API Gateway (signed, and with a token
 * of a real issuer), an agent with a server of its own, and both ways to Prometheus. All of them live at the same moment.
 */
import type { RequestListener } from 'node:http';
import type { LedgerReader } from '../../src/answers/reader.ts';
import { ORGANIZATION } from '../../src/census/census-id.ts';
import { noteAccount } from '../../src/cli/source/account.ts';
import { answering } from '../../src/functions/answering/answer.ts';
import type { Api as GatewayApi } from '../../src/local/gateway/api.ts';
import { makeGateway } from '../../src/local/gateway/gateway.ts';
import { type Issuer, startIssuer } from '../../src/local/issuer.ts';
import type { Lambda } from '../../src/local/lambda.ts';
import { type LocalServer, listenLocally } from '../../src/local/listen.ts';
import { makeHostedPage } from '../../src/page/hosted.ts';
import { closeAgents, startAgent } from '../cli/agent/client.ts';
import { ACCOUNT } from '../cli/history.ts';
import { cleanUp, makeIo, NOW_MS, startLedger, type TestLedger } from '../cli/world.ts';
import { untilAborted } from '../functions/answering/world.ts';
import { ask as askSigned, REGION } from '../local/gateway/sample-api.ts';

/** What a door gave: an answer with what stands beside it, or a refusal in words. */
export type Given = { refused: string } | { body: unknown; beside: Record<string, unknown>; words: string };

export type Doors = Awaited<ReturnType<typeof openDoors>>;

const CLIENT = { clientId: 'kvs-census-page', audience: 'kvs-census' };

let issuer: Promise<Issuer> | undefined;
const servers: LocalServer[] = [];

/** For afterAll. */
export async function closeDoors(): Promise<void> {
  await closeAgents();
  for (const server of servers.splice(0)) await server.close();
  await (await issuer)?.close();
  issuer = undefined;
  await cleanUp();
}

export async function openDoors(fill: (ledger: TestLedger) => Promise<unknown>) {
  const ledger = await startLedger();
  await fill(ledger);
  noteAccount(ledger.folder(), ACCOUNT);
  issuer ??= startIssuer(CLIENT);
  const { url: issuerUrl, token } = await issuer;
  const [agent, signed, hosted] = await Promise.all([
    startAgent(ledger.folder(), { environment: { NODE_OPTIONS: `--import=${clockAt(NOW_MS)}` } }),
    serveApi(ledger.reader, 'iam', issuerUrl),
    serveApi(ledger.reader, 'jwt', issuerUrl),
  ]);
  const authorization = `Bearer ${await token()}`;
  const asked = async (line: string) =>
    await ledger.ask(line, makeIo(ledger.folder(), { startedAs: 'npx kvs-census' }));
  return {
    ledger,
    async command(line: string): Promise<Given> {
      const { code, out, err } = await asked(`${line} --json`);
      // What is damaged is told, too, and the code is 1 then.
      return out === '' ? { refused: err } : { body: JSON.parse(out), beside: { code }, words: err };
    },
    exported: async (options: string): Promise<Given> => {
      const { code, out, err } = await asked(`export --format prometheus${options}`);
      return out === '' ? { refused: err } : { body: out, beside: { code }, words: err };
    },
    api: async (path: string) => await givenOf(await askSigned(`${signed.url}${path}`)),
    page: async (path: string) => await givenOf(await fetch(`${hosted.url}${path}`, { headers: { authorization } })),
    async agent(tool: string, inputs: object = {}): Promise<Given> {
      const { isError, words, data } = await agent.call(tool, inputs);
      if (isError) return { refused: words };
      const { answer, ...beside } = data;
      return { body: answer, beside, words };
    },
  };
}

/** Loaded before anything else, so that a process lives at that moment. */
const clockAt = (ms: number) => `data:text/javascript,Date.now=()=>${ms}`;

async function givenOf(response: Response): Promise<Given> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const body = isJson ? JSON.parse(text) : text;
  if (!response.ok) return { refused: body.detail ?? body.problem ?? `${response.status} ${text}` };
  const beside = [...response.headers].filter(([name]) => name.startsWith('census-'));
  return { body, beside: Object.fromEntries(beside), words: '' };
}

const API_FUNCTION = {
  logicalId: 'Api',
  name: 'api',
  arn: 'arn:aws:lambda:eu-central-1:1:function:api',
  timeoutMs: 30_000,
};

async function serveApi(reader: LedgerReader, closedBy: 'iam' | 'jwt', issuerUrl: string): Promise<LocalServer> {
  const page = closedBy === 'jwt' && makeHostedPage({ issuer: issuerUrl, clientId: CLIENT.clientId, origins: [] });
  const body = answering({
    reader,
    config: { closedBy, stage: 'dev', issuer: issuerUrl },
    ...(page && { page }),
    clock: { nowMs: () => NOW_MS, sleep: untilAborted },
    log: { info: () => {}, warn: () => {}, error: () => {} },
  });
  const lambda: Lambda = {
    find: () => API_FUNCTION,
    async invoke(_, event) {
      const result = await body(JSON.parse(event), { getRemainingTimeInMillis: () => API_FUNCTION.timeoutMs });
      return { ok: true, payload: JSON.stringify(result), requestId: 'one' };
    },
    environments: () => [],
    stop: async () => {},
  };
  const gateway = makeGateway(apiClosedBy(closedBy, issuerUrl), {
    lambda,
    place: { accountId: ACCOUNT, region: REGION, stackName: 'doors', endpoint: 'http://127.0.0.1' },
    timeScale: 1,
    sessions: undefined,
    onLog: () => {},
    nowMs: Date.now,
  });
  const server = await listenLocally(gateway satisfies RequestListener);
  servers.push(server);
  return server;
}

function apiClosedBy(closedBy: 'iam' | 'jwt', issuerUrl: string): GatewayApi {
  const authorizer = { issuer: issuerUrl, audience: [CLIENT.audience] };
  const authorization =
    closedBy === 'iam' ? ({ type: 'iam' } as const) : ({ type: 'jwt', authorizer, scopes: [] } as const);
  const route = { key: '$default', authorization, functionName: 'api', timeoutMs: 29_000, limits: undefined };
  return { id: 'doors', stage: '$default', stageId: 'Stage', routes: [route], logFormat: undefined };
}

/** What a document says where its commands are typed, which each door says in its own way. */
export function withoutPlaces(value: unknown): unknown {
  const own = new RegExp(` --(local|stage dev|account (${ORGANIZATION}|\\d{12}))(?![\\w-])`, 'g');
  return JSON.parse(JSON.stringify(value), (_, inner) =>
    typeof inner === 'string' && inner.includes('kvs-census ') ? inner.replace(/^npx /, '').replaceAll(own, '') : inner,
  );
}
