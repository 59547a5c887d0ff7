/** The house's rules, as a test that says why when it fails. docs/architecture.md explains them. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MIRROR, misplaced } from './tidy/mirror.ts';
import { circles, deadExports, readModule } from './tidy/modules.ts';
import { strangers } from './tidy/rooms.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Tracked files and new ones alike, so that a rule holds before the commit. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\0')
  .filter((file) => file !== '');

const sources = files.filter((file) => /^src\/.*\.(ts|js)$/.test(file));
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');

const modules = files
  .filter((file) => /\.(ts|js|cjs)$/.test(file) && !file.endsWith('.d.ts'))
  .map((file) => readModule(file, textOf(file)));
const product = modules.filter(({ file }) => file.startsWith('src/'));

describe('Who may import whom', () => {
  test('a file imports only what its room may', () => {
    expect(strangers(product)).toEqual([]);
  });

  test('no imports run in a circle', () => {
    expect(circles(modules)).toEqual([]);
  });

  test('what is exported is imported somewhere, or is what AWS calls', () => {
    const calledByAws = /^src\/functions\/\w+\.ts: handler$/;
    expect(deadExports(modules, modules).filter((name) => !calledByAws.test(name))).toEqual([]);
  });

  test('the simulation and chaos share what judges both, and nothing else', () => {
    const apart = ['tests/simulation/', 'tests/chaos/'];
    const across = modules.flatMap(({ file, imports }) =>
      imports
        .filter(({ from }) => apart.some((room) => from.startsWith(room) && !file.startsWith(room)))
        .filter(() => [...apart, 'tests/judging/'].some((room) => file.startsWith(room)))
        .map(({ from }) => `${file} imports ${from}: what both need lies in tests/judging`),
    );
    expect(across).toEqual([]);
  });

  test(`a test stands where its subject stands: ${MIRROR}`, () => {
    expect(misplaced(files)).toEqual([]);
  });
});

/** Where clocks, chance and timers may be touched: where dependencies are bound, and on the laptop. */
const BINDS = /^src\/(page\/.*|functions\/bind\.ts|functions\/\w+\.ts|cli\/.*|local\/.*|aws\/(http|list-page)\.ts)$/;

describe('What is touched only in its place', () => {
  const lines = sources.flatMap((file) =>
    textOf(file)
      .split('\n')
      .map((line, index) => ({ file, line, at: `${file}:${index + 1}` })),
  );
  const offenders = (pattern: RegExp, allowed: RegExp) =>
    lines.filter(({ file, line }) => pattern.test(line) && !allowed.test(file)).map(({ at }) => at);

  test('the environment is read in config.ts and surroundings.ts, and by the local stack where it builds that of a function', () => {
    expect(offenders(/process\.env/, /^src\/(config\.ts|surroundings\.ts|local\/)/)).toEqual([]);
  });

  test('clocks, chance and timers are bound at the edges', () => {
    const touched =
      /\bDate\.now\b|\bMath\.random\b|\bset(Timeout|Interval|Immediate)\(|\bAbortSignal\.timeout\b|\bnew Date\(\)/;
    expect(offenders(touched, BINDS)).toEqual([]);
  });

  test('a function touches the clock only to bind it', () => {
    const bodies = lines.filter(({ file }) => /^src\/functions\/(?!bind)/.test(file));
    expect(
      bodies
        .filter(({ line }) => /\bDate\.now\b|\bset(Timeout|Interval)\(|\bnew Date\(\)/.test(line))
        .map(({ at }) => at),
    ).toEqual([]);
  });

  test('a server is opened where every request is looked at first', () => {
    // The ledger's emulator closes its data only after it has listened.
    expect(offenders(/\bcreateServer\(|\.listen\(/, /^src\/local\/(listen|table)\.ts$/)).toEqual([]);
  });

  test('a command that is printed is told its place: it stands in backquotes, or goes through commandLine', () => {
    expect(
      offenders(
        /[^`\\]kvs-census (explain|why|diff|watch|runs?|retry|redrive|latest|export|region|doctor|status|headroom)\b/,
        /^$/,
      ),
    ).toEqual([]);
  });

  test('production code knows nothing of the local stack', () => {
    const production = /^src\/(census|functions|aws|answers)\//;
    const knows = /localhost|127\.0\.0\.1|IS_OFFLINE|NODE_ENV|AWS_ENDPOINT/;
    expect(lines.filter(({ file, line }) => production.test(file) && knows.test(line)).map(({ at }) => at)).toEqual([]);
  });
});

describe('What a stranger would stumble over', () => {
  test('no types are switched off', () => {
    const code = files.filter((file) => /^(src|tests)\/.*\.ts$/.test(file) && file !== 'tests/tidy.test.ts');
    expect(code.filter((file) => /@ts-(ignore|nocheck)|\bas any\b|: any\b/.test(textOf(file)))).toEqual([]);
  });

  test('no test is switched off or singled out', () => {
    const tests = files.filter((file) => /^tests\/.*\.test\.ts$/.test(file) && file !== 'tests/tidy.test.ts');
    expect(tests.filter((file) => /\b(it|test|describe)\.(skip|only|todo)\b/.test(textOf(file)))).toEqual([]);
  });

  test('the top level holds what the README names and nothing else', () => {
    const top = new Set(files.map((file) => file.split('/')[0]));
    const allowed = [
      'src',
      'tests',
      'infra',
      'docs',
      'serverless.yml',
      'package.json',
      'package-lock.json',
      'tsconfig.json',
      'README.md',
      'LICENSE',
    ];
    expect([...top].filter((name) => name !== undefined && !name.startsWith('.') && !allowed.includes(name))).toEqual(
      [],
    );
  });

  test('the lockfile names no registry', () => {
    expect(textOf('package-lock.json')).not.toMatch(/"resolved": "http/);
  });

  test('every dependency is pinned exactly', () => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(textOf('package.json'));
    const versions = Object.values<string>({ ...dependencies, ...devDependencies, ...optionalDependencies });
    expect(versions.filter((version) => !/^(npm:[^@]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });
});
