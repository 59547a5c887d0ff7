import { InvalidInputError } from '../census/errors.ts';
import type { RunId } from '../census/run.ts';
import { type Place, SOMEWHERE } from './place.ts';
import type { DamagedItem, Source, TimeRange } from './reader.ts';
import { whose } from './whose.ts';

/** What was asked for is not in the ledger, or not yet; the message is one sentence for a person. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/**
 * Why a reading found no run: what there is, is damaged; or there is none.
 * @param range the time that was asked for, if not all of it
 */
export function noRuns(
  { censusId, description, place = SOMEWHERE }: Source,
  [damaged]: readonly DamagedItem[],
  { since, until }: TimeRange = {},
): Error {
  if (damaged !== undefined) return new InvalidInputError(damaged.problem);
  const times = [...(since ? [`since ${since}`] : []), ...(until ? [`until ${until}`] : [])];
  const what = `There are no runs of ${whose(censusId)}`;
  if (times.length > 0) {
    return new NoAnswer(
      `${what} ${times.join(' and ')} in ${description}: \`kvs-census runs\` lists those that there are.`,
    );
  }
  return new NoAnswer(`${what} in ${description} yet: ${firstRun(place)}, or check --account.`);
}

/** How to get one. */
function firstRun({ options, ledgerOnly }: Place): string {
  if (ledgerOnly) return 'count once with `npm start`';
  const first = 'start the first one with `kvs-census run --now --wait`';
  return options.includes('--local') ? first : `${first}, wait for the schedule`;
}

export function noTotalYet(runId: RunId): NoAnswer {
  return new NoAnswer(
    `The run ${runId} has no total yet, so nothing can be compared with it: follow it with \`kvs-census watch ${runId}\`.`,
  );
}

export function noSuchRun({ censusId, description }: Source, runId: RunId): NoAnswer {
  return new NoAnswer(
    `There is no run ${runId} of ${whose(censusId)} in ${description}: \`kvs-census runs\` lists those that there are.`,
  );
}

export function sameRun(runId: RunId): NoAnswer {
  return new NoAnswer(`Both names are of the run ${runId}: name another one to compare it with.`);
}
