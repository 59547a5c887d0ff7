import { MAX_RECEIVES } from '../numbers.ts';
import { pairs, type Story } from '../story.ts';

const ATTEMPTS_PER_PAGE = 4;

const CALLS_PER_SECOND = 50;

/** From a worker that hands its message back to the end of its invocation. */
const HANDING_BACK_MS = 10_000;

/**
 * At most 5 receives per message, one at a time unless something disturbs them, and 4 attempts per page and
 * receive; nothing loops. A region sees at most 50 calls in any second, unless a task was delivered twice at once.
 */
export function* Bounded({ history, circumstances }: Story) {
  if (history.exhausted) yield 'It went on and on.';
  if (history.mostReceives > MAX_RECEIVES) yield `A message was received ${history.mostReceives} times.`;
  const isLeased = circumstances.isUndisturbed && !circumstances.areReceivesDisturbed;
  for (const [message, received] of groups(history.invocations, ({ of, messageId }) => of === 'worker' && messageId)) {
    if (
      isLeased &&
      pairs(received).some(([before, after]) => after.startedAtMs < (before.endedAtMs ?? 0) - HANDING_BACK_MS)
    )
      yield `${message} was handed to another worker while one was at it.`;
  }
  const pages = groups(history.videoCalls, ({ invocation, region, page }) => `${invocation.nth} ${region} ${page}`);
  for (const [page, calls] of pages) {
    if (calls.length > ATTEMPTS_PER_PAGE) yield `A worker asked for one page ${calls.length} times (${page}).`;
  }
  for (const [region, calls] of groups(history.videoCalls, ({ region }) => region)) {
    for (const [index, { atMs, invocation }] of calls.entries()) {
      const within = calls.slice(index, index + CALLS_PER_SECOND + 1);
      const alone = within.every((call) => call.invocation === invocation);
      if (within.length > CALLS_PER_SECOND && within.at(-1)!.atMs < atMs + 1000 && alone)
        yield `${region} saw more than ${CALLS_PER_SECOND} calls within a second.`;
    }
  }
}

/** By name, in order; what has no name is left out. */
function groups<T>(list: readonly T[], nameOf: (entry: T) => string | false | undefined): Map<string, T[]> {
  const byName = new Map<string, T[]>();
  for (const entry of list) {
    const name = nameOf(entry);
    if (!name) continue;
    const group = byName.get(name);
    if (group === undefined) byName.set(name, [entry]);
    else group.push(entry);
  }
  return byName;
}
