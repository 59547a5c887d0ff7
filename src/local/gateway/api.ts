/**
 * The HTTP API of a template: its routes, who may use each, and the function behind it. Pure.
 *
 * On purpose not emulated: APIs of WebSockets, several stages, integrations other than functions, CORS (the page is served by
 * the API itself), authorisers that are functions, domain names, mutual TLS. The schemas of resource-types.ts refuse them by
 * name.
 */
import { ofType, type Resource, type Template } from '../template.ts';
import { checkFormat } from './access-log.ts';

/** Requests a second, and how many at once (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html). */
export type Limits = { readonly ratePerSecond: number; readonly burst: number };

export type JwtAuthorizer = { readonly issuer: string; readonly audience: readonly string[] };

type Authorization =
  | { readonly type: 'none' }
  | { readonly type: 'iam' }
  | { readonly type: 'jwt'; readonly authorizer: JwtAuthorizer; readonly scopes: readonly string[] };

export type Route = {
  /** `$default`, or a method and a path: `GET /runs/{run}`. */
  readonly key: string;
  readonly authorization: Authorization;
  readonly functionName: string;
  /** Never divided by the stack's time scale: whoever asks waits in real time. */
  readonly timeoutMs: number;
  /** Absent: none but the account's. */
  readonly limits: Limits | undefined;
};

export type Api = {
  readonly id: string;
  readonly stage: string;
  /** The logical id of the stage, by which its access log is told apart. */
  readonly stageId: string;
  readonly routes: readonly Route[];
  /** Absent: there is no access log. */
  readonly logFormat: string | undefined;
};

/** The names of functions that an API calls. */
export function functionsBehind(template: Template): ReadonlySet<string> {
  return new Set(ofType(template, 'AWS::ApiGatewayV2::Integration').map(functionOf));
}

/**
 * Undefined for a template without one.
 * @throws one sentence where its parts do not fit together
 */
export function readApi(template: Template): Api | undefined {
  const [api, another] = ofType(template, 'AWS::ApiGatewayV2::Api');
  if (api === undefined) return undefined;
  if (another !== undefined)
    throw new Error(`${api.logicalId} and ${another.logicalId} are two APIs; the local stack has an address for one.`);
  const [stage, ...stages] = ofType(template, 'AWS::ApiGatewayV2::Stage').filter(isOf(api.ref));
  if (stage === undefined || stages.length > 0)
    throw new Error(`${api.logicalId} has ${stages.length === 0 ? 'no stage' : 'several stages'}; expected one.`);
  const { AccessLogSettings } = stage.properties;
  if (AccessLogSettings !== undefined) checkFormat(AccessLogSettings.Format, stage.logicalId);
  return {
    id: api.ref,
    stage: stage.properties.StageName,
    stageId: stage.logicalId,
    routes: ofType(template, 'AWS::ApiGatewayV2::Route')
      .filter(isOf(api.ref))
      .map((route) => readRoute(route, stage, template)),
    logFormat: AccessLogSettings?.Format,
  };
}

const isOf =
  (apiId: string) =>
  ({ properties }: { properties: { ApiId: string } }) =>
    properties.ApiId === apiId;

function readRoute(
  { logicalId, properties }: Resource<'AWS::ApiGatewayV2::Route'>,
  { properties: stage }: Resource<'AWS::ApiGatewayV2::Stage'>,
  template: Template,
): Route {
  const { RouteKey: key, Target, ApiId } = properties;
  const integration = ofType(template, 'AWS::ApiGatewayV2::Integration')
    .filter(isOf(ApiId))
    .find(({ ref }) => Target === `integrations/${ref}`);
  if (integration === undefined) throw new Error(`${logicalId}: its API has no integration ${Target}.`);
  const settings = { ...stage.DefaultRouteSettings, ...stage.RouteSettings[key] };
  const { ThrottlingRateLimit: ratePerSecond, ThrottlingBurstLimit: burst } = settings;
  return {
    key,
    authorization: readAuthorization(logicalId, properties, template),
    functionName: functionOf(integration),
    timeoutMs: integration.properties.TimeoutInMillis,
    limits: ratePerSecond === undefined || burst === undefined ? undefined : { ratePerSecond, burst },
  };
}

function readAuthorization(
  logicalId: string,
  properties: Resource<'AWS::ApiGatewayV2::Route'>['properties'],
  template: Template,
): Authorization {
  const { AuthorizationType, AuthorizerId, AuthorizationScopes: scopes, ApiId } = properties;
  switch (AuthorizationType) {
    case 'NONE':
      return { type: 'none' };
    case 'AWS_IAM':
      return { type: 'iam' };
    case 'JWT': {
      const authorizer = ofType(template, 'AWS::ApiGatewayV2::Authorizer')
        .filter(isOf(ApiId))
        .find(({ ref }) => ref === AuthorizerId);
      if (authorizer === undefined) throw new Error(`${logicalId}: its API has no authorizer ${AuthorizerId}.`);
      const { Issuer: issuer, Audience: audience } = authorizer.properties.JwtConfiguration;
      return { type: 'jwt', authorizer: { issuer, audience }, scopes };
    }
    default:
      return AuthorizationType satisfies never;
  }
}

/** Either the function's ARN, or the path of Lambda's Invoke with it. */
function functionOf({ logicalId, properties }: Resource<'AWS::ApiGatewayV2::Integration'>): string {
  const [, name] = /:function:([^/:]+)(?:\/invocations)?$/.exec(properties.IntegrationUri) ?? [];
  if (name !== undefined) return name;
  throw new Error(`${logicalId}: ${properties.IntegrationUri} is no function.`);
}
