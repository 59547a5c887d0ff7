/** Pure: items of the ledger's table as records again. What was damaged by hand, or is too new, is an error that names it. */
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';
import { censusIdOf } from '../census/census-id.ts';
import { DENIERS, InvalidInputError, REASONS } from '../census/errors.ts';
import { FINGERPRINT_PATTERN } from '../census/fingerprint.ts';
import { descriptorOf, KINDS, STREAMS } from '../census/kinds.ts';
import { YOUNG_KEPT } from '../census/newcomers.ts';
import { LONGEST_PREFIX, PREFIXES_KEPT, type Prefixes } from '../census/prefixes.ts';
import { QUOTA_FAILURES, QUOTA_SOURCES } from '../census/quota.ts';
import type { RegionRecord } from '../census/region.ts';
import type { RegionMemory } from '../census/region-memory.ts';
import { type LastKnown, type Run, type RunId, type RunKey, SOURCE_FAILURES, SOURCES } from '../census/run.ts';
import { AGES, classesOf, type Tally } from '../census/tally.ts';
import { DARK_SK, ITEM_VERSION, type Item, recordKeys, runKeys } from './items.ts';

export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const instant = v.pipe(v.string(), v.isoTimestamp());
export const reason = v.picklist(REASONS);
const setOfRegions = v.pipe(
  v.instance(Set),
  v.transform((set) => [...(set as Set<string>)].sort()),
);

const counts = <Class extends string>(classes: readonly Class[]) =>
  v.object(Object.fromEntries(classes.map((name) => [name, count])) as Record<Class, typeof count>);

const fingerprint = v.pipe(v.string(), v.regex(FINGERPRINT_PATTERN));

/**
 * A facet that is there has all of its classes; an older record may not have it. A name means the same classes in every kind. Of an
 * open facet any class may be missing, and so of one that only a newer release knows.
 */
const closedFacets = Object.fromEntries(
  KINDS.flatMap((kind) => descriptorOf(kind).facets)
    .filter(({ isOpen }) => !isOpen)
    .map(({ name, classes }) => [name, v.exactOptional(counts(Object.keys(classes)))]),
);

const facets = v.objectWithRest(
  {
    ...closedFacets,
    created: counts(AGES),
    oldestCreatedAt: v.exactOptional(instant),
    newestCreatedAt: v.exactOptional(instant),
    fingerprint,
  },
  v.record(v.string(), count),
);

export const tally = v.pipe(
  v.object({ streams: count, facets: v.exactOptional(facets) }),
  v.check((found) => addsUp(found), 'its facets do not add up to its streams'),
);
const prefixes = v.object({
  length: v.pipe(count, v.maxValue(LONGEST_PREFIX)),
  counts: v.pipe(v.array(v.object({ prefix: v.string(), streams: count })), v.maxLength(PREFIXES_KEPT)),
});
const young = v.object({ since: instant, hashes: v.pipe(v.array(fingerprint), v.maxLength(YOUNG_KEPT)) });
const churn = v.object({ against: instant, created: count, gone: count });
const effort = v.object({ pages: count, calls: count, throttled: v.exactOptional(count), ms: count });

/** Streams need no kind. */
export const kind = v.optional(v.picklist(KINDS), STREAMS);
/** What belongs to an organisation is read elsewhere, and never taken for an account's. */
export const accountId = v.pipe(v.string(), v.regex(/^\d{12}$/, 'it is no account'));
const owner = v.object({ accountId, kind });

export const lastKnown = v.object({ runId: instant, streams: count, countedAt: instant });

export const source = v.object({
  from: v.picklist(SOURCES),
  askedAt: v.exactOptional(instant),
  because: v.exactOptional(v.picklist(SOURCE_FAILURES)),
});

const missing = v.object({
  region: v.string(),
  reason,
  lastKnown: v.exactOptional(lastKnown),
  dark: v.exactOptional(count),
  since: v.exactOptional(instant),
  runs: v.exactOptional(count),
  lost: v.exactOptional(v.literal(true)),
});

const regions = v.array(v.string());
const lookBack = v.object({
  runId: instant,
  streams: count,
  newlyMissing: regions,
  newlyCounted: regions,
  newlyPlanned: regions,
  noLongerPlanned: regions,
  comparable: v.exactOptional(v.object({ runId: instant, streams: count })),
  unseenAbove: v.exactOptional(regions),
  partialRuns: v.exactOptional(count),
});

export const percent = v.pipe(v.number(), v.minValue(0), v.maxValue(100));
const totalQuota = v.object({
  alarmPercent: percent,
  highest: v.exactOptional(v.object({ region: v.string(), percent })),
  above: regions,
  unknown: regions,
});

const storedTotal = v.object({
  verdict: v.picklist(['complete', 'partial']),
  streams: count,
  expected: count,
  counted: count,
  missing: v.array(missing),
  tally,
  quota: v.exactOptional(totalQuota),
  firstCountedAt: v.exactOptional(instant),
  lastCountedAt: v.exactOptional(instant),
  churn: v.exactOptional(v.object({ ...churn.entries, unknown: regions })),
  before: v.exactOptional(lookBack),
  rev: count,
  settledAt: instant,
});

export const runBase = {
  runId: instant,
  openedAt: instant,
  deadlineAt: instant,
  round: count,
  rev: count,
  sweep: v.exactOptional(v.picklist(['OPEN', 'PARTIAL'])),
  expiresAt: count,
  dispatchedRound: v.exactOptional(count),
  announcedRev: v.exactOptional(count),
};

const run = v.object({
  ...runBase,
  parent: v.exactOptional(v.object({ position: count, round: count, expiresAt: count })),
  plan: v.pipe(
    v.array(v.string()),
    v.check((plan) => new Set(plan).size === plan.length, 'it names a region twice'),
  ),
  off: v.exactOptional(v.array(v.object({ region: v.string(), lastKnown: v.exactOptional(lastKnown) }))),
  excluded: v.exactOptional(v.array(v.string())),
  sources: v.exactOptional(v.object({ regions: source, optIn: source })),
  pending: v.optional(setOfRegions, () => new Set()),
  total: v.exactOptional(storedTotal),
});

const quota = v.variant('from', [
  v.object({ from: v.picklist(QUOTA_SOURCES), limit: v.pipe(count, v.minValue(1)) }),
  v.object({ from: v.literal('unknown'), because: v.picklist(QUOTA_FAILURES) }),
]);

const failure = { reason, deniedBy: v.exactOptional(v.picklist(DENIERS)), effort: v.exactOptional(effort) };
const recordBase = { runId: instant, region: v.string(), round: count, recordedAt: instant };
const record = v.pipe(
  v.variant('status', [
    v.object({
      ...recordBase,
      status: v.literal('counted'),
      tally,
      prefixes: v.exactOptional(prefixes),
      repeated: v.exactOptional(count),
      young: v.exactOptional(young),
      churn: v.exactOptional(churn),
      effort,
      quota: v.exactOptional(quota),
      startedAt: instant,
      endedAt: instant,
    }),
    v.object({ ...recordBase, status: v.literal('failed'), ...failure }),
    v.object({ ...recordBase, status: v.literal('attempted'), ...failure }),
  ]),
  v.check((found) => prefixesAddUp(found), 'its prefixes do not add up to its streams'),
);

function addsUp({ streams, facets }: Tally): boolean {
  return Object.values(facets === undefined ? {} : classesOf(facets)).every(
    (classes) => Object.values(classes).reduce((sum, part) => sum + part, 0) === streams,
  );
}

type Found = { status: 'counted'; tally: Tally; prefixes?: Prefixes } | { status: 'failed' | 'attempted' };

function prefixesAddUp(found: Found): boolean {
  if (found.status !== 'counted' || found.prefixes === undefined) return true;
  return found.prefixes.counts.reduce((sum, { streams }) => sum + streams, 0) === found.tally.streams;
}

/** @throws InvalidInputError */
export function readRun(item: Item): Run {
  const found = { ...censusOf(item), ...read(run, item) };
  checkKeys(item, runKeys(found));
  return found;
}

/** Nothing, if the item is damaged or too new: for whoever can do without this one. */
export const readRunIfSound = (item: Item) => ifSound(readRun, item);

/** The same of a record. */
export const readRecordIfSound = (item: Item) => ifSound(readRecord, item);

export function ifSound<T>(readItem: (item: Item) => T, item: Item): T | undefined {
  try {
    return readItem(item);
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}

/** @throws InvalidInputError */
export function readRecord(item: Item): RegionRecord {
  const found = { ...censusOf(item), ...read(record, item) };
  checkKeys(item, recordKeys(found));
  return found;
}

function censusOf(item: Item): Pick<RunKey, 'censusId'> {
  const { accountId, kind } = read(owner, item);
  return { censusId: censusIdOf(accountId, kind) };
}

/** @throws InvalidInputError */
export function readLastKnown(item: Item): LastKnown | undefined {
  const found = readRecord(item);
  if (found.status !== 'counted') return undefined;
  return { runId: found.runId, streams: found.tally.streams, countedAt: found.endedAt };
}

/** Of which run an item is, by its keys alone; nothing, if it is of none. */
export function readRunKey(item: Item): RunKey | undefined {
  const [what, censusId, runId] = item.pk?.S?.split('#') ?? [];
  return what === 'RUN' && censusId && runId ? { censusId, runId } : undefined;
}

/** One that somebody damaged is as good as none: the next sweep begins with the newest run. */
export function readSweepPlace(item: Item): RunKey | undefined {
  const found = v.safeParse(v.object({ place: v.object({ censusId: v.string(), runId: instant }) }), unmarshall(item));
  return found.success ? found.output.place : undefined;
}

const remembered = v.object({ regions: v.array(v.string()), askedAt: instant });
const memory = v.object({
  version: v.pipe(count, v.maxValue(ITEM_VERSION)),
  live: v.exactOptional(remembered),
  off: v.exactOptional(remembered),
  lastCounts: v.record(v.string(), v.nullable(lastKnown)),
});

/** One that somebody damaged, or that is too new, is as good as none: what it says is asked again. */
export function readMemory(item: Item): RegionMemory | undefined {
  try {
    const { version: _, ...rest } = v.parse(memory, unmarshall(item));
    return rest;
  } catch {
    return undefined;
  }
}

const dark = v.object({
  accounts: v.pipe(
    v.instance(Set),
    v.transform((set) => [...(set as Set<unknown>)]),
    v.array(accountId),
  ),
});

/** The accounts of an organisation that got no page of a region. A note that cannot be read is as good as none. */
export const readDark = (item: Item): readonly string[] | undefined =>
  ifSound((sound) => read(dark, sound).accounts, item);

/** The table deletes expired items some time later; until then they are treated as absent. */
export function isExpired(item: Item, nowMs: number): boolean {
  const { expiresAt } = item;
  return expiresAt?.N !== undefined && Number(expiresAt.N) * 1000 <= nowMs;
}

export function isRunItem(item: Item): boolean {
  return item.sk?.S === 'RUN';
}

export function isDarkItem(item: Item): boolean {
  return item.sk?.S?.startsWith(DARK_SK) === true;
}

/** Of which run an item is, and of which region; `null` of the run itself. A key cannot be damaged: it is what was found. */
export function keyOf({ pk, sk }: Item): { runId: RunId; region: string | null } {
  const region = /^REGION#(.*)$/s.exec(sk?.S ?? '')?.[1] ?? null;
  return { runId: pk?.S?.split('#').at(-1) ?? '', region };
}

const nameOf = (item: Item) => `The ledger's item ${item.pk?.S} ${item.sk?.S}`;

/** @throws InvalidInputError for an item of a version that this release does not know */
export function checkVersion(item: Item): void {
  const version = Number(item.version?.N ?? 0);
  if (version <= ITEM_VERSION) return;
  throw new InvalidInputError(
    `${nameOf(item)} was written by a newer kvs-census (item version ${version}, this one reads up to ${ITEM_VERSION}); update this one.`,
  );
}

/**
 * What an item says must be of what its keys name, or one run would be told as another. What has no key of the index is not in it.
 * @throws InvalidInputError
 */
export function checkKeys(item: Item, keys: Readonly<Record<string, string>>): void {
  for (const [name, key] of Object.entries(keys)) {
    if (item[name] !== undefined && item[name].S !== key) throw damaged(item, `its fields belong to another ${name}`);
  }
}

/** @throws InvalidInputError */
export function read<Schema extends v.GenericSchema>(schema: Schema, item: Item): v.InferOutput<Schema> {
  checkVersion(item);
  const result = v.safeParse(schema, fieldsOf(item));
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw damaged(item, `${v.getDotPath(issue) ?? 'it'}: ${issue.message}`);
}

/** The SDK throws at numbers that JavaScript cannot hold. */
function fieldsOf(item: Item): Record<string, unknown> {
  try {
    return unmarshall(item);
  } catch (cause) {
    throw damaged(item, (cause as Error).message, { cause });
  }
}

export function damaged(item: Item, why: string, options?: ErrorOptions): InvalidInputError {
  return new InvalidInputError(`${nameOf(item)} is damaged: ${why}.`, options);
}
