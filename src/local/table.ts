/**
 * DynamoDB, by dynalite, in this process, with its data in a folder or in memory. Tables that the template has and the
 * data has not are created.
 *
 * On purpose not emulated: time to live, backups, encryption, deletion protection (dynalite would drop them silently, so
 * they are not even sent), streams, transactions, capacity, rights.
 */

import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
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
import type { Place } from './resource-types.ts';
import { ofType, type Resource, type Template } from './template.ts';

export type Tables = {
  /** Answers a request, whose body was read before. */
  handle(request: IncomingMessage, body: Buffer, response: ServerResponse): void;
  /** Through the front door, so it must be open. */
  create(template: Template, place: Place): Promise<void>;
  /** Writes everything down and lets go of the folder. */
  close(): Promise<void>;
};

type TableResource = Resource<'AWS::DynamoDB::Table'>;

/** @throws one sentence when the folder is in use, unreadable or broken */
export async function openTables(folder?: string): Promise<Tables> {
  if (folder !== undefined) await refuseBadFolder(folder);
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
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      await new Promise<void>((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
    },
  };
}

/** A folder that is locked or broken would crash dynalite and the process with it, so it is opened once before. */
async function refuseBadFolder(folder: string): Promise<void> {
  const level = new ClassicLevel(folder);
  try {
    await level.open();
    await level.close();
  } catch (cause) {
    const { code, message } = ((cause as Error).cause ?? cause) as { code?: string; message: string };
    if (code === 'LEVEL_LOCKED') {
      throw new Error(
        `The ledger folder ${folder} is in use by another process; stop that one first, or choose another folder.`,
        { cause },
      );
    }
    throw new Error(
      `The ledger folder ${folder} cannot be opened (${code ?? message}); move it away or delete it to start with an empty ledger.`,
      { cause },
    );
  }
}

async function createIfAbsent(client: DynamoDBClient, table: TableResource, folder?: string): Promise<void> {
  const existing = await describe(client, table.name);
  if (!existing) await client.send(new CreateTableCommand(createInput(table)));
  else if (shapeOf(existing) !== shapeOf(createInput(table))) {
    throw new Error(
      `The ledger folder ${folder} holds a table ${table.name} with other keys or indexes than the template's; ` +
        'move it away or delete it to start with an empty ledger.',
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
