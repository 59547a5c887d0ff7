/** How answers read the ledger: the port. src/aws/reader.ts reads it from DynamoDB. */
import type { AccountRecord } from '../census/organization/account-record.ts';
import type { OrganizationRun } from '../census/organization/run.ts';
import type { OrganizationSummary } from '../census/organization/summary.ts';
import type { RegionRecord } from '../census/region.ts';
import type { Run, RunId, RunKey } from '../census/run.ts';
import type { Place } from './place.ts';

/**
 * What is asked: the ledger, whose runs, and where they are kept, for people: "the table kvs-census-dev in eu-west-1"; and
 * for commands that are to ask the same.
 */
export type Source = { reader: LedgerReader; censusId: string; description: string; place?: Place };

/** Both ends belong to it. */
export type TimeRange = { since?: RunId; until?: RunId };

/** A run and what is known of its regions. Records that the run did not ask for are left out. */
export type WholeRun = { run: Run; records: RegionRecord[] };

/** A run of the organisation and what is known of its accounts. Records that the run did not ask for are left out. */
export type WholeOrganization = { run: OrganizationRun; records: AccountRecord[] };

/** One region of one run. */
export type RecordKey = { runId: RunId; region: string };

/** An item that cannot be read: of which run, of which of its regions (`null`: the run's own), and why. */
export type DamagedItem = { runId: RunId; region: string | null; problem: string };

/** Is told of each item that a reading leaves out. */
export type OnDamaged = (item: DamagedItem) => void;

export type Reading = TimeRange & {
  onDamaged?: OnDamaged;
  /** How many are given at most. */
  limit?: number;
  /** How many one request gives at most; absent: as many as fit in 1 MB. */
  perRequest?: number;
};

/**
 * Every reading that goes by time comes from an index, which lags behind the table by moments; a run with its records
 * comes from the table itself. Expired items are never given. A damaged item, or one of a newer version, throws
 * InvalidInputError; where somebody wants to be told of it, it is left out instead, and a run without one of its items is
 * left out whole.
 */
export type LedgerReader = {
  /**
   * Newest first. One request, unless so many of them are open that others must be looked for behind them: that goes back
   * as far as it must.
   */
  newestRuns(censusId: string, wanted?: Wanted): Promise<Run[]>;
  /** Newest first, page by page as they are asked for; at most `limit` of them. */
  runs(censusId: string, reading?: Reading): AsyncIterable<Run>;
  /** One request. */
  wholeRun(key: RunKey): Promise<WholeRun | undefined>;
  /** Several runs that were read before, afresh and with their records: one request for two runs of 19 regions. */
  wholeRuns(runs: readonly Run[], onDamaged?: OnDamaged): Promise<WholeRun[]>;
  /**
   * Records by their keys, in any order; those that are not there are left out. One request for a hundred. They may be as
   * the table was moments ago.
   */
  records(censusId: string, keys: readonly RecordKey[], onDamaged?: OnDamaged): Promise<RegionRecord[]>;
  /** One region through time, newest first. Runs in which nobody recorded anything of it are not there. */
  regionRecords(censusId: string, region: string, reading?: Reading): AsyncIterable<RegionRecord>;
  /** Of the organisation, as `runs`, without their accounts. */
  organizationRuns(censusId: string, reading?: Reading): AsyncIterable<OrganizationSummary>;
  /** Consistent. One request for each MB: of a thousand accounts about one. */
  wholeOrganization(key: RunKey): Promise<WholeOrganization | undefined>;
};

type Wanted = {
  /** Not after this one. */
  until?: RunId;
  /** How many at least, if there are so many; more only for the sake of `totals`. 10 unless said otherwise. */
  runs?: number;
  /** How many of them are to have a total, at least. */
  totals?: number;
  onDamaged?: OnDamaged;
};
