/** What a person who looks again and again wants to see first: the newest runs, the newest total, and what is under way. */
import { isSettled, type Run, type RunId } from '../census/run.ts';
import {
  backgroundOf,
  type ComparedRun,
  comparedRunOf,
  NEAR,
  noteContradiction,
  readEarlier,
  wholeOf,
} from './compared-run.ts';
import { type Damage, makeDamage } from './damage.ts';
import { newestOf } from './newest.ts';
import type { DamagedItem, LedgerReader, Source, WholeRun } from './reader.ts';

export type FrontAnswer = {
  /** The newest few runs, newest first. */
  runs: Run[];
  /** The newest run that has a total; `null` where none has. */
  latest: ComparedRun | null;
  /** A newer one, which has none yet. */
  open: ComparedRun | null;
  /** Items that cannot be read, or contradict others; their runs are in neither of the two. */
  damaged: DamagedItem[];
};

/** What was read before and need not be read again. */
export type KnownRuns = {
  /** Settled runs, by their ids: of the same `rev` they are the same. */
  wholes: Map<RunId, WholeRun>;
  /** The runs before the newest few, as far as the comparison of `runId` needs them. */
  earlier?: { runId: RunId; runs: Run[] };
};

export const knowNothing = (): KnownRuns => ({ wholes: new Map() });

/**
 * Two requests: the newest runs, then the newest total, what is open, and those that they are compared with, with their
 * records. One where these are in `known`, which is brought up to date; one more where none of the ten newest is comparable.
 */
export async function readFront(
  { reader, censusId }: Source,
  nowMs: number,
  known: KnownRuns = knowNothing(),
): Promise<FrontAnswer> {
  const damage = makeDamage();
  const runs = await reader.newestRuns(censusId, { runs: NEAR, totals: 2, onDamaged: damage.note });
  const { latest, open } = await readSound(reader, runs, known, damage, nowMs);
  return {
    runs,
    latest: latest ?? null,
    open: open ?? null,
    damaged: damage.items(),
  };
}

/** Of the runs that are whole and add up. Each that turns out not to be leaves its place to another. */
async function readSound(
  reader: LedgerReader,
  runs: readonly Run[],
  known: KnownRuns,
  damage: Damage,
  nowMs: number,
): Promise<Partial<Record<'latest' | 'open', ComparedRun>>> {
  for (;;) {
    const noted = damage.items().length;
    const isSound = ({ runId }: Run) => !damage.has(runId);
    const { latest, open } = newestOf(runs.filter(isSound));
    const shown = [latest, open[0]].filter((run) => run !== undefined);
    const earlier = latest === undefined ? [] : await readKnownEarlier(reader, latest, runs, known, damage);
    const before = (run: Run) =>
      [...runs.filter(({ runId }) => runId >= (latest?.runId ?? '')), ...earlier].filter(
        (one) => one.runId < run.runId && isSound(one),
      );
    const wanted = new Set(shown.flatMap((run) => [run, ...backgroundOf(run, before(run))]));
    const wholes = await readUnknown(reader, [...wanted], known.wholes, damage);
    for (const whole of wholes) noteContradiction(whole, damage);
    if (damage.items().length > noted) continue;
    const compare = (run: Run) => comparedRunOf(wholeOf(wholes, run, damage), before(run), wholes, nowMs);
    return {
      ...(latest !== undefined && { latest: compare(latest) }),
      ...(open[0] !== undefined && { open: compare(open[0]) }),
    };
  }
}

/** A page asks again and again: the runs before the newest few are read once for each newest total. */
async function readKnownEarlier(
  reader: LedgerReader,
  latest: Run,
  runs: readonly Run[],
  known: KnownRuns,
  damage: Damage,
): Promise<Run[]> {
  const near = runs.filter(({ runId }) => runId < latest.runId);
  if (known.earlier?.runId !== latest.runId) {
    const found = await readEarlier(reader, latest, runs, damage);
    known.earlier = { runId: latest.runId, runs: found.filter((run) => !near.includes(run)) };
  }
  return [...near, ...known.earlier.runs.filter(({ runId }) => near.every((run) => run.runId !== runId))];
}

async function readUnknown(
  reader: LedgerReader,
  wanted: readonly Run[],
  known: KnownRuns['wholes'],
  damage: Damage,
): Promise<WholeRun[]> {
  const isKnown = (run: Run) => isSettled(run) && known.get(run.runId)?.run.rev === run.rev;
  const unknown = wanted.filter((run) => !isKnown(run));
  const read = unknown.length === 0 ? [] : await reader.wholeRuns(unknown, damage.note);
  const wholes = [...read, ...wanted.filter(isKnown).flatMap(({ runId }) => known.get(runId) ?? [])];
  known.clear();
  for (const whole of wholes) if (isSettled(whole.run)) known.set(whole.run.runId, whole);
  return wholes;
}
