import type { Denier, Reason } from './errors.ts';
import { descriptorOf, type Kind } from './kinds.ts';
import { DARK_RUNS, isDarkAttempt } from './quick-try.ts';
import type { Effort } from './tally.ts';

export type Advice = {
  /** What the reason means, as a sentence that goes on from "because". */
  because: string;
  /** What a person can do, as a sentence. */
  action: string;
  /** Whether a retry may succeed without anybody having changed anything. */
  retryMayHelp: boolean;
  /** What is done in the end: a retry, once the rest is done; or what has to come before anything can be counted there. */
  ends: 'retry' | 'enable-region' | 'find-regions' | 'reinstate-account';
};

/**
 * What a person makes of a missing region, and does about it.
 * @param kind what was to be counted there
 * @param known what the last attempt took, who denied it, and how many runs in a row miss it, where that is known
 */
export function adviceFor(reason: Reason, kind: Kind, known: Known = {}): Advice {
  const advice = adviceOn(reason, kind, known);
  return isStillDark(reason, known) ? { ...advice, action: `${advice.action} ${STILL_DARK}` } : advice;
}

type Known = { effort?: Effort | null; deniedBy?: Denier; runs?: number | null };

/** A quick try is one call, and comes after some dark runs. Anything else that is not counted makes more of them. */
function isStillDark(reason: Reason, { effort = null, runs }: Known): boolean {
  return isDarkAttempt({ reason, effort }) && effort?.calls === 1 && (runs ?? 0) > DARK_RUNS;
}

const STILL_DARK = 'Each run gives it one quick try until it answers; a retry gives it all of its time.';

function adviceOn(reason: Reason, kind: Kind, { effort = null, deniedBy }: Known): Advice {
  const { words, callsPerSecond, actions } = descriptorOf(kind);
  switch (reason) {
    case 'throttled':
      return {
        because: 'the service refused for its call rate, for longer than the retries lasted',
        action: `Find out what else lists ${words.many} there (${callsPerSecond} calls a second are shared by the whole account), or deploy with a lower callsPerSecond; then retry.`,
        retryMayHelp: true,
        ends: 'retry',
      };
    case 'denied':
      return { ...denied(deniedBy, actions[0]), retryMayHelp: false, ends: 'retry' };
    case 'bad-credentials':
      return {
        because:
          'the credentials were not accepted there: their session had expired or was revoked, or they are unknown',
        action:
          'If the count ran with your own credentials (--video aws), sign in again and count again; credentials of a deployed stack are renewed by themselves, so retry.',
        retryMayHelp: true,
        ends: 'retry',
      };
    case 'no-access':
      return {
        because:
          'the account does not let its member role be assumed, so nothing can be asked there; what it holds is unknown, not zero',
        action:
          'Look whether the account has the member role under its name (memberRole), and whether that trusts the roles of this stack with the same external id (externalId): `kvs-census member-role` prints it as it must be. A stack in a region that accounts have to switch on needs it switched on there, too. Then retry.',
        retryMayHelp: false,
        ends: 'retry',
      };
    case 'suspended':
      return {
        because: 'the account is suspended or closed, or has left the organisation; what it holds is unknown, not zero',
        action:
          'If it is to be counted, have it reinstated, or invited again, and the next run counts it; if not, exclude it (excludeAccounts).',
        retryMayHelp: false,
        ends: 'reinstate-account',
      };
    case 'not-enabled':
      return {
        because: 'the account has not opted in to the region, so what lies there cannot be seen; it is not zero',
        action:
          'Opt in to it, and the next run counts it; or exclude it (excludeRegions) if nothing is to be counted there.',
        retryMayHelp: false,
        ends: 'enable-region',
      };
    case 'unsupported':
      return {
        because: 'the service has no endpoint there',
        action: 'Exclude it (excludeRegions), or take it out of the parameter regions; AWS lists where the service is.',
        retryMayHelp: false,
        ends: 'find-regions',
      };
    case 'unreachable':
      return {
        because: 'the service could not be reached, or answered with errors that lasted',
        action: 'Look at the AWS Health Dashboard for the region, and retry when it has recovered.',
        retryMayHelp: true,
        ends: 'retry',
      };
    case 'timed-out':
      return timedOut(effort);
    case 'bad-answer':
      return {
        because: `the list of ${words.many} could not be trusted: a page was malformed, a token was repeated, the list left out ${words.many} that are there, or it was longer than the memory of the worker`,
        action: "Retry; if it happens again, open a case with AWS Support and name the instant from the worker's log.",
        retryMayHelp: true,
        ends: 'retry',
      };
    case 'undelivered':
      return {
        because: 'the task was given up after five deliveries, and no worker lived to say why',
        action: "Look into the worker's log for crashes or time-outs at that time; then retry.",
        retryMayHelp: true,
        ends: 'retry',
      };
    case 'unanswered':
      return {
        because: 'nothing was heard before the deadline',
        action:
          "Look whether the region-tasks queue was drained (its oldest message, the worker's concurrency and errors); then retry.",
        retryMayHelp: true,
        ends: 'retry',
      };
    default:
      return reason satisfies never;
  }
}

function denied(by: Denier | undefined, listAction: string): Pick<Advice, 'because' | 'action'> {
  switch (by) {
    case 'organisation-policy':
      return {
        because: `a policy of the organisation refuses ${listAction} there`,
        action:
          "Have whoever manages the organisation let the worker's role (in another account the member role) through in its service or resource control policies, then retry; or exclude the region (excludeRegions) if nothing is to be counted there.",
      };
    case 'no-permission':
      return {
        because: `nothing allows ${listAction} to who asked`,
        action:
          "Look whether the worker's role (in another account the member role) still has the permissions that its stack gives it, and deploy again if not; then retry.",
      };
    case 'another-policy':
      return {
        because: `a policy of the account refuses ${listAction} there`,
        action:
          "Look for a permissions boundary, a session policy or an endpoint policy that shuts the region out, and let the worker's role (in another account the member role) through, then retry; or exclude the region (excludeRegions) if nothing is to be counted there.",
      };
    case undefined:
      return {
        because: `${listAction} is refused there`,
        action:
          "Look for a service control policy or a permissions boundary that shuts the region out, and let the worker's role (in another account the member role) through, then retry; or exclude the region (excludeRegions) if nothing is to be counted there.",
      };
    default:
      return by satisfies never;
  }
}

/** Many calls a second do not help where the first one had no answer. */
function timedOut(effort: Effort | null): Advice {
  const shared = { retryMayHelp: true, ends: 'retry' } as const;
  if (effort === null || effort.pages > 0) {
    const pages = effort === null ? '' : `, after ${effort.pages} ${effort.pages === 1 ? 'page' : 'pages'}`;
    return {
      ...shared,
      because: `a call, or the whole count, ran out of time${pages}`,
      action: "Retry; if it happens again, compare the region's effort with earlier runs and raise callsPerSecond.",
    };
  }
  return {
    ...shared,
    because: 'not a single call was answered in time',
    action:
      'Look at the AWS Health Dashboard for the region, and at what lies between it and the workers (name resolution, endpoints, proxies). Then retry.',
  };
}
