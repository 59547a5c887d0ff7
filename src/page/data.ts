/** From answers to what the page shows. */
import { type ComparedRun, readComparedRun } from '../answers/compared-run.ts';
import { readDiff } from '../answers/diff.ts';
import { type KnownRuns, knowNothing, readFront } from '../answers/front.ts';
import { NoAnswer } from '../answers/no-answer.ts';
import { type KindLine, type KnownKinds, kindLine, readOtherKinds } from '../answers/other-kinds.ts';
import { SOMEWHERE } from '../answers/place.ts';
import { usedIn } from '../answers/quota.ts';
import type { Source } from '../answers/reader.ts';
import { readPoints } from '../answers/region.ts';
import type { RegionRow } from '../answers/region-row.ts';
import { readReport } from '../answers/report.ts';
import { runSummary } from '../answers/run-summary.ts';
import { type Range, readRange } from '../answers/runs.ts';
import { type CensusId, isOfOrganization, kindOf, ownerOf } from '../census/census-id.ts';
import { KINDS, type Kind } from '../census/kinds.ts';
import type { Run, RunId } from '../census/run.ts';
import {
  type History,
  type Newest,
  type OrganizationReport,
  type PageDiff,
  type PageLine,
  type PageRegion,
  type PageRun,
  pageSide,
  type RegionHistory,
  type Report,
  type Whole,
} from './client/model.ts';
import {
  type KnownOrganization,
  readOrganizationFront,
  readOrganizationLines,
  readOrganizationReport,
  readOrganizationRun,
} from './organization.ts';

/** What was read before and need not be read again: by account and kind, and by account. */
export type Known = {
  runs: Map<CensusId, KnownRuns>;
  organizations: Map<CensusId, KnownOrganization>;
  kinds: Map<string, KnownKinds>;
  /** What the accounts are called, as the organisation's run that was read last says. */
  names: ReadonlyMap<string, string | null>;
};

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

export const nothingKnown = (): Known => ({
  runs: new Map(),
  organizations: new Map(),
  kinds: new Map(),
  names: new Map(),
});

export async function readNewest(source: Source, nowMs: number, known: Known = nothingKnown()): Promise<Newest> {
  const kind = kindOf(source.censusId);
  const kindsBefore = knownOf(known.kinds, ownerOf(source.censusId), () => new Map());
  const readings = [readPageFront(source, nowMs, known), readOtherKinds(source, nowMs, kindsBefore)] as const;
  // Whoever lends the ledger closes it as soon as this fails: not while the other is being read.
  await Promise.allSettled(readings);
  const [front, others] = await Promise.all(readings);
  return {
    readAt: new Date(nowMs).toISOString(),
    accountId: ownerOf(source.censusId),
    name: known.names.get(ownerOf(source.censusId)) ?? null,
    kind,
    kinds: kindsWith(front, kind, others),
    place: source.description,
    asked: source.place ?? SOMEWHERE,
    ...front,
  };
}

type PageFront = Pick<Newest, 'isMember' | 'lines' | 'latest' | 'open' | 'damaged'>;

async function readPageFront(source: Source, nowMs: number, known: Known): Promise<PageFront> {
  if (isOfOrganization(source.censusId)) {
    const front = await readOrganizationFront(
      source,
      nowMs,
      knownOf(known.organizations, source.censusId, () => new Map()),
    );
    const accounts = (front.open ?? front.latest)?.accounts ?? [];
    known.names = new Map(accounts.map(({ accountId, name }) => [accountId, name]));
    return { ...front, isMember: false };
  }
  const { runs, latest, open, damaged } = await readFront(
    source,
    nowMs,
    knownOf(known.runs, source.censusId, knowNothing),
  );
  return {
    isMember: runs.some(({ parent }) => parent !== undefined),
    lines: runs.map((run) => pageLine(run, nowMs)),
    latest: latest && pageRun(latest),
    open: open && pageRun(open),
    damaged,
  };
}

/** In the order of the registry. Of the kind that was asked for: what is shown of it, which was held against its records. */
function kindsWith({ latest, open }: PageFront, kind: Kind, others: readonly KindLine[]): KindLine[] {
  const shown = latest ?? open;
  const all = shown === null ? others : [...others, kindLine(kind, shown.run)];
  return all.toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}

export async function readHistory(source: Source, limit: number, nowMs: number): Promise<History> {
  if (isOfOrganization(source.censusId)) return await readOrganizationLines(source, limit, nowMs);
  const { runs, damaged } = await readRange(source, { limit });
  return { lines: runs.map((run) => pageLine(run, nowMs)), damaged };
}

export async function readPageRun(source: Source, runId: RunId, nowMs: number): Promise<Whole | undefined> {
  if (isOfOrganization(source.censusId)) return await readOrganizationRun(source, runId, nowMs);
  const found = await readComparedRun(source, runId, nowMs);
  return found && pageRun(found);
}

/** @throws NoAnswer if one of the two is not there or has no total yet */
export async function readPageDiff(source: Source, before: RunId, after: RunId, nowMs: number): Promise<PageDiff> {
  if (isOfOrganization(source.censusId))
    throw new NoAnswer('Two runs of the organisation are compared by `kvs-census diff`.');
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
  if (isOfOrganization(source.censusId)) throw new NoAnswer('Regions are told of an account, not of the organisation.');
  const { answer } = await readPoints(source, region, { limit }, nowMs);
  const { censusId } = source;
  const points = answer.points.map(({ runId, streams, reason, tally }) => {
    return { runId, streams, reason, used: tally === null ? null : usedIn({ censusId, region, tally }) };
  });
  const newest = answer.points.find(({ streams }) => streams !== null);
  return { region, points, quota: newest?.quota ?? null, damaged: answer.damaged };
}

/** @throws NoAnswer if there are no runs */
export async function readPageReport(
  source: Source,
  range: Range,
  nowMs: number,
): Promise<Report | OrganizationReport> {
  const head = {
    readAt: new Date(nowMs).toISOString(),
    accountId: ownerOf(source.censusId),
    kind: kindOf(source.censusId),
    place: source.description,
    asked: source.place ?? SOMEWHERE,
  };
  if (isOfOrganization(source.censusId)) return { ...head, ...(await readOrganizationReport(source, range, nowMs)) };
  const { newest, ...answer } = await readReport(source, range, nowMs);
  return {
    ...head,
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
