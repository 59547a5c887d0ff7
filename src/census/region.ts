import { InvalidInputError, type Reason } from './errors.ts';
import { parseAccountId, parseRunId, type RunKey } from './run.ts';
import type { Effort, Tally } from './tally.ts';

/** The message that asks for one region of one run. `deadlineAt` is an ISO 8601 instant. */
export type RegionTask = RunKey & { version: 1; region: string; round: number; deadlineAt: string };

type RecordBase = RunKey & {
  region: string;
  round: number;
  /** When this was recorded, ISO 8601. */
  recordedAt: string;
};

export type CountedRecord = RecordBase & {
  status: 'counted';
  tally: Tally;
  /** How many listings were of streams that had been listed before, and so were not counted. Absent if none. */
  repeated?: number;
  effort: Effort;
  /** The count is "as listed between" these two ISO 8601 instants. */
  startedAt: string;
  endedAt: string;
};
export type FailedRecord = RecordBase & { status: 'failed'; reason: Reason; effort?: Effort };
export type AttemptedRecord = RecordBase & { status: 'attempted'; reason: Reason; effort?: Effort };

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
  throw new InvalidInputError(`${JSON.stringify(value)} is not the name of an AWS region such as eu-west-1.`);
}

export function printTask(task: RegionTask): string {
  const { version, accountId, runId, region, round, deadlineAt } = task;
  return JSON.stringify({ version, accountId, runId, region, round, deadlineAt });
}

/**
 * Reads a region task from a message body: the task itself, or the task inside the envelope in which SNS redrives
 * what it could not deliver.
 * @throws InvalidInputError if the body is not a task of a known version.
 */
export function parseTask(body: string): RegionTask {
  const outer = parseObject(body, 'region task');
  const fields =
    typeof outer.Message === 'string' && outer.Type === 'Notification'
      ? parseObject(outer.Message, 'region task')
      : outer;
  if (fields.version !== 1)
    throw new InvalidInputError('The region task has no version that is known here; expected 1.');
  const { round, deadlineAt } = fields;
  if (!Number.isSafeInteger(round) || (round as number) < 0) {
    throw new InvalidInputError('The round of the region task is not a whole number from 0 up.');
  }
  if (typeof deadlineAt !== 'string' || Number.isNaN(Date.parse(deadlineAt))) {
    throw new InvalidInputError('The deadline of the region task is not an ISO 8601 instant.');
  }
  return {
    version: 1,
    accountId: parseAccountId(fields.accountId),
    runId: parseRunId(fields.runId),
    region: parseRegion(fields.region),
    round: round as number,
    deadlineAt,
  };
}

/** The task in a message body, or nothing if there is none that can be read. */
export function readTask(body: string): RegionTask | undefined {
  try {
    return parseTask(body);
  } catch {
    return undefined;
  }
}

/** The message "this run may be ready to settle". */
export type Nudge = RunKey & { version: 1 };

/** @throws InvalidInputError if the body is not a nudge of a known version. */
export function parseNudge(body: string): Nudge {
  const fields = parseObject(body, 'nudge');
  if (fields.version !== 1) throw new InvalidInputError('The nudge has no version that is known here; expected 1.');
  return { version: 1, accountId: parseAccountId(fields.accountId), runId: parseRunId(fields.runId) };
}

function parseObject(body: string, what: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    // The parser's own message quotes the body, which must not reach a log.
    throw new InvalidInputError(`The ${what} is not JSON.`, { cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new InvalidInputError(`The ${what} is not a JSON object.`);
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
      return 'failed';
    case 'denied':
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
