/** What a person who looks again and again wants to see first: the newest runs, the newest total, and what is under way. */
import { recheck } from '../census/recheck.ts';
import { isSettled, type Run, type RunId } from '../census/run.ts';
import { type ComparedRun, comparedRunOf, wholeOf } from './compared-run.ts';
import { type Damage, makeDamage } from './damage.ts';
import { newestOf } from './newest.ts';
import type { DamagedItem, LedgerReader, Source, WholeRun } from './reader.ts';
import { type RunSummary, runSummary } from './run-summary.ts';

export type FrontAnswer = {
  /** The newest few runs, newest first. */
  runs: RunSummary[];
  /** The newest run that has a total; `null` where none has. */
  latest: ComparedRun | null;
  /** A newer one, which has none yet. */
  open: ComparedRun | null;
  /** Items that cannot be read, or contradict others; their runs are in neither of the two. */
  damaged: DamagedItem[];
};

/** Settled runs that were read before, by their ids: of the same `rev` they need not be read again. */
export type KnownRuns = Map<RunId, WholeRun>;

/**
 * Two requests: the newest runs, then up to three of them with their records; one where these are in `known`, which is
 * brought up to date.
 */
export async function readFront(
  { reader, accountId }: Source,
  nowMs: number,
  known: KnownRuns = new Map(),
): Promise<FrontAnswer> {
  const damage = makeDamage();
  const runs = await reader.newestRuns(accountId, { totals: 2, onDamaged: damage.note });
  const { latest, before, open } = await readSound(reader, runs, known, damage);
  return {
    runs: runs.map((run) => runSummary(run, nowMs)),
    latest: latest === undefined ? null : comparedRunOf(latest, before, nowMs),
    open: open === undefined ? null : comparedRunOf(open, latest, nowMs),
    damaged: damage.items(),
  };
}

type Sound = Partial<Record<'latest' | 'before' | 'open', WholeRun>>;

/** Of the runs that are whole and add up. Each that turns out not to be leaves its place to another. */
async function readSound(reader: LedgerReader, runs: readonly Run[], known: KnownRuns, damage: Damage): Promise<Sound> {
  for (;;) {
    const noted = damage.items().length;
    const { latest, before, open } = newestOf(runs.filter(({ runId }) => !damage.has(runId)));
    const wanted = [latest, before, open[0]].filter((run) => run !== undefined);
    const wholes = await readUnknown(reader, wanted, known, damage);
    for (const whole of wholes) noteContradiction(whole, damage);
    if (damage.items().length > noted) continue;
    const found = Object.entries({ latest, before, open: open[0] }).flatMap(([name, run]) =>
      run === undefined ? [] : [[name, wholeOf(wholes, run)] as const],
    );
    return Object.fromEntries(found);
  }
}

function noteContradiction({ run, records }: WholeRun, damage: Damage): void {
  try {
    recheck(run, records);
  } catch (error) {
    damage.noteRun(run.runId, error);
  }
}

async function readUnknown(
  reader: LedgerReader,
  wanted: readonly Run[],
  known: KnownRuns,
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
