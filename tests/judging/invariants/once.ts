import { isSettled } from '../../../src/census/run.ts';
import { sameTotal, settle } from '../../../src/census/settle.ts';
import { falseRepeats } from '../counts.ts';
import { isCounted, type Story } from '../story.ts';

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
