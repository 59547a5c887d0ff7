/** How long a message is held back while somebody works at it, and after. */
import type { DelayMessage } from '../../aws/queue.ts';
import type { Every } from '../../census/ports.ts';
import type { WorkerConfig } from '../../config.ts';
import { errorFields, type Log } from '../../log.ts';

export type LeaseDeps = {
  delayMessage: DelayMessage;
  every: Every;
  config: Pick<WorkerConfig, 'leaseMs' | 'leaseRenewMs'>;
  log: Log;
};

type Message = { receiptHandle: string };

/**
 * Holds the message back for `leaseMs` at a time while `work` goes on: a crash then costs one lease instead of the
 * queue's whole visibility. No renewal is under way any more when this resolves.
 */
export async function underLease<T>(deps: LeaseDeps, message: Message, work: () => Promise<T>): Promise<T> {
  const { leaseMs, leaseRenewMs } = deps.config;
  let renewal = delay(deps, message, leaseMs);
  const stop = deps.every(leaseRenewMs, () => {
    renewal = renewal.then(() => delay(deps, message, leaseMs));
  });
  try {
    return await work();
  } finally {
    stop();
    await renewal;
  }
}

/** A message whose visibility cannot be changed comes back when it runs out: later than wanted, but it comes. */
export async function delay(
  { delayMessage, log }: Pick<LeaseDeps, 'delayMessage' | 'log'>,
  { receiptHandle }: Message,
  ms: number,
): Promise<void> {
  try {
    await delayMessage(receiptHandle, ms);
  } catch (error) {
    log.warn('visibility could not be changed', errorFields(error));
  }
}
