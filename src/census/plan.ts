/**
 * Which regions a run must hear from. Pure: what was asked, what is remembered, what a person set, all come in; the plan,
 * and why it is so, come out. docs/regions.md has it as a table.
 *
 *     questions ─▶ (ask) ─▶ knowledgeOf ─▶ countsToLookUp ─▶ (look up) ─▶ planOf ─▶ memoryAfter
 *
 * In doubt a region is planned: one that is planned for nothing is missing with a reason, and one that is not planned
 * for nothing would be a gap that nobody sees.
 */
import { isDeepStrictEqual } from 'node:util';
import { partitionOf } from './partition.ts';
import type { RegionMemory, RegionsAnswer, Remembered } from './region-memory.ts';
import { heldSomething, type LastKnown, type OffRegion, type PlanSources, type Source } from './run.ts';

/** What a person set, as names of regions. */
export type RegionSettings = {
  /** Any: exactly these are planned, and nothing is asked. */
  regions: readonly string[];
  /** Planned beside what is found. */
  includeRegions: readonly string[];
  /** Never planned, whoever else names them. */
  excludeRegions: readonly string[];
};

export type PlanSituation = {
  /** The region that the stack lives in. */
  home: string;
  settings: RegionSettings;
  /** Where the code knows the service to be, in every partition. */
  floor: readonly string[];
  /** Regions that no account can switch off, in every partition. */
  alwaysOn: readonly string[];
  memory: RegionMemory;
  /** Milliseconds since 1970. */
  nowMs: number;
};

/** The answers of one run. Absent: was not asked. */
export type RegionAnswers = { live?: RegionsAnswer; off?: RegionsAnswer };

/** What is taken to be so, and from where. */
export type RegionKnowledge = { live?: Remembered; off?: Remembered; sources: PlanSources };

export type Plan = {
  plan: readonly string[];
  off?: readonly OffRegion[];
  excluded?: readonly string[];
  sources: PlanSources;
};

const HOUR_MS = 3_600_000;

/** A day: an hour less, or a daily run would come a moment too early every other day. */
const FRESH_MS = 23 * HOUR_MS;
/** Older, an answer that a region is off says nothing of today. */
const OFF_TRUSTED_MS = 48 * HOUR_MS;

/**
 * What is worth asking. AWS documents the list of regions for commercial regions alone
 * (docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-global-infrastructure.html), and
 * Account Management has an endpoint in these and in China (botocore, data/endpoints.json).
 */
export function questions({ home, settings, memory, nowMs }: PlanSituation): { live: boolean; off: boolean } {
  if (settings.regions.length > 0) return { live: false, off: false };
  const partition = partitionOf(home);
  const isFresh = memory.live !== undefined && ageMs(memory.live, nowMs) < FRESH_MS;
  return {
    live: partition === 'aws' && !isFresh,
    off: partition === 'aws' || partition === 'aws-cn',
  };
}

/** The newest answer there is, of now or of earlier. What cannot be true is no answer. */
export function knowledgeOf(situation: PlanSituation, answers: RegionAnswers): RegionKnowledge {
  const { settings, memory } = situation;
  if (settings.regions.length > 0) return { sources: { regions: { from: 'parameter' }, optIn: { from: 'parameter' } } };
  const live = pick(checkedLive(answers.live, situation), memory.live, situation, 'floor');
  const off = pick(checkedOff(answers.off, situation), memory.off, situation, 'nowhere');
  return {
    ...(live.known && { live: live.known }),
    ...(off.known && { off: off.known }),
    sources: { regions: live.source, optIn: off.source },
  };
}

function pick(
  answer: RegionsAnswer | undefined,
  remembered: Remembered | undefined,
  { nowMs }: PlanSituation,
  otherwise: 'floor' | 'nowhere',
): { known?: Remembered; source: Source } {
  if (answer !== undefined && 'regions' in answer) {
    const askedAt = new Date(nowMs).toISOString();
    return { known: { regions: [...new Set(answer.regions)].sort(), askedAt }, source: { from: 'asked', askedAt } };
  }
  const because = answer && { because: answer.because };
  if (remembered === undefined) return { source: { from: otherwise, ...because } };
  return { known: remembered, source: { from: 'cache', askedAt: remembered.askedAt, ...because } };
}

/**
 * Of the home's partition alone. There is a region in which the service is: an empty list is a lie. One that leaves out what
 * an earlier one named may be, too: what was named once stays.
 */
function checkedLive(answer: RegionsAnswer | undefined, { home, memory }: PlanSituation): RegionsAnswer | undefined {
  if (answer === undefined || 'because' in answer) return answer;
  const regions = ofPartition(answer.regions, home);
  if (regions.length === 0) return { because: 'empty' };
  return { regions: [...regions, ...ofPartition(memory.live?.regions ?? [], home)] };
}

/**
 * The stack lives in a region that is switched on, and some are on in every account. Whoever says otherwise may be wrong about
 * others, too.
 */
function checkedOff(answer: RegionsAnswer | undefined, { home, alwaysOn }: PlanSituation): RegionsAnswer | undefined {
  if (answer === undefined || 'because' in answer) return answer;
  const cannotBe = answer.regions.some((region) => region === home || alwaysOn.includes(region));
  return cannotBe ? { because: 'bad-answer' } : answer;
}

/**
 * The regions that are off of which the last count has to be looked up, before there can be a plan. That there was nothing is
 * looked up again in every run: a count may have come since, of an earlier run.
 */
export function countsToLookUp(situation: PlanSituation, knowledge: RegionKnowledge): string[] {
  const known = rememberedCounts(situation);
  return switchedOff(situation, knowledge).filter((region) => !isAboveZero(known.get(region)));
}

/**
 * The plan. A region that is off is planned all the same if its last count was above zero, and named as off in any case;
 * one whose last count had to be looked up, could not be and is not remembered either is asked as if it were on.
 * @param lookedUp the last counts that were looked up for this run; `null`: there never was one
 */
export function planOf(
  situation: PlanSituation,
  knowledge: RegionKnowledge,
  lookedUp: ReadonlyMap<string, LastKnown | null>,
): Plan {
  const { settings, memory } = situation;
  const known = rememberedCounts(situation);
  const off = switchedOff(situation, knowledge).flatMap((region): OffRegion[] => {
    if (!known.has(region) && !lookedUp.has(region)) return [];
    // Records expire. What was remembered of a region that is off has no end.
    const lastKnown = lookedUp.get(region) ?? memory.lastCounts[region];
    return [lastKnown ? { region, lastKnown } : { region }];
  });
  const onlyNamed = new Set(off.filter((one) => !heldSomething(one)).map(({ region }) => region));
  const excluded = [...new Set(settings.excludeRegions)].sort();
  return {
    plan: candidates(situation, knowledge).filter((region) => !onlyNamed.has(region)),
    ...(off.length > 0 && { off }),
    ...(excluded.length > 0 && { excluded }),
    sources: knowledge.sources,
  };
}

/** The regions that would be planned, but for being off. */
function switchedOff(situation: PlanSituation, knowledge: RegionKnowledge): string[] {
  const { off } = knowledge;
  if (off === undefined || !isTrusted(off, situation.nowMs)) return [];
  return candidates(situation, knowledge).filter((region) => off.regions.includes(region));
}

function isAboveZero(count: LastKnown | null | undefined): boolean {
  return count !== undefined && count !== null && count.streams > 0;
}

/** What was remembered long ago is looked up again: runs may have counted there since that remembered nothing. */
function rememberedCounts({ memory, nowMs }: PlanSituation): ReadonlyMap<string, LastKnown | null> {
  if (memory.off === undefined || !isTrusted(memory.off, nowMs)) return new Map();
  return new Map(Object.entries(memory.lastCounts));
}

/** By name. */
function candidates({ settings, floor, home }: PlanSituation, { live }: RegionKnowledge): string[] {
  const { regions, includeRegions, excludeRegions } = settings;
  const found = regions.length > 0 ? regions : [...ofPartition(floor, home), ...(live?.regions ?? [])];
  const all = new Set([...found, ...includeRegions]);
  return [...all].filter((region) => !excludeRegions.includes(region)).sort();
}

/** What to remember after a run, or nothing where nothing is new. A last count is kept for as long as its region is off. */
export function memoryAfter(
  { memory, settings, nowMs }: PlanSituation,
  { live, off }: RegionKnowledge,
  { off: named = [] }: Plan,
): RegionMemory | undefined {
  if (settings.regions.length > 0) return undefined;
  const counts = { ...memory.lastCounts };
  for (const { region, lastKnown } of named) counts[region] = lastKnown ?? null;
  const next = {
    ...(live && { live }),
    ...(off && { off: saysTheSame(memory.off, off, nowMs) ? memory.off : off }),
    lastCounts: Object.fromEntries(Object.entries(counts).filter(([region]) => off?.regions.includes(region))),
  };
  return isDeepStrictEqual(next, memory) ? undefined : next;
}

/** That the same was answered again is remembered once a day. */
function saysTheSame(before: Remembered | undefined, now: Remembered, nowMs: number): before is Remembered {
  return before !== undefined && ageMs(before, nowMs) < FRESH_MS && isDeepStrictEqual(before.regions, now.regions);
}

function isTrusted(remembered: Remembered, nowMs: number): boolean {
  return ageMs(remembered, nowMs) < OFF_TRUSTED_MS;
}

/** Of an instant to come as well: a clock that was wrong must not make an answer good for ever. */
function ageMs({ askedAt }: Remembered, nowMs: number): number {
  return Math.abs(nowMs - Date.parse(askedAt));
}

function ofPartition(regions: readonly string[], home: string): string[] {
  return regions.filter((region) => partitionOf(region) === partitionOf(home));
}
