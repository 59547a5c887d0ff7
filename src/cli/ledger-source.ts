/** Opens the ledger that `npm start` keeps in a folder, without the rest of the local stack. */
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openTables, type Tables } from '../local/table.ts';

// An import of it as an ES module reads all of its exports, and one of them loads a whole WebSocket client: 30 ms.
const { createServer } = process.getBuiltinModule('node:http');

export type LedgerFolder = { endpoint: string; close(): Promise<void> };

/** Another command that reads the same folder holds it for a moment only. */
const WAIT_MS = 5000;
const ASK_AGAIN_MS = 50;

/** @throws Error with one sentence when the folder is in use or broken */
export async function openLedgerFolder(folder: string): Promise<LedgerFolder> {
  const giveUpAtMs = Date.now() + WAIT_MS;
  const leave = await enter(`${folder}.reader`, giveUpAtMs);
  try {
    const tables = await openUnlocked(folder, giveUpAtMs);
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => tables.handle(request, Buffer.concat(parts), response));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    return {
      endpoint: `http://127.0.0.1:${port}`,
      close: async () => {
        server.close();
        server.closeAllConnections();
        await tables.close();
        leave();
      },
    };
  } catch (error) {
    leave();
    throw error;
  }
}

/**
 * Commands that read take turns by a file that names the one whose turn it is. The folder has a lock of its own, but it
 * is opened twice (to see whether it is sound, then for good), and a command that came in between would end this one
 * with a stack trace.
 */
async function enter(file: string, giveUpAtMs: number): Promise<() => void> {
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      const leave = () => {
        process.off('exit', leave);
        rmSync(file, { force: true });
      };
      process.once('exit', leave);
      return leave;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    // Whoever died in its turn is passed by; who takes too long is left to the folder's own lock.
    if (!isAlive(file) || Date.now() >= giveUpAtMs) rmSync(file, { force: true });
    else await sleep(ASK_AGAIN_MS);
  }
}

function isAlive(file: string): boolean {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch (error) {
    // The file was written to just now, or belongs to a process of somebody else.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** `npm start` holds the folder for as long as it runs. */
async function openUnlocked(folder: string, giveUpAtMs: number): Promise<Tables> {
  for (;;) {
    try {
      return await openTables(folder);
    } catch (error) {
      if (!isLocked(error) || Date.now() >= giveUpAtMs) throw error;
      await sleep(ASK_AGAIN_MS);
    }
  }
}

function isLocked(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause) {
    if ((one as NodeJS.ErrnoException).code === 'LEVEL_LOCKED') return true;
  }
  return false;
}
