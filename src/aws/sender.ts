/** How the ledger's requests are sent. */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  type PutItemCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Run } from '../census/run.ts';
import type { Table } from './expressions.ts';
import type { Item } from './items.ts';
import { isExpired, readRun } from './read-items.ts';

export type LedgerOptions = Table & {
  client: DynamoDBClient;
  /** Milliseconds since 1970; decides which items have expired. */
  nowMs: () => number;
};

export type Sender = ReturnType<typeof makeSender>;

/** Sends requests of one table, and reads what a refused condition and an expired item mean. */
export function makeSender({ client, nowMs, ...table }: LedgerOptions) {
  const put = (request: PutItemCommandInput) => unlessRefused(client.send(new PutItemCommand(request)));
  const update = (request: UpdateItemCommandInput) => unlessRefused(client.send(new UpdateItemCommand(request)));
  return {
    client,
    table,
    put,
    update,
    async updateRun(request: UpdateItemCommandInput): Promise<Run | undefined> {
      const run = (await update(request))?.Attributes;
      return run && readRun(run);
    },
    isThere: (item: Item) => !isExpired(item, nowMs()),
  };
}

/** Nothing, if the condition did not hold; other errors are thrown. */
async function unlessRefused<Answer>(sent: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await sent;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
