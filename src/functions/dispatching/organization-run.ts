/**
 * Opens the run of an organisation, or its next round, and in it the run of each of its accounts:
 *
 *     read the run ─▶ list the accounts ─▶ open it ─▶ record those set aside ─▶ each account ─▶ mark dispatched
 *            └─ it is there: its plan stands, nobody is listed again
 *
 *     each account:   read its run ─▶ ask for access ─▶ choose its plan ─▶ open its run ─▶ publish, as of any run
 *                         │                  └─ refused, and once more after a wait: record that, and strike
 *                         └─ it is there: make it part of this round, and publish what is left
 *
 * One account's failure, of whatever kind, stops no other. Then the invocation fails, and its retry goes on with what was left.
 */
import { GaveUpError, InvalidInputError } from '../../census/errors.ts';
import type { FailedAccount } from '../../census/organization/account-record.ts';
import {
  type AccountsAnswer,
  countsToLookUp,
  isOfSameAccounts,
  knownAccounts,
  planOrganization,
} from '../../census/organization/accounts.ts';
import type { OrganizationOpeningLedger } from '../../census/organization/ports.ts';
import {
  checkAllAsked,
  type OrganizationRetryWish,
  planAccountRetry,
  planOrganizationRetry,
} from '../../census/organization/retry.ts';
import {
  accountKeyOf,
  type OrganizationRun,
  openOrganizationRun,
  parentOf,
  plannedAccounts,
} from '../../census/organization/run.ts';
import type { OpeningLedger, SendNudge } from '../../census/ports.ts';
import { isPastDeadline, type LastKnown, type Parent, type Run, type RunKey } from '../../census/run.ts';
import { orNothing } from '../../census/within.ts';
import type { DispatcherConfig } from '../../config.ts';
import { errorFields, sentenceOf } from '../../log.ts';
import { type AccountRunDeps, open, publishWhatIsLeft, readKnown } from './account-run.ts';
import { forEachOf } from './each.ts';
import type { Members } from './members.ts';

export type OrganizationRunDeps = AccountRunDeps & {
  ledger: OpeningLedger & OrganizationOpeningLedger;
  sendNudge: SendNudge;
  config: Pick<DispatcherConfig, 'accounts' | 'organizationDeadlineMs' | 'accessRetryMs' | 'dispatchConcurrency'>;
};

type Asked = RunKey & { opened: boolean; published: number; accounts: number };

/** A run of the organisation, opened for its instant. */
export async function dispatchOrganization(deps: OrganizationRunDeps, key: RunKey, members: Members): Promise<Asked> {
  const found = await deps.ledger.readOrganization(key);
  const { run, opened } = found ? { run: found, opened: false } : await openOrganization(deps, key, members);
  return { ...(await askAccounts(deps, run, members)), opened };
}

/**
 * The next round of a run of the organisation, for what is missing from it. By the number of the round the same wish twice is one.
 * @throws InvalidInputError where there is nothing to ask for, or this is not the time
 */
export async function retryOrganization(
  deps: OrganizationRunDeps,
  key: RunKey,
  wish: OrganizationRetryWish,
  members: Members,
): Promise<Asked> {
  const { ledger, clock, config } = deps;
  let run = await ledger.readOrganization(key);
  if (run === undefined) throw new InvalidInputError(`There is no run ${key.runId} of the organisation.`);
  const plan = planOrganizationRetry(run, await ledger.readAccountRecords(key), wish, clock.nowMs());
  let opened = false;
  if (plan.step === 'open') {
    const deadlineAt = new Date(clock.nowMs() + config.organizationDeadlineMs).toISOString();
    opened = await ledger.openOrganizationRound(run, plan.accounts, wish.round, deadlineAt);
    run = await ledger.readOrganization(key);
    if (run?.round !== wish.round)
      throw new GaveUpError(`The round ${wish.round} of the run ${key.runId} is not open.`);
  }
  const asked = await askAccounts(deps, run, members);
  // Those whom another wish has opened the round for are asked before this one is refused: it may be that one's second invocation.
  if (!opened) checkAllAsked(run, await ledger.readAccountRecords(key), wish);
  return { ...asked, opened };
}

/**
 * Opens the run, or finds that another invocation has opened it meanwhile.
 * @throws InvalidInputError where no account is left to count
 */
async function openOrganization(
  deps: OrganizationRunDeps,
  key: RunKey,
  members: Members,
): Promise<{ run: OrganizationRun; opened: boolean }> {
  const { ledger, clock, config, log } = deps;
  const { situation, known } = await knowAccounts(deps, key, members);
  const plan = planOrganization(situation, known, await lookUp(deps, key, countsToLookUp(situation, known)));
  if (plannedAccounts(plan).length === 0)
    throw new InvalidInputError(
      'No account is left to count: those that are known are excluded, or closed and empty. Exclude fewer.',
    );
  const { organizationDeadlineMs: deadlineAfterMs, retentionDays } = config;
  const opening = openOrganizationRun(key, plan, clock.nowMs(), { deadlineAfterMs, retentionDays });
  if ((await ledger.openOrganization(opening)) === 'opened') {
    log.info('run opened', { ...key, accounts: plannedAccounts(opening).length });
    return { run: opening, opened: true };
  }
  const run = await ledger.readOrganization(key);
  if (run === undefined) throw new GaveUpError(`The run ${key.runId} exists, but cannot be read.`);
  return { run, opened: false };
}

/** As far as they can be listed. What of a list was not believed is said, too. */
async function knowAccounts({ ledger, clock, config, log }: OrganizationRunDeps, key: RunKey, members: Members) {
  const { accounts: settings } = config;
  // Not to know it would be not to know who has left: then nothing is opened, and the next invocation tries again.
  const before = await ledger.organizationBefore(key, (run) => isOfSameAccounts(settings, run));
  const isAsked = settings.accounts === 'organization';
  const answer: AccountsAnswer | undefined = isAsked ? await members.listAccounts() : undefined;
  const warn = (reason: string, cause?: unknown) => {
    const why = { source: 'accounts', reason, ...(cause !== undefined && errorFields(cause)) };
    log.warn('a source of the plan failed', { ...key, ...why });
  };
  const isList = answer === undefined || 'accounts' in answer;
  if (!isList) warn(answer.because, answer.cause);
  const situation = { settings, own: members.own, ...(before && { before }), nowMs: clock.nowMs() };
  const known = knownAccounts(situation, answer);
  if (isList && known.source.because !== undefined) warn(known.source.because);
  return { situation, known };
}

/** The last counts of accounts that are set aside, without those that could not be looked up. */
async function lookUp(deps: OrganizationRunDeps, key: RunKey, accountIds: readonly string[]) {
  const found = new Map<string, LastKnown | null>();
  await forEachOf(accountIds, deps.config.dispatchConcurrency, async (accountId) => {
    const total = await lastTotal(deps, accountKeyOf(key, accountId));
    if (total !== undefined) found.set(accountId, total);
  });
  return found;
}

/** What was counted in an account last. `null`: nothing ever; nothing where it could not be looked up. */
async function lastTotal(
  { ledger, clock, config, log }: OrganizationRunDeps,
  { censusId, runId }: RunKey,
): Promise<LastKnown | null | undefined> {
  const read = async () => (await ledger.lastTotal(censusId, runId)) ?? null;
  return await orNothing(clock, config.regionSourcesTimeoutMs, read, (error) => {
    log.warn('an earlier count cannot be read', { censusId, runId, ...errorFields(error) });
  });
}

/** Asks those that still owe an answer in this round, unless all of them were asked. */
async function askAccounts(
  deps: OrganizationRunDeps,
  run: OrganizationRun,
  members: Members,
): Promise<Omit<Asked, 'opened'>> {
  const { ledger, config, log } = deps;
  const { censusId, runId, round } = run;
  if (run.dispatchedRound === round) return { censusId, runId, published: 0, accounts: 0 };
  // A person who asks for them once more has them asked: they may have been reinstated since.
  const aside = round > 0 ? [] : plannedAccounts(run).filter(({ setAside }) => setAside !== undefined);
  const missing = new Set(
    aside.map(({ accountId }) => accountId).filter((accountId) => run.pending.includes(accountId)),
  );
  const asked = run.pending.filter((accountId) => !missing.has(accountId));
  const inTurn = (accountIds: Iterable<string>, work: (accountId: string) => Promise<unknown>) =>
    forEachOf([...accountIds], config.dispatchConcurrency, (accountId) => orSay(deps, run, accountId, work));

  let published = 0;
  const refusing: string[] = [];
  // Before any task is published, so that the last account to answer finds nobody else pending, and nudges.
  const errors = await inTurn(missing, (accountId) => fail(deps, run, accountId, { reason: 'suspended' }));
  errors.push(
    ...(await inTurn(asked, async (accountId) => {
      const tasks = await askAccount(deps, run, accountId, members, members.accessAtFirst);
      if (tasks === 'refused') refusing.push(accountId);
      else published += tasks;
    })),
  );
  // A role that was made just now takes a moment to be known everywhere.
  if (refusing.length > 0) await deps.clock.sleep(config.accessRetryMs);
  errors.push(
    ...(await inTurn(refusing, async (accountId) => {
      const tasks = await askAccount(deps, run, accountId, members, members.accessAtLast);
      if (tasks === 'refused') await recordRefusal(deps, run, accountId);
      else published += tasks;
    })),
  );
  if (errors.length > 0)
    throw new GaveUpError(
      `${errors.length} of ${run.pending.length} accounts could not be dispatched; the first: ${sentenceOf(errors[0])}`,
      { cause: new AggregateError(errors) },
    );
  await ledger.markDispatched(run, round);
  log.info('accounts were asked', { censusId, runId, round, accounts: asked.length, tasks: published });
  return { censusId, runId, published, accounts: asked.length };
}

async function orSay(
  { log }: OrganizationRunDeps,
  run: OrganizationRun,
  accountId: string,
  work: (accountId: string) => Promise<unknown>,
): Promise<void> {
  try {
    await work(accountId);
  } catch (error) {
    log.error('account could not be dispatched', { ...accountKeyOf(run, accountId), ...errorFields(error) });
    throw error;
  }
}

/** One that was set aside when the run opened, and refuses, is no other than it was. Its plan says what was counted there last. */
async function recordRefusal(deps: OrganizationRunDeps, run: OrganizationRun, accountId: string): Promise<void> {
  const isAside = run.accounts.some((each) => each.accountId === accountId && each.setAside !== undefined);
  if (isAside) return await fail(deps, run, accountId, { reason: 'suspended' });
  const lastKnown = await lastTotal(deps, accountKeyOf(run, accountId));
  await fail(deps, run, accountId, { reason: 'no-access', ...(lastKnown !== undefined && { lastKnown }) });
}

/** There is no run of the account, and none will be in this round: nobody has to wait for it. */
async function fail(
  { ledger, clock, sendNudge, log }: OrganizationRunDeps,
  run: OrganizationRun,
  accountId: string,
  why: Pick<FailedAccount, 'reason' | 'lastKnown'>,
): Promise<void> {
  const { censusId, runId, round } = run;
  const recordedAt = new Date(clock.nowMs()).toISOString();
  await ledger.writeAccountRecord({ censusId, runId, accountId, round, recordedAt, status: 'failed', ...why }, run);
  if (await ledger.strikeAccount(run, parentOf(run, accountId), true)) await sendNudge({ censusId, runId });
  log.warn('account is missing', { ...accountKeyOf(run, accountId), reason: why.reason });
}

/** Gives how many tasks were published. */
async function askAccount(
  deps: OrganizationRunDeps,
  organization: OrganizationRun,
  accountId: string,
  members: Members,
  access: Members['accessAtFirst'],
): Promise<number | 'refused'> {
  const key = accountKeyOf(organization, accountId);
  const parent = parentOf(organization, accountId);
  const known = await readKnown(deps, key);
  if (known.run) return await publishWhatIsLeft(deps, await join(deps, known.run, parent), false);
  const answer = await access(accountId);
  if (answer === 'refused') return 'refused';
  // Where nobody knows whether the account lets itself be counted it is not asked more here: the workers will find out.
  const readOptInStates = answer === 'granted' ? members.optInStatesOf(accountId) : async () => answer;
  const asked = { ...deps, readLiveRegions: members.readLiveRegions };
  const { run, opened } = await open(asked, key, known, { home: members.home, readOptInStates, parent });
  const published = await publishWhatIsLeft(deps, opened ? run : await join(deps, run, parent), opened);
  // Where every region is off there is nobody whose answer would be the last.
  if (opened && published === 0) await deps.sendNudge(key);
  return published;
}

/**
 * Makes a run that is there part of the organisation's round, and has it ask in a round of its own for what it misses. In this order:
 * a run that belongs to the round and waits for nobody has answered.
 *
 *     open its next round ─▶ adopt it ─▶ (publish)
 */
async function join(deps: OrganizationRunDeps, run: Run, parent: Parent): Promise<Run> {
  const { ledger, clock, sendNudge } = deps;
  const { censusId, runId } = run;
  const key = { censusId, runId };
  if (run.parent !== undefined && run.parent.round >= parent.round) return run;
  if (parent.round > 0) await openNextRound(deps, run);
  const adopted = await ledger.adoptRun(key, parent);
  if (adopted === undefined) return (await ledger.readRun(key)) ?? run;
  // What it has is all there will be. Otherwise it is passed on when the waiting ends.
  if (adopted.pending.length === 0 || isPastDeadline(adopted, clock.nowMs())) await sendNudge(key);
  return adopted;
}

/** Unless it waits already, or misses nothing. If somebody else opens it meanwhile, that is as good. */
async function openNextRound({ ledger, clock, config }: OrganizationRunDeps, run: Run): Promise<void> {
  const plan = planAccountRetry(run, await ledger.readRecords(run), clock.nowMs());
  if (plan.step === 'adopt') return;
  const deadlineAt = new Date(clock.nowMs() + config.runDeadlineMs).toISOString();
  await ledger.openRound(run, plan.regions, run.round + 1, deadlineAt);
}
