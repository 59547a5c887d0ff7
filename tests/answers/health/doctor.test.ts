import fc from 'fast-check';
import { misfits } from '../../../infra/openapi/schemas.ts';
import {
  doctorAnswer,
  judgeIdentity,
  judgeLedger,
  judgeStack,
  nothingAsked,
} from '../../../src/answers/health/doctor.ts';
import type { DoctorFacts } from '../../../src/answers/health/facts.ts';
import { CHECKS, type Finding, unknown } from '../../../src/answers/health/finding.ts';
import { makeShell } from '../../../src/answers/health/shell.ts';
import {
  answered,
  countingChannels,
  DENIED,
  expectWhole,
  healthy,
  localShell,
  NOW_MS,
  of,
  shell,
  unless,
} from './a-stack.ts';

const ills = (findings: readonly Finding[]) =>
  findings.filter(({ level }) => level !== 'ok').map(({ check, level }) => `${check}: ${level}`);
const where = { accountId: '123456789012', stack: 'kvs-census-prod', region: 'eu-west-1' };

test('of a stack that is well, every check is made once and is ok', () => {
  const findings = judgeStack(healthy(), NOW_MS, shell);
  expect(ills(findings)).toEqual([]);
  // Whose the credentials are, where that is, and whether there is a stack at all, is found out before.
  expect(findings.map(({ check }) => check).sort()).toEqual(
    CHECKS.filter((check) => !['region', 'credentials', 'stack'].includes(check)).sort(),
  );
  for (const finding of findings) expectWhole(finding);
});

/** What is judged of each kind by itself. */
const OF_KIND = ['last-run', 'settling', 'plan', 'items', 'quotas', 'may-list'];

test('of each kind that is counted, its own runs are looked at, and what the worker may list', () => {
  const findings = judgeStack(countingChannels(), NOW_MS, shell);
  expect(ills(findings)).toEqual([]);
  const checksOf = (kind: string | null) => findings.filter((one) => one.kind === kind).map(({ check }) => check);
  expect([checksOf('streams'), checksOf('channels')]).toEqual([OF_KIND, OF_KIND]);
  expect(checksOf(null)).toContain('kinds');
  expect(findings.find(({ check }) => check === 'kinds')?.what).toBe('Counted: streams and channels.');
  expect(misfits(doctorAnswer(where, findings, NOW_MS))).toEqual([]);
});

test('what is wrong with one kind is found of that kind alone, and is mended there', () => {
  const none = countingChannels(({ others }) => void Object.assign(others.channels ?? {}, { runs: answered([]) }));
  const bad = judgeStack(none, NOW_MS, shell).filter(({ level }) => level !== 'ok');
  expect(bad).toMatchObject([
    {
      check: 'last-run',
      kind: 'channels',
      level: 'warning',
      why: 'Until there is one, the alarm no-total-channels stays on.',
    },
  ]);
  const refused = countingChannels(({ mayList }) => void Object.assign(mayList, { channels: DENIED }));
  expect(ills(judgeStack(refused, NOW_MS, shell))).toEqual(['may-list: unknown']);
  const damaged = [{ runId: '2026-11-20T06:00:00Z', problem: 'It is odd.' }];
  const odd = countingChannels(({ others }) => void Object.assign(others.channels ?? {}, { damaged }));
  expect(judgeStack(odd, NOW_MS, shell).filter(({ level }) => level !== 'ok')).toMatchObject([
    {
      ...{ check: 'items', kind: 'channels', level: 'warning' },
      commands: ['kvs-census runs --stage prod --region eu-west-1 --profile night --kind channels'],
    },
  ]);
});

/** Every question, with its place among the facts. */
const QUESTIONS: [string, (facts: DoctorFacts) => void][] = [
  ...(['dispatcher', 'worker', 'undelivered', 'aggregator'] as const).map(
    (name): [string, (facts: DoctorFacts) => void] => [
      `the function ${name}`,
      ({ functions }) => void Object.assign(functions, { [name]: DENIED }),
    ],
  ),
  ...(['region-tasks', 'undelivered-tasks', 'unreadable-tasks', 'failed-invocations'] as const).map(
    (name): [string, (facts: DoctorFacts) => void] => [
      `the queue ${name}`,
      ({ queues }) => void Object.assign(queues, { [name]: DENIED }),
    ],
  ),
  ...(['alarms', 'runs', 'table', 'expiry', 'isRecoverable', 'concurrency'] as const).map(
    (name): [string, (facts: DoctorFacts) => void] => [name, (facts) => void Object.assign(facts, { [name]: DENIED })],
  ),
  ['the schedules', ({ schedules }) => void Object.assign(schedules, { dispatch: DENIED, sweep: DENIED })],
  ['what the worker may', ({ mayList }) => void Object.assign(mayList, { streams: DENIED })],
  ['what the schedules may', ({ mayInvoke }) => void Object.assign(mayInvoke, { sweep: DENIED })],
  ['the destinations', ({ destinations }) => void Object.assign(destinations, { dispatcher: DENIED })],
  ['the mappings', ({ mappings }) => void Object.assign(mappings, { worker: DENIED, undelivered: DENIED })],
  ['the topics', ({ work }) => void Object.assign(work, { 'region-tasks': DENIED, nudges: DENIED })],
  ['the topics of totals', ({ totals }) => void Object.assign(totals, { totals: DENIED })],
  [
    'who hears the alarms',
    ({ hearers }) => void Object.assign(hearers, { [Object.keys(hearers)[0] as string]: DENIED }),
  ],
];

test.each(QUESTIONS)('where nobody may ask for %s, that is unknown, and nothing is broken by it', (_what, refuse) => {
  const findings = judgeStack(unless(refuse), NOW_MS, shell);
  const levels = new Set(findings.map(({ level }) => level));
  expect([...levels].sort()).toEqual(['ok', 'unknown']);
  for (const finding of findings) expectWhole(finding);
});

test('where nothing may be asked, nothing is ok', () => {
  const facts = unless((one) => {
    for (const [, refuse] of QUESTIONS) refuse(one);
  });
  expect(new Set(judgeStack(facts, NOW_MS, shell).map(({ level }) => level))).toEqual(new Set(['unknown']));
});

test('whatever is answered, every check is made once, is told as it should be, and nothing throws', () => {
  const names = (each: object) => Object.keys(each);
  const odd = fc.constantFrom(
    ...['', 'Disabled', 'ALARM', 'x'.repeat(300), 'arn:aws:sns:eu-west-1:1:t', null, true, false, 0, -1, 1e9, []],
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), fc.constantFrom('refuse', 'gone', 'odd'), fc.nat(), odd)), (changes) => {
      const facts = healthy();
      const slots: [object, string][] = [
        ...[
          facts.functions,
          facts.queues,
          facts.schedules,
          facts.mappings,
          facts.destinations,
          facts.work,
          facts.totals,
          facts.hearers,
        ].flatMap((each) => names(each).map((name): [object, string] => [each, name])),
        [facts.mayList, 'streams'],
        ...['alarms', 'runs', 'table', 'expiry', 'isRecoverable', 'concurrency'].map((name): [object, string] => [
          facts,
          name,
        ]),
      ];
      for (const [slot, how, field, value] of changes) {
        const [each, name] = slots[slot % slots.length] as [Record<string, unknown>, string];
        const isNullable = !['alarms', 'runs', 'isRecoverable', 'streams', 'concurrency'].includes(name);
        if (how === 'refuse') each[name] = DENIED;
        else if (how === 'gone' && isNullable) each[name] = answered(null);
        else spoil((each[name] as { answer?: unknown }).answer, field, value);
      }
      const findings = judgeStack(facts, NOW_MS, shell);
      expect(misfits(doctorAnswer(where, findings, NOW_MS))).toEqual([]);
      expect(new Set(findings.map(({ check, kind }) => `${check} ${kind}`)).size).toBe(findings.length);
      for (const finding of findings) expectWhole(finding);
    }),
  );
});

/** Another value of the same type in place of one of the answer's own. */
function spoil(answer: unknown, field: number, value: unknown): void {
  const one = Array.isArray(answer) ? answer[field % Math.max(1, answer.length)] : answer;
  if (typeof one !== 'object' || one === null) return;
  const same = Object.entries(one).filter(
    ([, was]) => typeof was === typeof value && Array.isArray(was) === Array.isArray(value),
  );
  const [name] = same[field % Math.max(1, same.length)] ?? [];
  if (name !== undefined && !['plan', 'total', 'types', 'reserved', 'answer'].includes(name))
    Object.assign(one, { [name]: value });
}

const nothingThere = (facts: DoctorFacts) => {
  for (const each of [facts.functions, facts.queues, facts.schedules]) {
    for (const name of Object.keys(each)) Object.assign(each, { [name]: answered(null) });
  }
};

test('no stack is one finding; a ledger that is left of it is looked at', () => {
  const left = unless(nothingThere);
  expect(judgeStack(left, NOW_MS, shell).map(({ check }) => check)).toEqual([
    'stack',
    'table',
    'indexes',
    'expiry',
    'recovery',
  ]);
  Object.assign(left, { table: answered(null) });
  expect(judgeStack(left, NOW_MS, shell)).toMatchObject([
    {
      check: 'stack',
      level: 'broken',
      commands: ['npx sls deploy --stage prod --region eu-west-1 --aws-profile night'],
    },
  ]);
});

test('of what is no stage, nobody is told to deploy it', () => {
  const mine = makeShell({
    place: { command: 'kvs-census', options: ['--table', 'mine'] },
    prefix: 'mine',
    region: 'eu-west-1',
  });
  expect(judgeStack(unless(nothingThere), NOW_MS, mine)[0]).toMatchObject({
    ...{ check: 'stack', level: 'broken', commands: [] },
    todo: expect.stringContaining('(--stage)'),
  });
});

test('of a table that is not there, no index is missed', () => {
  const facts = unless((one) => void Object.assign(one, { table: answered(null), isRecoverable: answered(false) }));
  expect(ills(judgeStack(facts, NOW_MS, shell))).toEqual(['table: broken']);
});

test('on this machine nothing is mended by AWS, and its own commands stay', () => {
  const facts = unless(({ schedules, queues }) => {
    Object.assign(of(schedules.dispatch), { isEnabled: false });
    Object.assign(of(queues['failed-invocations']), { waiting: 1 });
  });
  const findings = judgeStack(facts, NOW_MS, localShell);
  expect(findings.filter(({ level }) => level === 'broken')).toMatchObject([
    { check: 'dispatch-schedule', todo: expect.stringContaining('serverless.yml'), commands: ['npm start -- --keep'] },
    { check: 'failed-invocations', commands: ['npx kvs-census redrive --local'] },
  ]);
});

describe('a ledger that stands alone', () => {
  test('is looked at, and what is not there is told in one finding', () => {
    const findings = judgeLedger(healthy(), 'the local ledger in x', NOW_MS + 1e12, localShell);
    expect(ills(findings)).toEqual(['stack: unknown']);
    expect(findings.map(({ check }) => check)).toEqual(['stack', 'table', 'indexes', 'last-run', 'items']);
    expect(findings[0]?.what).toBe(
      'Only the local ledger in x is here: no functions, queues, schedules and alarms run that could be asked.',
    );
  });

  test('is broken without its table', () => {
    const findings = judgeLedger({ ...healthy(), table: answered(null) }, 'x', NOW_MS, localShell);
    expect(findings.find(({ check }) => check === 'table')).toMatchObject({
      level: 'broken',
      commands: ['npm start -- --keep'],
    });
  });
});

test.each([
  [[], 'ok'],
  [[judgeIdentity({ accountId: '1', arn: 'arn:1' })], 'ok'],
  [[unknown('credentials', DENIED.refusal, 'x', shell), judgeIdentity({ accountId: '1', arn: 'arn:1' })], 'unknown'],
  [[nothingAsked('credentials', 'Sign in.'), unknown('credentials', DENIED.refusal, 'x', shell)], 'broken'],
] as const)('the answer is as bad as the worst of its findings', (findings, level) => {
  const answer = doctorAnswer(where, [...findings], NOW_MS);
  expect({ level: answer.level, misfits: misfits(answer) }).toEqual({ level, misfits: [] });
});

test.each([
  ['arn:aws:iam::123456789012:user/anna', 'arn:aws:iam::123456789012:user/anna.'],
  ['', ', of the account 123456789012.'],
])('whose the credentials are: %s', (arn, what) => {
  expect(judgeIdentity({ accountId: '123456789012', arn }).what).toBe(what);
});

test.each([
  ['denied', 'these credentials may not do a:B', 'Have a:B added to them'],
  ['forbidden', 'a policy denies a:B to these credentials in so many words', 'Use others'],
  ['not-accepted', 'the credentials are not accepted for a:B (E)', 'Sign in again'],
  ['throttled', 'AWS has too many requests for a:B at the moment (E)', 'Ask again in a minute.'],
  ['timed-out', 'a:B was not answered in time', 'Ask again in a minute.'],
  ['unreachable', 'a:B could not be reached (E)', 'Ask again in a minute.'],
  ['failed', 'a:B failed (E)', 'Ask again in a minute.'],
] as const)('what is %s says why, and what helps', (why, what, todo) => {
  const finding = unknown('alarms', { action: 'a:B', why, error: 'E' }, 'whether', shell);
  expect(finding.what).toBe(`It could not be asked whether: ${what}.`);
  expect(finding.todo).toContain(todo);
  expectWhole(finding);
});
