import { organizationRunOf } from '../../../../src/answers/organization/run.ts';
import { makeChronicle } from '../../../../src/cli/chronicle.ts';
import {
  organizationEvents,
  organizationOver,
  organizationWaiting,
} from '../../../../src/cli/render/organization/watch.ts';
import { MEMBER, type OrganizationPast, organizationStory } from '../../../fixtures/organization.ts';

const past = organizationStory({ isOneUnderWay: true });
const open = past.at(-1) as OrganizationPast;
const newest = past.at(-2) as OrganizationPast;
const at = (seconds: number) => Date.parse(open.run.runId) + seconds * 1000;
const teller = {
  eventsOf: organizationEvents,
  waitingLine: (answer: Parameters<typeof organizationWaiting>[0]) => organizationWaiting(answer, 1),
  roundOf: ({ run }: { run: { round: number } }) => run.round,
};
const look = (one: OrganizationPast, nowMs: number) => organizationRunOf(one, nowMs);

test('each account is told once, when it was heard of, and again if it says something else', () => {
  const chronicle = makeChronicle(teller, { isRoundTold: false });
  expect(chronicle.linesOf(look(open, at(60)), at(60))).toEqual([
    '07:58:00  run 2026-11-20T07:58:00Z of the organisation is open: 8 accounts',
    '07:58:12  Doorbells (444455556666) failed: no-access',
    '07:58:40  Factories (333344445555) partial: 4,253 streams; 1 of 3 regions missing',
    '07:58:40  Stores Europe (111122223333) counted: 18,073 streams in 4 regions',
    '07:58:40  Platform (123456789012) counted: 3 streams in 3 regions',
  ]);
  const again = open.records.map((record) => ({ ...record, recordedAt: new Date(at(90)).toISOString() }));
  expect(chronicle.linesOf(look({ ...open, records: again }, at(63)), at(63))).toEqual([]);
  const grown = again.map((record) =>
    record.accountId === MEMBER.factories && record.status === 'settled'
      ? { ...record, verdict: 'complete' as const, counted: 3, tally: { streams: 5_103 } }
      : record,
  );
  expect(chronicle.linesOf(look({ ...open, records: grown }, at(92)), at(92))).toEqual([
    '07:59:30  Factories (333344445555) counted: 5,103 streams in 3 regions',
  ]);
});

test('what is waited for is accounts, and until when', () => {
  expect(organizationWaiting(look(open, at(60)), 1)).toBe(
    'waiting for 4 accounts of 8 (22,329 streams so far); the run settles by 09:38:01, within 100 min',
  );
  expect(organizationWaiting(look({ ...open, run: { ...open.run, pending: [] } }, at(60)), 1)).toBe(
    'every account has answered; waiting for the total',
  );
  expect(organizationWaiting(look(open, Date.parse(open.run.deadlineAt)), 40)).toContain('waiting for the sweep');
  expect(organizationWaiting(undefined, 1)).toContain('waiting for the dispatcher');
});

test('a run that had settled is over', () => {
  expect(organizationOver(look(newest, at(0)))).toContain('of the organisation is over. It settled at');
});

test('a round that was asked for is told before what came of it', () => {
  const round = { ...newest.run, round: 1 };
  const records = newest.records.map((record) =>
    record.accountId === MEMBER.factories ? { ...record, round: 1, recordedAt: '2026-11-20T07:10:00.000Z' } : record,
  );
  const lines = organizationEvents(look({ ...newest, run: round, records }, at(0))).map(({ line }) => line);
  expect(lines.indexOf('asked again (round 1)')).toBe(lines.findIndex((line) => line.startsWith('Factories')) - 1);
});
