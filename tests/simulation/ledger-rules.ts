/** What must hold of the ledger's own bookkeeping, judged from outside like the other invariants. */
import type { RegionRecord } from '../../src/census/region.ts';
import { isSettled, type StoredTotal } from '../../src/census/run.ts';
import type { History, Invocation } from './history.ts';
import { PARTIAL_SWEEP_MS } from './numbers.ts';
import { at, type RunStory, type Story } from './story.ts';

/** A clock may be wrong by two minutes, and step by two more. */
export const SKEW_MS = 4 * 60_000;

/** Nothing is recorded that the run did not ask for: no region beside its plan, no round that it never opened. */
export function* Asked({ runs }: Story) {
  for (const { runId, versions, records } of runs) {
    for (const { region, atMs, value } of everyRecord(records)) {
      const run = at(versions, atMs);
      if (run === undefined) yield `${runId}: ${region} is recorded, and there is no such run.`;
      else if (!run.plan.includes(region)) yield `${runId}: ${region} is recorded, and was never planned.`;
      else if (value.round > run.round)
        yield `${runId}: ${region} is recorded for round ${value.round}, in ${run.round}.`;
    }
  }
}

/** Nothing is recorded of a round more than a day after its deadline, whatever a task says of itself. */
export function* Timely({ runs, schedule }: Story) {
  const isForged = schedule.faults.some((fault) => fault.kind === 'stray' && fault.what === 'task due in 2099');
  for (const { runId, versions, records } of runs) {
    for (const { region, atMs, value } of everyRecord(records)) {
      // What a forged task is bounded by is the round that the run is in.
      const rounds = versions.filter(
        (version) => version.atMs <= atMs && (isForged || version.value.round === value.round),
      );
      const untilMs = Math.max(...rounds.map((version) => Date.parse(version.value.deadlineAt))) + PARTIAL_SWEEP_MS;
      if (Date.parse(value.recordedAt) >= untilMs)
        yield `${runId}: ${region} was recorded at ${value.recordedAt}, too late.`;
    }
  }
}

/** A run and its records expire together, when the run said so as it opened, whatever is set since. */
export function* Kept({ runs }: Story) {
  for (const { runId, versions, records } of runs) {
    const expiresAt = versions[0]?.value.expiresAt;
    for (const { value } of versions) {
      if (value.expiresAt !== expiresAt)
        yield `${runId}: was to expire at ${expiresAt}, and then at ${value.expiresAt}.`;
    }
    for (const { region, value } of everyRecord(records)) {
      const own = (value as { expiresAt?: number }).expiresAt;
      if (own !== expiresAt) yield `${runId}: expires at ${expiresAt}, and its record of ${region} at ${own}.`;
    }
  }
}

/** Of Told: each stored total is announced by whoever stored it, and by a sweep that comes in between. Nobody else does. */
export function* toldTooOften(
  { versions, announcements }: RunStory,
  stored: { atMs: number; value: StoredTotal },
  story: Story,
) {
  const { rev } = stored.value;
  const { history, schedule } = story;
  // Nobody watched the requests.
  if (history.requests.length === 0) return;
  const notedMs = versions.find(({ value }) => (value.announcedRev ?? -1) >= rev)?.atMs ?? Number.POSITIVE_INFINITY;
  const between = sweepsOf(history).filter(
    ({ startedAtMs, endedAtMs = Number.POSITIVE_INFINITY }) => startedAtMs <= notedMs && stored.atMs <= endedAtMs,
  );
  const repeated = schedule.faults.filter(
    (fault) => fault.kind === 'request' && fault.site === 'aggregator.announceTotal' && fault.mishap === 'sent twice',
  );
  const most = 1 + between.length + repeated.length;
  const times = announcements.filter((announcement) => announcement.rev === rev).length;
  if (times > most) yield `rev ${rev}: was announced ${times} times, and ${most} were enough.`;
}

export function sweepsOf({ requests }: History): Invocation[] {
  return [...new Set(requests.flatMap(({ site, by }) => (site === 'aggregator.readSweepPlace' ? [by] : [])))];
}

/** From a count to the total that knows of it: an index shows it within moments, and a total is stored within a minute. */
const INDEXED_MS = 65_000;

/** Of Honest: what a total says that an earlier run counted where this one misses something. */
export function* wrongLastKnown({ runId, totals }: RunStory, { runs, isUndisturbed }: Story) {
  for (const { atMs, value } of totals) {
    for (const { region, lastKnown } of value.missing) {
      const newest = runs
        .filter((run) => run.runId < runId && at(run.records.get(region), atMs - INDEXED_MS)?.status === 'counted')
        .map((run) => run.runId)
        .sort()
        .at(-1);
      // A request that fails may cost a total this number.
      if (newest !== undefined && (lastKnown?.runId ?? (isUndisturbed ? '' : newest)) < newest)
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

/** Of Honest: a run has settled only when it waits for nobody any more. */
export function* settledTooSoon({ runId, versions, records }: RunStory, { schedule }: Story) {
  const skewMs = schedule.faults.some(({ kind }) => kind === 'clock') ? SKEW_MS : 0;
  for (const { atMs, value: run } of versions) {
    if (!isSettled(run) || atMs >= Date.parse(run.deadlineAt) - skewMs) continue;
    for (const region of run.pending) {
      const record = at(records.get(region), atMs);
      const hasAnswered = record?.status === 'counted' || (record?.status === 'failed' && record.round >= run.round);
      if (!hasAnswered) yield `${runId}: has settled, and waits for ${region}.`;
    }
  }
}

/** Of Terminates: whoever acknowledges the task of a region that was counted has seen to it that the run knows. */
export function* unstruck({ runId, versions, records }: RunStory, { history }: Story) {
  for (const [region, recorded] of records) {
    const counted = recorded.find(({ value }) => value.status === 'counted');
    if (counted === undefined) continue;
    for (const { acknowledgedAtMs = -1, ...task } of history.tasks) {
      if (task.runId !== runId || task.region !== region || acknowledgedAtMs < counted.atMs) continue;
      const seen = versions.filter(({ atMs }) => counted.atMs <= atMs && atMs <= acknowledgedAtMs);
      const before = versions.findLast(({ atMs }) => atMs <= counted.atMs);
      if ([before, ...seen].every((version) => version?.value.pending.includes(region)))
        yield `${runId}: ${region} was counted and its task acknowledged, and nobody had struck it.`;
    }
  }
}

function* everyRecord(records: RunStory['records']): Generator<{ region: string; atMs: number; value: RegionRecord }> {
  for (const [region, versions] of records) for (const { atMs, value } of versions) yield { region, atMs, value };
}
