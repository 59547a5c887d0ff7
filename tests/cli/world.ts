/** What tests of the command need: a ledger that counts its requests, and an Io that remembers what was said. */
import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchWriteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { type Item, recordItem, regionSk, runItem, runPk } from '../../src/aws/items.ts';
import { accountRecordItem, organizationItem, planItems } from '../../src/aws/organization-items.ts';
import { makeReader } from '../../src/aws/reader.ts';
import type { RunKey } from '../../src/census/run.ts';
import type { Io } from '../../src/cli/io.ts';
import { run } from '../../src/cli/program.ts';
import { noteAccount } from '../../src/cli/source/account.ts';
import { makeStackNote } from '../../src/cli/source/stack-note.ts';
import { openTables } from '../../src/local/table.ts';
import type { OrganizationPast } from '../fixtures/organization.ts';
import { ACCOUNT, type Past } from './history.ts';
import { createTable } from './ledger-folder.ts';

export const TABLE = 'kvs-census-dev';
/** The moment at which tests read. */
export const NOW_MS = Date.parse('2026-11-20T08:00:00Z');

const cleanups: (() => unknown)[] = [];

/** For afterEach or afterAll. */
export async function cleanUp(): Promise<void> {
  for (const clean of cleanups.splice(0).reverse()) await clean();
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kvs-census-cli-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const DEVICES = { null: '3', full: '7' } as const;

/**
 * A device of one's own: a command that replaced what it should write to, and ran as root, would take the machine's.
 * Whoever may not make one, or write to one here, may not replace those of the machine either, and gets a link.
 */
export function makeDevice(name: keyof typeof DEVICES): string {
  const path = join(temporaryFolder(), name);
  spawnSync('mknod', [path, 'c', '1', DEVICES[name]]);
  try {
    closeSync(openSync(path, constants.O_WRONLY));
  } catch {
    rmSync(path, { force: true });
    symlinkSync(`/dev/${name}`, path);
  }
  return path;
}

export type TestLedger = Awaited<ReturnType<typeof startLedger>>;

/** A real table in memory, behind a server that remembers which operations were asked for. */
export async function startLedger() {
  const tables = await openTables();
  const requests: string[] = [];
  const folder = temporaryFolder();
  const note = makeStackNote(join(folder, '.kvs-census'), process.pid);
  const server = createServer((request, response) => {
    if (note.answer(request, response)) return;
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      requests.push(String(request.headers['x-amz-target']).split('.')[1] ?? '');
      tables.handle(request, Buffer.concat(parts), response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  note.leave(url);
  const client = makeClient(url);
  await createTable(client, TABLE);
  requests.length = 0;
  cleanups.push(async () => {
    client.destroy();
    server.close();
    server.closeAllConnections();
    await tables.close();
  });
  return {
    url,
    client,
    requests,
    reader: makeReader({ client, tableName: TABLE, nowMs: () => NOW_MS }),
    fill: async (past: Iterable<Past>) => await fill(client, past),
    fillOrganization: async (past: Iterable<OrganizationPast>) => await fillOrganization(client, past),
    /** Changes an item by hand, as no function would. */
    damage: async (
      key: RunKey & { region?: string },
      set: Pick<UpdateItemCommandInput, 'UpdateExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'>,
    ) => {
      const sk = key.region === undefined ? 'RUN' : regionSk(key.region);
      await client.send(
        new UpdateItemCommand({ TableName: TABLE, Key: { pk: { S: runPk(key) }, sk: { S: sk } }, ...set }),
      );
    },
    put: async (item: Item) => void (await client.send(new PutItemCommand({ TableName: TABLE, Item: item }))),
    /** Runs a command line as if a local stack with this ledger were up; the account is that of the histories. */
    command: async (line: string, io: TestIo = makeIo(folder)) => {
      io.exitCode = 0;
      const code = await run([...line.split(' '), '--local', '--account', ACCOUNT], io);
      return { code, out: io.out(), err: io.err(), requests };
    },
    /** The same, where nobody says whose runs are asked for. */
    ask: async (line: string, io: TestIo = makeIo(folder)) => {
      noteAccount(folder, ACCOUNT);
      io.exitCode = 0;
      const code = await run([...line.split(' '), '--local'], io);
      return { code, out: io.out(), err: io.err() };
    },
    /** A folder in which `--local` finds this ledger. */
    folder: () => folder,
  };
}

export function makeClient(url: string): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

/** DynamoDB's limit for one request. */
const BATCH = 25;

export async function fill(client: DynamoDBClient, past: Iterable<Past>): Promise<void> {
  await putAll(client, [...past].flatMap(itemsOf));
}

export async function fillOrganization(client: DynamoDBClient, past: Iterable<OrganizationPast>): Promise<void> {
  await putAll(client, [...past].flatMap(organizationItemsOf));
}

const itemsOf = ({ run: one, records }: Past): Item[] => [
  runItem(one),
  ...records.map((record) => recordItem(record, one)),
];

/** With the runs of its accounts. */
const organizationItemsOf = ({ run: one, records, accounts }: OrganizationPast): Item[] => [
  organizationItem(one),
  ...planItems(one),
  ...records.map((record) => accountRecordItem(record, one)),
  ...accounts.flatMap(itemsOf),
];

async function putAll(client: DynamoDBClient, items: readonly Item[]): Promise<void> {
  for (let start = 0; start < items.length; start += BATCH) {
    const puts = items.slice(start, start + BATCH).map((Item) => ({ PutRequest: { Item } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [TABLE]: puts } }));
  }
}

type TestIo = Io & { out(): string; err(): string };

export function makeIo(folder: string, overrides: Partial<Io> = {}): TestIo {
  const out: string[] = [];
  const err: string[] = [];
  return {
    write: async (text) => void out.push(text),
    warn: (sentence) => void err.push(`${sentence}\n`),
    lost: () => undefined,
    isTerminal: false,
    redraws: false,
    colour: false,
    width: 160,
    startedAs: 'kvs-census',
    folder,
    nowMs: () => NOW_MS,
    sleep: async () => {},
    interrupted: () => new AbortController().signal,
    exitCode: 0,
    ...overrides,
    out: () => out.join(''),
    err: () => err.join(''),
  };
}
