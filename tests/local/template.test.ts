import { readTemplate, withParameters } from '../../src/local/template.ts';
import { makeTemplate } from './sample-stack.ts';

const PLACE = {
  accountId: '123456789012',
  region: 'eu-west-1',
  stackName: 'sample-dev',
  endpoint: 'http://127.0.0.1:4000',
};

const QUEUE = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'tasks' } };
const TOPIC = { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'news' } };

function read(resources: Record<string, unknown>, rest: Record<string, unknown> = {}) {
  return readTemplate({ ...rest, Resources: resources }, PLACE);
}

/** What a value in a template means, seen through a function's environment. */
function meaningOf(value: unknown, rest: Record<string, unknown> = {}, resources: Record<string, unknown> = {}) {
  const { Resources } = makeTemplate({
    functions: { probe: { body: '', properties: { Environment: { Variables: { VALUE: value } } } } },
    resources: { Queue: QUEUE, Topic: TOPIC, ...resources },
  });
  const template = readTemplate({ ...rest, Resources }, PLACE);
  const probe = template.resources.find(({ logicalId }) => logicalId === 'ProbeLambdaFunction');
  if (probe?.type !== 'AWS::Lambda::Function') throw new Error('the probe is gone');
  return probe.properties.Environment?.Variables.VALUE;
}

describe('intrinsic functions', () => {
  test('Ref is the url of a queue, the ARN of a topic and the name of everything else', () => {
    expect(meaningOf({ Ref: 'Queue' })).toBe('http://127.0.0.1:4000/123456789012/tasks');
    expect(meaningOf({ Ref: 'Topic' })).toBe('arn:aws:sns:eu-west-1:123456789012:news');
    expect(meaningOf({ Ref: 'ServerlessDeploymentBucket' })).toBe('sample-dev-ServerlessDeploymentBucket');
  });

  test('Fn::GetAtt knows attributes as a list and as one word', () => {
    expect(meaningOf({ 'Fn::GetAtt': ['Queue', 'Arn'] })).toBe('arn:aws:sqs:eu-west-1:123456789012:tasks');
    expect(meaningOf({ 'Fn::GetAtt': 'Topic.TopicName' })).toBe('news');
  });

  test('Fn::Sub fills in resources, attributes, pseudo parameters and its own variables, and leaves literals', () => {
    const pattern = `\${AWS::Partition}/\${AWS::Region}/\${Topic}/\${Queue.Arn}/\${own}/\${!literal}`;
    expect(meaningOf({ 'Fn::Sub': [pattern, { own: { Ref: 'AWS::AccountId' } }] })).toBe(
      `aws/eu-west-1/arn:aws:sns:eu-west-1:123456789012:news/arn:aws:sqs:eu-west-1:123456789012:tasks/123456789012/\${literal}`,
    );
  });

  test('Fn::Join, Fn::Split and Fn::Select work on each other', () => {
    const third = { 'Fn::Select': [2, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Queue', 'Arn'] }] }] };
    expect(meaningOf({ 'Fn::Join': ['-', ['a', third, 'b']] })).toBe('a-sqs-b');
  });

  test.each([
    [{ 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] }, 'yes'],
    [{ 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] }, 'no'],
    [{ 'Fn::Not': [{ Condition: 'Always' }] }, 'no'],
    [{ 'Fn::And': [{ Condition: 'Always' }, { 'Fn::Equals': ['1', 1] }] }, 'yes'],
    [{ 'Fn::Or': [{ 'Fn::Equals': ['a', 'b'] }, { 'Fn::Equals': ['a', 'c'] }] }, 'no'],
  ])('Fn::If follows the condition %j', (condition, expected) => {
    const rest = {
      Parameters: { Stage: { Type: 'String', Default: 'dev' } },
      Conditions: { Always: { 'Fn::Equals': ['x', 'x'] }, Asked: condition },
    };
    expect(meaningOf({ 'Fn::If': ['Asked', 'yes', 'no'] }, rest)).toBe(expected);
  });

  test('AWS::NoValue leaves nothing behind, not even a null', () => {
    const { resources } = read({
      Queue: { ...QUEUE, Properties: { QueueName: 'q', VisibilityTimeout: { Ref: 'AWS::NoValue' } } },
    });
    expect(resources[0]?.properties).toMatchObject({ VisibilityTimeout: 30 });
  });

  test('a resource whose condition is false does not exist, and nobody may refer to it', () => {
    const rest = { Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } } };
    const gone = { Gone: { ...TOPIC, Condition: 'Never' } };
    expect(read({ ...gone, Queue: QUEUE }, rest).resources.map(({ logicalId }) => logicalId)).toEqual(['Queue']);
    expect(() => meaningOf({ Ref: 'Gone' }, rest, gone)).toThrow(/ProbeLambdaFunction.*Gone does not exist/);
  });

  test.each([
    [{ 'Fn::ImportValue': 'x' }, /ProbeLambdaFunction\.Environment\.Variables\.VALUE uses Fn::ImportValue/],
    [{ 'Fn::FindInMap': ['a', 'b', 'c'] }, /Fn::FindInMap/],
    [{ Ref: 'Nobody' }, /there is no resource or parameter Nobody/],
    [{ Ref: 'AWS::NotificationARNs' }, /pseudo parameter AWS::NotificationARNs/],
    [{ 'Fn::GetAtt': ['Queue', 'Color'] }, /attribute Queue\.Color/],
    [{ 'Fn::Sub': `\${Queue.Color}` }, /attribute Queue\.Color/],
    ['{{resolve:ssm:/x}}', /dynamic reference/],
    [{ 'Fn::If': ['Nowhere', 1, 2] }, /no condition Nowhere/],
  ])('%j is an error that says what is unknown and where', (value, expected) => {
    expect(() => meaningOf(value)).toThrow(expected);
  });

  test('a parameter may be given another value than its default, if there is one', () => {
    const template = { Parameters: { Size: { Type: 'Number', Default: 1 } }, Resources: {} };
    expect(withParameters(template, { Size: '2' })).toEqual({
      ...template,
      Parameters: { Size: { Type: 'Number', Default: '2' } },
    });
    expect(withParameters(template, {})).toEqual(template);
    expect(() => withParameters(template, { Seize: '2' })).toThrow('The template has no parameter Seize.');
  });

  test('a parameter without a default is an error, since nobody can be asked', () => {
    expect(() => meaningOf('x', { Parameters: { Size: { Type: 'Number' } } })).toThrow(/parameter Size has no default/);
  });

  test('names that refer to each other in a circle are an error', () => {
    const circle = (name: string) => ({
      Type: 'AWS::SNS::Topic',
      Properties: { TopicName: { 'Fn::GetAtt': [name, 'TopicName'] } },
    });
    expect(() => read({ A: circle('B'), B: circle('A') })).toThrow(/refers to itself/);
  });
});

describe('resources', () => {
  test('a type that the local stack does not know is an error that names it', () => {
    expect(() => read({ Cache: { Type: 'AWS::ElastiCache::CacheCluster' } })).toThrow(
      /Cache is an AWS::ElastiCache::CacheCluster, a resource type that the local stack does not know/,
    );
  });

  test.each([
    'AWS::CloudWatch::Alarm',
    'AWS::IAM::Role',
    'AWS::Lambda::Permission',
    'AWS::Logs::LogGroup',
    'AWS::SQS::QueuePolicy',
  ])('%s is skipped on purpose, with a reason, and not looked into', (type) => {
    const { skipped, resources } = read({ Known: { Type: type, Properties: { Any: { 'Fn::Nonsense': 1 } } } });
    expect(resources).toEqual([]);
    expect(skipped).toEqual([{ logicalId: 'Known', type, reason: expect.stringMatching(/\w+ \w+/) }]);
  });

  test.each([
    [
      'AWS::SQS::Queue',
      { DelaySeconds: 5 },
      /Thing \(AWS::SQS::Queue\) sets DelaySeconds, which the local stack does not emulate/,
    ],
    [
      'AWS::SQS::Queue',
      { RedrivePolicy: { deadLetterTargetArn: 'x', maxReceiveCount: 1, more: 2 } },
      /RedrivePolicy\.more/,
    ],
    ['AWS::SNS::Topic', { FifoTopic: true }, /FifoTopic/],
    ['AWS::SQS::Queue', { VisibilityTimeout: 'soon' }, /VisibilityTimeout.*expected a number/],
    ['AWS::SNS::Subscription', { TopicArn: 'a', Protocol: 'https', Endpoint: 'b' }, /Protocol/],
  ])('%s with %j would behave differently, so it is an error', (Type, Properties, expected) => {
    expect(() => read({ Thing: { Type, Properties } })).toThrow(expected);
  });

  test('numbers and booleans may be written as strings, as in CloudFormation', () => {
    const mapping = { EventSourceArn: 'a', FunctionName: 'b', BatchSize: '7', Enabled: 'false' };
    const { resources } = read({ Mapping: { Type: 'AWS::Lambda::EventSourceMapping', Properties: mapping } });
    expect(resources[0]?.properties).toMatchObject({ BatchSize: 7, Enabled: false });
  });

  test('a macro that would change the whole template is an error', () => {
    expect(() => read({}, { Transform: 'AWS::Serverless-2016-10-31' })).toThrow(/Transform/);
  });
});
