/** From answers to what the page shows. */
import { type ComparedRun, readComparedRun } from '../answers/compared-run.ts';
import { type KnownRuns, readFront } from '../answers/front.ts';
import { SOMEWHERE } from '../answers/place.ts';
import type { Source } from '../answers/reader.ts';
import { readPoints } from '../answers/region.ts';
import type { RegionRow } from '../answers/region-row.ts';
import { readReport } from '../answers/report.ts';
import { type Range, readLines } from '../answers/runs.ts';
import type { RunId } from '../census/run.ts';
import {
  type History,
  type Newest,
  type PageRegion,
  type PageRun,
  pageLine,
  type RegionHistory,
  type Report,
} from './client/model.ts';

export async function readNewest(source: Source, nowMs: number, known?: KnownRuns): Promise<Newest> {
  const { runs, latest, open, damaged } = await readFront(source, nowMs, known);
  return {
    readAt: new Date(nowMs).toISOString(),
    accountId: source.accountId,
    place: source.description,
    asked: source.place ?? SOMEWHERE,
    lines: runs.map(pageLine),
    latest: latest && pageRun(latest),
    open: open && pageRun(open),
    damaged,
  };
}

export async function readHistory(source: Source, limit: number, nowMs: number): Promise<History> {
  const { runs, more, damaged } = await readLines(source, { limit }, nowMs);
  return { lines: runs.map(pageLine), more, damaged };
}

export async function readPageRun(source: Source, runId: RunId, nowMs: number): Promise<PageRun | undefined> {
  const found = await readComparedRun(source, runId, nowMs);
  return found && pageRun(found);
}

export async function readRegionHistory(
  source: Source,
  region: string,
  limit: number,
  nowMs: number,
): Promise<RegionHistory> {
  const { answer } = await readPoints(source, region, { limit }, nowMs);
  const points = answer.points.map(({ runId, streams, reason }) => ({ runId, streams, reason }));
  return { region, points, damaged: answer.damaged };
}

/** @throws NoAnswer if there are no runs */
export async function readPageReport(source: Source, range: Range, nowMs: number): Promise<Report> {
  const { newest, ...answer } = await readReport(source, range, nowMs);
  return {
    readAt: new Date(nowMs).toISOString(),
    accountId: source.accountId,
    place: source.description,
    asked: source.place ?? SOMEWHERE,
    ...answer,
    newest: { ...newest, regions: newest.regions.map(pageRegion) },
  };
}

function pageRegion({ region, status, streams, reason, lastKnown, change, since }: RegionRow): PageRegion {
  return { region, status, streams, reason, lastKnown, change, since };
}

function pageRun({ run, regions, comparison, news }: ComparedRun): PageRun {
  return {
    run,
    regions: regions.map(pageRegion),
    comparison: comparison && { ...comparison, with: pageLine(comparison.with) },
    news,
  };
}
