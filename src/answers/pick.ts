import { recheck } from '../census/recheck.ts';
import type { RunId } from '../census/run.ts';
import { UsageError } from '../cli/errors.ts';
import type { Io } from '../cli/io.ts';
import { warnOfNews } from '../cli/print.ts';
import type { Source } from '../cli/source/source.ts';
import { makeDamage, refuseNewer, refuseOnlyDamage } from './damage.ts';
import type { TimeRange, WholeRun } from './reader.ts';

type Ledger = Pick<Source, 'reader' | 'accountId' | 'description'>;

/** The run that a person named: by its id, or `latest`, which is the newest that has a total. */
export async function runIdOfName({ reader, accountId, description }: Ledger, name: RunId | 'latest'): Promise<RunId> {
  if (name !== 'latest') return name;
  const damage = makeDamage();
  const newest = await reader.newestRuns(accountId, { totals: 1, onDamaged: damage.note });
  const found = newest.find(({ total }) => total !== undefined) ?? newest[0];
  if (found === undefined) refuseOnlyDamage(damage);
  if (found === undefined) throw noRuns(accountId, description);
  refuseNewer(damage, found.runId);
  return found.runId;
}

/** The run with its records, added up once more. */
export async function readWholeRun(source: Ledger, io: Io, name: RunId | 'latest'): Promise<WholeRun> {
  const runId = await runIdOfName(source, name);
  const whole = await source.reader.wholeRun({ accountId: source.accountId, runId });
  if (whole === undefined) throw noSuchRun(runId, source);
  warnOfNews(io, runId, recheck(whole.run, whole.records));
  return whole;
}

export function noSuchRun(runId: RunId, { accountId, description }: Ledger): UsageError {
  return new UsageError(
    `There is no run ${runId} of the account ${accountId} in ${description}: \`kvs-census runs\` lists those that there are.`,
  );
}

/** `range` is the time that was asked for, if not all of it. */
export function noRuns(accountId: string, description: string, { since, until }: TimeRange = {}): UsageError {
  const times = [...(since ? [`since ${since}`] : []), ...(until ? [`until ${until}`] : [])];
  if (times.length > 0) {
    return new UsageError(
      `There are no runs of the account ${accountId} ${times.join(' and ')} in ${description}: \`kvs-census runs\` lists those that there are.`,
    );
  }
  return new UsageError(
    `There are no runs of the account ${accountId} in ${description}: wait for the first scheduled run, start one with \`kvs-census run --now\` (here with \`npm start\`), or check --account.`,
  );
}
