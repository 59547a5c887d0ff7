import { isSettled } from '../../../src/census/run.ts';
import { listingOf } from '../counts.ts';
import { at, isCounted, type RunStory, type Story } from '../story.ts';
import { isExcused, SETTLING_MS } from './allowances.ts';

/**
 * `complete` if and only if nothing is missing; `partial` names exactly the regions that are, each with a reason. A count
 * names the instants between which it was made.
 */
export function* Honest(story: Story) {
  yield* falselyDated(story);
  for (const run of story.runs) {
    const { runId, versions, totals, records } = run;
    yield* wrongLastKnown(run, story);
    yield* settledTooSoon(run, story);
    for (const { atMs, value: total } of totals) {
      const { plan } = versions[0]!.value;
      const missing = new Map(total.missing.map(({ region, reason }) => [region, reason]));
      const which = `${runId}, rev ${total.rev}`;
      if ((total.verdict === 'complete') !== (missing.size === 0))
        yield `${which}: ${total.verdict}, and ${missing.size} regions are missing.`;
      if (total.expected !== plan.length || total.counted !== plan.length - missing.size)
        yield `${which}: ${total.counted} of ${total.expected} counted, ${missing.size} of ${plan.length} missing.`;
      for (const [region, reason] of missing) {
        if (!plan.includes(region)) yield `${which}: ${region} is missing, and was never planned.`;
        if (!reason) yield `${which}: ${region} is missing without a reason.`;
      }
      for (const region of plan) {
        const wasCountedAt = (instantMs: number) => at(records.get(region), instantMs)?.status === 'counted';
        if (!missing.has(region) && !wasCountedAt(atMs))
          yield `${which}: ${region} is not missing, and was not counted by then.`;
        if (missing.has(region) && wasCountedAt(atMs - SETTLING_MS))
          yield `${which}: ${region} is missing, and was counted long before.`;
      }
    }
  }
}

/** When a region was counted is what its worker's clock says, if that is right. */
function* falselyDated({ runs, history, circumstances }: Story) {
  if (circumstances.clocksWrongByMs > 0) return;
  for (const { runId, records } of runs) {
    for (const { atMs, value: record, by } of [...records.values()].flat().filter(isCounted)) {
      if (by === undefined) continue;
      const { firstMs, lastMs } = listingOf(history, by, record.region);
      const startedAtMs = Date.parse(record.startedAt);
      const endedAtMs = Date.parse(record.endedAt);
      if (startedAtMs < by.startedAtMs || startedAtMs > firstMs)
        yield `${runId}: the count of ${record.region} did not start at ${record.startedAt}.`;
      if (endedAtMs < lastMs || endedAtMs > atMs)
        yield `${runId}: the count of ${record.region} did not end at ${record.endedAt}.`;
    }
  }
}

/** From a count to the total that knows of it: an index shows it within moments, and a total is stored within a minute. */
const INDEXED_MS = 65_000;

/** What a total says that an earlier run counted where this one misses something. */
function* wrongLastKnown({ runId, totals }: RunStory, story: Story) {
  const { runs } = story;
  for (const { atMs, value } of totals) {
    for (const { region, lastKnown } of value.missing) {
      const newest = runs
        .filter((run) => run.runId < runId && at(run.records.get(region), atMs - INDEXED_MS)?.status === 'counted')
        .map((run) => run.runId)
        .sort()
        .at(-1);
      // A request that fails, or is slow, may cost a total this number.
      if (newest !== undefined && (lastKnown?.runId ?? (isExcused(story, runId, region) ? newest : '')) < newest)
        yield `${runId}, rev ${value.rev}: ${region} was last known by ${newest}, which it does not say.`;
      if (lastKnown === undefined) continue;
      const earlier = runs
        .find((run) => run.runId === lastKnown.runId)
        ?.records.get(region)
        ?.at(-1)?.value;
      const isRight =
        lastKnown.runId < runId &&
        earlier?.status === 'counted' &&
        earlier.tally.streams === lastKnown.streams &&
        earlier.endedAt === lastKnown.countedAt;
      if (!isRight)
        yield `${runId}, rev ${value.rev}: ${region} was last known by ${lastKnown.runId}, which did not say so.`;
    }
  }
}

/** A run has settled only when it waits for nobody any more. */
function* settledTooSoon({ runId, versions, records }: RunStory, { circumstances }: Story) {
  for (const { atMs, value: run } of versions) {
    if (!isSettled(run) || atMs >= Date.parse(run.deadlineAt) - circumstances.clocksWrongByMs) continue;
    for (const region of run.pending) {
      const record = at(records.get(region), atMs);
      const hasAnswered = record?.status === 'counted' || (record?.status === 'failed' && record.round >= run.round);
      if (!hasAnswered) yield `${runId}: has settled, and waits for ${region}.`;
    }
  }
}
