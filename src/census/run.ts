/**
 * The words of kvs-census, one word for one thing.
 *
 * kind           what is counted: streams (of Kinesis Video, always), and whatever else stands in kinds.ts
 * census id      whose and what: the account, and for another kind than streams the kind as well
 * run            one count of one kind in one account at one scheduled instant. Its id is that instant, sent by whoever
 *                triggers it and never read from a clock, so a trigger that is repeated opens the same run
 * plan           the regions that a run must hear from, frozen when it opens
 * off            a region that the account has not switched on: named in the run, and planned only if something was
 *                counted there before
 * memory         what the ledger remembers of an account's regions from one run to the next, so as not to ask each time
 * region task    the message that asks for one region of one run
 * round          0 when the run opens, one more each time a person retries what is missing
 * region record  what is known of one region of one run: attempted, failed or counted
 * reason         why a region failed, from a closed list (errors.ts)
 * strike         taking a region off the run's pending set once its record is failed or counted
 * total          what a run publishes: verdict, number, what is missing
 * verdict        complete or partial
 * ledger         the table that holds runs and region records
 * settle         the pure function from (run, region records, now) to a total, or to "still open"
 * nudge          the message "this run may be ready to settle"
 * sweep          the scheduled settling of every run that is not settled, or is partial and may improve
 * tally          what a region's pages add up to
 * quota          how many there may be in a region: asked for beside the list, and never part of a number
 * organisation   all accounts that a stack counts. Its run has accounts as its plan, and account records (organization/run.ts)
 */
import { type CensusId, parseAccountId } from './census-id.ts';
import { InvalidInputError, type Reason } from './errors.ts';
import { print } from './printed.ts';
import type { TotalQuota } from './quota.ts';
import type { Tally } from './tally.ts';

/** `2026-11-20T06:00:00Z`: a UTC instant, to the second. */
export type RunId = string;

export type RunKey = { censusId: CensusId; runId: RunId };

/** What every run has, whether its plan is regions or accounts. */
export type RunBase = RunKey & {
  /** ISO 8601 instants. */
  openedAt: string;
  deadlineAt: string;
  round: number;
  /** Goes up with every strike and every stored total, so that a total is never written over news. */
  rev: number;
  /** In which list of the sweep it is; absent: in none. */
  sweep?: SweepList;
  /**
   * Seconds since 1970, as the table's TTL takes them. Fixed when the run opens, and copied by its records: so a run is
   * there with all of its records or not at all, whatever is set by then.
   */
  expiresAt: number;
  /** The tasks of this round were all published. */
  dispatchedRound?: number;
  /** The `rev` of the newest total that was announced. */
  announcedRev?: number;
};

export type Run = RunBase & {
  /** Where this run belongs, if it is part of an organisation's run of the same instant and kind. */
  parent?: Parent;
  plan: readonly string[];
  /** Regions that the account has not switched on, in the order of their names. Absent if there are none, or nobody asked. */
  off?: readonly OffRegion[];
  /** Regions that would have been planned, had a parameter not excluded them; in the order of their names. */
  excluded?: readonly string[];
  /** Where the plan comes from; absent of runs that were opened before there was a choice. */
  sources?: PlanSources;
  /** Planned regions without a final record in this round. Only says when to look; the records are the truth. */
  pending: readonly string[];
  total?: StoredTotal;
};

/**
 * An account's run in an organisation's. Which run that is follows: same instant, same kind.
 */
export type Parent = {
  /** The account's place in that run's plan, from 0. */
  position: number;
  /** Of that run: in which the account was asked last. */
  round: number;
  /** That run's, which its account records share: the account's run may have been opened alone, and go sooner. */
  expiresAt: number;
};

/**
 * What the sweep looks at. `OPEN`: something is still waited for, or has come since the run last settled; `PARTIAL`: it
 * has settled as partial, and may yet improve.
 */
export type SweepList = 'OPEN' | 'PARTIAL';

/** What an earlier run counted in a region that this one misses: how big the gap may be. Never added to a total. */
export type LastKnown = { runId: RunId; streams: number; countedAt: string };

/**
 * A region that is off. Where the last count there, before it was off, was above zero the region is planned as well, and is
 * missing as `not-enabled`: to switch a region off deletes nothing in it. The others are only named.
 */
export type OffRegion = { region: string; lastKnown?: LastKnown };

/** Where a run's plan comes from: which regions the service has, and which of them the account has switched on. */
export type PlanSources = { regions: Source; optIn: Source };

export type Source = {
  from: (typeof SOURCES)[number];
  /** ISO 8601: when the answer came that was used, of `asked` and `cache`. */
  askedAt?: string;
  /** Why no newer answer could be had. Absent where nothing went wrong. */
  because?: SourceFailure;
};

/**
 * `asked`: the answer came for this run. `cache`: an earlier answer. `floor`: the list in the code, for want of any answer.
 * `parameter`: the parameter `regions`, with which nothing is asked. `nowhere`: nobody can be asked, or nobody has ever
 * answered, and every region is taken to be on.
 */
export const SOURCES = ['asked', 'cache', 'floor', 'parameter', 'nowhere'] as const;

export const SOURCE_FAILURES = ['denied', 'throttled', 'timed-out', 'unreachable', 'empty', 'bad-answer'] as const;
export type SourceFailure = (typeof SOURCE_FAILURES)[number];

/** What its last three say is absent where the runs before could not be read (look-back.ts). */
export type Missing = {
  region: string;
  reason: Reason;
  lastKnown?: LastKnown;
  /** How many runs in a row, this one included, ended as `unreachable` or `timed-out` there without a single page. */
  dark?: number;
  /** The oldest run of the unbroken row of runs, up to this one, that miss the region. */
  since?: RunId;
  /** How many runs that row has. */
  runs?: number;
  /** The run before that row counted the region. */
  lost?: true;
};

/** What is new in a total, against the newest earlier run that has one. Regions in the order of their names. */
export type LookBack = {
  runId: RunId;
  /** Its total's. */
  streams: number;
  /** Counted by it, planned and missing now; and the other way round. */
  newlyMissing: readonly string[];
  newlyCounted: readonly string[];
  newlyPlanned: readonly string[];
  noLongerPlanned: readonly string[];
  /** The newest complete run of the same plan, of the runs looked at. Absent if there is none. */
  comparable?: { runId: RunId; streams: number };
  /** Regions that were above the alarm of their quotas when they were last seen, and of which this run knows nothing. Absent if none. */
  unseenAbove?: readonly string[];
  /** How many runs in a row, this one included, are partial. Absent where this one is complete. */
  partialRuns?: number;
};

/**
 * Streams that came and that went since an earlier run, as both listed them: exact, over the planned regions that are not
 * in `unknown`, which is in the order of their names.
 */
export type TotalChurn = { against: RunId; created: number; gone: number; unknown: readonly string[] };

/** What a run publishes. `streams` covers exactly the planned regions that are not in `missing`. */
export type Total = {
  verdict: 'complete' | 'partial';
  streams: number;
  /** Planned regions, and how many of them are in `streams`. */
  expected: number;
  counted: number;
  /** In the order of the regions' names. */
  missing: readonly Missing[];
  tally: Tally;
  /** How full the counted regions are. Absent where nobody asked for their quotas. */
  quota?: TotalQuota;
  /** ISO 8601: when the first and the last of the counted regions ended. Far apart after a late retry. */
  firstCountedAt?: string;
  lastCountedAt?: string;
  /** Absent where it is known of no region. */
  churn?: TotalChurn;
  /** Absent where there is no such run, and where the runs before could not be read. */
  before?: LookBack;
};

export type StoredTotal = Total & {
  /** The run's `rev` with which this total was stored. */
  rev: number;
  /** ISO 8601 instant. */
  settledAt: string;
};

const RUN_ID = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/**
 * Reads a run id.
 * @throws InvalidInputError if it is not a real UTC instant written to the second.
 */
export function parseRunId(value: unknown): RunId {
  if (isRunId(value)) return value;
  throw new InvalidInputError(
    `The run id ${print(value)} is not an instant; expected UTC to the second, for example 2026-11-20T06:00:00Z.`,
  );
}

export function isRunId(value: unknown): value is RunId {
  return typeof value === 'string' && RUN_ID.test(value) && runIdOf(Date.parse(value)) === value;
}

/** The run id of an instant (ms since 1970), cut to the second. `null` where there is no such instant. */
export function runIdOf(instantMs: number): RunId | null {
  const instant = new Date(instantMs);
  return Number.isNaN(instant.getTime()) ? null : instant.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/**
 * The account that a function runs in: `arn:<partition>:lambda:<region>:<account>:function:<name>`.
 * @throws InvalidInputError
 */
export function accountOfFunction(functionArn: string): string {
  try {
    return parseAccountId(functionArn.split(':')[4]);
  } catch (cause) {
    throw new InvalidInputError('The ARN of this function names no account.', { cause });
  }
}

/**
 * Refuses an instant that should not open a run now: a late one would open already overdue, one from the future is
 * somebody's mistake.
 * @throws InvalidInputError
 */
export function checkRunIsCurrent(
  runId: RunId,
  nowMs: number,
  limits: { runMaxAgeMs: number; runMaxAheadMs: number },
): void {
  const ageMs = nowMs - Date.parse(runId);
  if (ageMs > limits.runMaxAgeMs) {
    throw new InvalidInputError(
      `The run ${runId} is too old to open: ${seconds(ageMs)} s, the limit is ${seconds(limits.runMaxAgeMs)} s. Open a run for the present instant instead.`,
    );
  }
  if (-ageMs > limits.runMaxAheadMs) {
    throw new InvalidInputError(
      `The run ${runId} lies ${seconds(-ageMs)} s in the future. Send an instant that has come, or check the sender's clock.`,
    );
  }
}

/** How long a run has: milliseconds from when it opens to its deadline, and days from its instant until it expires. */
export type Span = { deadlineAfterMs: number; retentionDays: number };

/** A run as it opens: every planned region pending. */
export function openRun(key: RunKey, plan: readonly string[], nowMs: number, span: Span): Run {
  const regions = [...plan].sort();
  return { ...opening(key, nowMs, span), plan: regions, pending: regions };
}

/** What every run begins with. */
export function opening(key: RunKey, nowMs: number, span: Span) {
  return {
    ...key,
    openedAt: new Date(nowMs).toISOString(),
    deadlineAt: new Date(nowMs + span.deadlineAfterMs).toISOString(),
    round: 0,
    rev: 0,
    sweep: 'OPEN',
    expiresAt: Math.floor(Date.parse(key.runId) / 1000 + span.retentionDays * 86_400),
  } as const satisfies RunBase;
}

/** Whether a region that is off is missing from the number: something was there, and switching it off deletes nothing. */
export function heldSomething({ lastKnown }: OffRegion): boolean {
  return lastKnown !== undefined && lastKnown.streams > 0;
}

/** Whether nothing has come since it last settled: then it has a total, which says all there is to say for now. */
export function isSettled({ sweep }: Pick<RunBase, 'sweep'>): boolean {
  return sweep !== 'OPEN';
}

export function isPastDeadline(run: Pick<RunBase, 'deadlineAt'>, nowMs: number): boolean {
  return nowMs >= Date.parse(run.deadlineAt);
}

/**
 * Whether a round with this deadline is over for good. From then on nothing is counted for it and no task of it is
 * obeyed, and the sweep has stopped looking: what is missing stays missing until a person asks again.
 */
export function isOver(deadlineAt: string, nowMs: number, afterDeadlineMs: number): boolean {
  return nowMs >= Date.parse(deadlineAt) + afterDeadlineMs;
}

const seconds = (ms: number) => Math.round(ms / 1000);
