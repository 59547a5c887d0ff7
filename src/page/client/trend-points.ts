/** What the trend draws. Only what covers everything is a point of the line; what a gap lacks is unknown, and never 0. */

import { reasonWords } from '../../answers/organization/reason-words.ts';
import { number, plural } from '../../answers/words.ts';
import { isOfAccounts, worstWords } from './line-words.ts';
import type { AnyLine, PageLine, RegionHistory } from './model.ts';
import { instant, type KindWords, some } from './words.ts';

export type TrendPoint = {
  runId: string;
  /** Seconds since 1970. */
  at: number;
  /** `known`: part of the line. `gap`: something is missing. `open`: there is no total yet. */
  kind: 'known' | 'gap' | 'open';
  /** Of a known point, the number; of a gap, what was counted all the same, if anything. */
  streams: number | null;
  /** Of a gap, what it would be with the last known counts of what is missing; `null` where none is known. */
  lastKnown: number | null;
  /** Gaps that miss the same can be compared with each other. */
  misses: string;
  /** How many regions, or accounts, were planned by the run before and by this one; `null` unless their plans differ. */
  replanned: { from: number; to: number; of: 'regions' | 'accounts' } | null;
  /** The point in words. */
  says: string;
};

const secondsOf = (runId: string) => Date.parse(runId) / 1000;

/** Oldest first. @param lines newest first */
export function pointsOfRuns(lines: readonly AnyLine[], words: KindWords): TrendPoint[] {
  return lines
    .map((line, index) => {
      const before = lines[index + 1];
      const plan = before === undefined ? '' : planChange(before, line);
      return {
        runId: line.runId,
        at: secondsOf(line.runId),
        kind: KINDS[line.verdict ?? 'open'],
        streams: line.streams,
        lastKnown: withLastKnown(line),
        misses: missesOf(line),
        replanned: before === undefined || plan === '' ? null : replannedOf(before, line),
        says: `${instant(line.runId)}: ${wordsOf(line, words)}${plan}`,
      };
    })
    .reverse();
}

const KINDS = { complete: 'known', partial: 'gap', open: 'open' } as const;

function replannedOf({ expected: from }: AnyLine, line: AnyLine): TrendPoint['replanned'] {
  return { from, to: line.expected, of: isOfAccounts(line) ? 'accounts' : 'regions' };
}

/** What is not known to be the same is not. */
function missesOf(line: AnyLine): string {
  return isOfAccounts(line) ? (line.misses ?? line.runId) : line.missing.map(({ region }) => region).join();
}

function wordsOf(line: AnyLine, { one, many }: KindWords): string {
  const { verdict, streams, counted, expected } = line;
  if (verdict === null || streams === null) return 'no total yet';
  if (verdict === 'complete') return `${plural(streams, one, many)}, complete`;
  if (isOfAccounts(line)) {
    const why = reasonWords(line).join(', ');
    return `PARTIAL, ${number(streams)}, ${number(counted ?? 0)} of ${plural(expected, 'account')} complete; missing ${worstWords(line)}; by reason ${why}`;
  }
  const { missing } = line;
  const names = some(missing.map(({ region, reason }) => `${region} (${reason})`));
  const known = withLastKnown(line);
  const upTo = known === null ? '' : `; ${number(known)} with what was last known of it`;
  return `PARTIAL, ${number(streams)} in ${counted} of ${expected} regions; missing ${names}${upTo}`;
}

function withLastKnown(line: AnyLine): number | null {
  if (isOfAccounts(line)) return null;
  const { streams, missing } = line;
  const known = missing.flatMap(({ lastKnown }) => lastKnown?.streams ?? []);
  return streams === null || known.length === 0 ? null : known.reduce((sum, one) => sum + one, streams);
}

/** In words, and nothing where the plan stayed the same. */
function planChange(before: AnyLine, line: AnyLine): string {
  if (isOfAccounts(before) || isOfAccounts(line)) {
    return isSamePlan(before, line)
      ? ''
      : `; other accounts: ${number(before.expected)} before, ${number(line.expected)} now`;
  }
  return regionsChange(before, line);
}

const isSamePlan = (one: AnyLine, other: AnyLine) =>
  isOfAccounts(one) && isOfAccounts(other) && one.planned === other.planned;

function regionsChange(before: Pick<PageLine, 'plan'>, { plan }: Pick<PageLine, 'plan'>): string {
  const added = plan.filter((region) => !before.plan.includes(region));
  const dropped = before.plan.filter((region) => !plan.includes(region));
  const parts = [
    added.length > 0 && `newly planned ${some(added)}`,
    dropped.length > 0 && `no longer planned ${some(dropped)}`,
  ].filter((part) => part !== false);
  if (parts.length === 0) return '';
  return `; the plan changed from ${before.plan.length} to ${plural(plan.length, 'region')}: ${parts.join('; ')}`;
}

/** Oldest first. A region that is missing is last known as the newest earlier run that counted it says. */
export function pointsOfRegion({ points }: RegionHistory, words: KindWords): TrendPoint[] {
  let known: number | null = null;
  return [...points].reverse().map(({ runId, streams, reason }) => {
    const lastKnown = streams === null && reason !== null ? known : null;
    known = streams ?? known;
    return {
      runId,
      at: secondsOf(runId),
      kind: streams !== null ? 'known' : reason === null ? 'open' : 'gap',
      streams,
      lastKnown,
      misses: 'this region',
      replanned: null,
      says: `${instant(runId)}: ${regionWords({ streams, reason }, lastKnown, words)}`,
    };
  });
}

function regionWords(
  { streams, reason }: Pick<RegionHistory['points'][number], 'streams' | 'reason'>,
  lastKnown: number | null,
  { one, many }: KindWords,
): string {
  if (streams !== null) return plural(streams, one, many);
  if (reason === null) return 'not counted yet';
  return `MISSING, ${reason}; unknown, not zero${lastKnown === null ? '' : `; last known ${number(lastKnown)}`}`;
}
