import { type OrganizationRunStory, type OrganizationStory, plannedIn } from '../../organization-story.ts';
import { at, pairs } from '../../story.ts';
import { SETTLING_MS } from '../allowances.ts';
import { everyPossible, isComplete } from './possible.ts';

/**
 * Nothing is recorded of an account that is not planned, or of a round that the organisation's run never opened. The next round asks for
 * each account of which something is missing, or for those that a person named; and is over for one only when something of that round is
 * on record of it.
 */
export function* askedOfOrganization(story: OrganizationStory) {
  const { runs } = story;
  for (const run of runs) {
    yield* askedForLess(run, story);
    yield* askedInVain(run, story);
    yield* letGo(run);
    const { runId, versions, records } = run;
    const planned = new Set(plannedIn(run).map(({ accountId }) => accountId));
    for (const [accountId, recorded] of records) {
      if (!planned.has(accountId)) yield `${runId}: ${accountId} is recorded, and was never planned.`;
      for (const { atMs, value } of recorded) {
        const round = at(versions, atMs)?.round ?? -1;
        if (value.round > round) yield `${runId}: ${accountId} is recorded for round ${value.round}, in ${round}.`;
      }
    }
  }
}

function* askedForLess(run: OrganizationRunStory, { kind, whole }: OrganizationStory) {
  const { runId, versions } = run;
  for (const [before, after] of pairs(versions)) {
    const { round, pending } = after.value;
    if (round === before.value.round) continue;
    const wishes = whole.askedAgain.filter(
      (each) => each.kind === kind && each.runId === runId && each.round === round,
    );
    if (wishes.length === 0) yield `${runId}: round ${round} was opened, and nobody had asked for it.`;
    const incomplete = [...everyPossible(run, after.atMs)]
      .filter(([, records]) => !records.some(isComplete))
      .map(([accountId]) => accountId);
    // Several may have asked, each for others.
    const wished = wishes.map(({ accounts }) => incomplete.filter((each) => accounts?.includes(each) ?? true));
    const isRight = wished.some((all) => all.every((each) => pending.includes(each)));
    if (wishes.length > 0 && !isRight)
      yield `${runId}: round ${round} asks for ${pending.join(', ') || 'nobody'}, and ${wished[0]!.join(', ')} are missing.`;
  }
}

/** Who asks for all that is missing opens the next round, where nothing is in the way. */
function* askedInVain(run: OrganizationRunStory, { kind, whole, circumstances }: OrganizationStory) {
  if (!circumstances.isUndisturbed) return;
  const { runId, versions } = run;
  for (const { atMs, round, accounts, ...wish } of whole.askedAgain) {
    const then = at(versions, atMs);
    if (wish.kind !== kind || wish.runId !== runId || accounts !== undefined || then?.total === undefined) continue;
    const isMissing = [...everyPossible(run, atMs + SETTLING_MS).values()].some((records) => !records.some(isComplete));
    if (isMissing && !versions.some(({ value }) => value.round >= round))
      yield `${runId}: round ${round} was asked for, and never opened.`;
  }
}

function* letGo({ runId, versions, records }: OrganizationRunStory) {
  for (const [before, after] of pairs(versions)) {
    const { round, pending } = after.value;
    if (round !== before.value.round) continue;
    for (const accountId of before.value.pending.filter((each) => !pending.includes(each))) {
      const record = at(records.get(accountId), after.atMs);
      if (record === undefined || record.round < round)
        yield `${runId}: ${accountId} is not waited for any more, and nothing of round ${round} is on record of it.`;
    }
  }
}
