import { ALARMS, judgeAlarms, judgeRinging, judgeSubscribers } from '../../../src/answers/health/alarms.ts';
import type { AlarmFacts, DoctorFacts, SubscriptionFacts } from '../../../src/answers/health/facts.ts';
import {
  ALARMS_TOPIC,
  answered,
  DENIED,
  expectWhole,
  healthy,
  localShell,
  of,
  READ_AT,
  shell,
  told,
  unless,
} from './a-stack.ts';

const END = '--region eu-west-1 --profile night';
const REDRIVE = 'kvs-census redrive --stage prod --region eu-west-1 --profile night';
type Row = [string, (facts: DoctorFacts) => void, unknown[]];

const alarm =
  (part: string, more: Partial<AlarmFacts>) =>
  ({ alarms }: DoctorFacts) => {
    const found = of(alarms);
    const name = `kvs-census-prod-${part}`;
    const others = found.filter((one) => one.name !== name);
    Object.assign(alarms, { answer: [...others, { ...(found[0] as AlarmFacts), name, ...more }] });
  };
const denied = (facts: DoctorFacts) => void Object.assign(facts, { alarms: DENIED });

test.each<Row>([
  ['are there', () => {}, ['ok', `${ALARMS.length} alarms: there, and switched on.`, undefined]],
  [
    'are more, where more are wanted',
    alarm('newly-missing', {}),
    ['ok', `${ALARMS.length + 1} alarms: there, and switched on.`, undefined],
  ],
  [
    'are more, where there is an API',
    alarm('api-errors', {}),
    ['ok', `${ALARMS.length + 1} alarms: there, and switched on.`, undefined],
  ],
  [
    'of a stage whose name begins so are not ours',
    alarm('2-no-run', { actions: [] }),
    ['ok', expect.anything(), undefined],
  ],
  [
    'are not all there',
    ({ alarms }) => void Object.assign(alarms, { answer: of(alarms).slice(1) }),
    ['broken', 'There is no alarm no-run.', expect.stringContaining('create-change-set')],
  ],
  [
    'are not there',
    ({ alarms }) => void Object.assign(alarms, { answer: [] }),
    ['broken', 'There are no alarms.', expect.anything()],
  ],
  [
    'are switched off',
    alarm('no-total', { actionsEnabled: false }),
    [
      'broken',
      'Tells nobody: no-total.',
      `aws cloudwatch enable-alarm-actions --alarm-names kvs-census-prod-no-total ${END}`,
    ],
  ],
  [
    'have nobody to tell',
    alarm('no-total', { actions: [] }),
    ['broken', 'Tells nobody: no-total.', expect.stringContaining('create-change-set')],
  ],
  [
    'of another kind count where it is counted',
    ({ functions }) => void Object.assign(of(functions.dispatcher), { kinds: ['streams', 'channels'] }),
    [
      'broken',
      'There is no alarm no-total-channels and newly-missing-channels.',
      expect.stringContaining('create-change-set'),
    ],
  ],
  [
    'of another kind are there where that is not counted any more',
    alarm('no-total-channels', {}),
    ['ok', `${ALARMS.length + 1} alarms: there, and switched on.`, undefined],
  ],
  ['may not be asked for', denied, ['unknown', expect.stringContaining('whether the alarms are there'), undefined]],
])('the alarms %s', (_what, change, expected) => {
  const finding = judgeAlarms(unless(change), shell);
  expect(told(finding)).toEqual(expected);
  expectWhole(finding);
});

const ON = { state: 'ALARM', since: '2026-11-20T06:00:00.000Z' };

test.each<[string, (facts: DoctorFacts) => void, string, unknown[]]>([
  ['none', () => {}, 'ok', []],
  ['one without data', alarm('no-run', { state: 'INSUFFICIENT_DATA' }), 'ok', []],
  ['no run', alarm('no-run', ON), 'broken', ['kvs-census run --now --stage prod --region eu-west-1 --profile night']],
  [
    'no total',
    alarm('no-total', ON),
    'broken',
    [`aws logs tail /aws/lambda/kvs-census-prod-aggregator --since 3h ${END}`],
  ],
  [
    'errors',
    alarm('worker-errors', ON),
    'broken',
    [`aws logs tail /aws/lambda/kvs-census-prod-worker --since 3h ${END}`],
  ],
  [
    'errors of the API, beside which the counting goes on',
    alarm('api-errors', ON),
    'warning',
    [`aws logs tail /aws/lambda/kvs-census-prod-api --since 3h ${END}`],
  ],
  [
    'dead letters',
    alarm('undelivered-tasks', ON),
    'broken',
    [`aws logs tail /aws/lambda/kvs-census-prod-undelivered --since 3h ${END}`],
  ],
  [
    'old tasks',
    alarm('region-tasks', ON),
    'broken',
    [`aws logs tail /aws/lambda/kvs-census-prod-worker --since 3h ${END}`],
  ],
  ['throttles', alarm('throttles', ON), 'warning', [`aws lambda get-account-settings --query AccountLimit ${END}`]],
  ['what a person must look at', alarm('unreadable-tasks', ON), 'warning', [REDRIVE]],
  [
    'news about the number',
    alarm('newly-missing', ON),
    'warning',
    ['kvs-census why --stage prod --region eu-west-1 --profile night'],
  ],
  [
    'a region that is nearly full',
    alarm('quota', ON),
    'warning',
    ['kvs-census headroom --stage prod --region eu-west-1 --profile night'],
  ],
  [
    'a region that is nearly full of channels',
    alarm('quota-channels', ON),
    'warning',
    ['kvs-census headroom --stage prod --region eu-west-1 --profile night --kind channels'],
  ],
  [
    'no total of channels',
    alarm('no-total-channels', ON),
    'broken',
    [`aws logs tail /aws/lambda/kvs-census-prod-aggregator --since 3h ${END}`],
  ],
  [
    'news about the number of channels',
    alarm('newly-missing-channels', ON),
    'warning',
    ['kvs-census why --stage prod --region eu-west-1 --profile night --kind channels'],
  ],
  [
    'two with one remedy',
    (facts) => {
      alarm('unreadable-tasks', ON)(facts);
      alarm('failed-invocations', ON)(facts);
    },
    'broken',
    [REDRIVE],
  ],
  ['nobody knows', denied, 'unknown', []],
])('alarms that are on: %s', (_what, change, level, commands) => {
  const finding = judgeRinging(unless(change), READ_AT, shell);
  expect({ level: finding.level, commands: finding.commands }).toEqual({ level, commands });
  expectWhole(finding);
});

test('an alarm that is on says since when', () => {
  expect(judgeRinging(unless(alarm('no-run', ON)), READ_AT, shell).what).toBe('An alarm is on: no-run (for 2 h).');
});

const heard =
  (...found: SubscriptionFacts[]) =>
  (facts: DoctorFacts) =>
    void Object.assign(facts.hearers, { [ALARMS_TOPIC]: answered(found) });
const email = (isConfirmed: boolean) => ({ protocol: 'email', endpoint: 'anna@example.com', isConfirmed });
const queue = { protocol: 'sqs', endpoint: 'arn:aws:sqs:eu-west-1:123456789012:pager', isConfirmed: true };
const subscribe = (address: string) =>
  `aws sns subscribe --topic-arn ${ALARMS_TOPIC} --protocol email --notification-endpoint ${address} ${END}`;

test.each<Row>([
  ['somebody who has confirmed', () => {}, ['ok', 'The alarms reach cameras@example.com (email).', undefined]],
  ['a queue', heard(queue), ['ok', 'The alarms reach pager (sqs).', undefined]],
  [
    'nobody',
    heard(),
    ['broken', 'Nobody hears the alarms: no one has subscribed to them.', subscribe('YOU@EXAMPLE.COM')],
  ],
  [
    'somebody who has not confirmed',
    heard(email(false)),
    ['broken', 'Nobody hears the alarms: anna@example.com has not confirmed.', subscribe('anna@example.com')],
  ],
  [
    'somebody, and one who has not confirmed',
    heard(email(false), queue),
    ['warning', 'Not confirmed: anna@example.com.', subscribe('anna@example.com')],
  ],
  [
    'nobody, since their topic is gone',
    (facts) => void Object.assign(facts.hearers, { [ALARMS_TOPIC]: answered(null) }),
    ['broken', expect.stringContaining('no one has subscribed'), expect.anything()],
  ],
  [
    'nobody, since they go nowhere',
    (facts) => void Object.assign(facts, { hearers: {} }),
    ['broken', expect.stringContaining('no one has subscribed'), expect.stringContaining('create-change-set')],
  ],
  [
    'a function',
    (facts) => {
      alarm('no-run', { actions: ['arn:aws:lambda:eu-west-1:123456789012:function:pager'] })(facts);
      Object.assign(facts, { hearers: {} });
    },
    ['ok', 'The alarms reach pager.', undefined],
  ],
  [
    'who knows',
    (facts) => void Object.assign(facts.hearers, { [ALARMS_TOPIC]: DENIED }),
    ['unknown', expect.stringContaining('who hears the alarms'), undefined],
  ],
  [
    'who knows, since nobody may ask for the alarms',
    denied,
    ['unknown', expect.stringContaining('who hears the alarms'), undefined],
  ],
])('the alarms are heard by %s', (_what, change, expected) => {
  const finding = judgeSubscribers(unless(change), shell);
  expect(told(finding)).toEqual(expected);
  expectWhole(finding);
});

test('on this machine nobody has to hear them', () => {
  expect(judgeSubscribers(unless(heard()), localShell).level).toBe('ok');
  expect(judgeSubscribers(healthy(), localShell).level).toBe('ok');
});
