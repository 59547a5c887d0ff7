import { explainOf } from '../../src/answers/explain.ts';
import { runOf } from '../../src/answers/run.ts';
import type { Reason } from '../../src/census/errors.ts';
import type { Quota } from '../../src/census/quota.ts';
import type { RegionRecord } from '../../src/census/region.ts';
import type { Run } from '../../src/census/run.ts';
import type { Effort } from '../../src/census/tally.ts';
import { renderExplain } from '../../src/cli/render/explain.ts';
import { makeView } from '../../src/cli/render/text.ts';
import { ACCOUNT, counted, failed, settled } from '../cli/history.ts';
import { cleanUp, NOW_MS, startLedger } from '../cli/world.ts';
import { story } from '../fixtures/story.ts';

afterAll(cleanUp);

const KEY = { censusId: ACCOUNT, runId: '2026-11-20T06:00:00Z' };
const easy = { ...counted(KEY, 'eu-west-1', 7), effort: { pages: 1, calls: 1, ms: 100 } };
const explain = (run: Run, records: RegionRecord[]) =>
  explainOf({ ...runOf({ run, records }, NOW_MS), comparison: null }, ACCOUNT, NOW_MS);

test('what a region took is told where it took more than its pages, or another round', () => {
  const slow = { ...counted(KEY, 'eu-west-2', 7), effort: { pages: 1, calls: 3, ms: 250 }, repeated: 2 };
  const late = { ...counted(KEY, 'eu-west-3', 7), effort: { pages: 2, calls: 2, ms: 50 }, round: 1 };
  const answer = explain(settled(KEY, [easy, slow, late]), [easy, slow, late]);
  expect(answer).toMatchObject({
    effort: { pages: 4, calls: 6, ms: 400 },
    hard: [
      { region: 'eu-west-2', calls: 3, pages: 1, round: 0 },
      { region: 'eu-west-3', calls: 2, pages: 2, round: 1 },
    ],
    repeats: [{ region: 'eu-west-2', repeated: 2 }],
    advice: [],
    retry: null,
  });
});

test('regions that are missing for the same reason share what to do, and asking again is told unless it is going on', () => {
  const records = [easy, failed(KEY, 'me-south-1'), failed(KEY, 'sa-east-1'), failed(KEY, 'us-east-1', 1)];
  const run = settled(KEY, records);
  const { advice, retry } = explain(run, records);
  expect(advice.map(({ reason, regions }) => [reason, regions.map(({ region }) => region)])).toEqual([
    ['throttled', ['me-south-1', 'sa-east-1']],
    ['unreachable', ['us-east-1']],
  ]);
  expect(retry).toBe(`kvs-census retry ${KEY.runId}`);
  const deadlineAt = new Date(NOW_MS + 1).toISOString();
  const retried: Run = { ...run, round: 1, pending: ['me-south-1'], sweep: 'OPEN', deadlineAt };
  expect(explain(retried, records).retry).toBeNull();
});

const missing = (region: string, reason: Reason, effort?: Effort) => ({
  ...failed(KEY, region),
  reason,
  ...(effort && { effort }),
});
const adviceOn = (...records: RegionRecord[]) => explain(settled(KEY, records), records);

test('one command asks again for all that may answer now, one for what must be mended first; a reason has what is its own', () => {
  const { advice, retry, retryLater } = adviceOn(
    easy,
    missing('eu-west-2', 'denied'),
    missing('me-south-1', 'not-enabled'),
    missing('sa-east-1', 'throttled'),
    missing('xx-north-1', 'unsupported'),
  );
  expect(Object.fromEntries(advice.map(({ reason, commands }) => [reason, commands]))).toEqual({
    denied: [],
    'not-enabled': ['aws account enable-region --region-name me-south-1'],
    throttled: [],
    unsupported: [expect.stringMatching(/^aws ssm get-parameters-by-path /)],
  });
  expect({ retry, retryLater }).toEqual({
    retry: `kvs-census retry ${KEY.runId} sa-east-1`,
    retryLater: `kvs-census retry ${KEY.runId} eu-west-2`,
  });
});

test('where a retry cannot help, none is offered', () => {
  const answer = adviceOn(easy, missing('me-south-1', 'not-enabled'), missing('xx-north-1', 'unsupported'));
  expect(answer.advice.flatMap(({ commands }) => commands).filter((command) => command.includes('retry'))).toEqual([]);
  expect(answer).toMatchObject({ retry: null, retryLater: null });
});

test('of a run that is too old to be retried, a new one is the advice; where nobody counts, none is offered', () => {
  const records = [easy, missing('sa-east-1', 'throttled'), missing('us-east-1', 'denied')];
  const compared = { ...runOf({ run: settled(KEY, records), records }, NOW_MS), comparison: null };
  const place = { command: 'npx kvs-census', options: ['--stage', 'prod'] };
  const screen = (nowMs: number, ledgerOnly = false) => {
    const answer = explainOf(compared, ACCOUNT, nowMs, { ...place, ledgerOnly });
    return renderExplain(answer, makeView({ width: 80, colour: false }, { wide: true, place })).match(/npx [^`\n]+/g);
  };
  const retry = (region: string) => `npx kvs-census retry ${KEY.runId} ${region} --stage prod`;
  expect(screen(NOW_MS)).toEqual([retry('sa-east-1'), retry('us-east-1')]);
  expect(screen(NOW_MS + 25 * 3_600_000)).toEqual(['npx kvs-census run --now --wait --stage prod']);
  expect(screen(NOW_MS, true)).toBeNull();
});

test('a region that timed out without a page is not told to make more calls', () => {
  const { advice } = adviceOn(
    easy,
    missing('eu-west-2', 'timed-out', { pages: 0, calls: 4, ms: 35_000 }),
    missing('eu-west-3', 'timed-out', { pages: 12, calls: 14, ms: 700_000 }),
  );
  expect(advice.map(({ regions, action }) => [regions[0]?.region, action.includes('callsPerSecond')])).toEqual([
    ['eu-west-2', false],
    ['eu-west-3', true],
  ]);
});

test('explain begins with what changed since the last complete run', async () => {
  const ledger = await startLedger();
  await ledger.fill(story());
  const { out, requests } = await ledger.command('explain latest');
  expect(requests.filter((request) => request === 'Query')).toHaveLength(2);
  expect(out.split('\n\n')[0]?.replace(/\s+/g, ' ')).toBe(
    '50,361 streams in the run 2026-11-20T06:00:00Z, 10,592 fewer than in the complete run, 2026-11-19T06:00:00Z (60,953):' +
      ' -1,174 really changed: us-east-1 -1,200, eu-central-1 +34, me-south-1 -29, us-west-2 +21' +
      ' -9,418 not visible now: eu-west-1 (denied since 2026-11-19T12:00)',
  );
  expect(out).not.toContain('calls more than pages');
  expect(JSON.parse((await ledger.command('explain latest --json')).out).comparison.difference).toBe(-10_592);
});

describe('How full the regions are', () => {
  const filled = (region: string, streams: number, quota: Quota) => ({ ...counted(KEY, region, streams), quota });
  const records = [
    filled('eu-west-1', 8_000, { from: 'applied', limit: 10_000 }),
    filled('us-east-1', 18_001, { from: 'applied', limit: 20_000 }),
    filled('us-west-2', 7_999, { from: 'default', limit: 10_000 }),
  ];
  const denied = filled('sa-east-1', 5, { from: 'unknown', because: 'denied' });
  const increase =
    'aws service-quotas request-service-quota-increase --service-code kinesisvideo --quota-code L-F06528A6';
  const view = makeView({ width: 100, colour: false });
  /** Of all it says, what begins with the fullest region. */
  const told = (...some: RegionRecord[]) => {
    const text = renderExplain(explain(settled(KEY, some), some), view).replaceAll(/\s+/g, ' ');
    return text.slice(text.search(/The fullest|\S+: quota unknown|When each region/));
  };

  test('the fullest is named, and those above the threshold, fullest first, with what asks for more', () => {
    const full = { from: 'applied', limit: 20_000, used: 18_001, percent: 90 };
    expect(explain(settled(KEY, records), records).quota).toEqual({
      alarmPercent: 80,
      fullest: { region: 'us-east-1', ...full },
      above: [
        { region: 'us-east-1', ...full, increase: `${increase} --desired-value 40000 --region us-east-1` },
        {
          ...{ region: 'eu-west-1', from: 'applied', limit: 10_000, used: 8_000, percent: 80 },
          increase: `${increase} --desired-value 20000 --region eu-west-1`,
        },
      ],
      unknown: [],
    });
    expect(told(...records)).toBe(
      `The fullest region is us-east-1: 18,001 of 20,000 streams, 90.0 % of the quota applied there. 2 regions have reached 80 %: us-east-1 and eu-west-1. To ask AWS for more there: ${increase} --desired-value 40000 --region us-east-1 ${increase} --desired-value 20000 --region eu-west-1 When each region will be full: kvs-census headroom`,
    );
  });

  test('where a region is missing, or a quota is not known, there may be a fuller one', () => {
    const known =
      'The fullest region of those that are known is us-west-2: 7,999 of 10,000 streams, 79.9 % of the default';
    const none = 'No region that is known has reached 80 %.';
    expect(told(records[2]!, failed(KEY, 'eu-west-1'))).toMatch(new RegExp(`^${known} quota. ${none} When each`));
    expect(told(records[2]!, denied)).toMatch(
      new RegExp(`^${known} quota. ${none} sa-east-1: quota unknown \\(denied\\)`),
    );
    expect(told(denied)).toMatch(/^sa-east-1: quota unknown \(denied\), because the worker may not ask/);
  });

  test('nothing is said where nobody asked, and nothing is offered for a run of the past', () => {
    expect(explain(settled(KEY, [easy]), [easy]).quota).toBeNull();
    const late = explainOf(
      { ...runOf({ run: settled(KEY, records), records }, NOW_MS), comparison: null },
      ACCOUNT,
      NOW_MS + 86_400_000,
    );
    const text = renderExplain(late, view);
    expect(text).toContain('have reached 80 %');
    expect(text).not.toContain('aws service-quotas');
  });
});
