/** What stands on a terminal while a run of the organisation progresses. */
import { amount } from '../../answers/kind-words.ts';
import type { AccountRow } from '../../answers/organization/account-row.ts';
import type { OrganizationRunAnswer } from '../../answers/organization/run.ts';
import { number, plural } from '../../answers/words.ts';
import type { Kind } from '../../census/kinds.ts';
import { accountName } from '../render/organization/accounts.ts';
import { organizationWaiting } from '../render/organization/watch.ts';
import type { Colours } from '../render/text.ts';

/** Accounts in trouble, and those that are waited for: all of them would fit on no screen. */
const BRIEFLY = 10;

export function organizationPicture(
  answer: OrganizationRunAnswer | undefined,
  kind: Kind,
  timeScale: number,
  colours: Colours,
): string {
  const waiting = colours.dim(organizationWaiting(answer, timeScale));
  if (answer === undefined) return `${kind}: ${waiting}`;
  const { run, accounts } = answer;
  const complete = accounts.filter(({ state }) => state === 'complete');
  const streams = accounts.reduce((sum, { streams: its }) => sum + (its ?? 0), 0);
  const left = accounts.filter(({ state }) => state !== 'complete' && state !== 'set-aside');
  const rest = left.length - BRIEFLY;
  return [
    `run ${run.runId}: ${number(complete.length)} of ${plural(run.expected, 'account')}, ${amount(streams, kind)} so far`,
    ...left.slice(0, BRIEFLY).map((row) => `  ${rowOf(row, colours)}`),
    ...(rest > 0 ? [colours.dim(`  and ${plural(rest, 'more account')}`)] : []),
    waiting,
  ].join('\n');
}

function rowOf(row: AccountRow, colours: Colours): string {
  return `${accountName(row)}  ${stateOf(row, colours)}`;
}

function stateOf({ state, reason, missing, expected }: AccountRow, colours: Colours): string {
  switch (state) {
    case 'failed':
      return colours.red(`failed   ${reason}`);
    case 'partial':
      return colours.yellow(`partial  ${number(missing ?? 0)} of ${plural(expected ?? 0, 'region')} missing`);
    case 'waiting':
    case 'complete':
    case 'set-aside':
      return colours.dim(state);
    default:
      return state satisfies never;
  }
}
