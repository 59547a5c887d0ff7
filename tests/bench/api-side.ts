/**
 * Asks the API of a local stack, in a process of its own, as a caller does. Prints what it saw as JSON.
 *
 *     api-side URL TABLE pairs N          the newest total, and the reads of the ledger that it takes, in turn
 *     api-side URL TABLE flood N AT_ONCE  the newest total, so many times, so many at the same time
 *     api-side URL TABLE history N        the newest N runs, page by page
 */
import { strict as assert } from 'node:assert';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import { readLatest } from '../../src/answers/latest.ts';
import type { LedgerReader } from '../../src/answers/reader.ts';
import { makeDynamoDB } from '../../src/aws/clients.ts';
import { makeReader } from '../../src/aws/reader.ts';
import { ACCOUNT } from '../cli/history.ts';

/** Milliseconds of each pair. */
export type Pair = { apiMs: number; readsMs: number };
/** Of each request, by when it was answered, and with what. */
export type Flood = { ms: number[]; failed: Record<string, number>; seconds: number };
export type History = { pages: number; runs: number; kb: number; slowestMs: number };

const REGION = 'us-east-1';
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
/** Before anything is measured: the function has started, is connected, and its code is compiled. */
const WARM_UP = 30;

type Reply = { status: number; ms: number; body: string; link: string | undefined };
type Get = (path: string) => Promise<Reply>;

/** Each request is signed, and goes over a connection that is kept, as an SDK's does. */
function makeGet(endpoint: string): Get {
  const signer = new SignatureV4({
    credentials: CREDENTIALS,
    service: 'execute-api',
    region: REGION,
    sha256: Hash.bind(null, 'sha256'),
  });
  const agent = new Agent({ keepAlive: true });
  return async (path) => {
    const startedAt = performance.now();
    const url = new URL(path, endpoint);
    const { headers } = await signer.sign({
      method: 'GET',
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: url.host },
    });
    return await new Promise<Reply>((resolve, reject) => {
      request(url, { agent, headers }, (response) => {
        const status = response.statusCode ?? 0;
        const link = response.headers.link as string | undefined;
        text(response).then((body) => resolve({ status, ms: performance.now() - startedAt, body, link }), reject);
      })
        .on('error', reject)
        .end();
    });
  };
}

async function pairs(get: Get, client: DynamoDBClient, tableName: string, wanted: number): Promise<Pair[]> {
  const reads = await readsOfLatest(client, tableName);
  const ofApi = async () => {
    const { status, ms, body } = await get('/v1/latest');
    assert.equal(status, 200, body);
    return ms;
  };
  const ofReads = async () => {
    const startedAt = performance.now();
    for (const read of reads) await read();
    return performance.now() - startedAt;
  };
  const measured: Pair[] = [];
  for (let n = -WARM_UP; n < wanted; n += 1) {
    // Neither is always the first.
    const pair: Pair = { apiMs: 0, readsMs: 0 };
    if (n % 2 === 0) pair.apiMs = await ofApi();
    pair.readsMs = await ofReads();
    if (n % 2 !== 0) pair.apiMs = await ofApi();
    if (n >= 0) measured.push(pair);
  }
  return measured;
}

/**
 * What the answer reads from the ledger, by the same reader, which checks each item; and nothing is made of it. It is known from an
 * answer that is watched.
 */
async function readsOfLatest(client: DynamoDBClient, tableName: string): Promise<(() => Promise<unknown>)[]> {
  const reader = makeReader({ client, tableName, nowMs: Date.now });
  const reads: (() => Promise<unknown>)[] = [];
  const watched: LedgerReader = {
    ...reader,
    newestRuns: (...asked) => {
      reads.push(() => reader.newestRuns(...asked));
      return reader.newestRuns(...asked);
    },
    wholeRuns: (...asked) => {
      reads.push(() => reader.wholeRuns(...asked));
      return reader.wholeRuns(...asked);
    },
  };
  let requests = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      requests += 1;
      return await next(args);
    },
    { step: 'initialize', name: 'note' },
  );
  const place = { command: 'kvs-census', options: [] };
  await readLatest({ reader: watched, censusId: ACCOUNT, description: 'the benchmark', place }, Date.now());
  client.middlewareStack.remove('note');
  assert.deepEqual({ reads: reads.length, requests }, { reads: 2, requests: 2 });
  return reads;
}

async function flood(get: Get, wanted: number, atOnce: number): Promise<Flood> {
  // A function for each of those at the same time is started before.
  await ask(get, 10 * atOnce, atOnce);
  const startedAt = performance.now();
  const replies = await ask(get, wanted, atOnce);
  const failed: Record<string, number> = {};
  for (const { status } of replies) if (status !== 200) failed[status] = (failed[status] ?? 0) + 1;
  return { ms: replies.map(({ ms }) => ms), failed, seconds: (performance.now() - startedAt) / 1000 };
}

async function ask(get: Get, wanted: number, atOnce: number): Promise<Reply[]> {
  const replies: Reply[] = [];
  let asked = 0;
  const goOn = async () => {
    while (asked < wanted) {
      asked += 1;
      replies.push(await get('/v1/latest'));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, goOn));
  return replies;
}

async function history(get: Get, wanted: number): Promise<History> {
  const seen: History = { pages: 0, runs: 0, kb: 0, slowestMs: 0 };
  let path: string | undefined = `/v1/runs?last=${wanted}`;
  while (path !== undefined) {
    const { status, body, ms, link }: Reply = await get(path);
    assert.equal(status, 200, body);
    seen.pages += 1;
    seen.runs += (JSON.parse(body) as { runs: unknown[] }).runs.length;
    seen.kb = Math.max(seen.kb, body.length / 1024);
    seen.slowestMs = Math.max(seen.slowestMs, ms);
    path = /^<([^>]+)>; rel="next"$/.exec(link ?? '')?.[1];
  }
  return seen;
}

async function main(): Promise<void> {
  const [endpoint = '', table = '', what, wanted, atOnce] = process.argv.slice(2);
  const get = makeGet(endpoint);
  const http = { connectTimeoutMs: 3000, requestTimeoutMs: 10_000 };
  const client = makeDynamoDB(http, { endpoint, region: REGION, credentials: CREDENTIALS });
  const asked = {
    pairs: () => pairs(get, client, table, Number(wanted)),
    flood: () => flood(get, Number(wanted), Number(atOnce)),
    history: () => history(get, Number(wanted)),
  }[what as 'pairs' | 'flood' | 'history'];
  process.stdout.write(JSON.stringify(await asked()));
  client.destroy();
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
