/** The API: nothing of it is there unless it was asked for, and then nothing of it is open but the page by which people sign in. */
import { apiConfig } from '../../../src/config.ts';
import { API_PARAMETERS, environment, logicalId, ofType, only, property, somewhere } from '../compiled.ts';
import { about, group, judged, rule } from '../judge.ts';
import { isObject, type Json, type JsonObject, type Template } from '../resolve.ts';

about('the API');

const { keys, tokens, page } = API_PARAMETERS;

const off = () => judged.template;
const on = (parameters: Record<string, string> = page) => judged.in({ ...somewhere, parameters });

/** Under these it is there, or a part of it. */
const CONDITIONS = ['ApiIsOn', 'TokensAreAskedFor', 'PageIsServed'];

/** What there is of it, of the resources or of the outputs. */
const partsOf = (of: JsonObject) =>
  Object.entries(of).flatMap(([id, part]) =>
    isObject(part) && CONDITIONS.includes(String(part.Condition)) ? [id] : [],
  );
const parts = () => partsOf(judged.compiled.Resources as unknown as JsonObject);

const routes = (of: Template) =>
  Object.fromEntries(
    ofType(of, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => [
      String(Properties.RouteKey),
      Properties.AuthorizationType,
    ]),
  );

group('off, as it is unless somebody says otherwise,', () => {
  rule('is the default of whatever has to do with it', () => {
    expect(judged.compiled.Parameters).toMatchObject({
      Api: { Default: 'off' },
      ...Object.fromEntries(
        ['ApiIssuer', 'ApiAudience', 'PageClientId', 'SignInOrigins'].map((name) => [name, { Default: 'none' }]),
      ),
    });
  });

  rule('is nothing: whatever is of API Gateway, or of the function, is not there', () => {
    const left = Object.entries(off().Resources).filter(
      ([id, { Type }]) => Type.startsWith('AWS::ApiGateway') || /^(Api|Page)[A-Z]|Api$/.test(id),
    );
    expect(left).toEqual([]);
    expect(Object.keys(off().Outputs).filter((name) => /^Api/.test(name))).toEqual([]);
    expect(JSON.stringify(off())).not.toMatch(/execute-api|apigateway|kvs-census-dev-api/);
  });

  rule('is nothing either where the rest was set before', () => {
    expect(on({ ...page, Api: 'off' })).toEqual(off());
  });
});

group('on, whoever may ask,', () => {
  rule.each(['keys', 'tokens', 'page'] as const)('for %s, changes nothing else', (who) => {
    const parameters = API_PARAMETERS[who];
    const own = parts();
    expect(own.length).toBeGreaterThan(10);
    const others = Object.entries(on(parameters).Resources).filter(([id]) => !own.includes(id));
    expect(others).toEqual(Object.entries(off().Resources));
    const outputs = partsOf(judged.compiled.Outputs);
    expect(Object.entries(on(parameters).Outputs).filter(([name]) => !outputs.includes(name))).toEqual(
      Object.entries(off().Outputs),
    );
  });

  rule(
    'is closed to whoever does not sign, or brings no token; only the page is open, and only where it is served',
    () => {
      expect(routes(on(keys))).toEqual({ $default: 'AWS_IAM' });
      expect(routes(on(tokens))).toEqual({ $default: 'JWT' });
      expect(routes(on(page))).toEqual({ $default: 'JWT', 'GET /': 'NONE' });
      // A page that nobody could sign in to.
      expect(routes(on({ ...page, ...keys }))).toEqual({ $default: 'AWS_IAM' });
    },
  );

  rule('takes the tokens of the issuer, made for one of the audience, and no others', () => {
    const authorizers = ofType(on(tokens), 'AWS::ApiGatewayV2::Authorizer');
    expect(ofType(on(page), 'AWS::ApiGatewayV2::Authorizer')).toEqual(authorizers);
    expect(authorizers.map(([, { Properties }]) => Properties)).toEqual([
      {
        ...{ ApiId: 'censusapi', Name: 'kvs-census-dev', AuthorizerType: 'JWT' },
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Issuer: 'https://issuer.example.com/', Audience: ['census', 'census-page'] },
      },
    ]);
    expect(property(on(tokens), 'ApiRoute', 'AuthorizerId')).toBe('apiauthorizer');
  });

  rule('has no authoriser of tokens where keys are asked for', () => {
    expect(ofType(on(keys), 'AWS::ApiGatewayV2::Authorizer')).toEqual([]);
    expect(on(keys).Resources.ApiRoute?.Properties).not.toHaveProperty('AuthorizerId');
  });

  rule('hands every request to the one function, as an event of version 2', () => {
    for (const [, { Properties }] of ofType(on(), 'AWS::ApiGatewayV2::Route'))
      expect(Properties.Target).toBe('integrations/apiintegration');
    expect(only(on(), 'AWS::ApiGatewayV2::Integration').Properties).toMatchObject({
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: 'arn:aws:lambda:eu-west-1:123456789012:function:kvs-census-dev-api',
      PayloadFormatVersion: '2.0',
    });
  });

  rule('may invoke that function, and no other API may', () => {
    const permissions = ofType(on(), 'AWS::Lambda::Permission').map(([, { Properties }]) => Properties);
    expect(permissions.filter(({ Principal }) => Principal === 'apigateway.amazonaws.com')).toEqual([
      {
        FunctionName: 'arn:aws:lambda:eu-west-1:123456789012:function:kvs-census-dev-api',
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
        SourceArn: 'arn:aws:execute-api:eu-west-1:123456789012:censusapi/*',
      },
    ]);
  });

  rule('lets no page of another origin read an answer', () => {
    expect(on().Resources.CensusApi?.Properties).not.toHaveProperty('CorsConfiguration');
  });

  rule('is at the root of its address, which an output tells', () => {
    expect(on().Outputs.ApiEndpoint).toMatchObject({
      Value: 'https://censusapi.execute-api.eu-west-1.amazonaws.com',
    });
    expect(only(on(), 'AWS::ApiGatewayV2::Stage').Properties).toMatchObject({
      StageName: '$default',
      AutoDeploy: true,
    });
  });

  rule('is asked 50 times a second at most, and 100 times at once', () => {
    const settings = property(on(), 'ApiStage', 'DefaultRouteSettings');
    expect(settings).toEqual({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 });
    expect(on().Resources.ApiStage?.Properties).not.toHaveProperty('RouteSettings');
  });
});

group('of each request', () => {
  const settings = () => property(on(), 'ApiStage', 'AccessLogSettings') as { DestinationArn: string; Format: string };
  const line = () => JSON.parse(settings().Format) as Record<string, string>;

  rule('a line of JSON is written, into a log that is kept as long as the others', () => {
    expect(settings().Format).not.toMatch(/\n/);
    expect(line()).toMatchObject({ requestId: '$context.requestId', status: '$context.status', path: '$context.path' });
    const log = on().Resources.ApiAccessLogGroup?.Properties;
    expect(settings().DestinationArn).toContain(`:log-group:${log?.LogGroupName}`);
    expect(log).toEqual({ LogGroupName: '/aws/vendedlogs/kvs-census-dev-api', RetentionInDays: 30 });
  });

  rule('nothing is written of its query, of its headers, and of who asked', () => {
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
    const harmless = [
      ...['requestId', 'requestTimeEpoch', 'identity.sourceIp', 'httpMethod', 'path', 'status', 'responseLength'],
      ...['responseLatency', 'authorizer.error', 'error.responseType', 'integration.status'],
    ];
    expect(Object.values(line()).sort()).toEqual(harmless.map((name) => `$context.${name}`).sort());
  });
});

group('its function', () => {
  rule('is told who may ask as API Gateway is, and what the page needs', () => {
    const told = (parameters: Record<string, string>) => environment(on(parameters), 'api');
    expect(told(keys)).toMatchObject({
      ...{ API: 'iam', STAGE: 'dev', JWT_ISSUER: 'none', PAGE_CLIENT_ID: 'none', SIGN_IN_ORIGINS: 'none' },
    });
    expect(told(tokens)).toMatchObject({
      API: 'jwt',
      JWT_ISSUER: 'https://issuer.example.com/',
      PAGE_CLIENT_ID: 'none',
    });
    expect(told(page)).toMatchObject({ PAGE_CLIENT_ID: 'census-page', SIGN_IN_ORIGINS: 'https://login.example.com' });
  });

  rule('understands what it is told, whoever may ask', () => {
    const understood = (parameters: Record<string, string>) => apiConfig(environment(on(parameters), 'api'));
    expect(understood(keys)).toMatchObject({ closedBy: 'iam', stage: 'dev' });
    expect(understood(keys)).not.toHaveProperty('signIn');
    expect(understood(tokens)).toMatchObject({ closedBy: 'jwt', issuer: 'https://issuer.example.com/' });
    expect(understood(tokens)).not.toHaveProperty('signIn');
    expect(understood(page).signIn).toEqual({
      ...{ issuer: 'https://issuer.example.com/', clientId: 'census-page', origins: ['https://login.example.com'] },
    });
  });

  rule('reads the ledger, whether the stack made it or not, and no other table', () => {
    const before = on({ ...page, ExistingTable: 'of-before' });
    expect([environment(on(), 'api').TABLE_NAME, environment(before, 'api').TABLE_NAME]).toEqual([
      'kvs-census-dev',
      'of-before',
    ]);
    expect(JSON.stringify(before.Resources.ApiRole)).toBe(
      JSON.stringify(on().Resources.ApiRole).replaceAll('table/kvs-census-dev', 'table/of-before'),
    );
  });

  rule('has time to say that the ledger does not answer, before Lambda ends it and API Gateway gives up', () => {
    const { HTTP_REQUEST_TIMEOUT_MS } = environment(on(), 'api');
    const timeout = Number(property(on(), logicalId('api'), 'Timeout'));
    // As often as src/aws/clients.ts asks.
    expect(4 * Number(HTTP_REQUEST_TIMEOUT_MS)).toBeLessThan(timeout * 1000 - 5000);
    const given = Number(property(on(), 'ApiIntegration', 'TimeoutInMillis'));
    expect(given).toBeGreaterThan(timeout * 1000);
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
    expect(given).toBeLessThanOrEqual(30_000);
  });

  rule('has the memory that gives it more than a quarter of a vCPU, and runs as the others do', () => {
    expect(on().Resources[logicalId('api')]?.Properties).toMatchObject({
      ...{ FunctionName: 'kvs-census-dev-api', Handler: 'src/functions/api.handler', MemorySize: 512 },
      ...{ Runtime: 'nodejs24.x', Architectures: ['arm64'] },
    });
    const log = only(on(), 'AWS::Logs::LogGroup', { LogGroupName: '/aws/lambda/kvs-census-dev-api' });
    expect(log.Properties.RetentionInDays).toBe(30);
  });

  rule('is invoked by nothing else', () => {
    const others = Object.entries(on().Resources).filter(
      ([id, resource]) =>
        !parts().includes(id) && JSON.stringify(resource as unknown as Json).includes(':function:kvs-census-dev-api'),
    );
    expect(others).toEqual([]);
  });
});
