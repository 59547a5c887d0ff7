/** A run of the organisation beside the run that it is compared with. */
import { InvalidInputError } from '../../census/errors.ts';
import { isComparable, type OrganizationSummary } from '../../census/organization/summary.ts';
import type { RunId } from '../../census/run.ts';
import { type Damage, refuseDamaged } from '../damage.ts';
import { NoAnswer, noSuchRun } from '../no-answer.ts';
import type { Source, WholeOrganization } from '../reader.ts';
import { findRunId, type RunName } from '../run-name.ts';
import { diffOrganizations, type OrganizationDiff } from './account-diff.ts';
import { type AccountRow, accountRows } from './account-row.ts';
import { recheckOrganization } from './recheck.ts';
import { type OrganizationRunSummary, organizationRunSummary, withoutAccounts } from './run-summary.ts';

export type ComparedOrganization = {
  run: OrganizationRunSummary;
  /** A row for each account that the run names, trouble first. */
  accounts: AccountRow[];
  /** With the run that the changes are told against. `null` where there is no earlier total, or none of this run. */
  comparison: OrganizationComparison | null;
  /** What has come since the total was stored, and is not in it yet, in words. */
  news: string[];
};

/** Of the accounts that both counted alike only those that hold another number, what changed most first. */
export type OrganizationComparison = OrganizationDiff & {
  /** The earlier run. */
  with: OrganizationRunSummary;
  /** It is complete, and of the same accounts and as many regions; otherwise there was none such among those looked at. */
  isComparable: boolean;
  /** The total now less the total then: `net` and all of `coverageSums`, once the totals hold all that the records do. */
  difference: number;
};

/** How many of the newest runs are looked at. What lies beyond, the total knows. */
const NEAR = 10;

/** The run of that name, and the newest of those before it, newest first. @throws NoAnswer if there is no such run */
export async function readUpTo(
  source: Source,
  name: RunName,
  nowMs: number,
  damage: Damage,
): Promise<[OrganizationSummary, ...OrganizationSummary[]]> {
  const runId = await findRunId(source, name, nowMs);
  const runs = await readNewest(source, damage, runId);
  refuseDamaged(damage, runId);
  const [run, ...earlier] = runs;
  if (run?.runId !== runId) throw noSuchRun(source, runId);
  return [run, ...earlier];
}

/** One request. */
export async function readNewest(
  { reader, censusId }: Source,
  damage: Damage,
  until?: RunId,
): Promise<OrganizationSummary[]> {
  const runs: OrganizationSummary[] = [];
  const reading = { ...(until !== undefined && { until }), limit: NEAR, onDamaged: damage.note };
  for await (const run of reader.organizationRuns(censusId, reading)) runs.push(run);
  return runs;
}

/**
 * The runs that a run may be compared with, best first: the newest that is complete and of the same accounts, then the newest that
 * has a total, and the others.
 * @param earlier newest first
 */
export function otherOf(run: OrganizationSummary, earlier: readonly OrganizationSummary[]): RunId[] {
  const { planned, total } = run;
  if (total === undefined) return [];
  const totals = earlier.filter(({ total }) => total !== undefined);
  const comparable =
    totals.find((one) => isComparable({ planned, total }, one))?.runId ?? total.before?.comparable?.runId;
  return [...new Set([...(comparable === undefined ? [] : [comparable]), ...totals.map(({ runId }) => runId)])];
}

export function noneBefore({ runId }: OrganizationSummary, damage: Damage): NoAnswer {
  const [item] = damage.items();
  return new NoAnswer(
    `Before the run ${runId} of the organisation there is none with a total${item === undefined ? '' : ` that can be read (${item.problem})`}, so there is nothing to compare it with.`,
  );
}

/**
 * The run and the one that it is compared with, whole. One that cannot be read, or contradicts itself, leaves its place to another.
 * @throws InvalidInputError if this run is damaged, contradicts itself, or is gone
 */
export async function readCompared(
  { reader, censusId }: Source,
  summary: OrganizationSummary,
  earlier: readonly OrganizationSummary[],
  nowMs: number,
  damage: Damage,
): Promise<ComparedOrganization & { whole: WholeOrganization }> {
  const { runId } = summary;
  const whole = await reader.wholeOrganization({ censusId, runId });
  if (whole === undefined) throw new InvalidInputError(`The run ${runId} is in the index, but its item is gone.`);
  const news = recheckOrganization(whole);
  for (const other of otherOf(summary, earlier)) {
    try {
      const before = await reader.wholeOrganization({ censusId, runId: other });
      if (before?.run.total === undefined) continue;
      recheckOrganization(before);
      return { ...comparedOf(whole, before, nowMs), news, whole };
    } catch (error) {
      damage.noteRun(other, error);
    }
  }
  return { ...comparedOf(whole, undefined, nowMs), news, whole };
}

function comparedOf(
  now: WholeOrganization,
  before: WholeOrganization | undefined,
  nowMs: number,
): Omit<ComparedOrganization, 'news'> {
  return {
    run: organizationRunSummary(withoutAccounts(now.run), nowMs),
    accounts: accountRows(now.run, now.records, before?.records ?? [], nowMs),
    comparison: before === undefined ? null : comparisonOf(now, before, nowMs),
  };
}

function comparisonOf(now: WholeOrganization, before: WholeOrganization, nowMs: number): OrganizationComparison {
  const { accounts, ...diff } = diffOrganizations(before, now);
  const moved = accounts.filter(({ net }) => net !== 0);
  const { planned, total } = withoutAccounts(now.run);
  return {
    with: organizationRunSummary(withoutAccounts(before.run), nowMs),
    isComparable: total !== undefined && isComparable({ planned, total }, withoutAccounts(before.run)),
    difference: (total?.streams ?? 0) - (before.run.total?.streams ?? 0),
    ...diff,
    accounts: moved.sort((one, other) => Math.abs(other.net) - Math.abs(one.net)),
  };
}
