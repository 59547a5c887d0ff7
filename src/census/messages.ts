/** What is sent from one function to the next: the region task and the nudge. */
import { type CensusId, censusIdOf, kindOf, ownerOf, parseAccountId, parseOwner } from './census-id.ts';
import { InvalidInputError } from './errors.ts';
import { parseKind, STREAMS } from './kinds.ts';
import { parseRegion } from './region.ts';
import { isRunId, parseRunId, type RunId, type RunKey } from './run.ts';

/** The message that asks for one region of one run. */
export type RegionTask = RunKey & {
  region: string;
  round: number;
  /** ISO 8601. */
  deadlineAt: string;
  /** The region gets one quick try: see quick-try.ts. Whoever does not know of it gives the region all of its time. */
  quick?: true;
  /** The newest run before, whose count of the region tells what came and went since. Whoever does not know of it says nothing. */
  previous?: RunId;
};

export function printTask(task: RegionTask): string {
  const { censusId, runId, region, round, deadlineAt, quick, previous } = task;
  return JSON.stringify({ ...addressOf(censusId), runId, region, round, deadlineAt, quick, previous });
}

/**
 * How a message says whose it is and of what kind. Version 1 knows streams alone; who knows only that must not take a
 * message of another kind for one of theirs, so such a message is of version 2.
 */
function addressOf(censusId: CensusId) {
  const [accountId, kind] = [ownerOf(censusId), kindOf(censusId)];
  return kind === STREAMS ? { version: 1, accountId } : { version: 2, accountId, kind };
}

/**
 * @param parseId what stands in the place of the account
 * @throws InvalidInputError
 */
function parseAddress(
  { version, accountId, kind }: Record<string, unknown>,
  what: string,
  parseId: (value: unknown) => string,
): CensusId {
  switch (version) {
    case 1:
      return parseId(accountId);
    case 2:
      return censusIdOf(parseId(accountId), parseKind(kind));
    default:
      throw new InvalidInputError(`The ${what} has no version that is known here; expected 1 or 2.`);
  }
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
  const censusId = parseAddress(fields, 'region task', parseAccountId);
  const { round, deadlineAt } = fields;
  if (!Number.isSafeInteger(round) || (round as number) < 0) {
    throw new InvalidInputError('The round of the region task is not a whole number from 0 up.');
  }
  if (typeof deadlineAt !== 'string' || Number.isNaN(Date.parse(deadlineAt))) {
    throw new InvalidInputError('The deadline of the region task is not an ISO 8601 instant.');
  }
  const runId = parseRunId(fields.runId);
  const previous = earlierRun(fields.previous, runId);
  return {
    censusId,
    runId,
    region: parseRegion(fields.region),
    round: round as number,
    deadlineAt,
    // What is not exactly that is as good as absent: a task that gives a region its time does no harm.
    ...(fields.quick === true && { quick: true }),
    ...(previous !== undefined && { previous }),
  };
}

/** As with `quick`: what is no earlier run is as good as absent. */
function earlierRun(value: unknown, runId: RunId): RunId | undefined {
  return isRunId(value) && value < runId ? value : undefined;
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
export function printNudge({ censusId, runId }: RunKey): string {
  return JSON.stringify({ ...addressOf(censusId), runId });
}

/** @throws InvalidInputError if the body is not a nudge of a known version. */
export function parseNudge(body: string): RunKey {
  const fields = parseObject(body, 'nudge');
  return { censusId: parseAddress(fields, 'nudge', parseOwner), runId: parseRunId(fields.runId) };
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
