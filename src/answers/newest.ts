/** The runs that answers start from: the newest total, the one before it, and what is open beyond. */
import type { Run } from '../census/run.ts';
import { makeDamage } from './damage.ts';
import type { DamagedItem, Source, WholeRun } from './reader.ts';

type Newest<Of> = {
  /** The newest run that has a total. */
  latest: Of | undefined;
  /** The newest run before it that has one. */
  before: Of | undefined;
  /** Runs that are newer than `latest` and have none yet, newest first. */
  open: Of[];
};

/** @param runs newest first */
export function newestOf<Of extends Pick<Run, 'runId' | 'total'>>(runs: readonly Of[]): Newest<Of> {
  const [latest, before] = runs.filter(({ total }) => total !== undefined);
  const open = runs.filter(({ runId, total }) => total === undefined && runId > (latest?.runId ?? ''));
  return { latest, before, open };
}

/**
 * The newest total with its records, for a run that is about to be compared with it. What is damaged is named, and costs
 * no more than the comparison. Two requests, or one where there is none.
 */
export async function readNewestTotal({
  reader,
  accountId,
}: Pick<Source, 'reader' | 'accountId'>): Promise<{ whole: WholeRun | undefined; damaged: DamagedItem[] }> {
  const damage = makeDamage();
  const { latest } = newestOf(await reader.newestRuns(accountId, { totals: 1, onDamaged: damage.note }));
  const [whole] = latest === undefined ? [] : await reader.wholeRuns([latest], damage.note);
  return { whole, damaged: damage.items() };
}
