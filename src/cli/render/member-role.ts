/** The template of the member role with a stack's own values as defaults, and above it, as comments, what to do with it. */
import type { Shell } from '../../answers/health/shell.ts';

/** The stack that counts, and what it expects of the other accounts. */
export type Hub = {
  accountId: string;
  stage: string;
  region: string;
  roleName: string;
  externalId: string;
  /** All of its organisation, or these. */
  accounts: 'organization' | readonly string[];
  /** Of the organisation only those below these. */
  units: readonly string[];
};

const FILE = 'member-role.yml';

/** @param template infra/member-role.yml */
export function renderMemberRole(template: string, hub: Hub, shell: Pick<Shell, 'aws' | 'census'>): string {
  const { accountId, stage, region, roleName, externalId } = hub;
  const values = { HubAccountId: accountId, HubStage: stage, ExternalId: externalId, RoleName: roleName };
  const filled = Object.entries(values).reduce(withDefault, template);
  const lines = [
    `The role by which kvs-census-${stage} in ${accountId} (${region}) counts the account that it is in, filled in. Save it:`,
    '',
    `  ${shell.census('member-role')} > ${FILE}`,
    '',
    ...(hub.accounts === 'organization' ? byStackSet(hub, shell) : byHand(hub.accounts, hub, shell)),
    'How to go on, what no-access means, and how to remove it: docs/organisation.md',
  ];
  return `${lines.map((line) => `# ${line}`.trimEnd()).join('\n')}\n\n${filled}`;
}

/** In the block of a parameter, in place of the default that it may have. */
function withDefault(template: string, [name, value]: [string, string]): string {
  const block = new RegExp(`^( {2}${name}:\\n {4}Type: String\\n)(?: {4}Default: .*\\n)?`, 'm');
  if (!block.test(template)) throw new Error(`The template has no parameter ${name}.`);
  return template.replace(block, (_, head: string) => `${head}    Default: '${value}'\n`);
}

/** What needs a variable of the shell is not quoted by `shell`, which would keep it from being read. */
function byStackSet({ stage, region, units }: Hub, shell: Pick<Shell, 'aws'>): string[] {
  const name = ['--stack-set-name', `kvs-census-${stage}-member`, '--call-as', 'DELEGATED_ADMIN'];
  const targets = units.length === 0 ? '$ROOT' : units.map((unit) => unit.trim()).join(',');
  const create = shell.aws(
    ...['cloudformation', 'create-stack-set', ...name, '--permission-model', 'SERVICE_MANAGED'],
    ...['--auto-deployment', 'Enabled=true,RetainStacksOnAccountRemoval=false'],
    ...['--capabilities', 'CAPABILITY_NAMED_IAM', '--template-body', `file://${FILE}`],
  );
  const instances = shell.aws(
    ...['cloudformation', 'create-stack-instances', ...name, '--regions', region],
    ...['--operation-preferences', 'MaxConcurrentPercentage=100,FailureTolerancePercentage=100'],
  );
  return [
    'In all accounts of the organisation, from the hub, if it is a delegated administrator of StackSets. From the management',
    'account leave --call-as DELEGATED_ADMIN out.',
    '',
    `  ${create}`,
    ...(units.length === 0 ? [`  ROOT=$(aws organizations list-roots --query 'Roots[0].Id' --output text)`] : []),
    `  ${instances} --deployment-targets OrganizationalUnitIds=${targets}`,
    '',
    'In the management account, if it is not the hub: no StackSet reaches it. The same makes the role in any other account.',
    '',
    `  ${deploy(stage, shell)}`,
    '',
  ];
}

function byHand(accounts: readonly string[], { stage }: Hub, shell: Pick<Shell, 'aws'>): string[] {
  return [
    `In each of ${accounts.map((id) => id.trim()).join(', ')}, with credentials of that account:`,
    '',
    `  ${deploy(stage, shell)}`,
    '',
  ];
}

function deploy(stage: string, shell: Pick<Shell, 'aws'>): string {
  return shell.aws(
    ...['cloudformation', 'deploy', '--stack-name', `kvs-census-${stage}-member`, '--template-file', FILE],
    ...['--capabilities', 'CAPABILITY_NAMED_IAM'],
  );
}
