/** `kvs-census mcp` as a process: how it begins, what it holds, and how it ends. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { noteAccount } from '../../../src/cli/source/account.ts';
import { openTables } from '../../../src/local/table.ts';
import { RUN, story } from '../../fixtures/story.ts';
import { BIN, closeAgents, startAgent } from '../agent/client.ts';
import { ACCOUNT } from '../history.ts';
import { fillFolder } from '../ledger-folder.ts';
import { cleanUp, startLedger, TABLE, temporaryFolder } from '../world.ts';

afterEach(closeAgents);
afterAll(cleanUp);

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'a-test', version: '1' } },
};
const INITIALIZED = { jsonrpc: '2.0', method: 'notifications/initialized' };
const asking = (id: number, name = 'latest_total') => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: {} },
});

type Answer = { id: number; result: { isError?: boolean; content: { text: string }[] } };

/** A client that speaks the bare protocol, and may do it badly. */
function start(folder: string, options: string[] = ['--local'], environment: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [BIN, 'mcp', ...options], {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', HOME: folder, AWS_EC2_METADATA_DISABLED: 'true', ...environment },
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (part) => (said.out += part));
  child.stderr.on('data', (part) => (said.err += part));
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    said,
    say: (...messages: (object | string)[]) => {
      for (const one of messages) child.stdin.write(`${typeof one === 'string' ? one : JSON.stringify(one)}\n`);
    },
    hear: async (): Promise<Answer> => JSON.parse(String((await lines.next()).value)),
    end: async () => {
      const [code, signal] = await once(child, 'close');
      return { code, signal, err: said.err };
    },
  };
}

const WELL = { code: 0, signal: null, err: '' };

/** Only what was written there last is a ledger; no stack runs. */
async function folderWithLedger(): Promise<string> {
  const folder = temporaryFolder();
  await fillFolder(join(folder, '.kvs-census', 'ledger'), TABLE, story());
  noteAccount(folder, ACCOUNT);
  return folder;
}

async function begin(process: ReturnType<typeof start>): Promise<void> {
  process.say(INITIALIZE, INITIALIZED);
  expect((await process.hear()).id).toBe(1);
}

describe('How it ends', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await folderWithLedger();
  });

  test('with exit code 0 when the client closes standard input', async () => {
    const server = start(folder);
    await begin(server);
    server.say(asking(2));
    expect((await server.hear()).result.content[0]?.text).toContain('partial');
    server.child.stdin.end();
    expect(await server.end()).toEqual(WELL);
  });

  test('at once where nobody says anything', async () => {
    const server = start(folder);
    server.child.stdin.end();
    expect(await server.end()).toEqual(WELL);
    expect(server.said.out).toBe('');
  });

  test.each([1, 5])(
    'with exit code 0 when the client goes away while %i questions are open, and lets go of the ledger',
    async (count) => {
      const server = start(folder);
      await begin(server);
      server.say(...Array.from({ length: count }, (_, at) => asking(at + 2)));
      server.child.stdin.end();
      expect(await server.end()).toEqual(WELL);
      const tables = await openTables(join(folder, '.kvs-census', 'ledger'));
      await tables.close();
    },
  );

  test('with exit code 0 when the client reads no more', async () => {
    const server = start(folder);
    await begin(server);
    server.child.stdout.destroy();
    server.say(asking(2), asking(3), asking(4));
    expect(await server.end()).toEqual(WELL);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('with exit code 0 by %s', async (signal) => {
    const server = start(folder);
    await begin(server);
    server.child.kill(signal);
    expect(await server.end()).toEqual(WELL);
  });

  test('when the client is killed', async () => {
    const script = `
      const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ${JSON.stringify([BIN, 'mcp', '--local'])}, { stdio: ['pipe', 'pipe', 'inherit'] });
      child.stdout.once('data', () => process.stdout.write(String(child.pid)));
      child.stdin.write(${JSON.stringify(`${JSON.stringify(INITIALIZE)}\n`)});`;
    const client = spawn(process.execPath, ['-e', script], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    const [part] = await once(client.stdout, 'data');
    const pid = Number(part);
    client.kill('SIGKILL');
    await gone(pid);
  });
});

/** Waits until there is no such process. */
async function gone(pid: number): Promise<void> {
  while (
    spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
      .stdout.replace(/Z.*/, '')
      .trim() !== ''
  ) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('What is on this machine', () => {
  test('is held by nobody between two questions: others read it, and may write it', async () => {
    const folder = await folderWithLedger();
    const agent = await startAgent(folder);
    expect((await agent.call('latest_total')).isError).toBe(false);
    const tables = await openTables(join(folder, '.kvs-census', 'ledger'));
    await tables.close();
    const { status, stdout } = spawnSync(process.execPath, [BIN, 'runs', '--local', '--json'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(JSON.parse(stdout).runs).toHaveLength(9);
    expect((await agent.call('latest_total')).isError).toBe(false);
  });

  test('is asked by others at the same time', async () => {
    const folder = await folderWithLedger();
    const [one, other] = await Promise.all([startAgent(folder), startAgent(folder)]);
    const answers = await Promise.all([one, other, one, other, one].map((agent) => agent.call('list_runs')));
    for (const { isError, data } of answers) {
      expect(isError).toBe(false);
      expect(data.answer.runs).toHaveLength(9);
    }
  });

  test('may be held by another: a sentence, and the next question is answered', async () => {
    const folder = await folderWithLedger();
    const agent = await startAgent(folder);
    const tables = await openTables(join(folder, '.kvs-census', 'ledger'));
    const { isError, words } = await agent.call('latest_total');
    await tables.close();
    expect(isError).toBe(true);
    expect(words).toMatch(/^[^\n]*in use[^\n]*\.$/);
    expect((await agent.call('latest_total')).isError).toBe(false);
  });

  test('may come later: where there is none, it is said how to get one', async () => {
    const folder = temporaryFolder();
    const agent = await startAgent(folder);
    expect(await agent.call('latest_total')).toMatchObject({
      isError: true,
      words: `There is no local ledger in ${join(folder, '.kvs-census')}: run \`npm start\` first, in the folder in which you ask.`,
    });
    await fillFolder(join(folder, '.kvs-census', 'ledger'), TABLE, story());
    noteAccount(folder, ACCOUNT);
    expect((await agent.call('latest_total')).data.standing?.runId).toBe(RUN.newest);
  });
});

test('what is no message is left out, and the questions around it are answered; standard output holds the protocol alone', async () => {
  const server = start(await folderWithLedger());
  server.say('garbage', '{', '{"jsonrpc":"2.0"}', '[]', 'null', '\u0000\u0001', '{"id":7}', '');
  await begin(server);
  server.say(
    'more garbage',
    asking(2),
    '{"jsonrpc":"1.0","id":3,"method":"tools/call"}',
    asking(4, 'nothing_like_it'),
    asking(5),
  );
  const answers = new Map<number, Answer>();
  while (!answers.has(5)) {
    const answer = await server.hear();
    answers.set(answer.id, answer);
  }
  expect(answers.get(2)?.result.content[0]?.text).toContain('partial');
  expect(answers.get(4)).toMatchObject({ error: { code: -32602 } });
  server.child.stdin.end();
  const { code, err } = await server.end();
  expect(code).toBe(0);
  for (const line of server.said.out.trimEnd().split('\n')) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
  expect(new Set(err.trimEnd().split('\n'))).toEqual(
    new Set(['A message of the client is not understood, and left out.']),
  );
});

describe('AWS', () => {
  const KEYS = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'eu-west-1' };
  const options = ['--account', ACCOUNT];

  test('is asked through one client, and anew after a failure', async () => {
    const ledger = await startLedger();
    await ledger.fill(story());
    const door = await startDoor();
    const environment = { ...KEYS, AWS_ENDPOINT_URL: door.url, AWS_MAX_ATTEMPTS: '1' };
    const agent = await startAgent(ledger.folder(), { options, environment });
    door.answer = {
      status: 400,
      body: {
        __type: 'com.amazon.coral.service#AccessDeniedException',
        message:
          'User: arn:aws:iam::123456789012:user/anna is not authorized to perform: dynamodb:Query on resource: arn:aws:dynamodb:eu-west-1:123456789012:table/kvs-census-dev',
      },
    };
    expect(await agent.call('latest_total')).toMatchObject({
      isError: true,
      words:
        'These credentials may not do dynamodb:Query on the table kvs-census-dev: use others with --profile, or have the permission added (docs/cli.md lists them).',
    });
    door.answer = {
      status: 400,
      body: {
        __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
        message: 'Requested resource not found',
      },
    };
    expect((await agent.call('latest_total')).words).toMatch(
      /^There is no table kvs-census-dev in eu-west-1: check --stage, /,
    );
    door.answer = {
      status: 400,
      body: { __type: 'com.amazon.coral.service#ExpiredTokenException', message: 'expired' },
    };
    expect((await agent.call('latest_total')).words).toMatch(/^The AWS credentials in the environment have expired: /);
    door.answer = ledger.url;
    const [first, second] = await Promise.all([agent.call('latest_total'), agent.call('list_runs')]);
    expect(first?.data.standing?.runId).toBe(RUN.newest);
    expect(second?.data.answer.runs).toHaveLength(9);
    expect(agent.err()).toBe('');
  });

  test('without credentials it is a sentence, and the server lives on', async () => {
    const agent = await startAgent(temporaryFolder(), { options: ['--region', 'eu-west-1'] });
    for (const name of ['latest_total', 'list_runs']) {
      const { isError, words } = await agent.call(name);
      expect(isError).toBe(true);
      expect(words).toMatch(/^No AWS credentials were found: sign in /);
    }
    expect(agent.err()).toBe('');
  });

  test('that does not answer keeps nobody: when the client has gone, the process ends', async () => {
    const door = await startDoor();
    door.answer = 'never';
    const server = start(temporaryFolder(), options, { ...KEYS, AWS_ENDPOINT_URL: door.url });
    await begin(server);
    server.say(asking(2), asking(3));
    await door.asked;
    server.child.stdin.end();
    expect(await server.end()).toEqual(WELL);
  });
});

type Door = { url: string; answer: string | { status: number; body: object }; asked: Promise<unknown> };

const doors: Server[] = [];
afterAll(() => {
  for (const server of doors) server.close().closeAllConnections();
});

/** Where AWS is said to be: it hands on to another address, says what it is told to, or never answers. */
async function startDoor(): Promise<Door> {
  const asked = Promise.withResolvers<void>();
  const door: Door = { url: '', answer: 'never', asked: asked.promise };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    asked.resolve();
    const { answer } = door;
    if (answer === 'never') return;
    const headers = { 'content-type': 'application/x-amz-json-1.0' };
    if (typeof answer !== 'string')
      return void response.writeHead(answer.status, headers).end(JSON.stringify(answer.body));
    const given = await fetch(answer, {
      method: 'POST',
      headers: Object.entries(request.headers).flatMap(([name, value]) =>
        /^(x-amz|authorization|content-type)/.test(name) ? [[name, String(value)] as [string, string]] : [],
      ),
      body: Buffer.concat(parts),
    });
    response.writeHead(given.status, headers).end(Buffer.from(await given.arrayBuffer()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  doors.push(server);
  door.url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return door;
}

test("only this command loads the protocol's package", () => {
  const script = (line: string) => `
    import { registerHooks } from 'node:module';
    let isLoaded = false;
    registerHooks({ load(url, context, next) { if (url.includes('@modelcontextprotocol')) isLoaded = true; return next(url, context); } });
    process.argv = ['node', 'kvs-census', ...${JSON.stringify(line.split(' '))}];
    process.on('exit', () => process.stderr.write('loaded: ' + isLoaded));
    await import(${JSON.stringify(BIN)});`;
  const loads = (line: string) => {
    const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script(line)], {
      cwd: temporaryFolder(),
      encoding: 'utf8',
      input: '',
    });
    return /loaded: (\w+)$/.exec(stderr)?.[1];
  };
  expect(loads('mcp --local')).toBe('true');
  for (const line of ['latest --local', 'runs --local', 'serve --local', 'mcp --help', '--help'])
    expect(loads(line)).toBe('false');
});
