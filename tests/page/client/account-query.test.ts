/** Which accounts are listed, and in which order. */
import {
  type AccountOrder,
  type AccountQuery,
  EVERYTHING,
  filtersOf,
  foundAccounts,
} from '../../../src/page/client/account-query.ts';
import type { PageAccount } from '../../../src/page/client/model.ts';

const ROW: PageAccount = {
  accountId: '',
  name: null,
  state: 'complete',
  streams: 0,
  change: null,
  expected: 2,
  counted: 2,
  missing: 0,
  reason: null,
  reasons: {},
  regions: [],
  setAside: null,
  lastKnown: null,
};
const NOTHING = { streams: null, expected: null, counted: null, missing: null } as const;

const ROWS: PageAccount[] = [
  { ...ROW, ...NOTHING, accountId: '900000000001', name: 'Türklingeln', state: 'failed', reason: 'no-access' },
  {
    ...ROW,
    accountId: '900000000002',
    name: 'Store 10',
    state: 'partial',
    streams: 7,
    counted: 1,
    missing: 1,
    reasons: { denied: 1 },
  },
  { ...ROW, ...NOTHING, accountId: '900000000003', state: 'waiting' },
  { ...ROW, accountId: '900000000004', name: 'Store 9', streams: 40, change: -3 },
  { ...ROW, accountId: '900000000005', name: 'Empty', streams: 0, change: 0 },
  { ...ROW, accountId: '900000000006', name: 'Store 9', streams: 900, change: 12 },
  { ...ROW, ...NOTHING, accountId: '900000000007', name: 'Old', state: 'set-aside', setAside: 'closed' },
];

const found = (query: Partial<AccountQuery>) =>
  foundAccounts(ROWS, { ...EVERYTHING, ...query }).map(({ accountId }) => Number(accountId.slice(-1)));

test('as they come, trouble is first', () => {
  expect(found({})).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test.each<[AccountOrder, number[], number[]]>([
  // Numbers in names are numbers. Who has no name is last either way.
  ['name', [5, 7, 4, 6, 2, 1, 3], [1, 2, 4, 6, 7, 5, 3]],
  ['accountId', [1, 2, 3, 4, 5, 6, 7], [7, 6, 5, 4, 3, 2, 1]],
  // What is not known is no 0.
  ['streams', [6, 4, 2, 5, 1, 3, 7], [5, 2, 4, 6, 1, 3, 7]],
  ['share', [6, 4, 2, 5, 1, 3, 7], [5, 2, 4, 6, 1, 3, 7]],
  ['state', [1, 2, 3, 4, 5, 6, 7], [7, 4, 5, 6, 3, 2, 1]],
  ['change', [6, 5, 4, 1, 2, 3, 7], [4, 5, 6, 1, 2, 3, 7]],
  // Of nothing everything is missing.
  ['missing', [1, 2, 4, 5, 6, 3, 7], [4, 5, 6, 2, 1, 3, 7]],
])('by %s, and the other way round', (order, first, reversed) => {
  expect(found({ order })).toEqual(first);
  expect(found({ order, isReversed: true })).toEqual(reversed);
});

test.each([
  ['store', [2, 4, 6]],
  ['STORE 10', [2]],
  ['9000-0000-0005', [5]],
  ['000006', [6]],
  ['turklingeln', [1]],
  ['store 0002', [2]],
  ['  ', [1, 2, 3, 4, 5, 6, 7]],
  ['nobody', []],
])('%p is found in names and ids', (words, accounts) => {
  expect(found({ words })).toEqual(accounts);
});

test('what they can be narrowed down to is only what there is, with how many each leaves', () => {
  const { states, reasons } = filtersOf(ROWS);
  for (const { only, accounts } of [...states, ...reasons]) expect(found({ only })).toHaveLength(accounts);
  expect(states.map(({ name, accounts }) => `${name} ${accounts}`)).toEqual([
    'failed 1',
    'partial 1',
    'waiting 1',
    'complete 3',
    'set-aside 1',
  ]);
  expect(reasons.map(({ name, accounts }) => `${name} ${accounts}`)).toEqual(['denied 1', 'no-access 1']);
  expect(found({ only: 'not-complete' })).toEqual([1, 2, 3]);
});

test('all of it together', () => {
  expect(found({ words: 'store', only: 'state:complete', order: 'change' })).toEqual([6, 4]);
});
