import type { LatestAnswer } from '../../answers/latest.ts';
import { number, plural, signed } from '../../answers/words.ts';
import { gapLines, mixtureLines, regionTable, runLine, verdictLine, verdictMark } from './run.ts';
import { type View, wrap } from './text.ts';

export function renderLatest(answer: LatestAnswer, view: View): string {
  const { run, regions, readAt, inProgress } = answer;
  const parts = [
    [verdictLine(run, view), runLine(run, readAt, view), ...comparison(answer, view), ...mixtureLines(run, view)].join(
      '\n',
    ),
    regionTable(regions, view),
  ];
  if (run.missing.length > 0) {
    parts.push([...gapLines(run.missing, readAt, view), `What to do: kvs-census explain ${run.runId}`].join('\n'));
  }
  if (inProgress.length > 0) {
    parts.push(`In progress: ${inProgress.join(', ')}\nFollow it with: kvs-census watch ${inProgress[0]}`);
  }
  return parts.join('\n\n');
}

function comparison({ before, difference, damaged }: LatestAnswer, view: View): string[] {
  if (before === null || difference === null)
    return [`No earlier run${damaged.length > 0 ? ' that can be read' : ''} to compare with.`];
  const change =
    difference.streams === 0
      ? 'no change'
      : `${signed(difference.streams)} ${Math.abs(difference.streams) === 1 ? 'stream' : 'streams'}`;
  const total =
    before.streams === null ? '' : `, ${number(before.streams)} streams, ${verdictMark(before.verdict, view.colours)}`;
  return [
    wrap(
      `${change} in the ${plural(difference.regions, 'region')} that the run before counted too (${before.runId}${total})`,
      view.width,
    ),
  ];
}
