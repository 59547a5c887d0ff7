import type { RegionRecord } from '../../../src/census/region.ts';
import type { History, TaskMessage } from '../history.ts';
import { PARTIAL_SWEEP_MS } from '../numbers.ts';
import { at, type RunStory, type Story, type Version } from '../story.ts';
import { SETTLING_MS } from './allowances.ts';

/** Every region that failed has evidence for its reason, seen by somebody outside. */
export function* Excused(story: Story) {
  for (const run of story.runs) {
    yield* withoutEvidence(run, story.history);
    yield* falselyUnanswered(run, story);
  }
}

function* withoutEvidence({ runId, records }: RunStory, history: History) {
  for (const [region, recorded] of records) {
    for (const [index, { atMs, value: record, by }] of recorded.entries()) {
      // Of what a run misses from the start, the plan itself is the evidence: Planned looks into it.
      if (by?.of === 'dispatcher') continue;
      if (record.status !== 'counted' && !hasEvidence(record, atMs, recorded[index - 1], history))
        yield `${runId}: the record of ${region} says ${record.reason}, and nothing of the kind had happened.`;
    }
  }
}

/** Of this round: what an earlier one met is no excuse. */
function hasEvidence(
  record: Exclude<RegionRecord, { status: 'counted' }>,
  atMs: number,
  before: Version<RegionRecord> | undefined,
  history: History,
): boolean {
  const { runId, region, round, reason } = record;
  const asked = tasksOf(history, runId, region).filter(
    (task) => (task.round ?? round) === round && task.sentAtMs <= atMs,
  );
  if (reason === 'undelivered') {
    // A dead letter that says nothing, although a worker had said why in this round.
    const said = before?.value.status === 'attempted' && before.value.round === round ? before.value : undefined;
    if (said !== undefined && said.reason !== reason && !wasBeingDrained(history, before!.atMs, atMs)) return false;
    return asked.some(({ queue }) => queue === 'undelivered-tasks');
  }
  const askedAtMs = Math.min(...asked.map(({ sentAtMs }) => sentAtMs));
  // A process that was frozen finds its time used up.
  if (reason === 'timed-out' && history.invocations.some(({ wasFrozen }) => wasFrozen)) return true;
  return history.evidence.some(
    (seen) =>
      (seen.region ?? region) === region && seen.reason === reason && askedAtMs <= seen.atMs && seen.atMs <= atMs,
  );
}

/** A worker said it after a drain of dead letters had read the record, which came sooner than it should. */
function wasBeingDrained({ invocations }: History, saidAtMs: number, atMs: number): boolean {
  return invocations.some(
    ({ of, startedAtMs, endedAtMs = atMs }) => of === 'undelivered' && startedAtMs <= saidAtMs && endedAtMs >= atMs,
  );
}

function* falselyUnanswered(run: RunStory, { history, circumstances }: Story) {
  const { runId, totals, records, versions } = run;
  const { clocksWrongByMs } = circumstances;
  for (const { atMs, value: total } of totals) {
    for (const { region, reason } of total.missing) {
      if (reason !== 'unanswered') continue;
      const which = `${runId}, rev ${total.rev}: ${region} is missing as unanswered`;
      if (at(records.get(region), atMs - SETTLING_MS) !== undefined) yield `${which}, and it had answered.`;
      if (!versions.some(({ value }) => Date.parse(value.deadlineAt) <= atMs + clocksWrongByMs))
        yield `${which} too early.`;
      const asked = tasksOf(history, runId, region);
      if (asked.length === 0 && at(versions, atMs)?.dispatchedRound === 0) yield `${which}, and nobody had asked it.`;
      const inTime = asked.filter((task) => !wasLetGo(task, run, clocksWrongByMs));
      if (inTime.some((task) => task.sentAtMs > versions[0]!.atMs && wasAcknowledged(task, atMs - SETTLING_MS)))
        yield `${which}, and its task was acknowledged.`;
    }
  }
}

const tasksOf = ({ tasks }: History, runId: string, region: string) =>
  tasks.filter((task) => task.runId === runId && task.region === region);

/** More than a day after its round's deadline: that says nothing of its region. */
function wasLetGo({ acknowledgedAtMs = 0, round }: TaskMessage, { versions }: RunStory, clocksWrongByMs: number) {
  const { deadlineAt = '' } = versions.findLast(({ value }) => value.round === round)?.value ?? {};
  return acknowledgedAtMs >= Date.parse(deadlineAt) + PARTIAL_SWEEP_MS - clocksWrongByMs;
}

function wasAcknowledged(task: TaskMessage, byMs: number): boolean {
  return task.acknowledgedAtMs !== undefined && task.acknowledgedAtMs <= byMs;
}
