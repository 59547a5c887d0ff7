/** What the page's server answers, and to whom. No browser is needed to see it. */
import { once } from 'node:events';
import { request } from 'node:http';
import { KINDS } from '../../src/census/kinds.ts';
import type { Newest, PageRun } from '../../src/page/client/model.ts';
import { ACCOUNT, CHANNELS, history } from '../cli/history.ts';
import { closePages, dataIn, startPage } from './harness.ts';

afterEach(closePages);

const OTHER = '210987654321';

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: string };

/** fetch() would not send a Host of our choice. */
async function ask(url: string, options: { method?: string; headers?: Record<string, string> } = {}): Promise<Answer> {
  const sent = request(url, options).end();
  const [response] = await once(sent, 'response');
  let body = '';
  for await (const part of response) body += part;
  return { status: response.statusCode, headers: response.headers, body };
}

async function start(runs = 3) {
  const server = await startPage();
  await server.fill(history({ runs }));
  return server;
}

describe('Whom the server answers', () => {
  test.each(['127.0.0.1:1234', 'localhost', 'LOCALHOST:80', '[::1]:8080'])(
    'a browser that calls it %s',
    async (host) => {
      const { page } = await start();
      expect(await ask(page, { headers: { host } })).toMatchObject({ status: 200 });
    },
  );

  test.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example:80',
    'evil.example#localhost',
    '10.0.0.7',
  ])('nobody who calls it %s: that name points here by somebody else’s doing', async (host) => {
    const { page } = await start();
    for (const path of ['', 'data/newest']) {
      const answer = await ask(page + path, { headers: { host } });
      expect(answer.status).toBe(403);
      expect(answer.body).not.toContain(ACCOUNT);
    }
  });

  test('no other web page gets the data', async () => {
    const { page } = await start();
    for (const path of ['', 'data/newest']) {
      const answer = await ask(page + path, { headers: { 'sec-fetch-site': 'cross-site', accept: 'text/html' } });
      const body = 'This server answers no other web page; to open its own page, enter its address by hand.\n';
      expect(answer).toMatchObject({ status: 403, body });
    }
    const { headers } = await ask(`${page}data/newest`);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(headers['cross-origin-resource-policy']).toBe('same-origin');
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('nobody who would %s: it only reads', async (method) => {
    const { page, requests } = await start();
    requests.length = 0;
    expect(await ask(page, { method })).toMatchObject({ status: 405 });
    expect(requests).toEqual([]);
  });
});

describe('What the server answers', () => {
  test('a page that may load its own script and style, by their hashes, and nothing else', async () => {
    const { page } = await start();
    const { headers } = await ask(page);
    const hash = expect.stringMatching(/^'sha256-[A-Za-z0-9+/]{43}='$/);
    const policy = String(headers['content-security-policy'])
      .split('; ')
      .map((rule) => rule.split(' '));
    expect(policy).toEqual([
      ['default-src', "'none'"],
      ['script-src', hash],
      ['style-src', hash],
      ['img-src', 'data:'],
      ['connect-src', "'self'"],
      ['base-uri', "'none'"],
      ['form-action', "'none'"],
      ['require-trusted-types-for', "'script'"],
      ['trusted-types', "'none'"],
      ['frame-ancestors', "'none'"],
    ]);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });

  test('the newest total, in two requests to the ledger however long the history is, and one for each other kind', async () => {
    const { page, requests } = await start(150);
    requests.length = 0;
    await ask(page);
    expect(requests.toSorted()).toEqual(['BatchGetItem', ...KINDS.map(() => 'Query')]);
  });

  test('a page that asks again while nothing happens, in one request', async () => {
    const { page, requests, fill } = await start();
    await ask(page);
    requests.length = 0;
    const { body: first } = await ask(`${page}data/newest`);
    const { body: second } = await ask(`${page}data/newest`);
    expect(requests.splice(0)).toEqual(['Query', 'Query']);
    expect(second).toBe(first);
    await fill(history({ runs: 1, endsAt: '2026-11-20T06:30:00Z' }));
    const { body: third } = await ask(`${page}data/newest`);
    expect(requests.filter((one) => one !== 'BatchWriteItem')).toEqual(['Query', 'BatchGetItem']);
    expect((JSON.parse(third) as Newest).latest?.run.runId).toBe('2026-11-20T06:30:00Z');
  });

  test('of the kind that is asked for, and what every other kind’s newest total says', async () => {
    const { page, fill } = await start();
    await fill(history({ runs: 2, censusId: CHANNELS, regions: ['eu-west-1', 'us-east-1'] }));
    const newest = async (query: string) => JSON.parse((await ask(`${page}data/newest${query}`)).body) as Newest;
    const [own, streams, channels] = [await newest(''), await newest('?kind=streams'), await newest('?kind=channels')];
    expect(streams).toEqual(own);
    expect([own.kind, own.lines.length, own.asked.options]).toEqual(['streams', 3, []]);
    expect([channels.kind, channels.lines.length, channels.accountId]).toEqual(['channels', 2, ACCOUNT]);
    expect((channels.latest as PageRun).regions.map(({ region }) => region)).toEqual(['eu-west-1', 'us-east-1']);
    // Its commands ask for it.
    expect(channels.asked.options).toEqual(['--kind', 'channels']);
    expect(channels.kinds).toEqual(own.kinds);
    expect(own.kinds.map(({ kind, streams }) => [kind, streams])).toEqual([
      ['streams', own.latest?.run.streams],
      ['channels', channels.latest?.run.streams],
    ]);
  });

  test('one kind’s runs as its own, though another has runs of the same instants', async () => {
    const { page, fill } = await start();
    await fill(history({ runs: 3, censusId: CHANNELS, regions: ['eu-west-1'] }));
    const runId = '2026-11-20T05:30:00Z';
    for (const path of [
      'newest',
      `runs/${runId}`,
      'regions/eu-west-1',
      'history',
      `diff/${runId}/2026-11-20T06:00:00Z`,
    ]) {
      const streams = await ask(`${page}data/${path}`);
      const channels = await ask(`${page}data/${path}?kind=channels`);
      expect([streams.status, channels.status]).toEqual([200, 200]);
      expect(channels.body).not.toEqual(streams.body);
      expect(await ask(`${page}data/${path}`)).toMatchObject({ body: streams.body });
      expect(await ask(`${page}data/${path}?kind=channels`)).toMatchObject({ body: channels.body });
    }
  });

  test('one account’s runs as its own, though another has runs of the same instants', async () => {
    const { page, fill } = await start();
    await fill(history({ runs: 2, censusId: OTHER, regions: ['eu-west-1'] }));
    await fill(history({ runs: 1, censusId: `${OTHER}/channels`, regions: ['us-east-1'] }));
    const newest = async (query: string) => JSON.parse((await ask(`${page}data/newest${query}`)).body) as Newest;
    const [own, other, channels] = [
      await newest(''),
      await newest(`?account=${OTHER}`),
      await newest(`?account=${OTHER}&kind=channels`),
    ];
    expect([own, other, channels].map(({ accountId, lines }) => [accountId, lines.length])).toEqual([
      [ACCOUNT, 3],
      [OTHER, 2],
      [OTHER, 1],
    ]);
    expect((channels.latest as PageRun).regions.map(({ region }) => region)).toEqual(['us-east-1']);
    expect(channels.asked.options).toEqual(['--account', OTHER, '--kind', 'channels']);
    // What is known of the kinds of one account is not what is known of another's.
    expect(own.kinds.map(({ kind }) => kind)).toEqual(['streams']);
    expect(other.kinds.map(({ kind }) => kind)).toEqual(['streams', 'channels']);
    // And what was asked before is asked again, in turns.
    expect(await newest('')).toEqual(own);
    expect(await newest(`?account=${OTHER}`)).toEqual(other);
  });

  test('one run in two requests, a history of 100 runs in one', async () => {
    const { page, requests } = await start(100);
    requests.length = 0;
    await ask(`${page}data/runs/2026-11-20T05:00:00Z`);
    expect(requests.splice(0)).toEqual(['Query', 'BatchGetItem']);
    await ask(`${page}data/history`);
    expect(requests.splice(0)).toEqual(['Query']);
    await ask(`${page}data/regions/eu-west-1`);
    expect(requests.splice(0)).toEqual(['Query', 'Query']);
    await ask(`${page}data/diff/2026-11-20T05:00:00Z/2026-11-20T06:00:00Z`);
    expect(requests).toEqual(['Query', 'Query']);
  });

  test('names that hold markup as text that cannot end the element it stands in', async () => {
    const server = await startPage();
    const evil = '</script><script>alert(1)</script><!--';
    await server.fill(history({ runs: 1, regions: ['eu-west-1', evil], isMissing: (_n, region) => region === evil }));
    const answer = await ask(server.page);
    expect(answer.body).not.toContain(evil);
    expect(answer.body.match(/<script/g)).toHaveLength(2);
    const data = dataIn(answer.body) as { newest: Newest };
    expect((data.newest.latest as PageRun).regions.map(({ region }) => region)).toContain(evil);
  });

  test.each([
    ['data/runs/2020-01-01T00:00:00Z', 404, 'There is no run 2020-01-01T00:00:00Z in the ledger.'],
    ['data/runs/yesterday', 422, 'The run id "yesterday" is not an instant; expected UTC to the second'],
    ['data/regions/nowhere', 422, '"nowhere" is not the name of an AWS region'],
    ['data/diff/2026-11-20T05:00:00Z/2020-01-01T00:00:00Z', 404, 'There is no run 2020-01-01T00:00:00Z'],
    [
      'data/diff/2026-11-20T05:00:00Z/2026-11-20T05:00:00Z',
      400,
      'Both names are of the run 2026-11-20T05:00:00Z: name another one to compare it with.',
    ],
    ['data/diff/2026-11-20T05:00:00Z', 422, 'The run id (none) is not an instant'],
    ['data/other', 404, 'There is no such page; the census page is at /.'],
    ['favicon.ico', 404, 'There is no such page; the census page is at /.'],
    ['data/runs/%', 422, 'The address cannot be read.'],
    ['data/newest?kind=cameras', 422, '"cameras" is not a kind of thing that is counted: streams, channels'],
    [`data/newest?kind=${'x'.repeat(100)}`, 422, `${'x'.repeat(59)}... is not a kind of thing that is counted`],
    ['data/newest?account=everyone', 422, '"everyone" is neither an account id, of twelve digits, nor organization.'],
    ['data/runs/2026-11-20T06:00:00Z?kind=channels', 404, 'There is no run 2026-11-20T06:00:00Z in the ledger.'],
  ])('%s: one clear sentence', async (path, status, sentence) => {
    const { page } = await start();
    const answer = await ask(page + path);
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(JSON.stringify(sentence).slice(1, -1));
    expect(answer.body).not.toMatch(/\n\s+at /);
  });

  test('a comparison with a run that has no total yet: what there is to do', async () => {
    const { page, fill } = await start();
    const [past] = history({ runs: 1, endsAt: '2026-11-20T06:30:00Z' });
    const { total: _, ...run } = past!.run;
    await fill([{ run, records: past!.records }]);
    const answer = await ask(`${page}data/diff/2026-11-20T06:00:00Z/2026-11-20T06:30:00Z`);
    expect(answer).toMatchObject({ status: 404, body: expect.stringContaining('has no total yet') });
  });
});
