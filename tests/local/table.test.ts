import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { DescribeTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { startStack } from '../../src/local/stack.ts';
import { cleanUp, clientOptions, startSample, temporaryFolder, writePackage } from './sample-stack.ts';

afterEach(cleanUp);

const KEYS = [
  { AttributeName: 'pk', AttributeType: 'S' },
  { AttributeName: 'sk', AttributeType: 'S' },
];
function table(properties: object = {}) {
  return {
    Ledger: {
      Type: 'AWS::DynamoDB::Table',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        TableName: 'ledger',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: KEYS,
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'turned',
            KeySchema: [{ AttributeName: 'sk', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
        ...properties,
      },
    },
  };
}
const ITEM = { pk: { S: 'RUN' }, sk: { S: '1' }, streams: { N: '7' } };
const Key = { pk: ITEM.pk, sk: ITEM.sk };

test('the table has the keys and indexes of the template, and is ready at once', async () => {
  const stack = await startSample({ resources: table() });
  const client = new DynamoDBClient(clientOptions(stack));
  const { Table } = await client.send(new DescribeTableCommand({ TableName: stack.resource('Ledger').name }));
  expect(Table).toMatchObject({
    TableStatus: 'ACTIVE',
    GlobalSecondaryIndexes: [{ IndexName: 'turned', Projection: { ProjectionType: 'KEYS_ONLY' } }],
  });
});

test('what was written into a folder is there at the next start', async () => {
  const ledgerDir = path.join(await temporaryFolder(), 'new', 'ledger');
  const first = await startSample({ resources: table() }, { ledgerDir });
  await new DynamoDBClient(clientOptions(first)).send(new PutItemCommand({ TableName: 'ledger', Item: ITEM }));
  await first.stop();
  const second = await startSample({ resources: table() }, { ledgerDir });
  const { Item } = await new DynamoDBClient(clientOptions(second)).send(
    new GetItemCommand({ TableName: 'ledger', Key }),
  );
  expect(Item).toEqual(ITEM);
});

test('without a folder nothing is left', async () => {
  const first = await startSample({ resources: table() });
  await new DynamoDBClient(clientOptions(first)).send(new PutItemCommand({ TableName: 'ledger', Item: ITEM }));
  await first.stop();
  const second = await startSample({ resources: table() });
  const { Item } = await new DynamoDBClient(clientOptions(second)).send(
    new GetItemCommand({ TableName: 'ledger', Key }),
  );
  expect(Item).toBeUndefined();
});

test('a folder that another stack uses is one clear sentence', async () => {
  const ledgerDir = await temporaryFolder();
  await startSample({ resources: table() }, { ledgerDir });
  await expect(startSample({ resources: table() }, { ledgerDir })).rejects.toThrow(
    `The ledger folder ${ledgerDir} is in use by another process; stop that one first, or choose another folder.`,
  );
});

test('a folder that is no ledger is one clear sentence', async () => {
  const broken = await temporaryFolder();
  await writeFile(path.join(broken, 'CURRENT'), 'nonsense\n');
  await expect(startSample({ resources: table() }, { ledgerDir: broken })).rejects.toThrow(
    /^The ledger folder .* is damaged \(LEVEL_\w+\): move it away to start with an empty ledger, and keep it/,
  );
  const file = path.join(await temporaryFolder(), 'file');
  await writeFile(file, 'not a folder');
  await expect(startSample({ resources: table() }, { ledgerDir: file })).rejects.toThrow(
    /^The ledger folder .* cannot be opened, because a file stands where a folder should be \(ENOTDIR\); mend that/,
  );
});

test('a place where nothing may be written is one clear sentence, and what is there is never to be deleted', async () => {
  // Not even root may write there.
  const refused = startSample({ resources: table() }, { ledgerDir: '/sys/kvs-census/ledger' });
  await expect(refused).rejects.toThrow(
    'The ledger folder /sys/kvs-census/ledger cannot be opened, because you may not write there (EACCES); mend that, or start in another folder.',
  );
  const nameless = startSample(
    { resources: table() },
    { ledgerDir: path.join(await temporaryFolder(), 'n'.repeat(300)) },
  );
  await expect(nameless).rejects.toThrow(/cannot be opened, because its name is too long \(ENAMETOOLONG\)/);
});

test('a folder whose table has other keys than the template is refused', async () => {
  const ledgerDir = await temporaryFolder();
  await (await startSample({ resources: table() }, { ledgerDir })).stop();
  const other = table({ GlobalSecondaryIndexes: [] });
  await expect(startSample({ resources: other }, { ledgerDir })).rejects.toThrow(
    /holds a table ledger with other keys or indexes/,
  );
});

test('a client that goes away in the middle of a request hurts nobody', async () => {
  const stack = await startSample({ resources: table() });
  const socket = connect(Number(new URL(stack.url).port), '127.0.0.1');
  const head = [
    'POST / HTTP/1.1',
    'Host: 127.0.0.1',
    'Authorization: AWS4-HMAC-SHA256 Credential=a/20261120/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=b',
    'X-Amz-Target: DynamoDB_20120810.GetItem',
    'Content-Length: 1000',
  ];
  await new Promise<void>((resolve) => socket.write(`${head.join('\r\n')}\r\n\r\n{"Table`, () => resolve()));
  socket.resetAndDestroy();
  const client = new DynamoDBClient(clientOptions(stack));
  await client.send(new PutItemCommand({ TableName: 'ledger', Item: ITEM }));
  expect((await client.send(new GetItemCommand({ TableName: 'ledger', Key }))).Item).toEqual(ITEM);
});

test('a start that fails lets go of the folder', async () => {
  const ledgerDir = await temporaryFolder();
  const packageDir = await writePackage({ resources: { ...table(), Odd: { Type: 'AWS::Odd::Thing' } } });
  const options = { packageDir, ledgerDir, timeScale: 1, accountId: '123456789012', region: 'eu-west-1' };
  await expect(startStack(options)).rejects.toThrow('AWS::Odd::Thing');
  await expect(startSample({ resources: table() }, { ledgerDir })).resolves.toBeDefined();
});
