import type { DoctorFacts, FunctionName } from '../../../src/answers/health/facts.ts';
import { judgeConcurrency, judgeFunctions, judgeMayList, judgeTrigger } from '../../../src/answers/health/functions.ts';
import { counted, failed, settled } from '../../cli/history.ts';
import {
  aFunction,
  answered,
  countingChannels,
  DENIED,
  expectWhole,
  healthy,
  of,
  shell,
  told,
  unless,
} from './a-stack.ts';

const END = '--region eu-west-1 --profile night';
const AGAIN = 'kvs-census doctor --stage prod --region eu-west-1 --profile night';
type Row = [string, (facts: DoctorFacts) => void, ReturnType<typeof told>];

const change = (name: FunctionName, more: Parameters<typeof aFunction>[0] | null) => (facts: DoctorFacts) => {
  Object.assign(facts.functions, { [name]: answered(more && aFunction(more)) });
};

describe('the functions', () => {
  test.each<Row>([
    ['are there', () => {}, ['ok', 'dispatcher, worker, undelivered and aggregator: there, and active.', undefined]],
    [
      'are not all there',
      change('undelivered', null),
      ['broken', 'Not there: kvs-census-prod-undelivered.', expect.stringContaining('create-change-set')],
    ],
    [
      'could not be changed',
      change('worker', { lastUpdate: 'Failed' }),
      [
        'broken',
        'The last change of worker failed.',
        `aws lambda get-function-configuration --function-name kvs-census-prod-worker --query '[StateReason,LastUpdateStatusReason]' ${END}`,
      ],
    ],
    [
      'do not share a ledger',
      change('aggregator', { tableName: 'old' }),
      [
        'broken',
        'Not all functions have the ledger kvs-census-prod: aggregator (old).',
        'npx sls deploy --stage prod --region eu-west-1 --aws-profile night',
      ],
    ],
    [
      'are being changed',
      change('worker', { lastUpdate: 'InProgress' }),
      ['warning', 'Being changed at this moment: worker.', AGAIN],
    ],
    ['rest, for want of work', change('worker', { state: 'Inactive' }), ['ok', expect.anything(), undefined]],
    [
      'may not be asked for',
      (facts) => void Object.assign(facts.functions, { worker: DENIED }),
      ['unknown', expect.stringContaining('some:Thing'), undefined],
    ],
  ])('%s', (_what, edit, expected) => {
    const finding = judgeFunctions(unless(edit), shell);
    expect(told(finding)).toEqual(expected);
    expectWhole(finding);
  });
});

describe('the trigger of the worker', () => {
  const mapping = (more: object) => (facts: DoctorFacts) =>
    void Object.assign(of(facts.mappings.worker)[0] as object, more);
  const update = `aws lambda update-event-source-mapping --uuid id-of-worker`;

  test.each<Row>([
    ['is enabled', () => {}, ['ok', 'Enabled, at most 5 at the same time.', undefined]],
    ['knows no bound', mapping({ maximumConcurrency: null }), ['ok', 'Enabled.', undefined]],
    [
      'is disabled',
      mapping({ state: 'Disabled' }),
      [
        'broken',
        'The trigger of the worker is disabled: it takes nothing from kvs-census-prod-region-tasks.',
        `${update} --enabled ${END}`,
      ],
    ],
    [
      'is being disabled',
      mapping({ state: 'Disabling' }),
      ['broken', expect.stringContaining('is disabling'), `${update} --enabled ${END}`],
    ],
    [
      'is being enabled',
      mapping({ state: 'Enabling' }),
      ['warning', 'The trigger of the worker is being changed: Enabling.', AGAIN],
    ],
    [
      'takes failures for success',
      mapping({ reportsFailures: false }),
      [
        'broken',
        'The trigger of the worker does not listen to which messages failed.',
        `${update} --function-response-types ReportBatchItemFailures ${END}`,
      ],
    ],
    [
      'reads another queue',
      mapping({ queueArn: 'arn:aws:sqs:eu-west-1:123456789012:other' }),
      [
        'broken',
        'There is no trigger of the worker: nothing brings it what is in kvs-census-prod-region-tasks.',
        `aws lambda create-event-source-mapping --function-name kvs-census-prod-worker --event-source-arn arn:aws:sqs:eu-west-1:123456789012:kvs-census-prod-region-tasks --batch-size 1 --function-response-types ReportBatchItemFailures --scaling-config MaximumConcurrency=5 ${END}`,
      ],
    ],
    [
      'is not there, and neither is its queue',
      (facts) => {
        Object.assign(facts.mappings, { worker: answered([]) });
        Object.assign(facts.queues, { 'region-tasks': answered(null) });
      },
      ['broken', expect.stringContaining('no trigger'), expect.stringContaining('create-change-set')],
    ],
    [
      'may not be asked for',
      (facts) => void Object.assign(facts.mappings, { worker: DENIED }),
      ['unknown', expect.stringContaining('whether the worker takes from its queue'), undefined],
    ],
  ])('%s', (_what, edit, expected) => {
    const finding = judgeTrigger('worker', unless(edit), shell);
    expect(told(finding)).toEqual(expected);
    expectWhole(finding);
  });
});

describe('concurrency', () => {
  const limits = (quota: number, unreserved: number) => (facts: DoctorFacts) =>
    void Object.assign(facts, { concurrency: answered({ quota, unreserved }) });
  const more =
    'aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000';

  test.each<Row>([
    [
      'is enough',
      () => {},
      ['ok', 'The worker wants up to 5 at the same time, and the account has 1,000 unreserved.', undefined],
    ],
    ['is just enough in a new account', limits(10, 10), ['ok', expect.stringContaining('wants up to 5'), undefined]],
    [
      'is too small',
      limits(10, 8),
      [
        'warning',
        'The account may run 10 at the same time, 8 of them unreserved, but the worker wants up to 5 and the other functions 4.',
        `${more} ${END}`,
      ],
    ],
    [
      'is reserved for the worker, and enough',
      (facts) => {
        limits(10, 2)(facts);
        change('worker', { reserved: answered(5) })(facts);
      },
      ['ok', 'The worker wants up to 5 at the same time, and 5 are reserved for it.', undefined],
    ],
    [
      'is reserved for the worker, and too small',
      change('worker', { reserved: answered(3) }),
      ['warning', expect.stringContaining('3 of them reserved for the worker'), `${more} ${END}`],
    ],
    [
      'is taken away',
      change('aggregator', { reserved: answered(0) }),
      [
        'broken',
        'Stopped, by a reserved concurrency of 0: aggregator.',
        `aws lambda delete-function-concurrency --function-name kvs-census-prod-aggregator ${END}`,
      ],
    ],
    [
      'is not bounded',
      (facts) => void Object.assign(of(facts.mappings.worker)[0] as object, { maximumConcurrency: null }),
      ['ok', 'The account may run 1,000 at the same time, 1,000 of them unreserved.', undefined],
    ],
    [
      'may not be asked for',
      (facts) => void Object.assign(facts, { concurrency: DENIED }),
      ['unknown', expect.stringContaining('some:Thing'), undefined],
    ],
    [
      'has nothing to be compared with',
      (facts) => void Object.assign(facts.mappings, { worker: DENIED }),
      ['unknown', expect.stringContaining('some:Thing'), undefined],
    ],
    [
      'nobody knows of what is reserved',
      change('worker', { reserved: DENIED }),
      ['unknown', expect.stringContaining('some:Thing'), undefined],
    ],
  ])('%s', (_what, edit, expected) => {
    const finding = judgeConcurrency(unless(edit), shell);
    expect(told(finding)).toEqual(expected);
    expectWhole(finding);
  });
});

const DECISION = { byOrganization: false, byBoundary: false };

describe("the worker's right to list", () => {
  const decided =
    (decision: string, by: object = {}) =>
    (facts: DoctorFacts) =>
      void Object.assign(facts.mayList, {
        streams: answered({ decision, byOrganization: false, byBoundary: false, ...by }),
      });
  const simulate = `aws iam simulate-principal-policy --policy-source-arn arn:aws:iam::123456789012:role/kvs-census-prod-Role --action-names kinesisvideo:ListStreams ${END}`;
  const KEY = { censusId: '123456789012', runId: '2026-11-20T06:00:00Z' };
  const refused = [counted(KEY, 'eu-west-1', 3), { ...failed(KEY, 'me-south-1'), reason: 'denied' as const }];

  const untried = (edit: (facts: DoctorFacts) => void) => (facts: DoctorFacts) => {
    edit(facts);
    Object.assign(facts, { runs: answered([]) });
  };

  test.each<Row>([
    ['is there', () => {}, ['ok', 'The worker may do kinesisvideo:ListStreams.', undefined]],
    [
      'is missing',
      decided('implicitDeny'),
      [
        'broken',
        'The worker may not do kinesisvideo:ListStreams: no policy allows it.',
        `aws iam put-role-policy --role-name kvs-census-prod-Role --policy-name list-streams --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kinesisvideo:ListStreams","Resource":"*"}]}' ${END}`,
      ],
    ],
    [
      'is denied',
      untried(decided('explicitDeny')),
      ['broken', 'The worker may not do kinesisvideo:ListStreams: a policy denies it.', simulate],
    ],
    [
      'is denied by the organisation',
      untried(decided('implicitDeny', { byOrganization: true })),
      ['broken', "The worker may not do kinesisvideo:ListStreams: an organisation's policy denies it.", simulate],
    ],
    [
      'lies outside of the boundary',
      untried(decided('implicitDeny', { byBoundary: true })),
      [
        'broken',
        "The worker may not do kinesisvideo:ListStreams: the role's permissions boundary denies it.",
        simulate,
      ],
    ],
    [
      'is denied, as IAM believes, and a run was let',
      decided('explicitDeny', { byOrganization: true }),
      [
        'warning',
        "IAM believes that an organisation's policy denies kinesisvideo:ListStreams to the worker, but the run 2026-11-20T06:00:00Z counted 19 regions.",
        simulate,
      ],
    ],
    [
      'was refused in a region',
      (facts) => void Object.assign(facts, { runs: answered([settled(KEY, refused)]) }),
      [
        'warning',
        "The worker's role may list streams, but the run 2026-11-20T06:00:00Z was refused in me-south-1.",
        'kvs-census explain 2026-11-20T06:00:00Z --stage prod --region eu-west-1 --profile night',
      ],
    ],
    [
      'is there, as far as is known',
      (facts) => void Object.assign(facts, { runs: DENIED }),
      ['ok', expect.anything(), undefined],
    ],
    [
      'may not be asked for',
      (facts) => void Object.assign(facts.mayList, { streams: DENIED }),
      ['unknown', expect.stringContaining('some:Thing'), undefined],
    ],
  ])('%s', (_what, edit, expected) => {
    const finding = judgeMayList('streams', unless(edit), shell);
    expect(told(finding)).toEqual(expected);
    expectWhole(finding);
  });

  test('is one of its own for each kind', () => {
    const may = (decision: string) =>
      judgeMayList(
        'channels',
        countingChannels(
          ({ mayList }) => void Object.assign(mayList, { channels: answered({ ...DECISION, decision }) }),
        ),
        shell.of('channels'),
      );
    expect(told(may('allowed'))).toEqual(['ok', 'The worker may do kinesisvideo:ListSignalingChannels.', undefined]);
    expect(told(may('implicitDeny'))).toEqual([
      'broken',
      'The worker may not do kinesisvideo:ListSignalingChannels: no policy allows it.',
      expect.stringMatching(/--policy-name list-channels .*"kinesisvideo:ListSignalingChannels"/),
    ]);
    expect(judgeMayList('channels', healthy(), shell).level).toBe('unknown');
  });
});
