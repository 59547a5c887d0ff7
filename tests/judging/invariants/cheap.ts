import { descriptorOf, STREAMS } from '../../../src/census/kinds.ts';
import type { History, Invocation } from '../history.ts';
import { type Story, sweepsOf } from '../story.ts';

/**
 * A calm run of one-page regions costs a publish request for each ten tasks, a worker for each region, a read and two
 * writes of the ledger and at most two questions about its quota for each region, one nudge, two reads of the runs before, as it opens and as it settles, and one
 * total, announced and, of streams, mailed; unless a sweep comes along just then, which costs little.
 */
export function* Cheap({ kind, circumstances, history, runs }: Story) {
  const { regions, retries, isCalm } = circumstances;
  const areEasy = regions.every(
    ({ streams, pageSizes: [size = 0], troubles = [], changes = [], off = [] }) =>
      troubles.length + changes.length + off.length === 0 && size > 0 && streams <= size,
  );
  if (!isCalm || !areEasy || retries > 0) return;
  const alone = runs.filter(({ versions }) => versions[0]?.value.parent === undefined).length;
  const limits = {
    'dispatcher.earlierRuns': 1,
    'dispatcher.publishTasks': Math.ceil(regions.length / 10),
    'worker.readRunAndRecord': regions.length,
    'worker.listPage': regions.length,
    'worker.askQuota': descriptorOf(kind).quota ? 2 * regions.length : 0,
    'worker.writeRecord': regions.length,
    'worker.strike': regions.length,
    ...(!isSweptMeanwhile(history) && {
      'worker.sendNudge': 1,
      'aggregator.earlierRuns': 1,
      'aggregator.storeTotal': 1,
      'aggregator.announceTotal': 1,
      // None of a run that is part of an organisation's.
      'aggregator.mailTotal': kind === STREAMS ? alone / runs.length : 0,
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

export function isSweptMeanwhile(history: History): boolean {
  const { invocations } = history;
  const overlap = (a: Invocation, b: Invocation) =>
    a !== b && a.startedAtMs <= (b.endedAtMs ?? a.startedAtMs) && b.startedAtMs <= (a.endedAtMs ?? b.startedAtMs);
  return sweepsOf(history).some((sweep) => invocations.some((other) => overlap(sweep, other)));
}
