/** What became of each kind, and how all of it is told: as one document, or for people. */
import { number } from '../../answers/words.ts';
import type { Kind } from '../../census/kinds.ts';
import { type Column, table } from '../render/table.ts';
import type { View } from '../render/text.ts';
import type { OrganizationResult } from './organization-result.ts';
import { type LocalResult, verdictOf } from './result.ts';

type Result = LocalResult | OrganizationResult;

/** Of one kind among several: its result, or why there is none. */
export type KindOutcome = { kind: Kind } & ({ result: Result } | { error: string });

/** The one document that `--json` prints when several kinds were counted. */
type LocalResults = {
  runId: string | null;
  accountId: string;
  /** The worst of all kinds; `null` if one could not be counted. */
  verdict: Result['verdict'] | null;
  kinds: (({ kind: Kind } & Result) | { kind: Kind; error: string })[];
};

/** @param owner whose runs they are: an account, or the organisation */
export function localResults(outcomes: readonly KindOutcome[], owner: string): LocalResults {
  const results = outcomes.flatMap((outcome) => ('result' in outcome ? [outcome.result] : []));
  const isComplete = results.every(({ verdict }) => verdict === 'complete');
  return {
    runId: results[0]?.runId ?? null,
    accountId: owner,
    verdict: results.length < outcomes.length ? null : isComplete ? 'complete' : 'partial',
    kinds: outcomes.map((outcome) =>
      'result' in outcome ? { kind: outcome.kind, ...outcome.result } : { kind: outcome.kind, error: outcome.error },
    ),
  };
}

/** Each kind on a line: its number and its verdict, or why there is none. */
export function printOverview(outcomes: readonly KindOutcome[], view: View): string {
  const { colours } = view;
  const isOfAccounts = outcomes.some((outcome) => 'result' in outcome && 'accounts' in outcome.result);
  const of = <T>(outcome: KindOutcome, cell: (result: Result) => T) =>
    'result' in outcome ? cell(outcome.result) : '';
  const columns: Column<KindOutcome>[] = [
    { head: 'kind', cell: ({ kind }) => kind },
    { head: 'number', align: 'right', cell: (outcome) => of(outcome, ({ total }) => number(total)) },
    {
      head: isOfAccounts ? 'accounts' : 'regions',
      align: 'right',
      cell: (outcome) => of(outcome, ({ counted, expected }) => `${counted} of ${expected}`),
    },
    {
      head: 'verdict',
      cell: (outcome) =>
        'result' in outcome ? verdictOf(outcome.result, colours) : colours.red(`not counted: ${outcome.error}`),
      flows: 'in-place',
    },
  ];
  return table(columns, outcomes, view);
}

export type Told = { outcome: KindOutcome; exitCode: number; print: () => string };

/** The worst of all. */
export function exitCodeOfAll(told: readonly Told[]): number {
  if (told.some(({ outcome }) => 'error' in outcome)) return 1;
  return Math.max(0, ...told.map(({ exitCode }) => exitCode));
}

/** Of one kind alone it is that kind's. @param owner whose runs they are */
export function documentOf(told: readonly Told[], owner: string): object {
  const outcomes = told.map(({ outcome }) => outcome);
  const [only, ...others] = outcomes;
  return only !== undefined && others.length === 0 && 'result' in only ? only.result : localResults(outcomes, owner);
}

export function tell(told: readonly Told[], view: View, say: (line: string) => void): void {
  for (const { print } of told) say(`\n${print()}`);
  const outcomes = told.map(({ outcome }) => outcome);
  if (told.length > 1) say(`\n${printOverview(outcomes, view)}`);
}
