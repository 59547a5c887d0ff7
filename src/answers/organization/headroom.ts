/** How full the accounts of the organisation are, as their runs' totals say. When one will be full, its own answer tells. */
import type { KindQuota } from '../../census/kinds/kind.ts';
import type { SettledAccount } from '../../census/organization/account-record.ts';
import { makeDamage, refuseNewer } from '../damage.ts';
import { type Head, headOf } from '../head.ts';
import { newestOf } from '../newest.ts';
import type { Read } from '../news.ts';
import { NoAnswer, noRuns } from '../no-answer.ts';
import { kindQuotaOf } from '../quota.ts';
import type { DamagedItem, Source, WholeOrganization } from '../reader.ts';
import { type AccountRow, accountRows } from './account-row.ts';
import { readNewest } from './compared-run.ts';
import { readWholeOrganization } from './run.ts';
import { type OrganizationRunSummary, organizationRunSummary, withoutAccounts } from './run-summary.ts';

export type OrganizationHeadroomAnswer = Head<'organization-headroom'> & {
  /** The newest that has a total. */
  run: OrganizationRunSummary;
  /** From how many percent on a region is above, as the deployment has it; 0: none ever is. */
  alarmPercent: number;
  /** Service Quotas' codes, and what it calls the quota; `null` where no quota of the kind is looked at. */
  quota: Pick<KindQuota, 'service' | 'code' | 'name'> | null;
  /** Those that have a number, fullest first; those of which no quota is known last. */
  accounts: AccountHeadroom[];
  /** Those of which there is nothing: how full they are is not known. */
  missing: Pick<AccountRow, 'accountId' | 'name' | 'reason'>[];
  /** How many accounts are in neither list, because whoever answers gives no more. */
  accountsLeftOut: number;
  damaged: DamagedItem[];
};

export type AccountHeadroom = {
  accountId: string;
  name: string | null;
  streams: number;
  /** Its fullest region; `null` where nothing is known of any. */
  highest: { region: string; percent: number } | null;
  /** Its regions that are above. */
  above: string[];
  /** How many counted regions there are of whose quota nothing is known, and how many regions are missing. */
  unknown: number;
  missing: number;
};

/** Of runs that say none of their own: the parameter's default. */
const ALARM_PERCENT = 80;

/** One request for the newest runs, and the newest total whole. @throws NoAnswer if there is no total */
export async function readOrganizationHeadroom(
  source: Source,
  nowMs: number,
): Promise<Read<OrganizationHeadroomAnswer>> {
  const damage = makeDamage();
  const runs = await readNewest(source, damage);
  const { latest } = newestOf(runs);
  if (runs[0] === undefined) throw noRuns(source, damage.items());
  if (latest === undefined) throw noTotal(runs[0].runId);
  refuseNewer(damage, latest.runId);
  const { news, ...whole } = await readWholeOrganization(source, latest.runId, nowMs);
  const head = headOf('organization-headroom', source.censusId, nowMs);
  return { answer: { ...head, ...headroomOf(whole, nowMs), damaged: damage.items() }, news: [news] };
}

const noTotal = (runId: string) =>
  new NoAnswer(
    `The run ${runId} of the organisation has no total yet, and no other one has, so nothing is known of how full an account is: follow it with \`kvs-census watch ${runId}\`.`,
  );

function headroomOf(
  { run, records }: WholeOrganization,
  nowMs: number,
): Omit<OrganizationHeadroomAnswer, keyof Head<'organization-headroom'> | 'damaged'> {
  const kindQuota = kindQuotaOf(run.censusId);
  const rows = accountRows(run, records, [], nowMs);
  const names = new Map(rows.map(({ accountId, name }) => [accountId, name]));
  const settled = records.filter((record) => record.status === 'settled');
  return {
    run: organizationRunSummary(withoutAccounts(run), nowMs),
    alarmPercent: run.total?.quota?.alarmPercent ?? ALARM_PERCENT,
    quota: kindQuota === undefined ? null : namesOf(kindQuota),
    accounts: settled.map((record) => accountOf(record, names.get(record.accountId) ?? null)).sort(fullestFirst),
    missing: rows
      .filter(({ state }) => state === 'failed' || state === 'waiting')
      .map(({ accountId, name, reason }) => ({ accountId, name, reason })),
    accountsLeftOut: 0,
  };
}

const namesOf = ({ service, code, name }: KindQuota) => ({ service, code, name });

function accountOf(
  { accountId, tally, quota, expected, counted }: SettledAccount,
  name: string | null,
): AccountHeadroom {
  return {
    accountId,
    name,
    streams: tally.streams,
    highest: quota?.highest ?? null,
    above: [...(quota?.above ?? [])],
    unknown: quota === undefined ? counted : quota.unknown,
    missing: expected - counted,
  };
}

function fullestFirst(one: AccountHeadroom, other: AccountHeadroom): number {
  return (
    Number(other.above.length > 0) - Number(one.above.length > 0) ||
    (other.highest?.percent ?? -1) - (one.highest?.percent ?? -1) ||
    (one.accountId < other.accountId ? -1 : 1)
  );
}
