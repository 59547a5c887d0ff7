/** A small HTTP API for the tests of the gateway, as CloudFormation describes one, and requests for it. */
import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import type { StackOptions } from '../../../src/local/stack.ts';
import { type Recorded, type SampleFunction, startSample } from '../sample-stack.ts';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-central-1';
export const AUDIENCE = 'sample';

type ApiSample = {
  /** What the function does with `event`; CommonJS. */
  readonly body?: string;
  readonly properties?: SampleFunction['properties'];
  /** By route key; the properties over those of a route to the function. */
  readonly routes?: Readonly<Record<string, object>>;
  readonly stage?: object;
  readonly integration?: object;
  /** There is an authorizer where there is one. */
  readonly issuer?: string;
};

/** What `Ref` gives in a template. */
const ref = (Ref: string) => ({ Ref });

function apiResources({ routes = {}, stage, integration, issuer }: Omit<ApiSample, 'body'>) {
  const compiled = Object.entries(routes).map(([RouteKey, properties], index) => [
    `Route${index}`,
    {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: ref('Api'),
        RouteKey,
        Target: { 'Fn::Sub': `integrations/\${Integration}` },
        ...properties,
      },
    },
  ]);
  return {
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'sample', ProtocolType: 'HTTP' } },
    Stage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: ref('Api'), StageName: '$default', AutoDeploy: true, ...stage },
    },
    Integration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: ref('Api'),
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: { 'Fn::GetAtt': ['ApiLambdaFunction', 'Arn'] },
        PayloadFormatVersion: '2.0',
        ...integration,
      },
    },
    ...(issuer !== undefined && {
      Authorizer: {
        Type: 'AWS::ApiGatewayV2::Authorizer',
        Properties: {
          ApiId: ref('Api'),
          Name: 'tokens',
          AuthorizerType: 'JWT',
          IdentitySource: ['$request.header.Authorization'],
          JwtConfiguration: { Issuer: issuer, Audience: [AUDIENCE, 'another'] },
        },
      },
    }),
    ...Object.fromEntries(compiled),
  };
}

/** Its function answers with the event that it was given, unless `body` says otherwise. */
export async function startApi(sample: ApiSample, options: Partial<StackOptions> = {}): Promise<Recorded> {
  const { body = 'return event;', properties, ...rest } = sample;
  const routes = sample.routes ?? { $default: {} };
  const api = { body, ...(properties && { properties }) };
  return await startSample({ functions: { api }, resources: apiResources({ ...rest, routes }) }, options);
}

export const JWT_ROUTE = { AuthorizationType: 'JWT', AuthorizerId: ref('Authorizer') };
export const IAM_ROUTE = { AuthorizationType: 'AWS_IAM' };

type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
type Signing = {
  readonly credentials?: Credentials;
  readonly service?: string;
  readonly region?: string;
  readonly signingDate?: Date;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly body?: string;
  /** Headers that are left out of the signature. */
  readonly unsigned?: readonly string[];
};

const LOCAL: Credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** The headers of a request that is signed as an SDK signs it. */
export async function signedHeaders(address: string, signing: Signing = {}): Promise<Record<string, string>> {
  const url = new URL(address);
  const {
    credentials = LOCAL,
    service = 'execute-api',
    region = REGION,
    signingDate = new Date(),
    unsigned = [],
    ...request
  } = signing;
  const signer = new SignatureV4({ credentials, service, region, sha256: Hash.bind(null, 'sha256') });
  const names = new Set(url.searchParams.keys());
  const query = Object.fromEntries([...names].map((name) => [name, url.searchParams.getAll(name)]));
  const { headers } = await signer.sign(
    {
      ...{ method: request.method ?? 'GET', protocol: 'http:', hostname: url.hostname, path: url.pathname, query },
      headers: { host: url.host, ...request.headers },
      body: request.body,
    },
    { signingDate, unsignableHeaders: new Set(unsigned) },
  );
  return headers;
}

/** Asks with a signature. */
export async function ask(address: string, signing: Signing = {}): Promise<Response> {
  const { host: _, ...headers } = await signedHeaders(address, signing);
  const { method = 'GET', body } = signing;
  return await fetch(address, { method, headers, ...(body !== undefined && { body }) });
}
