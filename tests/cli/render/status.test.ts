/** What people see. The snapshots are to be read: each is a screen. */
import type { DoctorFacts } from '../../../src/answers/health/facts.ts';
import { ledgerStatus, statusAnswer } from '../../../src/answers/health/status.ts';
import type { Run } from '../../../src/census/run.ts';
import { renderStatus } from '../../../src/cli/render/status.ts';
import { makeView } from '../../../src/cli/render/text.ts';
import {
  ALARMS_TOPIC,
  answered,
  countingChannels,
  DENIED,
  healthy,
  NOW_MS,
  of,
  shell,
  unless,
} from '../../answers/health/a-stack.ts';
import { counted, failed, settled } from '../history.ts';

const where = { accountId: '123456789012', stack: 'kvs-census-prod', region: 'eu-west-1' };
const place = { command: 'kvs-census', options: ['--stage', 'prod'] };
const KEY = { censusId: '123456789012', runId: '2026-11-20T06:00:00Z' };
const partial = settled(KEY, [counted(KEY, 'eu-west-1', 9418), failed(KEY, 'me-south-1')]);
const { total: _, announcedRev: __, ...rest } = partial;
const open: Run = {
  ...rest,
  runId: '2026-11-20T07:55:00Z',
  deadlineAt: '2026-11-20T09:25:00.000Z',
  pending: ['me-south-1'],
  sweep: 'OPEN',
};

const SCREENS: [string, DoctorFacts][] = [
  ['all is well', healthy()],
  [
    'much is not',
    unless((facts) => {
      Object.assign(of(facts.schedules.dispatch), { isEnabled: false });
      Object.assign(facts, { runs: answered([open, partial]) });
      const [noRun, noTotal] = of(facts.alarms);
      Object.assign(noRun as object, { state: 'ALARM', since: '2026-11-20T05:00:00.000Z' });
      Object.assign(noTotal as object, { state: 'INSUFFICIENT_DATA' });
      Object.assign(facts.hearers, { [ALARMS_TOPIC]: answered([]) });
      Object.assign(of(facts.queues['region-tasks']), { waiting: 3, inFlight: 2 });
      Object.assign(facts.queues, { 'unreadable-tasks': answered(null) });
      Object.assign(facts.functions, { worker: answered(null) });
    }),
  ],
  [
    'little may be asked',
    unless((facts) => {
      Object.assign(facts.schedules, { dispatch: DENIED, sweep: answered(null) });
      Object.assign(facts, { runs: DENIED, alarms: DENIED });
      Object.assign(facts.queues, { 'region-tasks': DENIED });
      Object.assign(facts.functions, { worker: DENIED });
    }),
  ],
  [
    'channels are counted, too',
    countingChannels(({ others }) => {
      const key = { censusId: '123456789012/channels', runId: KEY.runId };
      const runs = [settled(key, [counted(key, 'eu-west-1', 1), failed(key, 'me-south-1')])];
      Object.assign(others.channels ?? {}, { runs: answered(runs) });
    }),
  ],
  [
    'nothing has run',
    unless((facts) => void Object.assign(facts, { runs: answered([]), alarms: answered([]), hearers: {} })),
  ],
];

describe.each([120, 80, 50])('%i columns', (width) => {
  const view = makeView({ width, colour: false }, { place });
  const fits = (text: string) => {
    const lines = text.split('\n').filter((line) => !line.includes('kvs-census doctor'));
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(width);
    return text;
  };

  test.each(SCREENS)('%s', (_what, facts) => {
    expect(fits(renderStatus(statusAnswer(where, facts, NOW_MS, shell), view))).toMatchSnapshot();
  });

  test('only the ledger is there', () => {
    const answer = ledgerStatus(where, healthy(), 'the local ledger in /home/anna/cameras/.kvs-census/ledger', NOW_MS);
    expect(fits(renderStatus(answer, view))).toMatchSnapshot();
  });
});

test('on this machine nobody has to hear the alarms', () => {
  const facts = unless(({ hearers }) => void Object.assign(hearers, { [ALARMS_TOPIC]: answered([]) }));
  const view = makeView({ width: 80, colour: false }, { place: { command: 'kvs-census', options: ['--local'] } });
  expect(renderStatus(statusAnswer(where, facts, NOW_MS, shell), view)).toContain(
    'nobody; on this machine none is evaluated',
  );
});
