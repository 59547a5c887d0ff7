/** What a person does about a run that misses something: `kvs-census retry`. */
import type { Clock, Ledger, PublishTasks, Random } from '../../src/census/ports.ts';
import type { planRetry } from '../../src/census/retry.ts';
import type { RunKey } from '../../src/census/run.ts';
import type { retry } from '../../src/cli/retry-run.ts';

type Product = { planRetry: typeof planRetry; retry: typeof retry };

type Ports = {
  ledger: Pick<Ledger, 'readRun' | 'readRecords' | 'openRound' | 'earlierRuns' | 'markDispatched'>;
  publishTasks: PublishTasks;
  clock: Clock;
  random: Random;
};

/** @param wished the regions that the person named (none: all that are missing), and whether the person insists */
export async function askAgain(
  product: Product,
  ports: Ports,
  key: RunKey,
  wished: { regions: readonly string[]; force?: boolean },
): Promise<void> {
  const run = await ports.ledger.readRun(key);
  if (run === undefined) return;
  const wish = { force: false, ...wished, nowMs: ports.clock.nowMs() };
  await product.retry(
    { ...ports, timeScale: 1 },
    run,
    product.planRetry(run, await ports.ledger.readRecords(key), wish),
  );
}
