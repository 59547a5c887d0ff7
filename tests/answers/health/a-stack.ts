/** The facts of a stack that is well, for tests to change. */

import { ALARMS, ALARMS_OF_KIND } from '../../../src/answers/health/alarms.ts';
import {
  type Asked,
  type DoctorFacts,
  FUNCTIONS,
  type FunctionFacts,
  INVOKED,
  QUEUES,
  type QueueFacts,
  type Refusal,
  SCHEDULES,
  type ScheduleFacts,
  TOTALS_TOPICS,
} from '../../../src/answers/health/facts.ts';
import type { Finding } from '../../../src/answers/health/finding.ts';
import { makeShell } from '../../../src/answers/health/shell.ts';
import { censusIdOf } from '../../../src/census/census-id.ts';
import { ACCOUNT, history } from '../../cli/history.ts';

/** Two hours after its last run. */
export const NOW_MS = Date.parse('2026-11-20T08:00:00Z');
export const READ_AT = new Date(NOW_MS).toISOString();

const PREFIX = 'kvs-census-prod';
const PLACE = { command: 'kvs-census', options: ['--stage', 'prod', '--region', 'eu-west-1', '--profile', 'night'] };
const WHERE = { prefix: PREFIX, region: 'eu-west-1', profile: 'night' };

export const shell = makeShell({ place: PLACE, ...WHERE });
export const localShell = makeShell({ place: { command: 'npx kvs-census', options: ['--local'] }, ...WHERE });

export const arnOf = (service: string, part: string) => `arn:aws:${service}:eu-west-1:${ACCOUNT}:${PREFIX}-${part}`;
export const functionArn = (part: string) => `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:${PREFIX}-${part}`;
export const ALARMS_TOPIC = arnOf('sns', 'alarms');

export const answered = <T>(answer: T): Asked<T> => ({ answer });
export const DENIED: { refusal: Refusal } = { refusal: { action: 'some:Thing', why: 'denied', error: 'AccessDenied' } };

export const aFunction = (more: Partial<FunctionFacts> = {}): FunctionFacts => ({
  roleArn: `arn:aws:iam::${ACCOUNT}:role/kvs-census-prod-Role`,
  state: 'Active',
  lastUpdate: 'Successful',
  tableName: PREFIX,
  maxReceives: null,
  kinds: null,
  reserved: answered(null),
  ...more,
});

const aQueue = (name: string): QueueFacts => ({
  url: `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/${PREFIX}-${name}`,
  arn: arnOf('sqs', name),
  waiting: 0,
  inFlight: 0,
  redrive: name === 'region-tasks' ? { targetArn: arnOf('sqs', 'undelivered-tasks'), maxReceives: 5 } : null,
});

const aMapping = (name: string, queue: string, maximumConcurrency: number) => [
  { id: `id-of-${name}`, queueArn: arnOf('sqs', queue), state: 'Enabled', maximumConcurrency, reportsFailures: true },
];

const aSchedule = (name: string, expression: string): ScheduleFacts => ({
  name: `${PREFIX}-${name}`,
  isEnabled: true,
  expression,
  timezone: 'UTC',
  targetArn: functionArn(name === 'dispatch' ? 'dispatcher' : 'aggregator'),
  roleArn: `arn:aws:iam::${ACCOUNT}:role/kvs-census-prod-SchedulerRole`,
  deadLetterArn: arnOf('sqs', 'failed-invocations'),
  asItIs: [['--schedule-expression', expression]],
});

const anAlarm = (part: string) => ({
  name: `${PREFIX}-${part}`,
  state: 'OK',
  since: '2026-11-01T00:00:00.000Z',
  actionsEnabled: true,
  actions: [ALARMS_TOPIC],
});

const byName = <Name extends string, T>(names: readonly Name[], make: (name: Name) => T) =>
  Object.fromEntries(names.map((name) => [name, answered(make(name))])) as Record<Name, Asked<T>>;

const hearer = (protocol: string, part: string) => [{ protocol, endpoint: arnOf(protocol, part), isConfirmed: true }];

const runOf = (censusId: string) => {
  const [{ run } = { run: undefined }] = history({ runs: 1, isMissing: () => false, censusId });
  return run === undefined ? [] : [run];
};

const allowed = () => ({ decision: 'allowed', byOrganization: false, byBoundary: false });

export function healthy(): DoctorFacts {
  return {
    functions: byName(FUNCTIONS, (name) => aFunction(name === 'dispatcher' ? { kinds: ['streams'] } : {})),
    queues: byName(QUEUES, aQueue),
    schedules: {
      dispatch: answered(aSchedule('dispatch', 'cron(0 0/6 * * ? *)')),
      sweep: answered(aSchedule('sweep', 'rate(5 minutes)')),
    },
    times: {
      dispatch: { nextAt: '2026-11-20T12:00:00.000Z', longestGapMs: 6 * 3_600_000 },
      sweep: { nextAt: null, longestGapMs: 300_000 },
    },
    alarms: answered(ALARMS.map(anAlarm)),
    hearers: {
      [ALARMS_TOPIC]: answered([{ protocol: 'email', endpoint: 'cameras@example.com', isConfirmed: true }]),
    },
    runs: answered(runOf(ACCOUNT)),
    damaged: [],
    others: {},
    tableName: PREFIX,
    askedTable: PREFIX,
    table: answered({
      status: 'ACTIVE',
      types: { pk: 'S', sk: 'S', timePk: 'S', timeSk: 'S', sweep: 'S' },
      keys: ['pk', 'sk'],
      indexes: [
        { name: 'sweep', keys: ['sweep', 'timeSk'], projection: 'KEYS_ONLY', status: 'ACTIVE' },
        { name: 'byTime', keys: ['timePk', 'timeSk'], projection: 'ALL', status: 'ACTIVE' },
      ],
    }),
    expiry: answered('expiresAt'),
    isRecoverable: answered(true),
    mappings: {
      worker: answered(aMapping('worker', 'region-tasks', 5)),
      undelivered: answered(aMapping('undelivered', 'undelivered-tasks', 2)),
    },
    destinations: byName(INVOKED, () => arnOf('sqs', 'failed-invocations')),
    work: {
      'region-tasks': answered(hearer('sqs', 'region-tasks')),
      nudges: answered([
        {
          protocol: 'lambda',
          endpoint: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:${PREFIX}-aggregator`,
          isConfirmed: true,
        },
      ]),
    },
    totals: byName(TOTALS_TOPICS, () => []),
    mayInvoke: byName(SCHEDULES, allowed),
    mayList: { streams: answered(allowed()) },
    concurrency: answered({ quota: 1000, unreserved: 1000 }),
  };
}

/** The same stack, where channels are counted, too. */
export function countingChannels(change: (facts: DoctorFacts) => void = () => {}): DoctorFacts {
  return unless((facts) => {
    Object.assign(of(facts.functions.dispatcher), { kinds: ['streams', 'channels'] });
    of(facts.alarms).push(...ALARMS_OF_KIND.map((part) => anAlarm(`${part}-channels`)));
    Object.assign(facts.mayList, { channels: answered(allowed()) });
    Object.assign(facts.others, { channels: { runs: answered(runOf(censusIdOf(ACCOUNT, 'channels'))), damaged: [] } });
    change(facts);
  });
}

/** A stack that is well but for what is changed. */
export function unless(change: (facts: DoctorFacts) => void): DoctorFacts {
  const facts = structuredClone(healthy());
  change(facts);
  return facts;
}

/** The answer to a question that has one, to be changed. */
export function of<T>(asked: Asked<T>): NonNullable<T> {
  if ('answer' in asked && asked.answer !== null && asked.answer !== undefined) return asked.answer;
  throw new Error('The healthy stack has no such answer.');
}

/** What a finding says, as a test compares it: its level, its sentence, and the command that mends it. */
export const told = ({ level, what, commands }: Finding) => [level, what, commands[0]];

/** Whoever cannot just paste a command is told what to do, and whatever is wrong says why that matters. */
export function expectWhole({ level, why, todo, commands }: Finding): void {
  if (level === 'ok') expect({ why, todo, commands }).toEqual({ why: null, todo: null, commands: [] });
  else expect(commands.length > 0 || todo !== null).toBe(true);
  if (level === 'warning' || level === 'broken') expect(why).not.toBeNull();
}
