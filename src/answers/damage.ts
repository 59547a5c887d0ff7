/**
 * What a reading had to leave out. An item that is damaged costs the run that it belongs to, whose number nobody can add
 * up again without it; all others are shown, and each that is not is named.
 */

import { InvalidInputError } from '../census/errors.ts';
import type { RunId } from '../census/run.ts';
import type { Io } from '../cli/io.ts';
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

/** Where nothing else is left, the first of them is why. */
export function refuseOnlyDamage(damage: Damage): void {
  const [first] = damage.items();
  if (first !== undefined) throw new InvalidInputError(first.problem);
}

/** What may be newer than an answer that calls itself the latest must not be left out of it. */
export function refuseNewer(damage: Damage, latest: RunId): void {
  const newer = damage.items().find(({ runId }) => runId >= latest);
  if (newer !== undefined) throw new InvalidInputError(newer.problem);
}

/** Named one by one; more would hide the answer. */
const MOST_NAMED = 10;

/** For a command that has answered with the rest. */
export function tellDamage(io: Io, damage: Damage): void {
  const items = damage.items();
  if (items.length === 0) return;
  for (const { runId, problem } of items.slice(0, MOST_NAMED))
    io.warn(`error: The run ${runId} is left out: ${problem}`);
  const rest = items.length - MOST_NAMED;
  if (rest > 0) io.warn(`error: ${rest} more items are damaged; with --json, \`damaged\` names all of them.`);
  io.exitCode = 1;
}
