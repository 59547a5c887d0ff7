/**
 * Who asks AWS for what, for whoever wants to know what functions do with their rights. A request through the front door is
 * of whoever's access key id signed it; what Lambda and the Scheduler do with a role, where the role's owner does not ask
 * himself, they tell by themselves.
 */
import type { IncomingMessage } from 'node:http';
import { type Scope, signedScope } from './front-door.ts';
import type { Sessions } from './sessions.ts';

export type ApiRequest = {
  readonly type: 'request';
  /** The logical id of the function or schedule; of a session its role's ARN; of other callers the access key id. */
  readonly by: string;
  /** As in the credential scope: `dynamodb`, `kinesisvideo`. */
  readonly service: string;
  /** The operation, such as `PutItem`; for a path that is not known, the method and the path. */
  readonly action: string;
  /** The ARN of what it is done to, where the request names it. */
  readonly resource?: string;
};

/** Of a request that is done to several resources it hears once for each. */
export type OnRequest = (request: ApiRequest) => void;

type Input = Readonly<Record<string, unknown>>;
type Asked = { readonly action: string; readonly input: Input };

/** Tells what a request asks for once all of it has come; whoever reads it notices nothing. */
export function watchRequest(request: IncomingMessage, hub: string, onRequest: OnRequest, sessions?: Sessions): void {
  const scope = signedScope(request);
  if (scope === undefined) return;
  const { by, accountId } = whoAsks(request, scope, hub, sessions);
  const chunks: Buffer[] = [];
  const push = request.push.bind(request);
  request.push = (chunk: Buffer | null, encoding) => {
    if (chunk !== null) chunks.push(chunk);
    else {
      const { action, resources } = whatIsAsked(request, Buffer.concat(chunks).toString(), { ...scope, accountId });
      const asked = { type: 'request', by, service: scope.service, action } as const;
      if (resources.length === 0) onRequest(asked);
      for (const resource of resources) onRequest({ ...asked, resource });
    }
    return push(chunk, encoding);
  };
}

function whoAsks(request: IncomingMessage, { key }: Scope, hub: string, sessions: Sessions | undefined) {
  try {
    const { accountId, session } = sessions?.callerOf(request) ?? { accountId: hub };
    return { accountId, by: session === undefined ? key : `arn:aws:iam::${accountId}:role/${session.role}` };
  } catch {
    // Whose token nobody knows is refused by whoever is asked.
    return { accountId: hub, by: key };
  }
}

/** The operation, and the ARNs of what it is done to. */
export function whatIsAsked(request: IncomingMessage, body: string, of: Scope & { accountId: string }) {
  const { action, input } = readAsked(request, body);
  return { action, resources: resourcesOf(input, of) };
}

function readAsked(request: IncomingMessage, body: string): Asked {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') return { action: target.split('.').at(-1) ?? '', input: readJson(body) };
  if (request.headers['content-type']?.includes('x-www-form-urlencoded')) {
    const input = Object.fromEntries(new URLSearchParams(body));
    return { action: input.Action ?? '', input };
  }
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const [, fn] = /^\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/.exec(pathname) ?? [];
  if (fn !== undefined) return { action: 'Invoke', input: { FunctionName: decodeURIComponent(fn) } };
  const [, operation] = /^\/([a-z]\w+)$/.exec(pathname) ?? [];
  const action = operation?.replace(/^./, (letter) => letter.toUpperCase()) ?? `${request.method} ${pathname}`;
  return { action, input: readJson(body) };
}

function readJson(body: string): Input {
  try {
    const json: unknown = JSON.parse(body);
    return typeof json === 'object' && json !== null ? (json as Input) : {};
  } catch {
    return {};
  }
}

function resourcesOf(input: Input, { service, region, accountId }: Scope & { accountId: string }): string[] {
  const arn = (name: string) => (name.startsWith('arn:') ? name : `arn:aws:${service}:${region}:${accountId}:${name}`);
  const named = (field: string, of: (name: string) => string) => {
    const value = input[field];
    return typeof value === 'string' ? [of(value)] : [];
  };
  switch (service) {
    case 'dynamodb': {
      const index = named('IndexName', (name) => `/index/${name}`).join('');
      const tables = [...named('TableName', String), ...Object.keys((input.RequestItems as object | undefined) ?? {})];
      return tables.map((name) => arn(`table/${name}${index}`));
    }
    case 'sns':
      return named('TopicArn', arn);
    case 'sqs':
      return named('QueueUrl', (url) => arn(url.split('/').at(-1) ?? ''));
    case 'lambda':
      return named('FunctionName', (name) => arn(`function:${name}`));
    case 'ssm':
      // Public parameters belong to nobody's account.
      return named('Path', (path) =>
        path.startsWith('/aws/') ? `arn:aws:ssm:${region}::parameter${path}` : arn(`parameter${path}`),
      );
    case 'sts':
      return named('RoleArn', String);
    case 'organizations':
      // The organisation's id, which a request does not name, is a part of the ARN of its roots and units.
      return named('ParentId', (id) => {
        const type = id.startsWith('r-') ? 'root' : 'ou';
        return `arn:aws:organizations::${accountId}:${type}/o-0000000000/${id}`;
      });
    case 'kinesisvideo':
      // The instant of its creation, which only Kinesis Video knows, ends a stream's ARN.
      return named('StreamName', (name) => arn(`stream/${name}/0`));
    default:
      return [];
  }
}
