import { PARTIAL_SWEEP_MS } from '../numbers.ts';
import { everyRecord, type Story } from '../story.ts';

/** Nothing is recorded of a round more than a day after its deadline, whatever a task says of itself. */
export function* Timely({ runs, circumstances }: Story) {
  for (const { runId, versions, records } of runs) {
    for (const { region, atMs, value } of everyRecord(records)) {
      // What a forged task is bounded by is the round that the run is in.
      const rounds = versions.filter(
        (version) => version.atMs <= atMs && (circumstances.isDeadlineForged || version.value.round === value.round),
      );
      const untilMs = Math.max(...rounds.map((version) => Date.parse(version.value.deadlineAt))) + PARTIAL_SWEEP_MS;
      if (Date.parse(value.recordedAt) >= untilMs)
        yield `${runId}: ${region} was recorded at ${value.recordedAt}, too late.`;
    }
  }
}
