/** What there is of each kind, and what is wrong with the services that list it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { KINDS, type Kind, STREAMS } from '../../src/census/kinds.ts';
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

type RegionJson = Readonly<Record<string, unknown>>;

export type VideoWorld = {
  /** By name, the same of every kind. */
  regions: readonly string[];
  worlds: Readonly<Record<Kind, readonly RegionWorld[]>>;
  /** As the stack wants it. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** The weather changes: other regions have faults, or with `heal` none has any more. */
  change(): void;
  heal(): void;
  /** Summed over all weathers. */
  stats(): { calls: number; throttled: number };
  close(): void;
};

/** @param accountId in the ARNs */
export function makeWorld(seed: number, accountId: string): VideoWorld {
  const randomOf = perKind((kind) => makeRandom(seed, kind === STREAMS ? 'world' : `world of ${kind}`, 0));
  const worlds = perKind((kind) => drawRegions(kind, randomOf[kind]));
  const services: VideoService[] = [];
  const change = (faultsOf: (kind: Kind) => Readonly<Record<string, object>>) => {
    const kinds = perKind((kind) => ({ regions: regionsJson(kind, worlds[kind], faultsOf(kind)) }));
    services.push(makeVideoService(parseWorld({ seed: String(seed), accountId, kinds }, 'the world')));
  };
  const unlucky = perKind((kind) => [drawUnlucky(randomOf[kind])]);
  const changeFaults = () => change((kind) => drawFaults(randomOf[kind], unlucky[kind]));
  changeFaults();
  return {
    regions: REGIONS,
    worlds,
    handle: (request, response) => services.at(-1)!.handle(request, response),
    change() {
      // Whoever is unlucky stays so for two weathers.
      for (const kind of KINDS) unlucky[kind] = [...unlucky[kind].slice(-1), drawUnlucky(randomOf[kind])];
      changeFaults();
    },
    heal: () => change(() => ({})),
    stats() {
      const all: RegionStats[] = services.flatMap((service) =>
        KINDS.flatMap((kind) => Object.values(service.stats(kind))),
      );
      const sum = (pick: (stats: RegionStats) => number) => all.reduce((total, stats) => total + pick(stats), 0);
      return { calls: sum(({ calls }) => calls), throttled: sum(({ throttled }) => throttled) };
    },
    close() {
      for (const service of services) service.close();
    },
  };
}

function perKind<T>(make: (kind: Kind) => T): Record<Kind, T> {
  return Object.fromEntries(KINDS.map((kind) => [kind, make(kind)])) as Record<Kind, T>;
}

/** Of streams one region has many pages; of the other kinds none has, so that a machine can follow. */
function drawRegions(kind: Kind, random: () => number): RegionWorld[] {
  return REGIONS.map((region, index) => ({
    region,
    ...(kind === STREAMS && index === REGIONS.length - 1 ? LARGE : drawRegion(random)),
  }));
}

function drawRegion(random: () => number): Omit<RegionWorld, 'region'> {
  const pageSizes = [[100], [100], [50, 0, 17], [10]][Math.floor(random() * 4)]!;
  return { pageSizes, streams: Math.floor(random() * 4 * Math.max(...pageSizes)) };
}

type Unlucky = { region: string; how: (typeof LASTING)[number] };

function drawUnlucky(random: () => number): Unlucky {
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
  return { region: pick(REGIONS), how: pick(LASTING) };
}

/** The unlucky have trouble for as long as this weather lasts; about half of the others with their next calls. */
function drawFaults(random: () => number, unlucky: readonly Unlucky[]): Record<string, object> {
  const faults: Record<string, object> = {};
  for (const region of REGIONS) {
    if (random() < 0.5) continue;
    const kind = PASSING[Math.floor(random() * PASSING.length)]!;
    faults[region] = { kind, after: Math.floor(random() * 20), calls: 3 + Math.floor(random() * 12) };
  }
  for (const { region, how } of unlucky) faults[region] = { kind: how };
  return faults;
}

/** Every name says that it is a secret. */
function regionsJson(kind: Kind, regions: readonly RegionWorld[], faults: Readonly<Record<string, object>>) {
  const names = { kind: 'numbered', prefix: 'secret-camera-' };
  return Object.fromEntries(
    regions.map(({ region, streams, pageSizes }): [string, RegionJson] => {
      const fault = faults[region];
      const own = { [kind]: streams, pageCap: [...pageSizes], latencyMs: LATENCY_MS, names };
      return [region, { ...own, ...(fault && { fault }) }];
    }),
  );
}
