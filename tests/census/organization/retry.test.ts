/** What asking again for what an organisation's run misses takes. */
import { InvalidInputError } from '../../../src/census/errors.ts';
import type { AccountRecord } from '../../../src/census/organization/account-record.ts';
import {
  type OrganizationRetryWish,
  parseRetry,
  planAccountRetry,
  planOrganizationRetry,
} from '../../../src/census/organization/retry.ts';
import { aRun, aStoredTotal, counted, DEADLINE_MS, failed, OPENED_MS } from '../examples.ts';
import {
  accountIdOf,
  accountsOf,
  anOrganizationRun,
  aStoredOrganizationTotal,
  failedAccount,
  settledAccount,
} from './examples.ts';

const [ANNE, BERT, CARL] = [accountIdOf(0), accountIdOf(1), accountIdOf(2)] as const;
const SETTLED = anOrganizationRun(accountsOf(3), {
  pending: [],
  total: aStoredOrganizationTotal({ verdict: 'partial' }),
});
const RECORDS = [
  settledAccount(ANNE, 5),
  settledAccount(BERT, 5, { verdict: 'partial', counted: 18 }),
  failedAccount(CARL),
];

describe('The next round of the run of an organisation', () => {
  const plan = (
    wish: OrganizationRetryWish,
    run = SETTLED,
    records: readonly AccountRecord[] = RECORDS,
    nowMs = OPENED_MS,
  ) => planOrganizationRetry(run, records, wish, nowMs);

  test('is for every account that is not complete', () => {
    expect(plan({ round: 1 })).toEqual({ step: 'open', accounts: [BERT, CARL] });
  });

  test('is for those of them that are named, each once', () => {
    const wish = { round: 1, accounts: [CARL, CARL] };
    expect(plan(wish)).toEqual({ step: 'open', accounts: [CARL] });
  });

  test('is gone on with if it is open already, for whomever it was opened', () => {
    const wish = { round: 1, accounts: [CARL] };
    expect(plan(wish, { ...SETTLED, round: 1 })).toEqual({ step: 'resume' });
  });

  test.each([
    ['of another round', { round: 3 }, SETTLED, 'is in round 0; expected 2, to open round 3, or 3, to go on with it.'],
    [
      'of an account that is complete',
      { round: 1, accounts: [ANNE] },
      SETTLED,
      `has counted the account ${ANNE} already; missing: 100000000002, 100000000001.`,
    ],
    [
      'of no account of it',
      { round: 1, accounts: ['999999999999'] },
      SETTLED,
      'was not to count the account 999999999999; missing: 100000000002, 100000000001.',
    ],
    [
      'of a run that is under way',
      { round: 1 },
      anOrganizationRun(accountsOf(3)),
      'is still under way, until 2026-11-20T07:30:03.000Z at the latest',
    ],
  ])('is refused in a sentence: %s', (_what, wish, run, why) => {
    expect(() => plan(wish, run)).toThrow(InvalidInputError);
    expect(() => plan(wish, run)).toThrow(why);
  });

  test('has to wait for the sweep that settles a run past its deadline', () => {
    const run = anOrganizationRun(accountsOf(3));
    const nowMs = Date.parse(run.deadlineAt);
    expect(() => plan({ round: 1 }, run, RECORDS, nowMs - 1)).toThrow('is still under way');
    expect(() => plan({ round: 1 }, run, RECORDS, nowMs)).toThrow(
      `The run ${run.runId} of the organisation is past its deadline and about to be settled: retry in 5 minutes.`,
    );
  });

  test('is for nobody if nothing is missing', () => {
    const records = [ANNE, BERT, CARL].map((accountId) => settledAccount(accountId, 5));
    expect(() => plan({ round: 1 }, SETTLED, records)).toThrow('Nothing is missing from the run');
  });
});

describe('An account that is asked again', () => {
  const [IRELAND, VIRGINIA] = ['eu-west-1', 'us-east-1'] as const;
  const records = [counted(IRELAND, 5), failed(VIRGINIA)];
  const partial = aRun([IRELAND, VIRGINIA], {
    pending: [],
    dispatchedRound: 0,
    total: aStoredTotal({ verdict: 'partial' }),
  });
  const plan = (run: typeof partial, nowMs = OPENED_MS, of = records) => planAccountRetry(run, of, nowMs);

  test('has what its run misses asked in a round of its own', () => {
    expect(plan(partial)).toEqual({ step: 'open', regions: [VIRGINIA] });
  });

  test('need but be told of if it waits already, as for a person who asked for that account alone', () => {
    const again = { ...partial, round: 1, dispatchedRound: 1, pending: [VIRGINIA] };
    expect(plan(again)).toEqual({ step: 'adopt' });
    expect(plan({ ...again, dispatchedRound: 0 })).toEqual({ step: 'adopt' });
    expect(plan(again, DEADLINE_MS)).toEqual({ step: 'open', regions: [VIRGINIA] });
  });

  test('need but be told of if it misses nothing, or has yet to settle', () => {
    expect(plan(partial, OPENED_MS, [counted(IRELAND, 5), counted(VIRGINIA, 7)])).toEqual({ step: 'adopt' });
    const { total: _, ...open } = partial;
    expect(plan(open, DEADLINE_MS)).toEqual({ step: 'adopt' });
  });
});

describe('What a person sends', () => {
  test('names the kind and the round, and whom to ask', () => {
    const wish = { kind: 'channels', round: 2, accounts: [ANNE] };
    expect(parseRetry(wish)).toEqual(wish);
    expect(parseRetry({ kind: 'streams', round: 1 })).toEqual({ kind: 'streams', round: 1 });
  });

  test.each([
    [null, 'The round (none) of the retry'],
    [{ kind: 'streams', round: 0 }, 'The round 0 of the retry is not a whole number from 1 up.'],
    [{ kind: 'streams', round: '1' }, 'The round "1" of the retry'],
    [{ kind: 'cameras', round: 1 }, 'cameras'],
    [{ kind: 'streams', round: 1, accounts: 'all' }, 'The accounts of the retry are not a list'],
    [{ kind: 'streams', round: 1, accounts: ['me'] }, 'The account id "me" is not twelve digits.'],
  ])('is %j: it is refused in a sentence', (value, why) => {
    expect(() => parseRetry(value)).toThrow(InvalidInputError);
    expect(() => parseRetry(value)).toThrow(why);
  });
});
