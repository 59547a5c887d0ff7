/** The role that each other account has: whom it lets in, and what it may do. */
import { readFileSync } from 'node:fs';
import { CelEngine, TemplateFile } from '@aws/cloudformation-validate';
import { CHECKS, LONGEST_STAGE } from '../../infra/parameters.ts';
import { descriptorOf, KINDS } from '../../src/census/kinds.ts';
import { parametersFor } from '../../src/cli/local/counted.ts';
import { readResolved, somewhere } from './compiled.ts';
import { MEMBER_ROLE_FILE, memberRoleIn, memberTemplate } from './member-template.ts';
import { type JsonObject, resolveTemplate, type Template } from './resolve.ts';
import { isAllowed, policiesOf, quota, role } from './simulate.ts';

const MEMBER = '210987654321';
const EXTERNAL_ID = '0b8f1c2e-52a3-4c57-9d0e-1f2a3b4c5d6e';
const MEMBER_ROLE = `arn:aws:iam::${MEMBER}:role/kvs-census-member`;

const given = { HubAccountId: somewhere.accountId, HubStage: 'dev', ExternalId: EXTERNAL_ID };
const resolved = (parameters: Record<string, string> = {}) => memberRoleIn(MEMBER, { ...given, ...parameters });
const member = resolved();

let hub: Template;
beforeAll(async () => {
  hub = await readResolved({ ...somewhere, parameters: { Accounts: 'organization' } });
});

type Caller = { role?: string; account?: string; externalId?: string; as?: Template };

/** As the hub's own policies and the trust of the member role together have it. */
function mayAssume({ role: name = 'WorkerRole', account, externalId = EXTERNAL_ID, as = member }: Caller = {}) {
  const roleName = String(hub.Resources[name]?.Properties.RoleName ?? name);
  const principal = `arn:aws:iam::${account ?? somewhere.accountId}:role/${roleName}`;
  return isAllowed({
    principal,
    action: 'sts:AssumeRole',
    resource: MEMBER_ROLE,
    policies: policiesOf(hub, name),
    resourcePolicy: as.Resources.MemberRole?.Properties.AssumeRolePolicyDocument as JsonObject,
    context: { 'aws:PrincipalArn': principal, ...(externalId !== '' && { 'sts:ExternalId': externalId }) },
  });
}

describe('The member role lets in', () => {
  test.each(['DispatcherRole', 'WorkerRole'])('the %s of the hub, with the external id', async (name) => {
    expect(await mayAssume({ role: name })).toBe(true);
  });

  test.each<[string, Caller]>([
    ['whoever has another external id', { externalId: `${EXTERNAL_ID}0` }],
    ['whoever has none', { externalId: '' }],
    ['the same roles of another account', { account: '999999999999' }],
    ['another hub, which knows the external id', { as: resolved({ HubAccountId: '999999999999' }) }],
    ['another stage of the hub', { as: resolved({ HubStage: 'prod' }) }],
    ['a stage whose name begins alike', { as: resolved({ HubStage: 'de' }) }],
    ...['UndeliveredRole', 'AggregatorRole', 'SchedulerRole'].map((name): [string, Caller] => [
      `the ${name} of the hub`,
      { role: name },
    ]),
  ])('not %s', async (_what, caller) => {
    expect(await mayAssume(caller)).toBe(false);
  });

  test('not another role of the hub, although that may do everything', async () => {
    const everything = { Effect: 'Allow', Action: '*', Resource: '*' };
    const ask = (name: string) =>
      isAllowed({
        principal: role(name),
        action: 'sts:AssumeRole',
        resource: MEMBER_ROLE,
        policies: [{ name: 'admin', policy: { Version: '2012-10-17', Statement: [everything] } }],
        resourcePolicy: member.Resources.MemberRole?.Properties.AssumeRolePolicyDocument as JsonObject,
        context: { 'aws:PrincipalArn': role(name), 'sts:ExternalId': EXTERNAL_ID },
      });
    expect([await ask('admin'), await ask('kvs-census-dev-worker-2'), await ask('kvs-census-dev-worker')]).toEqual([
      false,
      false,
      true,
    ]);
  });
});

test('The member role is assumed and nothing else: no session of it is tagged or named after somebody', () => {
  const trust = member.Resources.MemberRole?.Properties.AssumeRolePolicyDocument as { Statement: JsonObject[] };
  expect(trust.Statement.map(({ Action }) => Action)).toEqual(['sts:AssumeRole']);
});

describe('The member role may', () => {
  const mine = (arn: string) => arn.replace(somewhere.accountId, MEMBER);
  const may = (action: string, resource: string) =>
    isAllowed({ principal: MEMBER_ROLE, action, resource, policies: policiesOf(member, 'MemberRole') });
  const actions = () =>
    policiesOf(member, 'MemberRole').flatMap(({ policy }) =>
      (policy.Statement as { Action: string | string[] }[]).flatMap(({ Action }) => Action),
    );
  const quotas = KINDS.flatMap((kind) => descriptorOf(kind).quota ?? []);
  const beside = ['servicequotas:GetAWSDefaultServiceQuota', 'account:ListRegions', 'account:GetRegionOptStatus'];

  test.each(KINDS)('list and describe %s, in every region of its account', async (kind) => {
    const {
      actions: [list, ...others],
      arnType,
    } = descriptorOf(kind);
    const [service] = list.split(':');
    expect(await may(list, '*')).toBe(true);
    for (const action of others) {
      const one = `arn:aws:${service}:af-south-1:${MEMBER}:${arnType}/door/1700000000000`;
      expect([action, await may(action, one)]).toEqual([action, true]);
    }
  });

  test('read the quotas of what is counted, and which regions are on', async () => {
    for (const one of quotas) expect(await may('servicequotas:GetServiceQuota', mine(quota(one)))).toBe(true);
    for (const action of beside) expect(await may(action, '*')).toBe(true);
  });

  test('do nothing else', async () => {
    const needed = [...KINDS.flatMap((kind) => descriptorOf(kind).actions), 'servicequotas:GetServiceQuota', ...beside];
    expect(actions().sort()).toEqual([...new Set(needed)].sort());
    const stream = `arn:aws:kinesisvideo:eu-west-1:${MEMBER}:stream/door/1700000000000`;
    for (const action of ['kinesisvideo:GetMedia', 'kinesisvideo:GetDataEndpoint', 'kinesisvideo:DeleteStream'])
      expect(await may(action, stream)).toBe(false);
    expect(await may('servicequotas:GetServiceQuota', mine(quota({ service: 'lambda', code: 'L-B99A9384' })))).toBe(
      false,
    );
    for (const other of ['kinesisvideo/L-00000000', 'lambda/L-B99A9384']) {
      const [service = '', code = ''] = other.split('/');
      expect(await may('servicequotas:GetServiceQuota', mine(quota({ service, code })))).toBe(false);
    }
    expect(await may('sts:AssumeRole', role('any'))).toBe(false);
  });

  test('read everything only where AWS knows no resource', () => {
    const statements = policiesOf(member, 'MemberRole').flatMap(({ policy }) => policy.Statement as JsonObject[]);
    const ofAll = statements.filter(({ Resource }) => [Resource].flat().includes('*')).flatMap(({ Action }) => Action);
    expect(ofAll.sort()).toEqual([...new Set(KINDS.map((kind) => descriptorOf(kind).actions[0])), ...beside].sort());
  });

  test('read what the hub reads in its own account, for every kind', async () => {
    const own = await readResolved({ ...somewhere, parameters: parametersFor(KINDS) });
    const reads = ['DispatcherRole', 'WorkerRole']
      .flatMap((name) => policiesOf(own, name))
      .flatMap(({ policy }) => (policy.Statement as { Action: string | string[] }[]).flatMap(({ Action }) => Action))
      .filter((action) => /^(kinesis|kinesisvideo|servicequotas|account):/.test(action));
    expect([...new Set(reads)].sort()).toEqual(actions().sort());
  });
});

describe('The template of the member role', () => {
  const takes = (parameter: string, value: string) =>
    new RegExp(`^(?:${memberTemplate.Parameters[parameter]?.AllowedPattern})$`).test(value);
  const settings = { accounts: 'organization' };
  const anywhere = { stage: 'dev', region: 'eu-west-1', nowMs: 0 };

  test.each([
    ['externalId', 'ExternalId', [EXTERNAL_ID, 'x'.repeat(16), 'x'.repeat(1224), '_+=,.@:/-_+=,.@:/-'], 'x'.repeat(15)],
    ['memberRole', 'RoleName', ['kvs-census-member', 'x', 'x'.repeat(64), '_+=,.@-'], 'x'.repeat(65)],
  ])('takes as %s what the hub takes', (parameter, ofTemplate, values, wrong) => {
    for (const value of values) {
      expect([value, CHECKS[parameter]?.(value, settings, anywhere)]).toEqual([value, undefined]);
      expect([value, takes(ofTemplate, value)]).toEqual([value, true]);
    }
    for (const value of [
      '',
      wrong,
      'x'.repeat(1225),
      'with a space, of 24 signs',
      'arn:aws:iam::123456789012:role/x y',
    ]) {
      expect(CHECKS[parameter]?.(value, settings, anywhere)).toBeDefined();
      expect(takes(ofTemplate, value)).toBe(false);
    }
  });

  test("passes AWS's own validator", () => {
    const engine = new CelEngine();
    const templateFile = new TemplateFile(MEMBER_ROLE_FILE);
    const { diagnostics } = engine.validateStandard(templateFile, { severityLevel: 'WARN' });
    engine.free();
    expect(diagnostics.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
  });

  test('takes the stages that there can be, and ids of accounts', () => {
    expect(['d', 'x'.repeat(LONGEST_STAGE), 'Prod-2'].every((stage) => takes('HubStage', stage))).toBe(true);
    expect(['', 'x'.repeat(LONGEST_STAGE + 1), 'a_b'].some((stage) => takes('HubStage', stage))).toBe(false);
    expect(['012345678901', '123456789012'].every((id) => takes('HubAccountId', id))).toBe(true);
    expect(['12345678901', '1234567890123', 'hub'].some((id) => takes('HubAccountId', id))).toBe(false);
  });

  test('names its role as the hub looks for it, and nothing in it is of one partition or account', () => {
    expect(member.Resources.MemberRole?.Properties.RoleName).toBe('kvs-census-member');
    expect(resolved({ RoleName: 'other' }).Resources.MemberRole?.Properties.RoleName).toBe('other');
    expect(readFileSync(MEMBER_ROLE_FILE, 'utf8')).not.toMatch(/arn:aws|\d{12}:/);
    const inChina = resolveTemplate(memberTemplate, { ...somewhere, partition: 'aws-cn', parameters: given });
    expect(JSON.stringify(inChina.Resources).match(/arn:[\w-]+/g)).toEqual(expect.not.arrayContaining(['arn:aws']));
  });
});
