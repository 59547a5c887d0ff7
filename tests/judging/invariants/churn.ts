import type { CountedRecord } from '../../../src/census/region.ts';
import type { StoredTotal } from '../../../src/census/run.ts';
import { arnsListed, type Listing, listingOf } from '../counts.ts';
import { at, isCounted, type RunStory, type Story, type Version } from '../story.ts';
import { saysNotKnown } from './allowances.ts';

/**
 * What is said to have come and gone between two counts of a region is, to the stream, the difference of what these two
 * have listed. On a calm day it is said of every region that both runs counted, one after the other. Of all regions
 * together a total says the sum, and names the others.
 */
export function* Churn(story: Story) {
  for (const run of story.runs) {
    for (const version of [...run.records.values()].flat().filter(isCounted)) {
      for (const what of untold(run, version, story)) yield `${run.runId}: of ${version.value.region} ${what}.`;
    }
    for (const { atMs, value: total } of run.totals) yield* wrongTotal(run, atMs, total);
  }
}

type Counted = Version<CountedRecord>;

function* untold(run: RunStory, now: Counted, story: Story): Generator<string> {
  const { churn, region, round } = now.value;
  const previous = previousOf(run, story);
  const before = countBefore(churn?.against ?? previous, now, story);
  if (churn !== undefined && (before === undefined || churn.against >= run.runId))
    yield `it is said what came and went since ${churn.against}, which had not counted it`;
  const isLookedBack = story.circumstances.isCalm && round === 0 && !saysNotKnown(story, run.runId);
  if (isLookedBack && churn !== undefined && churn.against !== previous)
    yield `it is said what came and went since ${churn.against}, and the run before is ${previous}`;
  if (before?.by === undefined || now.by === undefined) return;
  const world = story.truth.get(region)!;
  const [had, has] = [before.by, now.by].map((by) => listingOf(story.history, by, region)) as [Listing, Listing];
  // Lists by prefix may leave out what is there, and old, and nobody can tell (docs/counting.md).
  if ((world.prefixes !== undefined || world.describes === 'not found') && !(had.isListed && has.isListed)) return;
  if (churn !== undefined) yield* wrongChurn(churn, before, now, arnsListed(world, had), arnsListed(world, has));
  else if (isLookedBack && !world.odd && before.atMs < now.by.startedAtMs)
    yield 'nothing is said of what came and went';
}

function previousOf({ runId }: RunStory, { runs }: Story): string | undefined {
  const earlier = runs.map((run) => run.runId).filter((id) => id < runId);
  return earlier.sort().at(-1);
}

/** The count of that run, if it was on record by the time at which this one was. */
function countBefore(runId: string | undefined, { value, atMs }: Counted, { runs }: Story): Counted | undefined {
  const versions = runs.find((run) => run.runId === runId)?.records.get(value.region) ?? [];
  return versions.filter(isCounted).find((before) => before.atMs < atMs);
}

type Listed = ReturnType<typeof arnsListed>;

function* wrongChurn(
  { created, gone }: NonNullable<CountedRecord['churn']>,
  before: Counted,
  now: Counted,
  had: Listed,
  has: Listed,
): Generator<string> {
  const more = now.value.tally.streams - before.value.tally.streams;
  if (created - gone !== more) yield `${created} are said to be created and ${gone} gone, and there are ${more} more`;
  const least = { created: without(has.must, had.may), gone: without(had.must, has.may) };
  const most = { created: without(has.may, had.must), gone: without(had.may, has.must) };
  if (created < least.created || created > most.created)
    yield `${created} are said to be created, and ${least.created} to ${most.created} were`;
  if (gone < least.gone || gone > most.gone)
    yield `${gone} are said to be gone, and ${least.gone} to ${most.gone} were`;
}

function without(some: ReadonlySet<string>, others: ReadonlySet<string>): number {
  return [...some].filter((arn) => !others.has(arn)).length;
}

function* wrongTotal({ runId, versions, records }: RunStory, atMs: number, total: StoredTotal): Generator<string> {
  const missing = new Set(total.missing.map(({ region }) => region));
  const told = versions[0]!.value.plan.flatMap((region) => {
    const record = missing.has(region) ? undefined : at(records.get(region), atMs);
    return record?.status === 'counted' && record.churn ? [{ region, ...record.churn }] : [];
  });
  const { churn } = total;
  const which = `${runId}, rev ${total.rev}`;
  if (churn === undefined) {
    if (told.length > 0) yield `${which}: its regions say what came and went, and the total does not.`;
    return;
  }
  const same = told.filter(({ against }) => against === churn.against);
  const sum = (of: 'created' | 'gone') => same.reduce((all, one) => all + one[of], 0);
  if (sum('created') !== churn.created || sum('gone') !== churn.gone)
    yield `${which}: ${churn.created} created and ${churn.gone} gone, and its regions say ${sum('created')} and ${sum('gone')}.`;
  const unknown = versions[0]!.value.plan.filter((region) => !same.some((one) => one.region === region)).sort();
  if (unknown.join() !== churn.unknown.join())
    yield `${which}: it is unknown of ${churn.unknown.join(', ') || 'none'}, and that of ${unknown.join(', ') || 'none'} is.`;
}
