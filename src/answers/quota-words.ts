/** How full a region is, in words, the same on a terminal and in a browser. */
import type { QuotaFailure } from '../census/quota.ts';
import { FAR_DAYS, type Projection } from './projection.ts';
import { list, number, plural, signed } from './words.ts';

/**
 * "93.7 %", rounded down: so nothing is said to be full before it is. What is not nothing is never "0 %".
 * @param percent of a quota, to a hundredth and rounded down
 * @param used how many that are
 */
export function percentWords(percent: number, used: number): string {
  if (used === 0) return '0 %';
  if (percent < 0.1) return '<0.1 %';
  return `${(Math.floor(Math.round(percent * 100) / 10) / 10).toFixed(1)} %`;
}

/** Nothing where there is no such region. @param regions their names, each fit to be shown */
export function unseenSentences(regions: readonly string[]): string[] {
  return regions.length === 0 ? [] : [`Nearly full when last seen, and not known now: ${list(regions)}.`];
}

/**
 * What is not known of quotas, why, and what to do.
 * @param regions their names, as a list
 * @param because `null`: nobody asked
 */
export function unknownSentence(regions: string, because: QuotaFailure | null): string {
  if (because === null)
    return `${regions}: quota unknown, because a release counted there that did not ask for it yet.`;
  const words = unknownWords(because);
  return `${regions}: quota unknown (${because}), because ${words.because}. ${words.action}`;
}

function unknownWords(because: QuotaFailure): { because: string; action: string } {
  const again = 'The next run asks again.';
  switch (because) {
    case 'denied':
      return {
        because: 'the worker may not ask Service Quotas there',
        action:
          'Allow its role servicequotas:GetServiceQuota and servicequotas:GetAWSDefaultServiceQuota, also in the policies of the organisation.',
      };
    case 'throttled':
      return { because: 'Service Quotas refused for the rate of calls', action: again };
    case 'timed-out':
      return { because: 'Service Quotas did not answer in time', action: again };
    case 'unreachable':
      return { because: 'Service Quotas could not be reached', action: again };
    case 'bad-answer':
      return {
        because: 'Service Quotas answered with what cannot be the limit: no number above 0, or less than is used',
        action: again,
      };
    default:
      return because satisfies never;
  }
}

/** When a region is full, for a place that says so: "44 days (31 to 61)", "flat (-12 to +18)", "not enough history". */
export function projectionWords({ trend, perDay, daysToFull }: Projection): string {
  if (daysToFull?.likely === 0) return 'full now';
  switch (trend) {
    case 'growing':
      return daysToFull === null ? 'growing' : daysWords(daysToFull);
    case 'shrinking':
      return 'shrinking';
    case 'flat':
      return perDay === null || perDay.low === perDay.high
        ? 'flat'
        : `flat (${rate(perDay.low)} to ${rate(perDay.high)})`;
    case 'not-enough-history':
      return 'not enough history';
    default:
      return trend satisfies never;
  }
}

/** Of which counts growth is told, for the inside of a sentence. */
export function windowWords({ window }: Pick<Projection, 'window'>): string {
  if (window === null) return 'no count';
  const { from, to, runs } = window;
  if (runs === 1) return `1 count, of ${from.slice(0, 10)}`;
  return `${plural(runs, 'count')}, one a day, from ${from.slice(0, 10)} to ${to.slice(0, 10)}`;
}

/** Rounded down, but for the end of the range: a region may be full sooner, and not later, than it says. */
function daysWords({ likely, soonest, latest }: NonNullable<Projection['daysToFull']>): string {
  const [days, from, to] = [Math.floor(likely), Math.floor(soonest), Math.ceil(latest)];
  if (likely > FAR_DAYS)
    return `more than two years${from > FAR_DAYS ? '' : ` (${plural(from, 'day')} at the soonest)`}`;
  const most = days === 0 ? 'less than a day' : plural(days, 'day');
  return from === days && to - days <= 1
    ? most
    : `${most} (${number(from)} to ${to > FAR_DAYS ? 'years' : number(to)})`;
}

/** More a day, to a whole number where that says enough: "+12", "-0.4". */
export function rate(perDay: number): string {
  if (Math.abs(perDay) >= 10 || Number.isInteger(perDay)) return signed(Math.round(perDay));
  const text = Math.abs(perDay).toFixed(1);
  return text === '0.0' ? '0' : `${perDay < 0 ? '-' : '+'}${text}`;
}
