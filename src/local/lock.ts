/**
 * A lock between processes: a folder that LevelDB holds open, which the ledger's own folder is as well. The operating system
 * lets go of it when the process is gone, however it went. So nobody has to guess, from a process id in a file or from the
 * file's age, whether its writer still runs; a library for lock files would have to.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ClassicLevel } from 'classic-level';

export type Release = () => Promise<void>;

const ASK_AGAIN_MS = 25;

/**
 * What this process holds. LevelDB must not be asked for it once more: it opens the file before it knows, and the operating system
 * lets go of a process's lock as soon as that process closes the file (POSIX says so of fcntl).
 */
const held = new Set<string>();

/**
 * Undefined while somebody else holds it, in this process or another.
 * @throws one sentence when the folder cannot be used as a lock
 */
export async function tryLock(folder: string): Promise<Release | undefined> {
  if (held.has(folder)) return undefined;
  held.add(folder);
  try {
    // Nothing of worth is in it, so one that a crash or a full disk left damaged is made anew.
    return await open(folder).catch(async (error) => {
      if (isLocked(error)) throw error;
      await ClassicLevel.destroy(folder);
      return await open(folder);
    });
  } catch (error) {
    held.delete(folder);
    if (isLocked(error)) return undefined;
    const { code, message } = causeOf(error);
    throw new Error(
      `The lock ${folder} cannot be taken (${code ?? message}): check that its folder may be written to.`,
      {
        cause: error,
      },
    );
  }
}

async function open(folder: string): Promise<Release> {
  const level = new ClassicLevel(folder);
  await level.open();
  return async () => {
    await level.close();
    held.delete(folder);
  };
}

/**
 * Waits for its turn; undefined when it did not come in time.
 * @throws one sentence when the folder cannot be used as a lock; the signal's reason when that comes first
 */
export async function waitForLock(
  folder: string,
  { waitMs, signal }: { waitMs: number; signal?: AbortSignal | undefined },
): Promise<Release | undefined> {
  const giveUpAtMs = Date.now() + waitMs;
  for (;;) {
    signal?.throwIfAborted();
    const release = await tryLock(folder);
    if (release !== undefined || Date.now() >= giveUpAtMs) return release;
    await sleep(ASK_AGAIN_MS);
  }
}

export function isLocked(error: unknown): boolean {
  return causeOf(error).code === 'LEVEL_LOCKED';
}

/** The library wraps what LevelDB says. */
export function causeOf(error: unknown): { code?: string; message: string } {
  return ((error as Error).cause ?? error) as { code?: string; message: string };
}
