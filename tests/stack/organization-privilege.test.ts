/**
 * Least privilege by execution where other accounts are counted: what the packaged functions ask AWS for, against the hub's roles as
 * the template has them then; and what they ask as the role of a member account, against the template of that role.
 */
import type { ApiRequest } from '../../src/local/stack.ts';
import { ofType, readResolved } from '../template/compiled.ts';
import { memberRoleIn } from '../template/member-template.ts';
import type { JsonObject, Template } from '../template/resolve.ts';
import { isAllowed, policiesOf, roleNameOf } from '../template/simulate.ts';
import { ACCOUNT as HUB, type WorldJson } from './harness.ts';
import { EXTERNAL_ID, startOrganization } from './organization-harness.ts';

jest.setTimeout(240_000);

const MEMBER = '200000000001';
const REFUSING = '200000000002';
const UNIT = 'ou-root-11111111';
const REGION = 'us-east-1';

const regions = {
  [REGION]: { streams: 3 },
  'eu-west-1': { streams: 5 },
  'af-south-1': { streams: 0, fault: 'not-enabled' },
};
const hub = { accountId: HUB, name: 'hub' };
const WORLD = { regions, accounts: [hub, { accountId: MEMBER }] };
/** Below its unit there is one account, which refuses: so it is the last that anybody waits for. */
const REFUSED = {
  regions,
  accounts: [hub, { accountId: REFUSING, unit: UNIT, role: 'missing' }],
  organization: { units: [{ id: UNIT, name: 'stores' }] },
};

const IN_UNIT = { Accounts: 'organization', IncludeOrganizationalUnits: UNIT };
const IAM_NAMES: Readonly<Record<string, string>> = {
  'sns:PublishBatch': 'sns:Publish',
  'lambda:Invoke': 'lambda:InvokeFunction',
};

type Use = { by: string; action: string; resource: string };

/** Each once. */
const uses = new Map<string, Use>();
let template: Template;

beforeAll(async () => {
  template = await readResolved({ partition: 'aws', region: REGION, accountId: HUB, parameters: IN_UNIT });
  const onRequest = ({ by, service, action: operation, resource: named = '*' }: ApiRequest) => {
    const resource = named.replace(`:ssm:${REGION}::`, `:ssm:${REGION}:${HUB}:`);
    const action = IAM_NAMES[`${service}:${operation}`] ?? `${service}:${operation}`;
    uses.set(`${by} ${action} ${resource}`, { by, action, resource });
  };
  await countIn(WORLD, 'complete', { onRequest });
  const environment = { INCLUDE_ORGANIZATIONAL_UNITS: UNIT };
  await countIn(REFUSED, 'partial', { onRequest, environment, parameters: IN_UNIT });
});

async function countIn(
  world: WorldJson,
  verdict: string,
  options: Parameters<typeof startOrganization>[1],
): Promise<void> {
  const harness = await startOrganization(world, options);
  try {
    expect((await harness.settled(await harness.open())).total.verdict).toBe(verdict);
  } finally {
    await harness.stop();
  }
}

const roleIdOf = (functionId: string) => functionId.replace('LambdaFunction', 'Role');
const usesOfHub = () => [...uses.values()].filter(({ by }) => /LambdaFunction$/.test(by));
const usesOfMember = () => [...uses.values()].filter(({ by }) => by.startsWith('arn:'));

const given = { HubAccountId: HUB, HubStage: 'dev', ExternalId: EXTERNAL_ID };

/** Of a role that is taken on, the trust has a say, too. */
async function hubMay({ by, action, resource }: Use, policies = policiesOf(template, roleIdOf(by))): Promise<boolean> {
  const principal = `arn:aws:iam::${HUB}:role/${roleNameOf(template, roleIdOf(by))}`;
  if (action !== 'sts:AssumeRole') return await isAllowed({ principal, action, resource, policies });
  const member = memberRoleIn(resource.split(':')[4] ?? '', given);
  const resourcePolicy = member.Resources.MemberRole?.Properties.AssumeRolePolicyDocument as JsonObject;
  const context = { 'aws:PrincipalArn': principal, 'sts:ExternalId': EXTERNAL_ID };
  return await isAllowed({ principal, action, resource, policies, resourcePolicy, context });
}

test('whatever the functions asked for in the hub is allowed, and so is every role that they took on', async () => {
  expect(usesOfHub().filter(({ action }) => action === 'sts:AssumeRole').length).toBeGreaterThan(1);
  const refused = [];
  for (const use of usesOfHub()) if (!(await hubMay(use))) refused.push(use);
  expect(refused).toEqual([]);
});

test('whatever is allowed because other accounts are counted was asked for, by the function whose role it is', async () => {
  const added = ofType(template, 'AWS::IAM::Policy').map(([, { Properties }]) => Properties);
  const unused = [];
  for (const { PolicyName, Roles, PolicyDocument } of added) {
    for (const statement of (PolicyDocument as { Statement: JsonObject[] }).Statement) {
      for (const Action of [statement.Action].flat()) {
        const policy = { Version: '2012-10-17', Statement: [{ ...statement, Action: Action ?? null }] };
        for (const role of Roles as string[]) {
          const own = usesOfHub().filter(
            (use) => roleNameOf(template, roleIdOf(use.by)) === role && use.action === Action,
          );
          const used = await Promise.all(own.map((use) => hubMay(use, [{ name: String(PolicyName), policy }])));
          if (!used.includes(true)) unused.push(`${role} ${Action}`);
        }
      }
    }
  }
  expect(added.length).toBeGreaterThan(3);
  expect(unused).toEqual([]);
});

test('whatever was asked for in the account of a member, as its role, that role may', async () => {
  const asked = usesOfMember();
  const roles = new Set(asked.map(({ by }) => by));
  expect([...roles]).toEqual([`arn:aws:iam::${MEMBER}:role/kvs-census-member`]);
  const policies = policiesOf(memberRoleIn(MEMBER, given), 'MemberRole');
  const refused = [];
  for (const { by: principal, action, resource } of asked)
    if (!(await isAllowed({ principal, action, resource, policies }))) refused.push(`${action} ${resource}`);
  expect(refused).toEqual([]);
  expect([...new Set(asked.map(({ action }) => action))].sort()).toEqual(
    expect.arrayContaining(['account:ListRegions', 'kinesisvideo:ListStreams']),
  );
});

test('nobody asked anything of an account that refused', () => {
  expect([...uses.values()].filter(({ by }) => by.includes(REFUSING))).toEqual([]);
});
