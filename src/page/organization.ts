/** From answers about the organisation to what the page shows of it. */
import { makeDamage } from '../answers/damage.ts';
import { newestOf } from '../answers/newest.ts';
import { NoAnswer, noRuns } from '../answers/no-answer.ts';
import type { AccountCoverageChange } from '../answers/organization/account-diff.ts';
import { streamsIn } from '../answers/organization/account-diff.ts';
import {
  type OrganizationComparison,
  otherOf,
  readCompared,
  readNewest,
  readUpTo,
} from '../answers/organization/compared-run.ts';
import { organizationExplainOf } from '../answers/organization/explain.ts';
import { organizationRunSummary, withoutAccounts } from '../answers/organization/run-summary.ts';
import type { DamagedItem, Source } from '../answers/reader.ts';
import type { Range } from '../answers/runs.ts';
import { plural } from '../answers/words.ts';
import type { OrganizationSummary } from '../census/organization/summary.ts';
import { type AccountGap, areAllNamed } from '../census/organization/total.ts';
import { isSettled, type RunId } from '../census/run.ts';
import {
  type OrganizationLine,
  type OrganizationReport,
  type PageComparison,
  type PageOrganization,
  pageSide,
} from './client/model.ts';

/** What was read before and need not be read again: settled runs, by their keys. */
export type KnownOrganization = Map<string, PageOrganization>;

type OrganizationFront = {
  /** The newest few, newest first. */
  lines: OrganizationLine[];
  latest: PageOrganization | null;
  open: PageOrganization | null;
  damaged: DamagedItem[];
};

/**
 * One request for the newest runs, and for each MB of the newest total, of the one that it is compared with, and of what is open. One
 * that cannot be read, or contradicts itself, leaves its place to another.
 */
export async function readOrganizationFront(
  source: Source,
  nowMs: number,
  known: KnownOrganization,
): Promise<OrganizationFront> {
  const damage = makeDamage();
  const runs = await readNewest(source, damage);
  const read = async (run: OrganizationSummary | undefined) => {
    if (run === undefined) return null;
    const earlier = runs.filter(({ runId }) => runId < run.runId && !damage.has(runId));
    return await readKnown(source, run, earlier, nowMs, known);
  };
  for (;;) {
    const { latest, open } = newestOf(runs.filter(({ runId }) => !damage.has(runId)));
    const wanted = [latest, open[0]];
    const answers = await Promise.allSettled(wanted.map(read));
    const failed = answers.findIndex(({ status }) => status === 'rejected');
    if (failed >= 0) {
      // Whatever is not the fault of this run is thrown on.
      damage.noteRun(wanted[failed]?.runId ?? '', (answers[failed] as PromiseRejectedResult).reason);
      continue;
    }
    const [shown, under] = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : null));
    remember(known, [shown, under]);
    const lines = runs.map((run) => organizationLine(run, nowMs));
    return { lines, latest: shown ?? null, open: under ?? null, damaged: damage.items() };
  }
}

async function readKnown(
  source: Source,
  run: OrganizationSummary,
  earlier: readonly OrganizationSummary[],
  nowMs: number,
  known: KnownOrganization,
): Promise<PageOrganization> {
  const key = keyOf(run, earlier);
  return (key !== null && known.get(key)) || (await readWhole(source, run, earlier, nowMs));
}

function remember(known: KnownOrganization, wholes: readonly (PageOrganization | null | undefined)[]): void {
  known.clear();
  for (const whole of wholes) if (whole?.key) known.set(whole.key, whole);
}

/** What it says follows from these, as long as nothing is waited for. */
function keyOf(run: OrganizationSummary, earlier: readonly OrganizationSummary[]): string | null {
  if (!isSettled(run)) return null;
  const [other = ''] = otherOf(run, earlier);
  const rev = earlier.find(({ runId }) => runId === other)?.rev ?? '';
  return [run.runId, run.rev, other, rev].join(' ');
}

async function readWhole(
  source: Source,
  run: OrganizationSummary,
  earlier: readonly OrganizationSummary[],
  nowMs: number,
): Promise<PageOrganization> {
  const compared = await readCompared(source, run, earlier, nowMs, makeDamage());
  const { accounts, comparison, news, whole } = compared;
  const { retry, retryLater } = organizationExplainOf(compared, source.censusId, nowMs, source.place);
  return {
    run: compared.run,
    line: organizationLine(withoutAccounts(whole.run), nowMs),
    accounts: accounts.map(({ round: _round, recordedAt: _recordedAt, ...account }) => account),
    comparison: comparison && pageComparison(comparison),
    news,
    retry,
    retryLater,
    key: keyOf(withoutAccounts(whole.run), earlier),
  };
}

/** @throws InvalidInputError if it is damaged, or contradicts itself */
export async function readOrganizationRun(
  source: Source,
  runId: RunId,
  nowMs: number,
): Promise<PageOrganization | undefined> {
  try {
    const [run, ...earlier] = await readUpTo(source, runId, nowMs, makeDamage());
    return await readWhole(source, run, earlier, nowMs);
  } catch (error) {
    if (error instanceof NoAnswer) return undefined;
    throw error;
  }
}

/** Newest first. */
export async function readOrganizationLines(source: Source, limit: number, nowMs: number) {
  const damage = makeDamage();
  const lines: OrganizationLine[] = [];
  const runs = source.reader.organizationRuns(source.censusId, { limit, onDamaged: damage.note });
  for await (const run of runs) lines.push(organizationLine(run, nowMs));
  return { lines, damaged: damage.items() };
}

/** @throws NoAnswer if there are no runs */
export async function readOrganizationReport(
  source: Source,
  range: Range,
  nowMs: number,
): Promise<Pick<OrganizationReport, 'runs' | 'newest' | 'damaged'>> {
  const damage = makeDamage();
  const runs: OrganizationSummary[] = [];
  const reading = { ...range, onDamaged: damage.note };
  for await (const run of source.reader.organizationRuns(source.censusId, reading)) runs.push(run);
  const { latest = runs[0] } = newestOf(runs);
  if (latest === undefined) throw noRuns(source, damage.items(), range);
  const earlier = runs.filter(({ runId }) => runId < latest.runId);
  const newest = await readWhole(source, latest, earlier, nowMs);
  return { runs: runs.map((run) => organizationLine(run, nowMs)), newest, damaged: damage.items() };
}

/** So many accounts are named where all cannot be. */
const FEW = 3;

function organizationLine(run: OrganizationSummary, nowMs: number): OrganizationLine {
  const summary = organizationRunSummary(run, nowMs);
  const { runId, verdict, streams, expected, counted, regions, accountReasons, regionReasons, waiting } = summary;
  const gaps = run.total?.missing ?? [];
  const isAllNamed = run.total !== undefined && areAllNamed(run.total);
  return {
    ...{ runId, verdict, streams, expected, counted, regions, accountReasons, regionReasons, waiting },
    worst: gaps.slice(0, FEW).map(gapName),
    misses: isAllNamed ? gaps.map(({ accountId }) => accountId).join() : null,
    planned: run.planned.fingerprint,
  };
}

function gapName({ accountId, name = accountId, reason, regions }: AccountGap): string {
  return `${name} (${reason ?? `${regions?.missing} of ${plural(regions?.expected ?? 0, 'region')}`})`;
}

function pageComparison({
  with: other,
  isComparable,
  net,
  coverage,
  coverageSums,
}: OrganizationComparison): PageComparison {
  const parts = Map.groupBy(coverage, ({ part }) => part);
  return {
    with: pageSide(other),
    isComparable,
    net,
    coverageSums,
    coverage: [...parts].map(([part, changes]) => ({
      part,
      accounts: changes.length,
      most: [...changes]
        .sort(mostFirst)
        .slice(0, FEW)
        .map(({ accountId, name }) => name ?? accountId),
    })),
  };
}

function mostFirst(one: AccountCoverageChange, other: AccountCoverageChange): number {
  const size = ({ before, after }: AccountCoverageChange) => Math.abs(streamsIn(after) - streamsIn(before));
  return size(other) - size(one) || (one.accountId < other.accountId ? -1 : 1);
}
