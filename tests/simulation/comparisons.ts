/** What a person is told who asks, at the end of it all, why one total is not another. */
import type { Kind } from '../../src/census/kinds.ts';
import { historyOf } from '../judging/by-census.ts';
import type { History } from '../judging/history.ts';
import { readRuns } from '../judging/story.ts';
import type { Product } from './product.ts';

/** Each total of a kind in an account beside every earlier one. */
export function comparisonsIn(
  history: History,
  { kind, accountId }: { kind: Kind; accountId: string },
  { comparisonWith }: Pick<Product, 'comparisonWith'>,
) {
  const wholes = readRuns(historyOf(history, kind, accountId))
    .flatMap(({ versions, records }) => {
      const run = versions.at(-1)?.value;
      if (run?.total === undefined) return [];
      return [{ run, records: [...records.values()].flatMap((recorded) => recorded.at(-1)?.value ?? []) }];
    })
    .sort((a, b) => (a.run.runId < b.run.runId ? -1 : 1));
  return wholes.flatMap((now, index) =>
    wholes.slice(0, index).map((before) => ({
      kind,
      account: accountId,
      now: now.run.runId,
      before: before.run.runId,
      comparison: comparisonWith(now, before, [], history.endedAtMs),
    })),
  );
}
