import { amount } from '../../../answers/kind-words.ts';
import type { OrganizationExplainAnswer } from '../../../answers/organization/explain.ts';
import { sourceSentences } from '../../../answers/organization/plan-words.ts';
import { commandLine, placed } from '../../../answers/place.ts';
import { percentWords } from '../../../answers/quota-words.ts';
import { ago, list, number, plural, toSecond } from '../../../answers/words.ts';
import { RETRY_AGE_MS } from '../../../census/retry.ts';
import { plain, type View, wrap } from '../text.ts';
import { accountName, shortName } from './accounts.ts';
import { comparisonLines } from './comparison.ts';

/** Longer lines are hard to read. */
const WIDEST = 100;
/** So many accounts are named for a reason; the table of `run` and JSON name all. */
const NAMED = 10;
/** So many commands, one for an account. */
const COMMANDS = 5;

export function renderOrganizationExplain(answer: OrganizationExplainAnswer, view: View): string {
  const width = Math.min(view.width, WIDEST);
  const text = (paragraph: string) => wrap(paragraph, width);
  return [
    ...(answer.comparison === null ? [] : [comparisonLines(answer.comparison, { ...view, width }).join('\n')]),
    ...[origin(answer), ...aside(answer), ...instants(answer)].map(text),
    ...answer.accounts.map((one) => withCommands(text(placed(accountGap(one, answer), view.place)), one.commands)),
    ...answer.regions.map((one) =>
      withCommands(
        text(placed(regionGap(one), view.place)),
        one.accounts.slice(0, COMMANDS).map(({ explain }) => explain),
      ),
    ),
    ...retries(answer).map(({ lead, command }) => withCommands(text(lead), [command])),
    ...[...ending(answer, view), ...quotas(answer, view)].map(({ sentence, commands }) =>
      withCommands(text(sentence), commands),
    ),
  ].join('\n\n');
}

/** Each on a line of its own, so that it can be copied. */
function withCommands(sentence: string, commands: readonly string[]): string {
  return commands.length === 0 ? sentence : `${sentence}\n\n${commands.map((one) => `  ${plain(one)}`).join('\n')}`;
}

function origin({ kind, run, readAt }: OrganizationExplainAnswer): string {
  const opened = `The run ${run.runId} of the organisation was opened ${ago(run.runId, readAt)} to count ${plural(run.expected, 'account')}.`;
  if (run.streams === null) {
    const wait =
      run.waiting === 0
        ? 'has not been settled'
        : `waits for ${plural(run.waiting, 'account')} until ${toSecond(run.deadlineAt)}`;
    return `${opened} It has no total yet: it ${wait}.`;
  }
  if (run.verdict === 'complete') {
    return `${opened} All of them are complete: ${amount(run.streams, kind)} in ${plural(run.regions?.counted ?? 0, 'region')}. The number is complete.`;
  }
  return `${opened} ${number(run.counted ?? 0)} of them are complete; with what was counted in the others there are ${amount(run.streams, kind)} in ${plural(run.regions?.counted ?? 0, 'region')}. The number is true of these and says nothing of what is missing; it is partial.`;
}

/** What is not counted on purpose, and what was not learned. */
function aside({ run, setAside }: OrganizationExplainAnswer): string[] {
  const byState = Map.groupBy(setAside, (one) => one.setAside);
  const sentences = [
    ...[...byState].map(([state, some]) => {
      const [is, them] = some.length === 1 ? ['is', 'it'] : ['are', 'them'];
      return `${names(some)} ${is} ${state === 'left' ? 'in the organisation no more' : state}, and nothing was counted in ${them} before, so nothing is missing.`;
    }),
    ...(run.excluded.length === 0
      ? []
      : [
          `${some(run.excluded)} ${run.excluded.length === 1 ? 'is' : 'are'} excluded by a parameter (excludeAccounts).`,
        ]),
    ...sourceSentences(run),
  ];
  return sentences.length === 0 ? [] : [sentences.join(' ')];
}

function instants({ run: { firstCountedAt, lastCountedAt } }: OrganizationExplainAnswer): string[] {
  if (firstCountedAt === null) return [];
  return [`It was counted between ${toSecond(firstCountedAt)} and ${toSecond(lastCountedAt ?? firstCountedAt)}.`];
}

function accountGap(
  { reason, because, action, accounts }: OrganizationExplainAnswer['accounts'][number],
  { kind, readAt }: OrganizationExplainAnswer,
): string {
  const known = accounts.slice(0, NAMED).flatMap((one) => {
    if (one.lastKnown === null) return [];
    const { streams, countedAt } = one.lastKnown;
    return [`${shortName(one)} last held ${amount(streams, kind)} (${ago(countedAt, readAt)})`];
  });
  const held = known.length === 0 ? '' : `: ${known.join('; ')}`;
  const is = accounts.length === 1 ? 'is' : 'are';
  return `${names(accounts)} ${is} missing (${reason}) because ${because}${held}. ${action}`;
}

function regionGap({ reason, because, action, count, accounts }: OrganizationExplainAnswer['regions'][number]): string {
  const where = accounts.slice(0, NAMED).map((one) => `${plural(one.regions, 'region')} of ${accountName(one)}`);
  const rest = accounts.length - where.length;
  const which = list(rest > 0 ? [...where, `of ${plural(rest, 'more account')}`] : where);
  return `${which} ${count === 1 ? 'is' : 'are'} missing (${reason}) because ${because}. ${action} Account by account:`;
}

function retries({ accounts, regions, retry, retryLater }: OrganizationExplainAnswer) {
  const isOne = accounts.length + regions.length === 1;
  return [
    ...(retry === null ? [] : [{ lead: 'To ask again for all that may answer now:', command: retry }]),
    ...(retryLater === null
      ? []
      : [{ lead: `Once that is done${isOne ? '' : ' for the others'}, and not before:`, command: retryLater }]),
  ];
}

type Ending = { sentence: string; commands: readonly string[] };

function ending({ run, readAt, retry, accounts, regions }: OrganizationExplainAnswer, { place }: View): Ending[] {
  if (run.verdict !== 'partial') return [];
  if (run.waiting > 0) {
    const sentence = `It is being asked again for ${plural(run.waiting, 'account')}, until ${toSecond(run.deadlineAt)}.`;
    return [{ sentence, commands: [] }];
  }
  const commands = [anew(place)];
  if (Date.parse(readAt) - Date.parse(run.runId) > RETRY_AGE_MS) {
    const sentence = 'A retry of this run would be refused, because it is more than 24 h old. To count anew:';
    return [{ sentence, commands }];
  }
  const mayHelp = [...accounts, ...regions].some(({ retryMayHelp }) => retryMayHelp);
  const sentence = 'Only the ledger is left here, and no stack that a retry could ask. To count anew:';
  return retry === null && mayHelp && place.options.includes('--local') ? [{ sentence, commands }] : [];
}

function anew(place: View['place']): string {
  return place.options.includes('--local')
    ? 'npm start -- --world organisation'
    : commandLine(place, 'run --now --wait');
}

function quotas({ run: { quota, verdict } }: OrganizationExplainAnswer, { place }: View): Ending[] {
  if (quota === null) return [];
  const { highest, aboveRegions, alarmPercent, unknownRegions } = quota;
  const isAll = verdict === 'complete' && unknownRegions === 0;
  const sentences = [
    ...(highest === null
      ? []
      : [
          `The fullest region${isAll ? '' : ' of those that are known'} is ${plain(highest.region)} of the account ${highest.accountId}: ${percentWords(highest.percent, 1)} of its quota.`,
        ]),
    ...(alarmPercent === 0 || aboveRegions === 0
      ? []
      : [`${plural(aboveRegions, 'region')} ${aboveRegions === 1 ? 'has' : 'have'} reached ${alarmPercent} %.`]),
    ...(unknownRegions === 0 ? [] : [`Nothing is known of the quotas of ${plural(unknownRegions, 'region')}.`]),
    'How full each account is:',
  ];
  return [{ sentence: sentences.join(' '), commands: [commandLine(place, 'headroom')] }];
}

function names(accounts: readonly { accountId: string; name: string | null }[]): string {
  return some(accounts.map(accountName));
}

function some(all: readonly string[]): string {
  const shown = all.slice(0, NAMED);
  const rest = all.length - shown.length;
  return list(rest > 0 ? [...shown, plural(rest, 'more account')] : shown);
}
