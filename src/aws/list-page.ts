/** One page of a region's list, and what the service's errors mean. */
import { CountError } from '../census/errors.ts';
import type { ListPage, Page, PageRequest } from '../census/ports.ts';
import type { StreamFacts } from '../census/tally.ts';
import { classify, deniedBy, IDENTITY_REFUSALS, nameNotFound } from './call-errors.ts';
import { endedBy } from './ended-by.ts';
import type { Lister } from './kinds/lister.ts';
import type { OptInState, ReadOptIn } from './regions.ts';

/**
 * @param requestTimeoutMs for one whole call, to the last byte of its body
 * @param accountId the account whose session is used; absent: none is, and whatever account an ARN names is one's own
 */
export function makeListPage(
  lister: Lister,
  region: string,
  requestTimeoutMs: number,
  readOptIn: ReadOptIn,
  accountId?: string,
): ListPage {
  const where = { region, ...(accountId !== undefined && { accountId }) };
  return async (request) => {
    const end = endAfter(Math.min(requestTimeoutMs, request.timeLimitMs ?? Number.POSITIVE_INFINITY), request.signal);
    try {
      return await endedBy(end.signal, () =>
        request.name === undefined
          ? listPage(lister, where, request, end.signal)
          : oneOf(lister, where, request.name, end.signal),
      );
    } catch (error) {
      throw end.signal.aborted
        ? timedOut(error)
        : await explain(error, !lister.floor.includes(region), () => readOptIn(region, end.signal));
    } finally {
      end.cancel();
    }
  };
}

/**
 * Aborts after `ms`, or as soon as `earlier` does. Until it is cancelled it holds a timer: one of AbortSignal.timeout cannot
 * be cancelled, and would be kept, with all that waits for it, long after most calls have ended.
 */
function endAfter(ms: number, earlier: AbortSignal | undefined) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, ms);
  earlier?.addEventListener('abort', abort);
  if (earlier?.aborted) abort();
  return {
    signal: controller.signal,
    cancel() {
      clearTimeout(timer);
      earlier?.removeEventListener('abort', abort);
    },
  };
}

type Where = { region: string; accountId?: string };

async function listPage(lister: Lister, where: Where, request: PageRequest, signal: AbortSignal): Promise<Page> {
  const { entries, nextToken } = await lister.page(request, signal);
  // An answer without a list is not an answer of zero: an empty region answers with an empty list.
  if (!Array.isArray(entries)) throw malformed('The answer holds no list.');
  const streams = entries.map((entry) => factsOf(lister, where, entry));
  // An empty token ends the list just as an absent one does.
  if (nextToken === undefined || nextToken === null || nextToken === '') return { streams };
  if (typeof nextToken !== 'string') throw malformed('The answer holds a page token that is no text.');
  return { streams, nextToken };
}

async function oneOf(lister: Lister, where: Where, name: string, signal: AbortSignal): Promise<Page> {
  const found = (await lister.named?.(name, signal)) ?? [];
  return { streams: found.map((entry) => factsOf(lister, where, entry)) };
}

/** `arn:partition:service:region:account:what/name`; of Kinesis Video `/time` comes after. */
const ARN = /^arn:[^:]*:[^:]*:(?<region>[^:]*):(?<owner>[^:]*):[^/]+\/(?<name>[^/]+)/;

/**
 * An ARN that names another region may be in the list of that one, too: it would count twice. One that names another thing than
 * its entry hides one of the two. One that names another account than the one whose session asked would count as that account's;
 * without a session it is not looked at, since services of one's own write any. What is no such ARN names nothing: things of
 * different names are told apart all the same.
 * @throws CountError if the entry does not say which thing it is, or contradicts itself
 */
function factsOf(lister: Lister, { region, accountId }: Where, entry: unknown): StreamFacts {
  const facts = lister.factsOf(entry);
  if (facts === undefined) throw malformed('The answer holds an entry without an ARN.');
  const { name, arn } = facts;
  const named = ARN.exec(arn)?.groups;
  if (named === undefined) return name === '' ? facts : { ...facts, arn: `${arn} ${name}` };
  if ((named.region || region) !== region) throw malformed('The answer holds an entry of another region.');
  if (accountId !== undefined && (named.owner || accountId) !== accountId)
    throw malformed('The answer holds an entry of another account.');
  if ((name || named.name) !== named.name) throw malformed('The answer holds an entry whose ARN names another thing.');
  return facts;
}

const UNSUPPORTED = { reason: 'unsupported', retryable: false } as const;

/** @param isUnknown whether nobody knows of the service in that region */
async function explain(
  error: unknown,
  isUnknown: boolean,
  readOptIn: () => ReturnType<ReadOptIn>,
): Promise<CountError> {
  if (error instanceof CountError) return error;
  if (IDENTITY_REFUSALS.has((error as Error).name)) {
    // A region that is not opted in refuses in the same words as bad credentials do. Ask, never guess.
    return identityRefused(await readOptIn(), error);
  }
  const { reason, retryable } = isUnknown && nameNotFound(error) ? UNSUPPORTED : classify(error);
  return new CountError(reason, `The call failed: ${reason}.`, {
    retryable,
    cause: error,
    ...(reason === 'denied' && { deniedBy: deniedBy(error) }),
  });
}

function identityRefused(state: OptInState, cause: unknown): CountError {
  switch (state) {
    case 'disabled':
      return new CountError('not-enabled', 'The account has not opted in to the region.', { cause });
    case 'enabled':
    case 'refused':
      return new CountError('bad-credentials', 'The service does not accept the credentials.', { cause });
    case 'unknown':
      return new CountError('denied', 'The service refuses, for its region or for the credentials.', { cause });
    default:
      return state satisfies never;
  }
}

function timedOut(cause: unknown): CountError {
  return new CountError('timed-out', 'The call took too long.', { retryable: true, cause });
}

function malformed(message: string): CountError {
  return new CountError('bad-answer', message, { retryable: true });
}
