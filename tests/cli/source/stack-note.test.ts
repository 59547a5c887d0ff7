/** What a command does about a note that says where a stack runs, when nothing of the kind runs there. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { findRunningStack, makeStackNote } from '../../../src/cli/source/stack-note.ts';
import { cleanUp, temporaryFolder } from '../world.ts';

const servers: ReturnType<typeof createServer>[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
  await cleanUp();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

function homeWith(text: string): string {
  const home = join(temporaryFolder(), '.kvs-census');
  mkdirSync(home);
  writeFileSync(join(home, 'stack.json'), text);
  return home;
}

test('a stack that runs is found, whoever’s process it is, until it takes its note away', async () => {
  const home = join(temporaryFolder(), '.kvs-census');
  const note = makeStackNote(home, 1);
  const url = await serve((request, response) => void note.answer(request, response));
  note.leave(url);
  expect(await findRunningStack(home)).toMatchObject({ url, pid: 1 });
  note.remove();
  expect(await findRunningStack(home)).toBeUndefined();
});

test.each([
  ['nothing', ''],
  ['half a note', '{"url":"http://127.0.0.1:80","pi'],
  ['something else', '[1]'],
  ['null', 'null'],
  ['a note with another address than this machine’s', JSON.stringify({ url: 'http://10.0.0.7:80', pid: 1, id: 'a' })],
  ['a note without an id', JSON.stringify({ url: 'http://127.0.0.1:80', pid: process.pid })],
])('%s in the file is no stack', async (_, text) => {
  expect(await findRunningStack(homeWith(text))).toBeUndefined();
});

describe('After a crash the process id and the port may be somebody else’s:', () => {
  test.each<[string, RequestListener]>([
    ['a stack of another folder', (_request, response) => void response.end('{"id":"another"}')],
    ['a web server', (_request, response) => void response.writeHead(404).end('<h1>Not found</h1>')],
    ['one that says nothing of sense', (_request, response) => void response.end('null')],
    ['one that never stops talking', (_request, response) => void response.write('x'.repeat(100_000))],
    ['one that hangs up', (request) => void request.destroy()],
    ['one that never answers', () => {}],
  ])('%s is no stack', async (_, listener) => {
    const url = await serve(listener);
    const home = homeWith(JSON.stringify({ url, pid: process.pid, id: 'mine' }));
    expect(await findRunningStack(home)).toBeUndefined();
  });

  test('nobody is no stack', async () => {
    const home = homeWith(JSON.stringify({ url: 'http://127.0.0.1:1', pid: process.pid, id: 'mine' }));
    expect(await findRunningStack(home)).toBeUndefined();
  });
});
