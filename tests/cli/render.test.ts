/** What people see. The snapshots are to be read: each is a screen. */

import { readDiff } from '../../src/answers/diff.ts';
import { explainOf, readExplain } from '../../src/answers/explain.ts';
import { readLatest } from '../../src/answers/latest.ts';
import { parkedOf } from '../../src/answers/parked.ts';
import { renderPrometheus } from '../../src/answers/prometheus.ts';
import { readRegion } from '../../src/answers/region.ts';
import { runOf } from '../../src/answers/run.ts';
import { readRuns } from '../../src/answers/runs.ts';
import type { Reason } from '../../src/census/errors.ts';
import { planRetry } from '../../src/census/retry.ts';
import { csvLines } from '../../src/cli/render/csv.ts';
import { renderDiff } from '../../src/cli/render/diff.ts';
import { renderExplain } from '../../src/cli/render/explain.ts';
import { renderLatest } from '../../src/cli/render/latest.ts';
import { renderRedrive } from '../../src/cli/render/redrive.ts';
import { renderRegion } from '../../src/cli/render/region.ts';
import { renderRetry } from '../../src/cli/render/retry.ts';
import { renderRuns } from '../../src/cli/render/runs.ts';
import { makeView, type View } from '../../src/cli/render/text.ts';
import { renderWholeRun } from '../../src/cli/render/whole-run.ts';
import { ACCOUNT, history, type Past } from './history.ts';
import { cleanUp, NOW_MS, startLedger } from './world.ts';

const REGIONS = ['ap-northeast-1', 'eu-west-1', 'me-south-1', 'us-east-1', 'us-west-2'];
const VIEWS: [string, View][] = [
  ['wide', makeView({ width: 160, colour: false })],
  ['80 columns', makeView({ width: 80, colour: false })],
  ['50 columns', makeView({ width: 50, colour: false })],
];

/** Twelve runs; us-east-1 is missing from three of them, the newest among these. */
const past = [
  ...history({
    runs: 12,
    regions: REGIONS,
    everyMinutes: 360,
    isMissing: (n, region) => region === 'us-east-1' && [4, 5, 11].includes(n),
  }),
];
const newest = past.at(-1) as Past;
/** Opened by a dispatcher that was just here. */
const underWay = (): Past => {
  const { total: _, announcedRev: __, ...run } = newest.run;
  const records = newest.records.filter(({ region }) => region < 'm');
  return { run: { ...run, rev: 2, sweep: 'OPEN', pending: ['me-south-1', 'us-east-1', 'us-west-2'] }, records };
};

async function openLedger() {
  const ledger = await startLedger();
  await ledger.fill(past);
  return { reader: ledger.reader, censusId: ACCOUNT, description: 'the test ledger' };
}
let source: Awaited<ReturnType<typeof openLedger>>;
beforeAll(async () => {
  source = await openLedger();
});
afterAll(cleanUp);

describe.each(VIEWS)('%s', (_name, view) => {
  const fits = (text: string) => {
    // A command that is to be pasted is left whole: the terminal breaks it without a line break in it.
    const lines = text.split('\n').filter((line) => !line.includes('kvs-census '));
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(view.width);
    return text;
  };

  test('latest: a partial total', async () => {
    const { answer } = await readLatest(source, NOW_MS);
    expect(fits(renderLatest(answer, view))).toMatchSnapshot();
  });

  test('runs', async () => {
    expect(fits(renderRuns(await readRuns(source, { limit: 20 }, NOW_MS), view))).toMatchSnapshot();
  });

  test('run: a complete one', () => {
    expect(fits(renderWholeRun(runOf(past[3] as Past, NOW_MS), view))).toMatchSnapshot();
  });

  test('run: one that is under way', () => {
    const nowMs = Date.parse('2026-11-20T06:01:00Z');
    expect(fits(renderWholeRun(runOf(underWay(), nowMs), view))).toMatchSnapshot();
  });

  test('region: with gaps', async () => {
    expect(fits(renderRegion(await readRegion(source, 'us-east-1', { limit: 30 }, NOW_MS), view))).toMatchSnapshot();
  });

  test('diff: a change, and a region that only went out of sight', async () => {
    const { answer } = await readDiff(source, (past[1] as Past).run.runId, newest.run.runId, NOW_MS);
    expect(fits(renderDiff(answer, view))).toMatchSnapshot();
  });

  test('diff: which streams went and came, by the beginning of their names', async () => {
    const { answer } = await readDiff(source, (past[1] as Past).run.runId, newest.run.runId, NOW_MS);
    const [ireland, sydney, virginia] = answer.regions.filter(({ same }) => same === false);
    const cities = ['ams', 'ber', 'bos', 'chi', 'dub', 'nyc', 'sfo'];
    const regions = [
      {
        ...ireland!,
        prefixes: cities.map((city, index) => ({ prefix: `store-${city}-cam-`, before: 400 * index, after: 700 })),
      },
      {
        ...sydney!,
        prefixes: [
          { prefix: '', before: 3, after: 0 },
          { prefix: `depot-\u202e-${'x'.repeat(44)}-north-1`, before: 0, after: 1 },
        ],
      },
      { ...virginia!, prefixes: [{ prefix: '', before: 100, after: 80 }] },
    ];
    expect(fits(renderDiff({ ...answer, regions }, view))).toMatchSnapshot();
  });

  test('explain: a partial total', async () => {
    const { answer } = await readExplain(source, 'latest', NOW_MS);
    expect(fits(renderExplain(answer, view))).toMatchSnapshot();
  });

  test('explain: a run that no retry can help any more says how to count anew', async () => {
    const at = { command: 'npx kvs-census', options: ['--stage', 'prod'] };
    const here = { command: 'npx kvs-census', options: ['--local'], ledgerOnly: true };
    const tell = async (place: typeof at, nowMs: number) => {
      const { answer } = await readExplain({ ...source, place }, 'latest', nowMs);
      return renderExplain(answer, { ...view, place }).replaceAll(/\s+/g, ' ');
    };
    const old = await tell(at, NOW_MS + 86_400_000);
    expect(old).toMatch(/more than 24 h old\. To count anew: npx kvs-census run --now --wait --stage prod$/);
    expect(await tell(here, NOW_MS)).toMatch(/no stack that a retry could ask\. To count anew: npm start$/);
    expect(await tell(at, NOW_MS)).not.toContain('count anew');
  });

  test('runs: what was looked for is never behind "and 1 more"', async () => {
    const runs = await readRuns(source, { limit: 1 }, NOW_MS);
    const [line] = runs.runs;
    const missing = ['ap-east-1', 'eu-west-1', 'me-south-1', 'sa-east-1', 'us-east-1', 'us-east-2'].map(
      (region, at) => ({
        region,
        reason: at > 1 ? ('denied' as const) : ('throttled' as const),
        lastKnown: null,
        since: null,
        runs: null,
        lost: null,
      }),
    );
    const tell = (sought?: Reason) =>
      renderRuns({ ...runs, runs: [{ ...line!, missing }] }, view, sought).replaceAll(/\s+/g, ' ');
    expect(tell()).toContain('ap-east-1 (throttled), eu-west-1 (throttled), me-south-1 (denied) and 3 more');
    expect(tell('throttled')).toContain('ap-east-1 (throttled), eu-west-1 (throttled), me-south-1 (denied) and 3 more');
    expect(tell('denied')).toContain(
      'me-south-1 (denied), sa-east-1 (denied), us-east-1 (denied), us-east-2 (denied) and 2 more',
    );
  });

  test('retry', () => {
    const plan = planRetry(newest.run, newest.records, { regions: [], nowMs: NOW_MS, force: false });
    const answer = {
      schema: 'kvs-census/retry/1' as const,
      readAt: new Date(NOW_MS).toISOString(),
      accountId: ACCOUNT,
      kind: 'streams' as const,
      runId: newest.run.runId,
      round: 1,
      resumed: false,
      regions: plan.regions,
      deadlineAt: '2026-11-20T09:30:00.000Z',
    };
    expect(fits(renderRetry(answer, view, { timeScale: 1, isFollowed: false }))).toMatchSnapshot();
  });

  test('redrive: what is parked', () => {
    const answer = {
      schema: 'kvs-census/redrive/1' as const,
      readAt: '2026-11-20T08:00:00Z',
      accountId: ACCOUNT,
      kind: 'streams' as const,
      parked: PARKED,
      all: true,
      sent: [],
      deleted: [],
    };
    expect(fits(renderRedrive(answer, view))).toMatchSnapshot();
    const more = { ...answer, all: false };
    expect(fits(renderRedrive(more, view)).replaceAll('\n', ' ')).toContain(
      'There is more than these 4: send or delete some, and look again.',
    );
    expect(renderRedrive({ ...more, deleted: [PARKED[0]!.id] }, view)).toBe(
      '1 message deleted; more are still parked: look again.',
    );
  });
});

const message = (id: string, body: string, attributes: Record<string, string> = {}) => ({
  id: `${id}-0000-4000-8000-000000000000`,
  body,
  sentAt: '2026-11-20T07:00:00.000Z',
  attributes,
  receiptHandle: '',
});

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:kvs-census-dev-';
const PARKED = [
  parkedOf('unreadable-tasks', message('11111111', 'hello', { why: 'not-a-task' }), NOW_MS),
  parkedOf(
    'unreadable-tasks',
    message(
      '22222222',
      `{"version":1,"accountId":"${ACCOUNT}","runId":"2026-11-19T06:00:00Z","region":"eu-west-1","round":0,"deadlineAt":"2026-11-19T07:30:00.000Z"}`,
      { why: 'no-such-run' },
    ),
    NOW_MS,
  ),
  parkedOf(
    'failed-invocations',
    message(
      '33333333',
      JSON.stringify({
        version: '1.0',
        timestamp: '2026-11-20T06:05:00.000Z',
        requestContext: {
          functionArn: `${ARN}dispatcher:$LATEST`,
          condition: 'RetriesExhausted',
          approximateInvokeCount: 3,
        },
        requestPayload: { runId: '2026-11-20T06:00:00Z' },
        responseContext: { statusCode: 200, functionError: 'Unhandled' },
        responsePayload: { errorType: 'Error', errorMessage: 'The topic refused 19 of 19 region tasks 4 times.' },
      }),
    ),
    NOW_MS,
  ),
  parkedOf(
    'failed-invocations',
    message('44444444', '{"sweep":true}', {
      TARGET_ARN: `${ARN}aggregator`,
      ERROR_CODE: 'AWS.Lambda.TooManyRequestsException',
    }),
    NOW_MS,
  ),
];

test('colours mark what matters, and are only there when asked for', () => {
  const answer = runOf(newest, NOW_MS);
  const coloured = renderWholeRun(answer, makeView({ width: 160, colour: true }));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with an escape
  expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(renderWholeRun(answer, makeView({ width: 160, colour: false })));
  expect(coloured).toContain('\u001b[33m\u001b[1mPARTIAL');
});

test('latest: a complete total, and a newer run in progress', async () => {
  const ledger = await startLedger();
  const complete = past.slice(0, 4);
  const { run, records } = underWay();
  await ledger.fill([...complete, { run, records }]);
  const { answer } = await readLatest({ ...source, reader: ledger.reader }, Date.parse(run.openedAt));
  expect(renderLatest(answer, makeView({ width: 120, colour: false }))).toMatchSnapshot();
});

test('explain: a run that is under way, and a complete one that took some effort', () => {
  const view = makeView({ width: 100, colour: false });
  expect(
    renderExplain(
      explainOf(
        { ...runOf(underWay(), Date.parse('2026-11-20T06:01:00Z')), comparison: null },
        ACCOUNT,
        Date.parse('2026-11-20T06:01:00Z'),
      ),
      view,
    ),
  ).toMatchSnapshot();
  const { run, records } = past[3] as Past;
  const [first, second, ...others] = records;
  const hard = [
    { ...first, effort: { pages: 1, calls: 5, ms: 900 } },
    { ...second, round: 1, repeated: 12 },
    ...others,
  ] as Past['records'];
  expect(
    renderExplain(explainOf({ ...runOf({ run, records: hard }, NOW_MS), comparison: null }, ACCOUNT, NOW_MS), view),
  ).toMatchSnapshot();
});

test('prometheus: what is missing has no sample of streams', async () => {
  const { answer } = await readLatest(source, NOW_MS);
  const text = renderPrometheus(answer);
  expect(text).toMatchSnapshot();
  expect(text).not.toContain('kvs_census_streams{account="123456789012",region="us-east-1"}');
});

test('csv: a line for each region of a run', async () => {
  async function* one() {
    yield runOf(newest, NOW_MS);
  }
  const lines = [];
  for await (const part of csvLines(one())) lines.push(part);
  expect(lines.join('')).toMatchSnapshot();
});
