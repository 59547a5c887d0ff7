/** Lambda's Invoke, which needs no emulator of its own. Every other operation of it is refused by name. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Asynchronous, checkEvent, InvalidEvent } from './asynchronous.ts';
import { type Lambda, TooManyRequests } from './lambda.ts';
import { type Handle, readBody, refuse } from './listen.ts';

/** `POST /2015-03-31/functions/<name or ARN>/invocations`: Event, RequestResponse or DryRun. */
export function makeLambdaApi(lambda: Lambda, asynchronous: Asynchronous): Handle {
  return (request, response) => void answerInvoke(lambda, asynchronous, request, response);
}

async function answerInvoke(
  lambda: Lambda,
  asynchronous: Asynchronous,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  if (!body) return;
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const [, reference] = /^\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/.exec(pathname) ?? [];
  if (request.method !== 'POST' || !reference) {
    const message = `The local Lambda knows only Invoke, not ${request.method} ${pathname}.`;
    return refuse(request, response, 400, 'UnknownOperationException', message);
  }
  const fn = lambda.find(decodeURIComponent(reference));
  if (!fn) {
    const message = `Function not found: ${decodeURIComponent(reference)}`;
    return refuse(request, response, 404, 'ResourceNotFoundException', message);
  }
  try {
    const event = body.length > 0 ? body.toString() : '{}';
    switch (request.headers['x-amz-invocation-type'] ?? 'RequestResponse') {
      case 'DryRun':
        response.writeHead(204).end();
        return;
      case 'Event':
        response.writeHead(202, { 'x-amzn-requestid': asynchronous.accept(fn, event) }).end();
        return;
      default: {
        const outcome = await lambda.invoke(fn, checkEvent(event));
        response.writeHead(200, {
          'content-type': 'application/json',
          'x-amzn-requestid': outcome.requestId,
          'x-amz-executed-version': '$LATEST',
          ...(!outcome.ok && { 'x-amz-function-error': 'Unhandled' }),
        });
        response.end(outcome.ok ? outcome.payload : JSON.stringify(outcome.error));
      }
    }
  } catch (error) {
    if (error instanceof InvalidEvent) return refuse(request, response, 400, error.name, error.message);
    if (error instanceof TooManyRequests) return refuse(request, response, 429, error.name, error.message);
    throw error;
  }
}
