import { completeOf, instantOf, type Metric, renderMetric, type Sample, totalOf } from '../prometheus.ts';
import type { AccountRow } from './account-row.ts';
import type { OrganizationLatestAnswer } from './latest.ts';

/**
 * Prometheus' text format, for the newest total of the organisation. By account only where that is asked for: each account makes
 * three series more.
 */
export function renderOrganizationPrometheus(answer: OrganizationLatestAnswer, isByAccount: boolean): string {
  const { accountId, kind, accounts } = answer;
  const whole = ofRun(answer).map((metric) => renderMetric(metric, { account: accountId, kind }));
  const each = isByAccount ? ofAccounts(accounts).map((metric) => renderMetric(metric, { kind })) : [];
  return [...whole, ...each].join('');
}

function ofRun({ run }: OrganizationLatestAnswer): Metric[] {
  const reasons = (counts: object) =>
    Object.entries(counts).map(([reason, value]): Sample => ({ labels: { reason }, value }));
  return [
    totalOf(run),
    completeOf(run),
    { name: 'kvs_census_accounts', help: 'Accounts that were to be counted.', samples: [{ value: run.expected }] },
    {
      name: 'kvs_census_complete_accounts',
      help: 'Accounts of which nothing is missing.',
      samples: run.counted === null ? [] : [{ value: run.counted }],
    },
    {
      name: 'kvs_census_missing_accounts',
      help: 'Accounts of which there is nothing, by reason.',
      samples: reasons(run.accountReasons),
    },
    {
      name: 'kvs_census_missing_regions',
      help: 'Regions that are missing from the other accounts, by reason.',
      samples: reasons(run.regionReasons),
    },
    instantOf(run),
  ];
}

function ofAccounts(rows: readonly AccountRow[]): Metric[] {
  const labelsOf = ({ accountId, name }: AccountRow) => ({ account: accountId, ...(name !== null && { name }) });
  const planned = rows.filter(({ state }) => state !== 'set-aside');
  return [
    {
      name: 'kvs_census_account_streams',
      help: 'Streams of an account, or what else the kind is; one of which there is nothing has no sample.',
      samples: planned.flatMap((row) => (row.streams === null ? [] : [{ labels: labelsOf(row), value: row.streams }])),
    },
    {
      name: 'kvs_census_account_complete',
      help: '1 if nothing of the account is missing, else 0.',
      samples: planned.map((row) => ({ labels: labelsOf(row), value: row.state === 'complete' ? 1 : 0 })),
    },
    {
      name: 'kvs_census_account_missing_regions',
      help: 'Regions that are missing from an account; one of which there is nothing has no sample.',
      samples: planned.flatMap((row) => (row.missing === null ? [] : [{ labels: labelsOf(row), value: row.missing }])),
    },
  ];
}
