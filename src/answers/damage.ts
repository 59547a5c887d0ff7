/**
 * What a reading had to leave out. An item that is damaged costs the run that it belongs to, whose number nobody can add
 * up again without it; all others are shown, and each that is not is named.
 */

import { InvalidInputError } from '../census/errors.ts';
import type { RunId } from '../census/run.ts';
import type { DamagedItem, OnDamaged } from './reader.ts';

export type Damage = {
  /** Notes an item; the same one twice is one. */
  note: OnDamaged;
  /** Notes what makes a run one that cannot be trusted. Throws what is no damage. */
  noteRun(runId: RunId, error: unknown): void;
  has(runId: RunId): boolean;
  items(): DamagedItem[];
};

export function makeDamage(): Damage {
  const byItem = new Map<string, DamagedItem>();
  const runs = new Set<RunId>();
  const note: OnDamaged = (item) => {
    byItem.set(`${item.runId} ${item.region}`, item);
    runs.add(item.runId);
  };
  return {
    note,
    noteRun(runId, error) {
      if (!(error instanceof InvalidInputError)) throw error;
      if (!runs.has(runId)) note({ runId, region: null, problem: error.message });
    },
    has: (runId) => runs.has(runId),
    items: () => [...byItem.values()],
  };
}

/** @throws InvalidInputError for a damaged item of this run */
export function refuseDamaged(damage: Damage, runId: RunId): void {
  refuse(damage.items().find((one) => one.runId === runId));
}

/**
 * What may be newer than an answer that calls itself the latest must not be left out of it.
 * @throws InvalidInputError for a damaged item of this run, or of a newer one
 */
export function refuseNewer(damage: Damage, latest: RunId): void {
  refuse(damage.items().find(({ runId }) => runId >= latest));
}

function refuse(item: DamagedItem | undefined): void {
  if (item !== undefined) throw new InvalidInputError(item.problem);
}
