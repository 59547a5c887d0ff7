import type { OrganizationRunAnswer } from '../../../answers/organization/run.ts';
import type { OrganizationRunSummary } from '../../../answers/organization/run-summary.ts';
import { commandLine } from '../../../answers/place.ts';
import { ago, plural, toSecond } from '../../../answers/words.ts';
import { facetLines } from '../facets.ts';
import { mixtureLines, runLine } from '../run.ts';
import { type View, wrap } from '../text.ts';
import { accountTable } from './accounts.ts';
import { gapLines, planLines, verdictLine } from './run.ts';

/** `waiting`: what is waited for, where somebody follows the run already. */
export function renderWholeOrganization(
  { kind, run, accounts, readAt }: OrganizationRunAnswer,
  view: View,
  { waiting, isFiltered = false }: { waiting?: string; isFiltered?: boolean } = {},
): string {
  const parts = [
    [
      verdictLine(run, view),
      runLine(run, readAt, view),
      wrap(instants(run), view.width),
      ...planLines(run, view),
      ...gapLines(run, view),
      ...mixtureLines(run, view),
    ].join('\n'),
    accountTable(accounts, view, isFiltered),
    ...facetLines(kind, run.tally, view),
  ];
  if (waiting !== undefined) parts.push(wrap(waiting, view.width));
  else if (run.waiting > 0) {
    const what = `Waiting for ${plural(run.waiting, 'account')} until ${toSecond(run.deadlineAt)} (${ago(run.deadlineAt, readAt)}).`;
    parts.push(`${wrap(what, view.width)}\nFollow it with: ${commandLine(view.place, `watch ${run.runId}`)}`);
  }
  if (run.verdict === 'partial') parts.push(`What to do: ${commandLine(view.place, `explain ${run.runId}`)}`);
  return parts.join('\n\n');
}

function instants({ openedAt, firstCountedAt, lastCountedAt, settledAt }: OrganizationRunSummary): string {
  const counted =
    firstCountedAt === null
      ? ''
      : `, counted ${toSecond(firstCountedAt)} to ${toSecond(lastCountedAt ?? firstCountedAt)}`;
  return `opened ${toSecond(openedAt)}${counted}${settledAt === null ? '' : `, settled ${toSecond(settledAt)}`}`;
}
