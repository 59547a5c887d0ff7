/** What can be broken by hand on the local stack, and how the command line calls it. */
import { InvalidInputError } from '../../census/errors.ts';
import { parseRegion } from '../../census/region.ts';
import { KINDS, kindOf, STREAMS } from '../../local/kinds.ts';
import type { Place, QuotaWorld } from '../../local/world.ts';

export type Target =
  /** What lists the things of a kind in a region: in every account, or in one. */
  | { part: 'list'; place: Place; accountId?: string }
  /** Service Quotas of a kind in one region, and in all. */
  | { part: 'quota'; place: Place }
  | { part: 'quotas'; kind: string }
  /** Where a service is: kinds of one service share it. */
  | { part: 'live-list'; service: string }
  /** Which regions the account has switched on. */
  | { part: 'opt-in' }
  /** Which accounts there are. */
  | { part: 'organizations' }
  /** The role of one account, without which nothing in it can be counted. */
  | { part: 'role'; accountId: string };

/** What Service Quotas says of a kind in one region. */
export type QuotaSaid = { place: Place; quota: Pick<QuotaWorld, 'applied' | 'default'> };

const LIVE_LIST = 'live-list';
const OPT_IN = 'opt-in';
const QUOTA = 'quota';
const ORGANIZATIONS = 'organizations';
const ROLE = /^role:(\d{12})$/;
/** Before a region of one account alone. */
const OF_ACCOUNT = /^(\d{12}):(.*)$/s;
const KIND_NAMES = KINDS.map(({ name }) => name);

/** What may be said instead of a region, and before one. */
export const OTHER_TARGETS = `${QUOTA}, ${QUOTA}:REGION, ${LIVE_LIST} or ${OPT_IN}`;
/** What there is to several accounts alone. */
export const ACCOUNT_TARGETS = `ACCOUNT:REGION, role:ACCOUNT or ${ORGANIZATIONS}`;
export const KIND_PREFIXES = KIND_NAMES.filter((name) => name !== STREAMS)
  .map((name) => `${name}:`)
  .join(' or ');

/** @throws InvalidInputError */
export function parseTarget(value: unknown): Target {
  const text = String(value);
  if (text === ORGANIZATIONS) return { part: 'organizations' };
  const [, roleOf] = ROLE.exec(text) ?? [];
  if (roleOf !== undefined) return { part: 'role', accountId: roleOf };
  const [, accountId, ofAccount] = OF_ACCOUNT.exec(text) ?? [];
  if (accountId !== undefined && ofAccount !== undefined) return ofOneAccount(accountId, ofAccount);
  const { kind, rest } = splitKind(text);
  if (rest === OPT_IN) return optIn(rest === value);
  if (rest === LIVE_LIST) return { part: 'live-list', service: kindOf(kind).service.name };
  if (rest === QUOTA) return { part: 'quotas', kind };
  try {
    return rest.startsWith(`${QUOTA}:`)
      ? { part: 'quota', place: { kind, region: parseRegion(rest.slice(QUOTA.length + 1)) } }
      : { part: 'list', place: { kind, region: parseRegion(rest) } };
  } catch (cause) {
    const message = `${(cause as Error).message} Or say ${OTHER_TARGETS}; before it, ${KIND_PREFIXES} for another kind; of a world with several accounts ${ACCOUNT_TARGETS}.`;
    throw new InvalidInputError(message, { cause });
  }
}

/** @throws InvalidInputError unless it is a region */
function ofOneAccount(accountId: string, text: string): Target {
  const { kind, rest } = splitKind(text);
  return { part: 'list', place: { kind, region: parseRegion(rest) }, accountId };
}

/** @throws InvalidInputError if a kind stands before it */
function optIn(isAlone: boolean): Target {
  if (isAlone) return { part: 'opt-in' };
  throw new InvalidInputError(`An account switches a region on for every kind: say ${OPT_IN} alone.`);
}

/** `channels:eu-west-1` is of channels, `eu-west-1` of streams. */
function splitKind(text: string): { kind: string; rest: string } {
  const kind = KIND_NAMES.find((name) => text.startsWith(`${name}:`));
  return kind === undefined ? { kind: STREAMS, rest: text } : { kind, rest: text.slice(kind.length + 1) };
}

/** As `parseTarget` reads it. */
export function nameOf(target: Target): string {
  switch (target.part) {
    case 'list':
      return `${target.accountId ? `${target.accountId}:` : ''}${ofKind(target.place.kind, target.place.region)}`;
    case 'quota':
      return ofKind(target.place.kind, `${QUOTA}:${target.place.region}`);
    case 'quotas':
      return ofKind(target.kind, QUOTA);
    case 'live-list': {
      const kind = KINDS.find(({ service }) => service.name === target.service);
      return ofKind(kind?.name ?? STREAMS, LIVE_LIST);
    }
    case 'opt-in':
      return OPT_IN;
    case 'organizations':
      return ORGANIZATIONS;
    case 'role':
      return `role:${target.accountId}`;
    default:
      return target satisfies never;
  }
}

function ofKind(kind: string, name: string): string {
  return kind === STREAMS ? name : `${kind}:${name}`;
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
  const [, where, value] = /^([^=]*)=([ -~]{1,40})$/.exec(text) ?? [];
  if (where === undefined || value === undefined)
    throw new InvalidInputError(`"${text}" is not a region and its quota, such as eu-west-1=12000.`);
  const { kind, rest } = splitKind(where);
  return { place: { kind, region: parseRegion(rest) }, quota: quotaOf(value) };
}

function quotaOf(value: string): QuotaSaid['quota'] {
  if (value === 'none') return NOT_APPLIED;
  if (value === 'unknown') return NOT_KNOWN;
  return { applied: /^-?\d{1,15}(\.\d{1,6})?$/.test(value) ? Number(value) : value };
}
