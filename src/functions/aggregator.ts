/**
 * Settles runs: one that was nudged, or in a sweep every run that is not settled, or is partial and may improve. Invoked
 * only asynchronously, so that what fails for good ends in its on-failure destination.
 */
import type { Context, SNSEvent } from 'aws-lambda';
import { makeDynamoDB, makeSns } from '../aws/clients.ts';
import { makeSweepingLedger } from '../aws/ledger.ts';
import { makeAnnounceTotal } from '../aws/topic.ts';
import { GaveUpError, InvalidInputError, NotMailedError } from '../census/errors.ts';
import { lookBack } from '../census/look-back.ts';
import { parseNudge } from '../census/messages.ts';
import { metricLines } from '../census/metrics.ts';
import type { AnnounceTotal, Clock, SweepingLedger } from '../census/ports.ts';
import type { RegionRecord } from '../census/region.ts';
import {
  isSettled,
  type Missing,
  type Run,
  type RunKey,
  type StoredTotal,
  type SweepList,
  type Total,
} from '../census/run.ts';
import { mayYetImprove, sameTotal, settle } from '../census/settle.ts';
import { type AggregatorConfig, aggregatorConfig } from '../config.ts';
import { errorFields, type Log, printLine, sentenceOf } from '../log.ts';
import { bind, lazily, realClock } from './bind.ts';

export type AggregatorDeps = {
  ledger: SweepingLedger;
  announceTotal: AnnounceTotal;
  clock: Clock;
  config: Pick<AggregatorConfig, 'partialSweepMs' | 'closingTimeMs' | 'lookBackMs' | 'quotaAlarmPercent' | 'metrics'>;
  log: Log;
  /** One line of what CloudWatch is told. */
  print: (line: string) => void;
};

/** How often a run is read again because something came between reading it and storing its total. */
const READS = 10;

/**
 * For so long after a total was stored it is announced again where people could not be told. A topic that takes no mail at all
 * must not have programs told every five minutes for ever, and the run never settled.
 */
const MAIL_TRIES_MS = 3_600_000;

/** Runs that are awaited first, all of them: a partial one has its total. */
const LISTS = ['OPEN', 'PARTIAL'] as const satisfies SweepList[];

export function aggregator(deps: AggregatorDeps) {
  return async (event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const hasTime = () => context.getRemainingTimeInMillis() > deps.config.closingTimeMs;
    if (isSweep(event)) return await sweep(deps, hasTime);
    for (const nudge of nudgesOf(event)) await settleRun(deps, nudge, 'nudge');
  };
}

async function sweep(deps: AggregatorDeps, hasTime: () => boolean): Promise<void> {
  const errors: unknown[] = [];
  for (const list of LISTS) if (!(await sweepList(deps, list, hasTime, errors))) break;
  if (errors.length === 0) return;
  throw new GaveUpError(`${errors.length} runs could not be settled; the first: ${sentenceOf(errors[0])}`, {
    cause: new AggregateError(errors),
  });
}

/**
 * Goes on where the last sweep stopped, up to the end of the list; gives whether there was time for that. Each run is
 * settled on its own, so that a damaged one stops no other.
 */
async function sweepList(
  deps: AggregatorDeps,
  list: SweepList,
  hasTime: () => boolean,
  errors: unknown[],
): Promise<boolean> {
  const { ledger, log } = deps;
  const place = await ledger.readSweepPlace(list);
  let last = place;
  for await (const key of ledger.runsForSweep(list, place)) {
    if (!hasTime()) {
      await ledger.writeSweepPlace(list, last);
      log.warn('the sweep goes on here the next time', { ...last, list });
      return false;
    }
    try {
      await settleRun(deps, key, 'sweep');
    } catch (error) {
      log.error('run could not be settled', { ...key, ...errorFields(error) });
      errors.push(error);
    }
    last = key;
  }
  if (place !== undefined) await ledger.writeSweepPlace(list, undefined);
  return true;
}

/**
 * Reads the run, then its records, in this order: a record that is missing among them was missing when the run was
 * read, and its strike will raise `rev`. The total is stored only on the `rev` that was read.
 *
 *     read the run ─▶ its records ─▶ store the total ─▶ announce it ─▶ mark the run settled, or look again
 *          └─ unannounced: somebody is between the two. Leave it to him; only the sweep announces what others stored
 *
 * So each total is announced by whoever stored it, however many are nudged at once; and who leaves a run alone can, since
 * the other one looks again, and the sweep makes good for one that died.
 */
async function settleRun(deps: AggregatorDeps, key: RunKey, by: 'nudge' | 'sweep'): Promise<void> {
  const { ledger, clock, config, log } = deps;
  for (let read = 1; read <= READS; read++) {
    const run = await ledger.readRun(key);
    if (run === undefined) return log.warn('nudge for no run', key);
    const untold = run.total !== undefined && !isAnnounced(run, run.total) ? run.total : undefined;
    if (untold !== undefined && by === 'nudge') return;
    const records = await ledger.readRecords(run);
    // Before anything replaces it.
    if (untold !== undefined) await announce(deps, run, untold, records);
    if (untold !== undefined) measure(deps, run, untold, records);
    const settlement = settle(run, records, clock.nowMs(), config.quotaAlarmPercent);
    if (settlement.state === 'open') return;
    const isNew = run.total === undefined || !sameTotal(run.total, settlement.total);
    let { rev } = run;
    if (isNew) {
      const stored = await store(deps, run, settlement.total, records);
      if (stored === 'refused') continue;
      await announce(deps, run, stored, records);
      measure(deps, run, stored, records);
      rev = stored.rev;
    }
    if (settlement.waiting) {
      if (!isNew) return;
      continue;
    }
    const forSweep = mayYetImprove(run, settlement.total, clock.nowMs(), config.partialSweepMs) ? 'keep' : 'forget';
    // A sweep that finds nothing new writes nothing.
    if (isSettled(run) && !isNew && forSweep === 'keep') return;
    if ((await ledger.markSettled(run, rev, forSweep)) === 'settled') return;
  }
  // Whoever changed it nudges too, or leaves it to the sweep.
  log.info('run changes while it is being settled', key);
}

function isAnnounced({ announcedRev }: Run, { rev }: StoredTotal): boolean {
  return announcedRev !== undefined && announcedRev >= rev;
}

async function store(
  deps: AggregatorDeps,
  run: Run,
  total: Total,
  records: readonly RegionRecord[],
): Promise<StoredTotal | 'refused'> {
  const { ledger, clock } = deps;
  const [earlier, ...missing] = await Promise.all([
    orNothing(deps, run, 'earlier runs cannot be read', () => ledger.earlierRuns(run)),
    ...total.missing.map((gap) => withLastKnown(deps, run, gap)),
  ]);
  const told = lookBack(run, { ...total, missing }, records, earlier);
  return await ledger.storeTotal(run, told, run.rev, new Date(clock.nowMs()).toISOString());
}

async function withLastKnown(deps: AggregatorDeps, run: Run, gap: Missing): Promise<Missing> {
  const { censusId, runId } = run;
  const { region } = gap;
  const lastKnown = await orNothing(deps, { ...run, region }, 'an earlier count cannot be read', () =>
    deps.ledger.lastKnown(censusId, region, runId),
  );
  // Of a region that is off the run has known it since it opened, however long ago that count was.
  const known = lastKnown ?? run.off?.find((off) => off.region === region)?.lastKnown;
  return known === undefined ? gap : { ...gap, lastKnown: known };
}

/**
 * What earlier runs knew, and cannot be read now, whatever the cause, costs only itself, and not this run its total; nor its
 * time, if the answer does not come.
 */
async function orNothing<T>(
  { clock, config, log }: AggregatorDeps,
  { censusId, runId, region }: RunKey & { region?: string },
  message: string,
  read: () => Promise<T>,
): Promise<T | undefined> {
  const answered = new AbortController();
  const timeUp = clock.sleep(config.lookBackMs, answered.signal).then(() => {
    throw new GaveUpError(`An earlier run was waited for ${config.lookBackMs} ms.`);
  });
  try {
    return await Promise.race([read(), timeUp]);
  } catch (error) {
    log.warn(message, { censusId, runId, ...(region && { region }), ...errorFields(error) });
    return undefined;
  } finally {
    answered.abort();
  }
}

async function announce(
  deps: AggregatorDeps,
  run: Run,
  total: StoredTotal,
  records: readonly RegionRecord[],
): Promise<void> {
  const { ledger, announceTotal, clock, log } = deps;
  const { censusId, runId } = run;
  const { rev, verdict, streams, missing } = total;
  try {
    await announceTotal(run, total, records);
  } catch (error) {
    const isOld = clock.nowMs() - Date.parse(total.settledAt) >= MAIL_TRIES_MS;
    if (!(error instanceof NotMailedError && isOld)) throw error;
    log.error('people are not told of a total', { censusId, runId, rev, ...errorFields(error) });
  }
  await ledger.markAnnounced(run, rev);
  log.info('total announced', { censusId, runId, rev, verdict, streams, missing: missing.length });
}

/** What was announced, for CloudWatch. */
function measure(
  { clock, config, print }: AggregatorDeps,
  run: Run,
  total: StoredTotal,
  records: readonly RegionRecord[],
): void {
  for (const line of metricLines(run, total, records, config.metrics, clock.nowMs())) print(line);
}

function isSweep(event: unknown): boolean {
  return (event as { sweep?: unknown } | null)?.sweep === true;
}

function nudgesOf(event: unknown): RunKey[] {
  const records = (event as Partial<SNSEvent> | null)?.Records;
  if (!Array.isArray(records) || records.length === 0) {
    throw new InvalidInputError('The event is neither a nudge from SNS nor {"sweep": true}.');
  }
  return records.map((record) => {
    return parseNudge(record.Sns.Message);
  });
}

function realDeps(log: Log): AggregatorDeps {
  const config = aggregatorConfig();
  return {
    ledger: makeSweepingLedger({ client: makeDynamoDB(config.http), ...config.ledger, nowMs: realClock.nowMs }),
    announceTotal: lazily(() => makeAnnounceTotal(makeSns(config.http), config.totalsTopics, config.place)),
    clock: realClock,
    config,
    log,
    print: printLine,
  };
}

export const handler = bind((log) => aggregator(realDeps(log)));
