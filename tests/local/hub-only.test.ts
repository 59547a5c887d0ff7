import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { KinesisVideoClient, ListStreamsCommand } from '@aws-sdk/client-kinesis-video';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { ApiRequest } from '../../src/local/stack.ts';
import { makeVideoService } from '../../src/local/video-service.ts';
import {
  accountsWorld,
  EXTERNAL_ID,
  HUB,
  type Keys,
  NORTH,
  REGION,
  refusal,
  roleOf,
  SOMEBODY,
} from './accounts-lab.ts';
import { cleanUp, startSample } from './sample-stack.ts';

afterEach(cleanUp);

async function startHub() {
  let nowMs = 0;
  const seen: ApiRequest[] = [];
  const stack = await startSample(
    { functions: { env: { body: 'return process.env;' } } },
    {
      accountId: HUB,
      region: REGION,
      video: makeVideoService(accountsWorld(), () => nowMs),
      onRequest: (request) => seen.push(request),
    },
  );
  const where = (credentials: Keys) => ({ endpoint: stack.url, region: REGION, credentials, maxAttempts: 1 });
  const sts = new STSClient(where(SOMEBODY));
  const asked = { RoleArn: roleOf(NORTH), RoleSessionName: 'kvs-census', ExternalId: EXTERNAL_ID };
  const { Credentials } = await sts.send(new AssumeRoleCommand(asked));
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  const member: Keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  return { stack, seen, where, member, pass: (ms: number) => (nowMs += ms) };
}

/** One request to each service of the stack's own account. */
function ask(where: (keys: Keys) => object, keys: Keys) {
  const at = where(keys);
  const name = (service: string, rest: string) => `arn:aws:${service}:${REGION}:${HUB}:${rest}`;
  return Promise.allSettled([
    new DynamoDBClient(at).send(new PutItemCommand({ TableName: 'ledger', Item: { pk: { S: 'a' } } })),
    new SNSClient(at).send(new PublishCommand({ TopicArn: name('sns', 'tasks'), Message: 'x' })),
    new SQSClient(at).send(new SendMessageCommand({ QueueUrl: `http://127.0.0.1/${HUB}/tasks`, MessageBody: 'x' })),
    new LambdaClient(at).send(new InvokeCommand({ FunctionName: 'sample-env' })),
    new SchedulerClient(at).send(new ListSchedulesCommand({})),
    new CloudWatchClient(at).send(new DescribeAlarmsCommand({})),
    new IAMClient(at).send(
      new SimulatePrincipalPolicyCommand({ PolicySourceArn: roleOf(HUB), ActionNames: ['sqs:SendMessage'] }),
    ),
  ]);
}

const reasons = (answers: PromiseSettledResult<unknown>[]) =>
  answers.map((one) => (one.status === 'rejected' ? one.reason : 'answered'));

test("a member's session may do nothing in the hub's account, and each service says so in its own words", async () => {
  const { where, member } = await startHub();
  const who = `User: arn:aws:sts::${NORTH}:assumed-role/kvs-census-member/kvs-census is not authorized to perform: `;
  const arn = (service: string, rest: string) => `arn:aws:${service}:${REGION}:${HUB}:${rest}`;
  const why = (what: string, on = '*') =>
    `${who}${what} on resource: ${on} because no resource-based policy allows the ${what} action`;
  expect(reasons(await ask(where, member))).toEqual([
    refusal('AccessDeniedException', 400, why('dynamodb:PutItem', arn('dynamodb', 'table/ledger'))),
    refusal('AuthorizationErrorException', 403, why('sns:Publish', arn('sns', 'tasks'))),
    refusal('AccessDenied', 403, why('sqs:SendMessage', arn('sqs', 'tasks'))),
    refusal('AccessDeniedException', 403, why('lambda:Invoke', arn('lambda', 'function:sample-env'))),
    refusal('AccessDeniedException', 403, expect.stringContaining(who)),
    refusal('AccessDenied', 403, why('monitoring:DescribeAlarms')),
    refusal('AccessDenied', 403, why('iam:SimulatePrincipalPolicy')),
  ]);
});

test('a session that is over is refused there as everywhere', async () => {
  const { where, member, pass } = await startHub();
  pass(3_600_000);
  const expired = (name: string, status: number) =>
    refusal(name, status, 'The security token included in the request is expired');
  expect(reasons(await ask(where, member))).toEqual([
    expired('ExpiredTokenException', 400),
    expired('ExpiredToken', 403),
    expired('ExpiredTokenException', 400),
    expired('ExpiredTokenException', 403),
    expired('ExpiredTokenException', 403),
    expired('ExpiredTokenException', 400),
    expired('ExpiredToken', 403),
  ]);
});

test("the hub's own account goes on as ever, and functions are told where STS is", async () => {
  const { stack, where } = await startHub();
  const [, , , lambda, schedules] = reasons(await ask(where, SOMEBODY));
  expect([lambda, schedules]).toEqual(['answered', 'answered']);
  expect(await stack.invoke('EnvLambdaFunction', {})).toMatchObject({ AWS_ENDPOINT_URL_STS: stack.url });
});

test('what a session asks is known by its role, and is of its account', async () => {
  const { seen, where, member } = await startHub();
  await new KinesisVideoClient(where(member)).send(new ListStreamsCommand({}));
  expect(seen).toEqual([
    { type: 'request', by: SOMEBODY.accessKeyId, service: 'sts', action: 'AssumeRole', resource: roleOf(NORTH) },
    { type: 'request', by: roleOf(NORTH), service: 'kinesisvideo', action: 'ListStreams' },
  ]);
});
