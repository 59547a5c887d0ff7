/** What of an event of API Gateway (HTTP API, payload 2.0) is read, and who may ask. */
import { gatewayRequestOf } from '../../log.ts';
import { Refusal } from './refusal.ts';

/** By what the API is closed. */
type ClosedBy = 'iam' | 'jwt';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export type ApiRequest = {
  method: string;
  /** As it comes: API Gateway has decoded it. */
  path: string;
  query: URLSearchParams;
  /** Their names are in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
  requestId: string;
  /** Of the API. */
  accountId: string;
  domainName: string;
  /** Who asks, as API Gateway found it. */
  authorizer: unknown;
};

const UNKNOWN = '';

/** Takes any event. What it does not say is empty, and `admit` lets in nobody of an empty account. */
export function requestOf(event: unknown): ApiRequest {
  const { rawPath, rawQueryString, headers, requestContext } = fieldsOf(event);
  const { http, accountId, domainName, authorizer } = fieldsOf(requestContext);
  const { method } = fieldsOf(http);
  return {
    method: textOf(method),
    path: textOf(rawPath),
    query: new URLSearchParams(textOf(rawQueryString)),
    headers: Object.fromEntries(Object.entries(fieldsOf(headers)).map(([name, value]) => [name, textOf(value)])),
    requestId: gatewayRequestOf(event).gatewayRequestId ?? '',
    accountId: textOf(accountId),
    domainName: textOf(domainName),
    authorizer,
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : UNKNOWN);

const HOW = {
  iam: 'sign it by Signature Version 4 for the service execute-api, with credentials of the account that the API is in',
  jwt: 'send a token of the issuer that the API trusts, as the header `Authorization: Bearer TOKEN`',
} as const;

/**
 * The API's routes are closed by API Gateway; this holds where one of them is not, and lets nobody in of another account.
 * @throws Refusal
 */
export function admit({ authorizer, accountId }: ApiRequest, closedBy: ClosedBy): void {
  const { iam, jwt } = fieldsOf(authorizer);
  const isAuthorized =
    closedBy === 'iam'
      ? typeof fieldsOf(iam).accountId === 'string' && jwt === undefined
      : iam === undefined && Object.keys(fieldsOf(fieldsOf(jwt).claims)).length > 0;
  if (!isAuthorized || !/^\d{12}$/.test(accountId)) {
    throw new Refusal(403, `This request is not authorised: ${HOW[closedBy]}.`);
  }
  if (closedBy === 'iam' && fieldsOf(iam).accountId !== accountId) {
    throw new Refusal(
      403,
      'Only callers of its own account are answered here: assume a role in that account, and ask again.',
    );
  }
}
