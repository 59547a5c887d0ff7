import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, symlink, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ensurePackaged } from '../../src/local/package.ts';
import { cleanUp, eventually, temporaryFolder } from './sample-stack.ts';

afterEach(cleanUp);

const SERVICE = `
service: sample
provider: { name: aws, runtime: nodejs24.x }
package: { patterns: ['!**', 'src/functions/**'] }
functions:
  echo: { handler: src/functions/echo.handler }
`;

/** A checkout in miniature, with this project's tools. */
async function makeCheckout(): Promise<string> {
  const root = await temporaryFolder();
  await mkdir(path.join(root, 'src/functions'), { recursive: true });
  await symlink(path.resolve(__dirname, '../../node_modules'), path.join(root, 'node_modules'));
  await writeFile(path.join(root, 'package.json'), '{"name":"sample","type":"module"}');
  await writeFile(path.join(root, 'tsconfig.json'), '{"compilerOptions":{"noEmit":true,"types":[]},"include":["src"]}');
  await writeFile(path.join(root, 'serverless.yml'), SERVICE);
  await writeFunction(root, 'export const handler = async () => 1;');
  return root;
}

function writeFunction(root: string, code: string): Promise<void> {
  return writeFile(path.join(root, 'src/functions/echo.ts'), code);
}

test('two starts at once package once, an unchanged tree is not packaged again, a changed one is', async () => {
  const root = await makeCheckout();
  const log: string[] = [];
  const start = () => ensurePackaged({ root, log: (line) => log.push(line) });
  const [packageDir, same] = await Promise.all([start(), start()]);
  expect(same).toBe(packageDir);
  expect(await readdir(packageDir)).toEqual(
    expect.arrayContaining(['cloudformation-template-update-stack.json', 'sample.zip']),
  );
  expect(log).toEqual(['checking types', 'packaging the functions']);
  expect(await readdir(path.join(root, '.kvs-census'))).not.toContain('packaging');

  await start();
  expect(log).toHaveLength(2);

  await writeFunction(root, 'export const handler = async () => 2;');
  await start();
  expect(log).toHaveLength(4);

  // Whatever is not the command's or the local stack's may be in a package.
  await writeFile(path.join(root, 'src/shared.ts'), 'export const two = 2;');
  await start();
  expect(log).toHaveLength(6);
}, 120_000);

test('a source with a type error is told as the type check tells it, and the next start may try again', async () => {
  const root = await makeCheckout();
  await writeFunction(root, 'export const handler: number = "one";');
  await mkdir(path.join(root, 'src/cli'));
  await writeFile(path.join(root, 'src/cli/half-written.ts'), 'const half: number = "written";');
  const start = () => ensurePackaged({ root, log: () => {} });
  await expect(start()).rejects.toThrow(/^The sources do not pass the type check:\n.*src\/functions\/echo\.ts.*TS2322/);
  await expect(start()).rejects.toThrow('TS2322');
  await expect(start()).rejects.not.toThrow('half-written');
});

test('a service description that makes no sense is told as the packaging tells it', async () => {
  const root = await makeCheckout();
  await writeFile(path.join(root, 'serverless.yml'), SERVICE.replace('nodejs24.x', 'fortran77'));
  await expect(ensurePackaged({ root, log: () => {} })).rejects.toThrow(
    /^The functions could not be packaged:\n[\s\S]*provider\.runtime/,
  );
}, 120_000);

test('a checkout that was installed for production is told what is missing, and how to get it', async () => {
  const root = await makeCheckout();
  await unlink(path.join(root, 'node_modules'));
  await expect(ensurePackaged({ root, log: () => {} })).rejects.toThrow(
    /^typescript, serverless, .* are not installed, and without them the functions cannot be packaged: run `npm ci --include=dev`, because/,
  );
});

describe('Nothing is left among the temporary files', () => {
  const ESBUILD = `${SERVICE}plugins: [./infra/plugins/temporary-files.cjs, serverless-esbuild]\n`;
  let root: string;
  let temporary: string;
  beforeEach(async () => {
    root = await makeCheckout();
    temporary = await temporaryFolder();
    await cp(path.resolve(__dirname, '../../infra'), path.join(root, 'infra'), { recursive: true });
    await writeFile(path.join(root, 'serverless.yml'), ESBUILD);
  });

  /** The process that packages, for one that asked for it. */
  const packaging = (parent: number | undefined) =>
    eventually('the packaging to run', () => {
      const all = execFileSync('ps', ['-Ao', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
      const found = all.find((line) => line.includes(` ${parent} `) && line.includes('serverless.js package'));
      return found === undefined ? undefined : Number.parseInt(found, 10);
    });
  const end = (pid: number) => eventually('the packaging to end', () => !isAlive(pid));

  test('by a packaging that a person asks for', async () => {
    const script = require.resolve('serverless/bin/serverless.js');
    const AWS = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
    const child = spawn(process.execPath, [script, 'package'], {
      cwd: root,
      env: { ...process.env, ...AWS, TMPDIR: temporary },
      stdio: 'ignore',
    });
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await readdir(path.join(root, '.serverless'))).toContain('sample.zip');
    expect(await readdir(temporary)).toEqual([]);
    expect(await readdir(root)).not.toContain('.esbuild');
  }, 120_000);

  test('when it is stopped half-way, nor a process', async () => {
    const stopping = new AbortController();
    const packaged = ensurePackaged({ root, log: () => {}, signal: stopping.signal });
    const outcome = packaged.catch((error: Error) => error.message);
    const pid = await packaging(process.pid);
    stopping.abort(new Error('Enough.'));
    expect(await outcome).toBe('Enough.');
    expect(isAlive(pid)).toBe(false);
    expect(await readdir(path.join(root, '.kvs-census'))).not.toContain('packaging');
  }, 120_000);

  test('when whoever asked for it is killed, nor a process, and the next can package', async () => {
    const program = `
      import { ensurePackaged } from ${JSON.stringify(require.resolve('../../src/local/package.ts'))};
      await ensurePackaged({ root: ${JSON.stringify(root)}, log: () => {} });
    `;
    const args = ['--input-type=module-typescript', '--eval', program];
    const asking = spawn(process.execPath, args, { env: { ...process.env, TMPDIR: temporary }, stdio: 'ignore' });
    const pid = await packaging(asking.pid);
    asking.kill('SIGKILL');
    await end(pid);
    expect(await ensurePackaged({ root, log: () => {} })).toBe(path.join(root, '.serverless'));
    expect(await readdir(path.join(root, '.kvs-census'))).not.toContain('packaging');
    expect(await readdir(temporary)).toEqual([]);
  }, 120_000);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
