/** How the run of an account is settled: its plan is regions, and it may be part of an organisation's run. */
import { lookBack } from '../../census/look-back.ts';
import { metricLines } from '../../census/metrics.ts';
import { accountRecordOf } from '../../census/organization/account-record.ts';
import type { ReportingLedger } from '../../census/organization/ports.ts';
import { parentKeyOf } from '../../census/organization/run.ts';
import type { AnnounceTotal, SendNudge, SweepingLedger } from '../../census/ports.ts';
import type { RegionRecord } from '../../census/region.ts';
import type { Missing, Run, StoredTotal, Total } from '../../census/run.ts';
import { sameTotal, settle } from '../../census/settle.ts';
import { readEarlier } from './earlier.ts';
import type { Level, SettlingDeps } from './settle-run.ts';

export type AccountRunDeps = SettlingDeps & {
  ledger: Pick<SweepingLedger, 'readRun' | 'readRecords' | 'earlierRuns' | 'lastKnown' | 'storeTotal'> &
    ReportingLedger;
  announceTotal: AnnounceTotal;
  sendNudge: SendNudge;
};

export function accountRuns(deps: AccountRunDeps): Level<Run, RegionRecord, Total> {
  const { ledger, clock, config } = deps;
  return {
    readRun: (key) => ledger.readRun(key),
    readRecords: (run) => ledger.readRecords(run),
    // A record may be there of a region that nobody has struck.
    isOpen: () => false,
    settle,
    isSame: sameTotal,
    store: (run, total, records) => store(deps, run, total, records),
    announce: (run, total, records) => deps.announceTotal(run, total, records),
    metricLines: (run, total, records) => metricLines(run, total, records, config.metrics, clock.nowMs()),
    passOn: (run, total, ended) => passOn(deps, run, total, ended),
  };
}

async function store(
  deps: AccountRunDeps,
  run: Run,
  total: Total,
  records: readonly RegionRecord[],
): Promise<StoredTotal | 'refused'> {
  const { ledger, clock } = deps;
  const [earlier, ...missing] = await Promise.all([
    readEarlier(deps, run, 'earlier runs cannot be read', () => ledger.earlierRuns(run)),
    ...total.missing.map((gap) => withLastKnown(deps, run, gap)),
  ]);
  const told = lookBack(run, { ...total, missing }, records, earlier);
  return await ledger.storeTotal(run, told, run.rev, new Date(clock.nowMs()).toISOString());
}

async function withLastKnown(deps: AccountRunDeps, run: Run, gap: Missing): Promise<Missing> {
  const { censusId, runId } = run;
  const { region } = gap;
  const lastKnown = await readEarlier(deps, { ...run, region }, 'an earlier count cannot be read', () =>
    deps.ledger.lastKnown(censusId, region, runId),
  );
  // Of a region that is off the run has known it since it opened, however long ago that count was.
  const known = lastKnown ?? run.off?.find((off) => off.region === region)?.lastKnown;
  return known === undefined ? gap : { ...gap, lastKnown: known };
}

/**
 * What the organisation is told of its account:
 *
 *     account record ─▶ strike, or only news ─▶ nudge
 *                    └─ a crash anywhere: the account's run is not marked settled yet, and the sweep repeats it
 */
async function passOn(
  { ledger, clock, sendNudge }: AccountRunDeps,
  run: Run,
  total: StoredTotal,
  ended: boolean,
): Promise<void> {
  const { parent } = run;
  if (parent === undefined) return;
  const recordedAt = new Date(clock.nowMs()).toISOString();
  await ledger.writeAccountRecord(accountRecordOf({ ...run, parent }, total, recordedAt), parent);
  const organization = parentKeyOf(run);
  if (await ledger.strikeAccount(organization, parent, ended)) await sendNudge(organization);
}
