/**
 * Fills a ledger folder with a history in seconds: it writes dynalite's own keys straight into its LevelDB, the way
 * dynalite does, where BatchWriteItem would take minutes for a long one.
 *
 *     node tests/cli/ledger-folder.ts FOLDER [RUNS | story]
 */
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ClassicLevel } from 'classic-level';
import dynalite from 'dynalite';
import db from 'dynalite/db/index.js';
import { recordItem, runItem } from '../../src/aws/items.ts';
import { story } from '../fixtures/story.ts';
import { history, type Past } from './history.ts';

/** As infra/storage.yml has it. */
export const TABLE_SHAPE = {
  BillingMode: 'PAY_PER_REQUEST' as const,
  AttributeDefinitions: ['pk', 'sk', 'timePk', 'timeSk', 'sweep'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S' as const,
  })),
  KeySchema: keys('pk', 'sk'),
  GlobalSecondaryIndexes: [
    { IndexName: 'byTime', KeySchema: keys('timePk', 'timeSk'), Projection: { ProjectionType: 'ALL' as const } },
    {
      IndexName: 'sweep',
      KeySchema: keys('sweep', 'timeSk'),
      Projection: { ProjectionType: 'KEYS_ONLY' as const },
    },
  ],
};

function keys(hash: string, range: string) {
  return [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
}

export async function fillFolder(folder: string, tableName: string, past: Iterable<Past>): Promise<void> {
  await createTableIn(folder, tableName);
  const level = new ClassicLevel<string, unknown>(folder, { valueEncoding: 'json' });
  await level.open();
  const description = (await level.get(`table~${tableName}`)) as Parameters<typeof db.createKey>[1];
  let batch: { type: 'put'; key: string; value: unknown }[] = [];
  for (const { run, records } of past) {
    for (const item of [runItem(run), ...records.map((record) => recordItem(record, run))]) {
      batch.push({ type: 'put', key: `item-${tableName}~${db.createKey(item, description)}`, value: item });
      for (const put of db.getIndexActions(description.GlobalSecondaryIndexes, null, item, description).puts) {
        batch.push({ type: 'put', key: `index-global~${tableName}~${put.index}~${put.key}`, value: put.item });
      }
    }
    if (batch.length > 5_000) {
      await level.batch(batch);
      batch = [];
    }
  }
  await level.batch(batch);
  await level.close();
}

/** A table that can be written to. */
export async function createTable(client: DynamoDBClient, tableName: string): Promise<void> {
  await client.send(new CreateTableCommand({ TableName: tableName, ...TABLE_SHAPE }));
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    if (Table?.TableStatus === 'ACTIVE') return;
  }
}

async function createTableIn(folder: string, tableName: string): Promise<void> {
  const server = dynalite({ path: folder, createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await createTable(client, tableName);
  client.destroy();
  server.closeAllConnections();
  await new Promise<void>((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
}

const [, script, folder, what = '10000'] = process.argv;
if (folder !== undefined && script !== undefined && import.meta.url === pathToFileURL(script).href) {
  const past = what === 'story' ? story() : history({ runs: Number(what), censusId: '000000000000' });
  void fillFolder(folder, 'kvs-census-dev', past);
}
