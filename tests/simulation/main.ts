/**
 * npm run simulate -- [--seed N] [--schedules N] [--threads N] [--organizations] [--pairs] [--thousand-accounts]
 *
 * Runs schedules in chunks, spread over the processor's cores. Each chunk has a seed of its own, so that what one found is
 * found again with `--seed <its seed>`. With `--organizations` each of them counts an organisation, and not one in five. With `--pairs`
 * it is every pair of crash points instead, with `--thousand-accounts` one large organisation.
 */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { check, describeFinding } from './check.ts';
import { ALL_SCENARIOS, pairsOf, singlesOf, tryPoints } from './crash-points.ts';
import { countOrganization } from './large-organization.ts';
import * as product from './product.ts';

const CHUNK = 500;
const SEEDS = 2 ** 31;

type Chunk = { seed: number; schedules: number; organizations: boolean } | { scenario: string; first: number };
type Answer = { ran: number; finding?: string; replay: string };

async function carryOut(chunk: Chunk): Promise<Answer> {
  if ('scenario' in chunk) {
    const { scenario, first } = chunk;
    const { ran, finding } = await tryPoints(scenario, await pairsOf(scenario, first, product), product);
    return { ran, ...(finding && { finding: describeFinding(finding) }), replay: '--pairs' };
  }
  const { ran, finding } = await check(chunk, product);
  const replay = `--seed ${chunk.seed} --schedules ${chunk.schedules}${chunk.organizations ? ' --organizations' : ''}`;
  return { ran, ...(finding && { finding: describeFinding(finding) }), replay };
}

type Options = { seed: number; schedules: number; organizations: boolean; pairs: boolean };

async function* chunksOf(options: Options): AsyncGenerator<Chunk> {
  if (options.pairs) {
    for (const scenario of Object.keys(ALL_SCENARIOS)) {
      const singles = await singlesOf(scenario, product);
      for (const first of singles.keys()) yield { scenario, first };
    }
    return;
  }
  for (let done = 0, seed = options.seed; done < options.schedules; done += CHUNK, seed = (seed + 1) % SEEDS)
    yield { seed, schedules: Math.min(CHUNK, options.schedules - done), organizations: options.organizations };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: String(Math.floor(Math.random() * SEEDS)) },
      schedules: { type: 'string', default: '10000' },
      threads: { type: 'string', default: String(availableParallelism()) },
      organizations: { type: 'boolean', default: false },
      pairs: { type: 'boolean', default: false },
      'thousand-accounts': { type: 'boolean', default: false },
    },
  });
  if (values['thousand-accounts']) return await countThousandAccounts();
  const [seed, schedules, threads] = [values.seed, values.schedules, values.threads].map(Number) as [
    number,
    number,
    number,
  ];
  console.log(`seed ${seed}`);
  const startedAtMs = performance.now();
  const { organizations, pairs } = values;
  const chunks = chunksOf({ seed, schedules, organizations, pairs });
  let ran = 0;
  let failed = false;

  async function work(): Promise<void> {
    const worker = new Worker(new URL(import.meta.url));
    try {
      while (!failed) {
        const { value: chunk, done } = await chunks.next();
        if (done) return;
        const answer = await ask(worker, chunk);
        ran += answer.ran;
        if (answer.finding === undefined) continue;
        failed = true;
        console.log(`\n${answer.finding}\nagain: npm run simulate -- ${answer.replay}`);
      }
    } finally {
      await worker.terminate();
    }
  }

  const progress = setInterval(() => console.log(`${ran} schedules ...`), 30_000);
  await Promise.all(Array.from({ length: threads }, work));
  clearInterval(progress);
  const seconds = (performance.now() - startedAtMs) / 1000;
  console.log(
    `${ran} schedules in ${seconds.toFixed(1)} s, ${Math.round(ran / seconds)} a second: ${failed ? 'a violation' : 'no violation'}`,
  );
  process.exitCode = failed ? 1 : 0;
}

async function countThousandAccounts(): Promise<void> {
  for (const wish of [{ accounts: 200 }, { accounts: 200, dark: 1 }, { accounts: 1000 }]) {
    const startedAtMs = performance.now();
    const { verdict, streams, truth, regions, reasons, seconds, invocations } = await countOrganization(wish, product);
    const took = ((performance.now() - startedAtMs) / 1000).toFixed(1);
    console.log(
      `${wish.accounts} accounts${wish.dark ? ', one region dark' : ''}: ${verdict}, ${streams} streams of ${truth}, ${regions.counted} of ${regions.expected} regions, settled after ${seconds.toFixed(1)} s; missing ${JSON.stringify(reasons)}; ${JSON.stringify(invocations)}; simulated in ${took} s`,
    );
    if (streams !== truth) process.exitCode = 1;
  }
}

async function ask(worker: Worker, chunk: Chunk): Promise<Answer> {
  worker.postMessage(chunk);
  // Rejects with what the worker threw, if it does.
  const [answer] = await once(worker, 'message');
  return answer;
}

if (isMainThread) await main();
else
  parentPort?.on('message', (chunk: Chunk) => {
    carryOut(chunk).then(
      (answer) => parentPort?.postMessage(answer),
      (error: unknown) => {
        throw error;
      },
    );
  });
