/** What is sent from one function to the next: the region task and the nudge. */
import { InvalidInputError } from './errors.ts';
import { parseRegion } from './region.ts';
import { parseAccountId, parseRunId, type RunKey } from './run.ts';

/** The message that asks for one region of one run. */
export type RegionTask = RunKey & {
  version: 1;
  region: string;
  round: number;
  /** ISO 8601. */
  deadlineAt: string;
  /** The region gets one quick try: see quick-try.ts. Whoever does not know of it gives the region all of its time. */
  quick?: true;
};

export function printTask(task: RegionTask): string {
  const { version, accountId, runId, region, round, deadlineAt, quick } = task;
  return JSON.stringify({ version, accountId, runId, region, round, deadlineAt, quick });
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
    // What is not exactly that is as good as absent: a task that gives a region its time does no harm.
    ...(fields.quick === true && { quick: true }),
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
type Nudge = RunKey & { version: 1 };

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
