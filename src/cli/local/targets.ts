/** What can be broken by hand on the local stack, and how the command line calls it. */
import { InvalidInputError } from '../../census/errors.ts';
import { parseRegion } from '../../census/region.ts';
import type { QuotaWorld, Sources } from '../../local/world.ts';

export type Target =
  /** What lists the streams of a region. */
  | { part: 'list'; region: string }
  /** Service Quotas in one region, and in all. */
  | { part: 'quota'; region: string }
  | { part: 'quotas' }
  /** What a plan comes from. */
  | { part: 'source'; source: keyof Sources };

/** What Service Quotas says of one region. */
export type QuotaSaid = { region: string; quota: Pick<QuotaWorld, 'applied' | 'default'> };

const SOURCES: Readonly<Record<string, keyof Sources>> = { 'live-list': 'regions', 'opt-in': 'optIn' };
const QUOTA = 'quota';

/** What may be said instead of a region. */
export const OTHER_TARGETS = `${QUOTA}, ${QUOTA}:REGION, ${Object.keys(SOURCES).join(' or ')}`;

/** @throws InvalidInputError */
export function parseTarget(value: unknown): Target {
  const text = String(value);
  const source = Object.hasOwn(SOURCES, text) ? SOURCES[text] : undefined;
  if (source !== undefined) return { part: 'source', source };
  if (text === QUOTA) return { part: 'quotas' };
  try {
    const isQuota = text.startsWith(`${QUOTA}:`);
    return isQuota
      ? { part: 'quota', region: parseRegion(text.slice(QUOTA.length + 1)) }
      : { part: 'list', region: parseRegion(text) };
  } catch (cause) {
    throw new InvalidInputError(`${(cause as Error).message} Or say ${OTHER_TARGETS}.`, { cause });
  }
}

/** As `parseTarget` reads it. */
export function nameOf(target: Target): string {
  switch (target.part) {
    case 'list':
      return target.region;
    case 'quota':
      return `${QUOTA}:${target.region}`;
    case 'quotas':
      return QUOTA;
    case 'source':
      return Object.keys(SOURCES).find((name) => SOURCES[name] === target.source) ?? target.source;
    default:
      return target satisfies never;
  }
}

const NOT_APPLIED = { applied: null };
const NOT_KNOWN = { applied: null, default: null };

/**
 * `eu-west-1=12000` is what was applied; `none`: nothing was, so that AWS's default holds; `unknown`: AWS knows no quota
 * there. Anything else is what a service says that has gone wrong.
 * @throws InvalidInputError
 */
export function parseQuotaSaid(said: unknown): QuotaSaid {
  const text = String(said);
  const [, region, value] = /^([^=]*)=([ -~]{1,40})$/.exec(text) ?? [];
  if (region === undefined || value === undefined)
    throw new InvalidInputError(`"${text}" is not a region and its quota, such as eu-west-1=12000.`);
  return { region: parseRegion(region), quota: quotaOf(value) };
}

function quotaOf(value: string): QuotaSaid['quota'] {
  if (value === 'none') return NOT_APPLIED;
  if (value === 'unknown') return NOT_KNOWN;
  return { applied: /^-?\d{1,15}(\.\d{1,6})?$/.test(value) ? Number(value) : value };
}
