/**
 * Whether a count can be believed. A service may contradict itself: lists by prefix that answer with nothing, that lose
 * their token, or that come from an index which misses names. So every stream that any list has shown, and that was there
 * before the counting began, must be in the count; whichever way was done first.
 *
 *     the list is at its end, or all branches and spot checks are done
 *       │                         └─ too little was listed yet ─▶ the list goes on
 *       ▼
 *     is all that was shown in the count? ── yes ───────────────────────────────▶ believed
 *       │ no
 *       ├─ more than one in 20 is not found ─────────────────────────────────────▶ refuted
 *       ▼
 *     look up 20 of them, or all if they are fewer; and one that was found, as a control
 *       ├─ all are gone meanwhile, and the control is there ─────────────────────▶ believed
 *       ├─ one is there ────────────────────────────────────────────────────────▶ refuted
 *       └─ no such question is answered, or the control is not there ────────────▶ branches: refuted; the list: believed
 *
 * A spot check asks for a prefix one letter longer than what the names on a list that has ended have in common. Where lists
 * by prefix end too soon, in an order that the region's list shares, it shows what that list has not come to yet.
 *
 * If branches are refuted, they are given up and the list goes on to its end. If the list is, the region has no count.
 * docs/counting.md says what no audit can detect.
 */
import { areDone, commonPrefix, hasShown, holderOf, makePart, nameEnd, type Part, streamsOf } from './parts.ts';
import type { Page, Random } from './ports.ts';
import type { StreamFacts } from './tally.ts';

/** A clock may be wrong by so much: younger streams than the counting may be missing from either way. */
const MARGIN_MS = 5 * 60_000;

/** Streams kept, at most: about 45 bytes each. What is listed after them is not held against a count. */
const KEPT = { ofTheList: 500_000, ofBranches: 50_000 };

/** Branches are believed once one in so many of the streams that they hold was also on the pages of the region's list. */
const ONE_IN = 50;

/** Of the streams that were shown so many may be gone. */
const MAY_BE_GONE = 1 / 20;

/** Of those that are not found again so many are looked up. In the list of a small region they may be more than one in 20. */
const LOOKED_UP = 20;

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

export type SpotChecks = {
  /** A page of this part is asked for. */
  opened(part: Part): void;
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
    opened({ prefix }) {
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

export type Way = 'list' | 'branches';

/** How the region is counted, if it is: by its list, or by branches of which the list has shown enough. */
export function wayOf(region: Part): Way | undefined {
  if (region.state === 'listed') return 'list';
  const { branches, evidence } = region;
  if (branches === undefined || !areDone(branches)) return undefined;
  return isEnough(evidence, Math.max(region.streams, streamsOf(branches))) ? 'branches' : undefined;
}

export type Audit = {
  readonly way: Way;
  /** Whether this is about all that was shown by now. */
  isCurrent(): boolean;
  verdict(): 'believed' | 'refuted' | 'open';
  /** Whether there is a name to look up. */
  hasNext(): boolean;
  next(): string;
  answer(name: string, page: Page): void;
  /** No name can be looked up. */
  unanswered(): void;
};

/** @param gone ARNs that earlier audits have found to be gone; those that this one finds are added */
export function makeAudit(
  way: Way,
  region: Part,
  evidence: Evidence,
  gone: Set<string>,
  mayAskNames: boolean,
  random: Random,
): Audit {
  const pages = evidence.pages().length;
  const { lost, shown, found } = holdAgainst(region, evidence, gone);
  const few = way === 'list' ? LOOKED_UP : 0;
  // The list is believed also where the answers prove nothing.
  const control = way === 'list' ? undefined : found;
  const sample = draw(lost, LOOKED_UP, random);
  /** ARNs by name: what was not found, and the control. */
  const wanted = Map.groupBy(control === undefined ? sample : [control, ...sample], ({ name }) => name);
  const unasked = [...wanted.keys()];
  let verdict: ReturnType<Audit['verdict']> = 'open';
  if (lost.length > Math.max(few, MAY_BE_GONE * shown)) verdict = 'refuted';
  else if (lost.length === 0) verdict = 'believed';
  else if (!mayAskNames || (way === 'branches' && control === undefined)) unanswered();

  function unanswered(): void {
    if (verdict === 'open') verdict = way === 'list' ? 'believed' : 'refuted';
  }

  return {
    way,
    isCurrent: () => evidence.pages().length === pages,
    verdict: () => verdict,
    hasNext: () => verdict === 'open' && unasked.length > 0,
    next: () => unasked.shift()!,
    answer(name, { streams }) {
      const there = streams.flatMap(({ arn, status }) => (status === 'DELETING' ? [] : [arn]));
      const asked = wanted.get(name) ?? [];
      wanted.delete(name);
      if (verdict !== 'open') return;
      if (asked.some((one) => one !== control && there.includes(one.arn))) verdict = 'refuted';
      else if (name === control?.name && !there.includes(control.arn)) unanswered();
      else {
        for (const { arn } of asked) gone.add(arn);
        if (wanted.size === 0) verdict = 'believed';
      }
    },
    unanswered,
  };
}

type Shown = { name: string; arn: string };

/**
 * Of the streams that were shown by other lists than those that make up the count: which of them it does not hold, and
 * the last one that it does.
 */
function holdAgainst(
  region: Part,
  evidence: Evidence,
  gone: ReadonlySet<string>,
): { lost: Shown[]; shown: number; found: Shown | undefined } {
  const lost: Shown[] = [];
  let shown = 0;
  let found: Shown | undefined;
  for (const { part, head, lines, count } of evidence.pages()) {
    // The list of a part that is done by it has shown no name but such as it counts.
    if (part.state === 'listed' && part === holderOf(region, nameOn(lines))) continue;
    shown += count;
    for (const line of lines.split('\n')) {
      const one = { name: nameOn(line), arn: head + line };
      if (hasShown(holderOf(region, one.name), one.arn)) found = one;
      else if (!gone.has(one.arn)) lost.push(one);
    }
  }
  return { lost, shown, found };
}

/** The first name in such lines. */
function nameOn(lines: string): string {
  const end = lines.search(/[/\n]/);
  return end < 0 ? lines : lines.slice(0, end);
}

/** So many of them, each as likely as the others. */
function draw<T>(from: T[], count: number, random: Random): T[] {
  for (let i = 0; i < Math.min(count, from.length); i++) {
    const other = i + Math.floor(random() * (from.length - i));
    [from[i], from[other]] = [from[other]!, from[i]!];
  }
  return from.slice(0, count);
}
