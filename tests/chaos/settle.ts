/** After chaos: waits until everything has settled. */
import { setTimeout as sleep } from 'node:timers/promises';
import { KINDS } from '../../src/census/kinds.ts';
import type { Run } from '../../src/census/run.ts';
import { SWEEP_MS } from '../judging/numbers.ts';
import { runsOf } from './plot.ts';
import { type Scene, TIME_SCALE } from './scene.ts';

const LOOK_EVERY_MS = 250;
/** Longer than an asynchronous invocation waits before it is tried again. */
const QUIET_MS = 150_000 / TIME_SCALE;
/** Beyond the last deadline: longer than the invariants forgive, so that they see it. */
const PATIENCE_MS = (10 * SWEEP_MS) / TIME_SCALE;

/** @returns whether it became quiet, within the last run's deadline and some sweeps */
export async function untilQuiet(scene: Scene, triggered: ReadonlySet<string>, tell: () => void): Promise<boolean> {
  let quietSinceMs = Date.now();
  const startMs = Date.now();
  while (Date.now() - quietSinceMs < QUIET_MS) {
    await sleep(LOOK_EVERY_MS);
    tell();
    const runs = runsOf(scene);
    if (!(await isQuiet(scene, runs, triggered))) quietSinceMs = Date.now();
    const lastDeadlineMs = Math.max(startMs, ...runs.map(({ deadlineAt }) => Date.parse(deadlineAt)));
    if (Date.now() > lastDeadlineMs + PATIENCE_MS) return false;
  }
  return true;
}

async function isQuiet(scene: Scene, runs: readonly Run[], triggered: ReadonlySet<string>): Promise<boolean> {
  if (!runs.every(isSettled)) return false;
  if (scene.stack.environments().some(({ function: name, busy }) => busy && name !== 'AggregatorLambdaFunction'))
    return false;
  // Where a run of some kind was never opened, the event is among the failed invocations.
  const unopened = [...triggered].filter((id) => runs.filter(({ runId }) => runId === id).length < KINDS.length);
  if (unopened.length > (await scene.depth('FailedInvocationsQueue'))) return false;
  return (await scene.depth('RegionTasksQueue')) + (await scene.depth('UndeliveredTasksQueue')) === 0;
}

/** Nobody has to look at it any more, and its total was announced. */
export function isSettled({ total, announcedRev, sweep }: Run): boolean {
  return total !== undefined && announcedRev === total.rev && sweep !== 'OPEN';
}
