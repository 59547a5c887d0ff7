import { type IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import type { Asked, Decision } from '../../answers/health/facts.ts';
import type { Ask } from './ask.ts';

type Right = {
  roleArn: string;
  action: string;
  /** Absent: all that there is. */
  resourceArn?: string;
  region: string;
};

/**
 * Whether a role may do something, as far as IAM can tell. It looks at the policies of an organisation, too, with their
 * conditions, but of what these ask for it knows no more than it is told here:
 * https://docs.aws.amazon.com/cli/latest/reference/iam/simulate-custom-policy.html
 */
export async function readRight(
  client: IAMClient,
  ask: Ask,
  { roleArn, action, resourceArn, region }: Right,
): Promise<Asked<Decision>> {
  return await ask('iam:SimulatePrincipalPolicy', async (abortSignal) => {
    const command = new SimulatePrincipalPolicyCommand({
      PolicySourceArn: roleArn,
      ActionNames: [action],
      ...(resourceArn !== undefined && { ResourceArns: [resourceArn] }),
      ContextEntries: [{ ContextKeyName: 'aws:RequestedRegion', ContextKeyType: 'string', ContextKeyValues: [region] }],
    });
    const { EvaluationResults: [result] = [] } = await client.send(command, { abortSignal });
    if (result?.EvalDecision === undefined) throw new Error('IAM gave no decision.');
    return {
      decision: result.EvalDecision,
      byOrganization: result.OrganizationsDecisionDetail?.AllowedByOrganizations === false,
      byBoundary: result.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary === false,
    };
  });
}
