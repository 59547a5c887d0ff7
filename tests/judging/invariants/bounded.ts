import { MAX_RECEIVES } from '../numbers.ts';
import { pairs, type Story } from '../story.ts';

const ATTEMPTS_PER_PAGE = 4;

/** As AWS documents it: docs/kinds.md. */
const CALLS_PER_SECOND = { streams: 50, channels: 50, 'data-streams': 5 } as const;

/** From a worker that hands its message back to the end of its invocation. */
const HANDING_BACK_MS = 10_000;

/**
 * At most 5 receives per message, one at a time unless something disturbs them, and 4 attempts per page and
 * receive; nothing loops. A region sees no more calls in any second than AWS allows for the kind, unless a task was delivered twice
 * at once.
 */
export function* Bounded({ kind, history, circumstances }: Story) {
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
  const most = CALLS_PER_SECOND[kind];
  for (const [region, calls] of groups(history.videoCalls, ({ region }) => region)) {
    for (const [index, { atMs, invocation }] of calls.entries()) {
      const within = calls.slice(index, index + most + 1);
      const alone = within.every((call) => call.invocation === invocation);
      if (within.length > most && within.at(-1)!.atMs < atMs + 1000 && alone)
        yield `${region} saw more than ${most} calls within a second.`;
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
