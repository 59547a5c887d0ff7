/** What the lists of a region have shown, to be held against its count (audit.ts). */

import type { StreamFacts } from '../tally.ts';
import { nameEnd, type Part } from './parts.ts';

/** A clock may be wrong by so much: younger streams than the counting may be missing from either way. */
const MARGIN_MS = 5 * 60_000;

/** Streams kept, at most: about 45 bytes each. What is listed after them is not held against a count. */
const KEPT = { ofTheList: 500_000, ofBranches: 50_000 };

/** Branches are believed once one in so many of the streams that they hold was also on the pages of the region's list. */
const ONE_IN = 50;

/** Whether so many shown streams are enough to believe branches that hold so many. */
export function isEnough(evidence: number, streams: number): boolean {
  return evidence * ONE_IN >= streams;
}

/** The ARNs on one page, in one text: each is `head` and one line. */
type KeptPage = { part: Part; head: string; lines: string; count: number };

export type Evidence = {
  /** What a part's list has shown for the first time, by names that their ARNs hold. */
  note(part: Part, streams: readonly StreamFacts[]): void;
  /** The branches were given up: nothing is to be held against the list. */
  forget(): void;
  pages(): readonly KeptPage[];
};

export function makeEvidence(startedAtMs: number): Evidence {
  let pages: KeptPage[] | undefined = [];
  const kept = { ofTheList: 0, ofBranches: 0 };

  function keep(part: Part, head: string, lines: readonly string[]): void {
    const of = part.parent === undefined ? 'ofTheList' : 'ofBranches';
    if (lines.length === 0 || kept[of] >= KEPT[of]) return;
    kept[of] += lines.length;
    pages!.push({ part, head, lines: lines.join('\n'), count: lines.length });
  }

  return {
    note(part, streams) {
      if (pages === undefined) return;
      let head = '';
      let lines: string[] = [];
      for (const stream of streams) {
        const end = nameEnd(stream);
        // Only an ARN tells when its stream was made; one that does not tell is taken for old.
        if (Number(stream.arn.slice(end + 1)) > startedAtMs - MARGIN_MS) continue;
        const start = end - stream.name.length;
        if (!(start === head.length && stream.arn.startsWith(head))) {
          keep(part, head, lines);
          lines = [];
          head = stream.arn.slice(0, start);
        }
        lines.push(stream.arn.slice(start));
        part.evidence += 1;
      }
      keep(part, head, lines);
    },
    forget() {
      pages = undefined;
    },
    pages: () => pages ?? [],
  };
}
