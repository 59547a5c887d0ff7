import type { DoctorFacts, QueueFacts, QueueName } from '../../../src/answers/health/facts.ts';
import {
  judgeAnnouncements,
  judgeDelivery,
  judgeDestinations,
  judgeEmpty,
  judgeQueues,
  judgeRedrive,
} from '../../../src/answers/health/queues.ts';
import {
  aFunction,
  answered,
  arnOf,
  countingChannels,
  DENIED,
  expectWhole,
  of,
  shell,
  told,
  unless,
} from './a-stack.ts';

const END = '--region eu-west-1 --profile night';
type Row = [string, (facts: DoctorFacts) => void, ReturnType<typeof told>];

const queue = (name: QueueName, more: Partial<QueueFacts>) => (facts: DoctorFacts) =>
  void Object.assign(of(facts.queues[name]), more);
const gone = (name: QueueName) => (facts: DoctorFacts) => void Object.assign(facts.queues, { [name]: answered(null) });
const denied = (name: QueueName) => (facts: DoctorFacts) => void Object.assign(facts.queues, { [name]: DENIED });

test.each<Row>([
  [
    'all there',
    () => {},
    ['ok', 'region-tasks, undelivered-tasks, unreadable-tasks and failed-invocations: there.', undefined],
  ],
  [
    'one deleted',
    gone('unreadable-tasks'),
    ['broken', 'Not there: kvs-census-prod-unreadable-tasks.', expect.stringContaining('create-change-set')],
  ],
  [
    'one that may not be asked for',
    denied('region-tasks'),
    ['unknown', expect.stringContaining('whether the queues are there'), undefined],
  ],
])('queues: %s', (_what, change, expected) => {
  const finding = judgeQueues(unless(change), shell);
  expect(told(finding)).toEqual(expected);
  expectWhole(finding);
});

describe('what becomes of a task that fails for good', () => {
  const put = (maxReceives: number) =>
    `aws sqs set-queue-attributes --queue-url https://sqs.eu-west-1.amazonaws.com/123456789012/kvs-census-prod-region-tasks --attributes '{"RedrivePolicy":"{\\"deadLetterTargetArn\\":\\"arn:aws:sqs:eu-west-1:123456789012:kvs-census-prod-undelivered-tasks\\",\\"maxReceiveCount\\":${maxReceives}}"}' ${END}`;

  test.each<Row>([
    ['is recorded', () => {}, ['ok', 'After 5 receives a task goes to kvs-census-prod-undelivered-tasks.', undefined]],
    [
      'nobody hears of it',
      queue('region-tasks', { redrive: null }),
      ['broken', 'Tasks that fail for good go nowhere, not to kvs-census-prod-undelivered-tasks.', put(5)],
    ],
    [
      'it goes elsewhere',
      queue('region-tasks', { redrive: { targetArn: arnOf('sqs', 'other'), maxReceives: 5 } }),
      [
        'broken',
        'Tasks that fail for good go to kvs-census-prod-other, not to kvs-census-prod-undelivered-tasks.',
        put(5),
      ],
    ],
    [
      'it goes after other receives than the worker was told',
      (facts) => void Object.assign(facts.functions, { worker: answered(aFunction({ maxReceives: 7 })) }),
      [
        'warning',
        'A task goes to kvs-census-prod-undelivered-tasks after 5 receives, but the worker believes that it is after 7.',
        put(7),
      ],
    ],
    [
      'there is no such queue',
      gone('undelivered-tasks'),
      ['broken', expect.stringContaining('is not there'), expect.stringContaining('create-change-set')],
    ],
    [
      'nobody may ask',
      denied('region-tasks'),
      ['unknown', expect.stringContaining('where tasks go that fail for good'), undefined],
    ],
  ])('%s', (_what, change, expected) => {
    const finding = judgeRedrive(unless(change), shell);
    expect(told(finding)).toEqual(expected);
    expectWhole(finding);
  });
});

test.each<Row>([
  ['reach who works', () => {}, ['ok', 'Tasks reach their queue, and nudges the aggregator.', undefined]],
  [
    'tasks are lost',
    ({ work }) => void Object.assign(work, { 'region-tasks': answered([]) }),
    [
      'broken',
      'What is published to kvs-census-prod-region-tasks does not reach kvs-census-prod-region-tasks.',
      expect.stringContaining('create-change-set'),
    ],
  ],
  [
    'there is no such topic',
    ({ work }) => void Object.assign(work, { 'region-tasks': answered(null) }),
    ['broken', expect.anything(), expect.anything()],
  ],
  [
    'nudges are lost, which the sweep makes up for',
    ({ work }) =>
      void Object.assign(of(work.nudges)[0] as object, {
        endpoint: 'arn:aws:lambda:eu-west-1:123456789012:function:other',
      }),
    [
      'warning',
      'What is published to kvs-census-prod-nudges does not reach kvs-census-prod-aggregator.',
      expect.anything(),
    ],
  ],
  [
    'nobody may ask',
    ({ work }) => void Object.assign(work, { nudges: DENIED }),
    ['unknown', expect.stringContaining('whether the topics reach who works'), undefined],
  ],
])('topics of the work: %s', (_what, change, expected) => {
  const finding = judgeDelivery(unless(change), shell);
  expect(told(finding)).toEqual(expected);
  expectWhole(finding);
});

test.each<Row>([
  ['are kept', () => {}, ['ok', 'Events that fail for good go to kvs-census-prod-failed-invocations.', undefined]],
  [
    'of a function are lost',
    ({ destinations }) => void Object.assign(destinations, { dispatcher: answered(null) }),
    [
      'broken',
      'What fails for good does not go to kvs-census-prod-failed-invocations: of dispatcher.',
      expect.stringContaining('create-change-set'),
    ],
  ],
  [
    'that could not be delivered are lost',
    ({ schedules }) => void Object.assign(of(schedules.sweep), { deadLetterArn: arnOf('sqs', 'other') }),
    ['broken', expect.stringMatching(/: of the schedule sweep\.$/), expect.anything()],
  ],
  [
    'of a schedule that is not there are no events',
    ({ schedules }) => void Object.assign(schedules, { sweep: answered(null) }),
    ['ok', expect.anything(), undefined],
  ],
  [
    'nobody may ask for',
    ({ destinations }) => void Object.assign(destinations, { aggregator: DENIED }),
    ['unknown', expect.stringContaining('where events go that fail for good'), undefined],
  ],
])('events that fail for good %s', (_what, change, expected) => {
  const finding = judgeDestinations(unless(change), shell);
  expect(told(finding)).toEqual(expected);
  expectWhole(finding);
});

const REDRIVE = 'kvs-census redrive --stage prod --region eu-west-1 --profile night';

test.each<[Parameters<typeof judgeEmpty>[0], (facts: DoctorFacts) => void, unknown[]]>([
  ['failed-invocations', () => {}, ['ok', 'Empty.', undefined]],
  [
    'failed-invocations',
    queue('failed-invocations', { waiting: 2 }),
    ['broken', expect.stringMatching(/^2 messages in kvs-census-prod-failed-invocations: /), REDRIVE],
  ],
  [
    'unreadable-tasks',
    queue('unreadable-tasks', { inFlight: 1 }),
    ['warning', expect.stringMatching(/^1 message in kvs-census-prod-unreadable-tasks: /), REDRIVE],
  ],
  [
    'undelivered-tasks',
    queue('undelivered-tasks', { waiting: 1, inFlight: 2 }),
    [
      'warning',
      expect.stringMatching(/^3 messages in /),
      `aws logs tail /aws/lambda/kvs-census-prod-undelivered --since 1h ${END}`,
    ],
  ],
  [
    'undelivered-tasks',
    gone('undelivered-tasks'),
    ['broken', 'There is no queue kvs-census-prod-undelivered-tasks.', expect.anything()],
  ],
  [
    'unreadable-tasks',
    denied('unreadable-tasks'),
    ['unknown', expect.stringContaining('whether kvs-census-prod-unreadable-tasks is empty'), undefined],
  ],
])('what lies in %s', (name, change, expected) => {
  const finding = judgeEmpty(name, unless(change), shell);
  expect(told(finding)).toEqual(expected);
  expectWhole(finding);
});

const absent = (name: string) => (facts: DoctorFacts) => void Object.assign(facts.totals, { [name]: answered(null) });

test.each<Row>([
  ['can be announced', () => {}, ['ok', 'totals and totals-mail: there.', undefined]],
  [
    'have nowhere to go',
    absent('totals'),
    ['broken', 'Not there: kvs-census-prod-totals.', expect.stringContaining('create-change-set')],
  ],
  [
    'of other kinds have a topic that a stack of streams need not have',
    absent('totals-detail'),
    ['ok', expect.anything(), undefined],
  ],
  [
    'may not be asked for',
    ({ totals }) => void Object.assign(totals, { 'totals-mail': DENIED }),
    ['unknown', expect.stringContaining('whether totals can be announced'), undefined],
  ],
])('totals %s', (_what, change, expected) => {
  const finding = judgeAnnouncements(unless(change), shell);
  expect(told(finding)).toEqual(expected);
  expectWhole(finding);
});

test('where another kind is counted, its totals need a topic, too', () => {
  expect(judgeAnnouncements(countingChannels(), shell).what).toBe('totals, totals-mail and totals-detail: there.');
  expect(told(judgeAnnouncements(countingChannels(absent('totals-detail')), shell)).slice(0, 2)).toEqual([
    'broken',
    'Not there: kvs-census-prod-totals-detail.',
  ]);
});
