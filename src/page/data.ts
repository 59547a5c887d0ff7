/** From the ledger to what the page shows. Each reading is as few requests as there can be, and none scans. */

import { type Damage, makeDamage } from '../answers/damage.ts';
import {
  countsOf,
  differenceOf,
  isWaiting,
  type RegionRow,
  regionRow,
  regionRows,
  runSummary,
} from '../answers/model.ts';
import type { LedgerReader, WholeRun } from '../answers/reader.ts';
import { InvalidInputError } from '../census/errors.ts';
import { recheck } from '../census/recheck.ts';
import type { RegionRecord } from '../census/region.ts';
import { isSettled, type Run, type RunId } from '../census/run.ts';
import type { History, Newest, PageLine, PageRegion, PageRun, RegionHistory } from './model.ts';

/** Of whom, and from where. */
export type Ledger = { reader: LedgerReader; accountId: string; description: string };

/** Settled runs that were read before, by their ids: of the same `rev` they need not be read again. */
export type KnownRuns = Map<RunId, WholeRun>;

/**
 * Two requests: the newest runs, then up to three of them with their records; one where these are in `known`, which is
 * brought up to date.
 */
export async function readNewest(
  { reader, accountId, description }: Ledger,
  nowMs: number,
  known: KnownRuns = new Map(),
): Promise<Newest> {
  const damage = makeDamage();
  const newest = await reader.newestRuns(accountId, { totals: 2, onDamaged: damage.note });
  const { latest, before, open } = await readSound(reader, newest, known, damage);
  return {
    readAt: new Date(nowMs).toISOString(),
    accountId,
    place: description,
    lines: newest.map((run) => pageLine(run, nowMs)),
    latest: latest === undefined ? null : pageRun(latest, before, nowMs),
    open: open === undefined ? null : pageRun(open, latest, nowMs),
    damaged: damage.items(),
  };
}

type Sound = Partial<Record<'latest' | 'before' | 'open', WholeRun>>;

/** The newest total, the one before it, and a newer run without one, of those that are whole and add up. */
async function readSound(
  reader: LedgerReader,
  newest: readonly Run[],
  known: KnownRuns,
  damage: Damage,
): Promise<Sound> {
  for (;;) {
    const noted = damage.items().length;
    const sound = newest.filter(({ runId }) => !damage.has(runId));
    const [latest, before] = sound.filter(({ total }) => total !== undefined);
    const open = sound.find(({ total, runId }) => total === undefined && runId > (latest?.runId ?? ''));
    const wanted = [latest, before, open].filter((run) => run !== undefined);
    const wholes = await readUnknown(reader, wanted, known, damage);
    for (const { run, records } of wholes) noteContradiction(run, records, damage);
    const find = (run: Run | undefined) =>
      run &&
      existing(
        wholes.find((whole) => whole.run.runId === run.runId),
        run.runId,
      );
    // Each that turns out to be damaged leaves its place to another.
    if (damage.items().length === noted) {
      return Object.fromEntries(
        Object.entries({ latest: find(latest), before: find(before), open: find(open) }).filter(([, whole]) => whole),
      );
    }
  }
}

function noteContradiction(run: Run, records: readonly RegionRecord[], damage: Damage): void {
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

/** One request for as many runs as fit in 1 MB. */
export async function readHistory({ reader, accountId }: Ledger, limit: number, nowMs: number): Promise<History> {
  const lines: PageLine[] = [];
  const damage = makeDamage();
  const reading = { limit: limit + 1, onDamaged: damage.note };
  for await (const run of reader.runs(accountId, reading)) lines.push(pageLine(run, nowMs));
  return { lines: lines.slice(0, limit), more: lines.length > limit, damaged: damage.items() };
}

/** Two requests: the runs up to this one, then this one and the one before it with their records. */
export async function readPageRun(
  { reader, accountId }: Ledger,
  runId: RunId,
  nowMs: number,
): Promise<PageRun | undefined> {
  const damage = makeDamage();
  const found = await reader.newestRuns(accountId, { until: runId, totals: 2, onDamaged: damage.note });
  refuseDamaged(damage, runId);
  const [run, ...earlier] = found;
  if (run?.runId !== runId) return undefined;
  const before = earlier.find(({ total }) => total !== undefined);
  const wholes = await reader.wholeRuns(before === undefined ? [run] : [run, before], damage.note);
  refuseDamaged(damage, runId);
  const [whole, wholeBefore] = wholes;
  return pageRun(existing(whole, runId), wholeBefore, nowMs);
}

/** @throws InvalidInputError for an item of the very run that was asked for */
function refuseDamaged(damage: Damage, runId: RunId): void {
  const item = damage.items().find((one) => one.runId === runId);
  if (item !== undefined) throw new InvalidInputError(item.problem);
}

/** Two requests for up to 100 runs: the runs, and the records of the region since the oldest of these. */
export async function readRegionHistory(
  { reader, accountId }: Ledger,
  region: string,
  limit: number,
  nowMs: number,
): Promise<RegionHistory> {
  const damage = makeDamage();
  const onDamaged = damage.note;
  const runs: Run[] = [];
  for await (const run of reader.runs(accountId, { limit, onDamaged })) if (run.plan.includes(region)) runs.push(run);
  const oldest = runs.at(-1);
  const records = new Map<RunId, RegionRecord>();
  if (oldest !== undefined) {
    for await (const record of reader.regionRecords(accountId, region, { since: oldest.runId, onDamaged })) {
      records.set(record.runId, record);
    }
  }
  const readable = runs.filter(({ runId }) => !damage.has(runId));
  const points = readable.map((run) => {
    const isWaitedFor = isWaiting(run, nowMs) && run.pending.includes(region);
    const { streams, reason } = regionRow(region, records.get(run.runId), isWaitedFor);
    return { runId: run.runId, streams, reason };
  });
  return { region, points, damaged: damage.items() };
}

function pageLine(run: Run, nowMs: number): PageLine {
  const { runId, verdict, streams, expected, counted, missing, waitingFor } = runSummary(run, nowMs);
  return { runId, verdict, streams, expected, counted, missing, waitingFor };
}

export function pageRegion({ region, status, streams, reason, lastKnown, change }: RegionRow): PageRegion {
  return { region, status, streams, reason, lastKnown, change };
}

/** @throws InvalidInputError if the total contradicts the records */
function pageRun({ run, records }: WholeRun, before: WholeRun | undefined, nowMs: number): PageRun {
  const news = recheck(run, records);
  const rows = regionRows(run, records, countsOf(before?.records ?? []), nowMs);
  return {
    run: runSummary(run, nowMs),
    regions: rows.map(pageRegion),
    before: before?.run.runId ?? null,
    difference: before === undefined ? null : differenceOf(rows, before.run),
    news,
  };
}

function existing(whole: WholeRun | undefined, runId: RunId): WholeRun {
  if (whole !== undefined) return whole;
  throw new InvalidInputError(`The run ${runId} is in the index, but its item is gone.`);
}
