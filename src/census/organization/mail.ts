/** What people are told of an organisation's total by mail, as mail.ts has it of an account's: the worst of it, and how to see the rest. */
import { kindOf, ORGANIZATION } from '../census-id.ts';
import { descriptorOf } from '../kinds.ts';
import { COMMAND, comparisonOf, count, type Mail, plural, printMail, type StackPlace, type Words } from '../mail.ts';
import type { LastKnown } from '../run.ts';
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
    [
      `kvs-census, the organisation, run ${runId}: ${number}.`,
      ...regionsOf(total),
      ...comparisonOf(total, ACCOUNTS.many),
    ],
    gapsIn(total),
    quotasIn(total),
    besideThePlan(run),
    [`Next: ${COMMAND} explain ${runId} ${where}`],
  ]);
}

/** Accounts that have a number, as the commands count them: also of one that is not complete a part is in it. */
function numberOf({ verdict, streams, expected, accountReasons }: StoredOrganizationTotal, words: Words): string {
  if (verdict === 'complete') return `${plural(streams, words)} in ${plural(expected, ACCOUNTS)} (complete)`;
  const some = expected - Object.values(accountReasons).reduce((sum, number) => sum + number, 0);
  return `at least ${plural(streams, words)} in ${count(some)} of ${plural(expected, ACCOUNTS)} (partial)`;
}

function regionsOf({ verdict, expected, counted, regions }: StoredOrganizationTotal): string[] {
  if (verdict === 'complete') return [];
  const complete = `${count(counted)} of ${plural(expected, ACCOUNTS)} ${counted === 1 ? 'is' : 'are'} complete`;
  if (regions.expected === 0) return [`${complete}.`];
  return [
    `${complete}; of those that answered, ${count(regions.counted)} of ${plural(regions.expected, REGIONS)} were counted.`,
  ];
}

function gapsIn({ missing, expected, counted }: StoredOrganizationTotal): string[] {
  const more = expected - counted - missing.length;
  return [
    ...missing.map(gapInWords),
    ...(more > 0 ? [`And ${count(more)} more ${more === 1 ? ACCOUNTS.one : ACCOUNTS.many}.`] : []),
  ];
}

function gapInWords({ accountId, name, reason, regions, reasons = {}, lastKnown }: AccountGap): string {
  const account = name === undefined ? accountId : `${accountId}, ${name}`;
  if (regions === undefined) return `Missing: ${account} (${reason}). ${heldIn(lastKnown)}`;
  const why = Object.entries(reasons).map(([each, number]) => `${count(number)} ${each}`);
  return `Missing: ${count(regions.missing)} of ${plural(regions.expected, REGIONS)} of ${account} (${why.join(', ')}).`;
}

function heldIn(lastKnown: LastKnown | undefined): string {
  if (lastKnown === undefined) return 'What it holds is not known.';
  return `It held ${count(lastKnown.streams)} in the run ${lastKnown.runId}.`;
}

function quotasIn({ quota }: StoredOrganizationTotal): string[] {
  if (quota === undefined) return [];
  const { above, aboveRegions, unknownRegions } = quota;
  const named = above.map(({ accountId, region }) => `${region} of ${accountId}`).join(', ');
  const more = aboveRegions - above.length;
  return [
    ...(above.length > 0 ? [`Nearly full: ${named}${more > 0 ? ` and ${count(more)} more` : ''}.`] : []),
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
    ...(aside.length > 0 ? [`Accounts that are not asked: ${aside.join(', ')}.`] : []),
    ...(excluded.length > 0 ? [`Excluded by a parameter: ${plural(excluded.length, ACCOUNTS)}.`] : []),
  ];
}
