/** What is asked of the accounts of an organisation, once for all kinds that are counted. */
import { once, onceFor } from '../../census/once.ts';
import type { Access, AskAccess, ReadAccounts } from '../../census/organization/ports.ts';
import type { Clock, ReadLiveRegionsOf, ReadOptInStates } from '../../census/ports.ts';
import { within } from '../../census/within.ts';
import type { DispatcherConfig } from '../../config.ts';

export type MembersDeps = {
  readAccounts: ReadAccounts;
  askAccess: AskAccess;
  readLiveRegions: ReadLiveRegionsOf;
  /** Of the stack's own account. */
  readOptInStates: ReadOptInStates;
  readOptInStatesOf: (accountId: string) => ReadOptInStates;
  clock: Clock;
  config: Pick<DispatcherConfig, 'accountsTimeoutMs' | 'regionSourcesTimeoutMs'>;
};

export type Members = ReturnType<typeof askMembers>;

/** Where the stack is: its account, which is counted with the stack's own credentials, so that nobody need be asked; its region. */
type Home = { own: string; home: string };

export function askMembers(deps: MembersDeps, { own, home }: Home) {
  const { clock, config } = deps;
  const access = () =>
    onceFor(async (accountId): Promise<Access> => {
      if (accountId === own) return 'granted';
      return await within(clock, config.regionSourcesTimeoutMs, (signal) => deps.askAccess(accountId, signal), {
        because: 'timed-out',
      } as const);
    });
  const liveRegions = new Map<string, ReadLiveRegionsOf>();
  return {
    own,
    home,
    listAccounts: once(() =>
      within(clock, config.accountsTimeoutMs, deps.readAccounts, { because: 'timed-out' } as const),
    ),
    /** The first time, and once more for those that refused. */
    accessAtFirst: access(),
    accessAtLast: access(),
    optInStatesOf: onceFor((accountId) =>
      once(accountId === own ? deps.readOptInStates : deps.readOptInStatesOf(accountId)),
    ),
    readLiveRegions: ((signal, service) => {
      const read = liveRegions.get(service) ?? once(deps.readLiveRegions);
      liveRegions.set(service, read);
      return read(signal, service);
    }) satisfies ReadLiveRegionsOf,
  };
}
