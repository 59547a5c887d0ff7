/**
 * Opens a run and publishes one task per region; or, where other accounts are counted, too, the run of all of them, and that of each.
 * Invoked asynchronously, by the Scheduler or by a person's command.
 *
 *     read the run ─▶ choose the plan ─▶ open it ─▶ record what is missing from the start ─▶ publish ─▶ mark dispatched
 *            └─ it is there: its plan stands, nobody is asked again, and only what was left undone is done
 *
 * What is published may say that a region gets but a quick try, and which run was the one before. Two invocations may see
 * that differently; either is right.
 */
import type { Context } from 'aws-lambda';
import { makeReadAccounts } from '../aws/accounts.ts';
import {
  makeAccountClients,
  makeDynamoDB,
  makeOrganizations,
  makeSns,
  makeSsm,
  makeSts,
  SOURCE_ATTEMPTS,
} from '../aws/clients.ts';
import { makeOpeningLedger } from '../aws/ledger.ts';
import { makeReadLiveRegions } from '../aws/live-regions.ts';
import { makeReadOptInStates } from '../aws/opt-in-states.ts';
import { makeOrganizationOpeningLedger } from '../aws/organization-ledger.ts';
import { makeSessions } from '../aws/sessions.ts';
import { makePublishTasks, makeSendNudge } from '../aws/topic.ts';
import { censusIdOf, ORGANIZATION } from '../census/census-id.ts';
import { GaveUpError, InvalidInputError } from '../census/errors.ts';
import type { Kind } from '../census/kinds.ts';
import { once } from '../census/once.ts';
import { type OrganizationRetry, parseRetry } from '../census/organization/retry.ts';
import { regionOfFunction } from '../census/region.ts';
import { accountOfFunction, checkRunIsCurrent, parseRunId, type RunId, type RunKey } from '../census/run.ts';
import { type DispatcherConfig, dispatcherConfig } from '../config.ts';
import { errorFields, type Log, sentenceOf } from '../log.ts';
import { bind, lazily, partitionOfArn, realClock } from './bind.ts';
import { type Dispatched, dispatchAlone } from './dispatching/account-run.ts';
import { askMembers, type Members, type MembersDeps } from './dispatching/members.ts';
import { dispatchOrganization, type OrganizationRunDeps, retryOrganization } from './dispatching/organization-run.ts';

export type DispatcherDeps = OrganizationRunDeps &
  MembersDeps & { config: Pick<DispatcherConfig, 'kinds' | 'runMaxAgeMs' | 'runMaxAheadMs'> };

type Where = Pick<Context, 'invokedFunctionArn'>;

/** Whose runs are opened, and how one is dispatched. */
type Way = { owner: string; dispatch: (key: RunKey) => Promise<Dispatched> };

/**
 * Each kind has a run of its own. All are tried at the same time, so that one kind's trouble keeps no other from being counted: not
 * even a service that answers nothing about it until the time of the invocation is over. Then the invocation fails if one of them did,
 * and its retry finds the others dispatched.
 *
 * A second invocation for the same instant opens nothing, and publishes only what the first left unpublished.
 */
export function dispatcher(deps: DispatcherDeps) {
  return async (event: unknown, context: Where): Promise<Dispatched[]> => {
    const { kinds, accounts } = deps.config;
    const { runId: instant, retry } = (event ?? {}) as { runId?: unknown; retry?: unknown };
    const runId = parseRunId(instant);
    if (retry !== undefined) return [await askAgain(deps, runId, parseRetry(retry), context)];
    checkRunIsCurrent(runId, deps.clock.nowMs(), deps.config);

    const { owner, dispatch } = accounts.accounts === 'self' ? alone(deps, context) : together(deps, context);
    const tried = (kind: Kind) => orSay(deps, { censusId: censusIdOf(owner, kind), runId }, dispatch);
    // In this order: streams ask first, and nobody waits for them.
    const outcomes = await Promise.allSettled(kinds.map(tried));
    const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    if (errors.length === 0) return outcomes.flatMap((outcome) => ('value' in outcome ? [outcome.value] : []));
    if (kinds.length === 1) throw errors[0];
    throw new GaveUpError(
      `${errors.length} of ${kinds.length} kinds could not be dispatched; the first: ${sentenceOf(errors[0])}`,
      { cause: new AggregateError(errors) },
    );
  };
}

/** Only the account that the stack is in is counted. */
function alone(deps: DispatcherDeps, { invokedFunctionArn }: Where): Way {
  const home = regionOfFunction(invokedFunctionArn);
  // Which regions are switched on is the account's, whatever is counted there.
  const readOptInStates = once(deps.readOptInStates);
  return {
    owner: accountOfFunction(invokedFunctionArn),
    dispatch: (key) => dispatchAlone(deps, key, { home, readOptInStates }),
  };
}

/** Others are counted, too, or only others. */
function together(deps: DispatcherDeps, context: Where): Way {
  const members = membersOf(deps, context);
  return { owner: ORGANIZATION, dispatch: (key) => dispatchOrganization(deps, key, members) };
}

function membersOf(deps: DispatcherDeps, { invokedFunctionArn: arn }: Where): Members {
  return askMembers(deps, { own: accountOfFunction(arn), home: regionOfFunction(arn) });
}

/** Where several are tried, the invocation fails for all of them together: which one it was, and why, is said here. */
async function orSay(deps: DispatcherDeps, key: RunKey, dispatch: Way['dispatch']): Promise<Dispatched> {
  try {
    return await dispatch(key);
  } catch (error) {
    if (deps.config.kinds.length > 1) deps.log.error('kind could not be dispatched', { ...key, ...errorFields(error) });
    throw error;
  }
}

/** However old the run is: whoever asks has looked at that. */
async function askAgain(
  deps: DispatcherDeps,
  runId: RunId,
  { kind, ...wish }: OrganizationRetry,
  context: Where,
): Promise<Dispatched> {
  if (deps.config.accounts.accounts === 'self')
    throw new InvalidInputError(
      'This stack counts its own account alone (accounts is self), and has no run of an organisation to ask again for; retry the run of the account.',
    );
  const key = { censusId: censusIdOf(ORGANIZATION, kind), runId };
  return await retryOrganization(deps, key, wish, membersOf(deps, context));
}

function realDeps(log: Log): DispatcherDeps {
  const config = dispatcherConfig();
  const { http, member, accounts } = config;
  const options = { client: makeDynamoDB(http), ...config.ledger, nowMs: realClock.nowMs };
  const sns = makeSns(http);
  const partition = partitionOfArn(config.regionTasksTopicArn);
  const sessions = once(() => makeSessions({ sts: makeSts(http), ...member, partition, nowMs: realClock.nowMs }));
  const clientOf = makeAccountClients(http, SOURCE_ATTEMPTS, (accountId) => sessions().credentialsOf(accountId));
  return {
    ledger: { ...makeOpeningLedger(options), ...makeOrganizationOpeningLedger(options) },
    readLiveRegions: lazily(() => makeReadLiveRegions(makeSsm(http))),
    readOptInStates: makeReadOptInStates(clientOf()),
    readOptInStatesOf: (accountId) => makeReadOptInStates(clientOf(accountId)),
    readAccounts: lazily(() =>
      makeReadAccounts(makeOrganizations(http), { units: accounts.includeOrganizationalUnits }),
    ),
    askAccess: (...question) => sessions().askAccess(...question),
    publishTasks: makePublishTasks(sns, config.regionTasksTopicArn),
    sendNudge: makeSendNudge(sns, config.nudgesTopicArn),
    clock: realClock,
    random: Math.random,
    config,
    log,
  };
}

export const handler = bind((log) => dispatcher(realDeps(log)));
