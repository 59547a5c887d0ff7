/** From the ledger to what the page shows. Each reading is as few requests as there can be, and none scans. */
import type { LedgerReader, WholeRun } from '../../aws/reader.ts';
import { InvalidInputError } from '../../census/errors.ts';
import { recheck } from '../../census/recheck.ts';
import type { RegionRecord } from '../../census/region.ts';
import type { Run, RunId } from '../../census/run.ts';
import { countsOf, differenceOf, isWaiting, type RegionRow, regionRow, regionRows, runSummary } from '../model.ts';
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
  const newest = await reader.newestRuns(accountId, { totals: 2 });
  const [latest, before] = newest.filter(({ total }) => total !== undefined);
  const open = newest.find(({ total, runId }) => total === undefined && runId > (latest?.runId ?? ''));
  const wholes = await readUnknown(
    reader,
    [latest, before, open].filter((run) => run !== undefined),
    known,
  );
  const find = (run: Run | undefined) => run && wholes.find((whole) => whole.run.runId === run.runId);
  const view = (run: Run | undefined, earlier: Run | undefined) =>
    run === undefined ? null : pageRun(existing(find(run), run.runId), find(earlier), nowMs);
  return {
    readAt: new Date(nowMs).toISOString(),
    accountId,
    place: description,
    lines: newest.map((run) => pageLine(run, nowMs)),
    latest: view(latest, before),
    open: view(open, latest),
  };
}

async function readUnknown(reader: LedgerReader, wanted: readonly Run[], known: KnownRuns): Promise<WholeRun[]> {
  const isKnown = ({ runId, rev, unsettled }: Run) => !unsettled && known.get(runId)?.run.rev === rev;
  const unknown = wanted.filter((run) => !isKnown(run));
  const read = unknown.length === 0 ? [] : await reader.wholeRuns(unknown);
  const wholes = [...read, ...wanted.filter(isKnown).flatMap(({ runId }) => known.get(runId) ?? [])];
  known.clear();
  for (const whole of wholes) if (!whole.run.unsettled) known.set(whole.run.runId, whole);
  return wholes;
}

/** One request for as many runs as fit in 1 MB. */
export async function readHistory({ reader, accountId }: Ledger, limit: number, nowMs: number): Promise<History> {
  const lines: PageLine[] = [];
  for await (const run of reader.runs(accountId, { limit: limit + 1 })) lines.push(pageLine(run, nowMs));
  return { lines: lines.slice(0, limit), more: lines.length > limit };
}

/** Two requests: the runs up to this one, then this one and the one before it with their records. */
export async function readPageRun(
  { reader, accountId }: Ledger,
  runId: RunId,
  nowMs: number,
): Promise<PageRun | undefined> {
  const [run, ...earlier] = await reader.newestRuns(accountId, { until: runId, totals: 2 });
  if (run?.runId !== runId) return undefined;
  const before = earlier.find(({ total }) => total !== undefined);
  const [whole, wholeBefore] = await reader.wholeRuns(before === undefined ? [run] : [run, before]);
  return pageRun(existing(whole, runId), wholeBefore, nowMs);
}

/** Two requests for up to 100 runs: the runs, and the records of the region since the oldest of these. */
export async function readRegionHistory(
  { reader, accountId }: Ledger,
  region: string,
  limit: number,
  nowMs: number,
): Promise<RegionHistory> {
  const runs: Run[] = [];
  for await (const run of reader.runs(accountId, { limit })) if (run.plan.includes(region)) runs.push(run);
  const oldest = runs.at(-1);
  const records = new Map<RunId, RegionRecord>();
  if (oldest !== undefined) {
    for await (const record of reader.regionRecords(accountId, region, { since: oldest.runId })) {
      records.set(record.runId, record);
    }
  }
  const points = runs.map((run) => {
    const isWaitedFor = isWaiting(run, nowMs) && run.pending.includes(region);
    const { streams, reason } = regionRow(region, records.get(run.runId), isWaitedFor);
    return { runId: run.runId, streams, reason };
  });
  return { region, points };
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
