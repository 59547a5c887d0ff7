/** Settling a run, whether its plan is regions or accounts. What differs between the two is a `Level`. */
import { NotMailedError } from '../../census/errors.ts';
import type { Clock, SweepingLedger } from '../../census/ports.ts';
import { isSettled, type RunBase, type RunKey, type StoredTotal } from '../../census/run.ts';
import { mayYetImprove } from '../../census/settle.ts';
import type { AggregatorConfig } from '../../config.ts';
import { errorFields, type Log } from '../../log.ts';

export type SettlingDeps = {
  ledger: Pick<SweepingLedger, 'markAnnounced' | 'markSettled'>;
  clock: Clock;
  config: Pick<AggregatorConfig, 'partialSweepMs' | 'lookBackMs' | 'quotaAlarmPercent' | 'metrics'>;
  log: Log;
  /** One line of what CloudWatch is told. */
  print: (line: string) => void;
};

type Said = Pick<StoredTotal, 'verdict' | 'streams' | 'expected' | 'counted'>;
type Stored<Total> = Total & Pick<StoredTotal, 'rev' | 'settledAt'>;

export type Level<Run, Record, Total> = {
  /** Consistent, all three, and in this order. */
  readRun(key: RunKey): Promise<Run | undefined>;
  readRecords(run: Run): Promise<Record[]>;
  /** Whether the run alone says that there is no total yet: then its records are not read. */
  isOpen(run: Run, nowMs: number): boolean;
  settle(
    run: Run,
    records: readonly Record[],
    nowMs: number,
    quotaAlarmPercent: number,
  ): { state: 'open' } | { state: 'total'; total: Total; waiting: boolean };
  isSame(one: Total, other: Total): boolean;
  /** With what earlier runs say of it. */
  store(run: Run, total: Total, records: readonly Record[]): Promise<Stored<Total> | 'refused'>;
  announce(run: Run, total: Stored<Total>, records: readonly Record[]): Promise<void>;
  metricLines(run: Run, total: Stored<Total>, records: readonly Record[]): string[];
  /** Tells the run that this one is part of, if there is one. `ended`: it waits for nobody. */
  passOn(run: Run, total: Stored<Total>, ended: boolean): Promise<void>;
};

/** How often a run is read again because something came between reading it and storing its total. */
const READS = 10;

/**
 * For so long after a total was stored it is announced again where people could not be told. A topic that takes no mail at all
 * must not have programs told every five minutes for ever, and the run never settled.
 */
const MAIL_TRIES_MS = 3_600_000;

/**
 * Reads the run, then its records, in this order: a record that is missing among them was missing when the run was
 * read, and its strike will raise `rev`. The total is stored only on the `rev` that was read.
 *
 *     read the run ─▶ its records ─▶ store the total ─▶ announce it ─▶ pass it on ─▶ mark the run settled, or look again
 *          └─ unannounced: somebody is between the two. Leave it to him; only the sweep announces what others stored
 *
 * So each total is announced by whoever stored it, however many are nudged at once; and who leaves a run alone can, since
 * the other one looks again, and the sweep makes good for one that died. A run is marked settled last: what a crash left of the
 * steps before is repeated.
 */
export async function settleRun<Run extends RunBase & { total?: Stored<Total> }, Record, Total extends Said>(
  deps: SettlingDeps,
  level: Level<Run, Record, Total>,
  key: RunKey,
  by: 'nudge' | 'sweep',
): Promise<void> {
  const { ledger, clock, config, log } = deps;
  for (let read = 1; read <= READS; read++) {
    const run = await level.readRun(key);
    if (run === undefined) return log.warn('nudge for no run', key);
    const untold = run.total !== undefined && !isAnnounced(run, run.total) ? run.total : undefined;
    if (untold !== undefined && by === 'nudge') return;
    if (level.isOpen(run, clock.nowMs())) return;
    const records = await level.readRecords(run);
    // Before anything replaces it.
    if (untold !== undefined) await tell(deps, level, run, untold, records);
    const settlement = level.settle(run, records, clock.nowMs(), config.quotaAlarmPercent);
    if (settlement.state === 'open') return;
    const { total, waiting } = settlement;
    const isNew = run.total === undefined || !level.isSame(run.total, total);
    const stored = isNew ? await level.store(run, total, records) : run.total!;
    if (stored === 'refused') continue;
    if (isNew) await tell(deps, level, run, stored, records);
    const forSweep = mayYetImprove(run, total, clock.nowMs(), config.partialSweepMs) ? 'keep' : 'forget';
    // A sweep that finds nothing new writes nothing.
    if (isSettled(run) && !isNew && forSweep === 'keep') return;
    await level.passOn(run, stored, !waiting);
    if (waiting) {
      if (!isNew) return;
      continue;
    }
    if ((await ledger.markSettled(run, isNew ? stored.rev : run.rev, forSweep)) === 'settled') return;
  }
  // Whoever changed it nudges too, or leaves it to the sweep.
  log.info('run changes while it is being settled', key);
}

function isAnnounced({ announcedRev }: RunBase, { rev }: Pick<StoredTotal, 'rev'>): boolean {
  return announcedRev !== undefined && announcedRev >= rev;
}

/** Programs, people, and CloudWatch. */
async function tell<Run extends RunBase, Record, Total extends Said>(
  { ledger, clock, log, print }: SettlingDeps,
  level: Level<Run, Record, Total>,
  run: Run,
  total: Stored<Total>,
  records: readonly Record[],
): Promise<void> {
  const { censusId, runId } = run;
  const { rev, verdict, streams, expected, counted } = total;
  try {
    await level.announce(run, total, records);
  } catch (error) {
    const isOld = clock.nowMs() - Date.parse(total.settledAt) >= MAIL_TRIES_MS;
    if (!(error instanceof NotMailedError && isOld)) throw error;
    log.error('people are not told of a total', { censusId, runId, rev, ...errorFields(error) });
  }
  await ledger.markAnnounced(run, rev);
  log.info('total announced', { censusId, runId, rev, verdict, streams, missing: expected - counted });
  for (const line of level.metricLines(run, total, records)) print(line);
}
