/**
 * Which CloudFormation resource types the local stack acts on, which of their properties it obeys, and which it knows
 * and leaves aside on purpose. Anything else is an error that names it: a property that is silently ignored would make
 * the laptop behave differently from AWS, and nobody would know.
 */
import { createHash } from 'node:crypto';
import * as v from 'valibot';

/** CloudFormation takes numbers and booleans as strings, too. */
const number = v.pipe(v.union([v.number(), v.string()]), v.transform(Number), v.finite('expected a number'));
const boolean = v.pipe(
  v.union([v.boolean(), v.picklist(['true', 'false'])]),
  v.transform((value) => value === true || value === 'true'),
);
const text = v.string();
/** Environment variables may be written as numbers and booleans; a process only knows strings. */
const variable = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String));

/** Known, and left aside on purpose; the reason stands beside each use. */
function leftAside<Name extends string>(...names: Name[]) {
  return Object.fromEntries(names.map((name) => [name, v.optional(v.unknown())])) as Record<
    Name,
    v.OptionalSchema<v.UnknownSchema, undefined>
  >;
}

const deadLetterTarget = v.strictObject({ deadLetterTargetArn: text });
const keySchema = v.array(v.strictObject({ AttributeName: text, KeyType: v.picklist(['HASH', 'RANGE']) }));
const throughput = v.strictObject({ ReadCapacityUnits: number, WriteCapacityUnits: number });

const routeSettings = v.strictObject({
  ThrottlingBurstLimit: v.optional(number),
  ThrottlingRateLimit: v.optional(number),
  // Nobody measures here.
  ...leftAside('DetailedMetricsEnabled'),
});

const ACTED_ON = {
  'AWS::Lambda::Function': v.strictObject({
    FunctionName: v.optional(text),
    Code: v.strictObject({ S3Key: text, ...leftAside('S3Bucket', 'S3ObjectVersion') }),
    Handler: text,
    Runtime: v.pipe(text, v.regex(/^nodejs\d+\.x$/, 'expected a Node.js runtime')),
    Timeout: v.optional(number, 3),
    MemorySize: v.optional(number, 128),
    Environment: v.optional(v.strictObject({ Variables: v.optional(v.record(text, variable), {}) })),
    ReservedConcurrentExecutions: v.optional(number),
    // Nobody's rights are checked, this machine's architecture runs, lines are handed on as they are printed.
    ...leftAside('Role', 'Architectures', 'Description', 'Tags', 'LoggingConfig', 'TracingConfig'),
    ...leftAside('RecursiveLoop', 'EphemeralStorage', 'KmsKeyArn', 'RuntimeManagementConfig'),
  }),
  'AWS::Lambda::EventInvokeConfig': v.strictObject({
    FunctionName: text,
    Qualifier: v.literal('$LATEST'),
    MaximumRetryAttempts: v.optional(number, 2),
    MaximumEventAgeInSeconds: v.optional(number, 21_600),
    DestinationConfig: v.optional(
      v.strictObject({
        OnFailure: v.optional(v.strictObject({ Destination: text })),
        OnSuccess: v.optional(v.strictObject({ Destination: text })),
      }),
    ),
  }),
  'AWS::Lambda::EventSourceMapping': v.strictObject({
    EventSourceArn: text,
    FunctionName: text,
    BatchSize: v.optional(number, 10),
    MaximumBatchingWindowInSeconds: v.optional(number, 0),
    Enabled: v.optional(boolean, true),
    FunctionResponseTypes: v.optional(v.array(v.literal('ReportBatchItemFailures')), []),
    ScalingConfig: v.optional(v.strictObject({ MaximumConcurrency: v.optional(number) })),
    ...leftAside('Tags'),
  }),
  'AWS::SQS::Queue': v.strictObject({
    QueueName: v.optional(text),
    VisibilityTimeout: v.optional(number, 30),
    ReceiveMessageWaitTimeSeconds: v.optional(number, 0),
    MaximumMessageSize: v.optional(number),
    RedrivePolicy: v.optional(v.strictObject({ deadLetterTargetArn: text, maxReceiveCount: number })),
    // Shown by GetQueueAttributes, but no message outlives or outgrows the stack that holds it.
    MessageRetentionPeriod: v.optional(number),
    ...leftAside(
      'RedriveAllowPolicy',
      'KmsMasterKeyId',
      'KmsDataKeyReusePeriodSeconds',
      'SqsManagedSseEnabled',
      'Tags',
    ),
  }),
  'AWS::SNS::Topic': v.strictObject({
    TopicName: v.optional(text),
    ...leftAside('DisplayName', 'KmsMasterKeyId', 'Tags', 'TracingConfig', 'SignatureVersion'),
  }),
  'AWS::SNS::Subscription': v.strictObject({
    TopicArn: text,
    // Nobody gets e-mail from a laptop; such a subscription is left aside.
    Protocol: v.picklist(['sqs', 'lambda', 'email']),
    Endpoint: text,
    RawMessageDelivery: v.optional(boolean, false),
    RedrivePolicy: v.optional(deadLetterTarget),
    FilterPolicy: v.optional(v.record(text, v.unknown())),
    FilterPolicyScope: v.optional(v.picklist(['MessageAttributes', 'MessageBody'])),
  }),
  'AWS::DynamoDB::Table': v.strictObject({
    TableName: v.optional(text),
    AttributeDefinitions: v.array(v.strictObject({ AttributeName: text, AttributeType: v.picklist(['S', 'N', 'B']) })),
    KeySchema: keySchema,
    BillingMode: v.optional(v.picklist(['PAY_PER_REQUEST', 'PROVISIONED'])),
    ProvisionedThroughput: v.optional(throughput),
    GlobalSecondaryIndexes: v.optional(
      v.array(
        v.strictObject({
          IndexName: text,
          KeySchema: keySchema,
          Projection: v.strictObject({
            ProjectionType: v.picklist(['ALL', 'KEYS_ONLY', 'INCLUDE']),
            NonKeyAttributes: v.optional(v.array(text)),
          }),
          ProvisionedThroughput: v.optional(throughput),
        }),
      ),
      [],
    ),
    // Nothing here expires, is backed up, is encrypted or can be deleted by a stack that goes away.
    ...leftAside('TimeToLiveSpecification', 'PointInTimeRecoverySpecification', 'SSESpecification'),
    ...leftAside('DeletionProtectionEnabled', 'ContributorInsightsSpecification', 'TableClass', 'Tags'),
  }),
  'AWS::Scheduler::Schedule': v.strictObject({
    Name: v.optional(text),
    ScheduleExpression: text,
    ScheduleExpressionTimezone: v.optional(text, 'UTC'),
    State: v.optional(v.picklist(['ENABLED', 'DISABLED']), 'ENABLED'),
    FlexibleTimeWindow: v.strictObject({ Mode: v.literal('OFF') }),
    Target: v.strictObject({
      Arn: text,
      Input: text,
      RetryPolicy: v.optional(
        v.strictObject({
          MaximumRetryAttempts: v.optional(number, 185),
          MaximumEventAgeInSeconds: v.optional(number, 86_400),
        }),
      ),
      DeadLetterConfig: v.optional(v.strictObject({ Arn: text })),
      ...leftAside('RoleArn'),
    }),
    ...leftAside('Description', 'GroupName', 'KmsKeyArn'),
  }),
  'AWS::ApiGatewayV2::Api': v.strictObject({
    Name: text,
    ProtocolType: v.literal('HTTP'),
    // Nobody has a domain name of his own here, and one address is as good as another.
    ...leftAside('Description', 'Tags', 'IpAddressType', 'FailOnWarnings', 'Version'),
  }),
  'AWS::ApiGatewayV2::Stage': v.strictObject({
    ApiId: text,
    // The only one whose name is no part of the path.
    StageName: v.literal('$default'),
    AutoDeploy: v.pipe(boolean, v.literal(true)),
    DefaultRouteSettings: v.optional(routeSettings, {}),
    RouteSettings: v.optional(v.record(text, routeSettings), {}),
    AccessLogSettings: v.optional(v.strictObject({ Format: text, ...leftAside('DestinationArn') })),
    ...leftAside('Description', 'Tags'),
  }),
  'AWS::ApiGatewayV2::Integration': v.strictObject({
    ApiId: text,
    IntegrationType: v.literal('AWS_PROXY'),
    IntegrationUri: text,
    PayloadFormatVersion: v.literal('2.0'),
    TimeoutInMillis: v.optional(v.pipe(number, v.minValue(50), v.maxValue(30_000)), 30_000),
    ...leftAside('Description', 'IntegrationMethod', 'ConnectionType'),
  }),
  'AWS::ApiGatewayV2::Authorizer': v.strictObject({
    ApiId: text,
    AuthorizerType: v.literal('JWT'),
    IdentitySource: v.strictTuple([v.literal('$request.header.Authorization')]),
    JwtConfiguration: v.strictObject({ Issuer: text, Audience: v.array(text) }),
    ...leftAside('Name'),
  }),
  'AWS::ApiGatewayV2::Route': v.strictObject({
    ApiId: text,
    RouteKey: v.pipe(text, v.regex(/^(\$default|[A-Z]+ \/\S*)$/, 'expected $default, or a method and a path')),
    Target: v.pipe(text, v.regex(/^integrations\//, 'expected integrations/ and an integration')),
    AuthorizationType: v.optional(v.picklist(['NONE', 'AWS_IAM', 'JWT']), 'NONE'),
    AuthorizerId: v.optional(text),
    AuthorizationScopes: v.optional(v.array(text), []),
    ...leftAside('OperationName'),
  }),
} as const;

/** Known, and skipped on purpose. */
export const SKIPPED: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Alarm': 'nobody is woken by a laptop',
  'AWS::CloudWatch::CompositeAlarm': 'nobody is woken by a laptop',
  'AWS::CloudWatch::Dashboard': 'there are no metrics to show',
  'AWS::Logs::LogGroup': 'what functions print goes to whoever started the stack',
  'AWS::Logs::MetricFilter': 'there are no metrics to count',
  'AWS::IAM::Role': "nobody's rights are checked; the template tests simulate them",
  'AWS::IAM::Policy': "nobody's rights are checked; the template tests simulate them",
  'AWS::IAM::ManagedPolicy': "nobody's rights are checked; the template tests simulate them",
  'AWS::Lambda::Permission': "nobody's rights are checked; the template tests simulate them",
  'AWS::SQS::QueuePolicy': "nobody's rights are checked; the template tests simulate them",
  'AWS::SNS::TopicPolicy': "nobody's rights are checked; the template tests simulate them",
  'AWS::Lambda::Version': 'the one version that runs here is $LATEST',
  'AWS::S3::Bucket': 'code is read from the packaged zips, not from the deployment bucket',
  'AWS::S3::BucketPolicy': 'code is read from the packaged zips, not from the deployment bucket',
  'AWS::Scheduler::ScheduleGroup': 'a group changes nothing about when its schedules fire',
};

export type ActedOnType = keyof typeof ACTED_ON;
export type Properties<Type extends ActedOnType> = v.InferOutput<(typeof ACTED_ON)[Type]>;

export function isActedOn(type: string): type is ActedOnType {
  return Object.hasOwn(ACTED_ON, type);
}

/**
 * Checks a resource's resolved properties.
 * @throws one sentence that names the resource, the property and what was expected
 */
export function parseProperties<Type extends ActedOnType>(
  logicalId: string,
  type: Type,
  properties: unknown,
): Properties<Type> {
  const parsed = v.safeParse(ACTED_ON[type], properties, { abortEarly: true });
  if (parsed.success) return parsed.output as Properties<Type>;
  const issue = parsed.issues[0];
  const path = v.getDotPath(issue) ?? 'Properties';
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    throw new Error(
      `${logicalId} (${type}) sets ${path}, which the local stack does not emulate; it would behave differently from AWS. ` +
        'Teach src/local/resource-types.ts about it, or take it out of the template.',
    );
  }
  throw new Error(`${logicalId} (${type}): ${path} is not what the local stack understands: ${issue.message}.`);
}

/** How a resource is called: what `Ref` returns, and what `Fn::GetAtt` can be asked for. */
export type Identity = {
  readonly name: string;
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
};
export type Place = {
  readonly accountId: string;
  readonly region: string;
  readonly stackName: string;
  /** Where the front door is: `http://127.0.0.1:1234`. */
  readonly endpoint: string;
};

/** The property that holds a resource's own name, where it has one. */
const NAME_PROPERTY: Readonly<Record<string, string>> = {
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
};

/** Of resources that AWS itself names: letters and digits, as many. */
const GIVEN_ID_LENGTH = 10;

export function namePropertyOf(type: string): string | undefined {
  return NAME_PROPERTY[type];
}

/** The local partition is always `aws`. Types that nothing can refer to here have neither ARN nor attributes. */
export function identify(type: string, name: string, place: Place): Identity {
  const arn = (service: string, resource: string) =>
    `arn:aws:${service}:${place.region}:${place.accountId}:${resource}`;
  const url = `${place.endpoint}/${place.accountId}/${name}`;
  switch (type) {
    case 'AWS::Lambda::Function':
      return { name, ref: name, attributes: { Arn: arn('lambda', `function:${name}`) } };
    case 'AWS::SQS::Queue':
      return { name, ref: url, attributes: { Arn: arn('sqs', name), QueueName: name, QueueUrl: url } };
    case 'AWS::SNS::Topic':
      return { name, ref: arn('sns', name), attributes: { TopicArn: arn('sns', name), TopicName: name } };
    case 'AWS::DynamoDB::Table':
      return { name, ref: name, attributes: { Arn: arn('dynamodb', `table/${name}`) } };
    case 'AWS::Scheduler::Schedule':
      return { name, ref: name, attributes: { Arn: arn('scheduler', `schedule/default/${name}`) } };
    case 'AWS::Logs::LogGroup':
      return { name, ref: name, attributes: { Arn: arn('logs', `log-group:${name}:*`) } };
    case 'AWS::IAM::Role':
      return { name, ref: name, attributes: { Arn: `arn:aws:iam::${place.accountId}:role/${name}` } };
    case 'AWS::S3::Bucket':
      return { name, ref: name, attributes: { Arn: `arn:aws:s3:::${name}` } };
    case 'AWS::ApiGatewayV2::Api':
      return { name, ref: givenId(name), attributes: { ApiId: givenId(name), ApiEndpoint: place.endpoint } };
    case 'AWS::ApiGatewayV2::Integration':
    case 'AWS::ApiGatewayV2::Authorizer':
      return { name, ref: givenId(name), attributes: {} };
    default:
      return { name, ref: name, attributes: {} };
  }
}

/** The same for the same name, whenever a stack starts. */
function givenId(name: string): string {
  const number = BigInt(`0x${createHash('sha256').update(name).digest('hex')}`);
  return number.toString(36).slice(0, GIVEN_ID_LENGTH);
}
