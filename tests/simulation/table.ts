/**
 * The ledger's table, in memory: it takes the very requests that src/aws makes and does with them what DynamoDB does.
 * A read that is not consistent, and every read of an index, may see the table as it was some moments ago.
 */
import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  ConditionalCheckFailedException,
  GetItemCommand,
  type GetItemCommandInput,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Invocation, Item } from '../judging/history.ts';
import { conditionOf, updateOf } from './expressions.ts';

export type TableOptions = {
  nowMs: () => number;
  /** How old what such a read sees may be, in milliseconds. Asked for each read. */
  stalenessMs?: () => number;
  /** Items per page of a query, in place of DynamoDB's one megabyte. */
  pageItems?: number;
  /** Keys of a batch that are answered; the rest is left unprocessed. Asked for each batch. */
  batchKeys?: () => number;
  /** How long after its time an item is still there, in milliseconds: DynamoDB deletes it when it comes to it. */
  ttlLagMs?: (key: string) => number;
  /** Told of every change, and who made it. */
  onWrite?: (before: Item | undefined, after: Item, by: Invocation | undefined) => void;
};

export type Table = {
  /** Does what the command says, at once. @throws ConditionalCheckFailedException */
  carryOut(command: unknown, by?: Invocation): object;
  /** The items as they are now. */
  items(): Item[];
  /** Lays an item into it behind everybody's back. */
  slip(item: Item): void;
};

/** An item through time, newest last. */
type Versions = { atMs: number; item: Item }[];

const INDEXES: Readonly<Record<string, { hash: string; range: string; keysOnly: boolean }>> = {
  byTime: { hash: 'timePk', range: 'timeSk', keysOnly: false },
  sweep: { hash: 'sweep', range: 'timeSk', keysOnly: true },
};

/** What a key condition asks for first. */
const FIRST = /^(#\w+) = (:\w+)/;

type Key = Item | undefined;
const isThere = (item: Item | undefined) => item !== undefined;
const keyOf = (item: Key) => `${item?.pk?.S} ${item?.sk?.S}`;

/** The attributes by which items are asked for. */
const HASHES = ['pk', ...Object.values(INDEXES).map(({ hash }) => hash)];

export function makeTable(options: TableOptions): Table {
  const stored = new Map<string, Versions>();
  /** The items that have, or once had, this value in one of these attributes: a query need not look at all there are. */
  const places = new Map<string, Set<Versions>>();
  const { nowMs, pageItems = Number.POSITIVE_INFINITY } = options;
  let writer: Invocation | undefined;

  const current = (key: Key): Item | undefined => alive(stored.get(keyOf(key))?.at(-1)?.item);

  function alive(item: Item | undefined): Item | undefined {
    const { expiresAt } = item ?? {};
    if (expiresAt?.N === undefined || options.ttlLagMs === undefined) return item;
    return Number(expiresAt.N) * 1000 + options.ttlLagMs(keyOf(item)) <= nowMs() ? undefined : item;
  }

  function lastBefore(versions: Versions, instantMs: number): Item | undefined {
    return alive(versions.findLast(({ atMs }) => atMs <= instantMs)?.item);
  }

  function get(key: Key, consistent: boolean | undefined): Item | undefined {
    if (consistent) return current(key);
    return lastBefore(stored.get(keyOf(key)) ?? [], nowMs() - (options.stalenessMs?.() ?? 0));
  }

  function write(before: Item | undefined, after: Item): void {
    keep(after, nowMs());
    options.onWrite?.(before, after, writer);
  }

  function keep(item: Item, atMs: number): void {
    const key = keyOf(item);
    const versions = stored.get(key) ?? [];
    versions.push({ atMs, item });
    stored.set(key, versions);
    for (const hash of HASHES) {
      const place = `${hash} ${item[hash]?.S}`;
      const those = places.get(place) ?? new Set();
      those.add(versions);
      places.set(place, those);
    }
  }

  function check(item: Item | undefined, request: PutItemCommandInput | UpdateItemCommandInput): void {
    if (request.ConditionExpression === undefined) return;
    if (conditionOf(request.ConditionExpression)(item ?? {}, aliasesOf(request))) return;
    throw new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
  }

  function put(request: PutItemCommandInput): object {
    const item = request.Item as Item;
    const before = current(item);
    check(before, request);
    write(before, item);
    return {};
  }

  function update(request: UpdateItemCommandInput): object {
    const key = request.Key as Item;
    const before = current(key);
    check(before, request);
    const after = updateOf(request.UpdateExpression ?? '')(before ?? key, aliasesOf(request));
    write(before, after);
    return request.ReturnValues === 'ALL_NEW' ? { Attributes: after } : {};
  }

  function batchGet(request: BatchGetItemCommandInput): object {
    const Responses: Record<string, Item[]> = {};
    const UnprocessedKeys: Record<string, object> = {};
    for (const [table, { Keys = [], ConsistentRead, ...rest }] of Object.entries(request.RequestItems ?? {})) {
      const answered = Math.min(Keys.length, options.batchKeys?.() ?? Keys.length);
      Responses[table] = Keys.slice(0, answered)
        .map((key) => get(key, ConsistentRead))
        .filter(isThere);
      if (answered < Keys.length) UnprocessedKeys[table] = { ...rest, ConsistentRead, Keys: Keys.slice(answered) };
    }
    return { Responses, UnprocessedKeys };
  }

  const all = (pick: (versions: Versions) => Item | undefined, of: Iterable<Versions> = stored.values()) =>
    [...of].map(pick).filter(isThere);

  /** @param hash the attribute that the request names first */
  function everything(request: QueryCommandInput, hash: string): Item[] {
    const { names, values } = aliasesOf(request);
    const [, alias = '', value = ''] = FIRST.exec(request.KeyConditionExpression ?? '') ?? [];
    if (names[alias] !== hash) throw new Error(`The query does not begin with ${hash}.`);
    const those = places.get(`${hash} ${values[value]?.S}`) ?? [];
    if (request.ConsistentRead) {
      if (request.IndexName !== undefined) throw new Error('An index has no consistent reads.');
      return all((versions) => alive(versions.at(-1)?.item), those);
    }
    const asOfMs = nowMs() - (options.stalenessMs?.() ?? 0);
    return all((versions) => lastBefore(versions, asOfMs), those);
  }

  function query(request: QueryCommandInput): object {
    const index = request.IndexName === undefined ? undefined : INDEXES[request.IndexName];
    const { hash, range, keysOnly } = index ?? { hash: 'pk', range: 'sk', keysOnly: false };
    const aliases = aliasesOf(request);
    const matches = conditionOf(request.KeyConditionExpression ?? '');
    const place = (item: Item) => `${item[range]?.S} ${keyOf(item)}`;
    const found = everything(request, hash)
      .filter((item) => item[hash] !== undefined && item[range] !== undefined && matches(item, aliases))
      .sort((a, b) => (place(a) < place(b) ? -1 : 1));
    if (request.ScanIndexForward === false) found.reverse();

    const rest = request.ExclusiveStartKey === undefined ? found : after(found, request.ExclusiveStartKey as Item);
    // What has a limit is less than the megabyte at which DynamoDB cuts a page.
    const page = rest.slice(0, request.Limit ?? pageItems);
    const last = page.length < rest.length ? page.at(-1) : undefined;
    const keep = request.FilterExpression === undefined ? () => true : conditionOf(request.FilterExpression);
    const Items = page.filter((item) => keep(item, aliases)).map((item) => (keysOnly ? keysOf(item) : item));
    return { Items, ...(last && { LastEvaluatedKey: keysOf(last) }) };

    /** By place and not by identity: the item at which the page before ended may have left the index since. */
    function after(items: Item[], key: Item): Item[] {
      const forwards = request.ScanIndexForward !== false;
      return items.filter((item) => (forwards ? place(item) > place(key) : place(item) < place(key)));
    }
    function keysOf({ pk, sk, ...attributes }: Item): Item {
      return { pk: pk!, sk: sk!, [hash]: attributes[hash] ?? pk!, [range]: attributes[range] ?? sk! };
    }
  }

  return {
    items: () => all((versions) => alive(versions.at(-1)?.item)),
    slip: (item) => keep(item, Number.NEGATIVE_INFINITY),
    carryOut(command, by) {
      writer = by;
      if (command instanceof PutItemCommand) return put(command.input);
      if (command instanceof UpdateItemCommand) return update(command.input);
      if (command instanceof GetItemCommand) return getItem(command.input);
      if (command instanceof BatchGetItemCommand) return batchGet(command.input);
      if (command instanceof QueryCommand) return query(command.input);
      throw new Error('The simulated table does not know this command.');
    },
  };

  function getItem(request: GetItemCommandInput): object {
    const item = get(request.Key as Item, request.ConsistentRead);
    return item === undefined ? {} : { Item: item };
  }
}

function aliasesOf(request: {
  ExpressionAttributeNames?: Record<string, string> | undefined;
  ExpressionAttributeValues?: unknown;
}) {
  return {
    names: request.ExpressionAttributeNames ?? {},
    values: (request.ExpressionAttributeValues ?? {}) as Item,
  };
}
