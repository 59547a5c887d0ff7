/** `kvs-census run --now`: does what the schedule does, at another instant. */

import { headOf } from '../../answers/model.ts';
import { type RunId, runIdOf } from '../../census/run.ts';
import type { Io } from '../io.ts';
import { plainJson } from '../render/plain.ts';
import type { Source } from '../source/source.ts';
import { functionName, invoke, needStack } from '../source/stack.ts';

export async function startRun(
  source: Source,
  io: Io,
  { wait, json }: { wait: boolean; json: boolean },
): Promise<void> {
  needStack(source);
  const runId = runIdOf(io.nowMs()) as RunId;
  await invoke(source, functionName(source, 'dispatcher'), { runId });
  if (wait) {
    const { watchRun } = await import('./watch.ts');
    return await watchRun(source, io, { json }, runId, { mayComeLater: true });
  }
  if (json) return await io.write(`${plainJson({ ...headOf('started', source.accountId, io.nowMs()), runId })}\n`);
  await io.write(`The run ${runId} was asked for. Follow it with: kvs-census watch ${runId}\n`);
}
