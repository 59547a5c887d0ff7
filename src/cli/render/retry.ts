import { commandLine } from '../../answers/place.ts';
import type { RetryAnswer } from '../../answers/retry.ts';
import { plural } from '../../answers/words.ts';
import { plain, type View, wrap } from './text.ts';

export function renderRetry({ runId, round, resumed, regions, deadlineAt }: RetryAnswer, view: View): string {
  const what = resumed
    ? `Round ${round} of the run ${runId} had been opened, but not all of its tasks were published. Published now: `
    : `Round ${round} of the run ${runId} is open until ${deadlineAt}. Asked again: `;
  const which = `${plural(regions.length, 'region')}, ${regions.map(plain).join(', ')}.`;
  return `${wrap(what + which, view.width)}\nFollow it with: ${commandLine(view.place, `watch ${runId}`)}`;
}
