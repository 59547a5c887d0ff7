/** The temporary folder of a stack: gone with it, and cleared after a crash, but only where it is surely one of ours. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeScratch } from '../../src/local/scratch.ts';
import { cleanUp, temporaryFolder } from './sample-stack.ts';

let tmp: string;
beforeEach(async () => {
  tmp = await temporaryFolder();
});
afterEach(cleanUp);

/** What another process leaves that is killed while it uses its folder. */
async function crash(): Promise<string> {
  const program = `
    import { makeScratch } from ${JSON.stringify(require.resolve('../../src/local/scratch.ts'))};
    console.log((await makeScratch(${JSON.stringify(tmp)})).folder);
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [folder] = await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'close');
  return path.basename(String(folder).trim());
}

test('nothing is left of a stack that was stopped', async () => {
  const scratch = await makeScratch(tmp);
  await writeFile(path.join(scratch.folder, 'worker.cjs'), '');
  await scratch.remove();
  expect(await readdir(tmp)).toEqual([]);
});

test('what is in use stays, also of a process that has several, whoever looks for what a crash left', async () => {
  const first = await makeScratch(tmp);
  const second = await makeScratch(tmp);
  await crash();
  expect(await readdir(tmp)).toEqual(
    expect.arrayContaining([first, second].map(({ folder }) => path.basename(folder))),
  );
});

test('what a crash left is cleared by the next, which leaves alone what is in use', async () => {
  const inUse = await makeScratch(tmp);
  const left = await crash();
  expect(await readdir(tmp)).toContain(left);
  const next = await makeScratch(tmp);
  expect((await readdir(tmp)).sort()).toEqual([inUse.folder, next.folder].map((one) => path.basename(one)).sort());
});

test('two that start at once do not clear each other', async () => {
  const scratches = await Promise.all([1, 2, 3].map(() => makeScratch(tmp)));
  expect(await readdir(tmp)).toHaveLength(3);
  await Promise.all(scratches.map(({ remove }) => remove()));
  expect(await readdir(tmp)).toEqual([]);
});

test('a temporary directory that is not there is one clear sentence', async () => {
  const nowhere = path.join(tmp, 'nowhere');
  await expect(makeScratch(nowhere)).rejects.toThrow(
    `The temporary directory ${nowhere} cannot be written to (ENOENT): name another one in TMPDIR, or make room there.`,
  );
});

describe('What is not surely ours stays:', () => {
  test('a link, and what it leads to', async () => {
    const elsewhere = await temporaryFolder();
    const left = path.join(tmp, await crash());
    await writeFile(path.join(left, 'mine.txt'), '');
    await rename(left, path.join(elsewhere, 'left'));
    await symlink(path.join(elsewhere, 'left'), path.join(tmp, 'kvs-census-abcdef'));
    await (await makeScratch(tmp)).remove();
    expect(await readdir(tmp)).toEqual(['kvs-census-abcdef']);
    expect(await readdir(path.join(elsewhere, 'left'))).toContain('mine.txt');
  });

  test('a folder of such a name that no stack made, and any other', async () => {
    for (const name of ['kvs-census-abcdef', 'kvs-census-test-abcdef', 'worker-1-2-abcdef'])
      await mkdir(path.join(tmp, name));
    await writeFile(path.join(tmp, 'kvs-census-fedcba'), '');
    await (await makeScratch(tmp)).remove();
    expect(await readdir(tmp)).toHaveLength(4);
  });

  test('a folder of another user', async () => {
    const left = await crash();
    // Only root may give a folder away; for everybody else there is nobody's folder to try it with.
    if (process.getuid?.() !== 0) return;
    await chown(path.join(tmp, left), 65_534, 65_534);
    await (await makeScratch(tmp)).remove();
    expect(await readdir(tmp)).toEqual([left]);
  });

  test('a folder that may not be entered, which is no reason not to start', async () => {
    await mkdir(path.join(tmp, 'kvs-census-abcdef'));
    await chmod(path.join(tmp, 'kvs-census-abcdef'), 0);
    await (await makeScratch(tmp)).remove();
    expect(await readdir(tmp)).toEqual(['kvs-census-abcdef']);
  });
});
