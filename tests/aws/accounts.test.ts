/** What AWS Organizations answers of its accounts, over HTTP, and everything else that may come instead. */
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { makeReadAccounts } from '../../src/aws/accounts.ts';
import {
  type Answer,
  type Asked,
  json,
  NO_GOOD,
  refusal,
  type Service,
  startService,
  UNKNOWN_IDENTITY,
} from './service.ts';

const ROOT = 'r-ab12';
const unit = (name: string) => `ou-ab12-${name.padEnd(8, '0')}`;
const id = (nth: number) => String(100_000_000_000 + nth);

let service: Service;
let client: OrganizationsClient;
beforeAll(async () => {
  service = await startService();
  client = new OrganizationsClient({ ...service.options, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await service.close();
});

const forEver = () => new AbortController().signal;
const read = (units: readonly string[] = [], signal = forEver()) => makeReadAccounts(client, { units })(signal);

/** As AWS writes one. */
const account = (Id: unknown, more: object = {}) => ({
  Id,
  Arn: `arn:aws:organizations::${id(0)}:account/o-exampleorgid/${Id}`,
  Email: 'somebody@example.com',
  Name: 'cameras',
  State: 'ACTIVE',
  Status: 'ACTIVE',
  Paths: ['o-exampleorgid/r-ab12/'],
  JoinedMethod: 'CREATED',
  JoinedTimestamp: 1_700_000_000,
  ...more,
});
const page = (Accounts: readonly unknown[], NextToken?: unknown) => json({ Accounts, NextToken });
const units = (ids: readonly unknown[], NextToken?: unknown) =>
  json({ OrganizationalUnits: ids.map((Id) => ({ Id, Name: 'a unit' })), NextToken });

const targetOf = ({ headers }: Asked) => `${headers['x-amz-target']}`.replace('AWSOrganizationsV20161128.', '');

test('all accounts are asked for, twenty at a time, to the last page, an empty one in between included', async () => {
  service.answer(page([account(id(1))], 'a'), page([], 'b'), page([account(id(2), { Name: 'lab' })], ''));
  await expect(read()).resolves.toEqual({
    accounts: [
      { accountId: id(1), name: 'cameras' },
      { accountId: id(2), name: 'lab' },
    ],
  });
  expect(service.asked.map(targetOf)).toEqual(['ListAccounts', 'ListAccounts', 'ListAccounts']);
  expect(service.bodies()).toEqual([
    { MaxResults: 20 },
    { MaxResults: 20, NextToken: 'a' },
    { MaxResults: 20, NextToken: 'b' },
  ]);
});

test.each<[what: object, state: string | undefined]>([
  [{ State: 'ACTIVE', Status: 'ACTIVE' }, undefined],
  [{ State: 'SUSPENDED', Status: 'SUSPENDED' }, 'suspended'],
  [{ State: 'CLOSED', Status: 'SUSPENDED' }, 'closed'],
  [{ State: 'CLOSED', Status: undefined }, 'closed'],
  [{ State: undefined, Status: 'SUSPENDED' }, 'suspended'],
  [{ State: null, Status: 'SUSPENDED' }, 'suspended'],
  [{ State: 'PENDING_CLOSURE', Status: 'PENDING_CLOSURE' }, undefined],
  [{ State: 'PENDING_ACTIVATION', Status: 'ACTIVE' }, undefined],
  [{ State: undefined, Status: undefined }, undefined],
  [{ State: 'SOMETHING_NEW', Status: undefined }, undefined],
  [{ State: 'ACTIVE', Status: 'SUSPENDED' }, undefined],
  [{ State: 'SUSPENDED', Status: 'ACTIVE' }, undefined],
  [{ State: ['SUSPENDED'], Status: undefined }, undefined],
])('an account of which %j is said is %s: only an explicit word sets it aside', async (what, state) => {
  service.answer(page([account(id(1), what)]));
  await expect(read()).resolves.toEqual({ accounts: [{ accountId: id(1), name: 'cameras', ...(state && { state }) }] });
});

test.each<[name: unknown, told: object]>([
  [undefined, {}],
  ['', {}],
  [7, {}],
  [{ text: 'odd' }, {}],
  ['x'.repeat(1000), { name: 'x'.repeat(50) }],
  ['📷'.repeat(50), { name: '📷'.repeat(25) }],
  [`x${'📷'.repeat(50)}`, { name: `x${'📷'.repeat(24)}` }],
  ['half \ud83d of one', { name: 'half  of one' }],
  ['a\nb\r\u001b[2Jc\u0000\u2028\u202e', { name: 'ab[2Jc' }],
  ['👩\u200d🔬 Käufer & <b>', { name: '👩\u200d🔬 Käufer & <b>' }],
  [' \t', {}],
])('a name that is %j costs nothing but itself', async (Name, told) => {
  service.answer(page([account(id(1), { Name })]));
  await expect(read()).resolves.toEqual({ accounts: [{ accountId: id(1), ...told }] });
});

test('a date that nobody can read costs nothing', async () => {
  service.answer(page([account(id(1), { JoinedTimestamp: 'long ago' })]));
  await expect(read()).resolves.toEqual({ accounts: [{ accountId: id(1), name: 'cameras' }] });
});

describe('An account that is listed twice', () => {
  const twice = async (one: object, other: object) => {
    service.answer(page([account(id(1), one), account(id(2))], 'a'), page([account(id(1), other)]));
    return await read();
  };

  test('is counted once, by the first name that it has', async () => {
    await expect(twice({}, { Name: 'renamed' })).resolves.toEqual({
      accounts: [
        { accountId: id(1), name: 'cameras' },
        { accountId: id(2), name: 'cameras' },
      ],
    });
  });

  test.each(['ACTIVE', 'CLOSED'])('and is SUSPENDED here and %s there is asked', async (State) => {
    const answer = await twice({ State: 'SUSPENDED', Status: undefined }, { State, Status: undefined });
    expect(answer).toMatchObject({ accounts: [{ accountId: id(1) }, { accountId: id(2) }] });
    expect(JSON.stringify(answer)).not.toContain('state');
  });

  test('and is suspended each time is set aside', async () => {
    const suspended = { State: 'SUSPENDED', Status: 'SUSPENDED' };
    await expect(twice(suspended, suspended)).resolves.toMatchObject({ accounts: [{ state: 'suspended' }, {}] });
  });
});

describe('Of some units', () => {
  /** Units below each, and accounts in each. */
  type Tree = Record<string, { units?: readonly unknown[]; accounts?: readonly number[] }>;

  function answerBy(tree: Tree) {
    service.answerBy((asked) => {
      const { ParentId, NextToken } = JSON.parse(asked.body);
      const { units: below = [], accounts = [] } = tree[ParentId] ?? {};
      const isOfUnits = targetOf(asked) === 'ListOrganizationalUnitsForParent';
      // One a page.
      const at = Number(NextToken ?? 0);
      const listed = isOfUnits ? below : accounts;
      const next = at + 1 < listed.length ? String(at + 1) : undefined;
      const part = listed.slice(at, at + 1);
      return isOfUnits
        ? units(part, next)
        : page(
            part.map((nth) => account(id(nth as number))),
            next,
          );
    });
  }
  const idsOf = (answer: Awaited<ReturnType<typeof read>>) =>
    'accounts' in answer ? answer.accounts.map(({ accountId }) => Number(accountId.slice(-2))) : answer;

  const TREE: Tree = {
    [ROOT]: { units: [unit('a'), unit('b')], accounts: [1] },
    [unit('a')]: { units: [unit('c'), unit('d')], accounts: [2, 3] },
    [unit('b')]: { accounts: [4] },
    [unit('c')]: { accounts: [] },
    [unit('d')]: { units: [unit('e')], accounts: [5] },
    [unit('e')]: { accounts: [6, 7] },
  };

  test.each<[named: readonly string[], found: readonly number[]]>([
    [[unit('a')], [2, 3, 5, 6, 7]],
    [
      [unit('e'), unit('b')],
      [6, 7, 4],
    ],
    [
      [unit('a'), unit('d')],
      [2, 3, 5, 6, 7],
    ],
    [[ROOT], [1, 2, 3, 4, 5, 6, 7]],
  ])('%j those below are found, however deep, each once', async (named, found) => {
    answerBy(TREE);
    expect(idsOf(await read(named))).toEqual(expect.arrayContaining([...found]));
    expect(idsOf(await read(named))).toHaveLength(found.length);
    expect(service.asked.map(targetOf)).not.toContain('ListAccounts');
  });

  test('one that lies in itself is looked at once', async () => {
    answerBy({
      [unit('a')]: { units: [unit('b')], accounts: [1] },
      [unit('b')]: { units: [unit('a')], accounts: [2] },
    });
    expect(idsOf(await read([unit('a')]))).toEqual([1, 2]);
  });

  test('that hold no account the list is empty', async () => {
    answerBy({ [unit('c')]: {} });
    await expect(read([unit('c')])).resolves.toMatchObject({ because: 'empty' });
  });

  test.each([undefined, null, 7, 'ou-ab12', ROOT, id(1), `${unit('a')} `])(
    'of which one has the id %j there is no answer',
    async (Id) => {
      answerBy({ [unit('a')]: { units: [Id], accounts: [1] } });
      await expect(read([unit('a')])).resolves.toMatchObject({ because: 'bad-answer' });
    },
  );

  test('that have ever more units below them there is no answer', async () => {
    let made = 0;
    service.answerBy((asked) =>
      targetOf(asked) === 'ListOrganizationalUnitsForParent'
        ? units([`ou-ab12-${String(made++).padStart(8, '0')}`])
        : page([]),
    );
    await expect(read([unit('x')])).resolves.toMatchObject({ because: 'bad-answer' });
    expect(made).toBe(2000);
  });

  test('of which AWS does not know one there is no answer', async () => {
    service.answer(refusal(400, 'ParentNotFoundException'));
    await expect(read([unit('a')])).resolves.toMatchObject({
      because: 'bad-answer',
      cause: { name: 'ParentNotFoundException' },
    });
  });

  test('of which one is denied there is no answer, and no part of one', async () => {
    service.answerBy((asked) => {
      if (asked.body.includes(unit('b'))) return refusal(400, 'AccessDeniedException');
      return targetOf(asked) === 'ListOrganizationalUnitsForParent' ? units([]) : page([account(id(1))]);
    });
    await expect(read([unit('a'), unit('b')])).resolves.toMatchObject({ because: 'denied' });
  });
});

/** The same answer, which tells of an error as well. */
function beside(answer: Answer): Answer {
  const { body = '' } = answer as { body?: string };
  return { ...(answer as object), body: JSON.stringify({ ...JSON.parse(body), __type: 'ServiceException' }) };
}

test.each<[string, () => Answer[]]>([
  ['a token that came before', () => [page([account(id(1))], 'a'), page([account(id(2))], 'a')]],
  ['two tokens in turn', () => [page([account(id(1))], 'a'), page([], 'b'), page([], 'a')]],
  ['a token that is no text', () => [page([account(id(1))], 7)]],
  ['an id of eleven digits', () => [page([account(id(1)), account('12345678901')])]],
  ['an id of thirteen digits', () => [page([account('1234567890123')])]],
  ['an id in letters', () => [page([account('twelve-digit')])]],
  ['an id that is a number', () => [page([account(123456789012)])]],
  ['no id', () => [page([account(undefined)])]],
  ['an entry that is nothing', () => [page([null])]],
  ['no list', () => [json({})]],
  ['a list of another kind', () => [json({ Accounts: { Id: id(1) } })]],
  ['an answer that is no JSON', () => [{ headers: { 'content-type': 'application/x-amz-json-1.1' }, body: '<html>' }]],
  ['a list beside an error', () => [beside(page([account(id(1))]))]],
  ['an account that is in no organisation', () => [refusal(400, 'AWSOrganizationsNotInUseException')]],
])('%s is no answer', async (_what, answers) => {
  service.answer(...answers());
  await expect(read()).resolves.toMatchObject({ because: 'bad-answer' });
});

test('an empty list is no answer: whoever asks is in it', async () => {
  service.answer(page([]));
  await expect(read()).resolves.toMatchObject({ because: 'empty' });
});

test('more accounts than a run is made for are no answer', async () => {
  let pages = 0;
  service.answerBy(() =>
    page(
      Array.from({ length: 1000 }, (_, nth) => account(id(pages * 1000 + nth))),
      `${pages++}`,
    ),
  );
  await expect(read()).resolves.toMatchObject({ because: 'bad-answer' });
  expect(pages).toBe(11);
});

test('ever more pages are no answer', async () => {
  let pages = 0;
  service.answerBy(() => page([], `token-${pages++}`));
  await expect(read()).resolves.toMatchObject({ because: 'bad-answer' });
  expect(pages).toBe(1000);
});

test('a thousand accounts are read in fifty requests', async () => {
  service.answerBy(({ body }) => {
    const at = Number(JSON.parse(body).NextToken ?? 0);
    return page(
      Array.from({ length: 20 }, (_, nth) => account(id(at + nth))),
      at + 20 < 1000 ? `${at + 20}` : undefined,
    );
  });
  const answer = await read();
  expect('accounts' in answer && answer.accounts).toHaveLength(1000);
  expect(service.asked).toHaveLength(50);
});

test.each<[string, Answer, string]>([
  ['throttled', refusal(400, 'TooManyRequestsException'), 'throttled'],
  ['throttled by another name', refusal(429, 'NewestThrottle'), 'throttled'],
  ['denied', refusal(400, 'AccessDeniedException'), 'denied'],
  ...[...NO_GOOD, ...UNKNOWN_IDENTITY].map((name): [string, Answer, string] => [name, refusal(403, name), 'denied']),
  ['broken', refusal(500, 'ServiceException'), 'unreachable'],
  ['torn down', 'hang-up', 'unreachable'],
])('where it is %s, in the middle of a list too, there is no answer', async (_how, answer, because) => {
  service.answer(page([account(id(1))], 'a'), answer);
  await expect(read()).resolves.toMatchObject({ because, cause: expect.anything() });
});

test.each(['silence', 'processing', 'half'] as const)(
  'nobody is waited for any longer than wanted (%s)',
  async (answer) => {
    service.answer(answer);
    const stop = new AbortController();
    const answered = read([], stop.signal);
    stop.abort();
    await expect(answered).resolves.toMatchObject({ because: 'timed-out' });
  },
);
