/** What the server answers about the organisation. */
import { ORGANIZATION } from '../../src/census/census-id.ts';
import type { History, Newest, NewestSent, PageOrganization } from '../../src/page/client/model.ts';
import { MEMBER, manyAccounts, organizationStory } from '../fixtures/organization.ts';
import { RUN } from '../fixtures/story.ts';
import { closePages, startPage } from './harness.ts';

afterEach(closePages);

async function start(past = organizationStory()) {
  const server = await startPage(ORGANIZATION);
  await server.fillOrganization(past);
  server.requests.length = 0;
  const ask = async <Answer>(path: string) => (await (await fetch(`${server.page}data/${path}`)).json()) as Answer;
  const newest = async () => {
    const news = await ask<Newest>('newest');
    return { ...news, latest: news.latest as PageOrganization };
  };
  return { ...server, past, ask, newest };
}

test('the newest run says what its total does, and every account that it names', async () => {
  const { newest, past } = await start();
  const { accountId, latest, lines } = await newest();
  const { run } = past.at(-1)!;
  expect([accountId, latest.run.runId, latest.run.streams]).toEqual([ORGANIZATION, RUN.newest, run.total?.streams]);
  expect(latest.accounts.map((row) => row.accountId).sort()).toEqual(run.accounts.map((one) => one.accountId));
  expect(latest.accounts[0]).toMatchObject({ accountId: MEMBER.doorbells, name: 'Doorbells', streams: null });
  expect(lines.map(({ runId, streams }) => [runId, streams])).toEqual(
    past.map((one) => [one.run.runId, one.run.total?.streams]).reverse(),
  );
});

test('a page that asks again while nothing happens costs one request, and is sent no account twice', async () => {
  const { ask, newest, requests } = await start(manyAccounts(100));
  const { latest } = await newest();
  requests.length = 0;
  const sent = await ask<NewestSent>(`newest?known=${encodeURIComponent(latest.key ?? '')}`);
  expect(requests).toEqual(['Query']);
  expect(sent.latest).toEqual({ unchanged: latest.key });
  // Of a run that the page does not know, all is sent.
  expect(await ask<NewestSent>('newest?known=another')).toMatchObject({ latest: { accounts: latest.accounts } });
});

test('what is under way is sent each time: more may be known of it by now', async () => {
  const { ask } = await start(organizationStory({ isOneUnderWay: true }));
  const { open, latest } = (await ask<Newest>('newest')) as { open: PageOrganization; latest: PageOrganization };
  expect(open.key).toBe(null);
  expect(latest.key).not.toBe(null);
  const states = Map.groupBy(open.accounts, ({ state }) => state);
  expect([...states].map(([state, rows]) => [state, rows.length])).toEqual([
    ['failed', 1],
    ['partial', 1],
    ['waiting', 4],
    ['complete', 2],
    ['set-aside', 1],
  ]);
});

test('one that came in the meantime is read, and is another one', async () => {
  const past = organizationStory();
  const { newest, fillOrganization } = await start(past.slice(0, -1));
  const { latest } = await newest();
  await fillOrganization(past.slice(-1));
  const next = (await newest()).latest;
  expect([latest.run.runId, next.run.runId]).toEqual([RUN.worst, RUN.newest]);
  expect(next.key).not.toBe(latest.key);
});

test('a history of the organisation is its totals alone, in one request', async () => {
  const { ask, past, requests } = await start();
  const { lines } = await ask<History>('history');
  expect(requests).toEqual(['Query']);
  expect(JSON.stringify(lines)).not.toContain(MEMBER.storesAmerica);
  expect(lines[0]).toMatchObject({
    runId: RUN.newest,
    streams: past.at(-1)?.run.total?.streams,
    expected: 8,
    counted: 4,
  });
  // Which accounts are planned is told apart, and so is what is missing.
  const planned = (lines as PageOrganization['line'][]).map((line) => line.planned);
  expect(planned[0]).toBe(planned[1]);
  expect(planned[1]).not.toBe(planned[2]);
  expect((lines as PageOrganization['line'][]).map(({ misses }) => misses)).toEqual([null, null, '', '']);
});

test('an older run is compared with those before it', async () => {
  const { ask } = await start();
  const whole = await ask<PageOrganization>(`runs/${RUN.denied}`);
  expect(whole.comparison).toMatchObject({ isComparable: true, with: { runId: RUN.complete }, net: 40, coverage: [] });
  expect(whole.accounts.filter(({ change }) => change !== 0 && change !== null)).toMatchObject([
    { accountId: MEMBER.storesAmerica, change: 40 },
  ]);
});

test.each([
  [`runs/2020-01-01T00:00:00Z`, 404, 'There is no run 2020-01-01T00:00:00Z in the ledger.'],
  ['regions/eu-west-1', 404, 'Regions are told of an account, not of the organisation.'],
  [`diff/${RUN.denied}/${RUN.newest}`, 404, 'Two runs of the organisation are compared by `kvs-census diff`.'],
])('%s: one clear sentence', async (path, status, problem) => {
  const { page } = await start();
  const answer = await fetch(`${page}data/${path}`);
  expect([answer.status, await answer.json()]).toEqual([status, { problem }]);
});

test('a run whose records contradict its total leaves its place to the one before', async () => {
  const past = organizationStory();
  const { run, records, accounts } = past.at(-1)!;
  const { newest } = await start([...past.slice(0, -1), { run, records: records.slice(1), accounts }]);
  const { latest, damaged } = await newest();
  expect(latest.run.runId).toBe(RUN.worst);
  expect(damaged).toMatchObject([{ runId: RUN.newest, problem: expect.stringContaining('cannot be trusted') }]);
});

test('an account’s own page is told what the account is called, and that there is a way up', async () => {
  const { ask, newest } = await start();
  await newest();
  const { name, isMember, latest } = await ask<Newest>(`newest?account=${MEMBER.factories}`);
  expect([name, isMember, latest?.run.runId]).toEqual(['Factories', true, RUN.newest]);
  expect(await ask<Newest>(`newest?account=${MEMBER.unnamed}`)).toMatchObject({ name: null, isMember: true });
});

test('each kind of the organisation has runs of its own', async () => {
  const { ask } = await start();
  const { kinds } = await ask<Newest>('newest');
  expect(kinds.map(({ kind, streams, expected }) => [kind, streams, expected])).toEqual([['streams', 48_395, 8]]);
  expect(await ask<Newest>('newest?kind=channels')).toMatchObject({ lines: [], latest: null, kinds });
});
