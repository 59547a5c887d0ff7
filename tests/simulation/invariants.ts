/**
 * What must always hold. Each invariant looks at the whole story of a simulation, from outside, and gives a sentence for
 * each thing that should not have been; no sentence, no violation. The stack's chaos test asks the same of a real ledger.
 */
import type { CountedRecord, RegionRecord } from '../../src/census/region.ts';
import { isSettled, type StoredTotal } from '../../src/census/run.ts';
import { sameTotal, settle } from '../../src/census/settle.ts';
import type { History, Invocation, TaskMessage } from './history.ts';
import { isForTheShelf } from './intruders.ts';
import {
  Asked,
  Kept,
  SKEW_MS,
  settledTooSoon,
  sweepsOf,
  Timely,
  toldTooOften,
  unstruck,
  wrongLastKnown,
} from './ledger-rules.ts';
import { MAX_RECEIVES, PARTIAL_SWEEP_MS, SWEEP_MS } from './numbers.ts';
import { at, canonical, type RunStory, type Story, type Version } from './story.ts';
import { falseRepeats, isPlain, listingOf, untruths } from './truth.ts';

export type Invariant = (story: Story) => Iterable<string>;

/** What one settling may take: from its first read to the stored total. */
const SETTLING_MS = 60_000;

/**
 * The total equals the ground truth, summed over the regions that it does not name as missing; and every count tells the
 * truth of its region, in its number and in each of its facets.
 */
export function* Truth({ runs, truth, history }: Story) {
  for (const { runId, versions, totals, records } of runs) {
    for (const [region, recorded] of records) {
      for (const version of recorded.filter(isCounted)) {
        for (const what of untruths(truth.get(region)!, version, history))
          yield `${runId}: the record of ${region} ${what}.`;
      }
    }
    for (const { value: total } of totals) {
      const missing = new Set(total.missing.map(({ region }) => region));
      const there = versions[0]!.value.plan.filter((region) => !missing.has(region));
      const expected = there.reduce((sum, region) => sum + streamsOf(region), 0);
      if (total.streams !== expected)
        yield `${runId}, rev ${total.rev}: the total says ${total.streams} streams, and there are ${expected}.`;
    }

    /** Where there is no one truth, what was counted: that was judged above. */
    function streamsOf(region: string): number {
      const world = truth.get(region)!;
      const counted = isPlain(world) ? undefined : records.get(region)?.find(isCounted);
      return counted?.value.tally.streams ?? world.streams;
    }
  }
}

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
function* falselyDated({ runs, history, schedule }: Story) {
  if (schedule.faults.some(({ kind }) => kind === 'clock')) return;
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

/**
 * One run for each instant that somebody asked for, one count for each region, no stream twice in it, whatever the service
 * repeats; adding the records up again gives the stored total, once the run is settled.
 */
export function* Once({ runs, history, truth }: Story) {
  for (const { runId, versions, totals, records } of runs) {
    for (const [region, recorded] of records) {
      for (const version of recorded.filter(isCounted)) {
        for (const what of falseRepeats(truth.get(region)!, version, history))
          yield `${runId}: the record of ${region} ${what}.`;
      }
    }
    if (!history.triggered.has(runId)) yield `${runId}: nobody asked for this run.`;
    const run = versions.at(-1)?.value;
    const total = totals.at(-1)?.value;
    if (run === undefined || total === undefined || !isSettled(run)) continue;
    const last = run.plan.map((region) => records.get(region)?.at(-1)?.value);
    const streams = last.reduce((sum, record) => sum + (record?.status === 'counted' ? record.tally.streams : 0), 0);
    if (streams !== total.streams) yield `${runId}: the records add up to ${streams}, the total says ${total.streams}.`;
    for (const record of last) {
      const gap = total.missing.find(({ region }) => region === record?.region);
      if (record === undefined || record.status === 'counted' || gap === undefined) continue;
      if (gap.reason !== record.reason)
        yield `${runId}: ${gap.region} is missing as ${gap.reason}, its record says ${record.reason}.`;
    }
    const again = settle(
      { ...run, pending: [] },
      last.filter((record) => record !== undefined),
      history.endedAtMs,
    );
    if (again.state === 'open' || !sameTotal(again.total, total))
      yield `${runId}: adding the records up again gives another total.`;
  }
}

/** A counted record never changes, no record falls back to an earlier round; totals only improve, `complete` is final. */
export function* Monotone({ runs }: Story) {
  for (const { runId, totals, records } of runs) {
    for (const [region, versions] of records) {
      for (const [before, after] of pairs(versions.map(({ value }) => value))) {
        if (before.status === 'counted') yield `${runId}: ${region} was counted, and was written again.`;
        else if (after.status !== 'counted' && after.round < before.round)
          yield `${runId}: the record of ${region} fell back from round ${before.round} to round ${after.round}.`;
      }
    }
    for (const [before, after] of pairs(totals.map(({ value }) => value))) {
      const missed = new Set(before.missing.map(({ region }) => region));
      const lost = after.missing.filter(({ region }) => !missed.has(region));
      if (lost.length > 0) yield `${runId}, rev ${after.rev}: ${lost[0]!.region} was counted, and is missing now.`;
      if (before.verdict === 'complete') yield `${runId}, rev ${after.rev}: the total was complete already.`;
    }
  }
}

/** Every region that failed has evidence for its reason, seen by somebody outside. */
export function* Excused({ runs, history, schedule }: Story) {
  const skewMs = schedule.faults.some(({ kind }) => kind === 'clock') ? SKEW_MS : 0;
  for (const run of runs) {
    const { runId, totals, records, versions } = run;
    for (const [region, recorded] of records) {
      for (const [index, { atMs, value: record }] of recorded.entries()) {
        if (record.status === 'counted') continue;
        const before = recorded[index - 1];
        if (!hasEvidence(record, atMs, before))
          yield `${runId}: the record of ${region} says ${record.reason}, and nothing of the kind had happened.`;
      }
    }
    for (const { atMs, value: total } of totals) {
      for (const { region, reason } of total.missing) {
        if (reason !== 'unanswered') continue;
        const which = `${runId}, rev ${total.rev}: ${region} is missing as unanswered`;
        if (at(records.get(region), atMs - SETTLING_MS) !== undefined) yield `${which}, and it had answered.`;
        if (!versions.some(({ value }) => Date.parse(value.deadlineAt) <= atMs + skewMs)) yield `${which} too early.`;
        const asked = history.tasks.filter((task) => task.runId === runId && task.region === region);
        if (asked.length === 0 && at(versions, atMs)?.dispatchedRound === 0) yield `${which}, and nobody had asked it.`;
        const inTime = asked.filter((task) => !wasLetGo(task, run));
        if (inTime.some((task) => task.sentAtMs > versions[0]!.atMs && wasAcknowledged(task, atMs - SETTLING_MS)))
          yield `${which}, and its task was acknowledged.`;
      }
    }
  }

  /** Of this round: what an earlier one met is no excuse. */
  function hasEvidence(
    record: Exclude<RegionRecord, { status: 'counted' }>,
    atMs: number,
    before?: { atMs: number; value: RegionRecord },
  ) {
    const { runId, region, round, reason } = record;
    const asked = history.tasks.filter(
      (task) =>
        task.runId === runId && task.region === region && (task.round ?? round) === round && task.sentAtMs <= atMs,
    );
    if (reason === 'undelivered') {
      // A dead letter that says nothing, although a worker had said why in this round.
      const said = before?.value.status === 'attempted' && before.value.round === round ? before.value : undefined;
      if (said !== undefined && said.reason !== reason && !wasBeingDrained(before!.atMs, atMs)) return false;
      return asked.some(({ queue }) => queue === 'undelivered-tasks');
    }
    const askedAtMs = Math.min(...asked.map(({ sentAtMs }) => sentAtMs));
    // A process that was frozen finds its time used up.
    if (reason === 'timed-out' && history.invocations.some(({ wasFrozen }) => wasFrozen)) return true;
    return history.evidence.some(
      (seen) => seen.region === region && seen.reason === reason && askedAtMs <= seen.atMs && seen.atMs <= atMs,
    );
  }

  /** A worker said it after a drain of dead letters had read the record, which came sooner than it should. */
  function wasBeingDrained(saidAtMs: number, atMs: number): boolean {
    return history.invocations.some(
      ({ of, startedAtMs, endedAtMs = atMs }) => of === 'undelivered' && startedAtMs <= saidAtMs && endedAtMs >= atMs,
    );
  }

  /** More than a day after its round's deadline: that says nothing of its region. */
  function wasLetGo({ acknowledgedAtMs = 0, round }: TaskMessage, { versions }: RunStory): boolean {
    const { deadlineAt = '' } = versions.findLast(({ value }) => value.round === round)?.value ?? {};
    return acknowledgedAtMs >= Date.parse(deadlineAt) + PARTIAL_SWEEP_MS - skewMs;
  }

  function wasAcknowledged(task: TaskMessage, byMs: number): boolean {
    return task.acknowledgedAtMs !== undefined && task.acknowledgedAtMs <= byMs;
  }
}

/**
 * Once faults have stopped, every run has a total by its deadline plus one sweep; and every later improvement reaches
 * the total by the next sweep. A message that is no task of any run ends up parked.
 */
export function* Terminates(story: Story) {
  const { runs, history, schedule } = story;
  const strays = schedule.faults.filter((fault) => fault.kind === 'stray' && isForTheShelf(fault.what)).length;
  if (history.parked.length < strays)
    yield `${strays} messages were no task of any run, and ${history.parked.length} were parked.`;
  const { endedAtMs } = history;
  for (const runId of history.triggered) {
    const givenUp = history.failedInvocations.some((event) => (event as { runId?: string }).runId === runId);
    if (!runs.some((run) => run.runId === runId) && !givenUp)
      yield `${runId}: was asked for, never opened, and its event is not in failed-invocations.`;
  }
  for (const run of runs) {
    const { runId, versions, totals, records } = run;
    yield* unstruck(run, story);
    // Whatever else there is to sweep: open runs come first.
    const dueMs = bySweep(story, Date.parse(versions[0]?.value.deadlineAt ?? ''), 'open');
    if ((totals[0]?.atMs ?? Number.POSITIVE_INFINITY) > dueMs)
      yield `${runId}: has no total ${seconds(dueMs - history.startMs)} after the start.`;
    const isThere = endedAtMs < expiresMs(run);
    if (isThere && versions.at(-1)?.value.sweep === 'OPEN') yield `${runId}: is open to the end.`;
    const last = totals.at(-1)?.value;
    for (const [region, recorded] of records) {
      const counted = recorded.find(({ value }) => value.status === 'counted');
      if (counted === undefined || last === undefined) continue;
      const dueMs = bySweep(story, Math.max(counted.atMs, totals[0]!.atMs));
      if (dueMs >= expiresMs(run)) continue;
      if (isMissing(last, region)) yield `${runId}: ${region} was counted, and the total never heard of it.`;
      if (dueMs <= endedAtMs && isMissing(at(totals, dueMs)!, region))
        yield `${runId}: ${region} was counted, and the total did not hear of it by the next sweep.`;
    }
  }
}

/** By the next sweep after this instant that finds things in order; by a later one, if more runs are partial than it has time for. */
function bySweep({ history, schedule }: Story, instantMs: number, list: 'open' | 'partial' = 'partial'): number {
  const crowd = schedule.faults.reduce((sum, fault) => sum + (fault.kind === 'crowd' ? fault.runs : 0), 0);
  const sweeps = list === 'open' ? 1 : 1 + Math.ceil(crowd / SWEPT_AT_LEAST);
  return Math.max(instantMs, history.healedAtMs) + sweeps * SWEEP_MS + SETTLING_MS;
}

/** Runs that a sweep has time for here. */
const SWEPT_AT_LEAST = 8;

function expiresMs({ versions }: RunStory): number {
  return (versions[0]?.value.expiresAt ?? Number.POSITIVE_INFINITY) * 1000;
}

/** What "at once" may take: a few requests, an asynchronous invocation, a new process. */
const AT_ONCE_MS = 20_000;

/**
 * In a calm run, and where only tasks come late, get lost or come twice, the total follows the last record, and every
 * later count or reason, at once, not at the next sweep.
 */
export function* Prompt({ runs, history, isUndisturbed }: Story) {
  if (!isUndisturbed) return;
  for (const { runId, versions, totals, records } of runs) {
    const { plan = [] } = versions[0]!.value;
    const answers = plan.map((region) => records.get(region)?.find(({ value }) => value.status !== 'attempted'));
    if (plan.length > 0 && answers.every((answer) => answer !== undefined)) {
      const lastMs = Math.max(...answers.map(({ atMs }) => atMs));
      const firstTotal = totals[0]?.atMs ?? Number.POSITIVE_INFINITY;
      if (firstTotal > lastMs + AT_ONCE_MS)
        yield `${runId}: the total came ${seconds(firstTotal - lastMs)} after the last record.`;
    }
    for (const [region, recorded] of records) {
      const counted = recorded.find(({ value }) => value.status === 'counted');
      if (counted === undefined || totals[0] === undefined || counted.atMs < totals[0].atMs) continue;
      const improved = totals.find(({ value }) => !isMissing(value, region))?.atMs ?? Number.POSITIVE_INFINITY;
      if (improved > counted.atMs + AT_ONCE_MS)
        yield `${runId}: ${region} was counted late, and the total followed ${seconds(improved - counted.atMs)} after.`;
    }
    for (const [region, recorded] of records) {
      for (const [index, { atMs, value }] of recorded.entries()) {
        const dueMs = atMs + AT_ONCE_MS;
        const isOvertaken = (recorded[index + 1]?.atMs ?? Number.POSITIVE_INFINITY) <= dueMs;
        if (value.status !== 'failed' || isOvertaken || isAskedAgain(value, at(versions, dueMs)?.round)) continue;
        const gap = at(totals, dueMs)?.missing.find((missing) => missing.region === region);
        if (gap !== undefined && gap.reason !== value.reason)
          yield `${runId}: ${region} failed as ${value.reason}, and the total did not say so at once.`;
      }
    }
  }

  /** In a later round, up to the one that the run is in: then that is to say what becomes of it. */
  function isAskedAgain({ runId, region, round }: RegionRecord, upTo = round): boolean {
    const asked = history.tasks.filter((task) => task.runId === runId && task.region === region);
    return asked.some((task) => task.round !== undefined && round < task.round && task.round <= upTo);
  }
}

const ATTEMPTS_PER_PAGE = 4;
const CALLS_PER_SECOND = 50;

/** From a worker that hands its message back to the end of its invocation. */
const HANDING_BACK_MS = 10_000;

/**
 * At most 5 receives per message, one at a time unless something disturbs them, and 4 attempts per page and receive; nothing
 * loops. A region sees at most 50 calls in
 * any second, unless a task was delivered twice at once.
 */
export function* Bounded({ history, schedule, isUndisturbed }: Story) {
  if (history.exhausted) yield 'It went on and on.';
  const isLeased = isUndisturbed && !schedule.faults.some(({ kind }) => kind === 'receive');
  for (const [message, received] of groups(history.invocations, ({ of, messageId }) => of === 'worker' && messageId)) {
    if (received.length > MAX_RECEIVES) yield `${message} was received ${received.length} times.`;
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

/** Everything secret in the simulation says so, if it has room; ARNs of streams have no other; only the body of a task holds its deadline. */
const SECRETS = ['secret', ':stream/', 'deadlineAt'];

/** No log line carries a token, a credential, a stream name, an ARN of a stream or a message body. */
export function* Private({ history }: Story) {
  for (const line of history.logLines) {
    if (SECRETS.some((secret) => line.includes(secret))) yield `The log says: ${line}`;
  }
}

/**
 * Every stored total is announced at least once, with its rev, and hardly ever twice; nothing else is ever announced.
 */
export function* Told(story: Story) {
  for (const run of story.runs) {
    const { runId, totals, announcements } = run;
    for (const stored of totals) {
      const { rev } = stored.value;
      const isTold = announcements.some((announcement) => announcement.rev === rev);
      if (!isTold && bySweep(story, stored.atMs) < expiresMs(run)) yield `${runId}, rev ${rev}: nobody was told.`;
      for (const what of toldTooOften(run, stored, story)) yield `${runId}, ${what}`;
    }
    for (const { atMs, rev, total } of announcements) {
      const stored = totals.find(({ value }) => value.rev === rev);
      if (stored === undefined || stored.atMs > atMs) yield `${runId}, rev ${rev}: was announced, and was not stored.`;
      else if (!isSame(stored.value, total)) yield `${runId}, rev ${rev}: what was announced is not what was stored.`;
    }
  }

  function isSame({ rev: _rev, ...stored }: StoredTotal, announced: unknown): boolean {
    return canonical(stored) === canonical(announced);
  }
}

/**
 * A calm run of one-page regions costs a publish request for each ten tasks, a worker for each region, a read and two
 * writes of the ledger for each region, one nudge and one total; unless a sweep comes along just then, which costs little.
 */
export function* Cheap({ schedule, history, runs, isCalm }: Story) {
  const { regions, retries } = schedule;
  const areEasy = regions.every(
    ({ streams, pageSizes: [size = 0], troubles = [], changes = [] }) =>
      troubles.length + changes.length === 0 && size > 0 && streams <= size,
  );
  if (!isCalm || !areEasy || retries.length > 0) return;
  const limits = {
    'dispatcher.publishTasks': Math.ceil(regions.length / 10),
    'worker.readRunAndRecord': regions.length,
    'worker.listPage': regions.length,
    'worker.writeRecord': regions.length,
    'worker.strike': regions.length,
    ...(!isSweptMeanwhile(history) && {
      'worker.sendNudge': 1,
      'aggregator.storeTotal': 1,
      'aggregator.announceTotal': 1,
    }),
  };
  const workers = history.invocations.filter(({ of }) => of === 'worker').length;
  if (workers > runs.length * regions.length) yield `${workers} workers for ${regions.length} regions.`;
  for (const [site, limit] of Object.entries(limits)) {
    const made = history.requests.filter((request) => request.site === site).length;
    if (made > limit * runs.length)
      yield `${made} times ${site}, for ${runs.length} runs of ${regions.length} regions.`;
  }
}

function isSweptMeanwhile(history: History): boolean {
  const { invocations } = history;
  const overlap = (a: Invocation, b: Invocation) =>
    a !== b && a.startedAtMs <= (b.endedAtMs ?? a.startedAtMs) && b.startedAtMs <= (a.endedAtMs ?? b.startedAtMs);
  return sweepsOf(history).some((sweep) => invocations.some((other) => overlap(sweep, other)));
}

export const INVARIANTS = {
  Truth,
  Honest,
  Once,
  Monotone,
  Excused,
  Terminates,
  Prompt,
  Bounded,
  Private,
  Told,
  Cheap,
  Asked,
  Timely,
  Kept,
} satisfies Record<string, Invariant>;
export type InvariantName = keyof typeof INVARIANTS;

/** Everything that should not have been, each by its invariant's name. */
export function violations(story: Story): { invariant: InvariantName; what: string }[] {
  return Object.entries(INVARIANTS).flatMap(([invariant, judge]) =>
    [...judge(story)].map((what) => ({ invariant: invariant as InvariantName, what })),
  );
}

type Counted = Version<CountedRecord>;
const isCounted = (version: Version<RegionRecord>): version is Counted => version.value.status === 'counted';
const isMissing = (total: StoredTotal, region: string) => total.missing.some((gap) => gap.region === region);
const seconds = (ms: number) => (Number.isFinite(ms) ? `${Math.round(ms / 1000)} s` : 'never');

function pairs<T>(list: readonly T[]): [T, T][] {
  return list.slice(1).map((after, index) => [list[index]!, after]);
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
