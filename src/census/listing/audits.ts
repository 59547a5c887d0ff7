/**
 * What stands between a region that was listed and its count: everything that its lists show is kept as evidence, lists that
 * have ended are checked here and there, and the count is audited; again, if something was shown meanwhile.
 */

import type { Page, Random } from '../ports.ts';
import type { StreamFacts } from '../tally.ts';
import { type Audit, makeAudit, wayOf } from './audit.ts';
import { makeEvidence } from './evidence.ts';
import { makePart, type Part } from './parts.ts';
import { askForName, askToCheck, type Question } from './questions.ts';
import { makeSpotChecks } from './spot-checks.ts';

export type Audits = {
  /** A page of this part is asked for. */
  asked(part: Part): void;
  /** It came, and showed these streams for the first time. */
  shown(question: Question, streams: readonly StreamFacts[]): void;
  /** What was answered to the question for the stream that is named like a prefix. */
  told(prefix: string, streams: readonly StreamFacts[]): void;
  /** What to ask next, if there is something that a verdict waits for; asking it is for the caller to do. */
  next(): (() => Question) | undefined;
  /** Of a stream that was looked up. */
  answer(name: string, page: Page): void;
  withoutNames(): void;
  withoutBranches(): void;
  /** `open` as long as the region is not listed, or something must be answered first. */
  verdict(): ReturnType<Audit['verdict']>;
};

export function makeAudits(region: Part, startedAtMs: number, random: Random): Audits {
  const evidence = makeEvidence(startedAtMs);
  const spotChecks = makeSpotChecks();
  const gone = new Set<string>();
  let mayAskNames = true;
  let mayBranch = true;
  let audit: Audit | undefined;

  return {
    asked: spotChecks.asked,
    shown({ part, about }, streams) {
      evidence.note(part, streams);
      if (about === 'check') spotChecks.answered(part);
      else if (part !== region && part.state === 'listed') spotChecks.listed(part);
    },
    told(prefix, streams) {
      // No list has shown it: one that leaves it out must not count the part.
      evidence.note(makePart(prefix), streams);
    },
    next() {
      const current = audit;
      if (current?.hasNext()) return () => askForName(region, current.next());
      return mayBranch && spotChecks.hasNext() ? () => askToCheck(spotChecks.next()) : undefined;
    },
    answer: (name, page) => audit?.answer(name, page),
    withoutNames() {
      mayAskNames = false;
      audit?.unanswered();
    },
    withoutBranches() {
      mayBranch = false;
      evidence.forget();
      audit = undefined;
    },
    verdict() {
      const way = wayOf(region);
      if (way === undefined || (way === 'branches' && !spotChecks.areDone())) return 'open';
      if (audit?.way !== way || (audit.verdict() === 'believed' && !audit.isCurrent())) {
        audit = makeAudit({ way, region, evidence, gone, mayAskNames, random });
      }
      return audit.verdict();
    },
  };
}
