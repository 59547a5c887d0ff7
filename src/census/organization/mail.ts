/** What people are told of an organisation's total by mail, as mail.ts has it of an account's: the worst of it, and how to see the rest. */
import { kindOf, ORGANIZATION } from '../census-id.ts';
import { descriptorOf } from '../kinds.ts';
import { COMMAND, count, type Mail, plural, printMail, type StackPlace, type Words } from '../mail.ts';
import { setAsideIn } from './announcement.ts';
import type { OrganizationRun } from './run.ts';
import type { AccountGap, StoredOrganizationTotal } from './total.ts';

const ACCOUNTS: Words = { one: 'account', many: 'accounts' };
const REGIONS: Words = { one: 'region', many: 'regions' };

export function organizationMailOf(
  run: OrganizationRun,
  total: StoredOrganizationTotal,
  { stage, region }: StackPlace,
): Mail {
  const { censusId, runId } = run;
  const { words } = descriptorOf(kindOf(censusId));
  const number = numberOf(total, words);
  const where = `--account ${ORGANIZATION} --stage ${stage} --region ${region}`;
  return printMail(`kvs-census organisation: ${number}`, [
    [`kvs-census, the organisation, run ${runId}: ${number}.`, ...regionsOf(total), ...comparisonOf(total)],
    gapsIn(total),
    quotasIn(total),
    besideThePlan(run),
    [`Next: ${COMMAND} explain ${runId} ${where}`],
  ]);
}

function numberOf({ verdict, streams, counted, expected }: StoredOrganizationTotal, words: Words): string {
  if (verdict === 'complete') return `${plural(streams, words)} in ${plural(expected, ACCOUNTS)} (complete)`;
  return `at least ${plural(streams, words)} in ${count(counted)} of ${plural(expected, ACCOUNTS)} (partial)`;
}

/** Also of an account that is not complete a part is in the number. */
function regionsOf({ verdict, regions }: StoredOrganizationTotal): string[] {
  if (verdict === 'complete') return [];
  const { counted, expected } = regions;
  return [`Of the accounts that could be asked ${count(counted)} of ${plural(expected, REGIONS)} were counted.`];
}

/** A partial number is compared with nothing: what is missing from it would look as if it had gone. */
function comparisonOf({ verdict, streams, before }: StoredOrganizationTotal): string[] {
  const comparable = before?.comparable;
  if (verdict === 'partial' || comparable === undefined) return [];
  const more = streams - comparable.streams;
  const than = `the last complete run of the same accounts, ${comparable.runId}`;
  if (more === 0) return [`As many as in ${than}.`];
  return [`${count(Math.abs(more))} ${more > 0 ? 'more' : 'fewer'} than in ${than} (${count(comparable.streams)}).`];
}

function gapsIn({ missing, expected, counted }: StoredOrganizationTotal): string[] {
  const more = expected - counted - missing.length;
  return [...missing.map(gapInWords), ...(more > 0 ? [`And ${count(more)} more.`] : [])];
}

function gapInWords({ accountId, name, reason, regions, reasons = {} }: AccountGap): string {
  const account = name === undefined ? accountId : `${accountId}, ${name}`;
  if (regions === undefined) return `Missing: ${account} (${reason}). What it holds is not known.`;
  const why = Object.entries(reasons).map(([each, number]) => `${each} ${count(number)}`);
  return `Missing: ${count(regions.missing)} of ${plural(regions.expected, REGIONS)} of ${account} (${why.join(', ')}).`;
}

function quotasIn({ quota }: StoredOrganizationTotal): string[] {
  if (quota === undefined) return [];
  const { above, aboveRegions, unknownRegions } = quota;
  const named = above.map(({ accountId, region }) => `${region} of ${accountId}`);
  const more = aboveRegions - above.length;
  return [
    ...(named.length > 0
      ? [`Nearly full: ${[...named, ...(more > 0 ? [`${count(more)} more`] : [])].join(', ')}.`]
      : []),
    ...(unknownRegions > 0
      ? [`Counted, but how full it may become is not known: ${plural(unknownRegions, REGIONS)}.`]
      : []),
  ];
}

function besideThePlan({ accounts, excluded = [], sources }: OrganizationRun): string[] {
  const aside = Object.entries(setAsideIn(accounts)).map(([why, number]) => `${count(number)} ${why}`);
  const { from, because } = sources.accounts;
  return [
    ...(from === 'cache' ? [`The accounts are those of an earlier run: they could not be listed (${because}).`] : []),
    ...(aside.length > 0 ? [`Not asked: ${aside.join(', ')}.`] : []),
    ...(excluded.length > 0 ? [`Excluded by a parameter: ${plural(excluded.length, ACCOUNTS)}.`] : []),
  ];
}
