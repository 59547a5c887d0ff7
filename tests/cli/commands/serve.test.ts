/** `kvs-census serve`: where the page is, and what is said before it can be. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { noteAccount } from '../../../src/cli/source/account.ts';
import type { Newest } from '../../../src/page/client/model.ts';
import { organizationStory } from '../../fixtures/organization.ts';
import { closePages, dataIn, startPage } from '../../page/harness.ts';
import { ACCOUNT, history } from '../history.ts';
import { makeIo } from '../world.ts';

afterEach(closePages);

async function start() {
  const server = await startPage();
  await server.fill(history({ runs: 3 }));
  return server;
}

describe('`kvs-census serve`', () => {
  const bin = fileURLToPath(new URL('../../../src/cli/bin.js', import.meta.url));

  async function serve(folder: string, options: string[]) {
    const args = [bin, 'serve', '--local', ...options];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { out: '', err: '' };
    child.stdout.on('data', (part) => (said.out += part));
    child.stderr.on('data', (part) => (said.err += part));
    return { child, said };
  }

  test('says where the page is, serves it until it is interrupted, and exits with 0', async () => {
    const ledger = await start();
    const { child, said } = await serve(ledger.folder(), ['--account', ACCOUNT, '--port', '0']);
    while (!said.out.includes('Ctrl-C')) await once(child.stdout, 'data');
    const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(said.out)?.[0] ?? '';
    const data = dataIn(await (await fetch(url)).text()) as { newest: Newest };
    expect(data.newest.latest?.run.runId).toBe('2026-11-20T06:00:00Z');
    // The page's commands ask what it asked.
    const { asked } = data.newest;
    expect(asked).toMatchObject({ command: 'npx kvs-census', options: ['--local', '--account', ACCOUNT] });
    child.kill('SIGTERM');
    expect((await once(child, 'close'))[0]).toBe(0);
    expect(said.err).toBe('');
  });

  test('of an account that is counted with others it is the page of the organisation', async () => {
    const ledger = await startPage();
    await ledger.fillOrganization(organizationStory());
    noteAccount(ledger.folder(), ACCOUNT);
    const { child, said } = await serve(ledger.folder(), ['--port', '0']);
    while (!said.out.includes('Ctrl-C')) await once(child.stdout, 'data');
    const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(said.out)?.[0] ?? '';
    const data = dataIn(await (await fetch(url)).text()) as { newest: { accountId: string } };
    expect(data.newest.accountId).toBe('organization');
    child.kill('SIGTERM');
    expect((await once(child, 'close'))[0]).toBe(0);
    expect(said.err).toBe('');
  });

  test('a port that is taken is one sentence', async () => {
    const ledger = await start();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { code, err } = await ledger.command(`serve --port ${port}`);
    other.close();
    expect(code).toBe(1);
    expect(err).toBe(`error: Port ${port} is in use: choose another one, or 0 for any that is free.\n`);
  });

  test('a ledger that is not there is one sentence, before anybody opens a browser', async () => {
    const ledger = await start();
    const { code, err } = await ledger.command('serve --port 0 --table kvs-census-other');
    expect(code).toBe(1);
    expect(err).toBe(
      'error: The local ledger has no table kvs-census-other: run `npm start` once, or check --stage and --table.\n',
    );
  });

  test('a port that is none is refused', async () => {
    const ledger = await start();
    const { code, err } = await ledger.command('serve --port 65536', makeIo(ledger.folder()));
    expect(code).toBe(1);
    expect(err).toContain('Expected a port from 0 to 65535.');
  });
});
