/**
 * The embedded AWS: starts everything that a compiled template describes behind one address on 127.0.0.1, and stops it.
 * What the template says is what happens; what is on purpose different from AWS stands at the top of each file of this
 * folder. Nothing here knows a function by its source: only the template, the zips that it names, JSON events and
 * AWS_ENDPOINT_URL lie between them.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { startAsynchronous } from './asynchronous.ts';
import { type ControlPlane, makeControlPlane } from './control-plane.ts';
import type { FunctionLog, Listeners, StackEvent } from './events.ts';
import { type FrontDoor, type OnPage, openFrontDoor } from './front-door.ts';
import { readApi } from './gateway/api.ts';
import type { GatewayOptions } from './gateway/gateway.ts';
import { hubOnly } from './hub-only.ts';
import { startLambda } from './lambda.ts';
import { makeLambdaApi } from './lambda-api.ts';
import { type Handle, readBody } from './listen.ts';
import { startMessaging } from './messaging.ts';
import { startPollers } from './poller.ts';
import { type OnRequest, watchRequest } from './requests.ts';
import type { Place } from './resource-types.ts';
import { makeScheduler } from './schedule.ts';
import { makeScratch } from './scratch.ts';
import type { Sessions } from './sessions.ts';
import { openTables } from './table.ts';
import { readSkipped, readTemplate, type Template, withParameters } from './template.ts';
import { makeVideoService, SERVED } from './video-service.ts';

export type { FunctionLog, StackEvent } from './events.ts';
export type { ApiRequest } from './requests.ts';

/** Anything that answers signed requests for what is counted, and for the account's regions and quotas. */
type VideoHandler = {
  handle: Handle;
  /** Who asks, where there are several accounts: nobody else's session may do anything in the stack's own. */
  readonly sessions?: Sessions;
};

export type StackOptions = {
  /** Holds the compiled template and the zips. */
  readonly packageDir: string;
  /** Divides every wait and time-out that the template or AWS prescribes; 1 is AWS's own time. */
  readonly timeScale: number;
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  /** 0, the default, picks a free one. */
  readonly port?: number;
  /** Where the tables are kept; absent: in memory. */
  readonly ledgerDir?: string;
  /** Empties the ledger's folder first. */
  readonly fresh?: boolean;
  /** The local Kinesis Video; absent: functions reach the one that `environment` names, or AWS's. */
  readonly video?: VideoHandler;
  /** Set in every function, over what its template and the stack say. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Values of the template's own parameters; the others have their defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Only for resources without a name of their own. */
  readonly stackName?: string;
  readonly onLog?: (line: FunctionLog) => void;
  readonly onEvent?: (event: StackEvent) => void;
  /** Hears of every request to an AWS API, and of what Lambda and the Scheduler do with a role. */
  readonly onRequest?: OnRequest;
  /** Answers a browser: a GET without a signature; or says false, and leaves it to the template's API. */
  readonly onPage?: OnPage;
};

export type Stack = {
  readonly url: string;
  /** What a person exports to talk to the stack. */
  readonly environment: Readonly<Record<string, string>>;
  /** @throws when the template has no such resource, or the stack does not act on it */
  resource(logicalId: string): { type: string; name: string; arn: string; url?: string };
  readonly schedules: readonly { logicalId: string; target: string; expression: string; enabled: boolean }[];
  /** Lets enabled schedules tick: all of them, or only these. */
  startSchedules(options?: { only?: readonly string[] }): void;
  /** As the Scheduler would at that instant; resolves when Lambda has accepted the event. */
  fire(scheduleLogicalId: string, scheduledAt: Date): Promise<void>;
  /** Synchronous: resolves with what the function returned, rejects with InvocationFailed. */
  invoke(functionLogicalId: string, payload: unknown): Promise<unknown>;
  /** Asynchronous, with retries and destinations; resolves with the request id when Lambda has accepted the event. */
  invokeAsync(functionLogicalId: string, payload: unknown): Promise<string>;
  /** The processes that run functions at this moment, by logical id. */
  environments(): { function: string; pid: number; busy: boolean }[];
  /** Ends every process and server that the stack started, and waits for them. */
  stop(): Promise<void>;
};

/** A function threw, timed out or exited. `name` is the errorType that Lambda reports. */
class InvocationFailed extends Error {}

type Closer = () => Promise<void> | void;

const TEMPLATE_FILE = 'cloudformation-template-update-stack.json';

/** @throws one clear sentence when the stack cannot be started; nothing is left running then */
export async function startStack(options: StackOptions): Promise<Stack> {
  const closers: Closer[] = [];
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= closeAll(closers);
    return stopping;
  };
  try {
    return await start(options, closers, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function closeAll(closers: Closer[]): Promise<void> {
  const failures: unknown[] = [];
  // One thing that cannot be stopped must not keep the others running.
  for (const close of closers.splice(0).reverse()) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'The local stack could not be stopped in order.');
}

async function start(options: StackOptions, closers: Closer[], stop: () => Promise<void>): Promise<Stack> {
  const { timeScale, accountId, region } = checked(options);
  const { onLog = ignore, onEvent = ignore, onRequest } = options;
  const listeners: Listeners = { onLog, onEvent, onRequest };
  const timing = { timeScale, onEvent, onRequest };
  const json = withParameters(await readJson(path.join(options.packageDir, TEMPLATE_FILE)), options.parameters ?? {});

  const tables = await openTables(options.ledgerDir, { fresh: options.fresh ?? false });
  closers.push(tables.close);
  const door = await openFrontDoor({
    port: options.port,
    onPage: options.onPage,
    onRequest: onRequest && ((request) => watchRequest(request, accountId, onRequest, options.video?.sessions)),
  });
  closers.push(door.close);
  const place: Place = { accountId, region, endpoint: door.url, stackName: options.stackName ?? 'local' };
  const template = readTemplate(json, place);

  const skipped = (type: string) => readSkipped(json, place, type);
  const plane = makeControlPlane(template, place, skipped, options.environment ?? {});
  const handleTables = plane.dynamodb(tables.handle);
  const dynamodb: Handle = (request, response) => {
    void readBody(request).then((body) => body && handleTables(request, body, response));
  };
  door.serve('dynamodb', hubOnly(dynamodb, options.video?.sessions, accountId));
  await tables.create(template, place);
  const messaging = await startMessaging(template, place, timeScale);
  closers.push(messaging.close);
  const { folder, remove } = await makeScratch();
  closers.push(remove);
  const environment = functionEnvironment(door, options);
  const lambda = await startLambda(template, place, { ...options, ...listeners, timeScale, folder, environment });
  closers.push(lambda.stop);
  const asynchronous = startAsynchronous(template, lambda, messaging, timing);
  closers.push(asynchronous.stop);
  const scheduler = makeScheduler(template, { lambda, asynchronous, messaging }, timing);
  closers.push(scheduler.stop);
  openServices(door, options, plane, {
    messaging: messaging.handle,
    lambda: makeLambdaApi(lambda, asynchronous),
  });
  await openApi(door, options, template, place, { lambda, onLog });
  const poller = await startPollers(template, place, { lambda, messaging, asynchronous }, timing);
  closers.push(poller.stop);

  const findFunction = (logicalId: string) => {
    const fn = lambda.find(logicalId);
    if (!fn) throw new Error(`The template has no function ${logicalId}.`);
    return fn;
  };
  const findSchedule = (logicalId: string) => {
    const schedule = scheduler.schedules.find((candidate) => candidate.logicalId === logicalId);
    if (!schedule) throw new Error(`The template has no schedule ${logicalId}.`);
    return schedule;
  };
  return {
    url: door.url,
    environment: callerEnvironment(door.url, region),
    resource: (logicalId) => findResource(template, logicalId),
    schedules: scheduler.schedules.map(({ logicalId, fn, expression, properties }) => ({
      logicalId,
      target: fn.logicalId,
      expression,
      enabled: properties.State === 'ENABLED',
    })),
    startSchedules: ({ only } = {}) => {
      for (const schedule of only?.map(findSchedule) ?? scheduler.schedules) scheduler.start(schedule);
    },
    fire: async (logicalId, scheduledAt) => scheduler.fire(findSchedule(logicalId), scheduledAt),
    invoke: async (logicalId, payload) => {
      const outcome = await lambda.invoke(findFunction(logicalId), JSON.stringify(payload ?? {}));
      if (outcome.ok) return JSON.parse(outcome.payload);
      throw Object.assign(new InvocationFailed(outcome.error.errorMessage), { name: outcome.error.errorType });
    },
    invokeAsync: async (logicalId, payload) =>
      asynchronous.accept(findFunction(logicalId), JSON.stringify(payload ?? {})),
    environments: lambda.environments,
    stop,
  };
}

function openServices(
  door: FrontDoor,
  { video, accountId }: StackOptions,
  plane: ControlPlane,
  { messaging, lambda }: Readonly<Record<'messaging' | 'lambda', Handle>>,
): void {
  const own: Readonly<Record<string, Handle>> = {
    sns: messaging,
    sqs: messaging,
    lambda: plane.lambda(lambda),
    scheduler: plane.scheduler,
    monitoring: plane.monitoring,
    iam: plane.iam,
  };
  for (const [service, handle] of Object.entries(own)) door.serve(service, hubOnly(handle, video?.sessions, accountId));
  // Who somebody is can be asked of a stack that counts elsewhere, too.
  const { handle } = video ?? makeVideoService({ seed: '', accountId, asOf: 0, kinds: {} });
  const services = video ? Object.values(SERVED) : [SERVED.STS!];
  for (const service of services) door.serve(service, (request, response) => handle(request, response));
}

/** Nothing of it is loaded where the template has none. */
async function openApi(
  door: FrontDoor,
  { video, timeScale }: StackOptions,
  template: Template,
  place: Place,
  { lambda, onLog }: Pick<GatewayOptions, 'lambda' | 'onLog'>,
): Promise<void> {
  const api = readApi(template);
  if (api === undefined) return;
  const { makeGateway } = await import('./gateway/gateway.ts');
  const sessions = video?.sessions;
  const gateway = makeGateway(api, { lambda, place, timeScale, onLog, sessions, nowMs: Date.now });
  const isSignedInElsewhere = api.routes.some(({ authorization: { type } }) => type === 'jwt');
  door.serveApi(gateway, { isSignedInElsewhere });
}

/** What every function is told about the services around it; the caller's own variables win. */
function functionEnvironment(door: FrontDoor, { video, environment }: StackOptions): Record<string, string> {
  const services = ['SNS', 'SQS', 'DYNAMODB', ...(video ? Object.keys(SERVED) : [])];
  return {
    ...Object.fromEntries(services.map((service) => [`AWS_ENDPOINT_URL_${service}`, door.url])),
    ...environment,
  };
}

function callerEnvironment(url: string, region: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
}

function findResource(template: Template, logicalId: string): ReturnType<Stack['resource']> {
  const resource = template.resources.find((candidate) => candidate.logicalId === logicalId);
  if (!resource) throw new Error(`The template has no resource ${logicalId} that the local stack acts on.`);
  const { type, name, arn, url } = resource;
  return { type, name, arn, ...(url !== undefined && { url }) };
}

function checked(options: StackOptions): StackOptions {
  const { timeScale, accountId } = options;
  if (!(timeScale > 0 && Number.isFinite(timeScale))) {
    throw new Error(`The time scale is ${timeScale}; expected a number above 0.`);
  }
  if (!/^\d{12}$/.test(accountId)) throw new Error(`The account id is ${accountId}; expected twelve digits.`);
  return options;
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new Error(`The compiled template ${file} cannot be read; package the functions first.`, { cause });
  }
}

function ignore(): void {}
