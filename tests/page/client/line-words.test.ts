/** What the history says of a run of the organisation, however many accounts it has. */
import { gapWords, isOfAccounts } from '../../../src/page/client/line-words.ts';
import type { OrganizationLine, PageLine } from '../../../src/page/client/model.ts';

const LINE: OrganizationLine = {
  runId: '2026-11-20T06:00:00Z',
  verdict: 'partial',
  streams: 48_395,
  expected: 1_200,
  counted: 1_188,
  regions: { expected: 20_000, counted: 19_990 },
  accountReasons: { suspended: 1, 'no-access': 2 },
  regionReasons: { denied: 9, 'timed-out': 1 },
  waiting: 0,
  worst: ['Doorbells (no-access)', 'Lab (suspended)', 'Stores (1 of 4 regions)'],
  misses: null,
  planned: 'some',
};

test('names the worst, says how many more there are, and how much is missing for each reason, most first', () => {
  expect(gapWords(LINE)).toBe(
    'Doorbells (no-access), Lab (suspended), Stores (1 of 4 regions), 9 more; 2 accounts no-access; 1 account suspended; 9 regions denied; 1 region timed-out',
  );
});

test('of a run that misses nothing there is nothing to say, nor of one without a total', () => {
  const nothing = { accountReasons: {}, regionReasons: {}, worst: [] };
  expect(gapWords({ ...LINE, ...nothing, verdict: 'complete', counted: 1_200 })).toBe('');
  expect(gapWords({ ...LINE, ...nothing, verdict: null, streams: null, counted: null })).toBe('');
});

test('of an account’s run every missing region is named', () => {
  const { worst: _, ...rest } = LINE;
  const gap = { lastKnown: null, since: null, runs: null, lost: null };
  const missing: PageLine['missing'] = [
    { region: 'eu-west-1', reason: 'denied', ...gap },
    { region: 'us-east-1', reason: 'throttled', ...gap },
  ];
  const line: PageLine = { ...rest, missing, waitingFor: [], plan: [] };
  expect(isOfAccounts(line)).toBe(false);
  expect(gapWords(line)).toBe('eu-west-1 (denied), us-east-1 (throttled)');
});
