/**
 * DynamoDB, by dynalite, in this process, with its data in a folder or in memory. Tables that the template has and the
 * data has not are created.
 *
 * On purpose not emulated: time to live, backups, encryption, deletion protection (dynalite would drop them silently, so
 * they are not even sent), streams, transactions, capacity, rights.
 */

import { once } from 'node:events';
import { accessSync, constants, existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { ClassicLevel } from 'classic-level';
import dynalite from 'dynalite';
import { causeOf, isLocked, type Release, waitForLock } from './lock.ts';
import type { Place } from './resource-types.ts';
import { ofType, type Resource, type Template } from './template.ts';

type Tables = {
  /** Answers a request, whose body was read before. */
  handle(request: IncomingMessage, body: Buffer, response: ServerResponse): void;
  /** Through the front door, so it must be open. */
  create(template: Template, place: Place): Promise<void>;
  /** Writes everything down and lets go of the folder. */
  close(): Promise<void>;
};

type TableResource = Resource<'AWS::DynamoDB::Table'>;

type TableOptions = {
  /** Forgets what the folder holds. */
  readonly fresh?: boolean;
};

/** A command that reads a ledger holds its folder for a moment only. */
const FOLDER_WAIT_MS = 5000;

/** @throws one sentence when the folder is in use, unreadable or broken; then nothing in it has changed */
export async function openTables(folder?: string, options: TableOptions = {}): Promise<Tables> {
  if (folder === undefined) return openServer();
  const release = await claim(folder);
  try {
    if (options.fresh) await empty(folder);
    await refuseBadFolder(folder);
    const tables = openServer(folder);
    return { ...tables, close: () => tables.close().finally(release) };
  } catch (error) {
    await release();
    throw error;
  }
}

function openServer(folder?: string): Tables {
  const server = dynalite({ createTableMs: 0, ...(folder !== undefined && { path: folder }) });
  return {
    handle: (request, body, response) => {
      // dynalite throws out of the process when a client goes away in the middle of a request, so it gets a copy.
      const { method, url, headers } = request;
      const copy = Object.assign(Readable.from(body.length > 0 ? [body] : []), { method, url, headers });
      server.emit('request', copy, response);
    },
    create: async (template, place) => {
      const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
      const client = new DynamoDBClient({ endpoint: place.endpoint, region: place.region, credentials });
      try {
        for (const table of ofType(template, 'AWS::DynamoDB::Table')) await createIfAbsent(client, table, folder);
      } finally {
        client.destroy();
      }
    },
    close: async () => {
      // Only a server that listens closes its data; until now requests came through the front door alone.
      // Whoever happens to find the port in this moment reaches nothing.
      server.removeAllListeners('request').on('connection', (socket) => socket.destroy());
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      await new Promise<void>((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
    },
  };
}

/**
 * The folder has a lock of its own, but it is let go in between, because the folder is opened twice (once to see whether it
 * is sound, then for good) and emptied before. Whoever came in between would end this process with a stack trace.
 */
async function claim(folder: string): Promise<Release> {
  const release = await waitForLock(path.join(folder, 'lock'), { waitMs: FOLDER_WAIT_MS }).catch((error: Error) => {
    throw folderError(folder, error.cause);
  });
  if (release === undefined) throw new Error(inUse(folder));
  return release;
}

/** Removes what LevelDB made, and nothing else that may lie there. */
async function empty(folder: string): Promise<void> {
  try {
    await ClassicLevel.destroy(folder);
  } catch (cause) {
    throw folderError(folder, cause);
  }
}

/** A folder that is locked or broken would crash dynalite and the process with it, so it is opened once before. */
async function refuseBadFolder(folder: string): Promise<void> {
  const level = new ClassicLevel(folder);
  try {
    await level.open();
    await level.close();
  } catch (cause) {
    throw folderError(folder, cause);
  }
}

/** What the system may refuse, as LevelDB says it ("IO error: FILE: No space left on device") and as Node does. */
const REFUSALS: readonly [text: string, codes: readonly string[], why: string][] = [
  ['No space left on device', ['ENOSPC'], 'there is no space left on its disk'],
  ['Disk quota exceeded', ['EDQUOT'], 'your share of its disk is used up'],
  ['Read-only file system', ['EROFS'], 'its file system is read-only'],
  ['Permission denied', ['EACCES', 'EPERM'], 'you may not write there'],
  ['Too many open files', ['EMFILE', 'ENFILE'], 'no more files may be opened (`ulimit -n` shows and raises the limit)'],
  ['Not a directory', ['ENOTDIR', 'EEXIST'], 'a file stands where a folder should be'],
  ['File name too long', ['ENAMETOOLONG'], 'its name is too long'],
  ['Input/output error', ['EIO'], 'its disk failed'],
];

/** What is in the folder is somebody's history: whatever is wrong, nobody is told to delete it. */
function complaint(folder: string, code: string | undefined, message: string): string {
  const reason = code === 'ENOENT' ? writingRefused(folder) : code;
  const refusal = REFUSALS.find(([text, codes]) => message.endsWith(`: ${text}`) || codes.includes(reason ?? ''));
  if (refusal !== undefined) {
    const [, [first], why] = refusal;
    return `cannot be opened, because ${why} (${first}); mend that, or start in another folder.`;
  }
  if (code?.startsWith('LEVEL_'))
    return `is damaged (${code}): move it away to start with an empty ledger, and keep it for whoever can mend it.`;
  return `cannot be opened (${message}).`;
}

/** Node says that a parent is not there where it may not be made; the nearest one that is there knows why. */
function writingRefused(folder: string): string | undefined {
  let parent = folder;
  while (!existsSync(parent)) parent = path.dirname(parent);
  try {
    accessSync(parent, constants.W_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

function folderError(folder: string, cause: unknown): Error {
  const { code, message } = causeOf(cause);
  if (isLocked(cause)) return new Error(inUse(folder), { cause });
  return new Error(`The ledger folder ${folder} ${complaint(folder, code, message)}`, { cause });
}

function inUse(folder: string): string {
  return `The ledger folder ${folder} is in use by another process; stop that one first, or choose another folder.`;
}

async function createIfAbsent(client: DynamoDBClient, table: TableResource, folder?: string): Promise<void> {
  const existing = await describe(client, table.name);
  if (!existing) await client.send(new CreateTableCommand(createInput(table)));
  else if (shapeOf(existing) !== shapeOf(createInput(table))) {
    throw new Error(
      `The ledger folder ${folder} holds a table ${table.name} with other keys or indexes than the template's; ` +
        'move it away to start with an empty ledger.',
    );
  }
  while ((await describe(client, table.name))?.TableStatus !== 'ACTIVE') await wait(5);
}

async function describe(client: DynamoDBClient, name: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table;
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** What of the template DynamoDB is asked for. Capacity is nothing here, so every table is on demand. */
function createInput({ name, properties }: TableResource) {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST' as const,
    AttributeDefinitions: properties.AttributeDefinitions,
    KeySchema: properties.KeySchema,
    ...(properties.GlobalSecondaryIndexes.length > 0 && {
      GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }) => ({
        IndexName,
        KeySchema,
        Projection: {
          ProjectionType: Projection.ProjectionType,
          ...(Projection.NonKeyAttributes && { NonKeyAttributes: Projection.NonKeyAttributes }),
        },
      })),
    }),
  };
}

/** What cannot differ between two tables that hold the same data the same way. */
function shapeOf(table: Pick<TableDescription, 'KeySchema' | 'GlobalSecondaryIndexes'>): string {
  const indexes = (table.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema, Projection }) => [
    IndexName,
    keysOf(KeySchema),
    Projection?.ProjectionType,
    [...(Projection?.NonKeyAttributes ?? [])].sort(),
  ]);
  return JSON.stringify([keysOf(table.KeySchema), indexes.sort()]);
}

function keysOf(schema: TableDescription['KeySchema'] = []): string[] {
  return schema.map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}`);
}
