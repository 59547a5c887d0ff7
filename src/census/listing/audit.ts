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
 *       ├─ all are gone meanwhile, and the control is known ─────────────────────▶ believed
 *       ├─ one is there ────────────────────────────────────────────────────────▶ refuted
 *       └─ no such question is answered, or the control is not known ────────────▶ branches: refuted; the list: believed
 *
 * If branches are refuted, they are given up and the list goes on to its end. If the list is, the region has no count.
 * docs/counting.md says what no audit can detect.
 */

import type { Page, Random } from '../ports.ts';
import { type Evidence, isEnough } from './evidence.ts';
import { areDone, hasShown, holderOf, type Part, streamsOf } from './parts.ts';

/** Of the streams that were shown so many may be gone. */
const MAY_BE_GONE = 1 / 20;

/** Of those that are not found again so many are looked up. In the list of a small region they may be more than one in 20. */
const LOOKED_UP = 20;

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

type Case = {
  way: Way;
  region: Part;
  evidence: Evidence;
  /** ARNs that earlier audits have found to be gone; those that this one finds are added. */
  gone: Set<string>;
  mayAskNames: boolean;
  random: Random;
};

export function makeAudit({ way, region, evidence, gone, mayAskNames, random }: Case): Audit {
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
  else if (!mayAskNames) unanswered();

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
      const known = streams.map(({ arn }) => arn);
      const there = streams.flatMap(({ arn, status }) => (status === 'DELETING' ? [] : [arn]));
      const asked = wanted.get(name) ?? [];
      wanted.delete(name);
      if (verdict !== 'open') return;
      if (asked.some((one) => one !== control && there.includes(one.arn))) verdict = 'refuted';
      else if (name === control?.name && !known.includes(control.arn)) unanswered();
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
