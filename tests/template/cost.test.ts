/** What a deployment is said to cost, held to what is deployed, and to what more of anything must do to a sum. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { ALARM_METRICS, type Deployment, monthlyCost, PRICES, printCost, totalOf, USUAL } from '../../infra/cost.ts';
import { OTHER_KINDS } from '../../infra/kinds.ts';
import { descriptorOf } from '../../src/census/kinds.ts';
import { idOf } from '../../src/cli/local/counted.ts';
import { API_PARAMETERS, only, property, readResolved, readTemplate, somewhere } from './compiled.ts';

const cost = (changes: Partial<Deployment> = {}) => totalOf(monthlyCost({ ...USUAL, ...changes }));
const lineOf = (what: string, changes: Partial<Deployment> = {}) =>
  monthlyCost({ ...USUAL, ...changes }).find((line) => line.what === what);

const anyDeployment: fc.Arbitrary<Deployment> = fc.record({
  runs: fc.integer({ min: 1, max: 3000 }),
  kinds: fc.integer({ min: 1, max: 5 }),
  accounts: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 5000 })),
  regions: fc.integer({ min: 1, max: 40 }),
  pages: fc.integer({ min: 1, max: 1000 }),
  partialRuns: fc.nat(100),
  retentionDays: fc.integer({ min: 3, max: 3650 }),
  namePrefixes: fc.boolean(),
  metrics: fc.constantFrom('totals', 'regions', 'accounts', 'off'),
  optionalAlarms: fc.nat(2),
  dashboard: fc.boolean(),
  tracing: fc.boolean(),
  emails: fc.nat(5),
  requests: fc.oneof(fc.constant(0), fc.nat(10_000_000)),
});

describe('What a deployment costs', () => {
  test('a month of the usual one is below six dollars, and most of it is for being watched', () => {
    expect(cost()).toBeGreaterThan(3);
    expect(cost()).toBeLessThan(6);
    const watching = monthlyCost(USUAL).filter(({ service }) => service === 'CloudWatch');
    expect(totalOf(watching)).toBeGreaterThan(cost() / 2);
  });

  test('more of anything never costs less', () => {
    fc.assert(
      fc.property(
        anyDeployment,
        fc.constantFrom(
          'runs',
          'kinds',
          'accounts',
          'regions',
          'pages',
          'partialRuns',
          'retentionDays',
          'optionalAlarms',
          'emails',
          'requests',
        ),
        fc.integer({ min: 1, max: 50 }),
        (deployment, what, more) => {
          const bigger = { ...deployment, [what]: deployment[what as 'runs'] + more };
          expect(totalOf(monthlyCost(bigger))).toBeGreaterThanOrEqual(totalOf(monthlyCost(deployment)));
        },
      ),
    );
  });

  test('every line is a count times a price, and none is nothing', () => {
    const prices: number[] = Object.values(PRICES);
    fc.assert(
      fc.property(anyDeployment, (deployment) => {
        for (const { amount, usd } of monthlyCost(deployment)) {
          expect(amount).toBeGreaterThan(0);
          expect(prices.some((price) => Math.abs(price * amount - usd) < 1e-9)).toBe(true);
        }
      }),
    );
  });

  test('metrics cost what is sent: nine for totals, one more for each region, none', () => {
    expect(lineOf('metrics of its own')?.amount).toBe(9);
    expect(lineOf('metrics of its own', { metrics: 'regions' })?.amount).toBe(9 + 19);
    expect(lineOf('metrics of its own', { metrics: 'off' })).toBeUndefined();
    expect(cost({ metrics: 'regions' }) - cost()).toBeCloseTo(19 * 0.3, 2);
    expect(cost({ dashboard: true }) - cost()).toBeCloseTo(3, 6);
  });

  test('a further kind costs what its runs do, and most of that is for being watched; people are mailed no more', () => {
    const two = monthlyCost({ ...USUAL, kinds: 2, emails: 3 });
    const [more, watching] = [cost({ kinds: 2 }) - cost(), two.filter(({ service }) => service === 'CloudWatch')];
    expect(more).toBeGreaterThan(2.5);
    expect(more).toBeLessThan(cost());
    expect(totalOf(watching)).toBeGreaterThan(totalOf(two) / 2);
    expect(lineOf('e-mails', { kinds: 2, emails: 3 })).toEqual(lineOf('e-mails', { emails: 3 }));
    expect(lineOf('write units', { kinds: 2 })!.amount).toBe(2 * lineOf('write units')!.amount);
  });

  test('two hundred accounts cost below fifty dollars, of which most is their history, and half of that where it is short', () => {
    const organization = { accounts: 200 };
    expect(cost(organization)).toBeGreaterThan(30);
    expect(cost(organization)).toBeLessThan(50);
    const history = (changes: Partial<Deployment>) =>
      lineOf('GB of history', changes)!.usd + lineOf('GB of point-in-time recovery', changes)!.usd;
    expect(history(organization)).toBeGreaterThan(cost(organization) / 3);
    expect(cost({ ...organization, retentionDays: 90 })).toBeLessThan((2 / 3) * cost(organization));
    expect(history({ ...organization, namePrefixes: false })).toBeLessThan(history(organization) / 3);
  });

  test('an organisation is watched like one account, unless the number of each account is asked for', () => {
    const watched = (changes: Partial<Deployment>) =>
      totalOf(monthlyCost({ ...USUAL, ...changes }).filter(({ what }) => /^metrics/.test(what)));
    expect(watched({ accounts: 200 })).toBe(watched({}));
    expect(watched({ accounts: 200, metrics: 'accounts' }) - watched({})).toBeCloseTo(200 * 2 * 0.3, 6);
  });

  test('ten thousand requests to the API cost twenty cents, of which half are for being watched; a million cost seven dollars', () => {
    const more = (requests: number) => cost({ requests }) - cost();
    expect(more(10_000)).toBeGreaterThan(0.15);
    expect(more(10_000)).toBeLessThan(0.25);
    expect(lineOf('metrics that alarms read', { requests: 1 })!.amount).toBe(
      lineOf('metrics that alarms read')!.amount + 1,
    );
    expect(more(1_000_000)).toBeGreaterThan(5);
    expect(more(1_000_000)).toBeLessThan(8);
  });

  test('a strike in a run of the organisation costs by how many accounts it still waits for', () => {
    const perAccount = (accounts: number) => lineOf('write units', { accounts })!.amount / accounts;
    expect(perAccount(5000)).toBeGreaterThan(perAccount(1000));
    expect(perAccount(1000)).toBeGreaterThan(perAccount(200));
    expect(perAccount(200)).toBeGreaterThan(lineOf('write units')!.amount);
    expect(perAccount(5000)).toBeLessThan(1.2 * lineOf('write units')!.amount);
  });

  test('a calm run writes what the ledger is asked to write: a record and a strike for each region, and five times the run', () => {
    const perRegion = (lineOf('write units', { regions: 20 })!.amount - lineOf('write units')!.amount) / USUAL.runs;
    // The record's four units and the run's two, each also in the index.
    expect(perRegion).toBe(2 * (4 + 2));
    expect(lineOf('write units', { namePrefixes: false })!.amount).toBeLessThan(lineOf('write units')!.amount);
  });
});

describe('The compiled template', () => {
  test('has as many metrics that alarms read as are paid for', async () => {
    const { Resources } = await readTemplate();
    const series = (condition: string | undefined) =>
      Object.values(Resources)
        .filter(({ Type, Condition }) => Type === 'AWS::CloudWatch::Alarm' && Condition === condition)
        .map(({ Properties }) => (Properties as { Metrics?: { MetricStat?: object }[] }).Metrics)
        .reduce((sum, metrics) => sum + (metrics?.filter(({ MetricStat }) => MetricStat).length ?? 1), 0);
    // That of quotas is on, unless somebody wants none.
    const [always, ofTotals] = [series(undefined), series('TotalsAreMeasured') + series('QuotasAreWatched')];
    const optional = ['DropsAreWatched', 'PartialRunsAreWatched'];
    expect(optional.map(series)).toEqual([1, 1]);
    for (const other of OTHER_KINDS) {
      const kind = idOf(other);
      // One that nothing bounds costs an alarm less than is said.
      const ofQuota = descriptorOf(other).quota ? series(`QuotasOf${kind}AreWatched`) : 1;
      const ofEachKind = series(`${kind}AreCounted`) + ofQuota;
      expect({ always, ofTotals, ofEachKind, ofApi: series('ApiIsOn') }).toEqual(ALARM_METRICS);
      const optionalOfKind = optional.map((name) => name.replace('Are', `Of${kind}Are`));
      expect(optionalOfKind.map(series)).toEqual([1, 1]);
    }
  });

  test('lets no more requests to the API through than cost about a dollar an hour', async () => {
    const template = await readResolved({ ...somewhere, parameters: API_PARAMETERS.keys });
    const aSecond = Number(property(template, 'ApiStage', 'DefaultRouteSettings', 'ThrottlingRateLimit'));
    const anHour = cost({ requests: aSecond * 3600 }) - cost() - PRICES.alarmMetric;
    expect(anHour).toBeGreaterThan(0.9);
    expect(anHour).toBeLessThan(1.3);
  });

  test('sweeps as often as is paid for: every five minutes', async () => {
    const sweep = only(await readResolved(), 'AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(5 minutes)' });
    expect(sweep).toBeDefined();
    expect(lineOf('invocations', { runs: 0 })?.amount).toBe((730 * 60) / 5);
  });
});

describe('npm run cost', () => {
  const show = (...args: string[]) => promisify(execFile)(process.execPath, ['infra/show-cost.ts', ...args]);

  test('prints the usual deployment', async () => {
    expect((await show()).stdout).toBe(printCost(USUAL));
  });

  test('prints another one', async () => {
    const { stdout } = await show(
      '--regions',
      '2',
      '--runs',
      '30',
      '--metrics',
      'off',
      '--dashboard',
      '--no-name-prefixes',
    );
    const another: Deployment = {
      ...USUAL,
      regions: 2,
      runs: 30,
      metrics: 'off',
      dashboard: true,
      namePrefixes: false,
    };
    expect(stdout).toBe(printCost(another));
    expect(stdout).toMatch(/30 runs of 2 regions +5\.\d\d$/m);
  });

  test('prints one with an API', async () => {
    const { stdout } = await show('--requests', '10000');
    expect(stdout).toBe(printCost({ ...USUAL, requests: 10_000 }));
    expect(stdout).toMatch(/^API Gateway +requests +10,000 +0\.01$/m);
  });

  test('prints an organisation', async () => {
    const { stdout } = await show('--accounts', '200', '--metrics', 'accounts');
    expect(stdout).toBe(printCost({ ...USUAL, accounts: 200, metrics: 'accounts' }));
    expect(stdout).toMatch(/120 runs of 200 accounts with 19 regions +\d+\.\d\d$/m);
  });

  test.each([
    [['--runs', 'many'], '--runs is "many"; expected a whole number from 0 up.'],
    [['--kinds', '0'], '--kinds is "0"; expected a whole number from 1 up.'],
    [['--accounts', '0'], '--accounts is "0"; expected a whole number from 1 up.'],
    [['--metrics', 'some'], '--metrics is "some"; expected totals, regions, accounts or off.'],
    [['--stage', 'prod'], "Unknown option '--stage'"],
  ])('refuses %j with a sentence', async (args, sentence) => {
    await expect(show(...args)).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: `${sentence}\n\`npm run cost -- --help\` lists what can be said.\n`,
    });
  });
});
