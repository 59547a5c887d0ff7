/**
 * What CloudFormation makes of the intrinsic functions: enough of it to ask "which ARN is that?" in a test. It knows
 * only what this template uses and refuses the rest, and it is not the local stack's own resolver, so that the two can
 * disagree.
 */
export type Json = string | number | boolean | null | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };
export type Resource = {
  Type: string;
  Properties: JsonObject;
  Condition?: string;
  DependsOn?: string | string[];
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
};
export type Template = {
  Resources: Record<string, Resource>;
  Outputs: JsonObject;
  Conditions?: JsonObject;
  Parameters?: Record<string, { Type: string; Default: string | number }>;
};

export type World = {
  partition: string;
  region: string;
  accountId: string;
  /** Values of the template's own parameters; the others have their defaults. */
  parameters?: Record<string, string>;
};

const ABSENT = Symbol('AWS::NoValue');

type Context = { template: Template; world: World };

/** Resources and outputs whose condition is false are left out. */
export function resolveTemplate(template: Template, world: World): Template {
  const context = { template, world };
  const resources = Object.entries(template.Resources)
    .filter(([, resource]) => resource.Condition === undefined || condition(resource.Condition, context))
    .map(([id, resource]) => [id, { ...resource, Properties: resolve(resource.Properties, context) as JsonObject }]);
  const outputs = Object.entries(template.Outputs).filter(
    ([, output]) => !isObject(output) || output.Condition === undefined || condition(String(output.Condition), context),
  );
  return {
    Resources: Object.fromEntries(resources),
    Outputs: resolve(Object.fromEntries(outputs), context) as JsonObject,
  };
}

function resolve(value: Json, context: Context): Json {
  const resolved = resolveOrLeaveOut(value, context);
  if (resolved === ABSENT) throw new Error('AWS::NoValue stands where something has to be.');
  return resolved;
}

function resolveOrLeaveOut(value: Json, context: Context): Json | typeof ABSENT {
  if (Array.isArray(value))
    return value.map((item) => resolveOrLeaveOut(item, context)).filter((item) => item !== ABSENT);
  if (!isObject(value)) return value;
  const [key, ...others] = Object.keys(value);
  if (key !== undefined && others.length === 0 && (key === 'Ref' || key.startsWith('Fn::')))
    return intrinsic(key, value[key] ?? null, context);
  const entries = Object.entries(value).map(([name, item]) => [name, resolveOrLeaveOut(item, context)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== ABSENT)) as JsonObject;
}

function intrinsic(name: string, argument: Json, context: Context): Json | typeof ABSENT {
  if (name === 'Ref' && argument === 'AWS::NoValue') return ABSENT;
  switch (name) {
    case 'Ref':
      return ref(argument as string, context);
    case 'Fn::GetAtt': {
      const [id, attribute] = argument as [string, string];
      return getAtt(id, attribute, context);
    }
    case 'Fn::Sub': {
      const [pattern, variables] = (Array.isArray(argument) ? argument : [argument, {}]) as [string, JsonObject];
      return pattern.replace(/\$\{(!?)([^}]*)\}/g, (_, literal: string, inner: string) => {
        if (literal) return `\${${inner}}`;
        if (variables[inner] !== undefined) return String(resolve(variables[inner], context));
        const [id = '', attribute] = inner.split('.');
        return String(attribute ? getAtt(id, attribute, context) : ref(id, context));
      });
    }
    case 'Fn::Join': {
      const [separator, parts] = argument as [string, Json[]];
      return parts.map((part) => String(resolve(part, context))).join(separator);
    }
    case 'Fn::If': {
      const [test, yes, no] = argument as [string, Json, Json];
      return resolveOrLeaveOut(condition(test, context) ? yes : no, context);
    }
    default:
      throw new Error(`The test's resolver does not know ${name}.`);
  }
}

function condition(id: string, context: Context): boolean {
  const definition = context.template.Conditions?.[id];
  if (definition === undefined) throw new Error(`The template has no condition ${id}.`);
  return truth(definition, context);
}

function truth(value: Json, context: Context): boolean {
  const [[name, argument] = ['', null]] = isObject(value) ? Object.entries(value) : [];
  if (name === 'Condition') return condition(argument as string, context);
  if (name === 'Fn::Not') return !truth((argument as [Json])[0], context);
  if (name === 'Fn::And') return (argument as Json[]).every((part) => truth(part, context));
  if (name === 'Fn::Equals') {
    const [left, right] = (argument as Json[]).map((part) => resolve(part, context));
    return String(left) === String(right);
  }
  throw new Error(`The test's resolver does not know the condition ${JSON.stringify(value)}.`);
}

function ref(id: string, context: Context): Json {
  const { partition, region, accountId } = context.world;
  switch (id) {
    case 'AWS::Partition':
      return partition;
    case 'AWS::Region':
      return region;
    case 'AWS::AccountId':
      return accountId;
  }
  const parameter = context.template.Parameters?.[id];
  if (parameter !== undefined) {
    const value = context.world.parameters?.[id] ?? parameter.Default;
    if (parameter.Type !== 'CommaDelimitedList') return value;
    return String(value)
      .split(',')
      .map((part) => part.trim());
  }
  const { Type, Properties } = find(id, context);
  switch (Type) {
    case 'AWS::SQS::Queue':
      return `https://sqs.${region}.${partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'}/${accountId}/${Properties.QueueName}`;
    case 'AWS::SNS::Topic':
      return getAtt(id, 'TopicArn', context);
    case 'AWS::DynamoDB::Table':
      return String(Properties.TableName);
    case 'AWS::Lambda::Function':
      return String(Properties.FunctionName);
    case 'AWS::S3::Bucket':
      return id.toLowerCase();
    case 'AWS::IAM::Role':
      return roleName(id, Properties, context);
    case 'AWS::CloudWatch::Dashboard':
      return String(Properties.DashboardName);
    case 'AWS::ApiGatewayV2::Api':
    case 'AWS::ApiGatewayV2::Authorizer':
    case 'AWS::ApiGatewayV2::Integration':
      return idOf(id);
    default:
      throw new Error(`The test's resolver does not know what Ref of ${Type} (${id}) is.`);
  }
}

/** API Gateway makes one up; here it is made of the logical id. */
const idOf = (id: string) => id.toLowerCase();

/** CloudFormation makes one where the template names none; here it is the logical id. */
function roleName(id: string, { RoleName }: JsonObject, context: Context): string {
  const name = RoleName === undefined ? ABSENT : resolveOrLeaveOut(RoleName, context);
  return name === ABSENT ? id : String(name);
}

/** ARNs as the Service Authorization Reference spells them. */
function getAtt(id: string, attribute: string, context: Context): string {
  const { partition, region, accountId } = context.world;
  const { Type, Properties } = find(id, context);
  const arn = (service: string, name: string) => `arn:${partition}:${service}:${region}:${accountId}:${name}`;
  const attributes: Record<string, string> = {
    'AWS::SQS::Queue.Arn': arn('sqs', String(Properties.QueueName)),
    'AWS::SQS::Queue.QueueName': String(Properties.QueueName),
    'AWS::SNS::Topic.TopicArn': arn('sns', String(Properties.TopicName)),
    'AWS::SNS::Topic.TopicName': String(Properties.TopicName),
    'AWS::DynamoDB::Table.Arn': arn('dynamodb', `table/${Properties.TableName}`),
    'AWS::Lambda::Function.Arn': arn('lambda', `function:${Properties.FunctionName}`),
    'AWS::Logs::LogGroup.Arn': `${arn('logs', `log-group:${Properties.LogGroupName}`)}:*`,
    'AWS::ApiGatewayV2::Api.ApiEndpoint': `https://${idOf(id)}.execute-api.${region}.${partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'}`,
    'AWS::IAM::Role.Arn': `arn:${partition}:iam::${accountId}:role/${roleName(id, Properties, context)}`,
  };
  const value = attributes[`${Type}.${attribute}`];
  if (value === undefined) throw new Error(`The test's resolver does not know ${attribute} of ${Type} (${id}).`);
  return value;
}

function find(id: string, context: Context): { Type: string; Properties: JsonObject } {
  const resource = context.template.Resources[id];
  if (!resource) throw new Error(`The template has no resource ${id}.`);
  if (resource.Condition !== undefined && !condition(resource.Condition, context))
    throw new Error(`${id} is referred to, but does not exist, because ${resource.Condition} is false.`);
  return resource;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
