/** The history of the organisation's totals. */
import type { OrganizationSummary } from '../../census/organization/summary.ts';
import type { RunId } from '../../census/run.ts';
import { makeDamage } from '../damage.ts';
import { type Head, headOf } from '../head.ts';
import { noRuns } from '../no-answer.ts';
import type { DamagedItem, Source } from '../reader.ts';
import { beyond, type Range, type RunLine } from '../runs.ts';
import { type OrganizationRunSummary, organizationRunSummary } from './run-summary.ts';

export type OrganizationRunsAnswer = Head<'organization-runs'> & {
  /** Newest first. */
  runs: OrganizationLine[];
  /** There are older ones in the range that was asked for. */
  more: boolean;
  /** Where to go on: the newest of these, which is given as the end of the next range; `null` where there are none. */
  next: RunId | null;
  damaged: DamagedItem[];
};

/** `change`, `since`: against the newest earlier run that is complete and of the same accounts, of a run that is complete. */
export type OrganizationLine = OrganizationRunSummary & Pick<RunLine, 'change' | 'since'>;

/** Older runs than those asked for, in which the oldest complete ones look for what they can be compared with. */
const FURTHER = 30;

/** One request for up to some hundred runs. @throws NoAnswer if there are none */
export async function readOrganizationRuns(
  source: Source,
  { limit, ...time }: Range,
  nowMs: number,
): Promise<OrganizationRunsAnswer> {
  const { reader, censusId } = source;
  const damage = makeDamage();
  const runs: OrganizationSummary[] = [];
  const reading = { ...time, limit: limit + FURTHER, onDamaged: damage.note };
  for await (const run of reader.organizationRuns(censusId, reading)) runs.push(run);
  if (runs.length === 0) throw noRuns(source, damage.items(), time);
  const lines = runs.slice(0, limit).map((run, at) => {
    const before = comparableOf(run, runs.slice(at + 1));
    // A run that cannot be read may be the one that it is to be compared with.
    const isNext = !damage.items().some(({ runId }) => runId < run.runId && runId > (before?.runId ?? ''));
    return { ...organizationRunSummary(run, nowMs), ...changeOf(run, isNext ? before : undefined) };
  });
  const damaged = damage.items();
  return { ...headOf('organization-runs', censusId, nowMs), runs: lines, ...beyond(runs, limit), damaged };
}

function comparableOf({ planned, total }: OrganizationSummary, earlier: readonly OrganizationSummary[]) {
  if (total?.verdict !== 'complete') return undefined;
  return earlier.find((one) => one.total?.verdict === 'complete' && one.planned.fingerprint === planned.fingerprint);
}

function changeOf({ total }: OrganizationSummary, before: OrganizationSummary | undefined) {
  if (total === undefined || before?.total === undefined) return { change: null, since: null };
  return { change: total.streams - before.total.streams, since: before.runId };
}
