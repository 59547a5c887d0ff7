/** Everything that a request asks the table for, which one answer need not hold. */
import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { GaveUpError } from '../census/errors.ts';
import type { Item } from './items.ts';

/** Page by page, as they are asked for. The SDK's own `paginateQuery` would make every function's bundle larger. */
export async function* queryAll(client: DynamoDBClient, request: QueryCommandInput): AsyncGenerator<Item[]> {
  let { ExclusiveStartKey } = request;
  do {
    const answer: QueryCommandOutput = await client.send(new QueryCommand({ ...request, ExclusiveStartKey }));
    yield answer.Items ?? [];
    ExclusiveStartKey = answer.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
}

/** How often an answer that left keys unread is asked again. */
const BATCH_READS = 5;

/**
 * Of one table. @param isWanted the others are done without if the first answer leaves them unread
 * @throws Error if keys are left unread again and again: the SDK does not ask for them by itself
 */
export async function getAll(
  client: DynamoDBClient,
  request: BatchGetItemCommandInput,
  isWanted: (key: Item) => boolean = () => true,
): Promise<Item[]> {
  const found: Item[] = [];
  let { RequestItems } = request;
  for (let read = 0; read < BATCH_READS; read++) {
    const answer = await client.send(new BatchGetItemCommand({ RequestItems }));
    found.push(...Object.values(answer.Responses ?? {}).flat());
    RequestItems = onlyWanted(answer.UnprocessedKeys ?? {}, isWanted);
    if (Object.keys(RequestItems).length === 0) return found;
  }
  throw new GaveUpError(`The ledger left keys unread ${BATCH_READS} times; try again later.`);
}

type Unread = NonNullable<BatchGetItemCommandInput['RequestItems']>;

function onlyWanted(unread: Unread, isWanted: (key: Item) => boolean): Unread {
  const tables = Object.entries(unread).map(([table, { Keys = [], ...rest }]) => ({
    [table]: { ...rest, Keys: Keys.filter(isWanted) },
  }));
  return Object.assign({}, ...tables.filter((each) => Object.values(each).some(({ Keys }) => Keys.length > 0)));
}
