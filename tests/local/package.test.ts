import { mkdir, readdir, symlink, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ensurePackaged } from '../../src/local/package.ts';
import { cleanUp, temporaryFolder } from './sample-stack.ts';

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
}, 120_000);

test('a source with a type error is told as the type check tells it, and the next start may try again', async () => {
  const root = await makeCheckout();
  await writeFunction(root, 'export const handler: number = "one";');
  await mkdir(path.join(root, 'src/elsewhere'));
  await writeFile(path.join(root, 'src/elsewhere/half-written.ts'), 'const half: number = "written";');
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
