/** What bounds a region: which answer is taken, what of it can be true, and what a total says of all of them. */
import fc from 'fast-check';
import type { KindQuota } from '../../src/census/kinds/kind.ts';
import { descriptorOf } from '../../src/census/kinds.ts';
import {
  checkedQuota,
  desiredLimit,
  findQuota,
  increaseCommand,
  type Quota,
  type QuotaAnswer,
  type QuotaQuestion,
  regionQuotaOf,
  totalQuotaOf,
  usedOf,
} from '../../src/census/quota.ts';
import type { Tally } from '../../src/census/tally.ts';
import { tallyOf } from './examples.ts';

const STREAMS = descriptorOf('streams').quota!;
const DOCUMENTED = 10_000;
const applied = (limit: number): Quota => ({ from: 'applied', limit });
const unknown = (because: (Quota & { from: 'unknown' })['because']): Quota => ({ from: 'unknown', because });

/** Asks a service that answers so, and gives what was asked of it as well. */
async function find(answers: Partial<Record<QuotaQuestion, QuotaAnswer>>) {
  const asked: QuotaQuestion[] = [];
  const found = await findQuota(async (question) => {
    asked.push(question);
    return answers[question] ?? 'none';
  }, DOCUMENTED);
  return { ...found, asked };
}

describe('A quota is', () => {
  test('what is applied, and then nothing else is asked', async () => {
    const answers = { applied: { value: 380_000 }, default: { value: 10_000 } };
    expect(await find(answers)).toEqual({ quota: applied(380_000), asked: ['applied'] });
  });

  test('the default, where nothing was ever applied', async () => {
    expect(await find({ default: { value: 10_000 } })).toEqual({
      quota: { from: 'default', limit: 10_000 },
      asked: ['applied', 'default'],
    });
  });

  test('what is documented, where AWS knows neither', async () => {
    expect(await find({})).toMatchObject({ quota: { from: 'documented', limit: DOCUMENTED } });
  });

  test.each(['applied', 'default'] as const)(
    'not known where the question for the %s one fails: nothing is put in its place',
    async (question) => {
      const cause = new Error('no');
      const { quota, cause: told } = await find({ [question]: { because: 'throttled', cause } });
      expect(quota).toEqual(unknown('throttled'));
      expect(told).toBe(cause);
    },
  );

  test.each([0, -1, 0.5, 10_000.5, Number.NaN, Number.POSITIVE_INFINITY, 1e300, '10000', null, undefined, {}])(
    'not known where the answer is %p',
    async (value) => {
      for (const question of ['applied', 'default'] as const)
        expect((await find({ [question]: { value } })).quota).toEqual(unknown('bad-answer'));
    },
  );

  test('not known where there is more than it allows; what fills it is possible', () => {
    expect(checkedQuota(applied(10), 11)).toEqual(unknown('bad-answer'));
    expect(checkedQuota(applied(10), 10)).toEqual(applied(10));
    expect(checkedQuota(unknown('denied'), 11)).toEqual(unknown('denied'));
    expect(checkedQuota(applied(10), undefined)).toEqual(applied(10));
  });
});

describe('Of a quota is used', () => {
  const OF_CREATING: KindQuota = { ...STREAMS, of: { facet: 'status', class: 'creating' } };
  const facets = { status: { creating: 3, active: 4 } } as unknown as NonNullable<Tally['facets']>;

  test('all that is counted, or what is of the class that it bounds', () => {
    expect(usedOf(STREAMS, { streams: 7, facets })).toBe(7);
    expect(usedOf(OF_CREATING, { streams: 7, facets })).toBe(3);
    expect(usedOf(OF_CREATING, { streams: 0 })).toBe(0);
  });

  test('nobody knows how much, where not everything has its class', () => {
    expect(usedOf(OF_CREATING, { streams: 7 })).toBeUndefined();
    expect(
      regionQuotaOf(OF_CREATING, { region: 'eu-west-1', tally: { streams: 7 }, quota: applied(9) }),
    ).toBeUndefined();
  });
});

const filled = (region: string, streams: number, quota?: Quota) => ({
  region,
  tally: tallyOf(streams),
  ...(quota && { quota }),
});

describe('How full a region is', () => {
  test('is said in percent, rounded down: nothing is reached before it is', () => {
    expect(regionQuotaOf(STREAMS, filled('eu-west-1', 7_999_999, applied(10_000_000)))).toEqual({
      region: 'eu-west-1',
      from: 'applied',
      limit: 10_000_000,
      used: 7_999_999,
      percent: 79.99,
    });
  });

  test('is not said where its quota is not known, or was not asked for', () => {
    expect(regionQuotaOf(STREAMS, filled('eu-west-1', 7, unknown('denied')))).toBeUndefined();
    expect(regionQuotaOf(STREAMS, filled('eu-west-1', 7))).toBeUndefined();
  });
});

describe('A total', () => {
  const regions = [
    filled('us-east-1', 9_000, applied(10_000)),
    filled('eu-west-1', 8_000, applied(10_000)),
    filled('ap-south-1', 7_999, applied(10_000)),
    filled('sa-east-1', 5, unknown('denied')),
    filled('af-south-1', 5),
  ];

  test('names the fullest region, those that have reached the alarm, and those that it knows nothing of', () => {
    expect(totalQuotaOf(STREAMS, regions, 80)).toEqual({
      alarmPercent: 80,
      highest: { region: 'us-east-1', percent: 90 },
      above: ['eu-west-1', 'us-east-1'],
      unknown: ['af-south-1', 'sa-east-1'],
    });
  });

  test('names none as above where nobody wants an alarm', () => {
    expect(totalQuotaOf(STREAMS, regions, 0)).toMatchObject({ highest: { region: 'us-east-1' }, above: [] });
  });

  test('names a full region, and the first by name of two that are as full', () => {
    const full = [filled('us-east-1', 10, applied(10)), filled('eu-west-1', 20, applied(20))];
    expect(totalQuotaOf(STREAMS, full, 100)).toMatchObject({
      highest: { region: 'eu-west-1', percent: 100 },
      above: ['eu-west-1', 'us-east-1'],
    });
  });

  test('names no fullest region where nothing is known of any', () => {
    const total = totalQuotaOf(STREAMS, [filled('eu-west-1', 7, unknown('timed-out'))], 80);
    expect(total).toEqual({ alarmPercent: 80, above: [], unknown: ['eu-west-1'] });
  });

  test('says nothing where nobody asked, and of a kind that nothing bounds', () => {
    expect(totalQuotaOf(STREAMS, [filled('eu-west-1', 7), filled('us-east-1', 8)], 80)).toBeUndefined();
    expect(totalQuotaOf(STREAMS, [], 80)).toBeUndefined();
    expect(totalQuotaOf(undefined, regions, 80)).toBeUndefined();
  });

  test('says the same in whatever order its records come', () => {
    const any = fc.array(
      fc.record({ streams: fc.nat(50), limit: fc.integer({ min: 1, max: 50 }), isKnown: fc.boolean() }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(any, fc.integer({ min: 0, max: 100 }), (all, alarmPercent) => {
        const counted = all.map(({ streams, limit, isKnown }, index) =>
          filled(`eu-west-${index}`, streams, isKnown ? checkedQuota(applied(limit), streams) : undefined),
        );
        expect(totalQuotaOf(STREAMS, [...counted].reverse(), alarmPercent)).toEqual(
          totalQuotaOf(STREAMS, counted, alarmPercent),
        );
      }),
    );
  });
});

describe('To ask for more', () => {
  test.each([
    [1, 2],
    [10, 20],
    [5000, 10_000],
    [10_000, 20_000],
    [12_345, 25_000],
    [380_942, 770_000],
  ])('where there may be %i, %i are asked for', (limit, desired) => {
    expect(desiredLimit(limit)).toBe(desired);
  });

  test('always asks for at least twice as many, as a number that a person can read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000_000 }), (limit) => {
        const desired = desiredLimit(limit);
        expect(desired).toBeGreaterThanOrEqual(2 * limit);
        expect(desired).toBeLessThanOrEqual(2.2 * limit);
        expect(String(desired)).toMatch(/^\d{1,2}0*$/);
      }),
    );
  });

  test('the command names the quota, the number and the region', () => {
    expect(increaseCommand(STREAMS, 'eu-west-1', 20_000)).toBe(
      'aws service-quotas request-service-quota-increase --service-code kinesisvideo --quota-code L-F06528A6 --desired-value 20000 --region eu-west-1',
    );
  });
});
