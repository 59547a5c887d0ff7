/**
 * How the engine does with fleets of many shapes, in virtual time: no service, no network, the same figures each time.
 * Prints the table of docs/counting.md.
 *
 *     npm run bench:shapes
 */
import { count, type Listed, pagesOf } from '../unit/listing.ts';

/** Pages of 100 instead of 1,000: the engine counts pages, and the table is there sooner. */
const PAGE = 100;
const LETTERS = '-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const CITIES = 'amsterdam athens berlin boston brussels dublin lisbon madrid oslo paris rome vienna'.split(' ');

/** Of a page as a caller sees it: the service's 20, 80 and 300 ms, and what network and reading add. */
const LATENCIES_MS = [26, 88, 308];
const PAGES = [12, 100, 381];
const INTERVAL_MS = 1000 / 45;

function makeRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Random = ReturnType<typeof makeRandom>;
const letters = (random: Random, from: string, length: number) =>
  Array.from({ length }, () => from[random(from.length)]).join('');
const digits = (index: number) => String(index + 1).padStart(6, '0');

/** Name of the stream of this index. */
const SHAPES: Record<string, (index: number, random: Random) => string> = {
  'random letters': (_, random) => letters(random, LETTERS, 16),
  'random hexadecimal': (_, random) => letters(random, '0123456789abcdef', 24),
  '`camera-house` + number': (index) => `camera-house${digits(index)}`,
  '`cam-` + hexadecimal': (_, random) => `cam-${letters(random, '0123456789abcdef', 24)}`,
  '12 cities + `-cam-` + number': (index) => `${CITIES[index % 12]}-cam-${digits(index)}`,
  '99 % `dev-` + number, 1 % anything': (index, random) =>
    index % 100 === 0 ? letters(random, LETTERS, 8) : `dev-${digits(index)}`,
  'each name begins with another': (index) => `n${index >> 2}${'a'.repeat(index & 3)}`,
};

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
for (const [shape, nameOf] of Object.entries(SHAPES)) {
  for (const pages of PAGES) {
    const random = makeRandom(7);
    const names = [...new Set(Array.from({ length: pages * PAGE - 30 }, (_, index) => nameOf(index, random)))];
    const cells = [];
    for (const latencyMs of LATENCIES_MS) cells.push(await compare(names, latencyMs));
    console.log(`| ${[shape, pages, ...cells].join(' | ')} |`);
  }
}
