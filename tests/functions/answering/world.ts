/** The body of the API over a ledger that tests fill, asked as API Gateway asks it. */
import { gunzipSync } from 'node:zlib';
import type { LedgerReader } from '../../../src/answers/reader.ts';
import { type ApiDeps, answering } from '../../../src/functions/answering/answer.ts';
import type { Log, LogFields } from '../../../src/log.ts';
import { ACCOUNT } from '../../cli/history.ts';
import { NOW_MS } from '../../cli/world.ts';

export type Answered = {
  status: number;
  headers: Record<string, string>;
  body: string;
  /** The body, where it is JSON. */
  json: Record<string, unknown> & { schema: string };
};

type Wish = { method?: string; headers?: Record<string, string>; authorizer?: unknown };

export const REQUEST_ID = 'JKJaXmPLvHcESHA=';

const BY_IAM = {
  iam: {
    accessKey: 'AKIAIOSFODNN7EXAMPLE',
    accountId: ACCOUNT,
    callerId: 'AIDACKCEVSQ6C2EXAMPLE',
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: `arn:aws:iam::${ACCOUNT}:user/reader`,
    userId: 'AIDACKCEVSQ6C2EXAMPLE',
  },
};
export const BY_JWT = {
  jwt: { claims: { iss: 'https://issuer.example', sub: 'reader', exp: '1794955200' }, scopes: null },
};

/** Payload 2.0: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export function eventOf(target: string, { method = 'GET', headers = {}, authorizer = BY_IAM }: Wish = {}) {
  const [rawPath = '', ...query] = target.split('?');
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: query.join('?'),
    headers: { host: 'abc123.execute-api.eu-west-1.amazonaws.com', ...headers },
    requestContext: {
      accountId: ACCOUNT,
      apiId: 'abc123',
      authorizer,
      domainName: 'abc123.execute-api.eu-west-1.amazonaws.com',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'curl/8' },
      requestId: REQUEST_ID,
      routeKey: '$default',
      stage: '$default',
      timeEpoch: NOW_MS,
    },
    isBase64Encoded: false,
  };
}

export type Api = ReturnType<typeof makeApi>;

/** Until somebody has the answer: no time passes in these tests. */
export const untilAborted: ApiDeps['clock']['sleep'] = (_, signal) =>
  new Promise((resolve) => signal?.addEventListener('abort', () => resolve()));

export function makeApi(reader: LedgerReader, others: Partial<ApiDeps> & { nowMs?: () => number } = {}) {
  const { nowMs = () => NOW_MS, ...deps } = others;
  const said: ({ level: keyof Log; message: string } & LogFields)[] = [];
  const at =
    (level: keyof Log) =>
    (message: string, fields: LogFields = {}) =>
      void said.push({ level, message, ...fields });
  const body = answering({
    reader,
    config: { closedBy: 'iam', stage: 'dev' },
    clock: { nowMs, sleep: untilAborted },
    log: { info: at('info'), warn: at('warn'), error: at('error') },
    ...deps,
  });
  const handle = async (event: unknown): Promise<Answered> => {
    const {
      statusCode,
      headers,
      body: sent,
      isBase64Encoded,
    } = await body(event, {
      getRemainingTimeInMillis: () => 25_000,
    });
    const text = isBase64Encoded ? gunzipSync(Buffer.from(sent, 'base64')).toString() : sent;
    const isJson = /json/.test(headers['content-type'] ?? '') && text !== '';
    return { status: statusCode, headers, body: text, json: isJson ? JSON.parse(text) : {} };
  };
  return { said, handle, get: async (target: string, wish?: Wish) => await handle(eventOf(target, wish)) };
}
