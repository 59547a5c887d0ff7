/**
 * Faults that a person could make in serverless.yml or infra/, planted in the compiled template: the rule that is named has to
 * find each. A rule that finds nothing is no rule.
 */
import { property, readTemplate } from './compiled.ts';
import { judge } from './judge.ts';
import type { Json, Resource, Template } from './resolve.ts';
import { RULES } from './rules/index.ts';

type Edit = (template: Template) => void;

const pseudo = (name: string) => `\${AWS::${name}}`;

/** In the text of one resource, exact words for others. An empty text of a list's last element is left out with its comma. */
function words(id: string, from: string, to: string): Edit {
  return (template) => {
    const text = JSON.stringify(template.Resources[id]);
    if (!text?.includes(from)) throw new Error(`${id} does not say ${from}: ${text}`);
    template.Resources[id] = JSON.parse(text.replace(from, to)) as Resource;
  };
}

/** A property, or an attribute of the resource itself; `undefined` takes it away. */
function put(id: string, path: string, value: Json | undefined): Edit {
  return (template) => {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let place = template.Resources[id] as unknown as Record<string, Json>;
    for (const key of keys) place = place[key] as Record<string, Json>;
    if (value === undefined && !(last in place)) throw new Error(`${id} has no ${path}.`);
    if (value === undefined) delete place[last];
    else place[last] = value;
  };
}

function withoutStatement(id: string, sid: string): Edit {
  return (template) => {
    const { Statement: list } = property(template, id, 'PolicyDocument') as unknown as { Statement: { Sid: string }[] };
    const index = list.findIndex(({ Sid }) => Sid === sid);
    if (index < 0) throw new Error(`${id} has no statement ${sid}.`);
    list.splice(index, 1);
  };
}

const FAULTS: [what: string, edit: Edit, caughtBy: string][] = [
  // ---- what only shows in an account -------------------------------------------------------------------------------
  [
    'a partition is spelled out',
    words('WorkerRole', `arn:${pseudo('Partition')}:kinesisvideo`, 'arn:aws:kinesisvideo'),
    'the whole: the template is at home in every partition, region and account every ARN becomes one of aws-cn',
  ],
  [
    'an account is named',
    words('WorkerRole', `${pseudo('AccountId')}:stream`, '123456789012:stream'),
    'the whole: the template is at home in every partition, region and account no account is named',
  ],
  [
    'a dashboard looks at a fixed region',
    words('CensusDashboard', pseudo('Region'), 'us-east-1'),
    'the dashboard: has widgets that lie beside each other, in the region of the stack',
  ],
  [
    'a reference leads nowhere',
    words('WorkerRole', '"Ref":"NudgesTopic"', '"Ref":"NudgeTopic"'),
    'the whole: references all lead to something in the template',
  ],
  [
    'an attribute is misspelt',
    words('WorkerRole', '["RegionTasksQueue","Arn"]', '["RegionTasksQueue","ARN"]'),
    'the whole: references are to attributes that exist, so that the whole template can be worked out',
  ],
  [
    'a variable of the framework was left',
    put('TotalsTopic', 'Properties.TopicName', `\${self:custom.prefix}-totals`),
    'the whole: references of the framework were all filled in',
  ],
  [
    'a property is misspelt',
    words('RegionTasksQueue', '"VisibilityTimeout"', '"VisibilityTimeOut"'),
    "the whole: AWS's own validator finds nothing in the template but what is understood",
  ],
  [
    'a schedule has no day field left open',
    put('DispatcherSchedulerSchedule1', 'Properties.ScheduleExpression', 'cron(0 0/6 * * * *)'),
    'the whole: the schedules have expressions that EventBridge Scheduler understands',
  ],

  // ---- what gets lost ----------------------------------------------------------------------------------------------
  [
    'the queue of tasks has no dead-letter queue',
    put('RegionTasksQueue', 'Properties.RedrivePolicy', undefined),
    'the wiring: region tasks that failed too often go to undelivered-tasks',
  ],
  [
    'dead letters are given up',
    put('UndeliveredTasksQueue', 'Properties.RedrivePolicy', {
      deadLetterTargetArn: { 'Fn::GetAtt': ['UnreadableTasksQueue', 'Arn'] },
      maxReceiveCount: 5,
    }),
    'the numbers: the dead letters are never given up, whatever happens to the ledger',
  ],
  [
    'what SNS cannot deliver is dropped',
    put('RegionTasksSubscription', 'Properties.RedrivePolicy', undefined),
    'the wiring: region tasks go from the topic to the queue as they are, without the envelope of SNS',
  ],
  [
    'tasks come in the envelope of SNS',
    put('RegionTasksSubscription', 'Properties.RawMessageDelivery', false),
    'the wiring: region tasks go from the topic to the queue as they are, without the envelope of SNS',
  ],
  [
    'tasks are subscribed to before the queue lets them in',
    put('RegionTasksSubscription', 'DependsOn', ['RegionTasksQueuePolicy']),
    'the wiring: region tasks are subscribed to only once the queues let them in',
  ],
  [
    'the first run may open before anybody listens',
    put('DispatcherSchedulerSchedule1', 'DependsOn', undefined),
    'the wiring: the schedules open no run before somebody listens to its tasks',
  ],
  [
    'a schedule forgets what it cannot deliver',
    put('AggregatorSchedulerSchedule1', 'Properties.Target.DeadLetterConfig', undefined),
    'the wiring: the schedules sweep invokes the aggregator with {"sweep":true}',
  ],
  [
    'what a schedule adds is merged under another id',
    (template) => {
      template.Resources.DispatchSchedulerSchedule1 = { Type: 'AWS::Scheduler::Schedule', Properties: {} };
    },
    'the wiring: the schedules are two, and complete: a resource merged under a wrong logical id would be a third',
  ],
  [
    'the dispatcher fails without a trace',
    put('DispatcherLambdaEvConf', 'Properties.DestinationConfig', undefined),
    'the wiring: asynchronous invocation of the dispatcher ends in failed-invocations when it fails',
  ],
  [
    'a failed task counts as done',
    put('WorkerEventSourceMappingSQSRegionTasksQueue', 'Properties.FunctionResponseTypes', undefined),
    'the numbers: the worker and its queue one task is taken at a time, and a failed one is reported as such',
  ],
  [
    'removing the stack removes the ledger',
    put('LedgerTable', 'DeletionPolicy', 'Delete'),
    'the ledger: outlives its stack, but not a first deployment that failed, whose table would block the next',
  ],
  [
    'a first deployment that fails leaves a ledger that blocks the next',
    put('LedgerTable', 'DeletionPolicy', 'Retain'),
    'the ledger: outlives its stack, but not a first deployment that failed, whose table would block the next',
  ],
  [
    'a ledger that is protected before the stack stands',
    put('LedgerTable', 'Properties.DeletionProtectionEnabled', true),
    'the ledger: is not protected while the rest of the stack is being made, or CloudFormation could not take it back',
  ],
  [
    'an index has another name than the code asks for',
    words('LedgerTable', '"IndexName":"byTime"', '"IndexName":"bytime"'),
    'the ledger: has an index by time that holds whole items, and a sparse one of the runs for the sweep that holds keys',
  ],
  [
    'the table forgets by an attribute that no item has',
    words('LedgerTable', '"expiresAt"', '"expires"'),
    'the ledger: forgets an item when its time has come',
  ],
  [
    'a table is made beside the one that is there',
    put('LedgerTable', 'Condition', undefined),
    'the ledger: a ledger that is there already is used instead of one of the stack',
  ],
  [
    'one role forgets the ledger that is there',
    put('AggregatorRole', 'Properties.Policies.0.PolicyDocument.Statement.1.Resource', {
      'Fn::Sub': `arn:${pseudo('Partition')}:dynamodb:${pseudo('Region')}:${pseudo('AccountId')}:table/kvs-census-dev`,
    }),
    'the ledger: a ledger that is there already is all that the roles may touch, in the same way',
  ],

  // ---- numbers that belong together --------------------------------------------------------------------------------
  [
    'a message is back before its worker has ended',
    put('RegionTasksQueue', 'Properties.VisibilityTimeout', 1500),
    "the numbers: the worker and its queue a message is hidden for six times the worker's timeout",
  ],
  [
    'the worker counts other receives than its queue',
    put('RegionTasksQueue', 'Properties.RedrivePolicy.maxReceiveCount', 3),
    'the numbers: the worker and its queue a task is received five times, and the worker knows it',
  ],
  [
    'the workers take all that a new account may run',
    put('WorkerEventSourceMappingSQSRegionTasksQueue', 'Properties.ScalingConfig.MaximumConcurrency', 10),
    'the numbers: the worker and its queue all functions together leave room in an account that is new to Lambda, which may run 10 invocations',
  ],
  [
    'the third attempt at an organisation comes when its event is too old',
    put('DispatcherLambdaFunction', 'Properties.Timeout', { 'Fn::If': ['OthersAreCounted', 400, 60] }),
    'the numbers: the dispatcher of other accounts begins its third attempt before the event is too old for it',
  ],
  [
    'a sweep is not over when the next one begins',
    put('AggregatorLambdaFunction', 'Properties.Timeout', { 'Fn::If': ['OthersAreCounted', 600, 60] }),
    'the numbers: the aggregator has nearly until the next sweep where other accounts are counted, since there may be a thousand runs to settle',
  ],
  [
    'an organisation is settled before its last account had time',
    put('DispatcherLambdaFunction', 'Properties.Environment.Variables.ORGANIZATION_DEADLINE_MS', '6000000'),
    'the numbers: the dispatcher of other accounts gives the organisation two hours: as its last account has, and two sweeps',
  ],
  [
    'a quick try ends before a connection is given up',
    put('WorkerLambdaFunction', 'Properties.Environment.Variables.QUICK_TRY_MS', '2000'),
    'the numbers: the worker and its queue a quick try has time for a connection and an answer, and less than any other call',
  ],
  [
    'a parked message is gone after four days',
    put('UnreadableTasksQueue', 'Properties.MessageRetentionPeriod', undefined),
    'the numbers: the dead letters are kept for 14 days, from a queue that keeps its messages for 4',
  ],
  [
    'a duration is told under a name that is not read',
    words('WorkerLambdaFunction', '"LEASE_MS"', '"LEASE_TIME_MS"'),
    'the environment: the worker reads every variable that it is given, and is given every variable that it reads',
  ],
  [
    'tasks are sent to the topic of totals',
    words('DispatcherLambdaFunction', '"Ref":"RegionTasksTopic"', '"Ref":"TotalsTopic"'),
    'the environment: the dispatcher is pointed at its own topics, queues and table',
  ],

  // ---- who may do what ---------------------------------------------------------------------------------------------
  [
    'a role may do everything with its queue',
    words('WorkerRole', '"sqs:ReceiveMessage"', '"sqs:*"'),
    'the permissions: WorkerRole may do what it has to, on what it has to, and nothing else',
  ],
  [
    'a role may publish to every topic',
    words('AggregatorRole', '{"Ref":"TotalsTopic"}', '"*"'),
    'the permissions: AggregatorRole may do what it has to, on what it has to, and nothing else',
  ],
  [
    'anybody may take on a role',
    words('DispatcherRole', '"Service":"lambda.amazonaws.com"', '"AWS":"*"'),
    'the permissions: only Lambda may take on the role of a function',
  ],
  [
    "schedules of other accounts may use the Scheduler's role",
    words('SchedulerRole', ',"Condition":{"StringEquals":{"aws:SourceAccount":{"Ref":"AWS::AccountId"}}}', ''),
    'the permissions: only schedules of this account may take on the role of the Scheduler',
  ],
  [
    'the hub may take on any role of another account',
    words('AssumeMemberRolesPolicy', 'role/kvs-census-member', 'role/*'),
    'the permissions: WorkerRole may do what it has to where accounts that are named are counted, too, and nothing else',
  ],
  [
    'a stack of one account may take on roles of others',
    put('AssumeMemberRolesPolicy', 'Condition', undefined),
    'the permissions: WorkerRole may do what it has to, on what it has to, and nothing else',
  ],
  [
    'the aggregator may take on roles, too',
    words('AssumeMemberRolesPolicy', '{"Ref":"WorkerRole"}', '{"Ref":"WorkerRole"},{"Ref":"AggregatorRole"}'),
    'the permissions: AggregatorRole may do what it has to where the accounts of the organisation are counted, too, and nothing else',
  ],
  [
    'units are looked into where nobody named any',
    put('LookIntoUnitsPolicy', 'Condition', 'OrganizationIsCounted'),
    'the permissions: DispatcherRole may do what it has to where the accounts of the organisation are counted, too, and nothing else',
  ],
  [
    'the accounts of the organisation may be listed where they are named',
    put('ListAccountsPolicy', 'Condition', 'OthersAreCounted'),
    'the permissions: DispatcherRole may do what it has to where accounts that are named are counted, too, and nothing else',
  ],
  [
    'other accounts know the worker by a name that it does not have',
    words('WorkerRole', 'kvs-census-dev-worker"', 'kvs-census-dev-counter"'),
    'the permissions: where other accounts are counted, the two roles that theirs trust have fixed names',
  ],
  [
    'the aggregator may go round for ever',
    put('AggregatorLambdaFunction', 'Properties.RecursiveLoop', 'Allow'),
    'the wiring: where other accounts are counted, a total is a nudge for the organisation; Lambda still stops what goes round',
  ],
  [
    'a queue takes messages without TLS',
    withoutStatement('UnreadableTasksQueuePolicy', 'OnlyOverTls'),
    'the policies: the queue unreadable-tasks refuses a connection without TLS, even to those that may send',
  ],
  [
    'a topic takes messages without TLS',
    withoutStatement('AlarmsTopicPolicy', 'OnlyOverTls'),
    'the policies: the topic alarms refuses a connection without TLS, even to those that may publish',
  ],
  [
    'a queue takes messages of any topic',
    words('RegionTasksQueuePolicy', ',"Condition":{"ArnEquals":{"aws:SourceArn":{"Ref":"RegionTasksTopic"}}}', ''),
    'the policies: the queue region-tasks takes from SNS what the design says, and only from that topic',
  ],
  [
    'a queue is not encrypted',
    put('FailedInvocationsQueue', 'Properties.SqsManagedSseEnabled', false),
    'the wiring: every queue is encrypted',
  ],
  [
    'roles may send traces that nobody asked for',
    put('TracingPolicy', 'Condition', undefined),
    'tracing: is off, and no role may send traces',
  ],
  [
    'one function is not traced',
    put('AggregatorLambdaFunction', 'Properties.TracingConfig.Mode', 'PassThrough'),
    'tracing: is on for every function, whose roles may send traces then, and do nothing else that is new',
  ],

  // ---- who may ask over HTTP --------------------------------------------------------------------------------------
  [
    'the API is on where nobody asked for it',
    (template) => {
      const { Api } = template.Parameters ?? {};
      if (Api === undefined) throw new Error('There is no parameter Api.');
      Api.Default = 'iam';
    },
    'the API: off, as it is unless somebody says otherwise, is the default of whatever has to do with it',
  ],
  [
    'the function of the API is there without the API',
    put('ApiLambdaFunction', 'Condition', undefined),
    'the API: off, as it is unless somebody says otherwise, is nothing: whatever is of API Gateway, or of the function, is not there',
  ],
  [
    'the role of the API is there without the API',
    put('ApiRole', 'Condition', undefined),
    'the permissions: there is one role for each function, and one for the Scheduler',
  ],
  [
    'whatever is asked is open',
    put('ApiRoute', 'Properties.AuthorizationType', 'NONE'),
    'the API: on, whoever may ask, is closed to whoever does not sign, or brings no token; only the page is open, and only where it is served',
  ],
  [
    'whatever is asked is open where tokens are asked for',
    words('ApiRoute', '["TokensAreAskedFor","JWT","AWS_IAM"]', '["TokensAreAskedFor","NONE","AWS_IAM"]'),
    'the API: on, whoever may ask, is closed to whoever does not sign, or brings no token; only the page is open, and only where it is served',
  ],
  [
    'the open route is there without the page',
    put('PageRoute', 'Condition', 'ApiIsOn'),
    'the API: on, whoever may ask, is closed to whoever does not sign, or brings no token; only the page is open, and only where it is served',
  ],
  [
    'all that is below the page is open, too',
    put('PageRoute', 'Properties.RouteKey', 'GET /{proxy+}'),
    'the API: on, whoever may ask, is closed to whoever does not sign, or brings no token; only the page is open, and only where it is served',
  ],
  [
    'a page is served to which nobody can bring a token',
    (template) => {
      const { PageIsServed } = template.Conditions ?? {};
      const [, isNamed] = (PageIsServed as { 'Fn::And': [Json, Json] })['Fn::And'];
      Object.assign(template.Conditions ?? {}, { PageIsServed: isNamed });
    },
    'the API: on, whoever may ask, is closed to whoever does not sign, or brings no token; only the page is open, and only where it is served',
  ],
  [
    'tokens of any client are taken',
    put('ApiAuthorizer', 'Properties.JwtConfiguration', { Issuer: { Ref: 'ApiIssuer' } }),
    'the API: on, whoever may ask, takes the tokens of the issuer, made for one of the audience, and no others',
  ],
  [
    'a token may come in the query, where it is logged on the way',
    put('ApiAuthorizer', 'Properties.IdentitySource', ['$request.querystring.token']),
    'the API: on, whoever may ask, takes the tokens of the issuer, made for one of the audience, and no others',
  ],
  [
    'every API of the account may invoke the function',
    words('ApiPermission', `\${CensusApi}/*`, '*'),
    'the API: on, whoever may ask, may invoke that function, and no other API may',
  ],
  [
    'any page on the internet may read answers',
    put('CensusApi', 'Properties.CorsConfiguration', { AllowOrigins: ['*'] }),
    'the API: on, whoever may ask, lets no page of another origin read an answer',
  ],
  [
    'nobody limits how often it is asked',
    put('ApiStage', 'Properties.DefaultRouteSettings', undefined),
    'the API: on, whoever may ask, is asked 50 times a second at most, and 100 times at once',
  ],
  [
    'the access log has what was asked, word by word',
    words('ApiStage', '$context.path', '$context.requestOverride.querystring'),
    'the API: of each request nothing is written of its query, of its headers, and of who asked',
  ],
  [
    'the access log is kept for ever',
    put('ApiAccessLogGroup', 'Properties.RetentionInDays', undefined),
    'the API: of each request a line of JSON is written, into a log that is kept as long as the others',
  ],
  [
    'the function trusts whoever signs although tokens are asked for',
    words('ApiLambdaFunction', '"API":{"Ref":"Api"}', '"API":"iam"'),
    'the API: its function is told who may ask as API Gateway is, and what the page needs',
  ],
  [
    'API Gateway gives up before the function does',
    put('ApiIntegration', 'Properties.TimeoutInMillis', 10_000),
    'the API: its function has time to say that the ledger does not answer, before Lambda ends it and API Gateway gives up',
  ],
  [
    'whoever asks may write, too',
    words('ApiRole', '"dynamodb:BatchGetItem"', '"dynamodb:BatchGetItem","dynamodb:PutItem"'),
    'the permissions: where the API is on for keys its function may read the ledger and write its log, and nothing else',
  ],
  [
    'the function may read every table',
    words('ApiRole', '{"Fn::If":["LedgerIsOwn",{"Fn::GetAtt":["LedgerTable","Arn"]}', '{"Fn::If":["LedgerIsOwn","*"'),
    'the permissions: where the API is on for tokens its function may read the ledger and write its log, and nothing else',
  ],
  [
    'anybody may take on the role of the function',
    words('ApiRole', '"Service":"lambda.amazonaws.com"', '"AWS":"*"'),
    'the permissions: where the API is on for page it has a role of its own, which only Lambda may take on',
  ],
  [
    'nobody hears that the API fails',
    put('ApiErrorsAlarm', 'Properties.MetricName', '5XXError'),
    'an alarm: every alarm watches something that exists, by a metric that its service sends',
  ],
  [
    'the API is not traced',
    put('ApiLambdaFunction', 'Properties.TracingConfig.Mode', 'PassThrough'),
    'tracing: is on for the API, too, where there is one',
  ],

  // ---- who is told -------------------------------------------------------------------------------------------------
  [
    'an alarm waits for a metric that nobody sends',
    put('WorkerErrorsAlarm', 'Properties.MetricName', 'Error'),
    'an alarm: every alarm watches something that exists, by a metric that its service sends',
  ],
  [
    'a dimension is misspelt',
    words('RegionTasksAlarm', '"QueueName","Value"', '"Queue","Value"'),
    'an alarm: every alarm watches something that exists, by a metric that its service sends',
  ],
  [
    'an alarm of another stage',
    words('NewlyMissingAlarm', '"Value":"dev"', '"Value":"prod"'),
    'an alarm: every alarm watches something that exists, by a metric that its service sends',
  ],
  [
    'silence is counted as a run',
    words('NoRunAlarm', 'FILL(invocations, 0)', 'FILL(invocations, 1)'),
    'an alarm: every alarm that computes with what a service is silent about counts silence as zero',
  ],
  [
    'silence is counted as nothing',
    words('NoTotalAlarm', 'FILL(published, 0)', 'published'),
    'an alarm: silence is noticed: a run without a total, once the deadline after the longest gap has passed, and the sweep',
  ],
  [
    'nobody hears that an alarm is over',
    put('ThrottlesAlarm', 'Properties.OKActions', undefined),
    'an alarm: every alarm goes to the topic of alarms, and so does its end',
  ],
  [
    "an alarm does not go to somebody's own topic",
    put('NoRunAlarm', 'Properties.AlarmActions', [{ Ref: 'AlarmsTopic' }]),
    'an alarm: every alarm goes to a topic of somebody, where there is one',
  ],
  [
    'a lost region is forgotten between two runs',
    put('NewlyMissingAlarm', 'Properties.TreatMissingData', 'notBreaching'),
    'an alarm: what a total says of itself raises an alarm: a region that the run before had counted, until it is counted again',
  ],
  [
    'the fullest region is measured by its least number',
    put('QuotaAlarm', 'Properties.Statistic', 'Minimum'),
    'an alarm: what a total says of itself raises an alarm: a region that has reached the given percentage of its quota; announced again, a total has regions more',
  ],
  [
    'the alarm of quotas rings once a region is beyond what is set',
    put('QuotaAlarm', 'Properties.ComparisonOperator', 'GreaterThanThreshold'),
    'an alarm: what a total says of itself raises an alarm: a region that has reached the given percentage of its quota; announced again, a total has regions more',
  ],
  [
    'the worker may ask for any quota of the account',
    words('WorkerRole', 'kinesisvideo/L-F06528A6', '*'),
    'the permissions: WorkerRole may do what it has to, on what it has to, and nothing else',
  ],
  [
    'a total of streams keeps the alarm of channels silent',
    words('NoTotalOfChannelsAlarm', ',{"Name":"kind","Value":"channels"}', ''),
    'an alarm: where channels are counted: no total of another kind keeps the alarm that waits for theirs from ringing',
  ],
  [
    'totals of channels keep the alarm of streams silent',
    words('AggregatorLambdaFunction', '"Ref":"TotalsDetailTopic"', '"Ref":"TotalsTopic"'),
    'an alarm: where channels are counted: no total of another kind keeps the alarm that waits for theirs from ringing',
  ],
  [
    'totals of channels are counted by what they say',
    words('NoTotalOfChannelsAlarm', '"Stat":"SampleCount"', '"Stat":"Sum"'),
    'an alarm: where channels are counted: a total is waited for as long as one of streams, and counted once for each that was announced',
  ],
  [
    'channels are waited for where nobody counts them',
    put('NoTotalOfChannelsAlarm', 'Condition', undefined),
    'an alarm: where channels are counted: each alarm is there where that of streams is, and nowhere where they are not counted',
  ],
  [
    'a lost region of channels is looked for among those of streams',
    words('NewlyMissingOfChannelsAlarm', ',{"Name":"kind","Value":"channels"}', ''),
    'an alarm: where channels are counted: whatever watches what a total of streams says of itself, watches the same of theirs',
  ],
  [
    'a fall of channels is watched by another measure',
    put('DropOfChannelsAlarm', 'Properties.Threshold', 20),
    'an alarm: where channels are counted: whatever watches what a total of streams says of itself, watches the same of theirs',
  ],
  [
    'channels are asked for, and nobody watches them',
    words('DispatcherLambdaFunction', '"KINDS":"streams"', '"KINDS":"streams,channels"'),
    'the environment: whether channels are counted is told to the dispatcher as to the alarms and the roles',
  ],
  [
    'the worker may list channels that nobody counts',
    put('ListChannelsPolicy', 'Condition', undefined),
    'the permissions: WorkerRole may do what it has to, on what it has to, and nothing else',
  ],
  [
    'the worker may not list channels',
    words('ListChannelsPolicy', '"kinesisvideo:ListSignalingChannels"', '"kinesisvideo:ListStreams"'),
    'the permissions: WorkerRole may do what it has to where channels are counted, too, and nothing else',
  ],
  [
    'the worker may do everything with channels',
    words('ListChannelsPolicy', '"kinesisvideo:DescribeSignalingChannel"', '"kinesisvideo:*"'),
    'the permissions: WorkerRole names its actions one by one, and * only where AWS knows no resource',
  ],
  [
    'the dispatcher learns where every service is',
    words('ReadRegionsOfChannelsPolicy', 'services/kinesisvideo/regions', 'services/*'),
    'the permissions: DispatcherRole may do what it has to where channels are counted, too, and nothing else',
  ],
  [
    'a kind that the code does not know',
    put('ListChannelsPolicy', 'Condition', 'CamerasAreCounted'),
    'the whole: references to conditions lead to a condition',
  ],
  [
    'an alarm that nobody asked for',
    put('PartialAlarm', 'Condition', 'TotalsAreMeasured'),
    'an alarm: what a total says of itself raises an alarm: only if somebody asked for it, and never where nothing is measured',
  ],
  [
    'an alarm for which operations.md has no word',
    (template) => {
      const { NoRunAlarm } = template.Resources;
      if (NoRunAlarm === undefined) throw new Error('There is no NoRunAlarm.');
      const Properties = { ...NoRunAlarm.Properties, AlarmName: 'kvs-census-dev-no-idea' };
      template.Resources.NoIdeaAlarm = { ...NoRunAlarm, Properties };
    },
    'an alarm: every alarm has a section in docs/operations.md, and no section has lost its alarm',
  ],
  [
    'a widget draws a metric that nobody sends',
    words('CensusDashboard', '}Missing', '}Lacking'),
    'the dashboard: draws metrics that are sent, of what is there',
  ],
  [
    'a widget looks for the regions of an organisation',
    put('CensusDashboard', 'Properties.DashboardBody.Fn::Sub.1.Parts', 'Regions'),
    'the dashboard: shows accounts in place of regions where other accounts are counted, and the rest alike',
  ],
  [
    'a widget draws every stage of the account',
    words('CensusDashboard', ' stage=', ' stages='),
    'the dashboard: shows the number, what is missing, how full and the age of a run of every other kind, under its name',
  ],
  [
    'a queue has no output',
    (template) => {
      delete template.Outputs.FailedInvocationsQueueUrl;
    },
    'the wiring: the outputs name every AWS::SQS::Queue, once',
  ],
];

/** Of an assertion, of whoever works out the template, or of the function that reads its environment; no other error is one. */
const COMPLAINTS =
  /^(expect\(|Expected one |The test's resolver does not know |\w+ has no property |\w+ is referred to, but does not exist|The environment variable \w+ is not set)/;

test.each(FAULTS)('%s: it is found', async (what, edit, caughtBy) => {
  const rule = RULES.find(({ name }) => name === caughtBy);
  if (rule === undefined) throw new Error(`There is no rule "${caughtBy}".`);
  const template = structuredClone(await readTemplate());
  edit(template);
  judge(template);
  const complaint: Error = await (async () => rule.holds())().then(
    () => expect(`${rule.name}, although ${what}`).toBe('found'),
    (error) => error,
  );
  expect(complaint.message).toMatch(COMPLAINTS);
});
