/** IAM, simulated: may this principal do that? */
import { type RunSimulationResults, runSimulation } from '@cloud-copilot/iam-simulate';
import type { KindQuota } from '../../src/census/kinds/kind.ts';
import { descriptorOf, type Kind } from '../../src/census/kinds.ts';
import { ofType, somewhere } from './compiled.ts';
import type { Json, JsonObject, Template } from './resolve.ts';

type Question = {
  /** The ARN of a role, or the name of a service. */
  principal: string;
  action: string;
  resource: string;
  policies?: { name: string; policy: JsonObject }[];
  /** Of the queue or topic that is asked about. */
  resourcePolicy?: JsonObject;
  context?: Record<string, string>;
};

/** A public parameter. The simulation knows none without an account. */
const OWNED_BY_AWS = /^(arn:aws:ssm:[a-z0-9-]+:)(:parameter\/aws\/)/;

/** An action or resource that IAM does not know is an error, not a denial. */
export async function isAllowed(question: Question): Promise<boolean> {
  const { principal, action, policies = [], resourcePolicy, context = {} } = question;
  const resource = question.resource.replace(OWNED_BY_AWS, `$1${somewhere.accountId}$2`);
  const result: RunSimulationResults = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: accountIn(resource) ?? accountIn(principal) ?? somewhere.accountId },
        contextVariables: context,
      },
      identityPolicies: policies,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: resourcePolicy as Json,
    },
    {},
  );
  if (result.resultType === 'error') throw new Error(`${action} ${resource}: ${JSON.stringify(result.errors)}`);
  return result.overallResult === 'Allowed';
}

/** Nothing where an ARN does not say whose it is. */
function accountIn(arn: string): string | undefined {
  return /^(?:[^:]*:){4}(\d{12}):/.exec(arn)?.[1];
}

const arn = (service: string, name: string) => `arn:aws:${service}:${somewhere.region}:${somewhere.accountId}:${name}`;

export const queue = (name: string) => arn('sqs', `kvs-census-dev-${name}`);
export const topic = (name: string) => arn('sns', `kvs-census-dev-${name}`);
export const lambda = (name: string) => arn('lambda', `function:kvs-census-dev-${name}`);
export const table = (name: string) => arn('dynamodb', `table/${name}`);
export const index = (name: string) => arn('dynamodb', `table/kvs-census-dev/index/${name}`);
export const logStream = (name: string) =>
  arn('logs', `log-group:/aws/lambda/kvs-census-dev-${name}:log-stream:2026/11/20/[$LATEST]1`);
/** One of that kind. */
export function oneOf(kind: Kind): string {
  const { actions, arnType } = descriptorOf(kind);
  return arn(actions[0].split(':')[0] ?? '', `${arnType}/door/1700000000000`);
}
export const quota = ({ service, code }: Pick<KindQuota, 'service' | 'code'>) =>
  arn('servicequotas', `${service}/${code}`);
export const role = (name: string) => `arn:aws:iam::${somewhere.accountId}:role/${name}`;

type Policy = { name: string; policy: JsonObject };

/** As the template names it; CloudFormation names it where that does not, and the tests by its logical id. */
export function roleNameOf(template: Template, roleId: string): string {
  return String(template.Resources[roleId]?.Properties.RoleName ?? roleId);
}

/** A role's own policies, and those that were made beside it. */
export function policiesOf(template: Template, roleId: string): Policy[] {
  const own = (template.Resources[roleId]?.Properties.Policies ?? []) as JsonObject[];
  const beside = ofType(template, 'AWS::IAM::Policy').map(([, { Properties }]) => Properties);
  const attached = beside.filter(({ Roles }) => (Roles as string[]).includes(roleNameOf(template, roleId)));
  return [...own, ...attached].map(({ PolicyName, PolicyDocument }) => ({
    name: String(PolicyName),
    policy: PolicyDocument as JsonObject,
  }));
}
