/** What the newest total of each kind says that a ledger has counted beside the one that is asked for. */
import { type CensusId, isOfOrganization, kindOf } from '../census/census-id.ts';
import { KINDS, type Kind } from '../census/kinds.ts';
import type { OrganizationSummary } from '../census/organization/summary.ts';
import { newestOf } from './newest.ts';
import { ofKind } from './of-kind.ts';
import { organizationRunSummary } from './organization/run-summary.ts';
import type { LedgerReader, Source } from './reader.ts';
import { type RunSummary, runSummary } from './run-summary.ts';

/** What the newest run that has a total says, as it is stored; before there is one, the newest run. */
export type KindLine = { kind: Kind } & Pick<RunSummary, 'runId' | 'verdict' | 'streams' | 'expected' | 'counted'>;

/** What was read before, and when, in milliseconds since 1970; `null`: nothing was ever counted. */
export type KnownKinds = Map<Kind, { line: KindLine | null; readAtMs: number }>;

/** So long what was read of a kind that is not asked for itself is taken to be so. */
export const KIND_AGE_MS = 10_000;

/**
 * Of the kinds that the ledger has counted beside the source's own, in the order of the registry. One request each, of two
 * runs, where `known` holds nothing that is young enough; it is brought up to date. What cannot be read is as it was known,
 * and asked for again the next time: it stands beside an answer, and never keeps that from being given.
 */
export async function readOtherKinds(
  source: Source,
  nowMs: number,
  known: KnownKinds = new Map(),
): Promise<KindLine[]> {
  const others = KINDS.filter((kind) => kind !== kindOf(source.censusId));
  await Promise.allSettled(
    others.map(async (kind) => {
      const last = known.get(kind);
      if (last !== undefined && nowMs - last.readAtMs < KIND_AGE_MS) return;
      known.set(kind, { line: await readKindLine(ofKind(source, kind), nowMs), readAtMs: nowMs });
    }),
  );
  return others.flatMap((kind) => known.get(kind)?.line ?? []);
}

/** Damaged runs are passed over: whoever asks for the kind itself is told of them. */
async function readKindLine({ reader, censusId }: Source, nowMs: number): Promise<KindLine | null> {
  if (isOfOrganization(censusId)) return await readOrganizationLine(reader, censusId, nowMs);
  const runs = await reader.newestRuns(censusId, { runs: 2, totals: 1, onDamaged: () => {} });
  const { latest, open } = newestOf(runs);
  const run = latest ?? open[0];
  return run === undefined ? null : kindLine(kindOf(censusId), runSummary(run, nowMs));
}

async function readOrganizationLine(reader: LedgerReader, censusId: CensusId, nowMs: number): Promise<KindLine | null> {
  let newest: OrganizationSummary | undefined;
  for await (const run of reader.organizationRuns(censusId, { perRequest: 2, onDamaged: () => {} })) {
    newest ??= run;
    if (run.total === undefined) continue;
    newest = run;
    break;
  }
  return newest === undefined ? null : kindLine(kindOf(censusId), organizationRunSummary(newest, nowMs));
}

export function kindLine(kind: Kind, { runId, verdict, streams, expected, counted }: Omit<KindLine, 'kind'>): KindLine {
  return { kind, runId, verdict, streams, expected, counted };
}
