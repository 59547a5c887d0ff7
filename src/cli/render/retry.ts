import { commandLine } from '../../answers/place.ts';
import type { RetryAnswer } from '../../answers/retry.ts';
import { plural } from '../../answers/words.ts';
import { plain, type View, wrap } from './text.ts';
import { inBothTimes } from './watch.ts';

/** `isFollowed`: whoever reads it is shown how it goes on. */
type How = { timeScale: number; isFollowed: boolean };

export function renderRetry(answer: RetryAnswer, view: View, { timeScale, isFollowed }: How): string {
  const { runId, round, resumed, regions, deadlineAt, readAt } = answer;
  const what = resumed
    ? `Round ${round} of the run ${runId} had been opened, but not all of its tasks were published. Published now: `
    : `Round ${round} of the run ${runId} is open. Asked again: `;
  const which = `${plural(regions.length, 'region')}, ${regions.map(plain).join(', ')}.`;
  const left = inBothTimes(Date.parse(deadlineAt) - Date.parse(readAt), timeScale);
  const until = ` The round ends by ${deadlineAt}, within ${left}.`;
  const hint = isFollowed ? '' : `\nFollow it with: ${commandLine(view.place, `watch ${runId}`)}`;
  return `${wrap(what + which + until, view.width)}${hint}`;
}
