/** Which accounts a run of the organisation must hear from, whatever is known and whoever answers. */
import fc from 'fast-check';
import { GaveUpError } from '../../../src/census/errors.ts';
import {
  type AccountsAnswer,
  type AccountsSituation,
  countsToLookUp,
  isOfSameAccounts,
  knownAccounts,
  type ListedAccount,
  planOrganization,
} from '../../../src/census/organization/accounts.ts';
import { type OrganizationAccount, plannedAccounts, SET_ASIDE } from '../../../src/census/organization/run.ts';
import type { LastKnown } from '../../../src/census/run.ts';
import { OPENED_MS } from '../examples.ts';
import { accountIdOf } from './examples.ts';

const OWN = accountIdOf(0);
const [ANNE, BERT, CARL] = [accountIdOf(1), accountIdOf(2), accountIdOf(3)] as const;
const ASKED = { from: 'asked', askedAt: new Date(OPENED_MS).toISOString() };
const held = (streams: number): LastKnown => ({
  runId: '2026-11-19T06:00:00Z',
  streams,
  countedAt: '2026-11-19T06:00:09.000Z',
});

const EVERYBODY: AccountsSituation = {
  settings: { accounts: 'organization', includeOrganizationalUnits: [], excludeAccounts: [] },
  own: OWN,
  nowMs: OPENED_MS,
};
const ids = (accounts: readonly OrganizationAccount[]) => accounts.map(({ accountId }) => accountId);
const listed = (...accounts: (string | ListedAccount)[]): AccountsAnswer => ({
  accounts: [OWN, ...accounts].map((each) => (typeof each === 'string' ? { accountId: each } : each)),
});

function plan(
  situation: AccountsSituation,
  answer: AccountsAnswer | undefined,
  counts: Readonly<Record<string, LastKnown | null>> = {},
) {
  return planOrganization(situation, knownAccounts(situation, answer), new Map(Object.entries(counts)));
}

describe('Accounts that a person names', () => {
  const situation = { ...EVERYBODY, settings: { ...EVERYBODY.settings, accounts: [BERT, ANNE, BERT] } };

  test('are all that there are, each once, in the order of their ids, and nobody is asked', () => {
    expect(plan(situation, undefined)).toEqual({
      accounts: [{ accountId: ANNE }, { accountId: BERT }],
      sources: { accounts: { from: 'parameter' } },
    });
  });

  test('are without those that are excluded, and the run says which', () => {
    const settings = { ...situation.settings, excludeAccounts: [BERT, CARL] };
    expect(plan({ ...situation, settings }, undefined)).toMatchObject({
      accounts: [{ accountId: ANNE }],
      excluded: [BERT, CARL],
    });
  });
});

describe('The accounts of the organisation', () => {
  test('are planned as they are listed, with their names', () => {
    expect(plan(EVERYBODY, listed({ accountId: BERT, name: 'Bert' }, ANNE))).toEqual({
      accounts: [{ accountId: OWN }, { accountId: ANNE }, { accountId: BERT, name: 'Bert' }],
      sources: { accounts: ASKED },
    });
  });

  test.each(['denied', 'timed-out'] as const)(
    'are those of the last run where the listing is %s, and the run says so',
    (because) => {
      const before = { accounts: [{ accountId: OWN }, { accountId: ANNE, name: 'Anne' }] };
      expect(plan({ ...EVERYBODY, before }, { because })).toEqual({
        accounts: before.accounts,
        sources: { accounts: { from: 'cache', because } },
      });
    },
  );

  test('are, where the listing fails, those that were excluded then, too, and are not now', () => {
    const before = { accounts: [{ accountId: OWN }], excluded: [ANNE, BERT] };
    const settings = { ...EVERYBODY.settings, excludeAccounts: [BERT] };
    expect(ids(plan({ ...EVERYBODY, settings, before }, { because: 'denied' }).accounts)).toEqual([OWN, ANNE]);
  });

  test('are unknown where the listing fails and no run names them: nothing is opened, in a sentence', () => {
    expect(() => knownAccounts(EVERYBODY, { because: 'denied' })).toThrow(GaveUpError);
    expect(() => knownAccounts(EVERYBODY, { because: 'denied' })).toThrow(
      'The accounts of the organisation could not be listed (denied), and no earlier run names them.',
    );
  });

  test.each([
    ['is empty', { accounts: [] }, 'empty'],
    ['leaves out the account of the stack', { accounts: [{ accountId: ANNE }] }, 'bad-answer'],
    [
      'says that the account of the stack is closed',
      { accounts: [{ accountId: OWN, state: 'closed' as const }, { accountId: ANNE }] },
      'bad-answer',
    ],
  ])('are not those of a list that %s', (_what, answer, because) => {
    const before = { accounts: [{ accountId: OWN }, { accountId: BERT }] };
    expect(plan({ ...EVERYBODY, before }, answer)).toMatchObject({
      accounts: [{ accountId: OWN }, { accountId: BERT }],
      sources: { accounts: { from: 'cache', because } },
    });
  });

  test('of some units need not have the account of the stack among them', () => {
    const settings = { ...EVERYBODY.settings, includeOrganizationalUnits: ['ou-ab12-11111111'] };
    expect(ids(plan({ ...EVERYBODY, settings }, { accounts: [{ accountId: ANNE }] }).accounts)).toEqual([ANNE]);
  });
});

describe('An earlier run', () => {
  const UNITS = ['ou-ab12-11111111', 'ou-ab12-22222222'];
  const ofUnits = (...includeOrganizationalUnits: string[]) => ({ ...EVERYBODY.settings, includeOrganizationalUnits });
  const cached = { accounts: { from: 'cache', because: 'denied' } } as const;

  test.each([
    ['all of the organisation', EVERYBODY.settings, { sources: cached }, true],
    [
      'the same units, named in another order, or twice',
      ofUnits(UNITS[1]!, ...UNITS),
      { sources: cached, units: UNITS },
      true,
    ],
    ['fewer units than all', EVERYBODY.settings, { sources: cached, units: UNITS }, false],
    ['more units', ofUnits(UNITS[0]!), { sources: cached }, false],
    ['other units', ofUnits(UNITS[0]!), { sources: cached, units: [UNITS[1]!] }, false],
    [
      'accounts that a person named',
      EVERYBODY.settings,
      { sources: { accounts: { from: 'parameter' } } } as const,
      false,
    ],
    [
      'anybody, where a person names accounts now',
      { ...EVERYBODY.settings, accounts: [ANNE] },
      { sources: cached },
      false,
    ],
  ])('of %s is one of the same accounts: %#', (_what, settings, run, isSame) => {
    expect(isOfSameAccounts(settings, run)).toBe(isSame);
  });

  test('is told by what a plan says of itself', () => {
    const settings = ofUnits(UNITS[1]!, UNITS[0]!, UNITS[1]!);
    const made = plan({ ...EVERYBODY, settings }, listed(ANNE));
    expect(made.units).toEqual(UNITS);
    expect(isOfSameAccounts(settings, made)).toBe(true);
    const named = { ...settings, accounts: [ANNE] };
    expect(plan({ ...EVERYBODY, settings: named }, undefined)).not.toHaveProperty('units');
  });
});

describe('An account that is suspended', () => {
  const suspended = listed({ accountId: ANNE, state: 'suspended' });

  test('has its last count looked up', () => {
    expect(countsToLookUp(EVERYBODY, knownAccounts(EVERYBODY, suspended))).toEqual([ANNE]);
  });

  test('is planned, and missing, if something was counted there', () => {
    const { accounts } = plan(EVERYBODY, suspended, { [ANNE]: held(5) });
    expect(accounts).toContainEqual({ accountId: ANNE, setAside: 'suspended', lastKnown: held(5) });
    expect(ids(plannedAccounts({ accounts }))).toEqual([OWN, ANNE]);
  });

  test.each([null, held(0)])('is only named if nothing was (%j)', (count) => {
    const { accounts } = plan(EVERYBODY, suspended, { [ANNE]: count });
    expect(accounts).toContainEqual({ accountId: ANNE, setAside: 'suspended' });
    expect(ids(plannedAccounts({ accounts }))).toEqual([OWN]);
  });

  test('is asked like any other if its last count cannot be known', () => {
    const { accounts } = plan(EVERYBODY, suspended);
    expect(accounts).toContainEqual({ accountId: ANNE });
  });

  test('is remembered with what it held for as long as it is suspended, though the runs expire that counted it', () => {
    const before = { accounts: [{ accountId: ANNE, setAside: 'suspended' as const, lastKnown: held(5) }] };
    const { accounts } = plan({ ...EVERYBODY, before }, suspended, { [ANNE]: null });
    expect(accounts).toContainEqual({ accountId: ANNE, setAside: 'suspended', lastKnown: held(5) });
  });
});

describe('An account that has left', () => {
  const before = { accounts: [{ accountId: OWN }, { accountId: ANNE, name: 'Anne' }] };

  test('is missing, by the name that it had, for as long as something was counted there', () => {
    const { accounts } = plan({ ...EVERYBODY, before }, listed(), { [ANNE]: held(5) });
    expect(accounts).toContainEqual({ accountId: ANNE, name: 'Anne', setAside: 'left', lastKnown: held(5) });
    const next = plan({ ...EVERYBODY, before: { accounts } }, listed(), { [ANNE]: held(5) });
    expect(ids(plannedAccounts(next))).toContain(ANNE);
  });

  test('is named once if nothing was, and then no more', () => {
    const { accounts } = plan({ ...EVERYBODY, before }, listed(), { [ANNE]: null });
    expect(accounts).toContainEqual({ accountId: ANNE, name: 'Anne', setAside: 'left' });
    expect(ids(plan({ ...EVERYBODY, before: { accounts } }, listed(), { [ANNE]: null }).accounts)).toEqual([OWN]);
  });

  test('and comes back is asked again', () => {
    const left = { accounts: [{ accountId: ANNE, setAside: 'left' as const, lastKnown: held(5) }] };
    expect(plan({ ...EVERYBODY, before: left }, listed(ANNE)).accounts).toContainEqual({ accountId: ANNE });
  });
});

test('Whatever is answered and was known: who is listed is planned, named or excluded, and nobody who held something is dropped', () => {
  const id = fc.integer({ min: 1, max: 6 }).map(accountIdOf);
  const state = fc.option(fc.constantFrom('suspended' as const, 'closed' as const), { nil: undefined });
  const found = fc.uniqueArray(fc.record({ accountId: id, state }), { selector: ({ accountId }) => accountId });
  const earlier = fc.uniqueArray(
    fc.record({
      accountId: id,
      setAside: fc.option(fc.constantFrom(...SET_ASIDE), { nil: undefined }),
      streams: fc.nat(2),
    }),
    { selector: ({ accountId }) => accountId },
  );
  const counts = fc.dictionary(id, fc.option(fc.nat(2), { nil: null }));
  fc.assert(
    fc.property(found, earlier, counts, fc.uniqueArray(id), (accounts, old, looked, excludeAccounts) => {
      const before = {
        accounts: old.map(({ accountId, setAside, streams }) => ({
          accountId,
          ...(setAside && { setAside, lastKnown: held(streams) }),
        })),
      };
      const answer = listed(...accounts.map(({ accountId, state: is }) => ({ accountId, ...(is && { state: is }) })));
      const situation = { ...EVERYBODY, before, settings: { ...EVERYBODY.settings, excludeAccounts } };
      const lookedUp = Object.fromEntries(
        Object.entries(looked).map(([each, streams]) => [each, streams === null ? null : held(streams)]),
      );
      const made = plan(situation, answer, lookedUp);
      const named = new Set(ids(made.accounts));
      const planned = new Set(ids(plannedAccounts(made)));
      for (const { accountId, state: is } of accounts) {
        const isOut = excludeAccounts.includes(accountId);
        expect(named.has(accountId)).toBe(!isOut);
        if (is === undefined && !isOut) expect(planned.has(accountId)).toBe(true);
      }
      for (const accountId of [...ids(before.accounts), ...accounts.map((each) => each.accountId)])
        if ((lookedUp[accountId]?.streams ?? 0) > 0 && !excludeAccounts.includes(accountId))
          expect(planned.has(accountId)).toBe(true);
      expect(ids(made.accounts)).toEqual([...named].sort());
    }),
  );
});
