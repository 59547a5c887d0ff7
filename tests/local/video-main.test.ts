import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';

const REGION = 'eu-west-1';
const MAIN = fileURLToPath(new URL('../../src/local/video-main.ts', import.meta.url));
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Starts the entry; what it printed first on either stream, and its exit code once it has one. */
async function start(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  cleanups.push(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const stream = await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')]);
  return { child, exited, said: String(stream[0]) };
}

async function worldFile(world: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'video-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const file = join(folder, 'world.json');
  writeFileSync(file, JSON.stringify(world));
  return file;
}

async function fingerprint(url: string): Promise<string> {
  const hash = createHash('sha256');
  const authorization = `AWS4-HMAC-SHA256 Credential=AKID/20261120/${REGION}/kinesisvideo/aws4_request, Signature=0`;
  let token: string | undefined;
  do {
    const body = JSON.stringify({ MaxResults: 1000, NextToken: token });
    const text = await (await fetch(`${url}/listStreams`, { method: 'POST', headers: { authorization }, body })).text();
    hash.update(text);
    token = (JSON.parse(text) as { NextToken?: string }).NextToken;
  } while (token !== undefined);
  return hash.digest('hex');
}

describe('the local Kinesis Video as a process of its own', () => {
  test('serves the same bytes for the same world, and others for another seed', async () => {
    const region = { streams: 2500, names: { kind: 'spread' }, order: 'hash' };
    const file = await worldFile({ seed: 1, regions: { [REGION]: region } });
    const otherFile = await worldFile({ seed: 2, regions: { [REGION]: region } });
    const started = await Promise.all([file, file, otherFile].map((each) => start('--world', each)));
    const [one, two, other] = await Promise.all(started.map(({ said }) => fingerprint(said.trim())));
    expect(two).toBe(one);
    expect(other).not.toBe(one);
  });

  test('serves the world organisation by its name, and tells what each account was asked', async () => {
    const { said } = await start('--world', 'organisation');
    const url = said.trim();
    const credentials = { accessKeyId: 'any', secretAccessKey: 'thing' };
    const client = new STSClient({ region: REGION, endpoint: url, credentials });
    cleanups.push(() => client.destroy());
    const RoleArn = 'arn:aws:iam::100000000021:role/kvs-census-member';
    const asked = { RoleArn, RoleSessionName: 'anybody', ExternalId: 'kvs-census-local-world' };
    const { Credentials } = await client.send(new AssumeRoleCommand(asked));
    const authorization = `AWS4-HMAC-SHA256 Credential=${Credentials?.AccessKeyId}/20261120/${REGION}/kinesisvideo/aws4_request, Signature=0`;
    const headers = { authorization, 'x-amz-security-token': Credentials?.SessionToken ?? '' };
    const page = await fetch(`${url}/listStreams`, { method: 'POST', headers, body: '{"MaxResults":1000}' });
    expect(((await page.json()) as { StreamInfoList: unknown[] }).StreamInfoList).toHaveLength(999);
    const callsIn = async (query: string) =>
      ((await (await fetch(`${url}/stats${query}`)).json()) as Record<string, { calls: number }>)[REGION]?.calls;
    expect(await callsIn('?account=100000000021')).toBe(1);
    expect(await callsIn('')).toBe(0);
    expect(await callsIn('/channels?account=100000000021')).toBe(0);
    expect(await callsIn('?account=999999999999')).toBeUndefined();
  });

  test('tells its stats, forgets them when asked, and ends when told', async () => {
    const { child, exited, said } = await start(
      '--world',
      await worldFile({ seed: 1, regions: { [REGION]: { streams: 5 } } }),
    );
    const url = said.trim();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await fingerprint(url);
    expect(await (await fetch(`${url}/stats`)).json()).toEqual({
      [REGION]: { calls: 1, throttled: 0, maxCallsInAnySecond: 1 },
    });
    expect(await (await fetch(`${url}/stats`, { method: 'DELETE' })).json()).toMatchObject({ [REGION]: { calls: 0 } });
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
  });

  /** Standing in for npm, which runs a script in a shell: `exec` makes the outer one the parent of the inner one. */
  const inShells = `sh -c '"$0" "$1"; true' "$0" "$1"; true`;

  test.each<[string, string]>([
    ['the shell that npm started', '"$0" "$1"; true'],
    // Only there does the system tell who a shell was started by.
    ...(process.platform === 'linux' ? [['npm', inShells] satisfies [string, string]] : []),
  ])('ends when %s is killed, which could tell it nothing', async (_, script) => {
    const child = spawn('sh', ['-c', script, process.execPath, MAIN], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, npm_lifecycle_event: 'start' },
    });
    cleanups.push(() => child.kill('SIGKILL'));
    const [url] = await once(child.stdout, 'data');
    expect((await fetch(`${String(url).trim()}/stats`)).status).toBe(200);
    child.kill('SIGKILL');
    // Its standard output is closed by whoever holds it last.
    await once(child.stdout, 'close');
    await expect(fetch(`${String(url).trim()}/stats`)).rejects.toThrow('fetch failed');
  });

  test('ends when told, even while a page waits for its time', async () => {
    const world = { seed: 1, regions: { [REGION]: { streams: 5, latencyMs: 600_000 } } };
    const { child, exited, said } = await start('--world', await worldFile(world));
    const waiting = expect(fingerprint(said.trim())).rejects.toThrow();
    let calls = 0;
    while (calls === 0) {
      const stats = (await (await fetch(`${said.trim()}/stats`)).json()) as Record<string, { calls: number }>;
      calls = stats[REGION]!.calls;
    }
    child.kill('SIGTERM');
    await waiting;
    expect(await exited).toBe(0);
  });

  test('says in one sentence that a port is in use', async () => {
    const port = new URL((await start()).said).port;
    const { exited, said } = await start('--port', port);
    expect(said).toContain(`Port ${port} is in use: choose another one, or 0 for any that is free.`);
    expect(await exited).toBe(1);
  });

  test.each([
    [['--port', 'many'], '--port is "many"; expected a whole number from 0 to 65535.'],
    [['--world', '/nowhere/world.json'], '/nowhere/world.json: the world cannot be read'],
    [['--wrold', 'x'], "Unknown option '--wrold'"],
  ])('refuses %j', async (args, sentence) => {
    const { exited, said } = await start(...args);
    expect(said).toContain(sentence);
    expect(await exited).toBe(1);
  });
});
