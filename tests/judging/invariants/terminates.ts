import { at, isMissing, type RunStory, type Story } from '../story.ts';
import { bySweep, expiresMs, seconds } from './allowances.ts';

/**
 * Once faults have stopped, every run has a total by its deadline plus one sweep; and every later improvement reaches
 * the total by the next sweep. A message that is no task of any run ends up parked.
 */
export function* Terminates(story: Story) {
  const { runs, history, circumstances } = story;
  const { strays } = circumstances;
  if (history.parked.length < strays)
    yield `${strays} messages were no task of any run, and ${history.parked.length} were parked.`;
  const { endedAtMs } = history;
  for (const runId of history.triggered) {
    const givenUp = history.failedInvocations.some((event) => event.includes(runId));
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

/** Whoever acknowledges the task of a region that was counted has seen to it that the run knows. */
function* unstruck({ runId, versions, records }: RunStory, { history }: Story) {
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
