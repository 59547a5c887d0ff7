/** Which regions the account has switched off, as Account Management tells it. */
import { type AccountClient, ListRegionsCommand } from '@aws-sdk/client-account';
import type { ReadOptInStates } from '../census/ports.ts';
import { sendAndRead } from './as-it-came.ts';
import { makeAccountClients, SOURCE_ATTEMPTS } from './clients.ts';
import type { HttpLimits } from './http.ts';
import { contradiction, readRegions, regionNamed } from './region-answers.ts';
import type { CredentialsOf } from './sessions.ts';

/** The most that ListRegions gives: one page for all regions that there are. */
const PAGE_SIZE = 50;

/** Whatever else a state may be called one day, these alone say that nothing can be counted there. */
const OFF = new Set<unknown>(['DISABLED', 'DISABLING']);

/** Of the account whose credentials the client has: `account:ListRegions` takes no other from a member of nothing. */
export function makeReadOptInStates(client: AccountClient): ReadOptInStates {
  return (signal) =>
    readRegions(
      signal,
      async (token) => {
        const command = new ListRegionsCommand({ MaxResults: PAGE_SIZE, NextToken: token });
        const send = () => client.send(command, { abortSignal: signal });
        const { Regions: entries, NextToken: nextToken } = await sendAndRead(client, command, send);
        return { entries, nextToken };
      },
      switchedOff,
    );
}

function switchedOff(entries: readonly { RegionName?: unknown; RegionOptStatus?: unknown }[]): string[] {
  const isOff = new Map<string, boolean>();
  for (const { RegionName, RegionOptStatus } of entries) {
    const region = regionNamed(RegionName);
    const says = OFF.has(RegionOptStatus);
    if ((isOff.get(region) ?? says) !== says) throw contradiction();
    isOff.set(region, says);
  }
  return [...isOff].flatMap(([region, off]) => (off ? [region] : []));
}

/** The same of any account whose sessions can be had; absent: of one's own. */
export function makeReadOptInStatesOf(
  limits: HttpLimits,
  credentialsOf?: CredentialsOf,
): (accountId?: string) => ReadOptInStates {
  const clientOf = makeAccountClients(limits, SOURCE_ATTEMPTS, credentialsOf);
  return (accountId) => makeReadOptInStates(clientOf(accountId));
}
