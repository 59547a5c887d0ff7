/** What an agent is told, by the official client and a real process. */
import { misfits } from '../../../infra/openapi/schemas.ts';
import { censusIdOf, ORGANIZATION } from '../../../src/census/census-id.ts';
import { noteAccount } from '../../../src/cli/source/account.ts';
import { storyOf } from '../../fixtures/kinds.ts';
import { MEMBER, manyAccounts, organizationStory } from '../../fixtures/organization.ts';
import { RUN, story } from '../../fixtures/story.ts';
import { ACCOUNT, history } from '../history.ts';
import { cleanUp, makeIo, startLedger, type TestLedger } from '../world.ts';
import { type Agent, closeAgents, startAgent } from './client.ts';

afterAll(async () => {
  await closeAgents();
  await cleanUp();
});

const MOST_BYTES = 65_536;

async function ledgerWith(fill: (ledger: TestLedger) => Promise<void>): Promise<TestLedger> {
  const ledger = await startLedger();
  await fill(ledger);
  noteAccount(ledger.folder(), ACCOUNT);
  return ledger;
}

/** As the server's process has it: what is offered for a run depends on the clock, and on what a person types. */
const AS_HERE = { nowMs: Date.now, startedAs: 'npx kvs-census' };

/** What the command prints of the same ledger, but for the instant of the reading. */
async function printed(ledger: TestLedger, line: string): Promise<object> {
  const { out } = await ledger.ask(`${line} --json`, makeIo(ledger.folder(), AS_HERE));
  const { readAt, ...document } = JSON.parse(out);
  return document;
}

function withoutReadAt({ readAt, ...document }: { readAt?: string }): object {
  return document;
}

describe('Of an account', () => {
  let ledger: TestLedger;
  let agent: Agent;
  beforeAll(async () => {
    ledger = await ledgerWith(async (one) => {
      await one.fill(story());
      await one.fill(storyOf('channels'));
    });
    agent = await startAgent(ledger.folder());
  });

  test('the tools say that they only read, and describe each input', () => {
    expect(agent.tools.map(({ name }) => name)).toEqual([
      'latest_total',
      'explain_run',
      'region_history',
      'diff_runs',
      'headroom',
      'list_runs',
      'list_accounts',
    ]);
    for (const { annotations, description, inputSchema, outputSchema } of agent.tools) {
      expect(annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false, openWorldHint: false });
      expect(description).toMatch(/\.$/);
      expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
      for (const property of Object.values(inputSchema.properties ?? {})) {
        expect(property).toMatchObject({ type: expect.any(String), description: expect.any(String) });
      }
      expect(outputSchema).toMatchObject({ required: ['standing', 'missing', 'news', 'leftOut', 'lists', 'answer'] });
    }
  });

  test('the instructions tell what the words mean', () => {
    const instructions = agent.client.getInstructions() ?? '';
    for (const word of ['complete', 'partial', 'missing is not zero', 'lastKnown', 'null', 'leftOut', 'cursor']) {
      expect(instructions).toContain(word);
    }
    expect(instructions.length).toBeLessThan(4_000);
  });

  test.each([
    ['latest_total', {}, 'latest'],
    ['explain_run', {}, 'explain latest'],
    ['explain_run', { run: '2026-11-20T00' }, 'explain 2026-11-20T00'],
    ['region_history', { region: 'eu-west-1' }, 'region eu-west-1'],
    ['region_history', { region: 'eu-west-1', reason: 'denied', last: 2 }, 'region eu-west-1 --reason denied --last 2'],
    ['diff_runs', {}, 'diff'],
    ['diff_runs', { before: RUN.retried, after: RUN.shortPlan }, `diff ${RUN.retried} ${RUN.shortPlan}`],
    ['diff_runs', { before: RUN.retried }, `diff ${RUN.retried}`],
    ['headroom', {}, 'headroom'],
    ['headroom', { days: 14, above: 60 }, 'headroom --days 14 --above 60'],
    ['list_runs', {}, 'runs'],
    ['list_runs', { last: 2, verdict: 'complete' }, 'runs --last 2 --verdict complete'],
    ['list_runs', { since: '2026-11-19', until: '2026-11-19' }, 'runs --since 2026-11-19 --until 2026-11-19'],
    ['latest_total', { kind: 'channels' }, 'latest --kind channels'],
    ['latest_total', { account: ACCOUNT }, `latest --account ${ACCOUNT}`],
  ])('%s %j is what the command prints: %s', async (name, inputs, line) => {
    const { isError, data, bytes } = await agent.call(name, inputs);
    expect(isError).toBe(false);
    expect(misfits(data.answer)).toEqual([]);
    expect(withoutReadAt(data.answer)).toEqual(await printed(ledger, line));
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
  });

  test.each(['latest_total', 'explain_run', 'diff_runs', 'headroom', 'list_runs'])(
    '%s begins with the verdict, what is missing and the age, in words as well as as data',
    async (name) => {
      const { words, data } = await agent.call(name);
      expect(words).toContain('18 of 19 regions: partial (run 2026-11-20T06:00:00Z)');
      expect(words).toMatch(/eu-west-1 \(denied\)/);
      expect(words).toMatch(/not zero/);
      expect(words).toMatch(/Its instant was .* ago\./);
      expect(data.standing).toEqual({
        runId: RUN.newest,
        verdict: 'partial',
        missing: 1,
        ageS: expect.any(Number),
        damaged: 0,
      });
      expect(data.missing).toEqual({
        accounts: 0,
        regions: 1,
        named: [{ accountId: null, region: 'eu-west-1', reason: 'denied' }],
        unnamed: 0,
      });
    },
  );

  test('region_history tells of the region, whose absence is no zero', async () => {
    const { words } = await agent.call('region_history', { region: 'eu-west-1' });
    expect(words).toMatch(/^eu-west-1 in the run 2026-11-20T06:00:00Z .*not counted \(denied\).*unknown, not zero/);
    expect(words).toContain('Of 9 runs, newest first, 4 did not count it.');
  });

  test('what is complete is called so', async () => {
    const { words, data } = await agent.call('explain_run', { run: RUN.complete });
    expect(words).toMatch(/^60,953 streams in 19 of 19 regions: complete \(run 2026-11-19T06:00:00Z\)\./);
    expect(words).not.toContain('partial');
    expect(data.missing).toMatchObject({ regions: 0, named: [] });
  });

  test.each([
    [
      'latest_total',
      { foo: 1 },
      'latest_total does not take "foo": it takes `verdict`, `reason`, `account`, `kind`, `cursor`. Leave it out.',
    ],
    [
      'latest_total',
      { kind: 'cameras' },
      'The input `kind` is wrong. Expected one of streams, channels, data-streams, not "cameras".',
    ],
    [
      'latest_total',
      { account: 'me' },
      'The input `account` is wrong. "me" is neither an account id, of twelve digits, nor organization.',
    ],
    [
      'latest_total',
      { verdict: 'partial' },
      'A verdict or a reason chooses among the accounts of an organisation, and these runs are of one account: leave it out.',
    ],
    ['latest_total', { cursor: 'abc' }, '"abc" is no cursor: give one as it stands in `leftOut`, or leave it out.'],
    [
      'latest_total',
      { cursor: '' },
      'The input `cursor` is wrong. Expected the cursor of an earlier result, or nothing.',
    ],
    [
      'latest_total',
      { cursor: 'part-0a0a0a0a-7' },
      'The answer that the cursor "part-0a0a0a0a-7" goes on with is not kept any more: ask again without a cursor.',
    ],
    [
      'explain_run',
      { run: 7 },
      'The input `run` is wrong. 7 names no run: expected an id such as 2026-11-20T06:00:00Z or its beginning, a day, latest, latest~1, previous or yesterday.',
    ],
    [
      'explain_run',
      { run: '2026-11-16' },
      /^No run of the account 123456789012 begins with 2026-11-16 in .*: list_runs lists those that there are\.$/,
    ],
    ['explain_run', { run: '2026-11-19' }, /^More than one run begins with 2026-11-19: say which of .* is meant\.$/],
    ['region_history', {}, 'region_history needs `region`: The region that was counted, such as eu-west-1.'],
    [
      'region_history',
      { region: 'Ireland' },
      'The input `region` is wrong. "Ireland" is not the name of an AWS region such as eu-west-1.',
    ],
    ['region_history', { region: 'eu-west-9' }, /^None of the 9 runs looked at was to count eu-west-9/],
    [
      'diff_runs',
      { after: 'latest' },
      'diff_runs takes `after` with `before`: name both, or only `before`, or neither.',
    ],
    ['headroom', { days: 0 }, /^The input `days` is wrong\. Expected a whole number from \d+ to 400, not 0\.$/],
    ['headroom', { above: '80' }, 'The input `above` is wrong. Expected a whole number from 1 to 100, not "80".'],
    ['list_runs', { last: 201 }, 'The input `last` is wrong. Expected a whole number from 1 to 200, not 201.'],
    ['list_runs', { since: 'Monday' }, /^The input `since` is wrong\. Expected a day such as 2026-11-20, /],
    [
      'list_runs',
      { since: '2026-11-20', until: '2026-11-19' },
      '`since` (2026-11-20T00:00:00Z) is later than `until` (2026-11-19T23:59:59Z): exchange them, or leave one of them out.',
    ],
    ['list_runs', { reason: 'suspended' }, 'Of 9 runs looked at none misses anything as suspended.'],
    [
      'list_accounts',
      {},
      /^These runs are of one account, and not of an organisation, so there are no accounts to list: latest_total /,
    ],
    ['latest_total', { account: '210987654321' }, /^There are no runs of the account 210987654321 in /],
    [
      'latest_total',
      { kind: 'data-streams' },
      /^There are no runs of data streams of the account 123456789012 in .*leave `kind` out\.$/,
    ],
  ] as [string, object, string | RegExp][])(
    '%s %j is one sentence, which says what to do',
    async (name, inputs, sentence) => {
      const { isError, words } = await agent.call(name, inputs);
      expect(isError).toBe(true);
      expect(words).toMatch(sentence instanceof RegExp ? sentence : new RegExp(`^${RegExp.escape(sentence)}$`));
      // A command is for the person.
      expect(words.replace(/`[^`]*`/g, '')).not.toMatch(
        /\n|--(account|kind|verdict|reason|above|last|days|since|until)/,
      );
    },
  );

  test('several questions at the same time get their own answers', async () => {
    const runs = [
      RUN.first,
      RUN.beforeRetry,
      RUN.retried,
      RUN.shortPlan,
      RUN.complete,
      RUN.denied,
      RUN.slow,
      RUN.worst,
    ];
    const answers = await Promise.all(runs.map((run) => agent.call('explain_run', { run })));
    expect(answers.map(({ data }) => data.answer.run.runId)).toEqual(runs);
  });

  test('with nothing to complain of, standard error is silent', () => {
    expect(agent.err()).toBe('');
  });

  test.each(['auto', 'legacy'] as const)('clients that begin in the way %s are served', async (mode) => {
    const other = await startAgent(ledger.folder(), { mode });
    const version = other.client.getNegotiatedProtocolVersion();
    expect(version).toBe(mode === 'auto' ? '2026-07-28' : '2025-11-25');
    expect((await other.call('latest_total')).words).toContain('partial');
    await expect(other.client.callTool({ name: 'delete_run', arguments: {} })).rejects.toThrow('delete_run');
  });
});

describe('Of an organisation', () => {
  let ledger: TestLedger;
  let agent: Agent;
  beforeAll(async () => {
    ledger = await ledgerWith(async (one) => await one.fillOrganization(organizationStory()));
    agent = await startAgent(ledger.folder());
  });

  test.each([
    ['latest_total', {}, 'latest'],
    ['latest_total', { reason: 'no-access' }, 'latest --reason no-access'],
    ['explain_run', {}, 'explain latest'],
    ['diff_runs', {}, 'diff'],
    ['headroom', {}, 'headroom'],
    ['list_runs', {}, 'runs'],
    ['latest_total', { account: MEMBER.storesEurope }, `latest --account ${MEMBER.storesEurope}`],
    [
      'region_history',
      { region: 'eu-west-2', account: MEMBER.storesEurope },
      `region eu-west-2 --account ${MEMBER.storesEurope}`,
    ],
  ])('%s %j is what the command prints: %s', async (name, inputs, line) => {
    const { data } = await agent.call(name, inputs);
    expect(misfits(data.answer)).toEqual([]);
    expect(withoutReadAt(data.answer)).toEqual(await printed(ledger, line));
  });

  test('whose number is partial it says, and names the accounts', async () => {
    const { words, data } = await agent.call('latest_total');
    expect(words).toMatch(/^48,395 streams, 4 of 8 accounts complete: partial \(run 2026-11-20T06:00:00Z\)\./);
    expect(words).toContain('444455556666 (no-access)');
    expect(words).toContain('111122223333 eu-west-2 (timed-out)');
    expect(data.missing).toMatchObject({ accounts: 2, regions: 2, unnamed: 0 });
    expect(data.missing?.named).toContainEqual({ accountId: '444455556666', region: null, reason: 'no-access' });
  });

  test('list_accounts gives the accounts of one run, in the order of their ids', async () => {
    const { data, words } = await agent.call('list_accounts');
    expect(misfits(data.answer)).toEqual([]);
    const ids = data.answer.accounts.map(({ accountId }) => accountId);
    expect(ids).toEqual([...ids].sort());
    expect(ids).toHaveLength(9);
    expect(words).toContain('partial');
    const pages = await agent.walk('list_accounts', { last: 2 });
    expect(pages).toHaveLength(5);
    expect(pages.flatMap((one) => one.data.answer.accounts)).toEqual(data.answer.accounts);
  });

  test.each([
    ['region_history', { region: 'eu-west-1' }, /^Regions are those of an account: name one with `account`/],
    [
      'headroom',
      { above: 60 },
      /^An organisation's run knows .*leave `above` out, or name an account with `account`\.$/,
    ],
    ['latest_total', { reason: 'bad-answer' }, /^Of 9 accounts of the run none misses anything as bad-answer\.$/],
    ['list_accounts', { after: 'x' }, /^The input `after` is wrong\. The account id "x" is not twelve digits\.$/],
  ])('%s %j is one sentence, which says what to do', async (name, inputs, sentence) => {
    const { isError, words } = await agent.call(name, inputs);
    expect(isError).toBe(true);
    expect(words).toMatch(sentence);
  });
});

describe('What is long comes in parts, and its cursors lead to the end', () => {
  test('an organisation of 1,000 accounts: each account stands in exactly one part', async () => {
    const ledger = await ledgerWith(async (one) => await one.fillOrganization(manyAccounts(1_000)));
    const agent = await startAgent(ledger.folder());
    const whole = JSON.parse((await ledger.ask('latest --json')).out);
    const parts = await agent.walk('latest_total');
    expect(parts.length).toBeGreaterThan(4);
    for (const { bytes, words, data, isError } of parts) {
      expect(isError).toBe(false);
      expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
      expect(words).toMatch(/partial/);
      expect(words).toMatch(/THIS IS A PART/);
      expect(data.standing?.verdict).toBe('partial');
      expect(data.answer.run).toEqual(whole.run);
      expect(data.answer.accountsLeftOut).toBe(1_000 - data.answer.accounts.length);
      expect(misfits(data.answer)).toEqual([]);
    }
    expect(parts.flatMap(({ data }) => data.answer.accounts)).toEqual(whole.accounts);
    expect(parts.map(({ data }) => data.leftOut?.entries ?? 0)).toEqual(
      parts.map((_, at) => parts.slice(at + 1).reduce((sum, one) => sum + countOf(one.data.lists), 0)),
    );
    expect(parts.at(-1)?.words).toContain('It is the last part.');
    // What is left out is said where an agent looks first.
    expect(parts[0]?.words).toMatch(
      /LEFT OUT: [\d,]+ entries of this answer\. For what comes next call latest_total again/,
    );
    const [first] = parts;
    const cursor = first?.data.leftOut?.cursor ?? '';
    expect((await agent.call('latest_total', { cursor })).data.answer.accounts).toEqual(parts[1]?.data.answer.accounts);
    const other = await agent.call('headroom', { cursor });
    expect(other.words).toBe(
      'The cursor was given by latest_total with {}: call that with the same inputs, or leave the cursor out.',
    );
    const changed = await agent.call('latest_total', { cursor, verdict: 'partial' });
    expect(changed.isError).toBe(true);
    const pages = await agent.walk('list_accounts', { last: 200 });
    const listed = pages.flatMap(({ data }) => data.answer.accounts.map(({ accountId }) => accountId));
    expect(listed).toEqual(whole.accounts.map((one: { accountId: string }) => one.accountId).sort());
    for (const { bytes } of pages) expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
    for (const name of ['headroom', 'diff_runs', 'explain_run', 'list_runs']) {
      for (const { bytes, isError } of await agent.walk(name)) {
        expect(isError).toBe(false);
        expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
      }
    }
  });

  test('all pages of the accounts are of one run, though a newer one is there by then', async () => {
    const past = organizationStory();
    const ledger = await ledgerWith(async (one) => await one.fillOrganization(past.slice(0, -1)));
    const agent = await startAgent(ledger.folder());
    const { data } = await agent.call('list_accounts', { last: 2 });
    await ledger.fillOrganization(past.slice(-1));
    const next = await agent.call('list_accounts', { last: 2, cursor: data.leftOut?.cursor });
    expect(next.data.standing?.runId).toBe(past.at(-2)?.run.runId);
    expect((await agent.call('list_accounts')).data.standing?.runId).toBe(RUN.newest);
  });

  const countOf = (lists: readonly { from: number; to: number }[]) =>
    lists.reduce((sum, { from, to }) => sum + to - from + 1, 0);

  test('a history of 150 runs: each run, and each point of a region, exactly once', async () => {
    const ledger = await ledgerWith(async (one) => {
      await one.fill(history({ runs: 150, regions: ['eu-west-1', 'us-east-1'], isMissing: (n) => n % 7 === 0 }));
    });
    const agent = await startAgent(ledger.folder());
    const { runs } = JSON.parse((await ledger.ask('runs --last 1000 --json')).out);
    const idsOf = (list: { runId: string }[]) => list.map(({ runId }) => runId);
    for (const inputs of [{}, { last: 200 }, { last: 23 }]) {
      const pages = await agent.walk('list_runs', inputs);
      expect(pages.flatMap(({ data }) => idsOf(data.answer.runs))).toEqual(idsOf(runs));
      for (const { bytes, data } of pages) {
        expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
        expect(misfits(data.answer)).toEqual([]);
      }
    }
    const partial = runs.filter(({ verdict }: { verdict: string }) => verdict === 'partial');
    const found = await agent.walk('list_runs', { verdict: 'partial', last: 20 });
    expect(found.flatMap(({ data }) => idsOf(data.answer.runs))).toEqual(idsOf(partial));
    const recent = await agent.walk('list_runs', { since: runs[40].runId, last: 11 });
    expect(recent.flatMap(({ data }) => idsOf(data.answer.runs))).toEqual(idsOf(runs.slice(0, 41)));
    const points = await agent.walk('region_history', { region: 'eu-west-1', last: 60 });
    expect(points.flatMap(({ data }) => idsOf(data.answer.points))).toEqual(idsOf(runs));
    // The cursor alone is enough, also for a server that was started again.
    const [first] = await agent.walk('list_runs', { last: 3 });
    const again = await startAgent(ledger.folder());
    const next = await again.call('list_runs', { cursor: first?.data.leftOut?.cursor });
    expect(idsOf(next.data.answer.runs)).toEqual(idsOf(runs.slice(3, 6)));
    expect(next.words).toContain('nobody knows how much');
  });
});

describe('What is not as it should be', () => {
  test('a run without a total is not zero', async () => {
    const ledger = await ledgerWith(async (one) => await one.fill(story({ isOneUnderWay: true }).slice(-1)));
    const agent = await startAgent(ledger.folder());
    const { words, data } = await agent.call('latest_total');
    expect(words).toMatch(/^The run 2026-11-20T07:58:00Z has no total yet\./);
    expect(words).toContain('it is not zero');
    expect(data.standing).toMatchObject({ verdict: 'open', missing: 19 });
    expect(data.missing).toBeNull();
    expect(data.answer.run.streams).toBeNull();
  });

  test('an empty ledger is a sentence of each tool', async () => {
    const ledger = await ledgerWith(async () => {});
    const agent = await startAgent(ledger.folder());
    for (const { name } of agent.tools) {
      const { isError, words } = await agent.call(name, name === 'region_history' ? { region: 'eu-west-1' } : {});
      expect(isError).toBe(true);
      expect(words).toMatch(/^There are no runs of the account 123456789012 in .* yet: [^\n]*\.$/);
    }
  });

  test('where there is no ledger, it says how to get one, and answers as soon as there is', async () => {
    const ledger = await ledgerWith(async (one) => await one.fill(story()));
    const agent = await startAgent(ledger.folder(), { options: ['--local', '--table', 'kvs-census-other'] });
    expect(await agent.call('latest_total')).toMatchObject({
      isError: true,
      words: 'The local ledger has no table kvs-census-other: run `npm start` once, or check --stage and --table.',
    });
  });

  test('damaged items cost their own runs, and are named; what would be the newest is a sentence', async () => {
    const ledger = await ledgerWith(async (one) => await one.fill(story()));
    const key = (runId: string) => ({ censusId: censusIdOf(ACCOUNT, 'streams'), runId });
    const damage = async (runId: string) =>
      await ledger.damage(key(runId), {
        UpdateExpression: 'SET #version = :value',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':value': { N: '99' } },
      });
    await damage(RUN.slow);
    const agent = await startAgent(ledger.folder());
    const { words, data } = await agent.call('list_runs');
    expect(words).toContain(`Damaged: 1 item of the ledger cannot be read and is left out, of the runs ${RUN.slow}.`);
    expect(data.standing?.damaged).toBe(1);
    expect(data.answer.damaged).toHaveLength(1);
    await damage(RUN.newest);
    const { isError, words: sentence } = await agent.call('latest_total');
    expect(isError).toBe(true);
    expect(sentence).toMatch(/^[^\n]*2026-11-20T06:00:00Z[^\n]*\.$/);
    expect(sentence).not.toMatch(/ {4}at |arn:/);
  });
});

test('the organisation is what is asked where the account is counted with it', async () => {
  const ledger = await ledgerWith(async (one) => await one.fillOrganization(organizationStory()));
  const agent = await startAgent(ledger.folder());
  expect((await agent.call('latest_total')).data.answer.accountId).toBe(ORGANIZATION);
  const member = await startAgent(ledger.folder(), { options: ['--local', '--account', MEMBER.storesEurope] });
  expect((await member.call('latest_total')).data.answer.accountId).toBe(MEMBER.storesEurope);
});
