/**
 * What each verb of the ledger asks DynamoDB, and what it makes of the answers: the SDK's client over HTTP. What the
 * requests say: tests/aws/ledger-requests.test.ts. What they do to a table: tests/contract/ledger.test.ts.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as items from '../../src/aws/items.ts';
import { makeLedger } from '../../src/aws/ledger.ts';
import * as requests from '../../src/aws/ledger-requests.ts';
import type { Ledger } from '../../src/census/ports.ts';
import { aRun, aTotal, counted, EXPIRES_AT, failed, KEY, MEMORY } from '../census/examples.ts';
import { type Answer, json, refusal, type Service, startService } from './service.ts';

const TABLE = { tableName: 'ledger' };
const SETTLED_AT = '2026-11-20T06:00:10.000Z';
const DEADLINE_AT = '2026-11-20T09:00:00.000Z';
const RUN = aRun(['eu-west-1', 'us-east-1']);
const RECORD = counted('eu-west-1', 7);
const PREVIOUS = '2026-11-20T05:00:00Z';
const FAILED = failed('us-east-1');
const RUN_ITEM = items.runItem(RUN);
const RECORD_ITEM = items.recordItem(RECORD, RUN);
const FAILED_ITEM = items.recordItem(FAILED, RUN);
const MEMORY_ITEM = items.memoryItem(KEY.censusId, MEMORY);
const TOTAL = aTotal({ streams: 7 });

let service: Service;
let client: DynamoDBClient;
let ledger: Ledger;
const ledgerAt = (nowMs: number) => makeLedger({ client, ...TABLE, nowMs: () => nowMs });
beforeAll(async () => {
  service = await startService();
  client = new DynamoDBClient({ ...service.options, maxAttempts: 1 });
  ledger = ledgerAt(EXPIRES_AT * 1000 - 1);
});
afterAll(async () => {
  client.destroy();
  await service.close();
});

const operations = () => service.asked.map(({ headers }) => String(headers['x-amz-target']).split('.')[1]);
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

async function all<T>(from: AsyncIterable<T>): Promise<T[]> {
  const found = [];
  for await (const one of from) found.push(one);
  return found;
}

type Case = {
  operation: string;
  request: object;
  ask: (on: Ledger) => Promise<unknown>;
  answer?: object;
  result: unknown;
  /** What comes of a condition that does not hold; absent: there is none. */
  refused?: unknown;
};

const CASES: Record<keyof Ledger, Case> = {
  openRun: {
    operation: 'PutItem',
    request: requests.openRunRequest(RUN, TABLE),
    ask: (on) => on.openRun(RUN),
    result: 'opened',
    refused: 'exists',
  },
  readRunAndMemory: {
    operation: 'BatchGetItem',
    request: requests.readRunAndMemoryRequest(KEY, TABLE),
    ask: (on) => on.readRunAndMemory(KEY),
    answer: { Responses: { ledger: [MEMORY_ITEM, RUN_ITEM] }, UnprocessedKeys: {} },
    result: { run: RUN, memory: MEMORY },
  },
  writeMemory: {
    operation: 'PutItem',
    request: requests.writeMemoryRequest(KEY.censusId, MEMORY, TABLE),
    ask: (on) => on.writeMemory(KEY.censusId, MEMORY),
    result: undefined,
    refused: undefined,
  },
  lastCount: {
    operation: 'Query',
    request: requests.lastKnownRequest(KEY.censusId, 'eu-west-1', KEY.runId, TABLE),
    ask: (on) => on.lastCount(KEY.censusId, 'eu-west-1', KEY.runId),
    answer: { Items: [RECORD_ITEM] },
    result: { runId: KEY.runId, streams: 7, countedAt: RECORD.endedAt },
  },
  readRun: {
    operation: 'GetItem',
    request: requests.readRunRequest(KEY, TABLE),
    ask: (on) => on.readRun(KEY),
    answer: { Item: RUN_ITEM },
    result: RUN,
  },
  readRunAndRecord: {
    operation: 'BatchGetItem',
    request: requests.readRunAndRecordRequest(KEY, 'eu-west-1', TABLE),
    ask: (on) => on.readRunAndRecord(KEY, 'eu-west-1'),
    answer: { Responses: { ledger: [RECORD_ITEM, RUN_ITEM] }, UnprocessedKeys: {} },
    result: { run: RUN, record: RECORD },
  },
  readRecords: {
    operation: 'Query',
    request: requests.readRecordsRequest(KEY, TABLE),
    ask: (on) => on.readRecords(KEY),
    answer: { Items: [RECORD_ITEM, FAILED_ITEM] },
    result: [RECORD, FAILED],
  },
  markDispatched: {
    operation: 'UpdateItem',
    request: requests.markDispatchedRequest(KEY, 1, TABLE),
    ask: (on) => on.markDispatched(KEY, 1),
    result: undefined,
    refused: undefined,
  },
  writeRecord: {
    operation: 'PutItem',
    request: requests.writeRecordRequest(RECORD, RUN, TABLE),
    ask: (on) => on.writeRecord(RECORD, RUN),
    result: 'written',
    refused: 'refused',
  },
  strike: {
    operation: 'UpdateItem',
    request: requests.strikeRequest(RECORD, TABLE),
    ask: (on) => on.strike(RECORD),
    answer: { Attributes: RUN_ITEM },
    result: RUN,
    refused: undefined,
  },
  storeTotal: {
    operation: 'UpdateItem',
    request: requests.storeTotalRequest(KEY, TOTAL, 4, SETTLED_AT, TABLE),
    ask: (on) => on.storeTotal(KEY, TOTAL, 4, SETTLED_AT),
    result: { ...TOTAL, rev: 5, settledAt: SETTLED_AT },
    refused: 'refused',
  },
  markAnnounced: {
    operation: 'UpdateItem',
    request: requests.markAnnouncedRequest(KEY, 5, TABLE),
    ask: (on) => on.markAnnounced(KEY, 5),
    result: undefined,
    refused: undefined,
  },
  markSettled: {
    operation: 'UpdateItem',
    request: requests.markSettledRequest(KEY, 5, 'keep', TABLE),
    ask: (on) => on.markSettled(KEY, 5, 'keep'),
    result: 'settled',
    refused: 'refused',
  },
  runsForSweep: {
    operation: 'Query',
    request: requests.runsForSweepRequest('OPEN', KEY, TABLE),
    ask: (on) => all(on.runsForSweep('OPEN', KEY)),
    answer: { Items: [{ pk: RUN_ITEM.pk, sk: RUN_ITEM.sk }, { pk: { S: 'SWEEP' } }] },
    result: [KEY],
  },
  readSweepPlace: {
    operation: 'GetItem',
    request: requests.readSweepPlaceRequest('OPEN', TABLE),
    ask: (on) => on.readSweepPlace('OPEN'),
    answer: { Item: { place: { M: { censusId: { S: KEY.censusId }, runId: { S: KEY.runId } } } } },
    result: KEY,
  },
  writeSweepPlace: {
    operation: 'UpdateItem',
    request: requests.writeSweepPlaceRequest('OPEN', KEY, TABLE),
    ask: (on) => on.writeSweepPlace('OPEN', KEY),
    result: undefined,
  },
  lastKnown: {
    operation: 'Query',
    request: requests.lastKnownRequest(KEY.censusId, 'eu-west-1', KEY.runId, TABLE),
    ask: (on) => on.lastKnown(KEY.censusId, 'eu-west-1', KEY.runId),
    answer: { Items: [RECORD_ITEM] },
    result: { runId: KEY.runId, streams: 7, countedAt: RECORD.endedAt },
  },
  earlierRuns: {
    operation: 'Query',
    request: requests.earlierRunsRequest({ ...KEY, runId: '2026-11-21T06:00:00Z' }, TABLE),
    ask: (on) => on.earlierRuns({ ...KEY, runId: '2026-11-21T06:00:00Z' }),
    answer: { Items: [RUN_ITEM] },
    result: [RUN],
  },
  openRound: {
    operation: 'UpdateItem',
    request: requests.openRoundRequest(KEY, new Set(['us-east-1']), 1, DEADLINE_AT, TABLE),
    ask: (on) => on.openRound(KEY, ['us-east-1'], 1, DEADLINE_AT),
    answer: { Attributes: RUN_ITEM },
    result: RUN,
    refused: undefined,
  },
  bringDeadlineForward: {
    operation: 'UpdateItem',
    request: requests.bringDeadlineForwardRequest(KEY, DEADLINE_AT, TABLE),
    ask: (on) => on.bringDeadlineForward(KEY, DEADLINE_AT),
    result: undefined,
    refused: undefined,
  },
};

describe.each(Object.entries(CASES))('%s', (_verb, { operation, request, ask, answer = {}, result, ...more }) => {
  test('is one request, and gives what the answer says', async () => {
    service.answer(json(answer));
    await expect(ask(ledger)).resolves.toStrictEqual(result);
    expect(operations()).toEqual([operation]);
    expect(service.bodies()).toEqual([plain(request)]);
  });

  test('is an error where DynamoDB gives one', async () => {
    service.answer(refusal(400, 'ProvisionedThroughputExceededException'));
    await expect(ask(ledger)).rejects.toThrow('This is ProvisionedThroughputExceededException.');
  });

  if ('refused' in more) {
    test('is no error where its condition does not hold', async () => {
      // Where it matters, it is asked whether a newer release was there before.
      service.answer(refusal(400, 'ConditionalCheckFailedException'), json({ Responses: {}, UnprocessedKeys: {} }));
      await expect(ask(ledger)).resolves.toStrictEqual(more.refused);
    });
  }
});

describe('What is not there', () => {
  test.each<[keyof Ledger, object, unknown]>([
    ['readRun', {}, undefined],
    ['readRunAndMemory', { Responses: { ledger: [] } }, {}],
    ['readRunAndMemory', { Responses: { ledger: [MEMORY_ITEM] } }, { memory: MEMORY }],
    ['readRunAndMemory', { Responses: { ledger: [RUN_ITEM] } }, { run: RUN }],
    ['readRunAndRecord', { Responses: { ledger: [] } }, {}],
    ['readRunAndRecord', { Responses: { ledger: [RECORD_ITEM] } }, { record: RECORD }],
    ['readRunAndRecord', { Responses: { ledger: [RUN_ITEM] } }, { run: RUN }],
    ['readRecords', { Items: [] }, []],
    ['runsForSweep', { Items: [] }, []],
    ['readSweepPlace', {}, undefined],
    ['lastKnown', { Items: [] }, undefined],
    ['earlierRuns', { Items: [] }, []],
    ['earlierRuns', {}, []],
    ['lastCount', { Items: [] }, undefined],
  ])('is not given by %s (%j)', async (verb, answer, result) => {
    service.answer(json(answer));
    await expect(CASES[verb].ask(ledger)).resolves.toStrictEqual(result);
  });

  test.each<[keyof Ledger, unknown]>([
    ['readRun', undefined],
    ['readRunAndRecord', {}],
    ['readRunAndMemory', { memory: MEMORY }],
    ['lastKnown', undefined],
    ['earlierRuns', []],
    ['lastCount', undefined],
  ])('is what has expired, for %s', async (verb, result) => {
    service.answer(json(CASES[verb].answer));
    await expect(CASES[verb].ask(ledgerAt(EXPIRES_AT * 1000))).resolves.toStrictEqual(result);
  });
});

describe('The record of the run before', () => {
  const before = items.recordItem({ ...RECORD, runId: PREVIOUS }, RUN);
  const ask = () => ledger.readRunAndRecord(KEY, 'eu-west-1', PREVIOUS);

  test('is asked for in the same request, and given beside the run and its own record', async () => {
    service.answer(json({ Responses: { ledger: [before, RUN_ITEM, RECORD_ITEM] } }));
    const known = { run: RUN, record: RECORD, before: { ...RECORD, runId: PREVIOUS } };
    await expect(ask()).resolves.toEqual(known);
    expect(service.bodies()).toEqual([plain(requests.readRunAndRecordRequest(KEY, 'eu-west-1', TABLE, PREVIOUS))]);
  });

  test('may be there alone', async () => {
    service.answer(json({ Responses: { ledger: [before] } }));
    await expect(ask()).resolves.toEqual({ before: { ...RECORD, runId: PREVIOUS } });
  });

  test.each([
    ['is damaged', { tally: { S: 'damaged' } }],
    ['was written by a newer release', { version: { N: '9' } }],
    ['has expired', { expiresAt: { N: '1' } }],
  ])('is left out if it %s', async (_what, damage) => {
    service.answer(json({ Responses: { ledger: [RUN_ITEM, { ...before, ...damage }] } }));
    await expect(ask()).resolves.toEqual({ run: RUN });
  });
});

test('An earlier run that is damaged, or too new, is passed over', async () => {
  const damaged = { ...RUN_ITEM, rev: { S: 'damaged' } };
  const tooNew = { ...RUN_ITEM, version: { N: '9' } };
  service.answer(json({ Items: [damaged, tooNew, RUN_ITEM] }));
  await expect(CASES.earlierRuns.ask(ledger)).resolves.toEqual([RUN]);
});

describe('A long list', () => {
  const LAST = { pk: RECORD_ITEM.pk, sk: RECORD_ITEM.sk };
  const page = (last: object | undefined, ...found: object[]): Answer =>
    json({ Items: found, ...(last && { LastEvaluatedKey: last }) });

  test('of records is read page after page, empty ones included', async () => {
    service.answer(page(LAST, RECORD_ITEM), page(LAST), page(undefined, FAILED_ITEM));
    await expect(ledger.readRecords(KEY)).resolves.toEqual([RECORD, FAILED]);
    const request = plain(requests.readRecordsRequest(KEY, TABLE));
    const next = { ...request, ExclusiveStartKey: LAST };
    expect(service.bodies()).toEqual([request, next, next]);
  });

  test('without a count is read to its end, however long ago the last count was', async () => {
    service.answer(page(LAST), page(LAST), page(undefined, RECORD_ITEM));
    await expect(ledger.lastCount(KEY.censusId, 'eu-west-1', KEY.runId)).resolves.toMatchObject({ streams: 7 });
    expect(service.asked).toHaveLength(3);
  });

  test('with a count is read no further', async () => {
    service.answer(page(LAST), page(LAST, RECORD_ITEM));
    await ledger.lastCount(KEY.censusId, 'eu-west-1', KEY.runId);
    expect(service.asked).toHaveLength(2);
  });

  test('of runs is asked for no longer than somebody takes them', async () => {
    service.answer(page(LAST, { pk: RUN_ITEM.pk! }, { pk: RUN_ITEM.pk! }));
    for await (const key of ledger.runsForSweep('PARTIAL')) {
      expect(key).toEqual(KEY);
      break;
    }
    expect(service.asked).toHaveLength(1);
  });
});

describe('A run and a record that are answered one by one', () => {
  const Keys = [{ pk: RECORD_ITEM.pk, sk: RECORD_ITEM.sk }];
  const UnprocessedKeys = { ledger: { Keys, ConsistentRead: true } };

  test('are given together', async () => {
    service.answer(
      json({ Responses: { ledger: [RUN_ITEM] }, UnprocessedKeys }),
      json({ Responses: { ledger: [RECORD_ITEM] }, UnprocessedKeys: {} }),
    );
    await expect(ledger.readRunAndRecord(KEY, 'eu-west-1')).resolves.toEqual({ run: RUN, record: RECORD });
    expect(service.bodies()[1]).toEqual({ RequestItems: UnprocessedKeys });
  });

  test('are waited for, and no record of the run before is', async () => {
    const before = { pk: { S: items.runPk({ ...KEY, runId: PREVIOUS }) }, sk: RECORD_ITEM.sk! };
    const unread = (...keys: object[]) => ({ ledger: { Keys: keys, ConsistentRead: true } });
    service.answer(
      json({ Responses: { ledger: [RUN_ITEM] }, UnprocessedKeys: unread(...Keys, before) }),
      json({ Responses: { ledger: [RECORD_ITEM] }, UnprocessedKeys: {} }),
      json({ Responses: { ledger: [RUN_ITEM, RECORD_ITEM] }, UnprocessedKeys: unread(before) }),
    );
    const both = { run: RUN, record: RECORD };
    await expect(ledger.readRunAndRecord(KEY, 'eu-west-1', PREVIOUS)).resolves.toEqual(both);
    expect(service.bodies()[1]).toEqual({ RequestItems: UnprocessedKeys });
    await expect(ledger.readRunAndRecord(KEY, 'eu-west-1', PREVIOUS)).resolves.toEqual(both);
    expect(service.asked).toHaveLength(3);
  });

  test('are an error if the ledger leaves keys unread five times', async () => {
    service.answer(json({ Responses: {}, UnprocessedKeys }));
    await expect(ledger.readRunAndRecord(KEY, 'eu-west-1')).rejects.toThrow(
      'The ledger left keys unread 5 times; try again later.',
    );
    expect(service.asked).toHaveLength(5);
  });
});
