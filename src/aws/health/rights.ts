import { type IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import type { Asked, Decision } from '../../answers/health/facts.ts';
import type { Ask } from './ask.ts';

/**
 * Whether a role may list the streams of a region, as far as IAM can tell: it takes no notice of policies of an organisation
 * that have conditions, on the region for instance.
 */
export async function readMayList(client: IAMClient, ask: Ask, roleArn: string): Promise<Asked<Decision>> {
  return await ask('iam:SimulatePrincipalPolicy', async (abortSignal) => {
    const command = new SimulatePrincipalPolicyCommand({
      PolicySourceArn: roleArn,
      ActionNames: ['kinesisvideo:ListStreams'],
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
