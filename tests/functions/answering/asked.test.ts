/** Whatever is asked: what is understood is answered, and all else refused in one sentence. */
import fc from 'fast-check';
import { ACCOUNT } from '../../cli/history.ts';
import { cleanUp, startLedger } from '../../cli/world.ts';
import { RUN, story } from '../../fixtures/story.ts';
import { type Answered, makeApi, REQUEST_ID } from './world.ts';

/** What may be asked, written once more: by the path what a parameter may be. */
const RUN_NAME =
  /^(latest|previous|yesterday|latest~\d{1,4}|\d{4}(-(\d\d?(-(\d\d?(T(\d\d?(:(\d\d?(:(\d\d?Z?)?)?)?)?)?)?)?)?)?)?)$/;
const TIME =
  /^(latest|previous|yesterday|latest~\d{1,4}|\d{1,5}(min|h|d|w)|\d{4}(-\d\d(-\d\d)?)?|\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d))$/;
const OWNER = /^(\d{12}|organization)$/;
const KIND = /^(streams|channels|data-streams)$/;
const VERDICT = /^(complete|partial|open)$/;
const REASON =
  /^(throttled|denied|bad-credentials|no-access|suspended|not-enabled|unsupported|unreachable|timed-out|bad-answer|undelivered|unanswered)$/;
const within = (least: number, most: number) => ({
  test: (text: string) => /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most,
});
const WHOSE = { kind: KIND, account: OWNER };
const RANGE = { last: within(1, 1000), since: TIME, until: TIME };
const REGION = '[a-z]{2,}(-[a-z]+)+-\\d{1,2}';
const MAY: [path: RegExp, query: Record<string, { test(text: string): boolean }>][] = [
  [/^\/v1\/latest$/, { ...WHOSE, verdict: VERDICT, reason: REASON }],
  [/^\/v1\/runs$/, { ...WHOSE, ...RANGE, verdict: VERDICT, reason: REASON }],
  [/^\/v1\/runs\/[^/]+$/, { ...WHOSE, verdict: VERDICT, reason: REASON }],
  [/^\/v1\/runs\/[^/]+\/explain$/, WHOSE],
  [new RegExp(`^/v1/regions/${REGION}$`), { ...WHOSE, ...RANGE, reason: REASON }],
  [/^\/v1\/diff\/[^/]+\/[^/]+$/, WHOSE],
  [/^\/v1\/headroom$/, { ...WHOSE, days: within(14, 400), above: within(1, 100) }],
  [
    /^\/v1\/accounts$/,
    { ...WHOSE, of: RUN_NAME, verdict: VERDICT, reason: REASON, limit: within(1, 1000), after: /^\d{12}$/ },
  ],
  [/^\/v1\/metrics$/, { ...WHOSE, by: /^account$/ }],
  [/^\/v1\/openapi\.json$/, {}],
];

function mayBeAsked(path: string, query: string): boolean {
  const [, known] = MAY.find(([pattern]) => pattern.test(path)) ?? [];
  if (known === undefined) return false;
  const named = /^\/v1\/(runs|diff)\//.test(path)
    ? path
        .split('/')
        .slice(3)
        .filter((part) => part !== 'explain')
    : [];
  if (!named.every((name) => RUN_NAME.test(name))) return false;
  const said = [...new URLSearchParams(query)];
  const isOnce = new Set(said.map(([name]) => name)).size === said.length;
  return isOnce && said.every(([name, value]) => Object.hasOwn(known, name) && known[name]?.test(value) === true);
}

const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 20 }) },
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    '',
    '..',
    '.',
    '%',
    '%2F',
    '%00',
    '%E0%A4%A',
    "'; DROP TABLE",
    '<script>',
    '__proto__',
    'constructor',
    '{{7*7}}',
  ),
  fc.string({ minLength: 200, maxLength: 3000 }),
);
const runName = fc.oneof(
  fc.constantFrom(
    'latest',
    'previous',
    'yesterday',
    'latest~2',
    'latest~99999',
    'latest~-1',
    '2026',
    '2026-11-20',
    '2026-11-20T',
    '9999-99-99',
  ),
  fc.constantFrom(...Object.values(RUN)),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  anyText,
);
const region = fc.oneof(
  fc.constantFrom('eu-west-1', 'me-south-1', 'sa-east-1', 'xx-nowhere-9', 'EU-WEST-1', 'eu-west'),
  anyText,
);
const path = fc.oneof(
  fc.constantFrom('/v1/latest', '/v1/runs', '/v1/headroom', '/v1/accounts', '/v1/metrics', '/v1/openapi.json'),
  runName.map((name) => `/v1/runs/${name}`),
  runName.map((name) => `/v1/runs/${name}/explain`),
  region.map((name) => `/v1/regions/${name}`),
  fc.tuple(runName, runName).map(([a, b]) => `/v1/diff/${a}/${b}`),
  fc
    .array(fc.oneof(fc.constantFrom('v1', 'v2', 'latest', 'runs', 'data', 'diff', ''), anyText), { maxLength: 5 })
    .map((parts) => `/${parts.join('/')}`),
  anyText,
);
const NAMES = Object.keys(Object.assign({}, ...MAY.map(([, query]) => query)));
const value = fc.oneof(
  fc.constantFrom(
    'streams',
    'channels',
    ACCOUNT,
    'organization',
    '210987654321',
    'partial',
    'denied',
    '1',
    '30',
    '200',
    '1000',
    '1001',
    '0',
    '-1',
    '1e3',
    '24h',
    '2026-11-19',
    'latest~3',
    'account',
  ),
  runName,
  anyText,
);
const query = fc
  .array(
    fc.tuple(fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...NAMES) }, { weight: 1, arbitrary: anyText }), value),
    { maxLength: 3 },
  )
  .map((pairs) =>
    pairs
      .map(([name, one]) => `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(one.toWellFormed())}`)
      .join('&'),
  );
const rawQuery = fc.oneof(
  { weight: 5, arbitrary: query },
  { weight: 1, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: anyText },
);

/** Values that are right, by the names of parameters. */
const RIGHT: Record<string, fc.Arbitrary<string>> = {
  kind: fc.constantFrom('streams', 'channels'),
  account: fc.constantFrom(ACCOUNT, 'organization', '210987654321'),
  verdict: fc.constantFrom('complete', 'partial', 'open'),
  reason: fc.constantFrom('denied', 'timed-out', 'unanswered'),
  last: fc.integer({ min: 1, max: 1000 }).map(String),
  since: fc.constantFrom('2026-11-18', '48h', 'latest~3', '2026'),
  until: fc.constantFrom('2026-11-20', '1h', 'yesterday', RUN.newest),
  days: fc.integer({ min: 14, max: 400 }).map(String),
  above: fc.integer({ min: 1, max: 100 }).map(String),
  of: fc.constantFrom('latest', RUN.newest),
  limit: fc.integer({ min: 1, max: 1000 }).map(String),
  after: fc.constant('111122223333'),
  by: fc.constant('account'),
};
const PATHS = [
  '/v1/latest',
  '/v1/runs',
  '/v1/runs/latest',
  '/v1/runs/previous/explain',
  '/v1/regions/eu-west-1',
  '/v1/diff/previous/latest',
  '/v1/headroom',
  '/v1/accounts',
  '/v1/metrics',
  '/v1/openapi.json',
];
const pairOf = (name: string) => (RIGHT[name] ?? fc.constant('')).map((one) => [name, one] as const);
const rightPairs = (asked: string) => {
  const [, known = {}] = MAY.find(([pattern]) => pattern.test(asked)) ?? [];
  return fc
    .subarray(Object.keys(known))
    .map((names) => names.slice(0, 3))
    .chain((names) => fc.tuple(...names.map(pairOf)));
};
/** One thing of it is said twice, or once more otherwise, or with a name or a value that something else has. */
const oneWrong = fc.oneof(
  fc.constant([]),
  fc.constantFrom(...NAMES).chain((name) => fc.tuple(pairOf(name))),
  fc.tuple(fc.tuple(fc.constantFrom(...NAMES), value)),
  fc.constantFrom(...NAMES).chain((name) => fc.tuple(pairOf(name), pairOf(name))),
);
const nearlyRight = fc
  .constantFrom(...PATHS)
  .chain((asked) => fc.tuple(fc.constant(asked), rightPairs(asked), oneWrong))
  .map(([asked, right, wrong]): [string, string] => [
    asked,
    [...right, ...wrong].map(([name, one]) => `${name}=${encodeURIComponent(one.toWellFormed())}`).join('&'),
  ]);
const anything = fc.tuple(
  path.map((one) => one.replaceAll('?', '')),
  rawQuery,
);

/** One sentence, or two, of this product: nothing of the code, of AWS or of what was sent at length. */
function expectSentence({ headers, body, json }: Answered): void {
  expect(headers['content-type']).toBe('application/problem+json');
  expect(Object.keys(json).sort()).toEqual(['detail', 'requestId', 'status', 'title']);
  expect(json.requestId).toBe(REQUEST_ID);
  expect(json.detail).toMatch(/^[A-Z`"s][^\n]{10,600}\.$/);
  expect(body).not.toMatch(/\bat [\w.]+ ?\(|\.ts:\d|node:internal|arn:aws|Exception|undefined|\[object/);
}

const RUNS = 5000;

let api: ReturnType<typeof makeApi>;
beforeAll(async () => {
  const ledger = await startLedger();
  await ledger.fill(story({ isOneUnderWay: true }));
  api = makeApi(ledger.reader);
});
afterAll(cleanUp);

test(`${RUNS} paths and queries get an answer, or a sentence that says why not`, async () => {
  const seen: Record<number, number> = {};
  await fc.assert(
    fc.asyncProperty(fc.oneof(anything, nearlyRight), async ([asked, parameters]) => {
      const answer = await api.get(`${asked}?${parameters}`);
      seen[answer.status] = (seen[answer.status] ?? 0) + 1;
      expect([200, 400, 404]).toContain(answer.status);
      if (answer.status !== 200) expectSentence(answer);
      else expect([asked, parameters, mayBeAsked(asked, parameters)]).toEqual([asked, parameters, true]);
    }),
    { numRuns: RUNS },
  );
  // Each of them is met often enough to mean something.
  expect(Object.keys(seen)).toEqual(['200', '400', '404']);
  expect(Object.values(seen).every((times) => times > RUNS / 20)).toBe(true);
}, 240_000);

test('headers and methods of any kind change nothing of that', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(
        fc.constantFrom('if-none-match', 'accept-encoding', 'authorization', 'x-forwarded-for', 'range'),
        anyText,
      ),
      fc.oneof(fc.constantFrom('GET', 'HEAD', 'POST', 'get', 'TRACE'), anyText),
      async (headers, method) => {
        const answer = await api.get('/v1/runs/latest~2', { headers, method });
        const isRead = method === 'GET' || method === 'HEAD';
        expect(isRead ? [200, 304] : [405]).toContain(answer.status);
      },
    ),
    { numRuns: 300 },
  );
});
