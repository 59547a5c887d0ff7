import { misfits } from '../../../infra/openapi/schemas.ts';
import type { DoctorFacts } from '../../../src/answers/health/facts.ts';
import { ledgerStatus, statusAnswer } from '../../../src/answers/health/status.ts';
import { ALARMS_TOPIC, answered, countingChannels, DENIED, healthy, NOW_MS, of, shell, unless } from './a-stack.ts';

const where = { accountId: '123456789012', stack: 'kvs-census-prod', region: 'eu-west-1' };
const status = (change: (facts: DoctorFacts) => void = () => {}) => {
  const answer = statusAnswer(where, unless(change), NOW_MS, shell);
  expect(misfits(answer)).toEqual([]);
  return answer;
};

test('a stack that is well', () => {
  const answer = status();
  expect(answer).toMatchObject({
    schedules: [
      { name: 'dispatch', exists: true, isEnabled: true, nextAt: '2026-11-20T12:00:00.000Z' },
      { name: 'sweep', exists: true, isEnabled: true, nextAt: null },
    ],
    lastRun: { runId: '2026-11-20T06:00:00Z', verdict: 'complete' },
    latest: { runId: '2026-11-20T06:00:00Z' },
    subscribers: [{ protocol: 'email', endpoint: 'cameras@example.com', isConfirmed: true }],
    unknown: [],
  });
  expect(answer.alarms?.[0]).toEqual({ name: 'no-run', state: 'OK', since: '2026-11-01T00:00:00.000Z' });
});

test('a schedule that is disabled has no next time', () => {
  expect(
    status(({ schedules }) => void Object.assign(of(schedules.dispatch), { isEnabled: false })).schedules[0],
  ).toMatchObject({
    exists: true,
    isEnabled: false,
    nextAt: null,
  });
});

test('what is not there is not what nobody may ask for', () => {
  const { functions, queues, schedules, unknown } = status((facts) => {
    Object.assign(facts.functions, { worker: answered(null), aggregator: DENIED });
    Object.assign(facts.queues, { 'region-tasks': answered(null), 'failed-invocations': DENIED });
    Object.assign(facts.schedules, { dispatch: answered(null), sweep: DENIED });
  });
  expect(functions.map(({ exists, state }) => [exists, state])).toEqual([
    [true, 'Active'],
    [false, null],
    [true, 'Active'],
    [null, null],
  ]);
  expect(queues.map(({ exists, waiting }) => [exists, waiting])).toEqual([
    [false, null],
    [true, 0],
    [true, 0],
    [null, null],
  ]);
  expect(schedules.map(({ exists }) => exists)).toEqual([false, null]);
  const because = 'these credentials may not do some:Thing';
  expect(unknown).toEqual(
    ['the schedule sweep', 'the queue failed-invocations', 'the function aggregator'].map((what) => ({
      what,
      because,
    })),
  );
});

test('alarms and who hears them are unknown apart', () => {
  expect(status((facts) => void Object.assign(facts, { alarms: DENIED }))).toMatchObject({
    alarms: null,
    subscribers: null,
  });
  const heard = status((facts) => void Object.assign(facts.hearers, { [ALARMS_TOPIC]: DENIED }));
  expect({ alarms: heard.alarms?.length !== 0, subscribers: heard.subscribers }).toEqual({
    alarms: true,
    subscribers: null,
  });
});

test('without runs, and where nobody may ask for them', () => {
  expect(status((facts) => void Object.assign(facts, { runs: answered([]) }))).toMatchObject({
    lastRun: null,
    latest: null,
    unknown: [],
  });
  expect(status((facts) => void Object.assign(facts, { runs: DENIED }))).toMatchObject({
    lastRun: null,
    unknown: [{ what: 'runs' }],
  });
});

test('each other kind that is counted, by itself', () => {
  const answer = statusAnswer(where, countingChannels(), NOW_MS, shell);
  expect(misfits(answer)).toEqual([]);
  const run = { runId: '2026-11-20T06:00:00Z', verdict: 'complete' };
  expect(answer).toMatchObject({ lastRun: run, otherKinds: [{ kind: 'channels', lastRun: run, latest: run }] });
  expect(answer.alarms?.map(({ name }) => name)).toContain('no-total-channels');
  const refused = countingChannels(({ others }) => void Object.assign(others.channels ?? {}, { runs: DENIED }));
  expect(statusAnswer(where, refused, NOW_MS, shell)).toMatchObject({
    lastRun: run,
    otherKinds: [{ kind: 'channels', lastRun: null, latest: null }],
    unknown: [{ what: 'runs of channels' }],
  });
});

test('of a ledger that stands alone, its runs, and one line about the rest', () => {
  const answer = ledgerStatus(where, healthy(), 'the local ledger in x', NOW_MS);
  expect(misfits(answer)).toEqual([]);
  expect(answer).toMatchObject({
    lastRun: { verdict: 'complete' },
    functions: [],
    alarms: null,
    unknown: [{ what: 'all but the ledger', because: 'only the local ledger in x is here, and no running stack' }],
  });
});
