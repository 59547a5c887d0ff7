import { at, everyRecord, type Story } from '../story.ts';

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
