/**
 * What a role may do, by the compiled template: IAM's SimulatePrincipalPolicy. On purpose different from AWS: only a role's own
 * statements and those of policies of the template that name it are looked at, without conditions, and no others; every other operation is refused by name.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { escapeXml, refuse } from './listen.ts';
import type { SkippedResource } from './template.ts';

type Settings = Readonly<Record<string, unknown>>;

const IAM_NAMESPACE = 'https://iam.amazonaws.com/doc/2010-05-08/';

/** @param skipped reads, when it is asked for, what the stack does not act on */
export function answerIam(
  request: IncomingMessage,
  asked: URLSearchParams,
  response: ServerResponse,
  skipped: (type: string) => SkippedResource[],
): void {
  const action = asked.get('Action') ?? '';
  if (action !== 'SimulatePrincipalPolicy') {
    refuse(request, response, 400, 'InvalidAction', `The local IAM knows only SimulatePrincipalPolicy, not ${action}.`);
    return;
  }
  const source = asked.get('PolicySourceArn') ?? '';
  const role = skipped('AWS::IAM::Role').find(({ arn }) => arn === source);
  if (role === undefined) {
    refuse(request, response, 404, 'NoSuchEntity', `There is no role ${source} in the template.`);
    return;
  }
  const attached = skipped('AWS::IAM::Policy').filter(({ properties }) => listOf(properties.Roles).includes(role.name));
  const statements = [
    ...((role.properties.Policies ?? []) as Settings[]).flatMap(statementsOf),
    ...attached.flatMap(({ properties }) => statementsOf(properties)),
  ];
  const list = (prefix: string) => [...asked].flatMap(([name, value]) => (name.startsWith(prefix) ? [value] : []));
  const resources = list('ResourceArns.member.');
  const questions = list('ActionNames.member.').flatMap((one) =>
    (resources.length > 0 ? resources : ['*']).map((resource) => ({ one, resource })),
  );
  const results = questions.map(({ one, resource }) => {
    const decision = decisionOf(one, resource, statements);
    return `<member><EvalActionName>${escapeXml(one)}</EvalActionName><EvalResourceName>${escapeXml(resource)}</EvalResourceName><EvalDecision>${decision}</EvalDecision><MatchedStatements/><MissingContextValues/></member>`;
  });
  response.writeHead(200, { 'content-type': 'text/xml' });
  response.end(
    `<SimulatePrincipalPolicyResponse xmlns="${IAM_NAMESPACE}"><SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated>` +
      `<EvaluationResults>${results.join('')}</EvaluationResults></SimulatePrincipalPolicyResult>` +
      `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></SimulatePrincipalPolicyResponse>`,
  );
}

function statementsOf(policy: Settings): Settings[] {
  const { Statement = [] } = (policy.PolicyDocument ?? {}) as { Statement?: Settings | Settings[] };
  return [Statement].flat();
}

/** On a resource; `*`, which stands for all, is only allowed by what allows all. */
function decisionOf(action: string, resource: string, statements: readonly Settings[]): string {
  const matching = statements.filter(
    ({ Action, Resource, Condition }) =>
      Condition === undefined &&
      listOf(Action).some((pattern) => isLike(action.toLowerCase(), pattern.toLowerCase())) &&
      listOf(Resource).some((pattern) => isLike(resource, pattern)),
  );
  if (matching.some(({ Effect }) => Effect === 'Deny')) return 'explicitDeny';
  return matching.some(({ Effect }) => Effect === 'Allow') ? 'allowed' : 'implicitDeny';
}

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).map(String);

/** IAM's wildcards. */
function isLike(text: string, pattern: string): boolean {
  const escaped = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`).test(text);
}
