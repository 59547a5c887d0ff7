/** Kills processes: by a dice for each invocation, so that a slow machine has as many deaths as a fast one. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StackEvent } from '../../src/local/stack.ts';
import { makeRandom } from '../judging/noise.ts';

/** Of a hundred invocations. */
const KILLED = 12;
/** After the invocation began. Many are over by then: it hits an idle process, or whatever that one does next. */
const LATEST_MS = 800;

/** @param kill ends the process of that id */
export function makeKiller(
  seed: number,
  leftMs: () => number,
  kill: (pid: string) => void,
): (event: StackEvent) => void {
  const started = new Map<string, number>();
  async function killLater(pid: number, afterMs: number): Promise<void> {
    await sleep(afterMs);
    if (leftMs() > 0) kill(String(pid));
  }
  return (event) => {
    if (event.type !== 'invocation-started' || leftMs() === 0) return;
    const nth = (started.get(event.function) ?? 0) + 1;
    started.set(event.function, nth);
    const random = makeRandom(seed, `kill ${event.function}`, nth);
    if (random() * 100 < KILLED) void killLater(event.pid, random() ** 2 * LATEST_MS);
  };
}
