/** What becomes of runs whose start was interrupted: the next start settles them. */
import type { LedgerReader } from '../../answers/reader.ts';
import { isOfOrganization, ownerOf } from '../../census/census-id.ts';
import { InvalidInputError } from '../../census/errors.ts';
import type { OrganizationRun } from '../../census/organization/run.ts';
import type { EndingLedger } from '../../census/ports.ts';
import { isSettled, type Run, type RunKey } from '../../census/run.ts';
import type { Stack } from '../../local/stack.ts';
import { type FollowOptions, follow } from '../follow.ts';
import type { Io } from '../io.ts';
import { SWEEP_SCHEDULE } from './schedules.ts';

/** What was left unsettled, and is not any more. */
type Interrupted = { readonly accounts: Run[]; readonly organizations: OrganizationRun[] };

type Ledger = EndingLedger & Pick<LedgerReader, 'wholeOrganization'>;
type Options = FollowOptions & Pick<Io, 'warn'>;

/**
 * Settles what an interrupted start left unsettled. Its tasks were in queues that are gone, so nothing can answer any
 * more: waiting for the deadline would only take time. Accounts go first: what they came to is part of the organisation's.
 * @param owners accounts, and perhaps the organisation
 */
export async function settleInterrupted(
  ledger: Ledger,
  stack: Stack,
  owners: ReadonlySet<string>,
  options: Options,
): Promise<Interrupted> {
  const accounts: RunKey[] = [];
  const organizations: RunKey[] = [];
  for await (const key of ledger.runsForSweep('OPEN')) {
    if (!owners.has(ownerOf(key.censusId))) continue;
    if (isOfOrganization(key.censusId)) organizations.push(key);
    else accounts.push(key);
  }
  const readOrganization = async (key: RunKey) => (await ledger.wholeOrganization(key))?.run;
  // An organisation's run may settle with the last of its accounts; it had been interrupted all the same.
  const open = {
    accounts: await unsettled(accounts, ledger.readRun, options),
    organizations: await unsettled(organizations, readOrganization, options),
  };
  return {
    accounts: await settle(open.accounts, ledger, stack, ledger.readRun, options),
    organizations: await settle(open.organizations, ledger, stack, readOrganization, options),
  };
}

type Read<Found> = (key: RunKey) => Promise<Found | undefined>;
type Settling = Pick<Run, 'sweep'>;

async function unsettled(keys: readonly RunKey[], read: Read<Settling>, { warn }: Options): Promise<RunKey[]> {
  const found: RunKey[] = [];
  for (const key of keys) {
    const run = await read(key).catch((error: unknown) => {
      // One that is damaged keeps no other from being counted.
      if (!(error instanceof InvalidInputError)) throw error;
      warn(error.message);
    });
    if (run !== undefined && !isSettled(run)) found.push(key);
  }
  return found;
}

async function settle<Found extends Settling>(
  keys: readonly RunKey[],
  ledger: Ledger,
  stack: Stack,
  read: Read<Found>,
  { warn: _, ...following }: Options,
): Promise<Found[]> {
  if (keys.length === 0) return [];
  for (const key of keys) await ledger.bringDeadlineForward(key, new Date().toISOString());
  await stack.fire(SWEEP_SCHEDULE, new Date());
  const settled: Found[] = [];
  for (const key of keys) {
    const look = async () => {
      const run = await read(key);
      return run && { run };
    };
    for await (const found of follow(look, following)) {
      if (found === undefined) break;
      if (isSettled(found.run)) settled.push(found.run);
    }
    following.signal.throwIfAborted();
  }
  return settled;
}
