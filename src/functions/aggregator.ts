/**
 * Settles runs: one that was nudged, or in a sweep every run that is not settled, or is partial and may improve. Invoked
 * only asynchronously, so that what fails for good ends in its on-failure destination.
 */
import type { Context, SNSEvent } from 'aws-lambda';
import { makeDynamoDB, makeSns } from '../aws/clients.ts';
import { makeLedger } from '../aws/ledger.ts';
import { makeAnnounceTotal } from '../aws/topic.ts';
import { InvalidInputError } from '../census/errors.ts';
import type { AnnounceTotal, Clock, Ledger } from '../census/ports.ts';
import { parseNudge } from '../census/region.ts';
import { accountOfFunction, type Run, type RunKey, type StoredTotal } from '../census/run.ts';
import { type Missing, mayYetImprove, sameTotal, settle, type Total } from '../census/settle.ts';
import { type AggregatorConfig, aggregatorConfig } from '../config.ts';
import { errorFields, type Log, makeLog } from '../log.ts';
import { bind, realClock } from './bind.ts';

export type AggregatorDeps = {
  ledger: Pick<
    Ledger,
    'readRun' | 'readRecords' | 'storeTotal' | 'markAnnounced' | 'markSettled' | 'runsForSweep' | 'lastKnown'
  >;
  announceTotal: AnnounceTotal;
  clock: Pick<Clock, 'nowMs'>;
  config: Pick<AggregatorConfig, 'partialSweepMs'>;
  log: Log;
};

/** How often a run is read again because a strike came between reading it and storing its total. */
const READS = 10;

export function aggregator(deps: AggregatorDeps) {
  return async (event: unknown, context: Pick<Context, 'invokedFunctionArn'>): Promise<void> => {
    if (isSweep(event)) return await sweep(deps, accountOfFunction(context.invokedFunctionArn));
    for (const nudge of nudgesOf(event)) await settleRun(deps, nudge);
  };
}

/** Each run is settled on its own, so that a damaged one stops no other. */
async function sweep(deps: AggregatorDeps, accountId: string): Promise<void> {
  const errors: unknown[] = [];
  for await (const key of deps.ledger.runsForSweep(accountId)) {
    try {
      await settleRun(deps, key);
    } catch (error) {
      deps.log.error('run could not be settled', { ...key, ...errorFields(error) });
      errors.push(error);
    }
  }
  if (errors.length === 0) return;
  const [first] = errors;
  const detail = first instanceof Error ? first.message : String(first);
  throw new AggregateError(errors, `${errors.length} runs could not be settled; the first: ${detail}`);
}

/**
 * Reads the run, then its records, in this order: a record that is missing among them was missing when the run was
 * read, and its strike will raise `rev`. The total is stored only on the `rev` that was read.
 */
async function settleRun(deps: AggregatorDeps, key: RunKey): Promise<void> {
  const { ledger, clock, config } = deps;
  for (let read = 1; read <= READS; read++) {
    const run = await ledger.readRun(key);
    if (run === undefined) return deps.log.warn('nudge for no run', key);
    // What a crash left stored but unannounced is announced before anything replaces it.
    if (run.total !== undefined) await announce(deps, run, run.total);

    const settlement = settle(run, await ledger.readRecords(run), clock.nowMs());
    if (settlement.state === 'open') return;
    let { rev } = run;
    if (run.total === undefined || !sameTotal(run.total, settlement.total)) {
      const stored = await store(deps, run, settlement.total);
      if (stored === 'refused') continue;
      await announce(deps, run, stored);
      rev = stored.rev;
    }
    if (settlement.waiting) return;
    const forSweep = mayYetImprove(run, settlement.total, clock.nowMs(), config.partialSweepMs) ? 'keep' : 'forget';
    // A sweep that finds nothing new writes nothing.
    const isMarked = !run.unsettled && rev === run.rev;
    if (!isMarked || forSweep === 'forget') await ledger.markSettled(run, rev, forSweep);
    return;
  }
  throw new Error(`The run ${key.runId} changed ${READS} times while it was being settled.`);
}

async function store(deps: AggregatorDeps, run: Run, total: Total): Promise<StoredTotal | 'refused'> {
  const { ledger, clock } = deps;
  const missing = await Promise.all(
    total.missing.map(async (gap): Promise<Missing> => {
      const lastKnown = await readLastKnown(deps, run, gap.region);
      return lastKnown === undefined ? gap : { ...gap, lastKnown };
    }),
  );
  return await ledger.storeTotal(run, { ...total, missing }, run.rev, new Date(clock.nowMs()).toISOString());
}

/** An earlier count that cannot be read, whatever the cause, costs its number, and not this run its total. */
async function readLastKnown({ ledger, log }: AggregatorDeps, { accountId, runId }: Run, region: string) {
  try {
    return await ledger.lastKnown(accountId, region, runId);
  } catch (error) {
    log.warn('an earlier count cannot be read', { accountId, runId, region, ...errorFields(error) });
    return undefined;
  }
}

async function announce({ ledger, announceTotal, log }: AggregatorDeps, run: Run, total: StoredTotal): Promise<void> {
  if (run.announcedRev !== undefined && run.announcedRev >= total.rev) return;
  const { accountId, runId } = run;
  const { rev, verdict, streams, missing } = total;
  await announceTotal({ accountId, runId }, total);
  await ledger.markAnnounced(run, rev);
  log.info('total announced', { accountId, runId, rev, verdict, streams, missing: missing.length });
}

function isSweep(event: unknown): boolean {
  return (event as { sweep?: unknown } | null)?.sweep === true;
}

function nudgesOf(event: unknown): RunKey[] {
  const records = (event as Partial<SNSEvent> | null)?.Records;
  if (!Array.isArray(records) || records.length === 0) {
    throw new InvalidInputError('The event is neither a nudge from SNS nor {"sweep": true}.');
  }
  return records.map((record) => parseNudge(record.Sns.Message));
}

function realDeps(): AggregatorDeps {
  const config = aggregatorConfig();
  return {
    ledger: makeLedger({ client: makeDynamoDB(config.http), ...config.ledger, nowMs: realClock.nowMs }),
    announceTotal: makeAnnounceTotal(makeSns(config.http), config.totalsTopicArn),
    clock: realClock,
    config,
    log: makeLog(),
  };
}

export const handler = bind(() => aggregator(realDeps()));
