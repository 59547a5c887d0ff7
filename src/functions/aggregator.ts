/**
 * Settles runs: one that was nudged, or in a sweep every run that is not settled, or is partial and may improve. Invoked
 * only asynchronously, so that what fails for good ends in its on-failure destination.
 */
import type { Context, SNSEvent } from 'aws-lambda';
import { makeDynamoDB, makeSns } from '../aws/clients.ts';
import { makeSweepingLedger } from '../aws/ledger.ts';
import { makeOrganizationSettlingLedger } from '../aws/organization-ledger.ts';
import { makeAnnounceOrganization, makeAnnounceTotal, makeSendNudge } from '../aws/topic.ts';
import { isOfOrganization } from '../census/census-id.ts';
import { GaveUpError, InvalidInputError } from '../census/errors.ts';
import { parseNudge } from '../census/messages.ts';
import { once } from '../census/once.ts';
import type { SweepingLedger } from '../census/ports.ts';
import type { RunKey, SweepList } from '../census/run.ts';
import { type AggregatorConfig, aggregatorConfig } from '../config.ts';
import { errorFields, type Log, printLine, sentenceOf } from '../log.ts';
import { bind, lazily, realClock } from './bind.ts';
import { type AccountRunDeps, accountRuns } from './settling/account-run.ts';
import { type OrganizationRunDeps, organizationRuns } from './settling/organization-run.ts';
import { settleRun } from './settling/settle-run.ts';

export type AggregatorDeps = AccountRunDeps &
  OrganizationRunDeps & {
    ledger: SweepingLedger;
    config: Pick<AggregatorConfig, 'closingTimeMs'>;
  };

/** Runs that are awaited first, all of them: a partial one has its total. */
const LISTS = ['OPEN', 'PARTIAL'] as const satisfies SweepList[];

export function aggregator(deps: AggregatorDeps) {
  return async (event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const hasTime = () => context.getRemainingTimeInMillis() > deps.config.closingTimeMs;
    if (isSweep(event)) return await sweep(deps, hasTime);
    for (const nudge of nudgesOf(event)) await settleOne(deps, nudge, 'nudge');
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
      await settleOne(deps, key, 'sweep');
    } catch (error) {
      log.error('run could not be settled', { ...key, ...errorFields(error) });
      errors.push(error);
    }
    last = key;
  }
  if (place !== undefined) await ledger.writeSweepPlace(list, undefined);
  return true;
}

async function settleOne(deps: AggregatorDeps, key: RunKey, by: 'nudge' | 'sweep'): Promise<void> {
  if (isOfOrganization(key.censusId)) await settleRun(deps, organizationRuns(deps), key, by);
  else await settleRun(deps, accountRuns(deps), key, by);
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
  const options = { client: makeDynamoDB(config.http), ...config.ledger, nowMs: realClock.nowMs };
  const sns = once(() => makeSns(config.http));
  return {
    ledger: { ...makeSweepingLedger(options), ...makeOrganizationSettlingLedger(options) },
    announceTotal: lazily(() => makeAnnounceTotal(sns(), config.totalsTopics, config.place)),
    announceOrganization: lazily(() => makeAnnounceOrganization(sns(), config.totalsTopics, config.place)),
    sendNudge: lazily(() => makeSendNudge(sns(), config.nudgesTopicArn)),
    clock: realClock,
    config,
    log,
    print: printLine,
  };
}

export const handler = bind((log) => aggregator(realDeps(log)));
