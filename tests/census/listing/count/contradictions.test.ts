/** Services that repeat and contradict themselves, and regions that change while they are listed. */
import fc from 'fast-check';
import type { Page, PageRequest } from '../../../../src/census/ports.ts';
import { calm, expectBounded, numbered } from '../counting.ts';
import { fleetOf } from '../fleets.ts';
import { count, denied, type Listed, pagesOf, RUN_MS, streamOf, truthOf, unreachable } from '../listing.ts';

/** 60 pages of ten, by a call that takes long: branches are done first. */
const names = fleetOf('random hexadecimal', 600);
const fleet = calm(names, { order: 'hash', latencyMs: () => 300 });
const listMs = (listed: Listed) => pagesOf(listed) * 300;

const isByPrefix = ({ prefix }: PageRequest) => prefix !== undefined;
const isByName = ({ name }: PageRequest) => name !== undefined;
const withoutToken = ({ streams }: Page): Page => ({ streams });

describe('a stream that is listed twice counts once', () => {
  const few = numbered('camera-', 30);

  test.each<[string, number, (page: Page, request: PageRequest) => Page]>([
    ['on one page', 3, ({ streams, ...rest }) => ({ streams: [...streams, streams[0]!], ...rest })],
    [
      'as the first of the next page',
      2,
      (page, { token }) => {
        const before = token === undefined ? [] : [streamOf(few[Number(token.split('/')[0]) - 1]!)];
        return { ...page, streams: [...before, ...page.streams] };
      },
    ],
    [
      'by a page that comes again under a new token',
      10,
      (page, { token }) => {
        if (token === 'again') return { streams: few.slice(0, 10).map(streamOf), nextToken: '10/1' };
        return token === undefined ? { ...page, nextToken: 'again' } : page;
      },
    ],
  ])('%s', async (_, repeated, lie) => {
    const { result } = await count(calm(few, { lie }));
    expect(result).toMatchObject({ outcome: 'counted', tally: truthOf(few), repeated });
  });

  test('and repeats are counted only in the lists that make up the count', async () => {
    const twice = ({ streams, ...rest }: Page) => ({ streams: [...streams, ...streams], ...rest });
    const { result } = await count({ ...fleet, lie: twice });
    expect(result).toMatchObject({ outcome: 'counted', tally: truthOf(names), repeated: names.length });
  });

  test('whatever the names, and whichever way is done first', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(5), fc.nat(5), fc.constantFrom(20, 300), async (first, last, ms) => {
        const lie = ({ streams, ...rest }: Page) => ({
          streams: [...streams.slice(0, first), ...streams, ...streams.slice(0, last)],
          ...rest,
        });
        const { result } = await count({ ...fleet, latencyMs: () => ms, lie });
        expect(result).toMatchObject({ outcome: 'counted', tally: truthOf(names) });
      }),
      { numRuns: 15 },
    );
  });
});

describe('lists by prefix that do not show what the list of the region has shown', () => {
  const share = (name: string) => (streamOf(name).createdAtMs! % 1000) / 1000;

  const LIES: Record<string, (page: Page, request: PageRequest) => Page> = {
    'are empty': () => ({ streams: [] }),
    'lose their token': withoutToken,
    'end on a short page': ({ streams }) => ({ streams: streams.slice(0, 3) }),
    'come from an index that misses names': ({ streams, ...rest }) => ({
      streams: streams.filter(({ name }) => share(name) > 0.1),
      ...rest,
    }),
    'lose their token on the second page': (page, { token }) => (token === undefined ? page : withoutToken(page)),
    'leave out the stream that is named like them': ({ streams, ...rest }, { prefix }) => ({
      streams: streams.filter(({ name }) => name !== prefix),
      ...rest,
    }),
    'begin with the second page': (page, { token }) => ({ ...page, streams: token === undefined ? [] : page.streams }),
  };
  const SHAPES = [
    ['random hexadecimal', 600],
    ['12 cities + `-cam-` + number', 600],
    ['each name begins with another', 900],
  ] as const;
  const cases = Object.keys(LIES).flatMap((lie) =>
    SHAPES.flatMap(([shape, size]) => (['name', 'hash'] as const).map((order) => ({ lie, shape, size, order }))),
  );

  test.each(cases)('because they $lie are given up: $shape, by $order', async ({ lie, shape, size, order }) => {
    const all = fleetOf(shape, size);
    const counted = await count({
      ...fleet,
      names: all,
      order,
      lie: (page, request) => (isByPrefix(request) ? LIES[lie]!(page, request) : page),
    });
    expect(counted.result).toMatchObject({ outcome: 'counted', tally: truthOf(all) });
    expectBounded(counted);
  });

  test('because they leave one letter out are given up, and the list is the count', async () => {
    const lie: Listed['lie'] = (page, { prefix }) => (prefix?.startsWith('3') ? { streams: [] } : page);
    const { result } = await count({ ...fleet, lie });
    expect(result).toMatchObject({ outcome: 'counted', tally: truthOf(names) });
  });

  test('are given up if one single stream is not found, and is there', async () => {
    const [hidden] = [...names].sort();
    const lie = ({ streams, ...rest }: Page, request: PageRequest) =>
      isByPrefix(request) ? { streams: streams.filter(({ name }) => name !== hidden), ...rest } : { streams, ...rest };
    const counted = await count({ ...fleet, order: 'name', lie });
    expect(counted.result).toMatchObject({ outcome: 'counted', tally: truthOf(names) });
    expect(counted.calls.filter(({ request }) => request.name === hidden)).toHaveLength(1);
  });

  test('prove nothing where all streams are younger than the counting', async () => {
    const young = (page: Page) => ({
      ...page,
      streams: page.streams.map((stream) => ({ ...stream, arn: stream.arn.replace(/\d+$/, String(RUN_MS)) })),
    });
    const { result } = await count({
      ...fleet,
      lie: (page, request) => (isByPrefix(request) ? { streams: [] } : young(page)),
    });
    expect(result).toMatchObject({ outcome: 'counted', tally: { streams: names.length } });
  });
});

describe('a region that changes while it is listed', () => {
  /** Of every hundred streams so many are gone once the list has shown three pages. */
  const losing = (percent: number) => {
    const gone = new Set(names.filter((_, index) => index % 100 < percent));
    const lie: Listed['lie'] = ({ streams, ...rest }, _, nowMs) => ({
      streams: nowMs < RUN_MS + 1000 ? streams : streams.filter(({ name }) => !gone.has(name)),
      ...rest,
    });
    return { left: names.length - gone.size, lie, gone };
  };

  test('is counted by branches all the same', async () => {
    const { left, lie } = losing(2);
    const { result, ms, calls } = await count({ ...fleet, lie });
    if (result.outcome !== 'counted') throw new Error('Not counted.');
    expect(result.tally.streams).toBeGreaterThanOrEqual(left);
    expect(result.tally.streams).toBeLessThanOrEqual(names.length);
    expect(ms).toBeLessThan(listMs(fleet) / 2);
    expect(calls.some(({ request }) => isByName(request))).toBe(true);
  });

  test.each<[string, Page['streams']]>([
    ['another stream of that name', [{ ...streamOf('x'), arn: 'other' }]],
    ['that it is being deleted', []],
  ])('and a stream of which is told %s is gone', async (what, found) => {
    const { left, lie, gone } = losing(2);
    const { result, ms } = await count({
      ...fleet,
      lie(page, request, nowMs) {
        const { name } = request;
        if (name === undefined || nowMs < RUN_MS + 1000) return lie!(page, request, nowMs);
        if (!gone.has(name)) return page;
        const arn = `${streamOf(name).arn}${found.length > 0 ? '0' : ''}`;
        return { streams: [{ ...streamOf(name), arn, status: what.includes('deleted') ? 'DELETING' : 'ACTIVE' }] };
      },
    });
    expect(result).toMatchObject({ outcome: 'counted' });
    if (result.outcome === 'counted') expect(result.tally.streams).toBeGreaterThanOrEqual(left);
    expect(ms).toBeLessThan(listMs(fleet) / 2);
  });

  test('by more than one stream in twenty is counted by its list', async () => {
    const { left, lie } = losing(80);
    const { result, calls } = await count({ ...fleet, pageCaps: [10, 30], lie });
    expect(calls.at(-1)!.request).not.toHaveProperty('prefix');
    // So many that none was looked up.
    expect(calls.filter(({ request }) => names.includes(request.name!))).toEqual([]);
    if (result.outcome !== 'counted') throw new Error('Not counted.');
    expect(result.tally.streams).toBeGreaterThanOrEqual(left);
  });

  test('is counted by its list where DescribeStream says of every stream that it is gone', async () => {
    const { lie } = losing(2);
    const { ms } = await count({
      ...fleet,
      lie: (page, request, nowMs) => (isByName(request) ? { streams: [] } : lie!(page, request, nowMs)),
    });
    expect(ms).toBeGreaterThan(listMs(fleet) / 2);
  });

  test('is counted by its list where no name can be looked up', async () => {
    const { left, lie } = losing(20);
    const { result, ms } = await count({
      ...fleet,
      lie,
      trouble: (_, request) => (isByName(request) ? denied() : undefined),
    });
    expect(ms).toBeGreaterThan(listMs(fleet) / 2);
    if (result.outcome !== 'counted') throw new Error('Not counted.');
    expect(result.tally.streams).toBeGreaterThanOrEqual(left);
  });
});

describe('a list that leaves out what lists by prefix show', () => {
  const endsEarly: Listed['lie'] = (page, request) =>
    !isByPrefix(request) && request.token?.startsWith('100/') ? withoutToken(page) : page;

  test('is a bad answer, and no count', async () => {
    const { result } = await count({ ...fleet, latencyMs: () => 30, lie: endsEarly });
    expect(result).toMatchObject({ outcome: 'failed', reason: 'bad-answer' });
  });

  test('is the count if what it leaves out is gone', async () => {
    const kept = new Set(names.slice(0, 590));
    const { result } = await count({
      ...fleet,
      latencyMs: () => 20,
      lie: ({ streams, ...rest }, request) =>
        isByPrefix(request) ? { streams, ...rest } : { streams: streams.filter(({ name }) => kept.has(name)), ...rest },
    });
    expect(result).toMatchObject({ outcome: 'counted', tally: { streams: 590 } });
  });
});

describe('without DescribeStream', () => {
  const noNames: Listed['trouble'] = (_, request) => (isByName(request) ? denied() : undefined);

  test('names that differ in their first letter are counted by branches all the same', async () => {
    const { result, ms } = await count({ ...fleet, trouble: noNames });
    expect(result).toMatchObject({ outcome: 'counted', tally: truthOf(names) });
    expect(ms).toBeLessThan(listMs(fleet) / 3);
  });

  test('names that share their first letters are counted by the list', async () => {
    const shared = numbered('camera-', 600);
    const counted = await count({ ...fleet, names: shared, trouble: noNames });
    expect(counted.result).toMatchObject({ outcome: 'counted', tally: truthOf(shared) });
    expect(counted.calls.filter(({ request }) => isByName(request)).length).toBeLessThanOrEqual(8);
  });

  test('a question for a name that meets trouble for good costs only that', async () => {
    const { result, ms } = await count({
      ...fleet,
      trouble: (_, request) => (isByName(request) ? unreachable() : undefined),
    });
    expect(result).toMatchObject({ outcome: 'counted', tally: truthOf(names) });
    expect(ms).toBeLessThan(listMs(fleet) / 2);
  });
});
