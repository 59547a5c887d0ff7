/** The streams that there are, and what is wrong with Kinesis Video. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseWorld } from '../../src/local/parse-world.ts';
import { makeVideoService, type RegionStats, type VideoService } from '../../src/local/video-service.ts';
import { makeRandom } from '../judging/noise.ts';
import type { RegionWorld } from '../judging/region-world.ts';

/** The last has many pages: listing it takes a while, in which much can happen. */
const REGIONS = ['eu-west-1', 'us-east-1', 'ap-south-1', 'sa-east-1', 'me-south-1', 'us-west-2'];
const LARGE = { pageSizes: [20], streams: 150 };
const LATENCY_MS = 60;

const PASSING = ['throttled', 'server-error', 'drops-connection', 'hang'] as const;
const LASTING = ['denied', 'throttled', 'server-error', 'drops-connection', 'hang', 'token-loop'] as const;

type RegionJson = { streams: number; pageCap: number[]; latencyMs: number; names: object; fault?: object };

export type VideoWorld = {
  regions: readonly RegionWorld[];
  /** As the stack wants it. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** The weather changes: other regions have faults, or with `heal` none has any more. */
  change(): void;
  heal(): void;
  /** Summed over all weathers. */
  stats(): { calls: number; throttled: number };
  close(): void;
};

/** @param accountId in the streams' ARNs */
export function makeWorld(seed: number, accountId: string): VideoWorld {
  const random = makeRandom(seed, 'world', 0);
  const regions = REGIONS.map((region, index) => ({
    region,
    ...(index === REGIONS.length - 1 ? LARGE : drawRegion(random)),
  }));
  const services: VideoService[] = [];
  const change = (faults: Readonly<Record<string, object>>) => {
    const json = { seed: String(seed), accountId, regions: regionsJson(regions, faults) };
    services.push(makeVideoService(parseWorld(json, 'the world')));
  };
  let unlucky = [drawUnlucky(random)];
  change(drawFaults(random, unlucky));
  return {
    regions,
    handle: (request, response) => services.at(-1)!.handle(request, response),
    change() {
      // Whoever is unlucky stays so for two weathers.
      unlucky = [...unlucky.slice(-1), drawUnlucky(random)];
      change(drawFaults(random, unlucky));
    },
    heal: () => change({}),
    stats() {
      const all: RegionStats[] = services.flatMap((service) => Object.values(service.stats()));
      const sum = (pick: (stats: RegionStats) => number) => all.reduce((total, stats) => total + pick(stats), 0);
      return { calls: sum(({ calls }) => calls), throttled: sum(({ throttled }) => throttled) };
    },
    close() {
      for (const service of services) service.close();
    },
  };
}

function drawRegion(random: () => number): Omit<RegionWorld, 'region'> {
  const pageSizes = [[100], [100], [50, 0, 17], [10]][Math.floor(random() * 4)]!;
  return { pageSizes, streams: Math.floor(random() * 4 * Math.max(...pageSizes)) };
}

type Unlucky = { region: string; kind: (typeof LASTING)[number] };

function drawUnlucky(random: () => number): Unlucky {
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
  return { region: pick(REGIONS), kind: pick(LASTING) };
}

/** The unlucky have trouble for as long as this weather lasts; about half of the others with their next calls. */
function drawFaults(random: () => number, unlucky: readonly Unlucky[]): Record<string, object> {
  const faults: Record<string, object> = {};
  for (const region of REGIONS) {
    if (random() < 0.5) continue;
    const kind = PASSING[Math.floor(random() * PASSING.length)]!;
    faults[region] = { kind, after: Math.floor(random() * 20), calls: 3 + Math.floor(random() * 12) };
  }
  for (const { region, kind } of unlucky) faults[region] = { kind };
  return faults;
}

/** Every stream's name says that it is a secret. */
function regionsJson(regions: readonly RegionWorld[], faults: Readonly<Record<string, object>>) {
  const names = { kind: 'numbered', prefix: 'secret-camera-' };
  return Object.fromEntries(
    regions.map(({ region, streams, pageSizes }): [string, RegionJson] => {
      const fault = faults[region];
      return [region, { streams, pageCap: [...pageSizes], latencyMs: LATENCY_MS, names, ...(fault && { fault }) }];
    }),
  );
}
