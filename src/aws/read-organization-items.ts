/** Pure: items that belong to an organisation's run, as what they were. What is damaged, or too new, is an error that names it. */
import * as v from 'valibot';
import { censusIdOf, ORGANIZATION } from '../census/census-id.ts';
import { REASONS } from '../census/errors.ts';
import { FINGERPRINT_PATTERN } from '../census/fingerprint.ts';
import type { AccountRecord } from '../census/organization/account-record.ts';
import { type OrganizationRun, SET_ASIDE } from '../census/organization/run.ts';
import type { OrganizationSummary } from '../census/organization/summary.ts';
import { FAILED_REASONS } from '../census/organization/total.ts';
import { type Item, runKeys } from './items.ts';
import { accountRecordKeys, PLAN_SK } from './organization-items.ts';
import {
  accountId,
  checkKeys,
  count,
  damaged,
  ifSound,
  instant,
  isRunItem,
  kind,
  lastKnown,
  percent,
  read,
  reason,
  runBase,
  source,
  tally,
} from './read-items.ts';

const counts = <Why extends string>(reasons: readonly Why[]) =>
  v.object(
    Object.fromEntries(reasons.map((why) => [why, v.exactOptional(count)])) as Record<
      Why,
      v.ExactOptionalSchema<typeof count, undefined>
    >,
  );
const regionReasons = counts(REASONS);
const accountReasons = [...FAILED_REASONS, 'unanswered'] as const;
const verdict = v.picklist(['complete', 'partial']);
const ids = v.array(v.string());

const gap = v.object({
  accountId,
  name: v.exactOptional(v.string()),
  reason: v.exactOptional(v.picklist(accountReasons)),
  regions: v.exactOptional(v.object({ missing: count, expected: count })),
  reasons: v.exactOptional(regionReasons),
  lastKnown: v.exactOptional(lastKnown),
});

const place = { accountId, region: v.string() };

const total = v.object({
  verdict,
  streams: count,
  tally,
  expected: count,
  counted: count,
  regions: v.object({ expected: count, counted: count }),
  accountReasons: counts(accountReasons),
  regionReasons,
  missing: v.array(gap),
  lost: v.exactOptional(count),
  quota: v.exactOptional(
    v.object({
      alarmPercent: percent,
      highest: v.exactOptional(v.object({ ...place, percent })),
      above: v.array(v.object(place)),
      aboveRegions: count,
      unknownRegions: count,
    }),
  ),
  firstCountedAt: v.exactOptional(instant),
  lastCountedAt: v.exactOptional(instant),
  before: v.exactOptional(
    v.object({
      runId: instant,
      streams: count,
      comparable: v.exactOptional(v.object({ runId: instant, streams: count })),
      partialRuns: v.exactOptional(count),
      unseenAbove: v.exactOptional(v.literal(true)),
      unchanged: v.exactOptional(v.literal(true)),
    }),
  ),
  rev: count,
  settledAt: instant,
});

const positions = v.pipe(
  v.instance(Set),
  v.transform((set) => [...(set as Set<unknown>)]),
  v.array(count),
);

const run = v.object({
  ...runBase,
  accountId: v.literal(ORGANIZATION),
  planId: v.string(),
  size: count,
  planned: v.object({ accounts: count, fingerprint: v.pipe(v.string(), v.regex(FINGERPRINT_PATTERN)) }),
  excluded: v.exactOptional(ids),
  units: v.exactOptional(ids),
  sources: v.object({ accounts: source }),
  pending: v.optional(positions, () => new Set()),
  total: v.exactOptional(total),
});

const chunk = v.object({
  accounts: v.array(
    v.object({
      accountId,
      name: v.exactOptional(v.string()),
      setAside: v.exactOptional(v.picklist(SET_ASIDE)),
      lastKnown: v.exactOptional(lastKnown),
    }),
  ),
});

const recordBase = { runId: instant, accountId, round: count, recordedAt: instant };
const record = v.variant('status', [
  v.object({
    ...recordBase,
    status: v.literal('settled'),
    rev: count,
    verdict,
    tally,
    expected: count,
    counted: count,
    reasons: v.exactOptional(regionReasons),
    missing: v.exactOptional(v.array(v.object({ region: v.string(), reason }))),
    lost: v.exactOptional(count),
    quota: v.exactOptional(
      v.object({
        highest: v.exactOptional(v.object({ region: v.string(), percent })),
        above: ids,
        unknown: count,
      }),
    ),
    firstCountedAt: v.exactOptional(instant),
    lastCountedAt: v.exactOptional(instant),
  }),
  v.object({
    ...recordBase,
    status: v.literal('failed'),
    reason: v.picklist(FAILED_REASONS),
    lastKnown: v.exactOptional(v.nullable(lastKnown)),
  }),
]);

const ofKind = v.object({ kind });

function censusOf(item: Item) {
  return { censusId: censusIdOf(ORGANIZATION, read(ofKind, item).kind) };
}

/** @throws InvalidInputError */
function readItem(item: Item) {
  const found = { ...censusOf(item), ...read(run, item) };
  checkKeys(item, runKeys(found));
  return found;
}

/** Of the run's own item alone. @throws InvalidInputError */
export function readSummary(item: Item): OrganizationSummary {
  const { accountId: _, planId: _planId, size: _size, pending, ...rest } = readItem(item);
  return { ...rest, pending: pending.length };
}

/** Nothing, if the item is damaged or too new. */
export const readSummaryIfSound = (item: Item) => ifSound(readSummary, item);

/**
 * Of the run's item and those of its plan; others are passed over, and so is a plan that the run does not name. Nothing, if the run
 * is not among them.
 * @throws InvalidInputError
 */
export function readOrganization(items: readonly Item[]): OrganizationRun | undefined {
  const item = items.find(isRunItem);
  if (item === undefined) return undefined;
  const { accountId: _, planId, size, planned: _planned, pending, ...rest } = readItem(item);
  const chunks = items.filter(({ sk }) => sk?.S?.startsWith(`${PLAN_SK}${planId}#`)).sort(bySortKey);
  const accounts = chunks.flatMap((each) => read(chunk, each).accounts);
  if (accounts.length !== size) throw damaged(item, `its plan has ${accounts.length} of ${size} accounts`);
  const ids = pending.sort((a, b) => a - b).map((position) => accounts[position]?.accountId);
  if (!ids.every((id) => id !== undefined))
    throw damaged(item, 'pending: it names a place that its plan does not have');
  return { ...rest, accounts, pending: ids };
}

function bySortKey({ sk: one }: Item, { sk: other }: Item): number {
  return (one?.S ?? '') < (other?.S ?? '') ? -1 : 1;
}

/** @throws InvalidInputError */
export function readAccountRecord(item: Item): AccountRecord {
  const found = { ...censusOf(item), ...read(record, item) };
  checkKeys(item, accountRecordKeys(found, found.accountId));
  return found;
}
