/** The house's rules, as a test that says why when it fails. docs/architecture.md explains them. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

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

/** What a file imports: project files as paths from the root, packages by name. */
function importsOf(file: string): string[] {
  const specifiers = textOf(file).matchAll(
    /(?:^|\s)(?:import|export)\s[^'";]*?from\s+'([^']+)'|\bimport\(\s*'([^']+)'|^import\s+'([^']+)'/gm,
  );
  return [...specifiers].map((match) => {
    const specifier = match[1] ?? match[2] ?? match[3] ?? '';
    return specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier;
  });
}

type Rule = { room: RegExp; may: RegExp; because: string };

const IMPORT_RULES: Rule[] = [
  {
    room: /^src\/census\//,
    may: /^(src\/census\/|node:util$)/,
    because: 'the domain is pure: it imports nothing but itself',
  },
  {
    room: /^src\/aws\//,
    may: /^(src\/(census|answers|aws)\/|@aws-sdk\/|@smithy\/core\/|valibot$|node:)/,
    because: 'src/aws joins the domain to the SDK and knows nothing else',
  },
  {
    room: /^src\/functions\//,
    may: /^(src\/(census|aws)\/|src\/(config|log)\.ts$|src\/functions\/bind\.ts$|aws-lambda$)/,
    because: 'a function uses the domain, src/aws, config and log, and never another function',
  },
  {
    room: /^src\/cli\/(?!local|commands\/(local|serve)|pack|source\/ledger-folder)/,
    may: /^(?!src\/(functions|local)\/)/,
    because: 'only the commands that run locally may import the local stack, and none a function',
  },
  {
    room: /^src\/cli\//,
    may: /^(?!src\/functions\/)/,
    because: 'a command never runs a function by importing it',
  },
  {
    room: /^src\/local\//,
    may: /^(src\/local\/|(?!src\/))/,
    because: 'the local stack knows functions only by the template and their zips',
  },
  {
    room: /^src\/(config|log)\.ts$/,
    may: /^(src\/(census|aws)\/)/,
    because: 'configuration and log stand below the functions',
  },
];

describe('Who may import whom', () => {
  test.each(IMPORT_RULES)('$room: $because', ({ room, may, because }) => {
    const rooms = sources.filter((file) => room.test(file));
    expect(rooms.length).toBeGreaterThan(0);
    const strangers = rooms.flatMap((file) =>
      importsOf(file)
        .filter((name) => !may.test(name))
        .map((name) => `${file} imports ${name}: ${because}`),
    );
    expect(strangers).toEqual([]);
  });

  test('only src/aws and the local stack import the SDK', () => {
    const rooms = /^src\/(aws|local)\//;
    const strangers = sources.filter(
      (file) => !rooms.test(file) && importsOf(file).some((name) => /^@(aws-sdk|smithy)\//.test(name)),
    );
    expect(strangers).toEqual([]);
  });
});

/** Where clocks, chance and timers may be touched: where dependencies are bound, and on the laptop. */
const BINDS = /^src\/(page\/.*|functions\/bind\.ts|functions\/\w+\.ts|cli\/.*|local\/.*|aws\/list-page\.ts)$/;

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

  test('production code knows nothing of the local stack', () => {
    const production = /^src\/(census|functions|aws)\//;
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
