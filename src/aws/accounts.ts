/** Which accounts the organisation has, as AWS Organizations tells it: all of them, or those below some of its units. */
import {
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  type OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { parseAccountId } from '../census/census-id.ts';
import type { ListedAccount } from '../census/organization/accounts.ts';
import type { ReadAccounts } from '../census/organization/ports.ts';
import { sendAndRead } from './as-it-came.ts';
import { endedBy } from './ended-by.ts';
import { type AskPage, everyEntry, failureOfList, Untrue } from './every-entry.ts';

/** The most that these operations give (docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html). */
const PAGE_SIZE = 20;

/** Twice what a run is made for, in pages of which half may be empty. */
const MOST = { pages: 1000, entries: 10_000 };

/** AWS lets an organisation have 2,000 (docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html). */
const MOST_UNITS = 2000;

/**
 * One request at a time: AWS throttles these for the whole organisation, whoever asks.
 * @param client of the management account, or of a delegated administrator's: AWS answers no other
 * @param units only the accounts in these, roots or organisational units, and in every unit below them; none: all
 */
export function makeReadAccounts(client: OrganizationsClient, { units }: { units: readonly string[] }): ReadAccounts {
  return async (signal) => {
    const list = lister(client, signal);
    const entries = () => (units.length === 0 ? list.accounts() : accountsBelow(list, units));
    try {
      const accounts = accountsOf(await endedBy(signal, entries));
      if (accounts.length === 0) throw new Untrue('empty', 'The list of accounts is empty.');
      return { accounts };
    } catch (cause) {
      return { because: signal.aborted ? 'timed-out' : failureOfList(cause), cause };
    }
  };
}

type List = ReturnType<typeof lister>;

/** Whole lists: of all accounts, and of what lies directly in a root or unit. */
function lister(client: OrganizationsClient, abortSignal: AbortSignal) {
  const every = (ask: (page: { MaxResults: number; NextToken?: string }) => ReturnType<AskPage>) =>
    everyEntry((token) => ask({ MaxResults: PAGE_SIZE, ...(token !== undefined && { NextToken: token }) }), MOST);
  return {
    accounts: () =>
      every(async (page) => {
        const command = new ListAccountsCommand(page);
        const answer = await sendAndRead(client, command, () => client.send(command, { abortSignal }));
        return { entries: answer.Accounts, nextToken: answer.NextToken };
      }),
    accountsIn: (ParentId: string) =>
      every(async (page) => {
        const command = new ListAccountsForParentCommand({ ...page, ParentId });
        const answer = await sendAndRead(client, command, () => client.send(command, { abortSignal }));
        return { entries: answer.Accounts, nextToken: answer.NextToken };
      }),
    unitsIn: (ParentId: string) =>
      every(async (page) => {
        const command = new ListOrganizationalUnitsForParentCommand({ ...page, ParentId });
        const answer = await sendAndRead(client, command, () => client.send(command, { abortSignal }));
        return { entries: answer.OrganizationalUnits, nextToken: answer.NextToken };
      }),
  };
}

/** A unit that lies below another one that was named is looked at once. */
async function accountsBelow(list: List, units: readonly string[]): Promise<object[]> {
  const found: object[] = [];
  const reached = new Set(units);
  // What is added while this goes on is looked at, too.
  for (const unit of reached) {
    found.push(...(await list.accountsIn(unit)));
    for (const below of await list.unitsIn(unit)) reached.add(unitNamed(below));
    if (found.length > MOST.entries || reached.size > MOST_UNITS)
      throw new Untrue(
        'bad-answer',
        'The units have more accounts, or more units below them, than an organisation may have.',
      );
  }
  return found;
}

/** docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html */
const UNIT = /^ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}$/;

function unitNamed({ Id }: { Id?: unknown }): string {
  if (typeof Id === 'string' && UNIT.test(Id)) return Id;
  throw new Untrue('bad-answer', 'The list names what is no organisational unit.');
}

/** Each once. Of one that is listed twice, with two states, it is not known which holds: it is to be asked. */
function accountsOf(entries: readonly object[]): ListedAccount[] {
  const found = new Map<string, ListedAccount>();
  for (const entry of entries) {
    const account = accountOf(entry);
    const { state, ...known } = found.get(account.accountId) ?? account;
    found.set(account.accountId, { ...known, ...(state && state === account.state && { state }) });
  }
  return [...found.values()];
}

function accountOf(entry: { Id?: unknown; Name?: unknown; State?: unknown; Status?: unknown }): ListedAccount {
  const state = stateOf(entry);
  const name = typeof entry.Name === 'string' ? nameOf(entry.Name) : '';
  return { accountId: accountNamed(entry.Id), ...(name !== '' && { name }), ...(state && { state }) };
}

/** UTF-16 code units: what AWS allows (API_Account.html). A longer one would weigh on every plan. */
const LONGEST_NAME = 50;

/**
 * What ends a line or moves a cursor, and halves of a character. SNS takes no such text, and with it none of the total that names the
 * account. Those that turn the direction of what follows go, too.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Cut first: the cut may leave half of a character. */
function nameOf(name: string): string {
  return name.slice(0, LONGEST_NAME).replace(UNPRINTABLE, '').trim();
}

function accountNamed(value: unknown): string {
  try {
    return parseAccountId(value);
  } catch {
    throw new Untrue('bad-answer', 'The list names what is no account.');
  }
}

/** Whatever else a state may be called one day, these alone say that nothing can be asked there. */
const SET_ASIDE: ReadonlyMap<unknown, ListedAccount['state']> = new Map([
  ['SUSPENDED', 'suspended'],
  ['CLOSED', 'closed'],
] as const);

/** `Status` said until September 2026 what `State` says now (API_Account.html). Where both do, and one of them lets it be asked, it is. */
function stateOf({ State, Status }: { State?: unknown; Status?: unknown }): ListedAccount['state'] {
  const said = [State, Status].filter((word) => word !== undefined && word !== null);
  return said.every((word) => SET_ASIDE.has(word)) ? SET_ASIDE.get(said[0]) : undefined;
}
