/**
 * How the engine does with fleets of many shapes, in virtual time: no service, no network, the same figures each time.
 * Prints the table of docs/counting.md, and that of docs/performance.md about how fleets name their streams.
 *
 *     npm run bench:shapes
 *     npm run bench:shapes -- namings    # one of them; `shapes` is the other
 */

import type { Earlier } from '../../src/census/listing/earlier.ts';
import { fleetOf, SHAPE_NAMES } from '../census/listing/fleets.ts';
import { count, type Listed, pagesOf, prefixTruthOf } from '../census/listing/listing.ts';
import { floorMs } from './floor.ts';
import { NAMINGS, namesOf } from './naming.ts';

/** Pages of 100 instead of 1,000: the engine counts pages, and the table is there sooner. */
const PAGE = 100;

/** Of a page as a caller sees it: the service's 20, 80 and 300 ms, and what network and reading add. */
const LATENCIES_MS = [26, 88, 308];
const PAGES = [12, 100, 381];
const INTERVAL_MS = 1000 / 45;

const seconds = (ms: number) => (ms / 1000).toFixed(1);

type Measured = { aloneMs: number; engineMs: number };

/** The list alone, and the engine in the order of names or in one that they do not show, whichever takes longer. */
async function measure(names: readonly string[], latencyMs: number, earlier?: Earlier): Promise<Measured> {
  const listed: Listed = { names, order: 'name', pageCaps: [PAGE], latencyMs: () => latencyMs };
  const aloneMs = pagesOf(listed) * Math.max(latencyMs, INTERVAL_MS);
  let engineMs = 0;
  for (const order of ['name', 'hash'] as const) {
    const { result, ms } = await count({ ...listed, order }, { earlier });
    if (result.outcome !== 'counted' || result.tally.streams !== names.length) {
      throw new Error(`${names[0]} ... was not counted exactly.`);
    }
    engineMs = Math.max(engineMs, ms);
  }
  return { aloneMs, engineMs };
}

async function printShapes(): Promise<void> {
  console.log(`| names | pages | ${LATENCIES_MS.map((ms) => `${ms} ms a call`).join(' | ')} |`);
  console.log(`|---|---:|${LATENCIES_MS.map(() => '---:|').join('')}`);
  for (const shape of SHAPE_NAMES) {
    for (const pages of PAGES) {
      const names = fleetOf(shape, pages * PAGE - 30);
      const cells = [];
      for (const latencyMs of LATENCIES_MS) {
        const { aloneMs, engineMs } = await measure(names, latencyMs);
        cells.push(`${seconds(aloneMs)} → ${seconds(engineMs)}`);
      }
      console.log(`| ${[shape, pages, ...cells].join(' | ')} |`);
    }
  }
}

async function printNamings(): Promise<void> {
  const pages = PAGES.at(-1)!;
  console.log(`| names | ${LATENCIES_MS.map((ms) => `${ms} ms: list | floor | first | again`).join(' | ')} |`);
  console.log(`|---|${LATENCIES_MS.map(() => '---:|---:|---:|---:|').join('')}`);
  for (const naming of NAMINGS) {
    const names = namesOf(naming, pages * PAGE - 30);
    const cells = [];
    for (const latencyMs of LATENCIES_MS) {
      const leastMs = floorMs(names, PAGE, latencyMs, INTERVAL_MS);
      const timesOf = (ms: number) => `${seconds(ms)} (${(ms / leastMs).toFixed(2)})`;
      const first = await measure(names, latencyMs);
      const again = await measure(names, latencyMs, { streams: names.length, prefixes: prefixTruthOf(names) });
      cells.push(seconds(first.aloneMs), seconds(leastMs), timesOf(first.engineMs), timesOf(again.engineMs));
    }
    console.log(`| ${[naming, ...cells].join(' | ')} |`);
  }
}

const [only] = process.argv.slice(2);
if (only !== undefined && only !== 'shapes' && only !== 'namings') {
  console.error(`There is no table "${only}": say "shapes", "namings", or nothing for both.`);
  process.exitCode = 1;
} else {
  if (only !== 'namings') await printShapes();
  if (only === undefined) console.log();
  if (only !== 'shapes') await printNamings();
}
