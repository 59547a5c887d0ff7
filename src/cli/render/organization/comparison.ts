/** Why a total of the organisation is not that of another run, in lines that add up to the difference. */
import { change } from '../../../answers/kind-words.ts';
import { type AccountCoverageChange, streamsIn } from '../../../answers/organization/account-diff.ts';
import type { OrganizationComparison } from '../../../answers/organization/compared-run.ts';
import { number, signed } from '../../../answers/words.ts';
import { type PartLine, partLines } from '../comparison.ts';
import { type View, wrap } from '../text.ts';
import { shortName } from './accounts.ts';

/** The difference, and its parts where there is more than one. */
export function comparisonLines(comparison: OrganizationComparison, view: View): string[] {
  const { difference } = comparison;
  const parts = partsOf(comparison);
  const against = `against ${otherRun(comparison)}`;
  if (parts.length === 1)
    return [wrap(`${difference === 0 ? 'no change' : change(difference, view.kind)} ${against}`, view.width)];
  return [wrap(`${change(difference, view.kind)} ${against}:`, view.width), ...partLines(parts, view)];
}

function otherRun({ with: other, isComparable }: OrganizationComparison): string {
  const streams = number(other.streams ?? 0);
  if (isComparable) return `the last complete run, ${other.runId} (${streams})`;
  const why = other.verdict === 'complete' ? `it has other accounts, ${number(other.expected)}` : 'it is partial';
  return `the run ${other.runId} (${streams}; ${why}, so the two are hard to compare)`;
}

const WHAT = {
  unseen: 'not visible now',
  seenAgain: 'visible again',
  shifted: 'of other regions',
  noLongerPlanned: 'no longer planned',
  newlyPlanned: 'newly planned',
} as const;

/** What changed, always; and what else makes the difference. */
function partsOf({ difference, net, accounts, coverage, coverageSums }: OrganizationComparison): PartLine[] {
  const others = (Object.keys(WHAT) as (keyof typeof WHAT)[]).map((part) => ({
    streams: coverageSums[part],
    what: WHAT[part],
    names: coverageNames(coverage.filter((one) => one.part === part)),
  }));
  const told = others.reduce((sum, { streams }) => sum + streams, net);
  return [
    { streams: net, what: 'changed in accounts that both counted alike', names: byNumber(accounts) },
    ...others.filter(({ names }) => names.length > 0),
    // An account that answered since a total was stored is told as it is now.
    ...(difference === told ? [] : [{ streams: difference - told, what: 'not in a total yet', names: [] }]),
  ];
}

function coverageNames(some: readonly AccountCoverageChange[]): string[] {
  return byNumber(some.map((one) => ({ ...one, net: streamsIn(one.after) - streamsIn(one.before) })));
}

function byNumber(some: readonly { accountId: string; name: string | null; net: number }[]): string[] {
  return [...some]
    .sort((one, other) => Math.abs(other.net) - Math.abs(one.net))
    .map((one) => `${shortName(one)} ${signed(one.net)}`);
}
