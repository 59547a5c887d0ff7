/** What is asked of an account's runs. Each answer is loaded when it is asked for. */
import { makeDamage } from '../damage.ts';
import { noRuns } from '../no-answer.ts';
import type { Source } from '../reader.ts';
import type { RunFilter } from '../run-filter.ts';
import type { Asking } from './asking.ts';
import { NotAsked } from './not-asked.ts';

export const askAccount = {
  async latest(source, filter, nowMs) {
    await refuseFilter(source, filter);
    return await (await import('../latest.ts')).readLatest(source, nowMs);
  },
  async runs(source, range, filter, nowMs) {
    const { readWantedRuns } = await import('../run-filter.ts');
    return { answer: await readWantedRuns(source, range, filter, nowMs), news: [] };
  },
  async run(source, name, filter, nowMs) {
    await refuseFilter(source, filter);
    return await (await import('../run.ts')).readRun(source, name, nowMs);
  },
  async explain(source, name, nowMs) {
    return await (await import('../explain.ts')).readExplain(source, name, nowMs);
  },
  async diff(source, names, nowMs) {
    const { readDiff, readNewestDiff } = await import('../diff.ts');
    return names === undefined ? await readNewestDiff(source, nowMs) : await readDiff(source, ...names, nowMs);
  },
  async why(source, name, than, nowMs) {
    return await (await import('../why.ts')).readWhy(source, name, than, nowMs);
  },
  async region(source, region, range, filter, nowMs) {
    const { readWantedPoints } = await import('../run-filter.ts');
    return { answer: await readWantedPoints(source, region, range, filter, nowMs), news: [] };
  },
  async headroom(source, options, nowMs) {
    return await (await import('../headroom.ts')).readHeadroom(source, options, nowMs);
  },
  async metrics(source, { isByAccount }, nowMs) {
    if (isByAccount) await refuse(source, ONLY_BY_ACCOUNT);
    const [{ readLatest }, { renderPrometheus }] = await Promise.all([
      import('../latest.ts'),
      import('../prometheus.ts'),
    ]);
    const { answer } = await readLatest(source, nowMs);
    return { text: renderPrometheus(answer), answer };
  },
} satisfies Asking;

const ONLY_AMONG_ACCOUNTS =
  'A verdict or a reason chooses among the accounts of an organisation, and these runs are of one account: leave it out.';
const ONLY_BY_ACCOUNT =
  'Numbers by account are those of an organisation, and these runs are of one account: leave it out.';

async function refuseFilter(source: Source, { verdict, reason }: RunFilter): Promise<void> {
  if ((verdict ?? reason) !== undefined) await refuse(source, ONLY_AMONG_ACCOUNTS);
}

/** What is meant for an organisation. */
export async function refuseByAccount(source: Source): Promise<never> {
  return await refuse(source, ONLY_BY_ACCOUNT);
}

/** Not before it is known that the account's runs are asked for, and not the organisation's: the first run that is read tells. */
async function refuse(source: Source, sentence: string): Promise<never> {
  const damage = makeDamage();
  const [newest] = await source.reader.newestRuns(source.censusId, { runs: 1, onDamaged: damage.note });
  throw newest === undefined ? noRuns(source, damage.items()) : new NotAsked(sentence);
}
