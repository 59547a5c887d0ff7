/**
 * What the engine asks for, call by call, in virtual time. One that is meant to ask otherwise is accepted with
 * `npx jest tests/census/listing/count/questions -u`.
 */
import type { PageRequest } from '../../../../src/census/ports.ts';
import { fleetOf, type Shape } from '../fleets.ts';
import { count, type Listed } from '../listing.ts';

const describeRequest = ({ prefix, name, token }: PageRequest) =>
  name === undefined ? `${prefix ?? ''}*${token === undefined ? '' : ` from ${token}`}` : `= ${name}`;

test.each<[Shape, Listed['order']]>([
  ['random hexadecimal', 'name'],
  ['`camera-house` + number', 'name'],
  ['12 cities + `-cam-` + number', 'hash'],
  ['each name begins with another', 'hash'],
])('asks one after the other: %s, by %s', async (shape, order) => {
  const { calls } = await count({ names: fleetOf(shape, 117), order, pageCaps: [10], latencyMs: () => 300 });
  const startMs = calls[0]!.atMs;
  expect(
    calls.slice(0, 60).map(({ request, atMs }) => `${Math.round(atMs - startMs)} ms: ${describeRequest(request)}`),
  ).toMatchSnapshot();
});
