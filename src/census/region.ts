import { type Denier, InvalidInputError, type Reason } from './errors.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { Prefixes } from './prefixes.ts';
import { print } from './printed.ts';
import type { Quota } from './quota.ts';
import type { Run, RunId, RunKey } from './run.ts';
import type { Effort, Tally } from './tally.ts';

type RecordBase = RunKey & {
  region: string;
  round: number;
  /** When this was recorded, ISO 8601. */
  recordedAt: string;
};

/**
 * What a count keeps for the next one: the hashes of the ARNs of the streams that it listed and that were made after
 * `since`, an ISO 8601 instant. In the order of their letters.
 */
export type Young = { since: string; hashes: Fingerprint[] };

/** Streams that this count listed and that of the run `against` did not, and the other way round; exact. */
export type Churn = { against: RunId; created: number; gone: number };

export type CountedRecord = RecordBase & {
  status: 'counted';
  tally: Tally;
  /** Absent where the deployment keeps none. No total has them: a region's own tell more than those of all together. */
  prefixes?: Prefixes;
  /** How many listings were of streams that had been listed before, and so were not counted. Absent if none. */
  repeated?: number;
  /** Absent where they are too many, and where not every stream tells when it was made. */
  young?: Young;
  /** Absent where it is not known exactly (churn.ts). */
  churn?: Churn;
  effort: Effort;
  /** What bounds the number, as far as it could be learned. Absent of records that were written before it was asked for. */
  quota?: Quota;
  /** The count is "as listed between" these two ISO 8601 instants. */
  startedAt: string;
  endedAt: string;
};
type Failure = {
  reason: Reason;
  /** Of a denial, where the refusal told. */
  deniedBy?: Denier;
  effort?: Effort;
};
export type FailedRecord = RecordBase & Failure & { status: 'failed' };
export type AttemptedRecord = RecordBase & Failure & { status: 'attempted' };

/** What is known of one region of one run. */
export type RegionRecord = CountedRecord | FailedRecord | AttemptedRecord;

/** Within a round a record is only replaced by one of the same or a higher rank. */
export const RANK = { attempted: 0, failed: 1, counted: 2 } as const satisfies Record<RegionRecord['status'], number>;

/**
 * What may replace what. `counted` is final, so a late success always counts and a late failure never undoes one;
 * otherwise a later round wins, and within a round the higher rank, then the later.
 *
 *   stored \ new    attempted          failed             counted
 *   (nothing)       yes                yes                yes
 *   attempted       same/later round   same/later round   yes
 *   failed          later round        same/later round   yes
 *   counted         no                 no                 no
 *
 * The ledger evaluates the same rule as a condition expression (aws/items.ts).
 */
export function mayReplace(stored: RegionRecord | undefined, next: RegionRecord): boolean {
  if (stored === undefined) return true;
  if (stored.status === 'counted') return false;
  if (next.status === 'counted') return true;
  if (stored.round !== next.round) return stored.round < next.round;
  return RANK[stored.status] <= RANK[next.status];
}

/** A region's name as AWS writes them, for example `eu-west-1` or `us-gov-west-1`. */
const REGION = /^[a-z]{2,}(-[a-z]+)+-\d{1,2}$/;

/** @throws InvalidInputError if it cannot be the name of an AWS region. */
export function parseRegion(value: unknown): string {
  if (typeof value === 'string' && value.length <= 32 && REGION.test(value)) return value;
  throw new InvalidInputError(`${print(value)} is not the name of an AWS region such as eu-west-1.`);
}

/**
 * The region that a function runs in: `arn:<partition>:lambda:<region>:<account>:function:<name>`.
 * @throws InvalidInputError
 */
export function regionOfFunction(functionArn: string): string {
  try {
    return parseRegion(functionArn.split(':')[3]);
  } catch (cause) {
    throw new InvalidInputError('The ARN of this function names no region.', { cause });
  }
}

/**
 * What a failed attempt becomes, after `receives` deliveries of its task. What cannot get better is `failed` at once;
 * a denial may be a fresh role that is not known everywhere yet, so it gets a second try. Everything else comes back
 * until its receives are used up; then the dead-lettered task becomes the failure.
 */
export function statusOfFailure(reason: Reason, receives: number): 'attempted' | 'failed' {
  switch (reason) {
    case 'not-enabled':
    case 'unsupported':
    case 'suspended':
      return 'failed';
    case 'denied':
    case 'no-access':
    case 'bad-credentials':
      return receives >= 2 ? 'failed' : 'attempted';
    case 'throttled':
    case 'unreachable':
    case 'timed-out':
    case 'bad-answer':
    case 'undelivered':
    case 'unanswered':
      return 'attempted';
    default:
      return reason satisfies never;
  }
}

/**
 * The records that a run asked for: of its plan, and of a round that was opened. Others were written for a forged task, or
 * by hand. A count is a count, whatever round it names: taking it back would make a published total fall.
 */
export function heardBy(run: Pick<Run, 'plan' | 'round'>, records: readonly RegionRecord[]): RegionRecord[] {
  return records.filter(
    ({ status, region, round }) => run.plan.includes(region) && (status === 'counted' || round <= run.round),
  );
}
