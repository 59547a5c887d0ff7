/** What the domain needs from outside, as types. The real ones are made in src/aws and bound in src/functions. */
import type { AnnouncedRun } from './announcement.ts';
import type { KindQuota } from './kinds/kind.ts';
import type { RegionTask } from './messages.ts';
import type { QuotaAnswer, QuotaQuestion } from './quota.ts';
import type { CountedRecord, FailedRecord, RegionRecord } from './region.ts';
import type { RegionMemory, RegionsAnswer } from './region-memory.ts';
import type { LastKnown, Run, RunId, RunKey, StoredTotal, SweepList, Total } from './run.ts';
import type { StreamFacts } from './tally.ts';

export type Clock = {
  /** Milliseconds since 1970. May differ between machines and may step back. */
  nowMs(): number;
  /** Ends early, and leaves no timer behind, once the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

/** Runs `task` every `ms` until the returned function is called. */
export type Every = (ms: number, task: () => void) => () => void;

/** A number from 0 up to, not including, 1. */
export type Random = () => number;

/** Asks for all streams, for those whose names begin with `prefix`, or for the one stream named `name`. */
export type PageRequest = {
  /** 1 to 256 of `[a-zA-Z0-9_.-]`. */
  prefix?: string;
  /** Exactly. There is one page, of one stream or none. */
  name?: string;
  /** Where the page before ended; absent: from the beginning. */
  token?: string;
  /** Time for this call, where it is shorter than what the caller of the service allows anyway. */
  timeLimitMs?: number;
  /** Ends the call at once, with a CountError of reason `timed-out`. */
  signal?: AbortSignal;
};

/** `nextToken` is never empty: absent means that the list has ended. A page may be short, or empty, and yet go on. */
export type Page = { streams: readonly StreamFacts[]; nextToken?: string };

/** One call for one page, never retried underneath. Throws CountError. */
export type ListPage = (request: PageRequest) => Promise<Page>;

/**
 * Spaces the calls to one region. A `spare` call is one that helps but that nothing waits for: it leaves room for the
 * next call that is not.
 */
export type Pace = {
  /** Milliseconds until a call may start; 0 is now. */
  waitMs(spare: boolean): number;
  /** A call starts now. Gives its number. */
  take(): number;
  /** The service refused the call of this number for its rate. */
  throttled(call: number): void;
  succeeded(): void;
  /** Between calls, at the present rate. */
  intervalMs(): number;
};

/*
 * The ledger, by who uses it: one type for each use, one verb for each thing that is done. What is promised of a verb holds
 * for every implementation (tests/contract).
 */

type ReadRun = {
  /** Consistent. */
  readRun(key: RunKey): Promise<Run | undefined>;
};

type ReadRecords = {
  /** Consistent, every page. */
  readRecords(key: RunKey): Promise<RegionRecord[]>;
};

type MarkDispatched = {
  /** Notes that every task of this round was published. */
  markDispatched(key: RunKey, round: number): Promise<void>;
};

type RunsForSweep = {
  /** The runs of one list of the sweep, newest first; those after this one. May lag behind by moments. */
  runsForSweep(list: SweepList, after?: RunKey): AsyncIterable<RunKey>;
};

type EarlierRuns = {
  /**
   * The newest runs of the account before this one, newest first, at most 20, without those that are damaged or were written
   * by a newer version. May lag behind by moments.
   */
  earlierRuns(key: RunKey): Promise<Run[]>;
};

/** Opening a run. */
export type OpeningLedger = ReadRun &
  EarlierRuns &
  MarkDispatched &
  ConcludingLedger & {
    /** The run, if it is there, and what is remembered of the account's regions. Consistent, in one request. */
    readRunAndMemory(key: RunKey): Promise<{ run?: Run; memory?: RegionMemory }>;
    writeMemory(censusId: string, memory: RegionMemory): Promise<void>;
    /** The newest run before `runId` that counted the region, however long ago; may lag behind by moments. */
    lastCount(censusId: string, region: string, before: RunId): Promise<LastKnown | undefined>;
    /** Writes the run unless one of that id is there. */
    openRun(run: Run): Promise<'opened' | 'exists'>;
  };

/** Asking once more for what a run is missing. */
export type RetryingLedger = ReadRun &
  EarlierRuns &
  MarkDispatched & {
    /**
     * Opens the next round for exactly these regions, if the run has a total and still is in the round before. Gives the
     * run as it is then, or nothing if somebody else opened that round.
     */
    openRound(key: RunKey, regions: readonly string[], round: number, deadlineAt: string): Promise<Run | undefined>;
  };

/** Putting the end of a region on record. */
export type ConcludingLedger = {
  /** Writes the record if it may replace the stored one (see `mayReplace`). It expires together with its run. */
  writeRecord(record: RegionRecord, run: Pick<Run, 'expiresAt'>): Promise<'written' | 'refused'>;
  /**
   * Takes the record's region off `pending`, raises `rev` and marks the run open; gives the run as it is then. Nothing
   * happens, and nothing is given, if there is no such run, if its plan does not name the region, if it never opened the
   * record's round, or if the record is a failure of a round that is over and its region was asked for again.
   */
  strike(record: CountedRecord | FailedRecord): Promise<Run | undefined>;
};

/** Dealing with a region task. */
export type TaskLedger = ConcludingLedger & {
  /**
   * Consistent, in one request. `before` is the region's record of the run `previous`; `dark` are the
   * accounts that are noted as having got no page of the region in the run `organization` (see `DarkLedger`). Of these two one that
   * cannot be read is left out, and never waited for.
   */
  readRunAndRecord(
    key: RunKey,
    region: string,
    previous?: RunId,
    organization?: RunKey,
  ): Promise<{ run?: Run; record?: RegionRecord; before?: RegionRecord; dark?: readonly string[] }>;
};

/** Settling a run. */
type SettlingLedger = ReadRun &
  ReadRecords &
  EarlierRuns & {
    /** Stores a total if the run's `rev` is still the one given and it has not expired; raises it and marks the run open. */
    storeTotal(key: RunKey, total: Total, rev: number, settledAt: string): Promise<StoredTotal | 'refused'>;
    /** Never goes back to an older `rev`. */
    markAnnounced(key: RunKey, rev: number): Promise<void>;
    /**
     * Marks the run settled if its `rev` is still the one given; and the sweep goes on looking at it as partial, or forgets
     * it.
     */
    markSettled(key: RunKey, rev: number, forSweep: 'keep' | 'forget'): Promise<'settled' | 'refused'>;
    /** The newest run before `runId` that counted the region, of the runs looked at; may lag behind by moments. */
    lastKnown(censusId: string, region: string, before: RunId): Promise<LastKnown | undefined>;
  };

/** Sweeping. */
export type SweepingLedger = SettlingLedger &
  RunsForSweep & {
    /** The last run of the list that a sweep looked at before its time was up; nothing: the last one came to the end. */
    readSweepPlace(list: SweepList): Promise<RunKey | undefined>;
    writeSweepPlace(list: SweepList, place: RunKey | undefined): Promise<void>;
  };

/** Ending runs whose tasks are known to be gone. */
export type EndingLedger = ReadRun &
  RunsForSweep & {
    /** Ends the waiting for a run: its deadline becomes `deadlineAt`, if that is sooner. */
    bringDeadlineForward(key: RunKey, deadlineAt: string): Promise<void>;
  };

/** All of it. */
export type Ledger = OpeningLedger & RetryingLedger & TaskLedger & SweepingLedger & EndingLedger;

/** In which regions of any partition the service is. Never throws, and ends soon after the signal is aborted. */
export type ReadLiveRegions = (signal: AbortSignal) => Promise<RegionsAnswer>;

/** The same of a service, by the name that AWS gives it there. */
export type ReadLiveRegionsOf = (signal: AbortSignal, service: string) => Promise<RegionsAnswer>;

/** Which regions the account has explicitly switched off, or is switching off. Never throws, as above. */
export type ReadOptInStates = (signal: AbortSignal) => Promise<RegionsAnswer>;

/** What AWS says of a quota in a region. Never throws, and ends soon after the signal is aborted. */
export type AskQuota = (
  quota: KindQuota,
  region: string,
  question: QuotaQuestion,
  signal: AbortSignal,
) => Promise<QuotaAnswer>;

/** Publishes tasks in as few requests as possible; gives those that the topic refused. */
export type PublishTasks = (tasks: readonly RegionTask[]) => Promise<RegionTask[]>;

export type SendNudge = (key: RunKey) => Promise<void>;

/**
 * To programs and to people.
 * @param run as it was read before the total was stored, or later
 * @param records those of the run, as they were read then
 */
export type AnnounceTotal = (run: AnnouncedRun, total: StoredTotal, records: readonly RegionRecord[]) => Promise<void>;
