/** A run of the organisation as it progresses, account by account. */
import { amount } from '../../../answers/kind-words.ts';
import type { AccountRow } from '../../../answers/organization/account-row.ts';
import type { OrganizationRunAnswer } from '../../../answers/organization/run.ts';
import { ago, number, plural, toSecond } from '../../../answers/words.ts';
import type { Kind } from '../../../census/kinds.ts';
import { type Event, endOf, inBothTimes, oldestFirst, roundKey, SWEEP_MS } from '../watch.ts';
import { accountName } from './accounts.ts';

/** All that is known to have happened, oldest first. What is heard of an account again is told if it says something else. */
export function organizationEvents({ kind, run, accounts }: OrganizationRunAnswer): Event[] {
  const opened = `run ${run.runId} of the organisation is open: ${plural(run.expected, 'account')}`;
  const events = [
    { key: 'opened', at: run.openedAt, line: opened },
    ...accounts.flatMap((row) => eventOf(row, kind) ?? []),
    ...totalOf({ run, kind }),
  ].sort(oldestFirst);
  return run.round === 0 ? events : withRound(events, run.round, accounts);
}

function eventOf(row: AccountRow, kind: Kind): Event | undefined {
  const { accountId, state, streams, missing, expected, reason, round, recordedAt: at } = row;
  if (at === null) return undefined;
  const key = `${accountId} ${round} ${state} ${streams} ${missing} ${reason}`;
  const event = (what: string) => ({ key, at, line: `${accountName(row)} ${what}` });
  switch (state) {
    case 'complete':
      return event(`counted: ${amount(streams ?? 0, kind)} in ${plural(expected ?? 0, 'region')}`);
    case 'partial':
      return event(
        `partial: ${amount(streams ?? 0, kind)}; ${number(missing ?? 0)} of ${plural(expected ?? 0, 'region')} missing`,
      );
    case 'failed':
      return event(`failed: ${reason}`);
    case 'waiting':
    case 'set-aside':
      return undefined;
    default:
      return state satisfies never;
  }
}

function totalOf({ run, kind }: Pick<OrganizationRunAnswer, 'run' | 'kind'>): Event[] {
  const { streams, counted, expected, verdict, settledAt } = run;
  if (streams === null || settledAt === null) return [];
  const line = `total: ${amount(streams, kind)}, ${number(counted ?? 0)} of ${plural(expected, 'account')} complete, ${verdict}`;
  return [{ key: `total ${settledAt}`, at: settledAt, line }];
}

/** Nothing says when a round was opened: behind all that happened before its own first record. */
function withRound(events: Event[], round: number, accounts: readonly AccountRow[]): Event[] {
  const own = accounts.flatMap((row) => (row.round === round && row.recordedAt !== null ? [row.recordedAt] : []));
  const firstAtMs = Math.min(...own.map((at) => Date.parse(at)));
  const place = events.findIndex(({ at }) => Date.parse(at) >= firstAtMs);
  const index = place === -1 ? events.length : place;
  const at = events[index - 1]?.at ?? events[0]?.at ?? '';
  return events.toSpliced(index, 0, { key: roundKey(round), at, line: `asked again (round ${round})` });
}

export function organizationOver({ run, readAt }: OrganizationRunAnswer): string {
  const since =
    run.settledAt === null ? '' : ` It settled at ${toSecond(run.settledAt)} (${ago(run.settledAt, readAt)}).`;
  return `The run ${run.runId} of the organisation is over.${since}`;
}

/** What is waited for, and until when. Without an answer the run is not open yet. */
export function organizationWaiting(answer: OrganizationRunAnswer | undefined, timeScale: number): string {
  if (answer === undefined) return 'waiting for the dispatcher to open the run of the organisation';
  const { run, accounts, readAt } = answer;
  const leftMs = Date.parse(run.deadlineAt) - Date.parse(readAt);
  if (leftMs <= 0)
    return `waiting for the sweep to settle the run, within ${inBothTimes(SWEEP_MS / timeScale, timeScale)}`;
  if (run.waiting === 0) return 'every account has answered; waiting for the total';
  const heard = accounts.filter(({ state }) => state === 'complete' || state === 'partial');
  const sum = heard.reduce((all, { streams }) => all + (streams ?? 0), 0);
  const until = `${endOf(Date.parse(run.deadlineAt))}, within ${inBothTimes(leftMs, timeScale)}`;
  return `waiting for ${plural(run.waiting, 'account')} of ${number(run.expected)} (${amount(sum, answer.kind)} so far); the run settles by ${until}`;
}
