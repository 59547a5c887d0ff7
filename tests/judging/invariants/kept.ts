import { everyRecord, type Story } from '../story.ts';

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
