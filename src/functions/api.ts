/** Answers over HTTP what people ask of the ledger. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { bind } from './bind.ts';

type Request = Pick<APIGatewayProxyEventV2, 'requestContext'>;

/** Nothing can be asked for yet. */
export function api() {
  return async ({ requestContext: { requestId } }: Request): Promise<APIGatewayProxyStructuredResultV2> => ({
    statusCode: 404,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    body: JSON.stringify({ title: 'Not Found', status: 404, detail: 'There is nothing here.', requestId }),
  });
}

export const handler = bind(() => api());
