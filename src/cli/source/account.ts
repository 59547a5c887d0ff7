/** Beside the local ledger stands for whom it was counted last: `--local` reads that account, and asks nobody for it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAccountId } from '../../census/census-id.ts';

/** Where the stack of `npm start` believes to be. */
export const LOCAL_REGION = 'us-east-1';

/** Of a count for which nobody's credentials, and no world, name another. */
export const LOCAL_ACCOUNT = '000000000000';

const fileIn = (folder: string) => join(folder, '.kvs-census', 'account');

/** The folder of the ledger must be there. */
export function noteAccount(folder: string, accountId: string): void {
  writeFileSync(fileIn(folder), `${accountId}\n`);
}

export function notedAccount(folder: string): string {
  try {
    return parseAccountId(readFileSync(fileIn(folder), 'utf8').trim());
  } catch {
    return LOCAL_ACCOUNT;
  }
}
