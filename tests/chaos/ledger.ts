/**
 * The only way to the ledger: writes one after the other, and after each that was carried out reads the item back,
 * straight from the stack. So every version of every item is seen, in the order in which they were.
 */
import { type DynamoDBClient, GetItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import type { Item } from '../judging/history.ts';
import { canonical } from '../judging/story.ts';
import type { Answer } from './answer.ts';
import { type Call, jsonOf } from './call.ts';
import type { Forward } from './proxy.ts';

export type WatchedLedger = {
  carryOut(call: Call): Promise<Answer>;
  /** Every item as it was after the last write. */
  items(): Item[];
  /** Resolves once no write is under way. */
  idle(): Promise<void>;
  /** A sentence for each item that is not as it was seen to be written. */
  unseen(): Promise<string[]>;
};

type LedgerOptions = {
  forward: Forward;
  /** Straight to the stack. */
  client: DynamoDBClient;
  tableName: string;
  onWrite(before: Item | undefined, after: Item): void;
};

const READS = ['GetItem', 'BatchGetItem', 'Query'];

export function watchLedger({ forward, client, tableName, onWrite }: LedgerOptions): WatchedLedger {
  const items = new Map<string, Item>();
  let turn: Promise<unknown> = Promise.resolve();

  async function write(call: Call): Promise<Answer> {
    const { Key, Item: put } = jsonOf<{ Key?: Item; Item?: Item }>(call);
    const { pk, sk } = (Key ?? put)!;
    const answer = await forward(call);
    if (answer.status !== 200) return answer;
    const read = await client.send(
      new GetItemCommand({ TableName: tableName, Key: { pk: pk!, sk: sk! }, ConsistentRead: true }),
    );
    const name = nameOf({ pk: pk!, sk: sk! });
    const before = items.get(name);
    const after = unchanged(before, read.Item!);
    items.set(name, after);
    onWrite(before, after);
    return answer;
  }

  return {
    carryOut(call) {
      if (READS.includes(call.operation)) return forward(call);
      if (!['PutItem', 'UpdateItem'].includes(call.operation)) {
        throw new Error(`The ledger is written with ${call.operation}, which chaos does not follow.`);
      }
      const written = turn.then(() => write(call));
      turn = written.catch(() => {});
      return written;
    },
    idle: async () => void (await turn),
    items: () => [...items.values()],
    async unseen() {
      const strangers = [];
      for await (const { Items = [] } of paginateScan({ client }, { TableName: tableName, ConsistentRead: true })) {
        for (const item of Items) {
          const name = nameOf(item);
          if (canonical(items.get(name)) !== canonical(item))
            strangers.push(`${name} was written behind chaos's back.`);
        }
      }
      return strangers;
    },
  };
}

const nameOf = ({ pk, sk }: Item) => `${pk?.S} ${sk?.S}`;

/** An attribute that is as it was stays the same object, so that a change can be told from none. */
function unchanged(before: Item | undefined, after: Item): Item {
  return Object.fromEntries(
    Object.entries(after).map(([name, value]) => {
      const old = before?.[name];
      return [name, old !== undefined && canonical(old) === canonical(value) ? old : value];
    }),
  );
}
