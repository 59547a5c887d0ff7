/** What is new in an organisation's total, against the runs before. Nothing of it is part of a number. */
import { isDeepStrictEqual } from 'node:util';
import { partialRow } from '../look-back.ts';
import type { OrganizationRun } from './run.ts';
import { isComparable, type OrganizationSummary, plannedOf } from './summary.ts';
import { areAllNamed, type OrganizationTotal, type StoredOrganizationTotal } from './total.ts';

type Settled = OrganizationSummary & { total: StoredOrganizationTotal };

/**
 * The total with what earlier runs say of it, as they stand now.
 * @param earlier the newest runs before it, newest first; nothing where they cannot be read: then the total says of itself alone
 */
export function lookBackOrganization(
  run: Pick<OrganizationRun, 'accounts'>,
  total: OrganizationTotal,
  earlier: readonly OrganizationSummary[] | undefined,
): OrganizationTotal {
  const settled = (earlier ?? []).filter((each): each is Settled => each.total !== undefined);
  const [newest] = settled;
  if (newest === undefined) return total;
  const planned = plannedOf(run);
  const complete = settled.find((each) => isComparable({ planned, total }, each));
  return {
    ...total,
    before: {
      runId: newest.runId,
      streams: newest.total.streams,
      ...(complete && { comparable: { runId: complete.runId, streams: complete.total.streams } }),
      ...(hasUnseenAbove(total, newest.total) && { unseenAbove: true as const }),
      ...(total.verdict === 'partial' && { partialRuns: partialRow(settled) }),
      ...(saysTheSame({ planned, total }, newest) && { unchanged: true as const }),
    },
  };
}

/** Which regions they were a total does not say; so it is over once all are seen. */
function hasUnseenAbove(total: OrganizationTotal, newest: StoredOrganizationTotal): boolean {
  const wasAbove = (newest.quota?.aboveRegions ?? 0) > 0 || newest.before?.unseenAbove === true;
  return wasAbove && !seesAllQuotas(total) && (total.quota?.aboveRegions ?? 0) === 0;
}

/** Whether it is known of each planned region how full it is. */
export function seesAllQuotas({ expected, counted, quota }: OrganizationTotal): boolean {
  return counted === expected && quota?.unknownRegions === 0;
}

/**
 * For whoever only hears of changes. Where not all that is missing is named, nobody knows whether it is the same. Names of accounts
 * are no part of it.
 */
function saysTheSame(one: Pick<Settled, 'planned'> & { total: OrganizationTotal }, other: Settled): boolean {
  if (![one, other].every(({ total }) => areAllNamed(total))) return false;
  return isDeepStrictEqual(one.planned, other.planned) && isDeepStrictEqual(said(one.total), said(other.total));
}

function said({ streams, counted, regions, missing }: OrganizationTotal) {
  const gaps = missing.map(({ accountId, reason, regions: of, reasons }) => ({ accountId, reason, of, reasons }));
  return { streams, counted, regions, gaps };
}
