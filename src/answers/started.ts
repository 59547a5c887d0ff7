import type { RunId } from '../census/run.ts';
import { type Head, headOf } from './head.ts';

/** A run that was asked for; the dispatcher opens it within moments. */
export type StartedAnswer = Head<'started'> & { runId: RunId };

export function startedOf(censusId: string, runId: RunId, nowMs: number): StartedAnswer {
  return { ...headOf('started', censusId, nowMs), runId };
}
