/** `npm start` as a process among others: beside another one, told to end, killed. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePackaged } from '../../../src/local/package.ts';
import { eventually } from '../../local/sample-stack.ts';
import { cleanUp, temporaryFolder } from '../world.ts';

const BIN = fileURLToPath(new URL('../../../src/cli/bin.js', import.meta.url));
/** What an older Node makes of bin.js: it starts the packaged one, which runs the rest. */
const AS_OLD_NODE = [
  '--import',
  `data:text/javascript,${encodeURIComponent("Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } })")}`,
];
const WORLD = { regions: { 'eu-west-1': { streams: 3 }, 'me-south-1': { streams: 4 } } };

let folder: string;
let tmp: string;
const started: ChildProcess[] = [];

/** Otherwise the first start would have to. */
beforeAll(async () => void (await ensurePackaged({ root: join(__dirname, '../../..'), log: () => {} })));
beforeEach(() => {
  folder = temporaryFolder();
  tmp = join(folder, 'tmp');
  mkdirSync(tmp);
  writeFileSync(join(folder, 'world.json'), JSON.stringify(WORLD));
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await eventually('every process to end', () => processes().length === 0);
  await cleanUp();
});

type Started = {
  child: ChildProcess;
  said: { out: string; err: string };
  ended: Promise<[number | null, string | null]>;
};

function start(args: string, node: readonly string[] = []): Started {
  const words = args.replace(/^local/, `local --world ${join(folder, 'world.json')}`).split(' ');
  const child = spawn(process.execPath, [...node, BIN, ...words], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, TMPDIR: tmp },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const said = { out: '', err: '' };
  child.stdout.on('data', (part) => (said.out += part));
  child.stderr.on('data', (part) => (said.err += part));
  return { child, said, ended: once(child, 'close') as Started['ended'] };
}

async function run(args: string): Promise<{ code: number | null; out: string; err: string }> {
  const { said, ended } = start(args);
  const [code] = await ended;
  return { code, ...said };
}

const isUp = ({ said }: Started) =>
  eventually('the stack to be up', () => said.out.includes('To reach it from another'));

/** Every process that was started for this test: its world, or the unpacked function, is named in the arguments. */
function processes(): string[] {
  const all = execFileSync('ps', ['-Ao', 'stat=,args='], { encoding: 'utf8' }).split('\n');
  return all.filter((line) => line.includes(folder) && !line.startsWith('Z'));
}

/** Neither processes, nor temporary files, nor a note of a stack. */
const leftovers = () => ({
  processes: processes().length,
  temporary: readdirSync(tmp),
  note: existsSync(join(folder, '.kvs-census', 'stack.json')),
});
const NOTHING = { processes: 0, temporary: [], note: false };

describe('Told to end', () => {
  test('by SIGTERM through an old Node, it stops the stack that it kept', async () => {
    const stack = start('local --keep', AS_OLD_NODE);
    await isUp(stack);
    expect(processes().length).toBeGreaterThan(2);
    stack.child.kill('SIGTERM');
    expect(await stack.ended).toEqual([0, null]);
    expect(leftovers()).toEqual(NOTHING);
  });

  test.each([
    ['SIGINT', AS_OLD_NODE],
    ['SIGHUP', []],
  ] as const)('by %s while it counts, it says what becomes of the run', async (signal, node) => {
    const stack = start('local --hang me-south-1 --time-scale 1', node);
    await eventually('the other region', () => stack.said.out.includes('eu-west-1 counted'));
    // A terminal and npm both pass it on.
    stack.child.kill(signal);
    stack.child.kill(signal);
    expect(await stack.ended).toEqual([1, null]);
    expect(stack.said.err).toBe('error: Interrupted. The next start settles the run as partial.\n');
    expect(leftovers()).toEqual(NOTHING);
  });
});

describe('Kept,', () => {
  /** What a person pastes into another shell. */
  const lines = ({ said }: Started, from: RegExp) =>
    said.out.slice(said.out.search(from)).replaceAll(/^[A-Z].*$/gm, '');
  const shell = (script: string) =>
    execFileSync('bash', ['-c', `set -e; ${script}`], { encoding: 'utf8', stdio: 'pipe' });
  const urlOf = ({ said }: Started) => /http:\/\/127\.0\.0\.1:\d+/.exec(said.out)?.[0] ?? '';

  test('it offers its API to whoever signs, in the words that it prints, and shows its page to anybody', async () => {
    const stack = start('local --keep');
    await eventually('the API to be told of', () => stack.said.out.includes('/v1/latest\n') || undefined);
    expect(JSON.parse(shell(lines(stack, /export AWS/)))).toMatchObject({ run: { streams: 7 } });
    expect((await fetch(`${urlOf(stack)}/v1/latest`)).status).toBe(403);
    expect((await fetch(`${urlOf(stack)}/data/newest`)).status).toBe(200);
    stack.child.kill('SIGTERM');
    await stack.ended;
    expect(leftovers()).toEqual(NOTHING);
  });

  test('with --api jwt it takes tokens, and its page knows nothing before somebody has signed in', async () => {
    const stack = start('local --keep --api jwt');
    await eventually('the API to be told of', () => stack.said.out.includes('/v1/latest\n') || undefined);
    expect(JSON.parse(shell(lines(stack, /export TOKEN/)))).toMatchObject({ run: { streams: 7 } });
    const page = await fetch(urlOf(stack));
    const [, runId = ''] = /\(run (\S+)\)/.exec(stack.said.out) ?? [];
    expect([runId, page.status]).toEqual([expect.stringMatching(/Z$/), 200]);
    expect(await page.text()).not.toContain(runId);
    expect((await fetch(`${urlOf(stack)}/data/newest`)).status).toBe(401);
    expect(await run('latest --local')).toMatchObject({ code: 0, out: expect.stringMatching(/^7 streams/) });
    stack.child.kill('SIGTERM');
    await stack.ended;
    expect(leftovers()).toEqual(NOTHING);
  });

  test('with --api off it has none', async () => {
    const stack = start('local --keep --api off');
    await isUp(stack);
    expect((await fetch(`${urlOf(stack)}/v1/latest`)).status).toBe(404);
    expect(stack.said.out).not.toContain('curl');
  });
});

test('an API of a stack that does not stay up is refused', async () => {
  expect(await run('local --api iam')).toEqual({
    code: 1,
    out: '',
    err: 'error: --api iam is for a stack that stays up: add --keep, or leave it out.\n',
  });
});

describe('Killed', () => {
  test('the old Node that started it: it ends as if it had been told to', async () => {
    const stack = start('local --keep', AS_OLD_NODE);
    await isUp(stack);
    stack.child.kill('SIGKILL');
    await eventually('every process to end', () => processes().length === 0);
    expect(leftovers()).toEqual(NOTHING);
  });

  test('itself: the Node that started it ends the same way, and the next start clears what is left', async () => {
    const stack = start('local --keep', AS_OLD_NODE);
    await isUp(stack);
    const { pid } = JSON.parse(readFileSync(join(folder, '.kvs-census', 'stack.json'), 'utf8')) as { pid: number };
    expect(pid).not.toBe(stack.child.pid);
    process.kill(pid, 'SIGKILL');
    expect(await stack.ended).toEqual([null, 'SIGKILL']);
    await eventually('every process to end', () => processes().length === 0);
    expect(leftovers()).toMatchObject({ temporary: [expect.stringMatching(/^kvs-census-/)], note: true });

    expect(await run('latest --local')).toMatchObject({ code: 0, out: expect.stringMatching(/^7 streams/) });
    expect(await run('local')).toMatchObject({ code: 0, err: '' });
    expect(leftovers()).toEqual(NOTHING);
  });
});

describe('Beside a stack that runs in the same folder', () => {
  test('nothing is changed, and the one that runs is named as far as it is known', async () => {
    const stack = start('local --keep');
    await isUp(stack);
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(stack.said.out) ?? [];
    const why = `A stack runs in this folder already, at ${url} (process ${stack.child.pid}): stop that one first, or start in another folder.`;
    expect(await run('local')).toMatchObject({ code: 1, err: `error: ${why}\n` });

    // The lock comes before everything else, though nothing says who holds it.
    writeFileSync(join(folder, '.kvs-census', 'stack.json'), '{"url":"http');
    const { code, err } = await run('local --fresh');
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/^error: The ledger folder .* is in use by another process; stop that one first/),
    });
    stack.child.kill('SIGTERM');
    await stack.ended;
    expect(await run('latest --local')).toMatchObject({ code: 0, out: expect.stringMatching(/^7 streams/) });
  });

  test('two that start at the same moment take turns, or one says that the other is there', async () => {
    const both = await Promise.all([1, 2].map(() => run('local')));
    for (const { code, err } of both) {
      if (code !== 0)
        expect(err).toMatch(/^error: (A stack runs in this folder already|The ledger folder .* is in use)/);
    }
    const { runs } = JSON.parse((await run('runs --local --json')).out) as { runs: object[] };
    expect(runs).toHaveLength(both.filter(({ code }) => code === 0).length);
    expect(leftovers()).toEqual(NOTHING);
  });
});

describe('Several kinds', () => {
  test('are counted in runs of their own, and the trouble of one is its own', async () => {
    const channels = { regions: { 'eu-west-1': { channels: 5 }, 'me-south-1': { channels: 6 } } };
    writeFileSync(join(folder, 'world.json'), JSON.stringify({ ...WORLD, kinds: { channels } }));
    const { code, out, err } = await run('local --kinds streams,channels --deny channels:me-south-1');
    expect({ code, err }).toEqual({ code: 2, err: '' });
    expect(out).toMatch(/^streams +\d\d:\d\d:\d\d {2}total: 7 streams in 2 of 2 regions, complete$/m);
    expect(out).toMatch(/^channels +\d\d:\d\d:\d\d {2}me-south-1 failed: denied$/m);
    expect(out).toContain('\n5 channels in 1 of 2 regions: partial (run ');
    expect(out).toMatch(/\nstreams +7 +2 of 2 +complete\nchannels +5 +1 of 2 +partial\n$/);
    expect(await run('latest --local')).toMatchObject({ code: 0, out: expect.stringMatching(/^7 streams/) });

    const again = await run('local --kinds streams,channels --json');
    expect(again.code).toBe(0);
    expect(JSON.parse(again.out)).toMatchObject({
      verdict: 'complete',
      kinds: [
        { kind: 'streams', total: 7, truth: 7, previous: { total: 7 } },
        { kind: 'channels', total: 11, truth: 11, previous: { total: 5 } },
      ],
    });
  });

  test.each([
    ['channels', 'streams are always counted: say streams,channels.'],
    ['streams,streams', 'streams is there twice.'],
    ['streams,cameras', '"cameras" is not a kind of thing that is counted: streams, channels'],
    [
      'streams,channels',
      'This world has no channels: give it kinds.channels (docs/local-video.md), or leave channels out',
    ],
  ])('cannot be %s', async (kinds, sentence) => {
    const { code, out, err } = await run(`local --kinds ${kinds}`);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(sentence);
  });
});

test('--fresh forgets the runs, and touches nothing in the folder that is not of the ledger', async () => {
  await run('local');
  const stranger = join(folder, '.kvs-census', 'ledger', 'notes.txt');
  writeFileSync(stranger, 'mine');
  const { code, out } = await run('local --fresh');
  expect(code).toBe(0);
  expect(out).toContain('No earlier run to compare with.');
  expect(readFileSync(stranger, 'utf8')).toBe('mine');
});
