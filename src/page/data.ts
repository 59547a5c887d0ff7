/** From answers to what the page shows. */
import { type ComparedRun, readComparedRun } from '../answers/compared-run.ts';
import { readDiff } from '../answers/diff.ts';
import { type FrontAnswer, type KnownRuns, knowNothing, readFront } from '../answers/front.ts';
import { type KindLine, type KnownKinds, kindLine, readOtherKinds } from '../answers/other-kinds.ts';
import { SOMEWHERE } from '../answers/place.ts';
import { usedIn } from '../answers/quota.ts';
import type { Source } from '../answers/reader.ts';
import { readPoints } from '../answers/region.ts';
import type { RegionRow } from '../answers/region-row.ts';
import { readReport } from '../answers/report.ts';
import { runSummary } from '../answers/run-summary.ts';
import { type Range, readRange } from '../answers/runs.ts';
import { type CensusId, kindOf, ownerOf } from '../census/census-id.ts';
import { KINDS, type Kind } from '../census/kinds.ts';
import type { Run, RunId } from '../census/run.ts';
import {
  type History,
  type Newest,
  type PageDiff,
  type PageLine,
  type PageRegion,
  type PageRun,
  pageSide,
  type RegionHistory,
  type Report,
} from './client/model.ts';

/** What was read before and need not be read again: by account and kind, and by account. */
export type Known = { runs: Map<CensusId, KnownRuns>; kinds: Map<string, KnownKinds> };

/** Of so many something is kept: more than anybody looks at in turns. */
const KEPT = 20;

/** What is known of one of them. What was asked for longest ago gives way. */
function knownOf<Of>(all: Map<string, Of>, name: string, nothing: () => Of): Of {
  const known = all.get(name) ?? nothing();
  all.delete(name);
  all.set(name, known);
  const [oldest] = all.keys();
  if (all.size > KEPT && oldest !== undefined) all.delete(oldest);
  return known;
}

export const nothingKnown = (): Known => ({ runs: new Map(), kinds: new Map() });

export async function readNewest(source: Source, nowMs: number, known: Known = nothingKnown()): Promise<Newest> {
  const kind = kindOf(source.censusId);
  const runsBefore = knownOf(known.runs, source.censusId, knowNothing);
  const kindsBefore = knownOf(known.kinds, ownerOf(source.censusId), () => new Map());
  const readings = [readFront(source, nowMs, runsBefore), readOtherKinds(source, nowMs, kindsBefore)] as const;
  // Whoever lends the ledger closes it as soon as this fails: not while the other is being read.
  await Promise.allSettled(readings);
  const [front, others] = await Promise.all(readings);
  const { runs, latest, open, damaged } = front;
  return {
    readAt: new Date(nowMs).toISOString(),
    accountId: ownerOf(source.censusId),
    kind,
    kinds: kindsWith(front, kind, others),
    place: source.description,
    asked: source.place ?? SOMEWHERE,
    lines: runs.map((run) => pageLine(run, nowMs)),
    latest: latest && pageRun(latest),
    open: open && pageRun(open),
    damaged,
  };
}

/** In the order of the registry. Of the kind that was asked for: what is shown of it, which was held against its records. */
function kindsWith({ latest, open }: FrontAnswer, kind: Kind, others: readonly KindLine[]): KindLine[] {
  const shown = latest ?? open;
  const all = shown === null ? others : [...others, kindLine(kind, shown.run)];
  return all.toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}

export async function readHistory(source: Source, limit: number, nowMs: number): Promise<History> {
  const { runs, damaged } = await readRange(source, { limit });
  return { lines: runs.map((run) => pageLine(run, nowMs)), damaged };
}

export async function readPageRun(source: Source, runId: RunId, nowMs: number): Promise<PageRun | undefined> {
  const found = await readComparedRun(source, runId, nowMs);
  return found && pageRun(found);
}

/** @throws NoAnswer if one of the two is not there or has no total yet */
export async function readPageDiff(source: Source, before: RunId, after: RunId, nowMs: number): Promise<PageDiff> {
  const { answer } = await readDiff(source, before, after, nowMs);
  const { regions, coverage, coverageSums, net, created, gone } = answer;
  const sides = { before: pageSide(answer.before), after: pageSide(answer.after) };
  return { ...sides, regions, coverage, coverageSums, net, created, gone };
}

export async function readRegionHistory(
  source: Source,
  region: string,
  limit: number,
  nowMs: number,
): Promise<RegionHistory> {
  const { answer } = await readPoints(source, region, { limit }, nowMs);
  const { censusId } = source;
  const points = answer.points.map(({ runId, streams, reason, tally }) => {
    return { runId, streams, reason, used: tally === null ? null : usedIn({ censusId, region, tally }) };
  });
  const newest = answer.points.find(({ streams }) => streams !== null);
  return { region, points, quota: newest?.quota ?? null, damaged: answer.damaged };
}

/** @throws NoAnswer if there are no runs */
export async function readPageReport(source: Source, range: Range, nowMs: number): Promise<Report> {
  const { newest, ...answer } = await readReport(source, range, nowMs);
  return {
    readAt: new Date(nowMs).toISOString(),
    accountId: ownerOf(source.censusId),
    kind: kindOf(source.censusId),
    place: source.description,
    asked: source.place ?? SOMEWHERE,
    ...answer,
    newest: { ...newest, regions: newest.regions.map(pageRegion) },
  };
}

function pageRegion(row: RegionRow): PageRegion {
  const { region, status, streams, reason, lastKnown, change, since, quota, churn } = row;
  return { region, status, streams, reason, lastKnown, change, since, quota, churn };
}

function pageLine(run: Run, nowMs: number): PageLine {
  const { runId, verdict, streams, expected, counted, missing, waitingFor } = runSummary(run, nowMs);
  return { runId, verdict, streams, expected, counted, missing, waitingFor, plan: run.plan };
}

function pageRun({ run, regions, comparison, news }: ComparedRun): PageRun {
  return {
    run,
    regions: regions.map(pageRegion),
    comparison: comparison && { ...comparison, with: pageSide(comparison.with) },
    news,
  };
}
