import type { LatestAnswer } from '../../answers/latest.ts';
import { commandLine } from '../../answers/place.ts';
import { comparisonLines } from './comparison.ts';
import { churnLines, gapLines, mixtureLines, planLines, regionTable, runLine, verdictLine } from './run.ts';
import type { View } from './text.ts';

export function renderLatest(answer: LatestAnswer, view: View): string {
  const { run, regions, readAt, inProgress } = answer;
  const parts = [
    [
      verdictLine(run, view),
      runLine(run, readAt, view),
      ...planLines(run, view),
      ...comparedWith(answer, view),
      ...churnLines(run, view),
      ...mixtureLines(run, view),
    ].join('\n'),
    regionTable(regions, view),
  ];
  if (run.missing.length > 0) {
    parts.push(
      [...gapLines(run.missing, readAt, view), `What to do: ${commandLine(view.place, `explain ${run.runId}`)}`].join(
        '\n',
      ),
    );
  }
  if (inProgress.length > 0) {
    parts.push(
      `In progress: ${inProgress.join(', ')}\nFollow it with: ${commandLine(view.place, `watch ${inProgress[0]}`)}`,
    );
  }
  return parts.join('\n\n');
}

function comparedWith({ comparison, damaged }: LatestAnswer, view: View): string[] {
  if (comparison !== null) return comparisonLines(comparison, view);
  return [`No earlier run${damaged.length > 0 ? ' that can be read' : ''} to compare with.`];
}
