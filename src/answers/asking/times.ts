import type { Source, TimeRange } from '../reader.ts';
import { findInstant, type TimeName } from '../run-name.ts';
import { NotAsked } from './not-asked.ts';

/** The ends of a time as somebody names them. */
export type TimeNames = { since?: TimeName | undefined; until?: TimeName | undefined };

/**
 * The instants that are named. A request for each name of a run.
 * @throws NotAsked for a time that ends before it begins; and as findInstant does
 */
export async function findTimes(source: Source, { since, until }: TimeNames, nowMs: number): Promise<TimeRange> {
  const times: TimeRange = {};
  if (since !== undefined) times.since = await findInstant(source, since, 'start', nowMs);
  if (until !== undefined) times.until = await findInstant(source, until, 'end', nowMs);
  if (times.since === undefined || times.until === undefined || times.since <= times.until) return times;
  throw new NotAsked(
    `--since (${times.since}) is later than --until (${times.until}): exchange them, or leave one of them out.`,
  );
}
