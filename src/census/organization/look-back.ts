/** What is new in an organisation's total, against the runs before. Nothing of it is part of a number. */
import { isDeepStrictEqual } from 'node:util';
import { partialRow } from '../look-back.ts';
import type { OrganizationRun } from './run.ts';
import { type OrganizationSummary, plannedOf } from './summary.ts';
import type { OrganizationTotal, StoredOrganizationTotal } from './total.ts';

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
  const isOfSame = (each: Settled) => isDeepStrictEqual(each.planned, planned);
  // A region that is planned no more, or that is new, is no drop and no growth.
  const isOfAsMany = (each: Settled) => each.total.regions.expected === total.regions.expected;
  const complete = settled.find((each) => each.total.verdict === 'complete' && isOfSame(each) && isOfAsMany(each));
  return {
    ...total,
    before: {
      runId: newest.runId,
      streams: newest.total.streams,
      ...(complete && { comparable: { runId: complete.runId, streams: complete.total.streams } }),
      ...(hasUnseenAbove(total, newest.total) && { unseenAbove: true as const }),
      ...(total.verdict === 'partial' && { partialRuns: partialRow(settled) }),
      ...(isOfSame(newest) && isDeepStrictEqual(said(newest.total), said(total)) && { unchanged: true as const }),
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

/** What whoever only hears of changes wants to hear of. Names of accounts are no part of it. */
function said({ streams, counted, regions, missing }: OrganizationTotal) {
  const gaps = missing.map(({ accountId, reason, regions: of, reasons }) => ({ accountId, reason, of, reasons }));
  return { streams, counted, regions, gaps };
}
