/** Opens the ledger that `npm start` keeps in a folder, without the rest of the local stack. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { openTables, type Tables } from '../local/table.ts';

// An import of it as an ES module reads all of its exports, and one of them loads a whole WebSocket client: 30 ms.
const { createServer } = process.getBuiltinModule('node:http');

export type LedgerFolder = { endpoint: string; close(): Promise<void> };

/** Another command that reads the same folder holds it for a moment only. */
const WAIT_FOR_LOCK_MS = 3000;
const ASK_AGAIN_MS = 50;

/** @throws Error with one sentence when the folder is in use or broken */
export async function openLedgerFolder(folder: string): Promise<LedgerFolder> {
  const tables = await openUnlocked(folder);
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
    },
  };
}

async function openUnlocked(folder: string): Promise<Tables> {
  const giveUpAtMs = Date.now() + WAIT_FOR_LOCK_MS;
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
