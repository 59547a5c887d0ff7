/** What one region of an account is counted with, whosever it is. */
import type { Kind } from '../census/kinds.ts';
import type { AskQuota, ListPage } from '../census/ports.ts';
import { makeAccountClients, makeServiceQuotasClients } from './clients.ts';
import type { HttpLimits } from './http.ts';
import { makeListers } from './kinds.ts';
import { makeListPage } from './list-page.ts';
import { makeReadOptIn } from './regions.ts';
import { makeAskQuota } from './service-quotas.ts';
import type { CredentialsOf } from './sessions.ts';

export type CountingClients = { listPageOf: (kind: Kind, region: string) => ListPage; askQuota: AskQuota };

/** Gives those of an account; absent: of one's own, with one's own credentials. */
export function makeCountingClients(
  limits: HttpLimits,
  credentialsOf?: CredentialsOf,
): (accountId?: string) => CountingClients {
  const listerOf = makeListers(limits, credentialsOf);
  const quotasOf = makeServiceQuotasClients(limits, credentialsOf);
  const accountOf = makeAccountClients(limits, undefined, credentialsOf);
  return (accountId) => ({
    listPageOf: (kind, region) =>
      makeListPage(
        listerOf(kind, region, accountId),
        region,
        limits.requestTimeoutMs,
        (...question) => makeReadOptIn(accountOf(accountId))(...question),
        accountId,
      ),
    askQuota: makeAskQuota((region) => quotasOf(region, accountId)),
  });
}
