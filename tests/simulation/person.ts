/** What a person does about a run that misses something: `kvs-census retry`. */
import type { Ledger, PublishTasks } from '../../src/census/ports.ts';
import type { RunKey } from '../../src/census/run.ts';
import type { Process } from './process.ts';
import type { Product } from './product.ts';

type Ports = {
  ledger: Pick<Ledger, 'readRun' | 'readRecords' | 'openRound' | 'markDispatched'>;
  publishTasks: PublishTasks;
};

/** @param wished the regions that the person named (none: all that are missing), and whether the person insists */
export async function askAgain(
  { planRetry, retry }: Product,
  ports: Ports,
  key: RunKey,
  wished: { regions: readonly string[]; force?: boolean },
  { clock }: Pick<Process, 'clock'>,
): Promise<void> {
  const run = await ports.ledger.readRun(key);
  if (run === undefined) return;
  const wish = { force: false, ...wished, nowMs: clock.nowMs() };
  await retry(ports, run, planRetry(run, await ports.ledger.readRecords(key), wish), clock);
}
