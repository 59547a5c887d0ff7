/** The newest total of the organisation. */
import type { RunId } from '../../census/run.ts';
import { makeDamage, refuseNewer } from '../damage.ts';
import { type Head, headOf } from '../head.ts';
import { newestOf } from '../newest.ts';
import type { Read } from '../news.ts';
import { noRuns } from '../no-answer.ts';
import type { DamagedItem, Source } from '../reader.ts';
import { type ComparedOrganization, readCompared, readNewest } from './compared-run.ts';

/** `run` is the newest that has a total, or the newest if none has. */
export type OrganizationLatestAnswer = Head<'organization-latest'> &
  Omit<ComparedOrganization, 'news'> & {
    /** How many accounts are not in the list, because whoever answers gives no more. */
    accountsLeftOut: number;
    /** Newer runs, which have no total yet; newest first. */
    inProgress: RunId[];
    /** Older items that were left out. */
    damaged: DamagedItem[];
  };

/**
 * The newest runs, one request; then the newest total and the one that it is compared with, whole.
 * @throws NoAnswer if there are no runs; InvalidInputError if what would be the latest is damaged
 */
export async function readOrganizationLatest(source: Source, nowMs: number): Promise<Read<OrganizationLatestAnswer>> {
  const damage = makeDamage();
  const runs = await readNewest(source, damage);
  const { latest = runs[0], open } = newestOf(runs);
  if (latest === undefined) throw noRuns(source, damage.items());
  const { runId } = latest;
  refuseNewer(damage, runId);
  const earlier = runs.filter((run) => run.runId < runId);
  const { news, whole: _, ...compared } = await readCompared(source, latest, earlier, nowMs, damage);
  refuseNewer(damage, runId);
  const answer = {
    ...headOf('organization-latest', source.censusId, nowMs),
    ...compared,
    accountsLeftOut: 0,
    inProgress: open.filter((run) => run !== latest).map((run) => run.runId),
    damaged: damage.items(),
  };
  return { answer, news: [{ runId, regions: news }] };
}
