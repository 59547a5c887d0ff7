import type { OrganizationLatestAnswer } from '../../../answers/organization/latest.ts';
import { commandLine } from '../../../answers/place.ts';
import { mixtureLines, runLine } from '../run.ts';
import type { View } from '../text.ts';
import { accountTable } from './accounts.ts';
import { comparisonLines } from './comparison.ts';
import { gapLines, planLines, verdictLine } from './run.ts';

export function renderOrganizationLatest(answer: OrganizationLatestAnswer, view: View, isFiltered = false): string {
  const { run, accounts, readAt, inProgress } = answer;
  const parts = [
    [
      verdictLine(run, view),
      runLine(run, readAt, view),
      ...planLines(run, view),
      ...gapLines(run, view),
      ...comparedWith(answer, view),
      ...mixtureLines(run, view),
    ].join('\n'),
    accountTable(accounts, view, isFiltered),
  ];
  if (run.verdict === 'partial') parts.push(`What to do: ${commandLine(view.place, `explain ${run.runId}`)}`);
  if (inProgress.length > 0) {
    parts.push(
      `In progress: ${inProgress.join(', ')}\nFollow it with: ${commandLine(view.place, `watch ${inProgress[0]}`)}`,
    );
  }
  return parts.join('\n\n');
}

function comparedWith({ comparison, damaged }: OrganizationLatestAnswer, view: View): string[] {
  if (comparison !== null) return comparisonLines(comparison, view);
  return [`No earlier run${damaged.length > 0 ? ' that can be read' : ''} to compare with.`];
}
