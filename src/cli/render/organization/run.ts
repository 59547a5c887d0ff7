/** A run of the organisation for people: the number and its verdict, the accounts, what is missing. */
import { amount } from '../../../answers/kind-words.ts';
import { organizationPlanLine } from '../../../answers/organization/plan-words.ts';
import type { OrganizationRunSummary } from '../../../answers/organization/run-summary.ts';
import { number, plural } from '../../../answers/words.ts';
import { verdictMark } from '../run.ts';
import { type View, wrap } from '../text.ts';

export function verdictLine(run: OrganizationRunSummary, { colours, kind }: View): string {
  const { streams, counted, expected, verdict } = run;
  if (streams === null || verdict === null) {
    return `${colours.bold('no total yet')}: ${number(run.waiting)} of ${plural(expected, 'account')} still to answer`;
  }
  const mark = verdictMark(verdict, colours);
  const total = colours.bold(amount(streams, kind));
  if (counted === expected) return `${total} in all ${plural(expected, 'account')}  ${mark}`;
  const some = expected - sum(run.accountReasons);
  return `${total} in ${number(some)} of ${plural(expected, 'account')}, ${number(counted ?? 0)} complete  ${mark}`;
}

/** What is missing, in numbers: accounts of which there is nothing, and regions of the others. */
function gapLine({ accountReasons, regionReasons, regions }: OrganizationRunSummary): string | null {
  const [accounts, missing] = [sum(accountReasons), sum(regionReasons)];
  const parts = [
    ...(accounts > 0 ? [`nothing of ${plural(accounts, 'account')}${countsOf(accountReasons)}`] : []),
    ...(missing > 0
      ? [`${number(missing)} of ${plural(regions?.expected ?? 0, 'region')} of the others${countsOf(regionReasons)}`]
      : []),
  ];
  return parts.length === 0 ? null : `Missing: ${parts.join('; ')}.`;
}

function sum(counts: Readonly<Partial<Record<string, number>>>): number {
  return Object.values(counts).reduce<number>((all, count = 0) => all + count, 0);
}

/** " (12 denied, 3 throttled)" */
function countsOf(reasons: Readonly<Partial<Record<string, number>>>): string {
  const counts = Object.entries(reasons) as [string, number][];
  const told = counts.sort(([, a], [, b]) => b - a).map(([reason, count]) => `${number(count)} ${reason}`);
  return ` (${told.join(', ')})`;
}

export function gapLines(run: OrganizationRunSummary, view: View): string[] {
  const line = gapLine(run);
  return line === null ? [] : [view.colours.yellow(wrap(line, view.width))];
}

/** Which accounts the run was not to count, and what it did not learn. */
export function planLines(run: OrganizationRunSummary, { width }: View): string[] {
  const line = organizationPlanLine(run);
  return line === null ? [] : [wrap(line, width)];
}
