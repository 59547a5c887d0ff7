/** Opens the ledger that `npm start` keeps in a folder, without the rest of the local stack. */
import { openFrontDoor } from '../../local/front-door.ts';
import { readBody } from '../../local/listen.ts';
import { openTables } from '../../local/table.ts';

type LedgerFolder = { endpoint: string; close(): Promise<void> };

/** @throws Error with one sentence when the folder is in use or broken */
export async function openLedgerFolder(folder: string): Promise<LedgerFolder> {
  const tables = await openTables(folder);
  const door = await openFrontDoor();
  door.serve('dynamodb', (request, response) => {
    void readBody(request).then((body) => body && tables.handle(request, body, response));
  });
  return {
    endpoint: door.url,
    close: async () => {
      await door.close();
      await tables.close();
    },
  };
}
