/** The limits of the SDK's clients, as the services see them. */
import { GetRegionOptStatusCommand } from '@aws-sdk/client-account';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { ListStreamsCommand } from '@aws-sdk/client-kinesis-video';
import { ListAccountsCommand } from '@aws-sdk/client-organizations';
import { GetServiceQuotaCommand } from '@aws-sdk/client-service-quotas';
import { PublishCommand } from '@aws-sdk/client-sns';
import { GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import {
  makeAccount,
  makeDynamoDB,
  makeKinesisVideoClients,
  makeOrganizations,
  makeServiceQuotasClients,
  makeSns,
  makeSqs,
  makeSsm,
  makeSts,
} from '../../src/aws/clients.ts';
import { type HttpLimits, LONGEST_ANSWER, LONGEST_SHORT_ANSWER } from '../../src/aws/http.ts';
import { json, refusal, type Service, startService, takesNoConnections } from './service.ts';

const PATIENT: HttpLimits = { connectTimeoutMs: 5000, requestTimeoutMs: 5000 };

let service: Service;
beforeAll(async () => {
  service = await startService();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: service.options.endpoint,
    AWS_REGION: service.options.region,
    AWS_ACCESS_KEY_ID: 'anybody',
    AWS_SECRET_ACCESS_KEY: 'anything',
  });
  // The waits of the SDK before it tries again are a part of chance: none.
  jest.spyOn(Math, 'random').mockReturnValue(0);
});
afterAll(async () => {
  jest.restoreAllMocks();
  await service.close();
});

type Client = { destroy(): void };
/** A client of each service, and how to ask it something. */
const CLIENTS: [name: string, attempts: number, make: (limits: HttpLimits) => Client & { ask(): Promise<unknown> }][] =
  [
    [
      'DynamoDB',
      4,
      (limits) => {
        const client = makeDynamoDB(limits);
        const Key = { pk: { S: 'RUN' } };
        return asking(client, () => client.send(new GetItemCommand({ TableName: 'ledger', Key })));
      },
    ],
    [
      'SNS',
      4,
      (limits) => {
        const client = makeSns(limits);
        return asking(client, () => client.send(new PublishCommand({ TopicArn: 'arn', Message: 'nudge' })));
      },
    ],
    [
      'SQS',
      4,
      (limits) => {
        const client = makeSqs(limits);
        return asking(client, () => client.send(new GetQueueUrlCommand({ QueueName: 'queue' })));
      },
    ],
    [
      'Account Management',
      4,
      (limits) => {
        const client = makeAccount(limits);
        return asking(client, () => client.send(new GetRegionOptStatusCommand({ RegionName: 'eu-west-1' })));
      },
    ],
    [
      'Systems Manager',
      2,
      (limits) => {
        const client = makeSsm(limits);
        return asking(client, () => client.send(new GetParametersByPathCommand({ Path: '/aws/service' })));
      },
    ],
    [
      'Organizations',
      4,
      (limits) => {
        const client = makeOrganizations(limits);
        return asking(client, () => client.send(new ListAccountsCommand({})));
      },
    ],
    [
      'STS',
      2,
      (limits) => {
        const client = makeSts(limits);
        return asking(client, () => client.send(new AssumeRoleCommand({ RoleArn: 'arn', RoleSessionName: 'me' })));
      },
    ],
    [
      'Kinesis Video',
      1,
      (limits) => {
        const client = makeKinesisVideoClients(limits)('eu-west-1');
        return asking(client, () => client.send(new ListStreamsCommand({})));
      },
    ],
    [
      'Service Quotas',
      1,
      (limits) => {
        const client = makeServiceQuotasClients(limits)('eu-west-1');
        return asking(client, () => client.send(new GetServiceQuotaCommand({ ServiceCode: 'a', QuotaCode: 'b' })));
      },
    ],
  ];

function asking(client: Client, ask: () => Promise<unknown>) {
  return { destroy: () => client.destroy(), ask };
}

describe.each(CLIENTS)('The client of %s', (_name, attempts, make) => {
  test(`asks ${attempts} times before it gives up`, async () => {
    service.answer(refusal(500, 'InternalFailure'));
    const client = make(PATIENT);
    await expect(client.ask()).rejects.toThrow();
    client.destroy();
    expect(service.asked).toHaveLength(attempts);
  });

  test.each([
    ['silent', 'silence'],
    ['alive, and gives no answer', 'processing'],
    ['silent in the middle of its answer', 'half'],
    ['at its answer for ever', 'trickle'],
  ] as const)('gives up a service that is %s', async (_what, answer) => {
    service.answer(answer);
    const client = make({ ...PATIENT, requestTimeoutMs: answer === 'trickle' ? 200 : 20 });
    await expect(client.ask()).rejects.toThrow();
    client.destroy();
  });

  test('gives up a service that takes no connection', async () => {
    const server = await takesNoConnections();
    process.env.AWS_ENDPOINT_URL = server.url;
    const client = make({ ...PATIENT, connectTimeoutMs: 20 });
    await expect(client.ask()).rejects.toThrow('did not establish a connection');
    client.destroy();
    server.close();
    process.env.AWS_ENDPOINT_URL = service.options.endpoint;
  });
});

const EMPTY_XML = { body: '<AssumeRoleResponse><AssumeRoleResult/></AssumeRoleResponse>' };

describe.each(CLIENTS.filter(([name]) => !['DynamoDB', 'SNS', 'SQS'].includes(name)))(
  'The client of %s',
  (name, _attempts, make) => {
    test.each([200, 400, 500])(
      'takes no more of an endless answer of status %i than any answer has',
      async (status) => {
        service.answer({ status, flood: 8 * LONGEST_ANSWER });
        const client = make(PATIENT);
        await expect(client.ask()).rejects.toMatchObject({ reason: 'bad-answer' });
        client.destroy();
        expect(service.flooded() / service.asked.length).toBeLessThan(4 * LONGEST_ANSWER);
      },
    );

    test('leaves the connection of an endless answer, and asks on another', async () => {
      service.answer({ flood: 8 * LONGEST_ANSWER }, name === 'STS' ? EMPTY_XML : json({}));
      const client = make(PATIENT);
      await expect(client.ask()).rejects.toMatchObject({ reason: 'bad-answer' });
      await client.ask();
      client.destroy();
      expect(service.asked).toHaveLength(2);
    });
  },
);

describe.each(
  CLIENTS.filter(([name]) => ['Account Management', 'Systems Manager', 'Organizations', 'STS'].includes(name)),
)('The client of %s', (_name, _attempts, make) => {
  test('takes less of an answer than a page of streams has', async () => {
    service.answer({ flood: 2 * LONGEST_SHORT_ANSWER });
    const client = make(PATIENT);
    await expect(client.ask()).rejects.toMatchObject({ reason: 'bad-answer' });
    client.destroy();
  });
});

test('a command may say where its ledger is, whatever the environment says', async () => {
  const elsewhere = await startService('us-west-2');
  elsewhere.answer(json({}));
  const client = makeDynamoDB(PATIENT, elsewhere.options);
  await client.send(new GetItemCommand({ TableName: 'ledger', Key: { pk: { S: 'RUN' } } }));
  client.destroy();
  await elsewhere.close();
  expect(elsewhere.asked[0]?.headers.authorization).toContain('/us-west-2/dynamodb/');
});

test('public parameters are asked for in a region that answers for them, wherever that is asked', async () => {
  service.answer(json({ Parameters: [] }));
  const client = makeSsm(PATIENT);
  await client.send(new GetParametersByPathCommand({ Path: '/aws/service' }));
  client.destroy();
  expect(service.asked[0]?.headers.authorization).toContain('/us-east-1/ssm/');
});

describe('The clients of Kinesis Video', () => {
  test('are one for each region, which asks in that region', async () => {
    service.answer(json({ StreamInfoList: [] }));
    const clientOf = makeKinesisVideoClients(PATIENT);
    for (const region of ['eu-west-1', 'us-east-1']) {
      const client = clientOf(region);
      expect(clientOf(region)).toBe(client);
      await client.send(new ListStreamsCommand({}));
    }
    for (const region of ['eu-west-1', 'us-east-1']) clientOf(region).destroy();
    const scopes = service.asked.map(
      ({ headers }) => /Credential=[^/]+\/\d+\/([^,]+)/.exec(headers.authorization ?? '')?.[1],
    );
    expect(scopes).toEqual(['eu-west-1/kinesisvideo/aws4_request', 'us-east-1/kinesisvideo/aws4_request']);
  });

  test.each([
    ['lists', () => makeKinesisVideoClients(PATIENT)('eu-west-1')],
    ['reads the ledger', () => makeDynamoDB(PATIENT, { region: 'eu-west-1' })],
  ])('copy no answer for a log that nobody has: the one that %s', (_what, make) => {
    const client = make();
    expect(client.middlewareStack.identify().join()).not.toContain('loggerMiddleware');
    client.destroy();
  });
});

test('The clients of Service Quotas are one for each region, which asks in that region', async () => {
  service.answer(json({ Quota: { Value: 1 } }));
  const clientOf = makeServiceQuotasClients(PATIENT);
  for (const region of ['eu-west-1', 'us-east-1']) {
    const client = clientOf(region);
    expect(clientOf(region)).toBe(client);
    await client.send(new GetServiceQuotaCommand({ ServiceCode: 'kinesisvideo', QuotaCode: 'L-F06528A6' }));
    expect(service.asked.at(-1)?.headers.authorization).toContain(`/${region}/servicequotas/`);
  }
  for (const region of ['eu-west-1', 'us-east-1']) clientOf(region).destroy();
});
