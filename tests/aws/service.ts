/**
 * A service that answers as it is told to, in the wire forms of AWS, and remembers what it was asked. The clients that
 * ask it are the SDK's own.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** One request, as it came. */
export type Asked = { method: string; path: string; headers: IncomingHttpHeaders; body: string };

export type Answer =
  | { status?: number; headers?: Record<string, string>; body?: string }
  /** A body of so many bytes, in which nothing ends. */
  | { status?: number; flood: number }
  /**
   * Nothing ever comes; only signs of life come; a part of the body comes and no more, or a little more of it again and again; the
   * connection is torn down.
   */
  | 'silence'
  | 'processing'
  | 'half'
  | 'trickle'
  | 'hang-up';

export type Service = {
  /** What an unmodified SDK client needs. */
  options: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
  asked: Asked[];
  /** The bodies of what was asked, read as JSON. */
  bodies(): unknown[];
  /** From now on it answers with these, the last of them again and again. */
  answer(...next: Answer[]): void;
  /** From now on it answers each request with what this gives. */
  answerBy(next: (asked: Asked) => Answer): void;
  /** How many bytes of floods were taken. */
  flooded(): number;
  /** How many connections are open. */
  connections(): Promise<number>;
  close(): Promise<void>;
};

export async function startService(region = 'eu-west-1'): Promise<Service> {
  const asked: Asked[] = [];
  let flooded = 0;
  let answerTo: (asked: Asked) => Answer = () => 'hang-up';
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      const { method = '', url: path = '', headers } = incoming;
      const request = { method, path, headers, body: Buffer.concat(parts).toString('utf8') };
      asked.push(request);
      const answer = answerTo(request);
      if (typeof answer === 'object' && 'flood' in answer) flood(response, answer, (bytes) => (flooded += bytes));
      else give(response, answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  function answerBy(next: (asked: Asked) => Answer): void {
    asked.length = 0;
    flooded = 0;
    answerTo = next;
  }
  return {
    options: {
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region,
      credentials: { accessKeyId: 'anybody', secretAccessKey: 'anything' },
    },
    asked,
    bodies: () => asked.map(({ body }) => JSON.parse(body)),
    answer(...next) {
      answerBy(() => (next.length > 1 ? next.shift() : next[0]) ?? 'hang-up');
    },
    answerBy,
    flooded: () => flooded,
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const DROP = Buffer.alloc(2 ** 16, 'x');

/** As fast as it is taken, and no faster. */
function flood(response: ServerResponse, answer: { status?: number; flood: number }, taken: (bytes: number) => void) {
  let left = answer.flood;
  const pour = () => {
    for (let goesOn = true; goesOn && left > 0; left -= DROP.length) {
      goesOn = response.write(DROP);
      taken(DROP.length);
    }
    if (left <= 0) response.end();
  };
  response.on('drain', pour);
  response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
  response.write('{"Text": "');
  pour();
}

function give(response: ServerResponse, answer: Exclude<Answer, { flood: number }>): void {
  if (answer === 'silence') return;
  if (answer === 'hang-up') return void response.destroy();
  if (answer === 'processing') {
    const alive = setInterval(() => response.writeProcessing(), 5);
    return void response.on('close', () => clearInterval(alive));
  }
  if (answer === 'trickle') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"StreamInfoList": [');
    const more = setInterval(() => response.write(' '), 5);
    return void response.on('close', () => clearInterval(more));
  }
  if (answer === 'half') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
    return void response.write('{"StreamInfoList": [');
  }
  response.writeHead(answer.status ?? 200, { 'x-amzn-requestid': 'request-1', ...answer.headers });
  response.end(answer.body);
}

/** A JSON answer, as Kinesis Video, DynamoDB, SQS and Account Management give it. */
export const json = (body: unknown): Answer => ({
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: JSON.stringify(body),
});

/** A refusal in JSON: its name stands in a header of the REST services and in the body of the others. */
export const refusal = (status: number, name: string, more: object = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': `${name}:http://internal.amazon.com/` },
  body: JSON.stringify({ __type: `com.amazonaws.service#${name}`, message: `This is ${name}.`, ...more }),
});

/** A refusal in XML, as SNS and STS give it. */
export const xmlRefusal = (status: number, name: string): Answer => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${name}</Code><Message>This is ${name}.</Message></Error><RequestId>request-1</RequestId></ErrorResponse>`,
});

/** A server that is stopped, with its queue of connections full: whoever connects now waits. */
export async function takesNoConnections(): Promise<{ url: string; close(): void }> {
  const listen = "require('net').createServer().listen({port: 0, host: '127.0.0.1', backlog: 1}, function () {";
  const child = spawn(process.execPath, ['-e', `${listen} console.log(this.address().port); })`]);
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGSTOP');
  const waiting = Array.from({ length: 8 }, () => connect(Number(port), '127.0.0.1').on('error', () => {}));
  await once(waiting[0]!, 'connect');
  return {
    url: `http://127.0.0.1:${Number(port)}`,
    close() {
      for (const socket of waiting) socket.destroy();
      child.kill('SIGKILL');
    },
  };
}

/** How services refuse credentials whose session is over, or that sign wrongly. */
export const NO_GOOD = [
  'ExpiredTokenException',
  'ExpiredToken',
  'IncompleteSignature',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'MissingAuthenticationTokenException',
  'CredentialsProviderError',
];

/** How they refuse who is not known to them; a region that is not opted in refuses everybody so. */
export const UNKNOWN_IDENTITY = [
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidClientTokenIdException',
  'OptInRequired',
  'OptInRequiredException',
];
