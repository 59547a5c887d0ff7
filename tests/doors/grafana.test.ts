/** Grafana's dashboard (infra/grafana/dashboard.json) asks what there is, and shows nothing that is missing as a zero. */
import { ORGANIZATION } from '../../src/census/census-id.ts';
import { KINDS } from '../../src/census/kinds.ts';
import { ACCOUNT, history } from '../cli/history.ts';
import { cleanUp, startLedger, type TestLedger } from '../cli/world.ts';
import { textOf } from '../docs/text.ts';
import { month } from '../fixtures/month.ts';
import { MEMBER, organizationStory } from '../fixtures/organization.ts';
import { RUN, story } from '../fixtures/story.ts';
import { makeApi } from '../functions/answering/world.ts';
import { dashboard, type Query, type Row, requestOf, rowsOf } from './grafana-queries.ts';

/** Of one account: with a history that growth is told from, and of one run, which is complete. */
let alone: TestLedger;
let young: TestLedger;
/** Of an organisation. */
let together: TestLedger;
beforeAll(async () => {
  alone = await startLedger();
  await alone.fill(month());
  young = await startLedger();
  await young.fill(story().slice(0, 1));
  together = await startLedger();
  await together.fillOrganization(organizationStory());
});
afterAll(cleanUp);

const panelOf = (title: string) => dashboard.panels.find((panel) => panel.title === title)!;
const queryOf = (title: string) => panelOf(title).targets[0]!;
const variableOf = (name: string) => dashboard.templating.list.find((variable) => variable.name === name)!;
const accountsQuery = () => (variableOf('account').query as { infinityQuery: Query }).infinityQuery;
const queries = [
  ...dashboard.panels.map((panel): [string, Query] => [panel.title, panel.targets[0]!]),
  ['the variable account', accountsQuery()] as [string, Query],
];

const SINCE = '2026-11-01T00:00:00.000Z';

/** Of the documents what is looked at here. */
type Answer = {
  run: {
    streams: number | null;
    verdict: string | null;
    counted: number;
    expected: number;
    runId: string;
    missing: Gap[];
  };
  runs: { runId: string; verdict: string | null; streams: number | null }[];
  regions?: { streams: number | null; used: number | null; quota: { percent: number | null } | null }[];
  accounts?: { highest: { percent: number } | null; unknown: number }[];
};
type Gap = {
  region: string;
  reason: string;
  since: string;
  runs: number;
  lastKnown: { streams: number; runId: string } | null;
};

async function ask(ledger: TestLedger, query: Query, account: string): Promise<Answer> {
  const { pathname, search } = requestOf(query, { kind: 'streams', account, '__from:date:iso': SINCE });
  const { status, json, body } = await makeApi(ledger.reader).get(`${pathname}${search}`);
  if (status !== 200) throw new Error(body);
  return json as unknown as Answer;
}

async function shown(ledger: TestLedger, title: string, account: string) {
  const answer = await ask(ledger, queryOf(title), account);
  return { answer, rows: await rowsOf(queryOf(title), answer) };
}

/** Each newest total of these is partial. */
const PARTIAL = [
  ['one account', () => alone, ACCOUNT],
  ['an organisation', () => together, ORGANIZATION],
  ['a member of an organisation', () => together, MEMBER.factories],
] as const;
const WHOSE = [...PARTIAL, ['one account that begins', () => young, ACCOUNT]] as const;

describe('The dashboard', () => {
  test('asks the Infinity data source that is chosen, on the server, where JSONata is read and requests are signed', () => {
    const source = { type: 'yesoreyeram-infinity-datasource', uid: `\${datasource}` };
    expect(dashboard.panels.map(({ datasource }) => datasource)).toEqual(dashboard.panels.map(() => source));
    for (const [, query] of queries) {
      expect(query).toMatchObject({ type: 'json', parser: 'backend', source: 'url', url_options: { method: 'GET' } });
      // Read as paths of fields, these would be what gjson calls a multipath or a modifier, and never come to JSONata.
      expect(query.root_selector).not.toMatch(/^[[{!@]/);
    }
    expect(variableOf('datasource').query).toBe(source.type);
  });

  test('offers every kind that there is', () => {
    expect(variableOf('kind').query).toBe(KINDS.join(','));
  });

  test('offers one account where one is counted, and the organisation and its accounts where all are', async () => {
    const offered = async (ledger: TestLedger) => {
      // Nobody is chosen yet.
      return await rowsOf(accountsQuery(), await ask(ledger, accountsQuery(), ''));
    };
    expect(await offered(alone)).toEqual([{ __text: ACCOUNT, __value: ACCOUNT }]);
    const all = await offered(together);
    expect(all[0]).toEqual({ __text: 'the organisation', __value: ORGANIZATION });
    expect(all.map(({ __value }) => __value).sort()).toEqual([ORGANIZATION, ...Object.values(MEMBER)].sort());
    expect(all).toContainEqual({ __text: `Factories, ${MEMBER.factories}`, __value: MEMBER.factories });
    expect(all).toContainEqual({ __text: MEMBER.unnamed, __value: MEMBER.unnamed });
  });

  test('gets an answer to every query, whoever is chosen, and no column is of a field that there is not', async () => {
    const seen = new Map<string, number>();
    for (const [, ledger, account] of WHOSE) {
      for (const [title, query] of queries) {
        const rows = await rowsOf(query, await ask(ledger(), query, account));
        for (const { text } of query.columns) {
          const name = `${title}: ${text}`;
          seen.set(name, (seen.get(name) ?? 0) + rows.filter((row) => row[text] !== null).length);
        }
      }
    }
    expect([...seen].filter(([, values]) => values === 0)).toEqual([]);
  });

  test('names in its settings only columns that its queries have', () => {
    for (const { targets, fieldConfig, transformations = [] } of dashboard.panels) {
      const columns = targets[0]!.columns.map(({ text }) => text);
      expect(columns).toEqual(expect.arrayContaining(fieldConfig.overrides.map(({ matcher }) => matcher.options)));
      for (const { options } of transformations)
        if (options.indexByName) expect(Object.keys(options.indexByName).sort()).toEqual([...columns].sort());
    }
  });

  test('is described: each panel, and where the file is', () => {
    const text = textOf('grafana.md');
    expect(text).toContain('infra/grafana/dashboard.json');
    for (const { title } of dashboard.panels) expect(text).toContain(`| ${title} |`);
  });
});

describe('What is missing is no zero', () => {
  test.each(PARTIAL)('in the total: a partial number is under another name; of %s', async (_whose, ledger, account) => {
    const { answer, rows } = await shown(ledger(), 'How many', account);
    const { streams, verdict, counted, expected, runId: run } = answer.run;
    expect(verdict).toBe('partial');
    expect(rows).toEqual([{ total: null, atLeast: streams, verdict, counted, expected, run }]);
  });

  test('in a total that is complete there is nothing that it is at least', async () => {
    const complete = { run: { verdict: 'complete', streams: 7, counted: 2, expected: 2, runId: RUN.complete } };
    const rows = await rowsOf(queryOf('How many'), complete);
    expect(rows).toEqual([
      { total: 7, atLeast: null, verdict: 'complete', counted: 2, expected: 2, run: RUN.complete },
    ]);
    const open = { run: { ...complete.run, verdict: null, streams: null, counted: null } };
    expect((await rowsOf(queryOf('How many'), open))[0]).toMatchObject({ total: null, atLeast: null, verdict: null });
  });

  test.each(PARTIAL)('in the trend: a partial run is a gap in the line; of %s', async (_whose, ledger, account) => {
    const { answer, rows } = await shown(ledger(), 'Totals', account);
    expect(rows).toEqual(
      answer.runs.map(({ runId, verdict, streams }) => ({
        time: runId,
        total: verdict === 'complete' ? streams : null,
        atLeast: verdict === 'partial' ? streams : null,
      })),
    );
    expect(answer.runs.map(({ verdict }) => verdict)).toContain('partial');
    expect(panelOf('Totals').fieldConfig.defaults.custom?.spanNulls).toBe(false);
  });

  test('in the trend of no runs there is nothing, and of a single one there is that', async () => {
    expect(await rowsOf(queryOf('Totals'), { runs: [] })).toEqual([]);
    const one = { runId: RUN.complete, verdict: 'complete', streams: 0 };
    expect(await rowsOf(queryOf('Totals'), { runs: [one] })).toEqual([{ time: one.runId, total: 0, atLeast: null }]);
  });

  test('in the regions: one that failed has no number, and no quota', async () => {
    const { answer, rows } = await shown(alone, 'Regions', ACCOUNT);
    const failed = rows.filter(({ status }) => status !== 'counted');
    expect(failed.length).toBeGreaterThan(0);
    for (const row of failed) expect(row).toMatchObject({ streams: null, percent: null, limit: null, change: null });
    expect(rows.map(({ streams }) => streams)).toEqual(answer.regions?.map(({ streams }) => streams));
  });

  test('in the accounts: one that let nobody in has no number', async () => {
    const { rows } = await shown(together, 'Accounts', ORGANIZATION);
    const doorbells = rows.find(({ accountId }) => accountId === MEMBER.doorbells);
    expect(doorbells).toMatchObject({
      state: 'failed',
      streams: null,
      missing: null,
      expected: null,
      reason: 'no-access',
    });
  });

  test('in the headroom: only what is known to be zero is', async () => {
    const zeros = (values: readonly unknown[]) => values.filter((value) => value === 0).length;
    const inRows = (rows: readonly Row[]) => zeros(rows.flatMap((row) => Object.values(row)));
    const regions = await shown(alone, 'When a region will be full', ACCOUNT);
    const { answer } = regions;
    const known = answer.regions!.flatMap(({ used, quota }) => [used, quota?.percent]);
    const { rows } = regions;
    const grown = (row: Row) => [row.perDay, row.soonest, row.likely, row.latest];
    expect(inRows(rows)).toBe(zeros(known) + zeros(rows.filter(({ trend }) => trend !== null).flatMap(grown)));
    for (const row of rows.filter(({ trend }) => trend === 'not-enough-history'))
      expect(grown(row)).toEqual([null, null, null, null]);

    const accounts = await shown(together, 'Fullest accounts', ORGANIZATION);
    const full = accounts.answer.accounts!.flatMap(({ highest, unknown }) => [highest?.percent, unknown]);
    expect(inRows(accounts.rows)).toBe(zeros(full));
  });
});

describe('What is missing is named', () => {
  test('of an account: each region, why, since when, and what was counted there last', async () => {
    const { answer, rows } = await shown(alone, 'What is missing', ACCOUNT);
    expect(rows).toEqual(
      answer.run.missing.map(({ region, reason, since, runs, lastKnown }) => ({
        what: region,
        why: reason,
        regions: null,
        since,
        runs,
        held: lastKnown?.streams ?? null,
        heldIn: lastKnown?.runId ?? null,
      })),
    );
    expect(rows.length).toBeGreaterThan(0);
  });

  test('of an organisation: each account of which not everything is counted', async () => {
    const { answer, rows } = await shown(together, 'What is missing', ORGANIZATION);
    expect(rows).toHaveLength(answer.run.expected - answer.run.counted);
    expect(rows).toContainEqual(
      expect.objectContaining({ what: `Doorbells, ${MEMBER.doorbells}`, why: 'no-access', regions: null }),
    );
    expect(rows).toContainEqual(
      expect.objectContaining({ what: `Factories, ${MEMBER.factories}`, why: 'denied', regions: '1 of 3' }),
    );
  });

  test('of nothing, where nothing is', async () => {
    expect(await rowsOf(queryOf('What is missing'), { run: { missing: [] } })).toEqual([]);
    expect(await rowsOf(queryOf('What is missing'), { run: {}, accounts: [{ state: 'complete' }] })).toEqual([]);
  });
});

test('A history that is longer than an answer is followed to its beginning, as Grafana goes on', async () => {
  const query = queryOf('Totals');
  const { pagination_mode: mode, pagination_param_cursor_extraction_path: from = '' } = query;
  expect(mode).toBe('cursor');
  const runs = [...history({ runs: 450, everyMinutes: 1, endsAt: RUN.newest })];
  const long = await startLedger();
  await long.fill(runs.map(({ run }) => ({ run, records: [] })));

  const seen: string[] = [];
  let more: string | null = '';
  while (more !== null) {
    const { url_options: options, ...rest } = query;
    const params = [...options.params, { key: query.pagination_param_cursor_field_name!, value: more }];
    const page = { ...rest, url_options: { ...options, params: more === '' ? options.params : params } };
    const answer: Answer = await ask(long, page, ACCOUNT);
    seen.push(...(await rowsOf(page, answer)).map(({ time }) => String(time)));
    more = (answer as unknown as Record<string, string | null>)[from] ?? null;
  }
  expect(seen).toEqual(runs.map(({ run }) => run.runId).reverse());
});
