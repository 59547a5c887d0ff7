/** What people are told of a total by mail: sentences, in ASCII, because SNS takes no other subject. */
import type { AnnouncedRun } from './announcement.ts';
import { kindOf, ownerOf } from './census-id.ts';
import type { KindDescriptor, KindQuota } from './kinds/kind.ts';
import { descriptorOf } from './kinds.ts';
import { desiredLimit, increaseCommand, type RegionQuota, regionQuotaOf } from './quota.ts';
import type { RegionRecord } from './region.ts';
import type { LookBack, Missing, StoredTotal } from './run.ts';

/** As it can be pasted where nothing is installed but Node. */
export const COMMAND = 'npx kvs-census';

/** `subject`: less than 100 characters in one line, as SNS takes it. */
export type Mail = { subject: string; text: string };

/** Of which stack the ledger is, so that the command in the mail can be pasted anywhere. */
export type StackPlace = { stage: string; region: string };

/** @param records those of the run: they say how full each region is */
export function mailOf(
  run: AnnouncedRun,
  total: StoredTotal,
  { stage, region }: StackPlace,
  records: readonly RegionRecord[],
): Mail {
  const { censusId, runId } = run;
  const accountId = ownerOf(censusId);
  const descriptor = descriptorOf(kindOf(censusId));
  const number = numberOf(total, descriptor.words);
  return printMail(`kvs-census ${accountId}: ${number}`, [
    [
      `kvs-census, account ${accountId}, run ${runId}: ${number}.`,
      ...comparisonOf(total, REGIONS.many),
      ...churnOf(total),
    ],
    total.missing.map(gapInWords),
    quotasInWords(descriptor, total, records),
    newsOf(total),
    besideThePlan(run),
    [`Next: ${COMMAND} explain ${runId} --stage ${stage} --region ${region}`],
  ]);
}

/** @param paragraphs the lines of each; one without lines is left out */
export function printMail(subject: string, paragraphs: readonly (readonly string[])[]): Mail {
  const text = paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
  return { subject, text: `${text}\n` };
}

export const count = (number: number) => number.toLocaleString('en-US');
export const plural = (number: number, { one, many }: Words) => `${count(number)} ${number === 1 ? one : many}`;

export type Words = { one: string; many: string };
const REGIONS: Words = { one: 'region', many: 'regions' };

function numberOf({ verdict, streams, counted, expected }: StoredTotal, words: Words): string {
  if (verdict === 'complete') return `${plural(streams, words)} in ${plural(expected, REGIONS)} (complete)`;
  return `at least ${plural(streams, words)} in ${count(counted)} of ${plural(expected, REGIONS)} (partial)`;
}

type Comparable = Pick<StoredTotal, 'verdict' | 'streams'> & { before?: Pick<LookBack, 'comparable'> };

/**
 * A partial number is compared with nothing: what is missing from it would look as if it had gone.
 * @param planned what its plan is: `regions` or `accounts`
 */
export function comparisonOf({ verdict, streams, before }: Comparable, planned: string): string[] {
  const comparable = before?.comparable;
  if (verdict === 'partial' || comparable === undefined) return [];
  const more = streams - comparable.streams;
  const than = `the last complete run of the same ${planned}, ${comparable.runId}`;
  if (more === 0) return [`As many as in ${than}.`];
  return [`${count(Math.abs(more))} ${more > 0 ? 'more' : 'fewer'} than in ${than} (${count(comparable.streams)}).`];
}

/** Exact as far as it goes, so a partial total says it, too. */
function churnOf({ churn }: StoredTotal): string[] {
  if (churn === undefined) return [];
  const { against, created, gone, unknown } = churn;
  const apart = unknown.length > 0 ? ` Of ${unknown.join(', ')} that is not known.` : '';
  return [`Since the run before, ${against}: ${count(created)} created, ${count(gone)} gone.${apart}`];
}

function gapInWords({ region, reason, since, runs = 1, lastKnown }: Missing): string {
  const when = since === undefined ? '' : ` since ${since}${runs > 1 ? `, ${count(runs)} runs in a row` : ''}`;
  if (lastKnown === undefined) return `Missing: ${region} (${reason})${when}. What it holds is not known.`;
  return `Missing: ${region} (${reason})${when}. It held ${count(lastKnown.streams)} in the run ${lastKnown.runId}.`;
}

function quotasInWords(
  { words, quota: kindQuota }: KindDescriptor,
  { quota, before }: StoredTotal,
  records: readonly RegionRecord[],
): string[] {
  if (kindQuota === undefined) return [];
  const counted = records.filter((record) => record.status === 'counted');
  const full = counted
    .filter(({ region }) => quota?.above.includes(region))
    .flatMap((record) => regionQuotaOf(kindQuota, record) ?? [])
    .sort((one, other) => other.percent - one.percent);
  return [
    ...full.flatMap((each) => nearlyFull(kindQuota, words, each)),
    ...said(before?.unseenAbove ?? [], 'Nearly full when last seen, and not known now'),
    ...said(quota?.unknown ?? [], 'Counted, but how full it may become is not known'),
  ];
}

function nearlyFull(kindQuota: KindQuota, words: Words, { region, used, limit, percent, from }: RegionQuota): string[] {
  const quota = from === 'applied' ? 'its quota' : "AWS's default quota";
  return [
    `Nearly full: ${region} has ${plural(used, words)}, ${percent} percent of the ${count(limit)} that ${quota} allows. To ask AWS for more:`,
    `  ${increaseCommand(kindQuota, region, desiredLimit(limit))}`,
  ];
}

function newsOf({ before }: StoredTotal): string[] {
  if (before === undefined) return [];
  const { runId, newlyMissing, newlyCounted, newlyPlanned, noLongerPlanned } = before;
  const against = `against the run before, ${runId}`;
  return [
    ...said(newlyMissing, `Missing now, ${against}`),
    ...said(newlyCounted, `Counted again, ${against}`),
    ...said(newlyPlanned, `Newly planned, ${against}`),
    ...said(noLongerPlanned, `No longer planned, ${against}`),
  ];
}

function besideThePlan({ plan, off = [], excluded = [] }: AnnouncedRun): string[] {
  const unplanned = off.filter(({ region }) => !plan.includes(region)).map(({ region }) => region);
  return [
    ...said(unplanned, 'Not switched on in this account, and empty as far as is known'),
    ...said(excluded, 'Excluded by a parameter'),
  ];
}

const said = (regions: readonly string[], what: string) =>
  regions.length > 0 ? [`${what}: ${regions.join(', ')}.`] : [];
