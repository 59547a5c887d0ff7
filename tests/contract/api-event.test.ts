/**
 * What is promised of the events of an HTTP API: those that the tests of the API are made of look like those that the local gateway
 * makes, and both like those that AWS's types describe.
 */
import type { APIGatewayProxyEventV2WithIAMAuthorizer, APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import { startIssuer } from '../../src/local/issuer.ts';
import { BY_JWT, eventOf } from '../functions/answering/world.ts';
import { AUDIENCE, ask, IAM_ROUTE, JWT_ROUTE, startApi } from '../local/gateway/sample-api.ts';
import { cleanUp } from '../local/sample-stack.ts';

afterEach(cleanUp);

const TARGET = '/v1/runs/latest?kind=streams&last=3';

/** What a test may rely on: the names, and of what type each value is. Claims are whatever a token says. */
function shapeOf(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${at}: ${value === null ? 'null' : typeof value}`];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'claims' ? [`${at}.claims`] : shapeOf(inner, `${at}.${name}`),
  );
}

test('signed requests', async () => {
  const { url } = await startApi({ routes: { $default: IAM_ROUTE } });
  const event = (await (await ask(`${url}${TARGET}`)).json()) as APIGatewayProxyEventV2WithIAMAuthorizer;
  expect(shapeOf(event)).toEqual(expect.arrayContaining(shapeOf(eventOf(TARGET))));
  const { rawPath, rawQueryString, queryStringParameters, requestContext } = event;
  expect([rawPath, rawQueryString]).toEqual(TARGET.split('?'));
  expect(queryStringParameters).toEqual({ kind: 'streams', last: '3' });
  const { accountId, authorizer } = requestContext;
  expect([authorizer.iam.accountId, authorizer.iam.accessKey]).toEqual([accountId, 'local']);
});

test('requests with a token', async () => {
  const issuer = await startIssuer({ clientId: 'page', audience: AUDIENCE });
  const { url } = await startApi({ routes: { $default: JWT_ROUTE }, issuer: issuer.url });
  const headers = { authorization: `Bearer ${await issuer.token()}` };
  const event = (await (await fetch(`${url}${TARGET}`, { headers })).json()) as APIGatewayProxyEventV2WithJWTAuthorizer;
  await issuer.close();
  expect(shapeOf(event)).toEqual(expect.arrayContaining(shapeOf(eventOf(TARGET, { authorizer: BY_JWT }))));
  const { claims, scopes } = event.requestContext.authorizer.jwt;
  expect([claims.iss, scopes]).toEqual([issuer.url, null]);
});
