/** Who sends what to whom: the picture in the design, arrow by arrow. */
import { DISPATCH_SCHEDULE, SWEEP_SCHEDULE } from '../../../src/cli/local/schedules.ts';
import { type FunctionName, functionArn, functionNames, logicalId, ofType, only, somewhere } from '../compiled.ts';
import { about, group, judged, rule } from '../judge.ts';
import type { Json, JsonObject } from '../resolve.ts';
import { policiesOf } from '../simulate.ts';

about('the wiring');

const template = () => judged.template;

const topic = (name: string) => `arn:aws:sns:eu-west-1:123456789012:kvs-census-dev-${name}`;
const queue = (name: string) => `arn:aws:sqs:eu-west-1:123456789012:kvs-census-dev-${name}`;

group('region tasks', () => {
  rule('go from the topic to the queue as they are, without the envelope of SNS', () => {
    expect(subscriptions('region-tasks')).toEqual([
      {
        TopicArn: topic('region-tasks'),
        Protocol: 'sqs',
        Endpoint: queue('region-tasks'),
        RawMessageDelivery: true,
        RedrivePolicy: { deadLetterTargetArn: queue('undelivered-tasks') },
      },
    ]);
  });

  rule('are subscribed to only once the queues let them in', () => {
    expect(template().Resources.RegionTasksSubscription?.DependsOn).toEqual([
      'RegionTasksQueuePolicy',
      'UndeliveredTasksQueuePolicy',
    ]);
  });

  rule('go from the queue to the worker, and to nobody else', () => {
    expect(consumers('region-tasks')).toEqual([functionArn('worker')]);
  });

  rule('that failed too often go to undelivered-tasks', () => {
    expect(template().Resources.RegionTasksQueue?.Properties.RedrivePolicy).toMatchObject({
      deadLetterTargetArn: queue('undelivered-tasks'),
    });
  });

  rule('that are dead letters go to the undelivered function', () => {
    expect(consumers('undelivered-tasks')).toEqual([functionArn('undelivered')]);
  });
});

group('nudges', () => {
  rule('invoke the aggregator', () => {
    expect(subscriptions('nudges')).toEqual([
      { TopicArn: topic('nudges'), Protocol: 'lambda', Endpoint: functionArn('aggregator') },
    ]);
  });

  rule('may invoke it, and no other topic may', () => {
    const permissions = ofType(template(), 'AWS::Lambda::Permission').map(([, { Properties }]) => Properties);
    expect(permissions).toEqual([
      {
        FunctionName: functionArn('aggregator'),
        Action: 'lambda:InvokeFunction',
        Principal: 'sns.amazonaws.com',
        SourceArn: topic('nudges'),
      },
    ]);
  });
});

rule.each(['totals', 'totals-mail', 'totals-detail'])('%s have no subscriber of our own', (name) => {
  expect(subscriptions(name)).toEqual([]);
});

rule('what a person has to look at is consumed by no function', () => {
  expect(consumers('unreadable-tasks')).toEqual([]);
  expect(consumers('failed-invocations')).toEqual([]);
});

group('the schedules', () => {
  rule('are two, and complete: a resource merged under a wrong logical id would be a third', () => {
    expect(ofType(template(), 'AWS::Scheduler::Schedule').map(([id]) => id)).toEqual([
      DISPATCH_SCHEDULE,
      SWEEP_SCHEDULE,
    ]);
  });

  rule.each([
    ['dispatch', 'dispatcher', '{"runId":"<aws.scheduler.scheduled-time>"}'],
    ['sweep', 'aggregator', '{"sweep":true}'],
  ] as const)('%s invokes the %s with %s', (name, target, input) => {
    expect(schedule(name)).toMatchObject({
      State: 'ENABLED',
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: functionArn(target),
        RoleArn: 'arn:aws:iam::123456789012:role/SchedulerRole',
        Input: input,
        DeadLetterConfig: { Arn: queue('failed-invocations') },
      },
    });
  });

  rule('open no run before somebody listens to its tasks', () => {
    expect(template().Resources[DISPATCH_SCHEDULE]?.DependsOn).toEqual(['RegionTasksSubscription']);
  });
});

group('asynchronous invocation', () => {
  rule.each(['dispatcher', 'aggregator'] as const)('of the %s ends in failed-invocations when it fails', (name) => {
    const config = only(template(), 'AWS::Lambda::EventInvokeConfig', { FunctionName: `kvs-census-dev-${name}` });
    expect(config.Properties.DestinationConfig).toEqual({
      OnFailure: { Destination: queue('failed-invocations') },
    });
  });

  rule('is the only one the aggregator knows: an on-failure destination exists for no other', () => {
    expect(mappings().filter(({ FunctionName }) => FunctionName === functionArn('aggregator'))).toEqual([]);
    expect(ofType(template(), 'AWS::Lambda::Url')).toEqual([]);
  });
});

group('the functions', () => {
  rule('are four', () => {
    expect(ofType(template(), 'AWS::Lambda::Function').map(([id]) => id)).toEqual(functionNames.map(logicalId));
  });

  rule.each(functionNames)('%s runs on Node 24 on Graviton, under its own name', (name) => {
    expect(template().Resources[logicalId(name)]?.Properties).toMatchObject({
      FunctionName: `kvs-census-dev-${name}`,
      Handler: `src/functions/${name}.handler`,
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
    });
  });

  rule('have the memory that their work needs', () => {
    const memory = functionNames.map((name) => template().Resources[logicalId(name)]?.Properties.MemorySize);
    expect(memory).toEqual([256, 1024, 256, 512]);
  });

  rule.each(functionNames)("%s keeps its log for 30 days, not for ever, which is Lambda's default", (name) => {
    const group = only(template(), 'AWS::Logs::LogGroup', { LogGroupName: `/aws/lambda/kvs-census-dev-${name}` });
    expect(group.Properties.RetentionInDays).toBe(30);
  });

  rule.each(functionNames)('what the %s sends never comes back to it', (name) => {
    expect(reachableFrom(sentBy(name))).not.toContain(functionArn(name));
  });
});

rule(
  'where other accounts are counted, a total is a nudge for the organisation; Lambda still stops what goes round',
  () => {
    const nudging = (parameters: Record<string, string>) => {
      const of = judged.in({ ...somewhere, parameters });
      return ['Dispatcher', 'Worker', 'Undelivered', 'Aggregator'].filter((name) =>
        JSON.stringify(policiesOf(of, `${name}Role`)).includes(topic('nudges')),
      );
    };
    expect(nudging({})).toEqual(['Worker', 'Undelivered']);
    expect(nudging({ Accounts: 'organization' })).toEqual(['Dispatcher', 'Worker', 'Undelivered', 'Aggregator']);
    for (const name of functionNames)
      expect(template().Resources[logicalId(name)]?.Properties).not.toHaveProperty('RecursiveLoop');
  },
);

rule('every queue is encrypted', () => {
  const queues = ofType(template(), 'AWS::SQS::Queue');
  expect(queues).toHaveLength(4);
  for (const [, { Properties }] of queues) expect(Properties.SqsManagedSseEnabled).toBe(true);
});

rule.each(['region-tasks', 'nudges', 'totals', 'totals-mail', 'totals-detail', 'alarms'])(
  'the topic %s exists',
  (name) => {
    expect(only(template(), 'AWS::SNS::Topic', { TopicName: `kvs-census-dev-${name}` }).Properties).toBeDefined();
  },
);

group('the outputs', () => {
  const named = ['AWS::Lambda::Function', 'AWS::SQS::Queue', 'AWS::SNS::Topic', 'AWS::DynamoDB::Table'];

  rule.each([...named, 'AWS::CloudWatch::Dashboard'])('name every %s, once', async (type) => {
    const compiled = judged.compiled;
    const ids = ofType(compiled, type).map(([id]) => id);
    const values = Object.values(compiled.Outputs).map((output) => JSON.stringify((output as JsonObject).Value));
    expect(ids.length).toBeGreaterThan(0);
    for (const id of ids)
      expect([id, values.filter((value) => value.includes(`{"Ref":"${id}"}`)).length]).toEqual([id, 1]);
  });

  rule('are called after what they name', () => {
    expect(Object.keys(template().Outputs)).toEqual(
      expect.arrayContaining([
        ...['TableName', 'Settings'],
        ...[
          'RegionTasksTopicArn',
          'NudgesTopicArn',
          'TotalsTopicArn',
          'TotalsMailTopicArn',
          'TotalsDetailTopicArn',
          'AlarmsTopicArn',
        ],
        ...['RegionTasksQueueUrl', 'UndeliveredTasksQueueUrl', 'UnreadableTasksQueueUrl', 'FailedInvocationsQueueUrl'],
        ...functionNames.map((name) => `${logicalId(name).replace('Lambda', '')}Name`),
      ]),
    );
  });
});

function subscriptions(name: string): JsonObject[] {
  return ofType(template(), 'AWS::SNS::Subscription')
    .map(([, { Properties }]) => Properties)
    .filter(({ TopicArn }) => TopicArn === topic(name));
}

function mappings(): JsonObject[] {
  return ofType(template(), 'AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties);
}

function consumers(name: string): (Json | undefined)[] {
  return mappings()
    .filter(({ EventSourceArn }) => EventSourceArn === queue(name))
    .map(({ FunctionName }) => FunctionName);
}

function schedule(name: string): JsonObject {
  return only(template(), 'AWS::Scheduler::Schedule', { Name: `kvs-census-dev-${name}` }).Properties;
}

/** The topics and queues that a function's role lets it send to. */
function sentBy(name: FunctionName): string[] {
  const policies = template().Resources[`${logicalId(name).replace('LambdaFunction', '')}Role`]?.Properties.Policies;
  const statements = (policies as { PolicyDocument: { Statement: { Action: Json; Resource: Json }[] } }[]).flatMap(
    (policy) => policy.PolicyDocument.Statement,
  );
  return statements
    .filter(({ Action }) => [Action].flat().some((action) => action === 'sns:Publish' || action === 'sqs:SendMessage'))
    .flatMap(({ Resource }) => Resource as string | string[]);
}

/** Everything that a message to these may set in motion: subscribers, consumers, dead-letter queues, and so on. */
function reachableFrom(start: string[]): Set<string> {
  const reached = new Set<string>();
  const next = [...start];
  for (let here = next.pop(); here !== undefined; here = next.pop()) {
    if (reached.has(here)) continue;
    reached.add(here);
    next.push(...stepsFrom(here));
  }
  return reached;
}

function stepsFrom(here: string): string[] {
  const subscribed = ofType(template(), 'AWS::SNS::Subscription')
    .filter(([, { Properties }]) => Properties.TopicArn === here)
    .map(([, { Properties }]) => String(Properties.Endpoint));
  const consumed = mappings()
    .filter(({ EventSourceArn }) => EventSourceArn === here)
    .map(({ FunctionName }) => String(FunctionName));
  const deadLettered = ofType(template(), 'AWS::SQS::Queue')
    .filter(([, { Properties }]) => here.endsWith(`:${Properties.QueueName}`))
    .map(([, { Properties }]) => (Properties.RedrivePolicy as JsonObject | undefined)?.deadLetterTargetArn)
    .filter((arn) => typeof arn === 'string');
  const sent = functionNames.filter((name) => functionArn(name) === here).flatMap(sentBy);
  return [...subscribed, ...consumed, ...deadLettered, ...sent];
}
