/** How a number of the organisation came about, what is missing from it by account and why, and what to do about it. */
import { type Advice, adviceFor } from '../../census/advice.ts';
import type { Reason } from '../../census/errors.ts';
import type { Kind } from '../../census/kinds.ts';
import type { AccountReason } from '../../census/organization/total.ts';
import { RETRY_AGE_MS } from '../../census/retry.ts';
import type { LastKnown, RunId } from '../../census/run.ts';
import { makeDamage } from '../damage.ts';
import { type Head, headOf } from '../head.ts';
import type { Read } from '../news.ts';
import { commandLine, type Place, SOMEWHERE } from '../place.ts';
import type { Source } from '../reader.ts';
import type { RunName } from '../run-name.ts';
import type { AccountRow } from './account-row.ts';
import { adviceForAccount } from './advice.ts';
import { type ComparedOrganization, type OrganizationComparison, readCompared, readUpTo } from './compared-run.ts';
import type { OrganizationRunSummary } from './run-summary.ts';

export type OrganizationExplainAnswer = Head<'organization-explain'> & {
  run: OrganizationRunSummary;
  comparison: OrganizationComparison | null;
  /** Accounts that are not asked, and in which nothing was counted before. */
  setAside: Pick<AccountRow, 'accountId' | 'name' | 'setAside'>[];
  /** Of accounts there is nothing of, a part for each reason. */
  accounts: (AdviceGiven<AccountReason> & { accounts: MissingAccount[]; commands: string[] })[];
  /** Of the missing regions of the others, a part for each reason. */
  regions: (AdviceGiven<Reason> & { count: number; accounts: PartialAccount[] })[];
  /** How many more accounts would stand in these lists, if whoever answers gave more. */
  accountsLeftOut: number;
  /** The command that asks again for all that may answer now; `null` where that is of no use. */
  retry: string | null;
  /** The command that asks again for the others, once what their advice says is done; `null` where there are none. */
  retryLater: string | null;
};

type AdviceGiven<Why> = { reason: Why } & Omit<Advice, 'ends'>;

/** `lastKnown`: what was counted there last, or `null`. */
type MissingAccount = { accountId: string; name: string | null; lastKnown: LastKnown | null };

/** How many of its regions are missing for the reason, and the command that explains its own run. */
type PartialAccount = { accountId: string; name: string | null; regions: number; explain: string };

/** As for `latest`, and one request more for a name that is not a whole id. @throws NoAnswer if there is no such run */
export async function readOrganizationExplain(
  source: Source,
  name: RunName,
  nowMs: number,
): Promise<Read<OrganizationExplainAnswer>> {
  const damage = makeDamage();
  const [run, ...earlier] = await readUpTo(source, name, nowMs, damage);
  const { whole: _, ...compared } = await readCompared(source, run, earlier, nowMs, damage);
  const answer = organizationExplainOf(compared, source.censusId, nowMs, source.place);
  return { answer, news: [{ runId: run.runId, regions: compared.news }] };
}

export function organizationExplainOf(
  { run, accounts, comparison }: Omit<ComparedOrganization, 'news'>,
  censusId: string,
  nowMs: number,
  place: Place = SOMEWHERE,
): OrganizationExplainAnswer {
  const head = headOf('organization-explain', censusId, nowMs);
  return {
    ...head,
    run,
    comparison,
    setAside: accounts
      .filter(({ state }) => state === 'set-aside')
      .map(({ accountId, name, setAside }) => ({ accountId, name, setAside })),
    accounts: accountAdvice(accounts, head.kind, place),
    regions: regionAdvice(accounts, run.runId, head.kind, place),
    accountsLeftOut: 0,
    ...retriesOf(run, accounts, head.kind, nowMs, place),
  };
}

function accountAdvice(rows: readonly AccountRow[], kind: Kind, place: Place): OrganizationExplainAnswer['accounts'] {
  const byReason = Map.groupBy(rows, ({ reason }) => reason);
  return [...byReason].flatMap(([reason, some]) => {
    if (reason === null) return [];
    const accounts = some.map(({ accountId, name, lastKnown }) => ({ accountId, name, lastKnown }));
    const commands = reason === 'no-access' ? [commandLine(place, 'member-role')] : [];
    const { ends: _, ...advice } = adviceForAccount(reason, kind);
    return [{ reason, ...advice, accounts, commands }];
  });
}

function regionAdvice(
  rows: readonly AccountRow[],
  runId: RunId,
  kind: Kind,
  place: Place,
): OrganizationExplainAnswer['regions'] {
  const gaps = rows.flatMap(({ accountId, name, reasons }) =>
    Object.entries(reasons).map(([reason, regions]) => {
      const explain = commandLine(place, `explain ${runId} --account ${accountId}`);
      return { reason: reason as Reason, accountId, name, regions, explain };
    }),
  );
  return [...Map.groupBy(gaps, ({ reason }) => reason)].map(([reason, some]) => {
    const { ends: _, ...advice } = adviceFor(reason, kind);
    const accounts = some
      .map(({ accountId, name, regions, explain }) => ({ accountId, name, regions, explain }))
      .sort((one, other) => other.regions - one.regions);
    return { reason, ...advice, count: accounts.reduce((sum, { regions }) => sum + regions, 0), accounts };
  });
}

/** More names than these would make no command that a person pastes; then it asks for all that is missing. */
const MOST_NAMED = 10;

function retriesOf(
  { runId, waiting }: OrganizationRunSummary,
  rows: readonly AccountRow[],
  kind: Kind,
  nowMs: number,
  place: Place,
): Pick<OrganizationExplainAnswer, 'retry' | 'retryLater'> {
  if (place.ledgerOnly || waiting > 0 || nowMs - Date.parse(runId) > RETRY_AGE_MS) return NO_RETRY;
  const missing = rows.filter(({ state }) => state === 'failed' || state === 'partial');
  const now = missing.filter((row) => adviceOf(row, kind).some(({ retryMayHelp }) => retryMayHelp));
  const later = missing.filter((row) => !now.includes(row) && adviceOf(row, kind).some(({ isEnd }) => isEnd));
  const commandFor = (some: readonly AccountRow[]) => {
    if (some.length === 0) return null;
    const named = some.length === missing.length || some.length > MOST_NAMED ? [] : some;
    return commandLine(place, ['retry', runId, ...named.map(({ accountId }) => accountId)].join(' '));
  };
  return { retry: commandFor(now), retryLater: commandFor(later) };
}

const NO_RETRY = { retry: null, retryLater: null };

/** `isEnd`: a retry is what is done in the end. */
function adviceOf({ reason, reasons }: AccountRow, kind: Kind): { retryMayHelp: boolean; isEnd: boolean }[] {
  const all =
    reason === null
      ? Object.keys(reasons).map((one) => adviceFor(one as Reason, kind))
      : [adviceForAccount(reason, kind)];
  return all.map(({ retryMayHelp, ends }) => ({ retryMayHelp, isEnd: ends === 'retry' }));
}
