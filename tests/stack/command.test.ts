/** `kvs-census local`, which is `npm start`, as a process among others: what becomes of a count that nobody can hear. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePackaged } from '../../src/local/package.ts';
import { cleanUp, temporaryFolder } from '../cli/world.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = join(ROOT, 'src/cli/bin.js');
const ACCOUNT = '210987654321';
const WORLD = { accountId: ACCOUNT, regions: { 'eu-west-1': { streams: 7 }, 'us-east-1': { streams: 5 } } };

beforeAll(async () => void (await ensurePackaged({ root: ROOT, log: () => {} })), 120_000);
afterEach(cleanUp);

type Shell = (script: string, env?: NodeJS.ProcessEnv) => SpawnSyncReturns<string>;

/** In a folder of its own, with a world in it, written as Windows writes it; `census` stands for the command. */
function makeShell(): { shell: Shell; folder: string } {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'world.json'), `\ufeff${JSON.stringify(WORLD)}`, 'utf16le');
  const shell: Shell = (script, env = {}) =>
    spawnSync('bash', ['-c', `set -o pipefail; census() { "${process.execPath}" "${BIN}" "$@"; }; ${script}`], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: folder, TERM: 'xterm', ...env },
    });
  return { shell, folder };
}

/** The ledger holds the whole count, of the account that was counted; nobody says which. */
function expectCounted(shell: Shell): void {
  const { run, accountId } = JSON.parse(shell('census latest --local --json').stdout);
  expect({ accountId, verdict: run.verdict, streams: run.streams }).toEqual({
    accountId: ACCOUNT,
    verdict: 'complete',
    streams: 12,
  });
}

test('a reader who goes away is told of once, and the count goes on to its verdict', () => {
  const { shell } = makeShell();
  const { status, stdout, stderr } = shell('census local --world world.json | head -1');
  expect({ status, stderr, lines: stdout.trimEnd().split('\n').length }).toEqual({
    status: 0,
    stderr: 'Nobody reads standard output any more; the count goes on.\n',
    lines: 1,
  });
  expectCounted(shell);
});

test('output that is full is told of once, the count goes on, and the exit code says that nobody was told', () => {
  const { shell } = makeShell();
  const { status, stderr } = shell('census local --world world.json > /dev/full');
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr:
      'Standard output cannot be written to any more, because no space is left there (ENOSPC); the count goes on.\n',
  });
  expectCounted(shell);
});

test('standard error that is gone, or full, costs nothing', () => {
  const { shell } = makeShell();
  for (const to of ['2>/dev/full', '2> >(true)', '2>&-']) {
    const { status, stdout } = shell(`census local --world world.json --json ${to}`);
    expect({ status, total: JSON.parse(stdout).total }).toEqual({ status: 0, total: 12 });
  }
});

test('an organisation of which two accounts are broken is partial: exit code 2, and each account is told of beside what it holds', () => {
  const { shell } = makeShell();
  const { status, stdout } = shell('census local --world organisation --json');
  const { accounts } = JSON.parse(stdout) as { accounts: { name: string; verdict: string | null; missing: unknown }[] };
  const broken = accounts.filter(({ verdict }) => verdict !== 'complete').map(({ name }) => name);
  expect({ status, accounts: accounts.length, broken: broken.sort() }).toEqual({
    status: 2,
    accounts: 25,
    broken: ['acquired-doorbells', 'plants'],
  });
});

test('a terminal that can only show text gets text: no colours, and nothing is drawn over', () => {
  const { shell, folder } = makeShell();
  const command = `'${process.execPath}' '${BIN}' local --world world.json`;
  expect(shell(`script --quiet --return --command "${command}" screen > screen`, { TERM: 'dumb' }).status).toBe(0);
  const screen = readFileSync(join(folder, 'screen'), 'utf8');
  expect(screen).toContain('eu-west-1 counted: 7 streams');
  expect(screen).not.toContain('\u001b');
});

test('a disk that is full ends the count in one sentence that says where to make room', () => {
  const { shell } = makeShell();
  // Files of 4 kB are full as a disk may be, and need no disk.
  const { status, stderr } = shell('ulimit -f 4; census local --world world.json > /dev/null');
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr:
      'error: What is written to /tmp or this folder would become larger than is allowed (EFBIG): raise the limit, or choose another place.\n',
  });
});
