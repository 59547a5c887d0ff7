/**
 * Counts one region once, in a process of its own, so that peak memory and CPU time are of this run alone. Prints what
 * it came to as one line of JSON.
 *
 *     run-one SIDE REGION
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ClientLimitExceededException,
  KinesisVideoClient,
  ListStreamsCommand,
  type ListStreamsCommandOutput,
  paginateListStreams,
} from '@aws-sdk/client-kinesis-video';
import { makeAccount, makeKinesisVideoClients } from '../../src/aws/clients.ts';
import { streamsLister } from '../../src/aws/kinds/streams.ts';
import { makeListPage } from '../../src/aws/list-page.ts';
import { makeReadOptIn } from '../../src/aws/regions.ts';
import { lookoutFrom } from '../../src/census/churn.ts';
import { streams } from '../../src/census/kinds/streams.ts';
import { ATTEMPTS_PER_PAGE, countRegion } from '../../src/census/listing/count.ts';
import { listingsFor } from '../../src/census/listing/memory.ts';
import { makePace } from '../../src/census/listing/pace.ts';
import type { ListPage } from '../../src/census/ports.ts';
import { realClock } from '../../src/functions/bind.ts';
import { PAGE_SIZE, type Side } from './worlds.ts';

/** The worker's settings, as serverless.yml deploys it. */
const WORKER = {
  http: { connectTimeoutMs: 3000, requestTimeoutMs: 10_000 },
  callsPerSecond: 45,
  pageBackoffMs: 500,
  pageBackoffLimitMs: 10_000,
  timeoutMs: 300_000,
  closingTimeMs: 15_000,
  memoryMb: 1024,
};

/** Of the sample that AWS published: between one page and the next. */
const SAMPLE_SLEEP_MS = 50;

/** After a throttle. The SDK does not retry this service's own throttle, so whoever writes a loop has to. */
const THROTTLE_WAIT_MS = 1000;

type Counted = {
  /** Absent if it did not come to an end; then there is a reason. */
  streams?: number;
  reason?: string;
  /** Waits after a throttle. */
  waits: number;
};

export type Measured = Counted & {
  ms: number;
  /** User and system, of the whole process while it counted. */
  cpuMs: number;
  /** Highest resident size of the process since its start, in MB of 2^20 bytes. */
  peakMb: number;
};

/** Makes the clients, which a function does once for many counts, and gives what is measured. */
type MakeCount = (region: string) => () => Promise<Counted>;

const COUNTS: Record<Side, MakeCount> = {
  engine(region) {
    const client = makeKinesisVideoClients(WORKER.http)(region);
    const readOptIn = makeReadOptIn(makeAccount(WORKER.http));
    return () => engine(makeListPage(streamsLister(client), region, WORKER.http.requestTimeoutMs, readOptIn));
  },
  loop(region) {
    const client = new KinesisVideoClient({ region });
    return () => loop(client);
  },
  sample(region) {
    const client = new KinesisVideoClient({ region });
    return () => sample(client);
  },
};

async function engine(listPage: ListPage): Promise<Counted> {
  const { callsPerSecond, pageBackoffMs, pageBackoffLimitMs, timeoutMs, closingTimeMs, memoryMb } = WORKER;
  const startedAtMs = realClock.nowMs();
  const result = await countRegion(
    {
      listPage,
      pace: makePace(realClock, callsPerSecond),
      clock: realClock,
      random: Math.random,
    },
    {
      attemptsPerPage: ATTEMPTS_PER_PAGE,
      pageBackoffMs,
      pageBackoffLimitMs,
      stopAtMs: startedAtMs + timeoutMs - closingTimeMs,
      listings: listingsFor(memoryMb),
    },
    {
      facets: streams.facets,
      hasPrefixes: true,
      asOfMs: startedAtMs,
      lookout: lookoutFrom(startedAtMs, undefined),
    },
  );
  return result.outcome === 'counted'
    ? { streams: result.tally.streams, waits: 0 }
    : { reason: result.reason, waits: 0 };
}

/** The SDK's paginator with the SDK's defaults, as a careful person writes it: after a throttle it waits and goes on. */
async function loop(client: KinesisVideoClient): Promise<Counted> {
  let streams = 0;
  let startingToken: string | undefined;
  const waits = await goOnAfterThrottles(async () => {
    const from = startingToken === undefined ? {} : { startingToken };
    for await (const page of paginateListStreams({ client, pageSize: PAGE_SIZE, ...from }, {})) {
      streams += page.StreamInfoList?.length ?? 0;
      startingToken = page.NextToken;
    }
  });
  return { streams, waits };
}

async function sample(client: KinesisVideoClient): Promise<Counted> {
  let streams = 0;
  let NextToken: string | undefined;
  const waits = await goOnAfterThrottles(async () => {
    do {
      const page: ListStreamsCommandOutput = await client.send(
        new ListStreamsCommand({ MaxResults: PAGE_SIZE, NextToken }),
      );
      streams += page.StreamInfoList?.length ?? 0;
      NextToken = page.NextToken;
      await sleep(SAMPLE_SLEEP_MS);
    } while (NextToken !== undefined);
  });
  return { streams, waits };
}

/** Gives how often it had to wait. */
async function goOnAfterThrottles(list: () => Promise<void>): Promise<number> {
  for (let waits = 0; ; waits += 1) {
    try {
      await list();
      return waits;
    } catch (error) {
      if (!(error instanceof ClientLimitExceededException)) throw error;
      await sleep(THROTTLE_WAIT_MS);
    }
  }
}

async function main(): Promise<void> {
  const [side, region] = process.argv.slice(2) as [Side, string];
  const count = COUNTS[side](region);
  const cpuAtStart = process.cpuUsage();
  const startedAtMs = performance.now();
  const counted = await count();
  const ms = performance.now() - startedAtMs;
  const { user, system } = process.cpuUsage(cpuAtStart);
  const cpuMs = (user + system) / 1000;
  // maxRSS is in KiB.
  const measured: Measured = { ...counted, ms, cpuMs, peakMb: process.resourceUsage().maxRSS / 1024 };
  process.stdout.write(`${JSON.stringify(measured)}\n`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
