/**
 * What the census page shows: plain JSON that goes from the ledger's reader to the script in the browser. Both ends are
 * always of the same build, so it has no version of its own. As everywhere, `null` says "not known", never 0.
 */
import type { Difference } from '../answers/compared-run.ts';
import type { DamagedItem } from '../answers/reader.ts';
import type { RegionRow } from '../answers/region-row.ts';
import type { RunSummary } from '../answers/run-summary.ts';
import type { RunId } from '../census/run.ts';

/** A run as a point of the trend and an entry of the run picker: what its own item says, without the facets. */
export type PageLine = Pick<
  RunSummary,
  'runId' | 'verdict' | 'streams' | 'expected' | 'counted' | 'missing' | 'waitingFor'
>;

export type PageRegion = Pick<RegionRow, 'region' | 'status' | 'streams' | 'reason' | 'lastKnown' | 'change'>;

/** Items that cannot be read, or contradict others; their runs are left out. */
type Damaged = { damaged: DamagedItem[] };

/** One run, whole. */
export type PageRun = {
  run: RunSummary;
  regions: PageRegion[];
  /** The newest run before it that has a total, and how the two differ. */
  before: RunId | null;
  difference: Difference | null;
  /** Regions that were counted after the total was stored, and are not in it yet. */
  news: string[];
};

export type Newest = Damaged & {
  /** ISO 8601 instant of the reading. */
  readAt: string;
  accountId: string;
  /** What was read, for people: "the table kvs-census-dev in eu-west-1". */
  place: string;
  /** The newest few runs, newest first. */
  lines: PageLine[];
  /** The newest run that has a total. */
  latest: PageRun | null;
  /** A newer one, which has none yet. */
  open: PageRun | null;
};

export type History = Damaged & {
  /** Newest first, at most MOST_LINES. */
  lines: PageLine[];
  /** There are older ones. */
  more: boolean;
};

/** One region through time, newest first; only runs whose plan names it. `streams` is `null` unless it was counted. */
export type RegionHistory = Damaged & {
  region: string;
  points: (Pick<RegionRow, 'streams' | 'reason'> & { runId: RunId })[];
};

/** Runs that the page holds at most: as many as a screen has pixels for. */
export const MOST_LINES = 1000;

/** A history small enough for one file. */
export type Report = Pick<Newest, 'readAt' | 'accountId' | 'place' | 'damaged'> & {
  /** Every region that one of the runs was to count, in the order of their names. */
  regions: string[];
  /** Newest first. */
  runs: ReportRun[];
  /** The newest run that has a total (else the newest run), region by region, compared with the one before it. */
  newest: { runId: RunId; regions: PageRegion[] };
};

export type ReportRun = RunSummary & {
  /** Streams in each of the report's `regions`, in their order. `null`: not counted, or not planned; never zero. */
  counts: (number | null)[];
};

/** What the page holds when it opens. A live page asks its server for the rest; a report is all there is. */
export type PageData =
  | { kind: 'live'; newest: Newest | null; problem: string | null }
  | { kind: 'report'; report: Report };
