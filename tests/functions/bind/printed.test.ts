/**
 * What is printed of an error that a function met: each function runs as Lambda runs it, in a process of its own, and AWS
 * refuses all that it asks, in words that nobody may read in a log.
 */
import path from 'node:path';
import { startEnvironment } from '../../../src/local/environment.ts';
import { refusal, type Service, startService } from '../../aws/service.ts';
import { ACCOUNT, aTask } from '../../census/examples.ts';
import { eventOf, messageOf, variablesOf } from '../world.ts';

const PRINCIPAL = `arn:aws:sts::${ACCOUNT}:assumed-role/kvs-census-prod-worker/session`;
const STREAM = `arn:aws:kinesisvideo:eu-west-1:${ACCOUNT}:stream/front-door/1700000000000`;
const FORBIDDEN = ['arn:', 'front-door', 'assumed-role', 'not authorized', 'deadlineAt'];

let service: Service;

beforeAll(async () => {
  service = await startService();
});
beforeEach(() => {
  const message = `User: ${PRINCIPAL} is not authorized to perform that on resource: ${STREAM}`;
  service.answer(refusal(400, 'AccessDeniedException', { message }));
});
afterAll(() => service.close());

/** What comes out of one invocation: every line of its process, and what Lambda would send to a destination. */
async function invoke(name: string, event: unknown, variables: Record<string, string> = {}) {
  const lines: string[] = [];
  const environment = startEnvironment({
    handlerFile: path.resolve(`src/functions/${name}.ts`),
    exportPath: 'handler',
    workingFolder: process.cwd(),
    variables: { ...surroundings(), ...variables },
    onLine: ({ line }) => lines.push(line),
  });
  try {
    expect(await environment.started).toBeUndefined();
    const functionArn = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:kvs-census-prod-${name}`;
    const outcome = await environment.invoke({ requestId: 'i-1', event: JSON.stringify(event), functionArn }, 60_000);
    return { outcome, lines };
  } finally {
    await environment.kill();
  }
}

const surroundings = () => ({ PATH: process.env.PATH ?? '', ...variablesOf(service.options.endpoint) });

const runId = `${new Date().toISOString().slice(0, 19)}Z`;
const EVENTS = {
  dispatcher: { runId },
  worker: eventOf(messageOf(aTask('eu-west-1', { runId }))),
  undelivered: eventOf(messageOf(aTask('eu-west-1', { runId }))),
  aggregator: { sweep: true },
};

test.each(Object.entries(EVENTS))('the %s that AWS refuses prints nothing that AWS said', async (name, event) => {
  const { outcome, lines } = await invoke(name, event);
  const printed = [...lines, JSON.stringify(outcome)].join('\n');
  expect(FORBIDDEN.filter((words) => printed.includes(words))).toEqual([]);
  expect(service.asked.length).toBeGreaterThan(0);
  expect(lines.map((line) => JSON.parse(line.split('\t').at(-1) ?? ''))).toContainEqual(
    expect.objectContaining({ level: 'error', requestId: 'i-1', error: 'AccessDeniedException', httpStatus: 400 }),
  );
});

test('what goes to the destination says which error it was, in a sentence', async () => {
  const { outcome } = await invoke('dispatcher', EVENTS.dispatcher);
  expect(outcome).toMatchObject({
    ok: false,
    error: { errorType: 'AccessDeniedException', errorMessage: 'It failed with AccessDeniedException (HTTP 400).' },
  });
});

test('a variable that is missing is named', async () => {
  const { outcome, lines } = await invoke('dispatcher', EVENTS.dispatcher, { TABLE_NAME: '' });
  const errorMessage = 'The environment variable TABLE_NAME is not set.';
  expect(outcome).toMatchObject({ ok: false, error: { errorType: 'ConfigError', errorMessage } });
  expect(lines[0]).toContain(errorMessage);
});

test('an event that nobody expected is not quoted where an ARN stands in it', async () => {
  const { outcome, lines } = await invoke('dispatcher', { runId: STREAM });
  expect([...lines, JSON.stringify(outcome)].join('\n')).not.toMatch(/arn:|front-door/);
  const errorMessage = expect.stringMatching(/^The run id "an ARN.* is not an instant; expected UTC/);
  expect(outcome).toMatchObject({ ok: false, error: { errorType: 'InvalidInputError', errorMessage } });
});
