import { commandLine } from '../../answers/place.ts';
import type { RunAnswer } from '../../answers/run.ts';
import { ago, plural, toSecond } from '../../answers/words.ts';
import { facetLines } from './facets.ts';
import { churnLines, gapLines, mixtureLines, planLines, regionTable, runLine, verdictLine } from './run.ts';
import { type View, wrap } from './text.ts';

/** `waiting`: what is waited for, where somebody follows the run already. */
export function renderWholeRun({ kind, run, regions, readAt }: RunAnswer, view: View, waiting?: string): string {
  const parts = [
    [
      verdictLine(run, view),
      runLine(run, readAt, view),
      wrap(instants(run), view.width),
      ...planLines(run, view),
      ...churnLines(run, view),
      ...mixtureLines(run, view),
    ].join('\n'),
    regionTable(regions, view),
    ...facetLines(kind, run.tally, view),
  ];
  if (waiting !== undefined) parts.push(wrap(waiting, view.width));
  else if (run.waitingFor.length > 0) {
    parts.push(
      `${wrap(`Waiting for ${plural(run.waitingFor.length, 'region')} until ${toSecond(run.deadlineAt)} (${ago(run.deadlineAt, readAt)}).`, view.width)}\nFollow it with: ${commandLine(view.place, `watch ${run.runId}`)}`,
    );
  }
  if (run.missing.length > 0) {
    parts.push(
      [...gapLines(run.missing, readAt, view), `What to do: ${commandLine(view.place, `explain ${run.runId}`)}`].join(
        '\n',
      ),
    );
  }
  return parts.join('\n\n');
}

function instants({ openedAt, firstCountedAt, lastCountedAt, settledAt }: RunAnswer['run']): string {
  const counted =
    firstCountedAt === null
      ? ''
      : `, counted ${toSecond(firstCountedAt)} to ${toSecond(lastCountedAt ?? firstCountedAt)}`;
  return `opened ${toSecond(openedAt)}${counted}${settledAt === null ? '' : `, settled ${toSecond(settledAt)}`}`;
}
