/** The handler as Lambda calls it: one service over HTTP stands for DynamoDB. */
import { handler } from '../../src/functions/api.ts';
import { json, refusal, type Service, startService } from '../aws/service.ts';
import { BY_JWT, eventOf, REQUEST_ID } from './answering/world.ts';
import { contextOf, variablesOf } from './world.ts';

let service: Service;
let said: Record<string, unknown>[];

beforeAll(async () => {
  service = await startService();
  Object.assign(process.env, variablesOf(service.options.endpoint), {
    API: 'jwt',
    JWT_ISSUER: 'https://issuer.example',
    PAGE_CLIENT_ID: 'the-page',
    SIGN_IN_ORIGINS: 'https://auth.example',
  });
});
beforeEach(() => {
  said = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => said.push(JSON.parse(String(line))) > 0);
});
afterEach(() => void jest.restoreAllMocks());
afterAll(() => service.close());

const context = contextOf('api', 25_000);

test('it asks the ledger, and each line of its log names both requests', async () => {
  service.answerBy(() => json({ Items: [] }));
  const { statusCode, headers } = await handler(eventOf('/v1/latest', { authorizer: BY_JWT }), context);
  expect([statusCode, headers['census-request-id']]).toEqual([404, REQUEST_ID]);
  expect(new Set(service.asked.map((one) => one.headers['x-amz-target']))).toEqual(
    new Set(['DynamoDB_20120810.Query']),
  );
  expect(said).toMatchObject([
    {
      message: 'answered',
      requestId: 'invocation-1',
      gatewayRequestId: REQUEST_ID,
      route: '/v1/latest',
      httpStatus: 404,
    },
  ]);
});

test('what DynamoDB refuses is told without its words, and logged by its name', async () => {
  service.answerBy(() => refusal(400, 'AccessDeniedException'));
  const { statusCode, body } = await handler(eventOf('/v1/latest', { authorizer: BY_JWT }), context);
  expect([statusCode, JSON.parse(body).detail]).toEqual([
    503,
    'The ledger cannot be asked at the moment: ask again in some seconds.',
  ]);
  expect(said[0]).toMatchObject({ level: 'error', error: 'AccessDeniedException', gatewayRequestId: REQUEST_ID });
});

test('what names itself like no request is not logged as one', async () => {
  const event = eventOf('/v1/latest', { authorizer: BY_JWT });
  const forged = { ...event, requestContext: { ...event.requestContext, requestId: 'a\nset-cookie: b' } };
  const { headers } = await handler(forged, context);
  expect(headers).not.toHaveProperty('census-request-id');
  expect(said.at(-1)).not.toHaveProperty('gatewayRequestId');
});

test('the shell of the page is for anybody, whatever the issuer wrote behind its address; all else is not', async () => {
  const open = eventOf('/?code=abc&state=def&state=ghi', { authorizer: undefined });
  const { requestContext } = open;
  const { authorizer: _, ...nobody } = requestContext;
  const shell = await handler({ ...open, requestContext: nobody }, context);
  expect(shell.statusCode).toBe(200);
  expect(shell.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
  });
  expect(shell.headers['content-security-policy']).toContain('https://auth.example');
  expect(shell.body).not.toContain('abc');
  const again = { ...open, headers: { 'if-none-match': shell.headers.etag }, requestContext: nobody };
  expect((await handler(again, context)).statusCode).toBe(304);
  for (const target of ['/data/newest', '/data/newest/', '//', '/index.html', '/v1/latest', '/?a#/../data/newest']) {
    const event = eventOf(target);
    const { statusCode, body } = await handler(
      { ...event, requestContext: { ...nobody, http: event.requestContext.http } },
      context,
    );
    const isShell = event.rawPath === '/';
    expect([target, statusCode]).toEqual([target, isShell ? 200 : 403]);
    if (!isShell) expect(JSON.parse(body).title).toBe('Forbidden');
  }
}, 120_000);
