/**
 * How the engine does with fleets of many shapes, in virtual time: no service, no network, the same figures each time.
 * Prints the table of docs/counting.md.
 *
 *     npm run bench:shapes
 */
import { fleetOf, SHAPE_NAMES } from '../census/listing/fleets.ts';
import { count, type Listed, pagesOf } from '../census/listing/listing.ts';

/** Pages of 100 instead of 1,000: the engine counts pages, and the table is there sooner. */
const PAGE = 100;

/** Of a page as a caller sees it: the service's 20, 80 and 300 ms, and what network and reading add. */
const LATENCIES_MS = [26, 88, 308];
const PAGES = [12, 100, 381];
const INTERVAL_MS = 1000 / 45;

/** Seconds: of the list alone, and of the engine in the order of names or in one that they do not show, whichever is more. */
async function compare(names: readonly string[], latencyMs: number): Promise<string> {
  const listed: Listed = { names, order: 'name', pageCaps: [PAGE], latencyMs: () => latencyMs };
  const aloneMs = pagesOf(listed) * Math.max(latencyMs, INTERVAL_MS);
  let engineMs = 0;
  for (const order of ['name', 'hash'] as const) {
    const { result, ms } = await count({ ...listed, order });
    if (result.outcome !== 'counted' || result.tally.streams !== names.length) {
      throw new Error(`${names[0]} ... was not counted exactly.`);
    }
    engineMs = Math.max(engineMs, ms);
  }
  return `${(aloneMs / 1000).toFixed(1)} → ${(engineMs / 1000).toFixed(1)}`;
}

console.log(`| names | pages | ${LATENCIES_MS.map((ms) => `${ms} ms a call`).join(' | ')} |`);
console.log(`|---|---:|${LATENCIES_MS.map(() => '---:|').join('')}`);
for (const shape of SHAPE_NAMES) {
  for (const pages of PAGES) {
    const names = fleetOf(shape, pages * PAGE - 30);
    const cells = [];
    for (const latencyMs of LATENCIES_MS) cells.push(await compare(names, latencyMs));
    console.log(`| ${[shape, pages, ...cells].join(' | ')} |`);
  }
}
