/** What is deployed is the function, the domain, src/aws and the SDK: nothing of the laptop, nothing of the tests. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Built, packageOf, readZip, rebuild, type Zip } from './bundle.ts';
import { type AnyFunction, everyFunction, root } from './compiled.ts';

/**
 * Of 1 KB. A cold start reads and compiles all of it. Of those that count the worker's has most clients: of what it lists, of quotas,
 * of the rest. The API's holds every answer, and the hosted page as text, which nobody compiles there.
 */
const budgetKb = (name: AnyFunction) => (name === 'api' ? 225 : 140);

type Lock = { packages: Record<string, { dev?: boolean; dependencies?: Record<string, string> }> };
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;

/** What every function may hold. */
const SHARED = 'census/|aws/|(config|environment|proxy|log)\\.ts$';

/** The one function that people ask, and the page with it. */
const ROOMS: Partial<Record<AnyFunction, string>> = { api: 'answers/|page/|' };

/** The folder beside a function that holds its parts. */
const PARTS: Partial<Record<AnyFunction, string[]>> = {
  dispatcher: ['dispatching/'],
  worker: ['counting/'],
  aggregator: ['settling/'],
  api: ['answering/'],
};

describe.each(everyFunction)('the bundle of the %s', (name) => {
  let zip: Zip;
  let built: Built;
  beforeAll(async () => {
    [zip, built] = await Promise.all([readZip(name), rebuild(name)]);
  });

  const text = () => zip.files[`src/functions/${name}.cjs`] ?? '';

  test('is one file, at the path that the handler names', () => {
    expect(Object.keys(zip.files)).toEqual([`src/functions/${name}.cjs`]);
  });

  test('is what these sources and options make', () => {
    expect(text() === built.text).toBe(true);
  });

  test('holds only its own function, the domain, src/aws, settings and log', () => {
    const ours = Object.keys(built.inputs).filter((file) => !packageOf(file) && file.startsWith('src/'));
    const own = [`${name}\\.ts$`, 'bind\\.ts$', ...(PARTS[name] ?? [])].join('|');
    const allowed = new RegExp(`^src/(${ROOMS[name] ?? ''}${SHARED}|functions/(${own}))`);
    expect(ours).toContain(`src/functions/${name}.ts`);
    expect(ours.filter((file) => !allowed.test(file))).toEqual([]);
  });

  test('holds no development dependency', () => {
    const packages = new Set(Object.keys(built.inputs).flatMap((file) => packageOf(file) ?? []));
    expect(packages.size).toBeGreaterThan(0);
    for (const path of packages) expect(lock.packages[path]).toBeDefined();
    expect([...packages].filter((path) => lock.packages[path]?.dev)).toEqual([]);
  });

  test('holds no library but the SDK and valibot, and what they need', () => {
    const allowed = closure(['@aws-sdk/', 'valibot']);
    const packages = Object.keys(built.inputs).flatMap((file) => packageOf(file) ?? []);
    expect(packages.filter((path) => !allowed.has(bareName(path)))).toEqual([]);
  });

  test('finds its credentials in the environment, and nowhere else', () => {
    const packages = new Set(Object.keys(built.inputs).flatMap((file) => packageOf(file) ?? []));
    const ways = [...packages].filter((path) => /credential-provider|token-providers|nested-clients/.test(path));
    expect(ways).toEqual(['node_modules/@aws-sdk/credential-provider-env']);
  });

  test('holds nothing that reads or writes streams of events', () => {
    expect(Object.keys(built.inputs).filter((file) => file.includes('/event-streams/'))).toEqual([]);
  });

  test('knows no path of the machine that built it, and no source map', () => {
    expect(text()).not.toContain(root);
    expect(text()).not.toContain('sourceMappingURL');
  });

  test(`weighs at most ${budgetKb(name)} KB`, () => {
    expect(zip.bytes / 1024).toBeLessThanOrEqual(budgetKb(name));
  });

  test('can be loaded by itself, without an environment, and exports the handler', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kvs-census-bundle-'));
    try {
      const file = join(folder, `${name}.cjs`);
      writeFileSync(file, text());
      const print = `process.stdout.write(typeof require(${JSON.stringify(file)}).handler)`;
      const type = execFileSync(process.execPath, ['-e', print], { cwd: folder, env: {}, encoding: 'utf8' });
      expect(type).toBe('function');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** The packages that begin with one of these, among our own dependencies, and everything they depend on. */
function closure(prefixes: string[]): Set<string> {
  const direct = Object.keys(lock.packages['']?.dependencies ?? {});
  const next = direct.filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
  const reached = new Set<string>();
  for (let name = next.pop(); name !== undefined; name = next.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    for (const [path, { dependencies }] of Object.entries(lock.packages))
      if (bareName(path) === name) next.push(...Object.keys(dependencies ?? {}));
  }
  return reached;
}

function bareName(path: string): string {
  return path.replace(/^.*node_modules\//, '');
}
