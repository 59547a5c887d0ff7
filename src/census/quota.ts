/**
 * How full a region is: which quota bounds the number, what of it could be learned, and what a total says of that. Pure; who
 * is asked is a port. docs/headroom.md has the facts, and where they come from.
 *
 *     applied ── there is none ──▶ default ── there is none ──▶ documented        no answer anywhere: unknown, and why
 */
import type { KindQuota } from './kinds/kind.ts';
import type { Tally } from './tally.ts';

/** Why a quota is not known: a closed list. Nothing of what AWS says in words is kept. */
export const QUOTA_FAILURES = ['denied', 'throttled', 'timed-out', 'unreachable', 'bad-answer'] as const;
export type QuotaFailure = (typeof QUOTA_FAILURES)[number];

/**
 * `applied`: the value that holds for the account there. `default`: that of every account, where AWS knows of no other.
 * `documented`: what AWS's documentation says, where AWS itself knows neither.
 */
export const QUOTA_SOURCES = ['applied', 'default', 'documented'] as const;

type KnownQuota = { from: (typeof QUOTA_SOURCES)[number]; limit: number };
type UnknownQuota = { from: 'unknown'; because: QuotaFailure };

/** What is known of a region's quota. `limit` is a whole number above 0, and no less than what is used. */
export type Quota = KnownQuota | UnknownQuota;

/** Which of its values is asked for. */
export type QuotaQuestion = 'applied' | 'default';

/** The value as it came, that there is none, or why there is no answer. `cause` is for the log. */
export type QuotaAnswer = { value: unknown } | 'none' | { because: QuotaFailure; cause?: unknown };

/** What is known, and what came in the way. */
export type QuotaFound = { quota: Quota; cause?: unknown };

/**
 * Asks for what holds, and for the default only where nothing was ever applied: two questions at most.
 * @param documented the limit where AWS knows neither
 */
export async function findQuota(
  ask: (question: QuotaQuestion) => Promise<QuotaAnswer>,
  documented: number,
): Promise<QuotaFound> {
  for (const question of ['applied', 'default'] as const) {
    const answer = await ask(question);
    if (answer === 'none') continue;
    if (!('value' in answer)) return { quota: { from: 'unknown', because: answer.because }, cause: answer.cause };
    return { quota: isLimit(answer.value) ? { from: question, limit: answer.value } : BAD_ANSWER };
  }
  return { quota: { from: 'documented', limit: documented } };
}

const BAD_ANSWER: UnknownQuota = { from: 'unknown', because: 'bad-answer' };

/** AWS writes them as floating-point numbers. One that is larger than any count may be is none that the ledger could hold. */
function isLimit(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** What there is cannot be more than what there may be: such a limit is not the one that holds. */
export function checkedQuota(quota: Quota, used: number | undefined): Quota {
  return quota.from !== 'unknown' && used !== undefined && used > quota.limit ? BAD_ANSWER : quota;
}

/** How much of the quota a count takes; nothing, where it bounds one class, and not everything's class is known. */
export function usedOf({ of }: KindQuota, { streams, facets }: Tally): number | undefined {
  if (of === undefined || streams === 0) return streams;
  const classes = facets as Readonly<Record<string, unknown>> | undefined;
  return (classes?.[of.facet] as Readonly<Record<string, number>> | undefined)?.[of.class];
}

/** Hundredths of a percent, rounded down: so nothing is said to be reached before it is. */
function percentOf(used: number, limit: number): number {
  return Math.floor((10_000 * used) / limit) / 100;
}

/** What of a counted region is needed here. */
type Filled = { region: string; tally: Tally; quota?: Quota };

/** How full one region is. */
export type RegionQuota = KnownQuota & { region: string; used: number; percent: number };

/** Nothing where the quota, or what is used of it, is not known. */
export function regionQuotaOf(kindQuota: KindQuota, { region, tally, quota }: Filled): RegionQuota | undefined {
  const used = usedOf(kindQuota, tally);
  if (quota === undefined || quota.from === 'unknown' || used === undefined) return undefined;
  return { ...quota, region, used, percent: percentOf(used, quota.limit) };
}

/** What a total says of the quotas of the regions that were counted. Regions in the order of their names. */
export type TotalQuota = {
  /** From how many percent on a region is named as above; 0: none ever is. */
  alarmPercent: number;
  /** The fullest region, the first by name of several; absent where nothing is known of any. */
  highest?: { region: string; percent: number };
  /** Those that have reached `alarmPercent`. */
  above: readonly string[];
  /** Those that were counted, and of whose quota nothing is known. */
  unknown: readonly string[];
};

/**
 * Nothing where nobody asked: of a kind that has no quota, and of records that were written before anybody did.
 * @param counted the regions that are in the total
 */
export function totalQuotaOf(
  kindQuota: KindQuota | undefined,
  counted: readonly Filled[],
  alarmPercent: number,
): TotalQuota | undefined {
  if (kindQuota === undefined || counted.every(({ quota }) => quota === undefined)) return undefined;
  const known = counted.flatMap((each) => regionQuotaOf(kindQuota, each) ?? []).sort(byName);
  const [first, ...others] = known;
  const highest = others.reduce((high, each) => (each.percent > high!.percent ? each : high), first);
  const above = known.filter(({ percent }) => alarmPercent > 0 && percent >= alarmPercent);
  const names = new Set(known.map(({ region }) => region));
  return {
    alarmPercent,
    ...(highest && { highest: { region: highest.region, percent: highest.percent } }),
    above: above.map(({ region }) => region),
    unknown: counted
      .map(({ region }) => region)
      .filter((region) => !names.has(region))
      .sort(),
  };
}

const byName = (one: RegionQuota, other: RegionQuota) => (one.region < other.region ? -1 : 1);

/** Twice as much as there may be now, in two digits and zeros: a request that a person can read, and that leaves room. */
export function desiredLimit(limit: number): number {
  const step = 10 ** Math.max(0, String(2 * limit).length - 2);
  return Math.ceil((2 * limit) / step) * step;
}

/**
 * What asks AWS for more, to be pasted where the AWS CLI is.
 * https://docs.aws.amazon.com/cli/latest/reference/service-quotas/request-service-quota-increase.html
 */
export function increaseCommand({ service, code }: KindQuota, region: string, desired: number): string {
  return `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value ${desired} --region ${region}`;
}
