/**
 * Which accounts a run of the organisation must hear from. Pure, as plan.ts is for regions: in doubt an account is asked.
 *
 *     questions ─▶ (ask) ─▶ knownAccounts ─▶ countsToLookUp ─▶ (look up) ─▶ planOrganization
 */
import { isDeepStrictEqual } from 'node:util';
import { ORGANIZATION } from '../census-id.ts';
import { GaveUpError } from '../errors.ts';
import type { LastKnown, Source, SourceFailure } from '../run.ts';
import type { OrganizationAccount, OrganizationPlan, OrganizationRun } from './run.ts';

/** What a person set. */
export type AccountSettings = {
  /** Which accounts are counted: only the stack's own, these, or all of the organisation. */
  accounts: 'self' | 'organization' | readonly string[];
  /** Of the organisation only the accounts in these units, and below them. None: all. */
  includeOrganizationalUnits: readonly string[];
  excludeAccounts: readonly string[];
};

/** An account as AWS Organizations lists it. `state` only where it says that nothing can be asked there. */
export type ListedAccount = { accountId: string; name?: string; state?: 'suspended' | 'closed' };

/** The accounts of the organisation, or why they are not known. */
export type AccountsAnswer = { accounts: readonly ListedAccount[] } | { because: SourceFailure; cause?: unknown };

export type AccountsSituation = {
  settings: AccountSettings;
  /** The stack's own account. */
  own: string;
  /** The newest run before that was asked of the same accounts (`isOfSameAccounts`). */
  before?: Pick<OrganizationRun, 'accounts' | 'excluded'>;
  /** Milliseconds since 1970. */
  nowMs: number;
};

/**
 * Whether an earlier run says anything of which accounts a run must hear from that opens now. One of accounts that a person named, or
 * of other units, does not know the others; and who is not among those that are listed now need not have left since.
 */
export function isOfSameAccounts(
  { accounts, includeOrganizationalUnits }: AccountSettings,
  { sources, units = [] }: Pick<OrganizationRun, 'sources' | 'units'>,
): boolean {
  if (accounts !== ORGANIZATION || sources.accounts.from === 'parameter') return false;
  return isDeepStrictEqual(units, unitsOf({ includeOrganizationalUnits }));
}

function unitsOf({ includeOrganizationalUnits }: Pick<AccountSettings, 'includeOrganizationalUnits'>): string[] {
  return [...new Set(includeOrganizationalUnits)].sort();
}

type KnownAccounts = { accounts: OrganizationAccount[]; source: Source };

/**
 * The accounts, before anything is known of what was counted there.
 * @param answer nothing: was not asked
 * @throws GaveUpError where they cannot be listed, and no earlier run names them
 */
export function knownAccounts(situation: AccountsSituation, answer: AccountsAnswer | undefined): KnownAccounts {
  const { settings, before, nowMs } = situation;
  if (typeof settings.accounts !== 'string') {
    return { accounts: inOrder(settings.accounts.map((accountId) => ({ accountId }))), source: { from: 'parameter' } };
  }
  const checked = checkedAnswer(answer ?? { because: 'bad-answer' }, situation);
  if ('because' in checked) {
    const { because, cause } = checked;
    if (before !== undefined) return { accounts: rememberedIn(before), source: { from: 'cache', because } };
    throw new GaveUpError(
      `The accounts of the organisation could not be listed (${because}), and no earlier run names them. Let the stack's account list them (docs/organisation.md), or name them in the parameter accounts.`,
      { cause },
    );
  }
  const accounts = checked.accounts.map(({ state, ...account }) => ({ ...account, ...(state && { setAside: state }) }));
  const listed = new Set(accounts.map(({ accountId }) => accountId));
  const left = (before?.accounts ?? [])
    .filter(({ accountId }) => !listed.has(accountId))
    .map((account) => ({ ...account, setAside: 'left' as const }));
  return {
    accounts: inOrder([...accounts, ...left]),
    source: { from: 'asked', askedAt: new Date(nowMs).toISOString() },
  };
}

/** The stack's own account is one of the organisation's. Who leaves it out may leave out others, too. */
function checkedAnswer(answer: AccountsAnswer, { settings, own }: AccountsSituation): AccountsAnswer {
  if ('because' in answer) return answer;
  if (answer.accounts.length === 0) return { because: 'empty' };
  const namesOwn = answer.accounts.some(({ accountId, state }) => accountId === own && state === undefined);
  return settings.includeOrganizationalUnits.length > 0 || namesOwn ? answer : { because: 'bad-answer' };
}

/** Those that were excluded then need not be now. */
function rememberedIn({
  accounts,
  excluded = [],
}: Pick<OrganizationRun, 'accounts' | 'excluded'>): OrganizationAccount[] {
  return inOrder([...excluded.map((accountId) => ({ accountId })), ...accounts]);
}

function inOrder(accounts: readonly OrganizationAccount[]): OrganizationAccount[] {
  const byId = new Map(accounts.map((account) => [account.accountId, account]));
  return [...byId.values()].sort((one, other) => (one.accountId < other.accountId ? -1 : 1));
}

/** The accounts of which the last count has to be looked up: those that are set aside. */
export function countsToLookUp(situation: AccountsSituation, { accounts }: KnownAccounts): string[] {
  return notExcluded(situation, accounts).flatMap(({ accountId, setAside }) => (setAside ? [accountId] : []));
}

/**
 * The plan. An account that is set aside, and whose last count cannot be known, is asked like any other. One that has left, and
 * in which nothing was counted, is named once.
 * @param lookedUp the last counts that were looked up for this run; `null`: there never was one
 */
export function planOrganization(
  situation: AccountsSituation,
  { accounts, source }: KnownAccounts,
  lookedUp: ReadonlyMap<string, LastKnown | null>,
): OrganizationPlan {
  const named = new Map(situation.before?.accounts.map((account) => [account.accountId, account]));
  const planned = notExcluded(situation, accounts).flatMap((account): OrganizationAccount[] => {
    const { setAside, lastKnown: _, ...asked } = account;
    if (setAside === undefined) return [asked];
    const earlier = named.get(account.accountId);
    const found = lookedUp.get(account.accountId);
    if (found === undefined && earlier?.setAside === undefined) return [asked];
    // Runs expire. What was remembered of an account that is set aside has no end.
    const lastKnown = found ?? earlier?.lastKnown;
    if (lastKnown !== undefined && lastKnown.streams > 0) return [{ ...asked, setAside, lastKnown }];
    return setAside === 'left' && earlier?.setAside === 'left' ? [] : [{ ...asked, setAside }];
  });
  const excluded = [...new Set(situation.settings.excludeAccounts)].sort();
  const units = source.from === 'parameter' ? [] : unitsOf(situation.settings);
  return {
    accounts: planned,
    ...(excluded.length > 0 && { excluded }),
    ...(units.length > 0 && { units }),
    sources: { accounts: source },
  };
}

function notExcluded({ settings }: AccountsSituation, accounts: readonly OrganizationAccount[]): OrganizationAccount[] {
  return accounts.filter(({ accountId }) => !settings.excludeAccounts.includes(accountId));
}
