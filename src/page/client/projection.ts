/** Pure: how a region goes on until its quota is reached, as far as its counts of the last days tell. */
import { type Projection, projectionOf } from '../../answers/projection.ts';
import { percentWords, projectionWords, rate, windowWords } from '../../answers/quota-words.ts';
import { DAY_MS, LEAST_DAYS, LEAST_POINTS } from '../../answers/slope.ts';
import { capital, number } from '../../answers/words.ts';
import type { RegionHistory } from './model.ts';
import type { KindWords } from './words.ts';

/** As `kvs-census headroom` looks back. */
const DAYS = 30;

export type RegionProjection = {
  /** Sentences. */
  says: string;
  /** From where on, and how fast; `null` where nothing can be drawn. */
  line: ProjectedLine | null;
};

export type ProjectedLine = {
  /** Seconds since 1970, and how many there were then. */
  from: { at: number; value: number };
  perDay: { likely: number; low: number; high: number };
  /** `null`: it is not known. */
  limit: number | null;
  /** `null`: beyond what a day helps with, or not known. */
  daysToFull: number | null;
};

/** Only of counts: what was missing from a run is no point. */
export function projectRegion({ points, quota }: RegionHistory, words: KindWords): RegionProjection {
  const counted = points.flatMap(({ runId, used }) => (used === null ? [] : [{ runId, used }]));
  const [newest] = counted;
  if (newest === undefined) return { says: 'It was never counted, so nothing tells how it goes on.', line: null };
  const oldestMs = Date.parse(newest.runId) - DAYS * DAY_MS;
  const projection = projectionOf(
    counted.filter(({ runId }) => Date.parse(runId) >= oldestMs),
    quota?.limit ?? null,
  );
  const says = `${asOf(points[0], newest)}${filled(quota, words)}${grows(projection)}`;
  return { says, line: lineOf(projection, newest, quota?.limit ?? null, points) };
}

/** Of a region that is missing now everything is told as it was. A run that still waits for it says nothing yet. */
function asOf(last: RegionHistory['points'][number] | undefined, { runId }: { runId: string }): string {
  return last === undefined || last.reason === null
    ? ''
    : `Missing now (${last.reason}); as it was last counted, in the run ${runId}, and from then on: `;
}

/** Of what the quota bounds less than all, the trend shows another number. */
function lineOf(
  { trend, perDay, daysToFull }: Projection,
  { runId, used }: { runId: string; used: number },
  limit: number | null,
  points: RegionHistory['points'],
): ProjectedLine | null {
  const isAll = points.find((point) => point.runId === runId)?.streams === used;
  if (trend !== 'growing' || perDay === null || daysToFull?.likely === 0 || !isAll) return null;
  const from = { at: Date.parse(runId) / 1000, value: used };
  return { from, perDay, limit, daysToFull: daysToFull?.likely ?? null };
}

function filled(quota: RegionHistory['quota'], { many }: KindWords): string {
  if (quota === null) return '';
  if (quota.limit === null) return `Quota unknown${quota.because === null ? '' : ` (${quota.because})`}. `;
  if (quota.used === null || quota.percent === null) return `Of ${number(quota.limit)} ${many} that there may be. `;
  return `${number(quota.used)} of ${number(quota.limit)} ${many}, ${percentWords(quota.percent, quota.used)}. `;
}

function grows(projection: Projection): string {
  const { trend, perDay, daysToFull, window } = projection;
  const isFull = daysToFull?.likely === 0;
  if (trend === 'not-enough-history' || perDay === null || window === null) {
    const least = `it takes ${LEAST_POINTS}, one a day, over ${LEAST_DAYS} days at least`;
    return `${isFull ? 'Full now. ' : ''}Not enough history to tell how it goes on: ${windowWords(projection)}; ${least}.`;
  }
  const range = `${rate(perDay.low)} to ${rate(perDay.high)}`;
  const speed = trend === 'flat' ? `flat (${range} a day)` : `${rate(perDay.likely)} a day (${range})`;
  const full = daysToFull !== null && !isFull ? `full in ${projectionWords(projection)}` : isFull ? 'full now' : trend;
  return `${capital(full === trend && trend === 'flat' ? speed : `${full}, ${speed}`)}. ${told(projection)}`;
}

const told = (projection: Projection) =>
  `Told from ${windowWords(projection)}; what lies in a range does so with 95 % certainty.`;
