/**
 * What the page's server sends: answers, without what the page does not show. Both ends are always of the same build, so
 * it has no version of its own. As everywhere, `null` says "not known", never 0.
 */
import type { ComparedRun } from '../../answers/compared-run.ts';
import type { Comparison } from '../../answers/comparison.ts';
import type { DiffAnswer } from '../../answers/diff.ts';
import type { FrontAnswer } from '../../answers/front.ts';
import type { AccountCoverageChange, OrganizationDiff } from '../../answers/organization/account-diff.ts';
import type { AccountRow } from '../../answers/organization/account-row.ts';
import type { OrganizationRunSummary } from '../../answers/organization/run-summary.ts';
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

/**
 * The least that is said of a run, as of one of two that stand side by side. Of the organisation's accounts are `expected` and
 * `counted`.
 */
export type PageSide = Pick<RunSummary, 'runId' | 'verdict' | 'streams' | 'expected' | 'counted'>;

/** A run as a point of the trend: what its own item says, without the facets. */
export type PageLine = PageSide &
  Pick<RunSummary, 'missing' | 'waitingFor'> & {
    /** The regions that it was to count, in the order of their names. */
    plan: readonly string[];
  };

/** The same of a run of the organisation. */
export type OrganizationLine = PageSide &
  Pick<OrganizationRunSummary, 'regions' | 'accountReasons' | 'regionReasons' | 'waiting'> & {
    /** The first few accounts of which something is missing, worst first, as a person calls them. */
    worst: readonly string[];
    /** The accounts that are missing as a whole, if that is all that is missing, and they are all known; else `null`. */
    misses: string | null;
    /** Of the planned accounts: the same in two runs, the same accounts. */
    planned: string;
  };

export type AnyLine = PageLine | OrganizationLine;

export type PageAccount = Omit<AccountRow, 'round' | 'recordedAt'>;

/** One run of the organisation, whole. */
export type PageOrganization = {
  run: OrganizationRunSummary;
  /** The same run among others. */
  line: OrganizationLine;
  /** A row for each account that the run names, trouble first. */
  accounts: PageAccount[];
  /** What has come since the total was stored, and is not in it yet, in words. */
  news: string[];
  comparison: PageComparison | null;
  /** The command that asks again for all that may answer now; `null` where that is of no use. */
  retry: string | null;
  /** The command that asks again for the others, once what their advice says is done; `null` where there are none. */
  retryLater: string | null;
  /** The same of two answers: they say the same. `null`: it may change at any time. */
  key: string | null;
};

/** Against which run the changes of the accounts are told, and what of the difference is none of theirs. */
export type PageComparison = Pick<OrganizationDiff, 'net' | 'coverageSums'> & {
  with: PageSide;
  /** It is complete, and has the same accounts planned. */
  isComparable: boolean;
  coverage: CoverageGroup[];
};

/** Accounts of which the two runs do not tell alike. */
type CoverageGroup = {
  part: AccountCoverageChange['part'];
  accounts: number;
  /** The few of them that hold most, as a person calls them. */
  most: string[];
};

export type Whole = PageRun | PageOrganization;

export const isOrganization = (whole: Whole): whole is PageOrganization => 'accounts' in whole;

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
  /** Or `organization`. */
  accountId: string;
  /** As AWS Organizations tells it, of an account of which that is known. */
  name: string | null;
  /** Whether the account is counted as one of an organisation, which has a page of its own. */
  isMember: boolean;
  kind: Kind;
  /** Those that the ledger has counted; a report knows of its own only. */
  kinds: KindLine[];
  /** What was read, for people: "the table kvs-census-dev in eu-west-1". */
  place: string;
  /** The same for commands: those that the page shows are to ask what it asked. */
  asked: Place;
  /** The newest few runs, newest first. */
  lines: AnyLine[];
  /** The newest run that has a total. */
  latest: Whole | null;
  /** A newer one, which has none yet. */
  open: Whole | null;
};

/** What is sent of it to a page that has a run of a thousand accounts already: its key. */
export type NewestSent = Omit<Newest, 'latest' | 'open'> &
  Record<'latest' | 'open', Whole | { unchanged: string } | null>;

export function keyOf(whole: Whole | null | undefined): string | null {
  return whole && isOrganization(whole) ? whole.key : null;
}

export type History = Damaged & {
  /** Newest first, at most MOST_LINES. */
  lines: AnyLine[];
};

/** One region through time, newest first; only runs whose plan names it. */
export type RegionHistory = Damaged & {
  region: string;
  /** `used`: what of its number the quota bounds; `null` unless it was counted, and where that is not known. */
  points: (Pick<RegionPoint, 'runId' | 'streams' | 'reason'> & { used: number | null })[];
  /** As the newest run that counted it says. */
  quota: RegionPoint['quota'];
};

export function pageSide({ runId, verdict, streams, expected, counted }: PageSide): PageSide {
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

/** What every report begins with. */
type ReportHead = Pick<Newest, 'readAt' | 'accountId' | 'kind' | 'place' | 'asked' | 'damaged'>;

/** A history small enough for one file. */
export type Report = ReportHead & Omit<ReportAnswer, 'newest'> & { newest: { runId: RunId; regions: PageRegion[] } };

/** Of the organisation: its totals, and the accounts of the newest. */
export type OrganizationReport = ReportHead & {
  runs: OrganizationLine[];
  newest: PageOrganization;
};

/** What is shown when the page opens. A live page asks its server for the rest; a report is all there is. */
export type Opening =
  | { form: 'live'; censusId: CensusId; newest: Newest | null; problem: string | null }
  | { form: 'report'; report: Report | OrganizationReport };

/** Where one signs in, and as which client. Whoever opens the page may know it. */
export type SignIn = {
  /** An address, exactly as the issuer's tokens name it. */
  issuer: string;
  clientId: string;
  /** Origins that the issuer answers at beside its own. */
  origins: readonly string[];
};

/** What the document of a page holds. The hosted page knows nothing of the ledger until somebody has signed in. */
export type PageData = Opening | { form: 'hosted'; signIn: SignIn };
