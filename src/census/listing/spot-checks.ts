/**
 * A spot check asks for a prefix one letter longer than what the names on a list that has ended have in common. Where lists by
 * prefix end too soon, in an order that the region's list shares, it shows what that list has not come to yet.
 */
import { commonPrefix, makePart, type Part } from './parts.ts';

type SpotChecks = {
  /** A page of this part is asked for. */
  asked(part: Part): void;
  /** A list by prefix has ended. */
  listed(part: Part): void;
  hasNext(): boolean;
  /** A part to look into; its next page is to be asked for. */
  next(): Part;
  answered(part: Part): void;
  areDone(): boolean;
};

/** Pages that one spot check takes at most. */
const CHECK_PAGES = 3;

/** One each time that three times as many streams were listed: of two lists the longer one is more likely to be looked into. */
export function makeSpotChecks(): SpotChecks {
  const due: Part[] = [];
  let open = 0;
  let streams = 0;
  let dueAt = 1;
  const known = new Set<string>();
  return {
    asked({ prefix }) {
      known.add(prefix);
    },
    listed(part) {
      streams += part.streams;
      const common = commonPrefix(part);
      if (streams < dueAt || common === undefined) return;
      dueAt = 3 * streams;
      // In an order of names the highest is the last that was listed: what a list leaves out comes after it.
      const check = makePart(part.highest.slice(0, common.length + 1));
      // What branches that were left have shown is held against the count as it is.
      if (known.has(check.prefix)) return;
      open += 1;
      due.push(check);
    },
    hasNext: () => due.length > 0,
    next: () => due.shift()!,
    answered(part) {
      if (part.state === 'open' && part.pages < CHECK_PAGES) due.push(part);
      else open -= 1;
    },
    areDone: () => open === 0,
  };
}
