/** What DynamoDB knows of the ledger's table itself; what is in it is read by src/aws/reader.ts. */
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import type { Asked, TableFacts } from '../../answers/health/facts.ts';
import { type Ask, orNull } from './ask.ts';

export async function readTable(
  client: DynamoDBClient,
  ask: Ask,
  TableName: string,
): Promise<Asked<TableFacts | null>> {
  return await ask('dynamodb:DescribeTable', async (abortSignal) => {
    const found = await orNull(client.send(new DescribeTableCommand({ TableName }), { abortSignal }));
    return found && tableOf(found.Table ?? {});
  });
}

/** The attribute by which items expire; `null`: none do. */
export async function readExpiry(client: DynamoDBClient, ask: Ask, TableName: string): Promise<Asked<string | null>> {
  return await ask('dynamodb:DescribeTimeToLive', async (abortSignal) => {
    const found = await orNull(client.send(new DescribeTimeToLiveCommand({ TableName }), { abortSignal }));
    const { TimeToLiveStatus = '', AttributeName = null } = found?.TimeToLiveDescription ?? {};
    return TimeToLiveStatus.startsWith('ENABL') ? AttributeName : null;
  });
}

export async function readIsRecoverable(client: DynamoDBClient, ask: Ask, TableName: string): Promise<Asked<boolean>> {
  return await ask('dynamodb:DescribeContinuousBackups', async (abortSignal) => {
    const found = await client
      .send(new DescribeContinuousBackupsCommand({ TableName }), { abortSignal })
      .catch((error: Error) => {
        if (error.name === 'TableNotFoundException') return undefined;
        throw error;
      });
    const { PointInTimeRecoveryDescription } = found?.ContinuousBackupsDescription ?? {};
    return PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED';
  });
}

function tableOf({ TableStatus, AttributeDefinitions = [], KeySchema, ...table }: TableDescription): TableFacts {
  const types = AttributeDefinitions.map(({ AttributeName = '', AttributeType = '' }) => [
    AttributeName,
    AttributeType,
  ]);
  return {
    status: TableStatus ?? '',
    types: Object.fromEntries(types),
    keys: keysOf(KeySchema),
    indexes: (table.GlobalSecondaryIndexes ?? []).map((index) => ({
      name: index.IndexName ?? '',
      keys: keysOf(index.KeySchema),
      projection: index.Projection?.ProjectionType ?? '',
      status: index.IndexStatus ?? '',
    })),
  };
}

/** The partition key first, whatever the order of the answer. */
function keysOf(schema: KeySchemaElement[] = []): string[] {
  const byRole = [...schema].sort((a) => (a.KeyType === 'HASH' ? -1 : 1));
  return byRole.map(({ AttributeName = '' }) => AttributeName);
}
