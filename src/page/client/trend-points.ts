/** What the trend draws. Only what covers everything is a point of the line; a gap has no height, and is never 0. */
import { list, number, plural } from '../../answers/words.ts';
import type { PageLine, RegionHistory } from './model.ts';
import { instant } from './words.ts';

export type TrendPoint = {
  runId: string;
  /** Seconds since 1970. */
  at: number;
  /** `known`: part of the line. `gap`: something is missing. `open`: there is no total yet. */
  kind: 'known' | 'gap' | 'open';
  /** Of a known point, the number; of a gap, what was counted all the same, if anything. */
  streams: number | null;
  /** Gaps that miss the same can be compared with each other. */
  misses: string;
  /** The point in words. */
  says: string;
};

const secondsOf = (runId: string) => Date.parse(runId) / 1000;

/** Oldest first. */
export function pointsOfRuns(lines: readonly PageLine[]): TrendPoint[] {
  return lines
    .map((line) => ({
      runId: line.runId,
      at: secondsOf(line.runId),
      kind: KINDS[line.verdict ?? 'open'],
      streams: line.streams,
      misses: line.missing.map(({ region }) => region).join(),
      says: `${instant(line.runId)}: ${wordsOf(line)}`,
    }))
    .reverse();
}

const KINDS = { complete: 'known', partial: 'gap', open: 'open' } as const;

const NAMES = 3;

function wordsOf({ verdict, streams, counted, expected, missing }: PageLine): string {
  if (verdict === null || streams === null) return 'no total yet';
  if (verdict === 'complete') return `${plural(streams, 'stream')}, complete`;
  const names = missing.slice(0, NAMES).map(({ region, reason }) => `${region} (${reason})`);
  if (missing.length > NAMES) names.push(`${missing.length - NAMES} more`);
  return `PARTIAL, ${number(streams)} in ${counted} of ${expected} regions; missing ${list(names)}`;
}

/** Oldest first. */
export function pointsOfRegion({ points }: RegionHistory): TrendPoint[] {
  return points
    .map(({ runId, streams, reason }) => ({
      runId,
      at: secondsOf(runId),
      kind: streams !== null ? ('known' as const) : reason === null ? ('open' as const) : ('gap' as const),
      streams,
      misses: 'this region',
      says: `${instant(runId)}: ${regionWords(streams, reason)}`,
    }))
    .reverse();
}

function regionWords(streams: number | null, reason: string | null): string {
  if (streams !== null) return plural(streams, 'stream');
  return reason === null ? 'not counted yet' : `MISSING, ${reason}; unknown, not zero`;
}
