/** A machine with AWS settings of its own, and an AWS that says who asked it for what. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../../src/cli/bin.js', import.meta.url));

export type Refusal = { status?: number; name: string; message?: string };

export type FakeAws = Awaited<ReturnType<typeof startAws>>;

/**
 * Answers STS, IAM Identity Center, DynamoDB and Kinesis Video. By itself it knows everybody (as account 123456789012)
 * and has no table, so that a command ends with a sentence that names the region that it asked in.
 */
export async function startAws(tls?: ServerOptions) {
  const asked: { what: string; key: string; region: string }[] = [];
  const refusals: Record<string, Refusal> = {};
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    request.on('data', (part: Buffer) => {
      body += part;
    });
    request.on('end', () => {
      const [, key = '', region = ''] =
        /Credential=([^/]*)\/\d+\/([^/]*)/.exec(request.headers.authorization ?? '') ?? [];
      const what = operationOf(request, body);
      asked.push({ what, key, region });
      const refusal = refusals[what];
      if (refusal) refuse(request, response, refusal);
      else if (what === 'GetCallerIdentity') xml(response, what, '<Account>123456789012</Account>');
      else if (what === 'AssumeRole') xml(response, what, ASSUMED);
      else if (what === 'ListStreams') response.end('{"StreamInfoList":[]}');
      else refuse(request, response, { name: 'ResourceNotFoundException', message: 'Requested resource not found' });
    });
  };
  const server = tls ? createTlsServer(tls, answer) : createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    asked,
    refusals,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const ASSUMED =
  '<Credentials><AccessKeyId>ASSUMED</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>' +
  '<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>';

function operationOf(request: IncomingMessage, body: string): string {
  const target = request.headers['x-amz-target'];
  if (target !== undefined) return String(target).split('.')[1] ?? '';
  if (request.url?.startsWith('/federation/credentials')) return 'GetRoleCredentials';
  if (request.url === '/listStreams') return 'ListStreams';
  return new URLSearchParams(body).get('Action') ?? `${request.method} ${request.url}`;
}

function xml(response: ServerResponse, action: string, result: string): void {
  response.end(`<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`);
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { status = 400, name, message = name }: Refusal,
): void {
  const isQuery = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  response.writeHead(status, { 'x-amzn-errortype': name });
  response.end(
    isQuery
      ? `<ErrorResponse><Error><Type>Sender</Type><Code>${name}</Code><Message>${message}</Message></Error></ErrorResponse>`
      : JSON.stringify({ __type: name, message }),
  );
}

export type Proxied = Awaited<ReturnType<typeof startProxy>>;

/** An HTTP proxy that connects whoever asks to one port of this machine, and notes for which host. */
export async function startProxy(port: number) {
  const asked: string[] = [];
  const server = createServer();
  const proxy = {
    address: '',
    asked,
    /** The status line of its refusals, while it refuses. */
    refuse: undefined as string | undefined,
    stop: () => server.close(),
  };
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    if (proxy.refuse !== undefined) {
      socket.end(`HTTP/1.1 ${proxy.refuse}\r\n\r\n`);
      return;
    }
    const beyond = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      beyond.pipe(socket).pipe(beyond);
    });
    for (const end of [beyond, socket]) end.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy.address = `127.0.0.1:${(server.address() as { port: number }).port}`;
  return proxy;
}

type Machine = { home: string; env?: Record<string, string> };

/** Writes files below the home of the machine. */
export function write(home: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = join(home, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** Runs a command line there, as a process with that machine's environment and no other. */
export async function onMachine({ home, env }: Machine, line: string) {
  const child = spawn(process.execPath, [BIN, ...line.split(' ')], {
    cwd: home,
    env: { PATH: '/usr/bin:/bin', HOME: home, AWS_EC2_METADATA_DISABLED: 'true', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  child.stdout.on('data', (part: Buffer) => {
    text.out += part;
  });
  child.stderr.on('data', (part: Buffer) => {
    text.err += part;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ...text };
}
