/**
 * A plugin of the deployment: once everything is deployed, it brings the deletion protection of the ledger and the termination
 * protection of the stack to what the parameters say, and asks for nothing where they are that already.
 *
 * In the template the ledger would be protected before the rest of the stack is there. CloudFormation cannot take back a
 * table that is protected, so a first deployment that failed would leave one, and its name would block the next.
 */
const { DescribeTableCommand, DynamoDBClient, UpdateTableCommand } = require('@aws-sdk/client-dynamodb');
const { ofFramework, parametersOf } = require('./framework.cjs');

module.exports = class Protection {
  constructor(serverless, _options, { log }) {
    this.hooks = {
      'after:deploy:deploy': async () => {
        const parameters = parametersOf(serverless);
        const provider = serverless.getProvider('aws');
        for (const bring of [protectStack, protectLedger]) {
          try {
            const told = await bring(serverless, provider, parameters);
            if (told !== undefined) log.notice(told);
          } catch (error) {
            const cause = `${error.name}: ${error.message}`;
            const sentence = `The stack is deployed, but not protected as the parameters say (${cause}). Mend that, and deploy again.`;
            throw new serverless.classes.Error(sentence, 'NOT_PROTECTED');
          }
        }
      },
    };
  }
};

async function protectStack(_serverless, provider, { terminationProtection }) {
  const { DescribeStacksCommand, UpdateTerminationProtectionCommand } = ofFramework('@aws-sdk/client-cloudformation');
  const StackName = provider.naming.getStackName();
  const wanted = terminationProtection === 'on';
  const client = await provider.getCloudFormationClient();
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
  if ((Stacks?.[0]?.EnableTerminationProtection ?? false) === wanted) return undefined;
  await client.send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: wanted }));
  return `The stack ${StackName} ${wanted ? 'cannot' : 'can'} be removed from now on.`;
}

/** A table that the stack did not make never loses its protection here. */
async function protectLedger(serverless, provider, { deletionProtection, existingTable }) {
  const isOwn = existingTable === 'none';
  const wanted = deletionProtection === 'on';
  if (!wanted && !isOwn) return undefined;
  const TableName = isOwn ? serverless.service.custom.prefix : existingTable;
  const client = new DynamoDBClient(await provider.getAwsSdkV3Config());
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    if ((Table?.DeletionProtectionEnabled ?? false) === wanted) return undefined;
    await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: wanted }));
    return `The table ${TableName} ${wanted ? 'cannot' : 'can'} be deleted from now on.`;
  } finally {
    client.destroy();
  }
}
