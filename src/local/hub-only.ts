/** Services of the hub's account, in which nobody else's session may do anything: refused as AWS refuses it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { signedScope } from './front-door.ts';
import { type Handle, refuse } from './listen.ts';
import { whatIsAsked } from './requests.ts';
import type { Caller, Sessions } from './sessions.ts';
import { ApiError, readBody } from './wire.ts';

/** @param sessions absent: there are no other accounts */
export function hubOnly(handle: Handle, sessions: Sessions | undefined, hub: string): Handle {
  if (sessions === undefined) return handle;
  return (request, response) => {
    const caller = callerOf(sessions, request);
    if (caller instanceof ApiError) refuse(request, response, caller.status, caller.type, caller.message);
    else if (caller.accountId === hub) handle(request, response);
    else void deny(caller, hub, request, response);
  };
}

function callerOf(sessions: Sessions, request: IncomingMessage): Caller | ApiError {
  try {
    return sessions.callerOf(request);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

async function deny({ arn }: Caller, hub: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const scope = signedScope(request)!;
  // Whoever went away in between is told nothing.
  const body = await readBody(request).catch(() => undefined);
  if (body === undefined) return;
  const { action, resources } = whatIsAsked(request, body, { ...scope, accountId: hub });
  const what = `${scope.service}:${action}`;
  const why = `because no resource-based policy allows the ${what} action`;
  const { status = 403, code = 'AccessDeniedException' } = DENIALS[scope.service] ?? {};
  const message = `User: ${arn} is not authorized to perform: ${what} on resource: ${resources[0] ?? '*'} ${why}`;
  refuse(request, response, status, code, message);
}

/** Where a service words it otherwise than most. */
const DENIALS: Readonly<Record<string, { status?: number; code?: string }>> = {
  dynamodb: { status: 400 },
  sns: { code: 'AuthorizationError' },
  sqs: { code: 'AccessDenied' },
  iam: { code: 'AccessDenied' },
  monitoring: { code: 'AccessDenied' },
};
