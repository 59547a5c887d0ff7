/** What each role may do, by simulation: every action on every resource, allowed or not. */

import { OTHER_KINDS } from '../../../infra/kinds.ts';
import { descriptorOf, KINDS, type Kind, STREAMS } from '../../../src/census/kinds.ts';
import { parametersFor } from '../../../src/cli/local/counted.ts';
import { API_PARAMETERS, ofType, property, somewhere } from '../compiled.ts';
import { about, group, judged, rule } from '../judge.ts';
import type { Json, JsonObject, Template } from '../resolve.ts';
import {
  index,
  isAllowed,
  lambda,
  logStream,
  oneOf,
  policiesOf,
  queue,
  quota,
  role as roleArn,
  roleNameOf,
  table,
  topic,
} from '../simulate.ts';

about('the permissions');

const template = () => judged.template;

const ledger = table('kvs-census-dev');
const foreignTable = table('of-somebody-else');
const queues = ['region-tasks', 'undelivered-tasks', 'unreadable-tasks', 'failed-invocations', 'of-somebody-else'];
const topics = ['region-tasks', 'nudges', 'totals', 'totals-mail', 'totals-detail', 'alarms', 'of-somebody-else'];
const publicPath = (service: string) =>
  `arn:aws:ssm:us-east-1::parameter/aws/service/global-infrastructure/services/${service}/regions`;
const publicPaths = [...new Set(KINDS.map((kind) => publicPath(descriptorOf(kind).regions.service)))];
const ownParameter = 'arn:aws:ssm:us-east-1:123456789012:parameter/secret';
const functions = ['dispatcher', 'worker', 'undelivered', 'aggregator', 'api', 'of-somebody-else'];
const accessLog = 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/kvs-census-dev-api:log-stream:any';

/** A role of another account; and what somebody might want to be instead. */
const memberRole = 'arn:aws:iam::210987654321:role/kvs-census-member';
const otherRoles = [
  'arn:aws:iam::210987654321:role/kvs-census-member-of-another',
  'arn:aws:iam::210987654321:role/path/kvs-census-member',
  'arn:aws:iam::210987654321:role/OrganizationAccountAccessRole',
  roleArn('kvs-census-dev-worker'),
];
/** Of a hub that is the management account; where it is not, Organizations lets it in as a delegated administrator. */
const root = 'arn:aws:organizations::123456789012:root/o-abcdefghij/r-ab12';
const unit = 'arn:aws:organizations::123456789012:ou/o-abcdefghij/ou-ab12-11111111';

const quotas = KINDS.flatMap((kind) => descriptorOf(kind).quota ?? []);

/** Everything that could be asked: what the system does, and what nobody in it should do. */
const questions: readonly [actions: string[], resources: string[]][] = [
  [
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
    [...functions.map(logStream), accessLog],
  ],
  [
    [
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
      'dynamodb:BatchWriteItem',
      'dynamodb:DeleteTable',
    ],
    [ledger, foreignTable],
  ],
  [
    ['dynamodb:Query', 'dynamodb:Scan'],
    [ledger, foreignTable, index('byTime'), index('sweep')],
  ],
  [['sns:Publish', 'sns:Subscribe', 'sns:DeleteTopic'], topics.map(topic)],
  [
    [
      'sqs:SendMessage',
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:ChangeMessageVisibility',
      'sqs:GetQueueAttributes',
      'sqs:PurgeQueue',
    ],
    queues.map(queue),
  ],
  [['lambda:InvokeFunction', 'lambda:UpdateFunctionCode'], functions.map(lambda)],
  [
    ['ssm:GetParametersByPath', 'ssm:GetParameter'],
    [...publicPaths, publicPath('s3'), `${publicPaths[0]}/eu-west-1`, ownParameter],
  ],
  [
    ['servicequotas:GetServiceQuota', 'servicequotas:RequestServiceQuotaIncrease'],
    [...quotas.map(quota), quota({ service: 'kinesisvideo', code: 'L-00000000' })],
  ],
  [['servicequotas:GetAWSDefaultServiceQuota', 'servicequotas:ListServiceQuotas'], ['*']],
  [['account:GetRegionOptStatus', 'account:ListRegions', 'iam:ListRoles'], ['*']],
  [
    ['sts:AssumeRole', 'iam:PassRole', 'iam:UpdateAssumeRolePolicy'],
    [memberRole, ...otherRoles],
  ],
  [['sts:GetFederationToken'], ['arn:aws:sts::123456789012:federated-user/any']],
  [['organizations:ListAccounts', 'organizations:ListRoots', 'organizations:DescribeOrganization'], ['*']],
  [
    [
      'organizations:ListAccountsForParent',
      'organizations:ListOrganizationalUnitsForParent',
      'organizations:UpdateOrganizationalUnit',
    ],
    [unit],
  ],
  [['organizations:ListAccountsForParent', 'organizations:ListOrganizationalUnitsForParent'], [root]],
  [
    ['organizations:CloseAccount', 'organizations:DescribeAccount'],
    ['arn:aws:organizations::123456789012:account/o-abcdefghij/210987654321'],
  ],
  [['kinesisvideo:GetMedia', 'kinesisvideo:DeleteStream'], [oneOf('streams')]],
  ...KINDS.flatMap((kind): [string[], string[]][] => {
    const [list, ...others] = descriptorOf(kind).actions;
    return [
      [[list], ['*']],
      [others, [oneOf(kind)]],
    ];
  }),
];

/** The actions of each statement for which AWS knows no resource, or none that is known beforehand. */
const WITHOUT_RESOURCES = [
  ['kinesisvideo:ListStreams', 'account:GetRegionOptStatus'],
  ['account:ListRegions'],
  ...OTHER_KINDS.map((kind) => [descriptorOf(kind).actions[0]]),
  ['servicequotas:GetAWSDefaultServiceQuota'],
  ['organizations:ListAccounts'],
];

const writeLogOf = (name: string): [string, string][] => [
  ['logs:CreateLogStream', logStream(name)],
  ['logs:PutLogEvents', logStream(name)],
];
const consume = (name: string): [string, string][] => [
  ['sqs:ReceiveMessage', queue(name)],
  ['sqs:DeleteMessage', queue(name)],
  ['sqs:GetQueueAttributes', queue(name)],
];
const recordRegions: [string, string][] = [
  ['dynamodb:BatchGetItem', ledger],
  ['dynamodb:PutItem', ledger],
  ['dynamodb:UpdateItem', ledger],
];

/** What each role may do. Whatever is not here must be denied. */
const mayDo: Record<string, [action: string, resource: string][]> = {
  DispatcherRole: [
    ...writeLogOf('dispatcher'),
    ['dynamodb:GetItem', ledger],
    ...recordRegions,
    ['dynamodb:Query', index('byTime')],
    ['ssm:GetParametersByPath', publicPath('kinesisvideo')],
    ['account:ListRegions', '*'],
    ['sns:Publish', topic('region-tasks')],
    ['sqs:SendMessage', queue('failed-invocations')],
  ],
  WorkerRole: [
    ...writeLogOf('worker'),
    ...recordRegions,
    ...consume('region-tasks'),
    ['sqs:ChangeMessageVisibility', queue('region-tasks')],
    ['sns:Publish', topic('nudges')],
    ['kinesisvideo:ListStreams', '*'],
    ['kinesisvideo:DescribeStream', oneOf('streams')],
    ['account:GetRegionOptStatus', '*'],
    ['servicequotas:GetServiceQuota', quota(descriptorOf(STREAMS).quota!)],
    ['servicequotas:GetAWSDefaultServiceQuota', '*'],
  ],
  UndeliveredRole: [
    ...writeLogOf('undelivered'),
    ...recordRegions,
    ...consume('undelivered-tasks'),
    ['sqs:SendMessage', queue('unreadable-tasks')],
    ['sns:Publish', topic('nudges')],
  ],
  AggregatorRole: [
    ...writeLogOf('aggregator'),
    ['dynamodb:GetItem', ledger],
    ['dynamodb:UpdateItem', ledger],
    ['dynamodb:Query', ledger],
    ['dynamodb:Query', index('byTime')],
    ['dynamodb:Query', index('sweep')],
    ['sns:Publish', topic('totals')],
    ['sns:Publish', topic('totals-mail')],
    ['sns:Publish', topic('totals-detail')],
    ['sqs:SendMessage', queue('failed-invocations')],
  ],
  SchedulerRole: [
    ['lambda:InvokeFunction', lambda('dispatcher')],
    ['lambda:InvokeFunction', lambda('aggregator')],
    ['sqs:SendMessage', queue('failed-invocations')],
  ],
};

/** What the role may do that there is only where the API is on: read. */
const mayRead: [string, string][] = [
  ...writeLogOf('api'),
  ['dynamodb:Query', ledger],
  ['dynamodb:BatchGetItem', ledger],
  ['dynamodb:Query', index('byTime')],
];

/** What a role may do besides, where a kind is counted. */
function mayDoFor(kind: Kind): Record<string, [action: string, resource: string][]> {
  const {
    actions: [list, ...others],
    regions,
    quota: bound,
  } = descriptorOf(kind);
  return {
    DispatcherRole: [['ssm:GetParametersByPath', publicPath(regions.service)]],
    WorkerRole: [
      [list, '*'],
      ...others.map((action): [string, string] => [action, oneOf(kind)]),
      ...(bound ? [['servicequotas:GetServiceQuota', quota(bound)] as [string, string]] : []),
    ],
  };
}

const assume: [string, string][] = [['sts:AssumeRole', memberRole]];
/** Of each role that has to do with a run of the organisation. */
const nudge: [string, string] = ['sns:Publish', topic('nudges')];
const ofOrganizations = {
  DispatcherRole: [...assume, nudge, ['dynamodb:Query', ledger] as [string, string]],
  WorkerRole: assume,
  AggregatorRole: [nudge, ['dynamodb:PutItem', ledger] as [string, string]],
};
const lookIntoUnits: [string, string][] = ['ListAccountsForParent', 'ListOrganizationalUnitsForParent'].flatMap(
  (action) => [unit, root].map((parent): [string, string] => [`organizations:${action}`, parent]),
);

/** What a role may do besides, by what is counted. */
const COUNTED: [what: string, parameters: Record<string, string>, more: Record<string, [string, string][]>][] = [
  ['accounts that are named', { Accounts: '210987654321' }, ofOrganizations],
  [
    'the accounts of the organisation',
    { Accounts: 'organization' },
    {
      ...ofOrganizations,
      DispatcherRole: [...ofOrganizations.DispatcherRole, ['organizations:ListAccounts', '*']],
    },
  ],
  [
    'the accounts of some of its units',
    { Accounts: 'organization', IncludeOrganizationalUnits: 'ou-ab12-11111111' },
    {
      ...ofOrganizations,
      DispatcherRole: [...ofOrganizations.DispatcherRole, ['organizations:ListAccounts', '*'], ...lookIntoUnits],
    },
  ],
];
const EVERYTHING = {
  ...parametersFor(OTHER_KINDS),
  Accounts: 'organization',
  IncludeOrganizationalUnits: 'ou-ab12-11111111',
};

rule('there is one role for each function, and one for the Scheduler', () => {
  expect(ofType(template(), 'AWS::IAM::Role').map(([id]) => id)).toEqual(Object.keys(mayDo));
  for (const name of ['Dispatcher', 'Worker', 'Undelivered', 'Aggregator'])
    expect(template().Resources[`${name}LambdaFunction`]?.Properties.Role).toBe(roleArn(`${name}Role`));
});

rule('where other accounts are counted, the two roles that theirs trust have fixed names', () => {
  const names = (parameters: Record<string, string>) => {
    const of = judged.in({ ...somewhere, parameters });
    return Object.keys(mayDo).map((role) => of.Resources[role]?.Properties.RoleName);
  };
  const fixed = ['kvs-census-dev-dispatcher', 'kvs-census-dev-worker', undefined, undefined, undefined];
  expect(names({ Accounts: 'organization' })).toEqual(fixed);
  expect(names({ Accounts: '210987654321' })).toEqual(fixed);
  expect(names({})).toEqual(fixed.map(() => undefined));
});

group.each(Object.keys(mayDo))('%s', (role) => {
  rule('may do what it has to, on what it has to, and nothing else', async () => {
    expect(await allowedTo(role, template())).toEqual(spelled(mayDo[role]));
  });

  rule.each(OTHER_KINDS)('may do what it has to where %s are counted, too, and nothing else', async (kind) => {
    const counted = judged.in({ ...somewhere, parameters: parametersFor([kind]) });
    expect(await allowedTo(role, counted)).toEqual(spelled([...(mayDo[role] ?? []), ...(mayDoFor(kind)[role] ?? [])]));
  });

  rule.each(COUNTED)(
    'may do what it has to where %s are counted, too, and nothing else',
    async (_, parameters, more) => {
      const counting = judged.in({ ...somewhere, parameters });
      expect(await allowedTo(role, counting)).toEqual(spelled([...(mayDo[role] ?? []), ...(more[role] ?? [])]));
    },
  );

  rule('names its actions one by one, and * only where AWS knows no resource', () => {
    const asked = new Set(questions.flatMap(([actions]) => actions));
    const all = judged.in({ ...somewhere, parameters: EVERYTHING });
    for (const { Action, Resource } of statementsOf(role, all)) {
      for (const action of [Action].flat()) expect(asked).toContain(action);
      if ([Resource].flat().includes('*')) expect(WITHOUT_RESOURCES).toContainEqual([Action].flat());
    }
  });
});

group.each(Object.entries(API_PARAMETERS))('where the API is on for %s', (_, parameters) => {
  const on = () => judged.in({ ...somewhere, parameters });

  rule('its function may read the ledger and write its log, and nothing else', async () => {
    expect(await allowedTo('ApiRole', on())).toEqual(spelled(mayRead));
  });

  rule('it has a role of its own, which only Lambda may take on', () => {
    expect(ofType(on(), 'AWS::IAM::Role').map(([id]) => id)).toEqual([...Object.keys(mayDo), 'ApiRole']);
    expect(on().Resources.ApiLambdaFunction?.Properties.Role).toBe(roleArn('ApiRole'));
    expect(trustOf('ApiRole', on())).toEqual(trustOf('WorkerRole'));
  });

  rule('its function names its actions one by one, and no resource by *', () => {
    for (const { Action, Resource } of statementsOf('ApiRole', on()))
      expect([Action, Resource].flat().filter((text) => /:\*$|^\*$/.test(text.replace(/:log-group:.*/, '')))).toEqual(
        [],
      );
  });

  rule.each(Object.keys(mayDo))('%s may do nothing that it may not do otherwise', async (role) => {
    expect(policiesOf(on(), role)).toEqual(policiesOf(template(), role));
  });
});

rule('only Lambda may take on the role of a function', () => {
  for (const role of ['DispatcherRole', 'WorkerRole', 'UndeliveredRole', 'AggregatorRole'])
    expect(trustOf(role)).toEqual([
      { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ]);
});

rule('only schedules of this account may take on the role of the Scheduler', () => {
  expect(trustOf('SchedulerRole')).toEqual([
    {
      Effect: 'Allow',
      Principal: { Service: 'scheduler.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'aws:SourceAccount': somewhere.accountId } },
    },
  ]);
});

/** A role that trusts the account of whoever asks: so it is for that account to allow it. member-role.test.ts has the other half. */
const TRUSTING = {
  resourcePolicy: {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${somewhere.accountId}:root` }, Action: 'sts:AssumeRole' },
    ],
  },
};

type Statement = { Action: string | string[]; Resource: string | string[] };

function statementsOf(role: string, of: Template): Statement[] {
  return policiesOf(of, role).flatMap(({ policy }) => policy.Statement as unknown as Statement[]);
}

function trustOf(name: string, of = template()): Json | undefined {
  const document = property(of, name, 'AssumeRolePolicyDocument') as JsonObject;
  return document.Statement;
}

const spelled = (pairs: readonly [string, string][] = []) => [...new Set(pairs.map((pair) => pair.join(' ')))].sort();

/** Of everything that could be asked. */
async function allowedTo(role: string, of: Template): Promise<string[]> {
  const allowed: string[] = [];
  for (const [actions, resources] of questions)
    for (const action of actions)
      for (const resource of resources)
        if (await mayAct(role, action, resource, of)) allowed.push(`${action} ${resource}`);
  return allowed.sort();
}

function mayAct(name: string, action: string, resource: string, of: Template): Promise<boolean> {
  const principal = roleArn(roleNameOf(of, name));
  const policies = policiesOf(of, name);
  return isAllowed({ principal, action, resource, policies, ...(action === 'sts:AssumeRole' && TRUSTING) });
}
