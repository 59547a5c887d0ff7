/**
 * A folder of one stack's own among the temporary ones. It goes with the stack; one that a crash left is cleared by the next
 * stack that starts, whose user it must belong to. A lock inside tells which are still in use.
 */
import { existsSync } from 'node:fs';
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tryLock } from './lock.ts';

type Scratch = { readonly folder: string; remove(): Promise<void> };

const PREFIX = 'kvs-census-';
/** As mkdtemp fills in. */
const OWN_NAME = /^kvs-census-[A-Za-z0-9]{6}$/;
const LOCK = 'lock';
/** Somebody else may be clearing the same folder. */
const REMOVE = { recursive: true, force: true, maxRetries: 5, retryDelay: 20 };

/**
 * @param parent where it is made, and where those that a crash left are looked for
 * @throws one sentence when nothing can be written there
 */
export async function makeScratch(parent = tmpdir()): Promise<Scratch> {
  await clearAbandoned(parent);
  const folder = await mkdtemp(path.join(parent, PREFIX)).catch((cause: NodeJS.ErrnoException) => {
    const why = `${parent} cannot be written to (${cause.code ?? cause.message})`;
    throw new Error(`The temporary directory ${why}: name another one in TMPDIR, or make room there.`, { cause });
  });
  const release = await tryLock(path.join(folder, LOCK));
  return {
    folder,
    remove: async () => {
      await release?.();
      await rm(folder, REMOVE);
    },
  };
}

async function clearAbandoned(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((one) => OWN_NAME.test(one))) {
    // What cannot be cleared is no reason not to start.
    await clearIfAbandoned(path.join(parent, name)).catch(() => {});
  }
}

async function clearIfAbandoned(folder: string): Promise<void> {
  // A link is never followed: what it leads to is not ours.
  const stats = await lstat(folder);
  if (!stats.isDirectory() || stats.uid !== (process.getuid?.() ?? stats.uid)) return;
  // Whoever made the folder holds the lock from before this file is there until the folder goes.
  if (!existsSync(path.join(folder, LOCK, 'CURRENT'))) return;
  const release = await tryLock(path.join(folder, LOCK));
  if (release === undefined) return;
  await release();
  await rm(folder, REMOVE);
}
