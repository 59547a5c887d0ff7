/**
 * What services tell of themselves: how functions, mappings, schedules, alarms, roles and tables are set up. The answers come
 * from the compiled template, which is what the stack was made of; nothing of it can be changed while the stack runs.
 *
 * On purpose different from AWS: alarms are never evaluated, so each is INSUFFICIENT_DATA, as AWS has it for a new one; whatever
 * else is asked is refused by name.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerIam } from './iam-service.ts';
import { type Handle, readBody, refuse } from './listen.ts';
import type { Place } from './resource-types.ts';
import { ofType, type Resource, type SkippedResource, type Template } from './template.ts';

export type ControlPlane = {
  /** These answer what they know, and hand on the rest. */
  lambda(rest: Handle): Handle;
  dynamodb(rest: BodyHandle): BodyHandle;
  scheduler: Handle;
  monitoring: Handle;
  iam: Handle;
};

type BodyHandle = (request: IncomingMessage, body: Buffer, response: ServerResponse) => void;

/** What AWS gives an account, before anybody asks for more. */
const QUOTA = 1000;

type Variables = Readonly<Record<string, string>>;

/**
 * @param skipped reads, when it is asked for, what the stack does not act on
 * @param told what every function is told beside what the template says
 */
export function makeControlPlane(
  template: Template,
  place: Place,
  skipped: (type: string) => SkippedResource[],
  told: Variables,
): ControlPlane {
  const startedAt = new Date();
  return {
    lambda: (rest) => (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', place.endpoint);
      const answer =
        request.method === 'GET' ? lambdaAnswer(pathname, searchParams, template, startedAt, told) : undefined;
      if (answer === undefined) rest(request, response);
      else give(request, response, answer);
    },
    dynamodb: (rest) => (request, body, response) => {
      const answer = dynamodbAnswer(String(request.headers['x-amz-target']), body, template);
      if (answer === undefined) rest(request, body, response);
      else give(request, response, answer, 'application/x-amz-json-1.0');
    },
    scheduler: (request, response) => {
      const { pathname } = new URL(request.url ?? '/', place.endpoint);
      const isGet = request.method === 'GET';
      give(
        request,
        response,
        (isGet && schedulerAnswer(pathname, template, startedAt)) ||
          unknownTo('Scheduler', `${request.method} ${pathname}`),
      );
    },
    monitoring: (request, response) => {
      void readBody(request).then((body) => {
        if (body === undefined) return;
        const action = String(request.headers['x-amz-target']).split('.')[1] ?? '';
        const answer = action === 'DescribeAlarms' ? describeAlarms(body, skipped, place, startedAt) : undefined;
        give(request, response, answer ?? unknownTo('CloudWatch', action), 'application/x-amz-json-1.0');
      });
    },
    iam: (request, response) => {
      void readBody(request).then(
        (body) => body && answerIam(request, new URLSearchParams(body.toString()), response, skipped),
      );
    },
  };
}

type Refused = { status: number; code: string; message: string };
type Answer = { body: unknown } | Refused;

function give(request: IncomingMessage, response: ServerResponse, answer: Answer, type = 'application/json'): void {
  if (!('body' in answer)) {
    refuse(request, response, answer.status, answer.code, answer.message);
    return;
  }
  request.resume();
  response.writeHead(200, { 'content-type': type, 'x-amzn-requestid': randomUUID() });
  response.end(JSON.stringify(answer.body));
}

function unknownTo(service: string, what: string): Refused {
  const message = `The local ${service} does not know ${what || 'this request'}.`;
  return { status: 400, code: 'UnknownOperationException', message };
}

const notFound = (message: string): Refused => ({ status: 404, code: 'ResourceNotFoundException', message });

/** AWS gives instants in JSON as seconds since 1970. */
const seconds = (at: Date) => at.getTime() / 1000;

// ---- Lambda -----------------------------------------------------------------------------------------------------------

const FUNCTION_PATH =
  /^\/20(?:15-03-31|19-09-30|19-09-25)\/functions\/([^/]+)\/(configuration|concurrency|event-invoke-config)\/?$/;

function lambdaAnswer(
  path: string,
  query: URLSearchParams,
  template: Template,
  startedAt: Date,
  told: Variables,
): Answer | undefined {
  if (/^\/2015-03-31\/event-source-mappings\/?$/.test(path)) return listMappings(query, template, startedAt);
  if (/^\/2016-08-19\/account-settings\/?$/.test(path)) return { body: accountSettings(template) };
  const [, reference, what] = FUNCTION_PATH.exec(path) ?? [];
  if (reference === undefined) return undefined;
  const fn = findFunction(decodeURIComponent(reference), template);
  if (fn === undefined) return notFound(`Function not found: ${decodeURIComponent(reference)}`);
  const { ReservedConcurrentExecutions: reserved } = fn.properties;
  if (what === 'concurrency') return { body: reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved } };
  if (what === 'event-invoke-config') return invokeConfigOf(fn, template, startedAt);
  return { body: configurationOf(fn, startedAt, told) };
}

/** By name or ARN, with or without a qualifier. */
function findFunction(reference: string, template: Template): Resource<'AWS::Lambda::Function'> | undefined {
  const parts = reference.split(':');
  const name = parts[parts.indexOf('function') + 1] ?? reference;
  return ofType(template, 'AWS::Lambda::Function').find((one) => one.name === name);
}

function configurationOf(
  { name, arn, properties }: Resource<'AWS::Lambda::Function'>,
  startedAt: Date,
  told: Variables,
) {
  const { Runtime, Handler, Timeout, MemorySize, Environment, Role, Architectures, Description } = properties;
  return {
    FunctionName: name,
    FunctionArn: arn,
    ...{ Runtime, Role, Handler, Timeout, MemorySize, Architectures },
    Description: Description ?? '',
    LastModified: startedAt.toISOString().replace('Z', '+0000'),
    Version: '$LATEST',
    PackageType: 'Zip',
    State: 'Active',
    LastUpdateStatus: 'Successful',
    ...(Environment && { Environment: { Variables: { ...Environment.Variables, ...told } } }),
  };
}

function invokeConfigOf({ name, arn }: Resource<'AWS::Lambda::Function'>, template: Template, startedAt: Date): Answer {
  const found = ofType(template, 'AWS::Lambda::EventInvokeConfig').find(
    ({ properties: { FunctionName } }) => FunctionName === name || FunctionName === arn,
  );
  if (found === undefined) return notFound(`The function ${arn} doesn't have an EventInvokeConfig`);
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = found.properties;
  return {
    body: {
      FunctionArn: `${arn}:$LATEST`,
      ...{ MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig },
      LastModified: seconds(startedAt),
    },
  };
}

function listMappings(query: URLSearchParams, template: Template, startedAt: Date): Answer {
  const [asked, source] = [query.get('FunctionName'), query.get('EventSourceArn')];
  const fn = asked === null ? undefined : findFunction(asked, template);
  if (asked !== null && fn === undefined) return notFound(`Function not found: ${asked}`);
  const found = ofType(template, 'AWS::Lambda::EventSourceMapping').filter(
    ({ properties: { FunctionName, EventSourceArn } }) =>
      (fn === undefined || [fn.name, fn.arn].includes(FunctionName)) && (source === null || source === EventSourceArn),
  );
  return { body: { EventSourceMappings: found.map((mapping) => mappingOf(mapping, template, startedAt)) } };
}

function mappingOf(
  { logicalId, properties }: Resource<'AWS::Lambda::EventSourceMapping'>,
  template: Template,
  startedAt: Date,
) {
  const { EventSourceArn, FunctionName, BatchSize, MaximumBatchingWindowInSeconds, Enabled } = properties;
  return {
    UUID: uuidOf(logicalId),
    EventSourceArn,
    FunctionArn: findFunction(FunctionName, template)?.arn ?? FunctionName,
    BatchSize,
    MaximumBatchingWindowInSeconds,
    FunctionResponseTypes: properties.FunctionResponseTypes,
    ...(properties.ScalingConfig && { ScalingConfig: properties.ScalingConfig }),
    LastModified: seconds(startedAt),
    State: Enabled ? 'Enabled' : 'Disabled',
    StateTransitionReason: 'USER_INITIATED',
  };
}

/** The same one each time it is asked. */
function uuidOf(logicalId: string): string {
  const hex = createHash('sha256').update(logicalId).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

function accountSettings(template: Template) {
  const functions = ofType(template, 'AWS::Lambda::Function');
  const reserved = functions.reduce((sum, { properties }) => sum + (properties.ReservedConcurrentExecutions ?? 0), 0);
  return {
    AccountLimit: {
      TotalCodeSize: 80_530_636_800,
      CodeSizeUnzipped: 262_144_000,
      CodeSizeZipped: 52_428_800,
      ConcurrentExecutions: QUOTA,
      UnreservedConcurrentExecutions: QUOTA - reserved,
    },
    AccountUsage: { TotalCodeSize: 0, FunctionCount: functions.length },
  };
}

// ---- Scheduler --------------------------------------------------------------------------------------------------------

function schedulerAnswer(path: string, template: Template, startedAt: Date): Answer | undefined {
  const all = ofType(template, 'AWS::Scheduler::Schedule');
  const dates = { CreationDate: seconds(startedAt), LastModificationDate: seconds(startedAt) };
  if (/^\/schedules\/?$/.test(path)) {
    const Schedules = all.map(({ name, arn, properties: { State, Target } }) => {
      return { Arn: arn, GroupName: 'default', Name: name, State, Target: { Arn: Target.Arn }, ...dates };
    });
    return { body: { Schedules } };
  }
  const [, asked] = /^\/schedules\/([^/]+)\/?$/.exec(path) ?? [];
  if (asked === undefined) return undefined;
  const found = all.find(({ name }) => name === decodeURIComponent(asked));
  if (found === undefined) return notFound(`Schedule ${decodeURIComponent(asked)} does not exist.`);
  const { Name: _, GroupName, ...properties } = found.properties;
  return { body: { Arn: found.arn, GroupName: GroupName ?? 'default', Name: found.name, ...properties, ...dates } };
}

// ---- CloudWatch -------------------------------------------------------------------------------------------------------

function describeAlarms(
  body: Buffer,
  skipped: (type: string) => SkippedResource[],
  place: Place,
  startedAt: Date,
): Answer {
  const {
    AlarmNamePrefix = '',
    AlarmNames,
    StateValue,
  } = JSON.parse(body.toString() || '{}') as {
    AlarmNamePrefix?: string;
    AlarmNames?: string[];
    StateValue?: string;
  };
  const alarms = skipped('AWS::CloudWatch::Alarm').map(({ name, properties }) => {
    const AlarmName = String(properties.AlarmName ?? name);
    return {
      AlarmArn: `arn:aws:cloudwatch:${place.region}:${place.accountId}:alarm:${AlarmName}`,
      ActionsEnabled: true,
      ...{ OKActions: [], AlarmActions: [], InsufficientDataActions: [], Dimensions: [] },
      ...asTyped(properties),
      AlarmName,
      StateValue: 'INSUFFICIENT_DATA',
      StateReason: 'Unchecked: Initial alarm creation',
      StateUpdatedTimestamp: seconds(startedAt),
      StateTransitionedTimestamp: seconds(startedAt),
      AlarmConfigurationUpdatedTimestamp: seconds(startedAt),
    };
  });
  const MetricAlarms = alarms.filter(
    (alarm) =>
      alarm.AlarmName.startsWith(AlarmNamePrefix) &&
      (AlarmNames === undefined || AlarmNames.includes(alarm.AlarmName)) &&
      (StateValue === undefined || StateValue === alarm.StateValue),
  );
  return { body: { CompositeAlarms: [], MetricAlarms } };
}

const NUMBERS = ['Period', 'EvaluationPeriods', 'DatapointsToAlarm', 'Threshold'];

/** CloudFormation takes numbers and booleans as texts, CloudWatch gives them back as what they are. */
function asTyped(properties: SkippedResource['properties']): Record<string, unknown> {
  const typed = Object.entries(properties).map(([name, value]) => {
    if (NUMBERS.includes(name)) return [name, Number(value)];
    return [name, name === 'ActionsEnabled' ? String(value) === 'true' : value];
  });
  return Object.fromEntries(typed);
}

// ---- DynamoDB ---------------------------------------------------------------------------------------------------------

/** What the emulator does not keep of a table. */
function dynamodbAnswer(target: string, body: Buffer, template: Template): Answer | undefined {
  const action = /^DynamoDB_20120810\.(DescribeTimeToLive|DescribeContinuousBackups)$/.exec(target)?.[1];
  if (action === undefined) return undefined;
  const { TableName = '' } = JSON.parse(body.toString() || '{}') as { TableName?: string };
  const table = ofType(template, 'AWS::DynamoDB::Table').find(({ name }) => name === TableName);
  const isExpiry = action === 'DescribeTimeToLive';
  if (table === undefined) {
    const code = isExpiry ? 'ResourceNotFoundException' : 'TableNotFoundException';
    return { status: 400, code, message: `Requested resource not found: Table: ${TableName} not found` };
  }
  return { body: isExpiry ? timeToLiveOf(table) : backupsOf(table) };
}

type Settings = Readonly<Record<string, unknown>>;

function timeToLiveOf({ properties }: Resource<'AWS::DynamoDB::Table'>) {
  const { Enabled, AttributeName } = (properties.TimeToLiveSpecification ?? {}) as Settings;
  const isOn = String(Enabled) === 'true';
  return {
    TimeToLiveDescription: { TimeToLiveStatus: isOn ? 'ENABLED' : 'DISABLED', ...(isOn && { AttributeName }) },
  };
}

function backupsOf({ properties }: Resource<'AWS::DynamoDB::Table'>) {
  const { PointInTimeRecoveryEnabled } = (properties.PointInTimeRecoverySpecification ?? {}) as Settings;
  const status = String(PointInTimeRecoveryEnabled) === 'true' ? 'ENABLED' : 'DISABLED';
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: status },
    },
  };
}
