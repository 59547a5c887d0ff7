/**
 * The real functions, in virtual time, on services that fail (docs/reliability.md). Every commit runs the same schedules;
 * `npm run simulate` runs others, and as many as are asked for.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { ORGANIZATION } from '../../src/census/census-id.ts';
import { KINDS } from '../../src/census/kinds.ts';
import { sameTotal } from '../../src/census/settle.ts';
import { historyOf } from '../judging/by-census.ts';
import { listingOf } from '../judging/counts.ts';
import { INVARIANTS, violations } from '../judging/invariants.ts';
import { AGGREGATOR_CONFIG, WORKER_CONFIG } from '../judging/numbers.ts';
import { readOrganizationRuns } from '../judging/organization-story.ts';
import { PREFIX_LIES, type PrefixLie } from '../judging/region-world.ts';
import type { RunStory, Story } from '../judging/story.ts';
import { sickAccountOf } from './beside-accounts.ts';
import { sickOf } from './beside-kinds.ts';
import { describeFinding } from './check.ts';
import { storyOf } from './circumstances.ts';
import { ALL_SCENARIOS, singlesOf, tryPoints } from './crash-points.ts';
import { BESIDE, ORGANIZATION_SITES } from './faults.ts';
import { countOf, LARGE, QUICK } from './large.ts';
import { countOrganization } from './large-organization.ts';
import { organizationSchedule } from './organization-schedules.ts';
import * as product from './product.ts';
import { anySchedule } from './schedules.ts';
import { simulate } from './simulate.ts';

const SEED = 1;
const SCHEDULES = 2000;

const print = (line: string) => process.stdout.write(`${line}\n`);

/** As a person would, and on all cores: `npm run simulate`. */
function runSimulate(...options: string[]): { status: number | null; output: string } {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...options], { encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}

test(`in ${SCHEDULES} schedules every invariant holds`, () => {
  const { status, output } = runSimulate('--seed', String(SEED), '--schedules', String(SCHEDULES));
  print(output.trim());
  expect(output).toMatch(`${SCHEDULES} schedules`);
  expect(status).toBe(0);
});

test('between them the schedules reach every request that a function makes, and every end of a region', async () => {
  const sites = new Set<string>();
  const ends = new Set<string>();
  for (const schedule of fc.sample(anySchedule, { seed: SEED, numRuns: 200 })) {
    const history = await simulate(schedule, product);
    for (const { site } of history.requests) sites.add(site);
    for (const { totals } of storyOf(schedule, history).runs) {
      for (const { value } of totals) {
        ends.add(value.verdict);
        for (const { reason } of value.missing) ends.add(reason);
      }
    }
  }
  expect([...ends].sort()).toEqual([
    'bad-answer',
    'bad-credentials',
    'complete',
    'denied',
    'not-enabled',
    'partial',
    'throttled',
    'timed-out',
    'unanswered',
    'undelivered',
    'unreachable',
    'unsupported',
  ]);
  for (const schedule of Object.values(ALL_SCENARIOS))
    for (const { site } of (await simulate(schedule, product)).requests) sites.add(site);
  expect([...sites].sort()).toMatchSnapshot();
});

test('the same schedule is the same history, to the millisecond', async () => {
  for (const schedule of fc.sample(anySchedule, { seed: SEED, numRuns: 20 })) {
    const [first, second] = [await simulate(schedule, product), await simulate(schedule, product)];
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
  }
});

test('a good share of the schedules counts several kinds, and in some of them one alone is in trouble', () => {
  const drawn = fc.sample(anySchedule, { seed: SEED, numRuns: 2000 });
  const several = drawn.filter(({ others }) => others !== undefined);
  const sick = new Map<string, number>();
  for (const kind of several.map(sickOf)) sick.set(kind ?? 'none', (sick.get(kind ?? 'none') ?? 0) + 1);
  print(
    `${several.length} of ${drawn.length} schedules count several kinds; in trouble alone: ${JSON.stringify([...sick])}`,
  );
  expect(several.length).toBeGreaterThan(drawn.length / 8);
  expect(several.length).toBeLessThan(drawn.length / 3);
  for (const kind of KINDS) expect(sick.get(kind)).toBeGreaterThan(5);
});

describe('one crash or one failed request, wherever it is', () => {
  test.each(Object.keys(ALL_SCENARIOS))(
    'costs nothing but time: %s',
    async (scenario) => {
      const points = await singlesOf(scenario, product);
      expect(points.length).toBeGreaterThan(50);
      const { ran, finding } = await tryPoints(scenario, points, product);
      expect(finding && describeFinding(finding)).toBeUndefined();
      expect(ran).toBe(points.length);
    },
    300_000,
  );
});

test('between them the schedules of organisations reach what is asked of one, and every end of an account', async () => {
  const sites = new Set<string>();
  const ends = new Set<string>();
  for (const schedule of fc.sample(organizationSchedule, { seed: SEED, numRuns: 150 })) {
    const history = await simulate(schedule, product);
    for (const { site } of history.requests) sites.add(site);
    for (const { totals } of readOrganizationRuns(historyOf(history, 'streams', ORGANIZATION))) {
      for (const { value } of totals)
        for (const end of [value.verdict, ...Object.keys(value.accountReasons)]) ends.add(end);
    }
  }
  expect([...ends]).toEqual(expect.arrayContaining(['complete', 'no-access', 'partial', 'suspended']));
  expect(ORGANIZATION_SITES.filter((site) => !sites.has(site))).toEqual([]);
});

test('in a good share of the schedules of organisations one account alone is in trouble', () => {
  const drawn = fc.sample(organizationSchedule, { seed: SEED, numRuns: 500 });
  const sick = drawn.filter((schedule) => sickAccountOf(schedule) !== undefined).length;
  print(`in ${sick} of ${drawn.length} schedules of organisations one account alone is in trouble`);
  expect(sick).toBeGreaterThan(drawn.length / 20);
});

describe('An organisation of 200 accounts with a page in each of 19 regions', () => {
  test('is counted exactly, and within a minute', async () => {
    const { streams, truth, seconds, verdict } = await countOrganization({ accounts: 200 }, product);
    expect([verdict, streams]).toEqual(['complete', truth]);
    expect(seconds).toBeLessThan(60);
  });

  test('misses nothing else where one region answers nobody', async () => {
    const { streams, truth, regions, reasons } = await countOrganization({ accounts: 200, dark: 1 }, product);
    expect(streams).toBe(truth);
    expect(reasons).toEqual({ 'timed-out': 200 });
    expect(regions).toEqual({ expected: 3800, counted: 3600 });
  });
});

test.each(['throttled', 'server-error', 'drops-connection', 'hang', 'malformed'] as const)(
  'ten minutes of trouble in one region (%s) cost nothing but time',
  async (how) => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const troubled = { region: 'eu-west-1', streams: 25, pageSizes: [10], troubles: [{ how, until: 600 }] };
      const schedule = { seed, regions: [troubled], runs: [0], retries: [], faults: [], healAfterS: 0 };
      const [run] = storyOf(schedule, await simulate(schedule, product)).runs;
      expect([seed, run?.totals.map(({ value }) => value.verdict)]).toEqual([seed, ['complete']]);
    }
  },
);

test('a worker that dies costs two minutes, not half an hour', async () => {
  const regions = [{ region: 'eu-west-1', streams: 25, pageSizes: [10] }];
  const death = { kind: 'request', site: 'worker.listPage', nth: 2, mishap: 'crash before' } as const;
  const schedule = { seed: 1, regions, runs: [0], retries: [], faults: [death], healAfterS: 3600 };
  const history = await simulate(schedule, product);
  const [run] = storyOf(schedule, history).runs;
  expect(run!.totals[0]!.value.verdict).toBe('complete');
  const seconds = (run!.totals[0]!.atMs - history.startMs) / 1000;
  expect(seconds).toBeGreaterThan(115);
  expect(seconds).toBeLessThan(150);
});

test('a calm census of 19 one-page regions costs what it must and no more', async () => {
  const regions = Array.from({ length: 19 }, (_, index) => ({
    region: `eu-west-${index}`,
    streams: 5,
    pageSizes: [1000],
  }));
  const schedule = { seed: 1, regions, runs: [0], retries: [], faults: [], healAfterS: 0 };
  const history = await simulate(schedule, product);
  expect([...INVARIANTS.Cheap(storyOf(schedule, history))]).toEqual([]);
  const made = (site: string) => history.requests.filter((request) => request.site === site).length;
  expect({
    publishes: made('dispatcher.publishTasks'),
    workers: history.invocations.filter(({ of }) => of === 'worker').length,
    reads: made('worker.readRunAndRecord'),
    writes: made('worker.writeRecord') + made('worker.strike'),
    nudges: made('worker.sendNudge'),
    totals: made('aggregator.announceTotal'),
  }).toEqual({ publishes: 2, workers: 19, reads: 19, writes: 38, nudges: 1, totals: 1 });
});

/** Two runs of each of some schedules: as they are, and where all that a caller asks beside the count comes to nothing. */
async function* withAndWithout(caller: 'dispatcher' | 'worker' | 'aggregator') {
  const sites = BESIDE.filter((site) => site.startsWith(caller));
  for (const { regions: worlds, others: _, ...schedule } of fc.sample(anySchedule, { seed: SEED, numRuns: 60 })) {
    // Only where something goes wrong are batches answered in part, so something does.
    const harmless = { kind: 'sweep', nth: 999, how: 'missed' } as const;
    // Who comes a second later sees what came in that second.
    const regions = worlds.map(({ changes: _, ...world }) => world);
    const calm = { ...schedule, regions, runs: [0, 7200], retries: [], faults: [harmless], healAfterS: 6 * 3600 };
    const seeing = storyOf(calm, await simulate(calm, product));
    for (const mishap of ['throttled', 'answer lost', 'carried out late'] as const) {
      const faults = sites.flatMap((site) =>
        Array.from({ length: 40 }, (_, nth) => ({ kind: 'request', site, nth: nth + 1, mishap }) as const),
      );
      yield { seeing, unseeing: storyOf({ ...calm, faults }, await simulate({ ...calm, faults }, product)) };
    }
  }
}

const { lookBackMs } = AGGREGATOR_CONFIG;

test('what is asked beside the count as it settles changes nothing of it, whatever becomes of that, and costs a second at most', async () => {
  for await (const { seeing, unseeing } of withAndWithout('aggregator')) {
    for (const [index, { totals }] of seeing.runs.entries()) {
      const [one, other] = [totals[0]!, unseeing.runs[index]!.totals[0]!];
      expect(sameTotal(one.value, other.value)).toBe(true);
      expect(other.atMs).toBeLessThanOrEqual(one.atMs + lookBackMs + 50);
    }
  }
});

test('what is asked beside the count as a run opens changes nothing of it but its instants, by a second at most, and what came and went', async () => {
  const count = ({ totals }: RunStory) => {
    const { firstCountedAt: _, lastCountedAt: __, churn: ___, ...rest } = totals[0]!.value;
    return rest;
  };
  const publishedMs = ({ history }: Story) =>
    history.requests.filter(({ site }) => site === 'dispatcher.publishTasks').map(({ atMs }) => atMs);
  for await (const { seeing, unseeing } of withAndWithout('dispatcher')) {
    for (const [index, run] of seeing.runs.entries())
      expect(sameTotal(count(run), count(unseeing.runs[index]!))).toBe(true);
    for (const [index, atMs] of publishedMs(seeing).entries())
      expect(publishedMs(unseeing)[index]).toBeLessThanOrEqual(atMs + lookBackMs + 50);
  }
});

test('what a worker asks beside its list changes nothing of the records but the quota, and costs a second at most', async () => {
  for await (const { seeing, unseeing } of withAndWithout('worker')) {
    for (const [index, { records, totals }] of seeing.runs.entries()) {
      const other = unseeing.runs[index]!;
      const bare = (all: RunStory['records']) =>
        new Map([...all].map(([region, versions]) => [region, versions.map(({ value }) => ({ ...value, quota: '' }))]));
      expect(bare(other.records)).toEqual(bare(records));
      const { quota: _, ...total } = totals[0]!.value;
      expect(sameTotal(total, other.totals[0]!.value)).toBe(true);
      // Of each region, since of two the other may be the last now. How soon the total follows the last is for *Prompt*.
      for (const [region, versions] of records) {
        for (const [at, { atMs }] of versions.entries())
          expect(other.records.get(region)![at]!.atMs).toBeLessThanOrEqual(atMs + WORKER_CONFIG.quotaWaitMs + 50);
      }
    }
  }
});

test('a calm run pays one read, one question and a look at each region that is off for its plan, and writes nothing that is known', async () => {
  const regions = ['us-east-1', 'ap-south-1'].map((region) => ({ region, streams: 5, pageSizes: [1000] }));
  const off = [{ fromS: 0, untilS: 1_000_000 }];
  const schedule = {
    seed: 1,
    regions: [...regions, { region: 'me-south-1', streams: 5, pageSizes: [1000], off }],
    sources: { live: [], off: [] },
    runs: [0, 6 * 3600],
    retries: [],
    faults: [],
    healAfterS: 0,
  };
  const history = await simulate(schedule, product);
  expect(storyOf(schedule, history).runs.map(({ totals }) => totals.at(-1)?.value.verdict)).toEqual([
    'complete',
    'complete',
  ]);
  const [first, second] = history.invocations.filter(({ of }) => of === 'dispatcher');
  const asked = (by: typeof first) => [
    ...new Set(history.requests.filter((request) => request.by === by).map(({ site }) => site)),
  ];
  const opening = ['openRun', 'earlierRuns', 'publishTasks', 'markDispatched'].map((name) => `dispatcher.${name}`);
  expect(asked(second)).toEqual([
    'dispatcher.readRunAndMemory',
    'dispatcher.readOptInStates',
    'dispatcher.lastCount',
    ...opening,
  ]);
  expect(asked(first)).toEqual([
    'dispatcher.readRunAndMemory',
    'dispatcher.readLiveRegions',
    'dispatcher.readOptInStates',
    'dispatcher.lastCount',
    'dispatcher.writeMemory',
    ...opening,
  ]);
});

test('many pages at full speed never make more than 50 calls in a second', async () => {
  const regions = [{ region: 'eu-west-1', streams: 6000, pageSizes: [20] }];
  const schedule = { seed: 1, regions, runs: [0], retries: [], faults: [], healAfterS: 0 };
  const history = await simulate(schedule, product);
  expect(history.videoCalls.length).toBeGreaterThan(200);
  expect(violations(storyOf(schedule, history))).toEqual([]);
});

const countsOf = ({ runs }: Story) =>
  runs.flatMap(({ records }) => [...records.values()].flat()).filter(({ value }) => value.status === 'counted');

describe('a large region is counted by its branches', () => {
  test.each(Object.entries(QUICK))('%s', async (_, more) => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const count = await countOf({ ...LARGE, ...more(seed) }, seed, product);
      expect([seed, count]).toEqual([seed, { by: 'branches', violations: [] }]);
    }
  });

  test('and by its list, exactly, if they do not hold what it has shown', async () => {
    for (const how of Object.keys(PREFIX_LIES) as PrefixLie['how'][]) {
      if (how === 'lags') continue;
      const count = await countOf({ ...LARGE, streams: 260, order: 'name', prefixes: { how, share: 1 } }, 1, product);
      expect([how, count]).toEqual([how, { by: 'list', violations: [] }]);
    }
  });
});

test('branches decide a good share of the counts of large regions', async () => {
  let branches = 0;
  let counts = 0;
  for (const schedule of fc.sample(anySchedule, { seed: SEED, numRuns: 300 })) {
    const history = await simulate(schedule, product);
    for (const { by, value } of countsOf(storyOf(schedule, history))) {
      const world = schedule.regions.find(({ region }) => region === value.region);
      if (!world?.slowMs || by === undefined) continue;
      counts += 1;
      if (!listingOf(history, by, value.region).isListed) branches += 1;
    }
  }
  print(`branches decided ${branches} of ${counts} counts of large regions`);
  expect(branches).toBeGreaterThan(counts / 3);
});
