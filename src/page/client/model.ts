/**
 * What the page's server sends: answers, without what the page does not show. Both ends are always of the same build, so
 * it has no version of its own. As everywhere, `null` says "not known", never 0.
 */
import type { ComparedRun } from '../../answers/compared-run.ts';
import type { Comparison } from '../../answers/comparison.ts';
import type { DiffAnswer } from '../../answers/diff.ts';
import type { FrontAnswer } from '../../answers/front.ts';
import type { KindLine } from '../../answers/other-kinds.ts';
import type { Place } from '../../answers/place.ts';
import type { RegionPoint } from '../../answers/region.ts';
import type { RegionRow } from '../../answers/region-row.ts';
import type { ReportAnswer } from '../../answers/report.ts';
import type { RunSummary } from '../../answers/run-summary.ts';
import type { CensusId } from '../../census/census-id.ts';
import type { CountChange } from '../../census/coverage.ts';
import type { Bounds, RegionChange } from '../../census/diff.ts';
import type { Kind } from '../../census/kinds.ts';
import type { RunId } from '../../census/run.ts';

/** A run as a point of the trend and an entry of the run picker: what its own item says, without the facets. */
export type PageLine = Pick<
  RunSummary,
  'runId' | 'verdict' | 'streams' | 'expected' | 'counted' | 'missing' | 'waitingFor'
> & {
  /** The regions that it was to count, in the order of their names. */
  plan: readonly string[];
};

export type PageRegion = Pick<
  RegionRow,
  'region' | 'status' | 'streams' | 'reason' | 'lastKnown' | 'change' | 'since' | 'quota' | 'churn'
>;

/** One run, whole. */
export type PageRun = Omit<ComparedRun, 'regions' | 'comparison'> & {
  regions: PageRegion[];
  comparison: (Omit<Comparison, 'with'> & { with: PageSide }) | null;
};

/** Items that cannot be read, or contradict others; their runs are left out. */
type Damaged = Pick<FrontAnswer, 'damaged'>;

export type Newest = Damaged & {
  /** ISO 8601 instant of the reading. */
  readAt: string;
  accountId: string;
  kind: Kind;
  /** Those that the ledger has counted; a report knows of its own only. */
  kinds: KindLine[];
  /** What was read, for people: "the table kvs-census-dev in eu-west-1". */
  place: string;
  /** The same for commands: those that the page shows are to ask what it asked. */
  asked: Place;
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
};

/** One region through time, newest first; only runs whose plan names it. */
export type RegionHistory = Damaged & {
  region: string;
  /** `used`: what of its number the quota bounds; `null` unless it was counted, and where that is not known. */
  points: (Pick<RegionPoint, 'runId' | 'streams' | 'reason'> & { used: number | null })[];
  /** As the newest run that counted it says. */
  quota: RegionPoint['quota'];
};

/** One of two runs that stand side by side. */
export type PageSide = Pick<RunSummary, 'runId' | 'verdict' | 'streams' | 'expected' | 'counted'>;

export function pageSide({ runId, verdict, streams, expected, counted }: RunSummary): PageSide {
  return { runId, verdict, streams, expected, counted };
}

/** A region that both counted. A report does not know how many of its streams came and went, nor whether they are the same. */
export type PageChange = CountChange &
  Pick<RegionChange, 'same' | 'prefixes'> & { created: Bounds | null; gone: Bounds | null };

/** What lies between two runs; `before` is the earlier one. */
export type PageDiff = Pick<DiffAnswer, 'coverage' | 'coverageSums' | 'net'> & {
  before: PageSide;
  after: PageSide;
  regions: PageChange[];
  created: Bounds | null;
  gone: Bounds | null;
};

/** Runs that the page holds at most: as many as a screen has pixels for. */
export const MOST_LINES = 1000;

/** A history small enough for one file. */
export type Report = Pick<Newest, 'readAt' | 'accountId' | 'kind' | 'place' | 'asked'> &
  Omit<ReportAnswer, 'newest'> & { newest: { runId: RunId; regions: PageRegion[] } };

/** What the page holds when it opens. A live page asks its server for the rest; a report is all there is. */
export type PageData =
  | { form: 'live'; censusId: CensusId; newest: Newest | null; problem: string | null }
  | { form: 'report'; report: Report };
