import type { OrganizationRetryAnswer } from '../../../answers/organization/retry.ts';
import { commandLine } from '../../../answers/place.ts';
import { list, plural } from '../../../answers/words.ts';
import { type View, wrap } from '../text.ts';
import { accountName } from './accounts.ts';

/** The table of `watch` and JSON name all. */
const NAMED = 10;

/** `isFollowed`: whoever reads it is shown how it goes on. */
export function renderOrganizationRetry(answer: OrganizationRetryAnswer, view: View, isFollowed: boolean): string {
  const { runId, round, resumed, accounts } = answer;
  const named = accounts.slice(0, NAMED).map(accountName);
  const rest = accounts.length - named.length;
  const which = list(rest > 0 ? [...named, `${plural(rest, 'more account')}`] : named);
  const what = resumed ? `to go on with round ${round}` : `to open round ${round}`;
  const sentence = `The dispatcher was asked ${what} of the run ${runId} of the organisation, for ${plural(accounts.length, 'account')}: ${which}.`;
  const hint = isFollowed ? '' : `\nFollow it with: ${commandLine(view.place, `watch ${runId}`)}`;
  return `${wrap(sentence, view.width)}${hint}`;
}
