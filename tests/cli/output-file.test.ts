/** Where the command writes, as a process: pipes, devices, links, full disks, and readers who have had enough. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sentenceOf } from '../../src/cli/errors.ts';
import { run } from '../../src/cli/program.ts';
import { history } from './history.ts';
import { fillFolder } from './ledger-folder.ts';
import { cleanUp, makeDevice, makeIo, TABLE, temporaryFolder } from './world.ts';

const BIN = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));
/** A folder in which nothing may be written; root may write in every other. */
const isRoot = process.getuid?.() === 0;
let folder: string;

beforeAll(async () => {
  folder = temporaryFolder();
  const past = history({ runs: 60, censusId: '000000000000', isMissing: () => false });
  mkdirSync(join(folder, 'locked'), { mode: 0o555 });
  // As /dev/stdout is; that one itself is the machine's.
  symlinkSync('/proc/self/fd/1', join(folder, 'screen'));
  await fillFolder(join(folder, '.kvs-census', 'ledger'), TABLE, past);
});
afterAll(cleanUp);

/** `census` stands for the command; the exit code is that of the last part that failed. */
function shell(script: string): SpawnSyncReturns<string> {
  const text = `set -o pipefail; census() { "${process.execPath}" "${BIN}" "$@" --local; }; ${script}`;
  return spawnSync('bash', ['-c', text], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: folder, TERM: 'xterm' },
  });
}

const inFolder = (name: string) => join(folder, name);
const leftovers = () => readdirSync(folder).filter((name) => name.includes('unfinished'));

const FULL = 'error: Standard output cannot be written to any more, because no space is left there (ENOSPC).\n';

describe('Standard output', () => {
  test.each(['latest', 'runs', 'region eu-west-1 --json', 'export', 'explain latest', 'watch', 'export --format csv'])(
    '%s into something full: one sentence, exit 1',
    (line) => {
      const { status, stderr } = shell(`census ${line} > /dev/full`);
      expect({ status, stderr }).toEqual({ status: 1, stderr: FULL });
    },
  );

  test.each([['--help'], ['completion bash'], ['latest --help']])('so does %s', (line) => {
    const { status, stderr } = spawnSync('bash', ['-c', `"${process.execPath}" "${BIN}" ${line} > /dev/full`], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 1, stderr: FULL });
  });

  test.each(['latest', 'export', 'export --out screen', 'watch', 'runs'])(
    '%s to a reader who has gone is no error',
    (line) => {
      const { status, stderr } = shell(`census ${line} | true`);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    },
  );

  test('closed, it is no error either; and neither is an error that cannot be told', () => {
    expect(shell('census latest >&-')).toMatchObject({ status: 0, stderr: '' });
    expect(shell('census latest 2>&-')).toMatchObject({ status: 0 });
    for (const to of ['2>&-', '2>/dev/full', '2> >(true)']) expect(shell(`census nothing ${to}`).status).toBe(1);
  });
});

test('an error quotes nothing that moves the cursor or turns letters round', () => {
  const { status, stderr } = shell(`census run $'\\e[2J\\u202e\\u009bx' 2>&1 >&2; census run $'\\e[2J\\u202e\\u009bx'`);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^error: .*\n$/);
  expect(stderr).not.toMatch(/[^\P{C}\n]/u);
});

test('the embedded table says what its disk refuses in words of its own, which become a sentence', () => {
  expect(sentenceOf(new Error('IO error: /data/ledger/000005.log: No space left on device'))).toBe(
    'There is no space left on the disk of /data/ledger/000005.log (ENOSPC): make room there, or choose another place.',
  );
});

test('a checkout without its packages says what to run', () => {
  const bare = temporaryFolder();
  cpSync(join(BIN, '../..'), join(bare, 'src'), { recursive: true });
  writeFileSync(join(bare, 'package.json'), '{"type":"module"}');
  const { status, stderr } = spawnSync(process.execPath, [join(bare, 'src/cli/bin.js'), 'latest'], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: 'commander is not installed: run `npm ci` in the folder of kvs-census first.\n',
  });
});

describe('--out and --html', () => {
  test('a pipe, a device and what the shell has opened get the text as it stands', () => {
    const lines = (script: string) => shell(script).stdout.trim();
    const export2 = 'census export --format ndjson --last 2 --out';
    expect(lines(`${export2} screen | wc -l`)).toBe('2');
    expect(lines(`mkfifo pipe; wc -l < pipe & ${export2} pipe; wait`)).toBe('2');
    expect(lines(`exec 3>&1; ${export2} >(wc -l >&3) > /dev/null | cat`)).toBe('2');
    const device = makeDevice('null');
    expect(shell(`${export2} ${device}`)).toMatchObject({ status: 0, stderr: '' });
    expect(statSync(device).isCharacterDevice()).toBe(true);
    expect(lstatSync(inFolder('pipe')).isFIFO()).toBe(true);
    expect(shell('census report --html screen').stdout).toMatch(/<\/html>\n$/);
  });

  test('what the shell appends to is appended to', () => {
    expect(shell('echo before > log; census export --format ndjson --last 1 --out screen >> log')).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(readFileSync(inFolder('log'), 'utf8')).toMatch(/^before\n\{.*\}\n$/);
  });

  test('a link is followed, also one to a file that is not there yet', () => {
    writeFileSync(inFolder('there.json'), 'old');
    mkdirSync(inFolder('elsewhere'));
    symlinkSync('there.json', inFolder('link.json'));
    symlinkSync('elsewhere/new.html', inFolder('dangling.html'));
    expect(shell('census export --last 1 --out link.json && census report --html dangling.html').status).toBe(0);
    for (const link of ['link.json', 'dangling.html']) expect(lstatSync(inFolder(link)).isSymbolicLink()).toBe(true);
    expect(readFileSync(inFolder('there.json'), 'utf8')).toMatch(/^\{"schema"/);
    expect(readFileSync(inFolder('elsewhere/new.html'), 'utf8')).toMatch(/^<!doctype html>/);
  });

  test('a private file stays private, and a new one is as new files are here', () => {
    writeFileSync(inFolder('private.json'), 'old');
    chmodSync(inFolder('private.json'), 0o600);
    expect(
      shell('umask 027; census export --last 1 --out private.json && census export --last 1 --out new.json').status,
    ).toBe(0);
    expect(statSync(inFolder('private.json')).mode & 0o777).toBe(0o600);
    expect(statSync(inFolder('new.json')).mode & 0o777).toBe(0o640);
  });

  test('a device that is full is told in one sentence, and stays what it is', () => {
    const device = makeDevice('full');
    for (const command of ['export --out', 'report --html']) {
      const { status, stdout, stderr } = shell(`census ${command} ${device}`);
      expect({ status, stdout, stderr }).toEqual({
        status: 1,
        stdout: '',
        stderr: expect.stringMatching(/^error: There is no space left on the disk of \S+\/full \(ENOSPC\): .*\n$/),
      });
    }
    expect(statSync(device).isCharacterDevice()).toBe(true);
  });

  test.each([
    ['kept.json/runs.json', '/kept.json is a file, where a folder should be (ENOTDIR)'],
    ['.', ' is a folder (EISDIR): name a file in it.'],
    [`${'n'.repeat(300)}.json`, 'is too long for its file system (ENAMETOOLONG): choose a shorter one.'],
    [isRoot ? '/sys/runs.json' : 'locked/runs.json', 'You may not write to '],
    ['round', '/round is a link that leads back to itself (ELOOP)'],
    ['/dev/fd/77', '/dev/fd/77 is not open here'],
  ])('%s is refused in one sentence, and nothing is lost', (out, sentence) => {
    writeFileSync(inFolder('kept.json'), 'kept');
    if (out === 'round') symlinkSync('round', inFolder('round'));
    const { status, stdout, stderr } = shell(`census export --out ${out}`);
    expect({ status, stdout, lines: stderr.trimEnd().split('\n') }).toEqual({
      status: 1,
      stdout: '',
      lines: [expect.stringContaining(sentence)],
    });
    expect(stderr).not.toMatch(/delete/);
    expect(readFileSync(inFolder('kept.json'), 'utf8')).toBe('kept');
    expect(leftovers()).toEqual([]);
  });

  test('a limit that the text does not fit in leaves the old file', () => {
    writeFileSync(inFolder('kept.json'), 'kept');
    // SIGXFSZ is left out: a full disk sends no signal either.
    const { status, stderr } = shell(`trap '' XFSZ; ulimit -f 8; census export --out kept.json`);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^error: .*\((EFBIG|ENOSPC)\).*\n$/),
    });
    expect(readFileSync(inFolder('kept.json'), 'utf8')).toBe('kept');
    expect(leftovers()).toEqual([]);
  });

  test('a text that only begins to fit into a file that the shell has opened is an error', () => {
    const { status, stderr } = shell(`trap '' XFSZ; ulimit -f 8; census export > short.json`);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'error: Standard output cannot be written to any more (EFBIG).\n',
    });
  });

  test('an interruption leaves the old file', async () => {
    const interrupting = new AbortController();
    const io = makeIo(folder, {
      interrupted: () => interrupting.signal,
      nowMs: () => {
        interrupting.abort();
        return Date.parse('2026-11-20T08:00:00Z');
      },
    });
    writeFileSync(inFolder('kept.json'), 'kept');
    expect(await run(['export', '--local', '--out', 'kept.json'], io)).toBe(1);
    expect(io.err()).toMatch(/^error: Interrupted; .*kept\.json is as it was\.\n$/);
    expect(readFileSync(inFolder('kept.json'), 'utf8')).toBe('kept');
    expect(leftovers()).toEqual([]);
  });
});
