/**
 * What the engine asks for, and when: a table of the whole and a few regions call by call, in virtual time. They say
 * nothing of whether it is right (count.test.ts does); a change that nobody meant shows here, and one that was meant is
 * judged by `npm run bench:shapes` and accepted with `npx jest tests/unit/strategy -u`.
 */
import type { PageRequest } from '../../src/census/ports.ts';
import { fleetOf, SHAPE_NAMES, type Shape } from './fleets.ts';
import { count, type Listed } from './listing.ts';

const region = (shape: Shape, pages: number, latencyMs: number, order: Listed['order']): Listed => ({
  names: fleetOf(shape, pages * 10 - 3),
  order,
  pageCaps: [10],
  latencyMs: () => latencyMs,
});

const describeRequest = ({ prefix, name, token }: PageRequest) =>
  name === undefined ? `${prefix ?? ''}*${token === undefined ? '' : ` from ${token}`}` : `= ${name}`;

test.each(SHAPE_NAMES)('takes so long and so many calls: %s', async (shape) => {
  const table: string[] = [];
  for (const latencyMs of [50, 150, 400]) {
    for (const order of ['name', 'hash'] as const) {
      const { result, calls, ms } = await count(region(shape, 60, latencyMs, order));
      expect(result.outcome).toBe('counted');
      const answered = calls.filter(({ outcome }) => outcome === 'page').length;
      table.push(`${latencyMs} ms, by ${order}: ${Math.round(ms)} ms, ${calls.length} calls, ${answered} answered`);
    }
  }
  expect(table).toMatchSnapshot();
});

test.each<[Shape, Listed['order']]>([
  ['random hexadecimal', 'name'],
  ['`camera-house` + number', 'name'],
  ['12 cities + `-cam-` + number', 'hash'],
  ['each name begins with another', 'hash'],
])('asks one after the other: %s, by %s', async (shape, order) => {
  const { calls } = await count(region(shape, 12, 300, order));
  const startMs = calls[0]!.atMs;
  expect(
    calls.slice(0, 60).map(({ request, atMs }) => `${Math.round(atMs - startMs)} ms: ${describeRequest(request)}`),
  ).toMatchSnapshot();
});
