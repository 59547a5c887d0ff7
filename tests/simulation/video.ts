/**
 * One region of Kinesis Video as its client sees it: page by page, with everything that can go wrong, with streams that
 * come and go meanwhile, with answers that repeat themselves and answers that contradict each other.
 *
 * The list of all streams never leaves out one that is there. A service that did, in every answer and always the same
 * ones, could not be told from one that does not have them: no count can be true then, and none is simulated.
 */
import type { ListStreamsCommandInput } from '@aws-sdk/client-kinesis-video';
import { type Kind, STREAMS } from '../../src/census/kinds.ts';
import { type Info, infoAt, isThere, makeFleet, type Stream } from '../judging/fleet.ts';
import { noise } from '../judging/noise.ts';
import { isOff, MOST_LAG_MS, type Phase, type RegionWorld, type Trouble } from '../judging/region-world.ts';

/** An answer that the service gives instead of a page, with its HTTP status. */
export class Refusal extends Error {
  override readonly name: string;
  readonly $metadata: { httpStatusCode: number; requestId: string };
  constructor(name: string, httpStatusCode: number) {
    super(`secret-message of ${name}`);
    this.name = name;
    this.$metadata = { httpStatusCode, requestId: 'request-1' };
  }
}

type ListAnswer = { StreamInfoList: Info[]; NextToken?: string };

export type Video = {
  /** Every stream that ever is there. */
  readonly fleet: readonly Stream[];
  /** @param loops whether the token that was sent comes back. @throws Refusal */
  list(request: ListStreamsCommandInput, nowMs: number, loops?: boolean): ListAnswer;
  /** Gives nothing where there is no such stream. @throws Refusal */
  describe(name: string, nowMs: number): { StreamInfo?: Info } | undefined;
};

/** A token names the place in the list at which the page before ended, so that what comes and goes shifts nothing. */
type Place = { at: number; page: number; again: boolean };

const print = ({ at, page, again }: Place) => `secret-token-${at}-${page}-${again ? 1 : 0}`;

function read(token: string): Place {
  const [at, page, again] = token.split('-').slice(2).map(Number);
  if (at === undefined || page === undefined) throw new Refusal('InvalidArgumentException', 400);
  return { at, page, again: again === 1 };
}

/** @param accountId whose things these are; absent: the stack's own account */
export function makeVideo(world: RegionWorld, startMs: number, kind: Kind = STREAMS, accountId?: string): Video {
  const { pageSizes, repeats, prefixes, describes, region } = world;
  const fleet = makeFleet(world, startMs, kind, accountId);
  const isHit = (what: string, name: string) =>
    prefixes !== undefined && noise(1, `${what} ${region} ${name}`) < prefixes.share;

  /** What a list may show, of the streams that there are. */
  function shown(prefix: string | undefined, nowMs: number): (stream: Stream) => boolean {
    if (prefix === undefined) return (stream) => isThere(stream, nowMs);
    const how = prefixes?.how;
    const atMs = how === 'lags' ? nowMs - prefixes!.share * MOST_LAG_MS : nowMs;
    const lower = prefix.toLowerCase();
    return (stream) => {
      if (!isThere(stream, atMs) || (how === 'misses names' && isHit('name', stream.name))) return false;
      if (how === 'ignores prefix') return true;
      return how === 'ignores case' ? stream.name.toLowerCase().startsWith(lower) : stream.name.startsWith(prefix);
    };
  }

  function list(
    { NextToken: token, StreamNameCondition }: ListStreamsCommandInput,
    nowMs: number,
    loops = false,
  ): ListAnswer {
    const { ComparisonOperator, ComparisonValue: prefix } = StreamNameCondition ?? {};
    if (prefix !== undefined && (ComparisonOperator !== 'BEGINS_WITH' || prefix === '' || prefix.length > 256)) {
      throw new Refusal('InvalidArgumentException', 400);
    }
    // An empty token is as good as none: from the beginning.
    const place: Place = token ? read(token) : { at: 0, page: 0, again: false };
    const lie = prefix !== undefined && isHit('letter', prefix.charAt(0)) ? prefixes!.how : undefined;
    if (lie === 'nothing') return end([]);

    const size = pageSizes[place.page % pageSizes.length]!;
    const isShown = shown(prefix, nowMs);
    const page: { stream: Stream; at: number }[] = [];
    let at = place.at;
    for (; at < fleet.length && page.length < size; at += 1) {
      const stream = fleet[at]!;
      if (isShown(stream)) page.push({ stream, at });
    }
    // An empty page says nothing about the end, so it always has a token.
    const isLast = size > 0 && !fleet.slice(at).some(isShown);
    const infos = page.map(({ stream }) => infoAt(stream, nowMs));
    if (lie === 'no token') return end(infos);
    if (lie === 'short page' && place.page > 0) return end(infos.slice(0, Math.floor(infos.length / 2)));
    if (repeats === 'twice' && infos[0] !== undefined) infos.push(infos[0]);
    if (loops) return { StreamInfoList: infos, NextToken: token || print({ at, page: place.page + 1, again: false }) };
    if (isLast) return end(infos);
    return { StreamInfoList: infos, NextToken: print(next(place, at, page.at(-1)?.at, page.length)) };
  }

  function next(place: Place, at: number, last: number | undefined, streams: number): Place {
    const { page, again } = place;
    if (repeats === 'page again' && page % 2 === 0 && !again) return { ...place, again: true };
    // One stream alone would come for ever.
    const from = repeats === 'overlap' && last !== undefined && streams > 1 ? last : at;
    return { at: from, page: page + 1, again: false };
  }

  function end(StreamInfoList: Info[]): ListAnswer {
    return { StreamInfoList, ...(world.emptyToken && { NextToken: '' }) };
  }

  function describe(name: string, nowMs: number) {
    if (describes === 'denied') throw new Refusal('AccessDeniedException', 403);
    if (describes === 'refused') throw new Refusal('InvalidArgumentException', 400);
    if (describes === 'fails') throw new Refusal('InternalFailure', 500);
    const stream = fleet.find((each) => each.name === name && isThere(each, nowMs));
    if (stream === undefined || describes === 'not found') return undefined;
    if (describes === 'nothing') return {};
    const info = infoAt(stream, nowMs);
    return { StreamInfo: describes === 'another' ? { ...info, StreamName: `${name}x` } : info };
  }

  return { fleet, list, describe };
}

/** What is wrong with a region at this time. */
export function troubleOf(world: RegionWorld, sinceStartMs: number, healed: boolean): Trouble | undefined {
  const { troubles = [] } = world;
  if (isOff(world, sinceStartMs)) return 'not-enabled';
  const lasts = ({ until }: Phase) =>
    until === 'never' || (!healed && (until === 'healed' || sinceStartMs < until * 1000));
  return troubles.find(lasts)?.how;
}
