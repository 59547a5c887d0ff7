/** `kvs-census member-role`: what the other accounts need, of the stack that asks for it. */
import { createRequire } from 'node:module';
import { renderMemberRole } from '../../../src/cli/render/member-role.ts';
import { ACCOUNT } from '../history.ts';
import { TABLE } from '../world.ts';
import { command, startStack, stopStack } from './stack.ts';

const TOLD = {
  ACCOUNTS: 'organization',
  MEMBER_ROLE: 'cameras-count',
  EXTERNAL_ID: '0b8f1c2e-52a3-4c57-9d0e-1f2a3b4c5d6e',
  INCLUDE_ORGANIZATIONAL_UNITS: 'none',
};
const STAGE = TABLE.replace('kvs-census-', '');

/** As the framework reads what has the short forms of CloudFormation. */
const ofFramework = createRequire(require.resolve('serverless/package.json'));
function defaultsIn(text: string): Record<string, unknown> {
  const schema = ofFramework('./lib/utils/serverless-utils/cloudformation-schema.js');
  const { Parameters } = ofFramework('js-yaml').load(text, { schema }) as {
    Parameters: Record<string, { Default?: unknown }>;
  };
  return Object.fromEntries(Object.entries(Parameters).map(([name, { Default }]) => [name, Default]));
}

async function ask(told: Record<string, string>) {
  await startStack('', told);
  try {
    return await command('member-role');
  } finally {
    await stopStack();
  }
}

const commandsIn = (text: string) => [...text.matchAll(/^# {3}(.*)$/gm)].map(([, line = '']) => line);

test('the template is filled in with what the stack expects, and its head says what to do with it', async () => {
  const { code, out, err } = await ask(TOLD);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(defaultsIn(out)).toEqual({
    HubAccountId: ACCOUNT,
    HubStage: STAGE,
    ExternalId: TOLD.EXTERNAL_ID,
    RoleName: TOLD.MEMBER_ROLE,
  });
  expect(commandsIn(out)).toEqual([
    `kvs-census member-role --local --account ${ACCOUNT} > member-role.yml`,
    `aws cloudformation create-stack-set --stack-set-name ${TABLE}-member --call-as DELEGATED_ADMIN --permission-model SERVICE_MANAGED --auto-deployment Enabled=true,RetainStacksOnAccountRemoval=false --capabilities CAPABILITY_NAMED_IAM --template-body file://member-role.yml --region us-east-1`,
    "ROOT=$(aws organizations list-roots --query 'Roots[0].Id' --output text)",
    `aws cloudformation create-stack-instances --stack-set-name ${TABLE}-member --call-as DELEGATED_ADMIN --regions us-east-1 --operation-preferences MaxConcurrentPercentage=100,FailureTolerancePercentage=100 --region us-east-1 --deployment-targets OrganizationalUnitIds=$ROOT`,
    `aws cloudformation deploy --stack-name ${TABLE}-member --template-file member-role.yml --capabilities CAPABILITY_NAMED_IAM --region us-east-1`,
  ]);
});

test('the units whose accounts are counted are those that get the role', async () => {
  const { out } = await ask({ ...TOLD, INCLUDE_ORGANIZATIONAL_UNITS: 'ou-ab12-11111111, ou-ab12-22222222' });
  expect(commandsIn(out).filter((line) => line.includes('ROOT'))).toEqual([]);
  expect(out).toContain('OrganizationalUnitIds=ou-ab12-11111111,ou-ab12-22222222\n');
});

test('accounts that are named get it one by one, but for the one of the stack', async () => {
  const { out } = await ask({ ...TOLD, ACCOUNTS: `222222222222,${ACCOUNT}, 333333333333` });
  expect(out).toContain('# In each of 222222222222, 333333333333, with credentials of that account:\n');
  expect(commandsIn(out).filter((line) => line.includes('stack-set'))).toEqual([]);
  expect(commandsIn(out).at(-1)).toMatch(/^aws cloudformation deploy /);
});

test('a stack that counts its own account needs no role, and says what would make one of use', async () => {
  const sentence = `The stack ${TABLE} counts its own account alone, which needs no role: set accounts to organization, with an externalId, and deploy it first`;
  for (const told of [{}, { ...TOLD, ACCOUNTS: 'self', EXTERNAL_ID: 'none' }]) {
    expect(await ask(told)).toEqual({ code: 1, out: '', err: expect.stringContaining(sentence) });
  }
});

test('a template without a parameter that is to be filled in is none', () => {
  const hub = { accountId: ACCOUNT, stage: 'dev', region: 'us-east-1', roleName: 'x', externalId: 'y', units: [] };
  const shell = { aws: () => '', census: () => '' };
  expect(() => renderMemberRole('Parameters:\n', { ...hub, accounts: 'organization' }, shell)).toThrow(
    'The template has no parameter HubAccountId.',
  );
});
