/** What the two services that know about regions answer, over HTTP, and everything else that may come instead. */
import { AccountClient } from '@aws-sdk/client-account';
import { SSMClient } from '@aws-sdk/client-ssm';
import { makeReadLiveRegions } from '../../src/aws/live-regions.ts';
import { makeReadOptInStates } from '../../src/aws/opt-in-states.ts';
import type { RegionsAnswer } from '../../src/census/region-memory.ts';
import { type Answer, json, NO_GOOD, refusal, type Service, startService, UNKNOWN_IDENTITY } from './service.ts';

const PATH = '/aws/service/global-infrastructure/services/kinesisvideo/regions';

let service: Service;
let ssm: SSMClient;
let account: AccountClient;
beforeAll(async () => {
  service = await startService('us-east-1');
  ssm = new SSMClient({ ...service.options, maxAttempts: 1 });
  account = new AccountClient({ ...service.options, maxAttempts: 1 });
});
afterAll(async () => {
  ssm.destroy();
  account.destroy();
  await service.close();
});

const parameters = (names: readonly unknown[], NextToken?: unknown) =>
  json({ Parameters: names.map((Value) => ({ Name: `${PATH}/${Value}`, Type: 'String', Value })), NextToken });
const states = (all: readonly (readonly [name: unknown, state: unknown])[], NextToken?: unknown) =>
  json({ Regions: all.map(([RegionName, RegionOptStatus]) => ({ RegionName, RegionOptStatus })), NextToken });

/** The same answer, which tells of an error as well. */
function beside(answer: Answer): Answer {
  if (typeof answer !== 'object' || !('body' in answer)) throw new Error('It has no body.');
  return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body ?? ''), __type: 'InternalFailure' }) };
}

type Source = {
  ask: (signal?: AbortSignal) => Promise<RegionsAnswer>;
  /** An answer of these regions, in a form that a list of them would have. */
  page: (names: readonly unknown[], token?: unknown) => Answer;
  empty: Answer;
};
const forEver = () => new AbortController().signal;
const SOURCES: Readonly<Record<string, Source>> = {
  'Where the service is': {
    ask: (signal = forEver()) => makeReadLiveRegions(ssm)(signal, 'kinesisvideo'),
    page: parameters,
    empty: parameters([]),
  },
  'What is switched on': {
    ask: (signal = forEver()) => makeReadOptInStates(account)(signal),
    page: (names, token) =>
      states(
        names.map((name) => [name, 'DISABLED']),
        token,
      ),
    empty: states([]),
  },
};

test('where the service is is asked for by the path of the public parameters, ten at a time', async () => {
  service.answer(parameters(['us-east-1', 'cn-north-1'], 'more'), parameters(['eu-west-1']));
  await expect(SOURCES['Where the service is']!.ask()).resolves.toEqual({
    regions: ['us-east-1', 'cn-north-1', 'eu-west-1'],
  });
  expect(service.bodies()).toEqual([
    { Path: PATH, MaxResults: 10 },
    { Path: PATH, MaxResults: 10, NextToken: 'more' },
  ]);
  expect(service.asked[0]?.headers['x-amz-target']).toBe('AmazonSSM.GetParametersByPath');
});

test('what is switched on is asked for without naming an account, fifty at a time', async () => {
  service.answer(
    states(
      [
        ['us-east-1', 'ENABLED_BY_DEFAULT'],
        ['af-south-1', 'DISABLED'],
        ['ap-east-1', 'ENABLING'],
      ],
      'more',
    ),
    states([
      ['eu-south-2', 'ENABLED'],
      ['me-south-1', 'DISABLING'],
      ['il-central-1', 'SOMETHING_NEW'],
      ['ap-southeast-5', undefined],
    ]),
  );
  await expect(SOURCES['What is switched on']!.ask()).resolves.toEqual({ regions: ['af-south-1', 'me-south-1'] });
  expect(service.asked).toMatchObject([{ path: '/listRegions' }, { path: '/listRegions' }]);
  expect(service.bodies()).toEqual([{ MaxResults: 50 }, { MaxResults: 50, NextToken: 'more' }]);
});

test('that all regions are switched on is an answer', async () => {
  service.answer(states([['us-east-1', 'ENABLED_BY_DEFAULT']]));
  await expect(SOURCES['What is switched on']!.ask()).resolves.toEqual({ regions: [] });
});

test('a region that is on and off at once is a bad answer', async () => {
  service.answer(
    states([
      ['me-south-1', 'ENABLED'],
      ['me-south-1', 'DISABLED'],
    ]),
  );
  await expect(SOURCES['What is switched on']!.ask()).resolves.toMatchObject({ because: 'bad-answer' });
});

describe.each(Object.entries(SOURCES))('%s', (_what, { ask, page, empty }) => {
  test('is read to the last page, an empty one in between included', async () => {
    service.answer(page(['us-east-1'], 'a'), page([], 'b'), page(['eu-west-1'], ''));
    await expect(ask()).resolves.toEqual({ regions: ['us-east-1', 'eu-west-1'] });
  });

  test('is no answer if it is an empty list', async () => {
    service.answer(empty);
    await expect(ask()).resolves.toMatchObject({ because: 'empty' });
  });

  test.each<[string, () => Answer[]]>([
    ['a token that came before', () => [page(['us-east-1'], 'a'), page(['eu-west-1'], 'a')]],
    ['two tokens in turn', () => [page(['us-east-1'], 'a'), page([], 'b'), page([], 'a')]],
    ['a name that is no region', () => [page(['us-east-1', 'mars'])]],
    ['a name that is far too long', () => [page([`eu-${'west'.repeat(40)}-1`])]],
    ['no name', () => [page([null])]],
    ['a number instead of a name', () => [page([1])]],
    ['no list', () => [json({})]],
    ['an answer that is no JSON', () => [{ headers: { 'content-type': 'application/json' }, body: '<html>' }]],
    ['a refusal of the question itself', () => [refusal(400, 'ValidationException')]],
    ['a list beside an error', () => [beside(page(['us-east-1']))]],
  ])('is a bad answer if it is %s', async (_how, answers) => {
    service.answer(...answers());
    await expect(ask()).resolves.toMatchObject({ because: 'bad-answer' });
  });

  test('is a bad answer if it has more names than a run can have regions', async () => {
    service.answer(
      page(
        Array.from(
          { length: 10_000 },
          (_, nth) => `eu-${String.fromCharCode(97 + (nth % 26)).repeat(1 + Math.floor(nth / 2600))}-${nth % 100}`,
        ),
      ),
    );
    await expect(ask()).resolves.toMatchObject({ because: 'bad-answer' });
  });

  test('is a bad answer if it has ever more pages', async () => {
    let pages = 0;
    service.answerBy(() => page([], `token-${pages++}`));
    await expect(ask()).resolves.toMatchObject({ because: 'bad-answer' });
    expect(pages).toBe(30);
  });

  test.each<[string, Answer, string]>([
    ['throttled', refusal(400, 'ThrottlingException'), 'throttled'],
    ['asked too often', refusal(429, 'TooManyRequestsException'), 'throttled'],
    ['denied', refusal(400, 'AccessDeniedException'), 'denied'],
    ...[...NO_GOOD, ...UNKNOWN_IDENTITY].map((name): [string, Answer, string] => [name, refusal(403, name), 'denied']),
    ['broken', refusal(500, 'InternalServerError'), 'unreachable'],
    ['torn down', 'hang-up', 'unreachable'],
  ])('is no answer where it is %s', async (_how, answer, because) => {
    service.answer(answer);
    await expect(ask()).resolves.toMatchObject({ because, cause: expect.anything() });
  });

  test.each(['silence', 'processing', 'half'] as const)(
    'is given up when nobody waits any more (%s)',
    async (answer) => {
      service.answer(answer);
      const stop = new AbortController();
      const answered = ask(stop.signal);
      stop.abort();
      await expect(answered).resolves.toMatchObject({ because: 'timed-out' });
    },
  );
});
