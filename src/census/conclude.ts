import type { ConcludingLedger, SendNudge } from './ports.ts';
import type { CountedRecord, FailedRecord } from './region.ts';
import type { Run } from './run.ts';

export type ConcludePorts = { ledger: ConcludingLedger; sendNudge: SendNudge };

/**
 * Puts the end of a region on record. Order is everything:
 *
 *     record ──▶ strike ──▶ nudge
 *            │          └─ a crash here: the task comes back and nudges, or the sweep sees the run, which is open
 *            └─ a crash here: the task comes back and strikes; a settling meanwhile already sees the record
 *
 * The strike comes even if the record was refused: then a better one is there, and its writer may have died
 * before striking.
 */
export async function conclude(
  ports: ConcludePorts,
  record: CountedRecord | FailedRecord,
  run: Pick<Run, 'expiresAt'>,
): Promise<'written' | 'refused'> {
  const outcome = await ports.ledger.writeRecord(record, run);
  await strikeAndNudge(ports, record);
  return outcome;
}

export async function strikeAndNudge(ports: ConcludePorts, record: CountedRecord | FailedRecord): Promise<void> {
  const run = await ports.ledger.strike(record);
  const mayImprove = run?.total !== undefined;
  if (run !== undefined && (run.pending.length === 0 || mayImprove)) await ports.sendNudge(run);
}
