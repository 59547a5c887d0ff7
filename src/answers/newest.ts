/** The runs that answers start from: the newest total, and what is open beyond. */
import type { RunId } from '../census/run.ts';

type Newest<Of> = {
  /** The newest run that has a total. */
  latest: Of | undefined;
  /** Runs that are newer than `latest` and have none yet, newest first. */
  open: Of[];
};

/** @param runs newest first */
export function newestOf<Of extends { runId: RunId; total?: unknown }>(runs: readonly Of[]): Newest<Of> {
  const latest = runs.find(({ total }) => total !== undefined);
  const open = runs.filter(({ runId, total }) => total === undefined && runId > (latest?.runId ?? ''));
  return { latest, open };
}
