/**
 * The environments of one function. An idle one is used again; without one, an invocation stands in line, and whichever
 * environment is ready first, freed or newly started, takes the first in line. New ones start up to the function's
 * concurrency, but only as many at once as there are processors: starting twenty at a time on a laptop makes the first of
 * them as slow as the last.
 */
import { availableParallelism } from 'node:os';
import type { Environment } from './environment.ts';
import type { FunctionError } from './events.ts';

export type Pool = {
  /**
   * An environment of one's own until it is released, or why none could be started.
   * @param whenFull at the function's concurrency: stand in line, or get `undefined`
   */
  acquire(whenFull: 'wait' | 'refuse'): Promise<Environment | FunctionError | undefined>;
  release(environment: Environment): void;
  environments(): Environment[];
  stop(): Promise<void>;
};

/** How long Lambda keeps an unused environment is its secret; it is minutes. */
const IDLE_TIMEOUT_MS = 300_000;

export function makePool(start: () => Environment, concurrency: number): Pool {
  const all = new Set<Environment>();
  const idle = new Map<Environment, NodeJS.Timeout>();
  const line: ((environment: Environment | FunctionError | undefined) => void)[] = [];
  let starting = 0;
  let stopped = false;

  function offer(environment: Environment): void {
    if (!all.has(environment)) return;
    const next = line.shift();
    if (next) next(environment);
    else idle.set(environment, setTimeout(() => void environment.kill(), IDLE_TIMEOUT_MS).unref());
  }

  function takeIdle(): Environment | undefined {
    // The one that was used last is the warmest.
    const [environment, timer] = [...idle].at(-1) ?? [];
    if (!environment) return undefined;
    clearTimeout(timer);
    idle.delete(environment);
    return environment;
  }

  function startSome(): void {
    const wanted = Math.min(line.length, availableParallelism());
    while (!stopped && starting < wanted && all.size < concurrency) startOne();
  }

  function startOne(): void {
    const environment = start();
    all.add(environment);
    starting += 1;
    void environment.ended.then(() => {
      all.delete(environment);
      clearTimeout(idle.get(environment));
      idle.delete(environment);
      startSome();
    });
    void environment.started.then((error) => {
      starting -= 1;
      if (error) {
        line.shift()?.(error);
        void environment.kill();
      } else offer(environment);
      startSome();
    });
  }

  return {
    acquire: async (whenFull) => {
      const environment = takeIdle();
      if (environment) return environment;
      if (stopped || (whenFull === 'refuse' && all.size + line.length - starting >= concurrency)) return undefined;
      return new Promise((resolve) => {
        line.push(resolve);
        startSome();
      });
    },
    release: offer,
    environments: () => [...all],
    stop: async () => {
      stopped = true;
      for (const refuse of line.splice(0)) refuse(undefined);
      await Promise.all([...all].map((environment) => environment.kill()));
    },
  };
}
