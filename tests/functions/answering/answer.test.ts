/** What the API answers, on ledgers that hold what usually happens. */
import { misfits } from '../../../infra/openapi/schemas.ts';
import { ROUTES } from '../../../src/functions/answering/routes.ts';
import { ACCOUNT, history } from '../../cli/history.ts';
import { cleanUp, NOW_MS, startLedger, type TestLedger } from '../../cli/world.ts';
import { MEMBER, organizationStory } from '../../fixtures/organization.ts';
import { RUN, story } from '../../fixtures/story.ts';
import { ledgerError } from '../world.ts';
import { type Answered, type Api, BY_JWT, eventOf, makeApi, REQUEST_ID } from './world.ts';

let ledger: TestLedger;
let ofAll: TestLedger;
let api: Api;
let all: Api;
beforeAll(async () => {
  [ledger, ofAll] = [await startLedger(), await startLedger()];
  await ledger.fill(story({ isOneUnderWay: true }));
  await ofAll.fillOrganization(organizationStory({ isOneUnderWay: true }));
  [api, all] = [makeApi(ledger.reader), makeApi(ofAll.reader)];
});
afterAll(cleanUp);

/** What every problem is, whatever it is about. */
function expectProblem({ status, headers, body, json }: Answered): string {
  expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  expect(json).toEqual({ title: expect.any(String), status, detail: expect.any(String), requestId: REQUEST_ID });
  expect(body).not.toMatch(/arn:|\bat \S+:\d+|Exception/);
  return String(json.detail);
}

const NAME = /^kvs-census\/([\w-]+)\/\d+$/;
const nameOf = ({ json }: Answered) => NAME.exec(json.schema)?.[1];

describe('Every route', () => {
  test.each([
    ['latest', '/v1/latest'],
    ['runs', '/v1/runs'],
    ['runs', '/v1/runs?since=2026-11-18&until=2026-11-19&verdict=partial'],
    ['run', '/v1/runs/latest'],
    ['run', `/v1/runs/${RUN.newest}`],
    ['explain', '/v1/runs/previous/explain'],
    ['region', '/v1/regions/eu-west-1?last=5'],
    ['region', '/v1/regions/eu-west-1?reason=denied'],
    ['diff', `/v1/diff/yesterday/${RUN.newest}`],
    ['headroom', '/v1/headroom?days=14&above=60'],
  ] as const)('%s of an account: %s', async (route, target) => {
    const answer = await api.get(target);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json']);
    expect(misfits(answer.json)).toEqual([]);
    expect(nameOf(answer)).toBe(ROUTES[route].documents[0]);
    expect(answer.json.accountId).toBe(ACCOUNT);
  });

  test.each([
    ['latest', '/v1/latest?reason=denied'],
    ['runs', '/v1/runs?verdict=partial'],
    ['run', '/v1/runs/latest?verdict=complete'],
    ['explain', '/v1/runs/latest/explain'],
    ['diff', '/v1/diff/previous/latest'],
    ['headroom', '/v1/headroom'],
    ['accounts', '/v1/accounts?verdict=partial&limit=2'],
  ] as const)('%s of what the stack counts, where that is the organisation: %s', async (route, target) => {
    const answer = await all.get(target);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json']);
    expect(misfits(answer.json)).toEqual([]);
    expect(nameOf(answer)).toBe(ROUTES[route].documents.at(-1));
    expect(answer.json.accountId).toBe('organization');
  });

  test('of one account of the organisation, if that is named', async () => {
    const answer = await all.get(`/v1/latest?account=${MEMBER.factories}`);
    expect([nameOf(answer), answer.json.accountId]).toEqual(['latest', MEMBER.factories]);
  });

  test.each([
    ['an account', () => api, `kvs_census_total_streams{account="${ACCOUNT}",kind="streams"}`],
    ['the organisation', () => all, 'kvs_census_total_streams{account="organization",kind="streams"} '],
  ])('metrics of %s', async (_, whose, sample) => {
    const { status, headers, body } = await whose().get('/v1/metrics');
    expect([status, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(body).toContain(sample);
  });

  test('metrics by account, of the organisation alone', async () => {
    const { body } = await all.get('/v1/metrics?by=account');
    expect(body).toContain(`account="${MEMBER.factories}"`);
    const refused = await api.get('/v1/metrics?by=account');
    expect([refused.status, expectProblem(refused)]).toEqual([
      400,
      'Numbers by account are those of an organisation, and these runs are of one account: leave it out.',
    ]);
  });

  test('its description, which names the one way in', async () => {
    const { status, json } = await api.get('/v1/openapi.json');
    expect([status, json.openapi]).toEqual([200, '3.1.1']);
    expect(Object.keys(json.paths as object)).toEqual(
      expect.arrayContaining(Object.values(ROUTES).map(({ path }) => path)),
    );
    expect(json.security).toEqual([{ iam: [] }]);
    const byToken = makeApi(ledger.reader, {
      config: { closedBy: 'jwt', stage: 'dev', issuer: 'https://issuer.example' },
    });
    const other = await byToken.get('/v1/openapi.json', { authorizer: BY_JWT });
    expect(other.body).toContain('https://issuer.example');
  });

  test('says the same to HEAD, without the body', async () => {
    const [got, asked] = [await api.get('/v1/latest'), await api.get('/v1/latest', { method: 'HEAD' })];
    expect(asked).toMatchObject({
      status: 200,
      headers: { etag: got.headers.etag, 'census-run': RUN.newest },
      body: '',
    });
  });
});

describe('Page by page', () => {
  async function pagesOf(of: Api, target: string): Promise<Answered[]> {
    const pages: Answered[] = [];
    for (let next: string | undefined = target; next !== undefined; ) {
      const page: Answered = await of.get(next);
      expect(page.status).toBe(200);
      pages.push(page);
      next = /^<(.+)>; rel="next"$/.exec(page.headers.link ?? '')?.[1];
      expect(page.json.next === null).toBe(next === undefined);
      if (pages.length > 20) throw new Error('There is no end.');
    }
    return pages;
  }

  test('a history is told whole, and each run once', async () => {
    const whole = await api.get('/v1/runs');
    const pages = await pagesOf(api, '/v1/runs?last=3');
    expect(pages.length).toBe(4);
    expect(pages.flatMap(({ json }) => json.runs)).toEqual(whole.json.runs);
    expect([whole.json.next, whole.json.more]).toEqual([null, false]);
  });

  test('so is a part of it, filtered', async () => {
    const times = 'since=2026-11-18&until=2026-11-20T00:00:00Z&verdict=partial';
    const whole = await api.get(`/v1/runs?${times}`);
    const pages = await pagesOf(api, `/v1/runs?${times}&last=1`);
    expect(pages.flatMap(({ json }) => json.runs)).toEqual(whole.json.runs);
    expect(pages.length).toBe(3);
  });

  test('a time may be one instant', async () => {
    const { json } = await api.get(`/v1/runs?since=${RUN.newest}&until=${RUN.newest}`);
    expect(json.runs).toMatchObject([{ runId: RUN.newest }]);
  });

  test('how long ago it began is said once: later pages name that instant', async () => {
    const { headers } = await api.get('/v1/runs?since=48h&last=1');
    const since = new Date(NOW_MS - 48 * 3_600_000).toISOString().replace('.000', '');
    expect(new URLSearchParams(/\?(.+)>/.exec(headers.link ?? '')?.[1]).get('since')).toBe(since);
  });

  test('a region through time', async () => {
    const whole = await api.get('/v1/regions/eu-west-1');
    const pages = await pagesOf(api, '/v1/regions/eu-west-1?last=3');
    const runsOf = (answers: Answered[]) =>
      answers.flatMap(({ json }) =>
        (json.points as { runId: string; streams: number | null }[]).map(({ runId }) => runId),
      );
    expect(runsOf(pages)).toEqual(runsOf([whole]));
  });

  test('the accounts of one run, in the order of their ids', async () => {
    const whole = await all.get('/v1/accounts');
    const pages = await pagesOf(all, '/v1/accounts?limit=2');
    const ids = (whole.json.accounts as { accountId: string }[]).map(({ accountId }) => accountId);
    expect(ids).toEqual([...ids].sort());
    expect(pages.flatMap(({ json }) => json.accounts)).toEqual(whole.json.accounts);
    expect(pages[0]?.headers.link).toContain(`of=${RUN.newest.replaceAll(':', '%3A')}`);
  });

  test('a long history comes in pages of 200, whatever is wished', async () => {
    const long = await startLedger();
    await long.fill(history({ runs: 210, everyMinutes: 60 }));
    const pages = await pagesOf(makeApi(long.reader), '/v1/runs?last=1000');
    expect(pages.map(({ json }) => (json.runs as unknown[]).length)).toEqual([200, 10]);
  });
});

describe('What a program must know of a number stands in headers', () => {
  test('of a partial total', async () => {
    const { headers } = await api.get('/v1/latest');
    expect(headers).toMatchObject({
      'census-run': RUN.newest,
      'census-verdict': 'partial',
      'census-missing': '1',
      'census-age': '7200',
      'census-request-id': REQUEST_ID,
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
    });
    expect(headers).not.toHaveProperty('census-damaged');
  });

  test('of a complete one, and of one that has no total yet', async () => {
    expect((await api.get(`/v1/runs/${RUN.complete}`)).headers).toMatchObject({
      'census-verdict': 'complete',
      'census-missing': '0',
    });
    expect((await api.get(`/v1/runs/${RUN.underWay}`)).headers['census-verdict']).toBe('open');
  });

  test('of the organisation, and of its metrics', async () => {
    expect((await all.get('/v1/latest')).headers['census-verdict']).toBe('partial');
    expect((await all.get('/v1/metrics')).headers['census-verdict']).toBe('partial');
  });

  test('that something was left out', async () => {
    const own = await startLedger();
    await own.fill(story());
    await own.damage(
      { censusId: ACCOUNT, runId: RUN.slow },
      { UpdateExpression: 'REMOVE #plan', ExpressionAttributeNames: { '#plan': 'plan' } },
    );
    expect((await makeApi(own.reader).get('/v1/runs')).headers['census-damaged']).toBe('1');
    const region = await makeApi(own.reader).get('/v1/regions/eu-west-1');
    expect(region.headers['census-damaged']).toBe('1');
    expect(region.headers).not.toHaveProperty('census-verdict');
  });

  test('that one of two runs is not whole, whichever it is', async () => {
    const [one, other] = [`/v1/diff/${RUN.complete}/latest`, `/v1/diff/latest/${RUN.complete}`];
    for (const target of [one, other]) {
      expect((await api.get(target)).headers).toMatchObject({
        'census-run': RUN.newest,
        'census-verdict': 'partial',
        'census-missing': '1',
      });
    }
  });
});

describe('What a caller has already', () => {
  test('is the same a minute later, and is not sent again', async () => {
    const later = makeApi(ledger.reader, { nowMs: () => Date.parse('2026-11-20T08:00:59Z') });
    for (const target of ['/v1/latest', '/v1/runs', '/v1/runs/latest/explain', '/v1/metrics', '/v1/openapi.json']) {
      const [first, second] = [await api.get(target), await later.get(target)];
      expect(first.headers.etag).toMatch(/^W\/"[\w-]{27}"$/);
      expect(second.headers.etag).toBe(first.headers.etag);
      const third = await later.get(target, { headers: { 'if-none-match': `"other", ${first.headers.etag}` } });
      expect(third).toMatchObject({ status: 304, body: '', headers: { etag: first.headers.etag } });
      expect(third.headers).not.toHaveProperty('content-type');
    }
  });

  test('is another as soon as the total is', async () => {
    const own = await startLedger();
    const [before, now] = [story().slice(0, -1), story()];
    await own.fill(before);
    const of = makeApi(own.reader);
    const { etag = '' } = (await of.get('/v1/latest')).headers;
    await own.fill(now);
    const answer = await of.get('/v1/latest', { headers: { 'if-none-match': etag } });
    expect(answer.status).toBe(200);
    expect(answer.headers.etag).not.toBe(etag);
  });

  test('is another as soon as what stands beside it is, also of a text', async () => {
    const own = await startLedger();
    await own.fill(story());
    const of = makeApi(own.reader);
    const before = await of.get('/v1/metrics');
    await own.damage(
      { censusId: ACCOUNT, runId: RUN.slow },
      { UpdateExpression: 'REMOVE #plan', ExpressionAttributeNames: { '#plan': 'plan' } },
    );
    const after = await of.get('/v1/metrics', { headers: { 'if-none-match': before.headers.etag ?? '' } });
    expect([after.status, after.headers['census-damaged'], after.body]).toEqual([200, '1', before.body]);
  });

  test('a problem is never taken for it', async () => {
    const answer = await api.get('/v1/runs/2020', { headers: { 'if-none-match': '*' } });
    expect(answer.status).toBe(404);
  });
});

describe('What is packed', () => {
  test('is so where the caller takes it, and the same', async () => {
    const plain = await api.get('/v1/latest');
    const packed = await api.get('/v1/latest', { headers: { 'accept-encoding': 'br, gzip;q=0.8' } });
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(packed.body).toBe(plain.body);
    for (const refused of ['gzip;q=0', 'gzip;q=0.000, *', '*;q=0', 'br', '']) {
      const answer = await api.get('/v1/latest', { headers: { 'accept-encoding': refused } });
      expect(answer.headers).not.toHaveProperty('content-encoding');
    }
  });

  test('is not the only thing that a cache is told of: each answer names what it depends on, with a body or without', async () => {
    const { headers } = await api.get('/v1/latest');
    for (const wish of [{ method: 'HEAD' }, { headers: { 'if-none-match': headers.etag ?? '' } }]) {
      const answer = await api.get('/v1/latest', wish);
      expect([answer.body, answer.headers.vary]).toEqual(['', 'accept-encoding']);
    }
  });

  test('may be longer than Lambda lets through; what is not is a sentence', async () => {
    // Letters of which JSON makes two, as it does of each quotation mark of a document.
    const page = {
      shell: async () => ({ status: 200, type: 'text/html', body: '"'.repeat(3.2e6), headers: {} }),
      data: async () => ({ status: 404, type: 'text/plain', body: '', headers: {} }),
    };
    const of = makeApi(ledger.reader, { page });
    const plain = await of.get('/');
    expect([plain.status, expectProblem(plain)]).toEqual([
      400,
      'The answer is longer than Lambda lets through: ask for it packed, with the header `accept-encoding: gzip`, or for less.',
    ]);
    expect(of.said.at(-1)).toMatchObject({ message: 'answered', httpStatus: 400 });
    const packed = await of.get('/', { headers: { 'accept-encoding': 'gzip' } });
    expect([packed.status, packed.body.length]).toEqual([200, 3.2e6]);
  });
});

describe('A sentence says what to ask instead', () => {
  test.each([
    ['/v2/latest', 404, 'There is nothing at this path: `GET /v1/openapi.json` says what can be asked.'],
    ['/v1/runs/', 404, 'There is nothing at this path: `GET /v1/openapi.json` says what can be asked.'],
    ['/data/newest', 404, 'There is nothing at this path: `GET /v1/openapi.json` says what can be asked.'],
    ['/', 404, 'There is nothing at this path: `GET /v1/openapi.json` says what can be asked.'],
    [
      '/v1/runs/2020',
      404,
      `No run of the account ${ACCOUNT} begins with 2020 in the ledger of the stage dev: \`GET /v1/runs\` lists those that there are.`,
    ],
    [
      `/v1/runs/2020?account=${ACCOUNT}`,
      404,
      `No run of the account ${ACCOUNT} begins with 2020 in the ledger of the stage dev: \`GET /v1/runs?account=${ACCOUNT}\` lists those that there are.`,
    ],
    [
      `/v1/diff/latest/${RUN.underWay}`,
      404,
      `The run ${RUN.underWay} has no total yet, so nothing can be compared with it: follow it with \`GET /v1/runs/${RUN.underWay}\`.`,
    ],
    [
      '/v1/runs?since=2026-11-20&until=2026-11-19',
      400,
      'since (2026-11-20T00:00:00Z) is later than until (2026-11-19T23:59:59Z): exchange them, or leave one of them out.',
    ],
    [
      '/v1/latest?last=3',
      400,
      'The query holds a parameter that this request does not know: it takes kind, account, verdict, reason.',
    ],
    ['/v1/openapi.json?kind=streams', 400, 'This request takes no parameters: leave them out.'],
    ['/v1/latest?kind=streams&kind=channels', 400, 'The parameter kind is given more than once.'],
    [
      '/v1/latest?kind=cameras',
      400,
      'The parameter kind: "cameras" is not a kind of thing that is counted: streams, channels, data-streams.',
    ],
    ['/v1/runs?last=0', 400, 'The parameter last: expected a whole number from 1 to 1000.'],
    ['/v1/runs?verdict=good', 400, 'The parameter verdict: expected complete, partial, open.'],
    [
      '/v1/regions/nowhere',
      400,
      'The region in the path: "nowhere" is not the name of an AWS region such as eu-west-1.',
    ],
    [
      '/v1/latest?account=<b>',
      400,
      'The parameter account cannot be that: expected for example 123456789012, organization.',
    ],
    [
      '/v1/latest?reason=denied',
      400,
      'A verdict or a reason chooses among the accounts of an organisation, and these runs are of one account: leave it out.',
    ],
    [
      `/v1/accounts?account=${ACCOUNT}`,
      400,
      'An account has no accounts: leave the parameter account out, or say organization.',
    ],
    [
      '/v1/accounts',
      404,
      'There are no runs of the organisation in the ledger of the stage dev: count it with the parameter accounts (accounts: organization, or a list of accounts), or ask for the runs of one account: `GET /v1/latest?account=ID`.',
    ],
  ])('%s', async (target, status, sentence) => {
    const answer = await api.get(target);
    expect([answer.status, expectProblem(answer)]).toEqual([status, sentence]);
  });

  test('of the organisation', async () => {
    const answer = await all.get('/v1/regions/eu-west-1');
    expect([answer.status, expectProblem(answer)]).toEqual([
      400,
      'Regions are those of an account: name one with account, as in `GET /v1/regions/eu-west-1?account=ID`; `GET /v1/latest` lists the accounts.',
    ]);
  });

  test('what only a command can do stays a command, with its place', async () => {
    const empty = await startLedger();
    const answer = await makeApi(empty.reader).get('/v1/latest?kind=streams');
    expect([answer.status, expectProblem(answer)]).toEqual([
      404,
      `There are no runs of the account ${ACCOUNT} in the ledger of the stage dev yet: start the first one with \`kvs-census run --now --wait --stage dev\`, wait for the schedule, or check account.`,
    ]);
  });

  test('that it is only for reading', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const answer = await api.get('/v1/latest', { method });
      expect([answer.status, answer.headers.allow, expectProblem(answer)]).toEqual([
        405,
        'GET, HEAD',
        'This API is only for reading: ask with GET.',
      ]);
    }
  });
});

describe('Nobody is let in who is not authorised', () => {
  const bySomebodyElse = { iam: { accountId: '999999999999' } };
  test.each([
    ['without any authorisation', 'iam', undefined],
    ['with none, said otherwise', 'iam', {}],
    ['with a token, where the API is closed by IAM', 'iam', BY_JWT],
    ['with both', 'iam', { iam: { accountId: ACCOUNT }, ...BY_JWT }],
    ['of another account', 'iam', bySomebodyElse],
    ['signed, where it is closed by tokens', 'jwt', { iam: { accountId: ACCOUNT } }],
    ['with a token that claims nothing', 'jwt', { jwt: { claims: {} } }],
    ['with what is no token', 'jwt', { jwt: 'yes' }],
  ] as const)('%s', async (_, closedBy, authorizer) => {
    const closed = makeApi(ledger.reader, { config: { closedBy, stage: 'dev', issuer: 'https://issuer.example' } });
    for (const target of ['/v1/latest', '/v1/openapi.json', '/data/newest', '/', '/nothing']) {
      const event = eventOf(target);
      const answer = await closed.handle({ ...event, requestContext: { ...event.requestContext, authorizer } });
      expect([answer.status, expectProblem(answer)]).toEqual([
        403,
        expect.stringMatching(/^(This request is not authorised|Only callers)/),
      ]);
    }
  });

  test('and no event that is of no request', async () => {
    for (const event of [
      undefined,
      null,
      7,
      'latest',
      {},
      [],
      { Records: [{}] },
      { requestContext: null },
      { rawPath: '/v1/latest' },
    ]) {
      const { status, body } = await api.handle(event);
      expect([status, body]).toEqual([403, expect.stringContaining('This request is not authorised')]);
    }
  });

  test('whoever has a token of the issuer is', async () => {
    const closed = makeApi(ledger.reader, {
      config: { closedBy: 'jwt', stage: 'dev', issuer: 'https://issuer.example' },
    });
    expect((await closed.get('/v1/latest', { authorizer: BY_JWT })).status).toBe(200);
  });
});

describe('Where the ledger fails', () => {
  const refusing = (error: Error) => ({ ...ledger.reader, newestRuns: async () => await Promise.reject(error) });

  test('what refuses for now is asked again in a moment', async () => {
    const error = Object.assign(ledgerError(), { message: 'arn:aws:dynamodb:eu-west-1:1:table/ledger is busy' });
    const failing = makeApi(refusing(error));
    const answer = await failing.get('/v1/latest');
    expect([answer.status, answer.headers['retry-after'], expectProblem(answer)]).toEqual([
      503,
      '5',
      'The ledger cannot be asked at the moment: ask again in some seconds.',
    ]);
    expect(failing.said).toMatchObject([
      { level: 'error', message: 'request failed', error: 'ProvisionedThroughputExceededException' },
      { level: 'info', message: 'answered', route: '/v1/latest', httpStatus: 503 },
    ]);
  });

  test('what does not answer is not waited for until Lambda ends it', async () => {
    const silent = { ...ledger.reader, newestRuns: () => new Promise<never>(() => {}) };
    const waits: number[] = [];
    const sleep = async (ms: number) => void waits.push(ms);
    const answer = await makeApi(silent, { clock: { nowMs: () => 0, sleep } }).get('/v1/latest');
    // Of the 25 seconds that are left, one is kept to say it in.
    expect(waits).toEqual([24_000]);
    expect([answer.status, expectProblem(answer)]).toEqual([
      503,
      'The ledger has not answered in time: ask again in some seconds, or for less.',
    ]);
  });

  test('what is damaged is named, and is no fault of the caller', async () => {
    const own = await startLedger();
    await own.fill(story());
    await own.damage(
      { censusId: ACCOUNT, runId: RUN.newest },
      { UpdateExpression: 'REMOVE #plan', ExpressionAttributeNames: { '#plan': 'plan' } },
    );
    const answer = await makeApi(own.reader).get('/v1/latest');
    expect([answer.status, expectProblem(answer)]).toEqual([500, expect.stringContaining(RUN.newest)]);
  });

  test.each([
    new TypeError("Cannot read properties of undefined (reading 'secret')"),
    Object.assign(new RangeError('The value of "secret" is out of range.'), { code: 'ERR_OUT_OF_RANGE' }),
  ])('a bug says nothing of itself: %s', async (bug) => {
    const answer = await makeApi(refusing(bug)).get('/v1/latest');
    expect([answer.status, expectProblem(answer)]).toEqual([
      500,
      'Something failed here that should not: the log of the function says what, under this request id.',
    ]);
    expect(answer.body).not.toContain('secret');
  });

  test.each([
    Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:443'), { code: 'ECONNREFUSED' }),
    Object.assign(new Error('Request timed out.'), { name: 'TimeoutError' }),
  ])('a ledger out of reach is asked again in a moment: %s', async (error) => {
    const answer = await makeApi(refusing(error)).get('/v1/latest');
    expect([answer.status, answer.headers['retry-after'], answer.body]).toEqual([
      503,
      '5',
      expect.not.stringContaining('10.0.0.1'),
    ]);
  });
});

test('what is logged of a request is its route, its status and its time', async () => {
  const own = makeApi(ledger.reader);
  await own.get(`/v1/runs/${RUN.newest}?account=${ACCOUNT}`);
  await own.get('/anything?token=secret');
  expect(own.said).toEqual([
    { level: 'info', message: 'answered', route: '/v1/runs/{run}', httpStatus: 200, ms: 0 },
    { level: 'info', message: 'answered', route: 'none', httpStatus: 404, ms: 0 },
  ]);
});
