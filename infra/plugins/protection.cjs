/**
 * A plugin of the deployment: once everything is deployed, it brings the deletion protection of the ledger and the termination
 * protection of the stack to what the parameters say, and asks for nothing where they are that already.
 *
 * In the template the ledger would be protected before the rest of the stack is there. CloudFormation cannot take back a
 * table that is protected, so a first deployment that failed would leave one, and its name would block the next.
 *
 * Whoever removes the stack is told beforehand that it is protected, and in the end what stays.
 */
const { DescribeTableCommand, DynamoDBClient, UpdateTableCommand } = require('@aws-sdk/client-dynamodb');
const { ofFramework, parametersOf } = require('./framework.cjs');

module.exports = class Protection {
  constructor(serverless, _options, { log }) {
    this.hooks = {
      'after:deploy:deploy': () => protectAll(serverless, log),
      'before:remove:remove': () => refuseRemoval(serverless),
      'after:remove:remove': () => {
        const table = ledgerOf(serverless);
        log.notice(`The ledger stays: the table ${table}. To count into it again, deploy with existingTable=${table}.`);
      },
    };
  }
};

async function protectAll(serverless, log) {
  for (const bring of [protectStack, protectLedger]) {
    try {
      const told = await bring(serverless);
      if (told !== undefined) log.notice(told);
    } catch (error) {
      const cause = `${error.name}: ${error.message}`;
      const sentence = `The stack is deployed, but not protected as the parameters say (${cause}). Mend that, and deploy again.`;
      throw new serverless.classes.Error(sentence, 'NOT_PROTECTED');
    }
  }
}

/** The framework would refuse, too, but speak of a setting of its own. A stack that cannot be looked at is left to it. */
async function refuseRemoval(serverless) {
  const { isProtected } = await stackOf(serverless).catch(() => ({ isProtected: false }));
  if (!isProtected) return;
  const sentence =
    'The stack is protected against being removed. Deploy it with --param="terminationProtection=off" first.';
  throw new serverless.classes.Error(sentence, 'STACK_IS_PROTECTED');
}

async function stackOf(serverless) {
  const { DescribeStacksCommand } = ofFramework('@aws-sdk/client-cloudformation');
  const provider = serverless.getProvider('aws');
  const StackName = provider.naming.getStackName();
  const client = await provider.getCloudFormationClient();
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
  return { client, StackName, isProtected: Stacks?.[0]?.EnableTerminationProtection ?? false };
}

function ledgerOf(serverless) {
  const { existingTable } = parametersOf(serverless);
  return existingTable === 'none' ? serverless.service.custom.prefix : existingTable;
}

async function protectStack(serverless) {
  const { UpdateTerminationProtectionCommand } = ofFramework('@aws-sdk/client-cloudformation');
  const wanted = parametersOf(serverless).terminationProtection === 'on';
  const { client, StackName, isProtected } = await stackOf(serverless);
  if (isProtected === wanted) return undefined;
  await client.send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: wanted }));
  return `The stack ${StackName} ${wanted ? 'cannot' : 'can'} be removed from now on.`;
}

/** A table that the stack did not make never loses its protection here. */
async function protectLedger(serverless) {
  const { deletionProtection, existingTable } = parametersOf(serverless);
  const wanted = deletionProtection === 'on';
  if (!wanted && existingTable !== 'none') return undefined;
  const TableName = ledgerOf(serverless);
  const client = new DynamoDBClient(await serverless.getProvider('aws').getAwsSdkV3Config());
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    if ((Table?.DeletionProtectionEnabled ?? false) === wanted) return undefined;
    await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: wanted }));
    return `The table ${TableName} ${wanted ? 'cannot' : 'can'} be deleted from now on.`;
  } finally {
    client.destroy();
  }
}
