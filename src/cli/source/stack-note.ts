/**
 * How commands find the stack that runs in a folder: it leaves a note there, with its address and an id of its own, and tells
 * the same id to whoever asks that address. A process id would not do: after a crash it soon is somebody else's, and so
 * is a port.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';

const http = process.getBuiltinModule('node:http');

type StackNote = {
  url: string;
  pid: number;
  id: string;
  /** By how much the stack divides every wait. */
  timeScale: number;
};

const FILE = 'stack.json';
/** On the stack's own address; its page has nothing there. */
const PATH = `/${FILE}`;
const OWN_URL = /^http:\/\/127\.0\.0\.1:\d+$/;
/** A process on the same machine that is busy with other things answers within it. */
const ANSWER_MS = 3000;

/** @param home the folder `.kvs-census` */
export function makeStackNote(home: string, pid: number) {
  const id = randomUUID();
  const file = join(home, FILE);
  return {
    /** Answers whoever asks which stack this is; false for any other request. */
    answer(request: IncomingMessage, response: ServerResponse): boolean {
      if (request.url !== PATH) return false;
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(JSON.stringify({ id }));
      return true;
    },
    /** Whoever reads it meanwhile sees the old one or the new one, whole. */
    leave(url: string, timeScale = 1): void {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}.new`, `${JSON.stringify({ url, pid, id, timeScale } satisfies StackNote)}\n`);
      renameSync(`${file}.new`, file);
    },
    remove: () => rmSync(file, { force: true }),
  };
}

/** The stack that runs in this folder; nothing if there is only a note of one that is gone. */
export async function findRunningStack(home: string): Promise<StackNote | undefined> {
  const note = readNote(join(home, FILE));
  return note !== undefined && (await askId(note.url)) === note.id ? note : undefined;
}

/** A note that is damaged is none. */
function readNote(file: string): StackNote | undefined {
  try {
    const { url, pid, id, timeScale = 1 } = JSON.parse(readFileSync(file, 'utf8')) as Partial<StackNote>;
    const isWhole = typeof pid === 'number' && typeof id === 'string' && typeof url === 'string' && OWN_URL.test(url);
    return isWhole && timeScale > 0 ? { url, pid, id, timeScale } : undefined;
  } catch {
    return undefined;
  }
}

/** What answers there now may be anything: whatever is not an id is none. */
async function askId(url: string): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const request = http.get(`${url}${PATH}`, { agent: false, signal: AbortSignal.timeout(ANSWER_MS) });
  request.on('error', () => resolve(undefined));
  request.on('response', (response) => {
    let body = '';
    response.setEncoding('utf8').on('error', () => resolve(undefined));
    response.on('data', (part: string) => {
      body += part;
      if (body.length > 1000) request.destroy();
    });
    response.on('close', () => resolve(idIn(body)));
  });
  return await promise;
}

function idIn(body: string): unknown {
  try {
    return (JSON.parse(body) as { id?: unknown } | null)?.id;
  } catch {
    return undefined;
  }
}
