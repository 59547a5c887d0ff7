/** One kind of thing, as its service lists it: region by region, each with its faults, its rate and what it has seen. */
import { makeFaultCounter, type Outcome } from './faults.ts';
import { type Fleet, type Listing, makeFleet } from './fleet.ts';
import type { Kind, ListInput } from './kind.ts';
import { STREAMS } from './kinds.ts';
import { makeLastSecond } from './last-second.ts';
import { makeLazy, type Recent } from './lazy.ts';
import { badToken, type Tokens } from './tokens.ts';
import type { ApiError } from './wire.ts';
import { type FaultKind, isOff, type RegionWorld, regionsOf, type World } from './world.ts';

export type RegionStats = { calls: number; throttled: number; maxCallsInAnySecond: number };

/** Answers one operation in a region. @throws ApiError */
type Answer = (region: string, readBody: () => Promise<string>) => Promise<Outcome>;

type KindService = {
  readonly kind: Kind;
  /** By operation, as a request names it. */
  readonly answers: Readonly<Record<string, Answer>>;
  stats(): Record<string, RegionStats>;
  resetStats(): void;
};

/** @param fleets those that are in use, of all accounts: there may be more regions than there is memory for */
export function makeKindService(kind: Kind, world: World, tokens: Tokens, fleets: Recent<Fleet>): KindService {
  const named = regionsOf(world, kind.name);
  const regions = makeLazy((name) => makeRegion(kind, world, name, named[name]!, fleets));

  /** A call to a region counts when it arrives. */
  function ofRegion(action: string, answer: (region: Region, body: string) => Outcome): Answer {
    return async (name, readBody) => {
      // Such a region has no endpoint. The nearest that one address can do to a name that does not resolve.
      if (named[name] === undefined) return { kind: 'drop' };
      const region = regions.get(name);
      // AWS gives descriptions a limit of their own, 300 calls/s. Here both share the smaller one.
      return region.admit(action) ?? answer(region, await readBody());
    };
  }

  function list(region: Region, body: string): Outcome {
    const input = kind.list.read(body);
    const { own, fleet } = region;
    // Streams came first: their tokens do not name them.
    const prefix = `${kind.name === STREAMS ? '' : `${kind.name}/`}${input.prefix ?? ''}`;
    const binding = `${world.accountId}/${region.name}/${prefix}`;
    const listing = fleet().listing(input.prefix);
    const { position, page } = placeOf(input, listing, (token) => tokens.open(token, binding));
    const cap = own.pageCap[page % own.pageCap.length]!;
    const end = Math.min(position + Math.min(input.maxResults, cap), listing.size);
    const isLoop = own.fault?.kind === 'token-loop';
    // A page that may hold nothing says nothing about the end, so it always has a token.
    const isLast = end === listing.size && cap > 0 && !isLoop;
    const repeated = isLoop ? input.token : undefined;
    const nextToken = isLast ? undefined : (repeated ?? tokens.seal({ position: end, page: page + 1 }, binding));
    return {
      kind: 'answer',
      afterMs: own.latencyMs,
      // All of it is ASCII, and latin1 halves the cost of a page against utf8.
      body: () => Buffer.from(kind.list.write(pageOf(fleet(), listing, position, end), nextToken), 'latin1'),
    };
  }

  function describe({ own, fleet }: Region, body: string): Outcome {
    const { read, write, notFound } = kind.describe!;
    const index = fleet().indexOf(read(body));
    if (index === undefined) throw notFound();
    return {
      kind: 'answer',
      afterMs: own.latencyMs,
      body: () => Buffer.from(write(fleet().textAt(index)), 'latin1'),
    };
  }

  return {
    kind,
    answers: {
      [kind.list.operation]: ofRegion(kind.list.action, list),
      ...(kind.describe && { [kind.describe.operation]: ofRegion(kind.describe.action, describe) }),
    },
    stats: () => Object.fromEntries(Object.keys(named).map((name) => [name, regions.get(name).stats()])),
    resetStats: () => {
      for (const region of regions.made()) region.resetStats();
    },
  };
}

type Place = ReturnType<Tokens['open']>;

/** Where a page begins. @throws ApiError */
function placeOf({ token, after }: ListInput, listing: Listing, open: (token: string) => Place): Place {
  if (token === undefined) return { position: after === undefined ? 0 : listing.positionAfter(after), page: 0 };
  const place = open(token);
  if (place.position > listing.size) throw badToken();
  return place;
}

function pageOf(fleet: Fleet, listing: Listing, from: number, to: number) {
  return {
    size: to - from,
    nameAt: (position: number) => fleet.nameAt(listing.indexAt(from + position)),
    textAt: (position: number) => fleet.textAt(listing.indexAt(from + position)),
  };
}

type Region = ReturnType<typeof makeRegion>;

function makeRegion(kind: Kind, world: World, name: string, own: RegionWorld, fleets: Recent<Fleet>) {
  const granted = makeLastSecond();
  let arrived = makeLastSecond();
  let counted: RegionStats = { calls: 0, throttled: 0, maxCallsInAnySecond: 0 };
  const nextFault = makeFaultCounter(isOff(world, name) ? OFF : own.fault);
  const make = () => makeFleet(kind, world, name, own);

  function throttle(action: string): ApiError {
    counted.throttled += 1;
    return kind.service.refusals.throttled(action, world.accountId);
  }

  /** @throws ApiError for the faults that are answers */
  function fail(fault: FaultKind, action: string): Outcome | undefined {
    const { refusals } = kind.service;
    switch (fault) {
      case 'token-loop':
        return undefined;
      case 'hang':
        return { kind: 'hang' };
      case 'drops-connection':
        return { kind: 'drop' };
      case 'throttled':
        throw throttle(action);
      case 'denied':
      case 'denied-by-organization':
        throw refusals[fault](action, world.accountId);
      case 'server-error':
      case 'not-enabled':
        throw refusals[fault]();
      default:
        return fault satisfies never;
    }
  }

  return {
    name,
    own,
    /** Made when it is first asked for: a kind that nobody counts costs nothing. */
    fleet: () => fleets.get(make, make),
    /** Counts one call that arrives now; undefined when it is to be served. @throws ApiError */
    admit(action: string): Outcome | undefined {
      const now = performance.now();
      counted.calls += 1;
      arrived.add(now);
      counted.maxCallsInAnySecond = Math.max(counted.maxCallsInAnySecond, arrived.count(now));
      const fault = nextFault();
      const outcome = fault && fail(fault, action);
      if (outcome !== undefined) return outcome;
      if (granted.count(now) >= own.callsPerSecond) throw throttle(action);
      granted.add(now);
      return undefined;
    },
    stats: () => ({ ...counted }),
    resetStats() {
      counted = { calls: 0, throttled: 0, maxCallsInAnySecond: 0 };
      arrived = makeLastSecond();
    },
  };
}

const OFF = { kind: 'not-enabled', after: 0, calls: Number.POSITIVE_INFINITY } as const;
