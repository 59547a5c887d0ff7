/** How the run of an organisation is settled: its plan is accounts, and it is part of nothing. */
import type { AccountRecord } from '../../census/organization/account-record.ts';
import { lookBackOrganization } from '../../census/organization/look-back.ts';
import { organizationMetricLines } from '../../census/organization/metrics.ts';
import type { AnnounceOrganization, OrganizationSettlingLedger } from '../../census/organization/ports.ts';
import type { OrganizationRun } from '../../census/organization/run.ts';
import { isOpen, sameOrganizationTotal, settleOrganization } from '../../census/organization/settle.ts';
import type { OrganizationTotal } from '../../census/organization/total.ts';
import { readEarlier } from './earlier.ts';
import type { Level, SettlingDeps } from './settle-run.ts';

export type OrganizationRunDeps = SettlingDeps & {
  ledger: Pick<
    OrganizationSettlingLedger,
    'readOrganization' | 'readAccountRecords' | 'earlierOrganizations' | 'storeOrganizationTotal'
  >;
  announceOrganization: AnnounceOrganization;
};

export function organizationRuns(deps: OrganizationRunDeps): Level<OrganizationRun, AccountRecord, OrganizationTotal> {
  const { ledger, clock, config } = deps;
  return {
    readRun: (key) => ledger.readOrganization(key),
    readRecords: (run) => ledger.readAccountRecords(run),
    isOpen,
    settle: settleOrganization,
    isSame: sameOrganizationTotal,
    async store(run, total) {
      const earlier = await readEarlier(deps, run, 'earlier runs cannot be read', () =>
        ledger.earlierOrganizations(run),
      );
      const told = lookBackOrganization(run, total, earlier);
      return await ledger.storeOrganizationTotal(run, told, run.rev, new Date(clock.nowMs()).toISOString());
    },
    announce: (run, total) => deps.announceOrganization(run, total),
    metricLines: (run, total, records) => organizationMetricLines(run, total, records, config.metrics, clock.nowMs()),
    passOn: async () => {},
  };
}
