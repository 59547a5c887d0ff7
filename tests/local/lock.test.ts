/** A lock between processes: who has it, who waits, and what becomes of it when its holder is gone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { tryLock, waitForLock } from '../../src/local/lock.ts';
import { cleanUp, temporaryFolder } from './sample-stack.ts';

let folder: string;
beforeEach(async () => {
  folder = path.join(await temporaryFolder(), 'lock');
});
afterEach(cleanUp);

test('one in this process has it, until it is let go', async () => {
  const release = await tryLock(folder);
  expect(await tryLock(folder)).toBeUndefined();
  await release?.();
  const again = await tryLock(folder);
  expect(again).toBeDefined();
  await again?.();
});

test('what another process holds is nobody else’s, and can be had as soon as that process is gone', async () => {
  const program = `
    import { tryLock } from ${JSON.stringify(require.resolve('../../src/local/lock.ts'))};
    await tryLock(${JSON.stringify(folder)});
    console.log('held');
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  expect(await tryLock(folder)).toBeUndefined();
  expect(await waitForLock(folder, { waitMs: 0 })).toBeUndefined();
  child.kill('SIGKILL');
  await once(child, 'close');
  const release = await tryLock(folder);
  expect(release).toBeDefined();
  await release?.();
});

test('one that a crash left damaged is made anew', async () => {
  await (await tryLock(folder))?.();
  await writeFile(path.join(folder, 'CURRENT'), 'nothing');
  const release = await tryLock(folder);
  expect(release).toBeDefined();
  await release?.();
});

test('whoever waits ends with the signal', async () => {
  const release = await tryLock(folder);
  const waiting = waitForLock(folder, { waitMs: 60_000, signal: AbortSignal.abort(new Error('Enough.')) });
  await expect(waiting).rejects.toThrow('Enough.');
  await release?.();
});
