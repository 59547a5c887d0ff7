/**
 * What a stack that counts its own account asks AWS for, run after run: to count organisations, too, costs it not a request more.
 * The numbers are those of the last release that knew no organisation.
 */
import { KINESIS_VIDEO_REGIONS } from '../../src/census/kinds/kinesis-video.ts';
import { ASKING, type Harness, startHarness, until } from './harness.ts';

jest.setTimeout(120_000);

const REGIONS = ['af-south-1', 'eu-west-1', 'eu-west-2', 'us-east-1'];
/** How often it looks into its queues depends on how long a run takes. Of what it logs the lines are counted elsewhere. */
const UNCOUNTED = ['sqs:ReceiveMessage', 'sqs:GetQueueAttributes', 'logs:CreateLogStream', 'logs:PutLogEvents'];

const NEXT = {
  'DispatcherSchedulerSchedule1 lambda:InvokeFunction': 1,
  'DispatcherLambdaFunction account:ListRegions': 1,
  'DispatcherLambdaFunction dynamodb:BatchGetItem': 1,
  'DispatcherLambdaFunction dynamodb:PutItem': 1,
  'DispatcherLambdaFunction dynamodb:Query': 2,
  'DispatcherLambdaFunction dynamodb:UpdateItem': 1,
  'DispatcherLambdaFunction sns:PublishBatch': 1,
  'WorkerLambdaFunction dynamodb:BatchGetItem': 3,
  'WorkerLambdaFunction dynamodb:PutItem': 3,
  'WorkerLambdaFunction dynamodb:UpdateItem': 3,
  'WorkerLambdaFunction kinesisvideo:ListStreams': 3,
  'WorkerLambdaFunction servicequotas:GetServiceQuota': 3,
  'WorkerLambdaFunction sns:Publish': 1,
  'WorkerLambdaFunction sqs:ChangeMessageVisibility': 3,
  'WorkerLambdaFunction sqs:DeleteMessage': 3,
  'AggregatorLambdaFunction dynamodb:GetItem': 1,
  'AggregatorLambdaFunction dynamodb:Query': 2,
  'AggregatorLambdaFunction dynamodb:UpdateItem': 3,
  'AggregatorLambdaFunction sns:Publish': 2,
};
/** Asks where the service is, and remembers that. */
const FIRST = {
  ...NEXT,
  'DispatcherLambdaFunction dynamodb:PutItem': 2,
  'DispatcherLambdaFunction ssm:GetParametersByPath': 1,
};
/** The region is tried twice, and what was counted there last is looked up. */
const REFUSED = {
  ...NEXT,
  'WorkerLambdaFunction dynamodb:BatchGetItem': 4,
  'WorkerLambdaFunction dynamodb:PutItem': 4,
  'WorkerLambdaFunction kinesisvideo:ListStreams': 4,
  // A question beside a list that is refused may be given up before it is sent.
  'WorkerLambdaFunction servicequotas:GetServiceQuota': expect.any(Number),
  'WorkerLambdaFunction sqs:ChangeMessageVisibility': 5,
  'AggregatorLambdaFunction dynamodb:Query': 3,
};
let harness: Harness;
let seen: string[] = [];
beforeAll(async () => {
  const excluded = KINESIS_VIDEO_REGIONS.filter((region) => !REGIONS.includes(region));
  harness = await startHarness(
    {
      regions: {
        'us-east-1': { streams: 7 },
        'eu-west-1': { streams: 0 },
        'eu-west-2': { streams: 5, fault: { kind: 'denied', after: 2 } },
        'af-south-1': { streams: 3, fault: 'not-enabled' },
      },
    },
    {
      ...ASKING,
      sweep: false,
      environment: { ...ASKING.environment, EXCLUDE_REGIONS: excluded.join(','), TASK_BACKOFF_MS: '500' },
      onRequest: ({ by, service, action }) => void seen.push(`${by} ${service}:${action}`),
    },
  );
});
afterAll(async () => {
  await harness?.stop();
});

/** How often each of its functions and schedules asked for what. */
async function requestsOfARun() {
  seen = [];
  const run = await harness.settled(await harness.open());
  await until(async () => (await harness.depth('RegionTasksQueue')) === 0 || undefined);
  const counted = seen.filter(
    (request) => !request.startsWith('test ') && !UNCOUNTED.some((each) => request.endsWith(each)),
  );
  const byRequest = Map.groupBy(counted.sort(), (request) => request);
  const requests = Object.fromEntries([...byRequest].map(([request, all]) => [request, all.length]));
  return { verdict: run.total?.verdict, requests };
}

test('the first run, one after it, and one that a region refuses', async () => {
  expect(await requestsOfARun()).toEqual({ verdict: 'complete', requests: FIRST });
  expect(await requestsOfARun()).toEqual({ verdict: 'complete', requests: NEXT });
  expect(await requestsOfARun()).toEqual({ verdict: 'partial', requests: REFUSED });
});
