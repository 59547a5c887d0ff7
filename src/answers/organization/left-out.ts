/** Documents of a large organisation as whoever bounds its answers gives them. Pure. */
import type { OrganizationDiff } from './account-diff.ts';
import type { OrganizationComparison } from './compared-run.ts';
import type { OrganizationDiffAnswer } from './diff.ts';
import type { OrganizationExplainAnswer } from './explain.ts';
import type { OrganizationHeadroomAnswer } from './headroom.ts';
import type { OrganizationLatestAnswer } from './latest.ts';
import type { OrganizationRunAnswer } from './run.ts';

/** Those that list accounts. */
type AccountsDocument =
  | OrganizationLatestAnswer
  | OrganizationRunAnswer
  | OrganizationDiffAnswer
  | OrganizationExplainAnswer
  | OrganizationHeadroomAnswer;

/**
 * The document with the first of its accounts, which says how many it leaves out. All of its numbers stay those of all accounts.
 * @param most how many accounts each of its lists holds at most; of `explain` all of its lists together
 */
export function withAtMost<Answer extends object>(answer: Answer, most: number): Answer {
  return isOfAccounts(answer) ? { ...answer, ...boundedOf(answer, most) } : answer;
}

/** No other document has the field. */
function isOfAccounts(answer: object): answer is AccountsDocument {
  return 'accountsLeftOut' in answer;
}

function boundedOf(answer: AccountsDocument, most: number): Partial<AccountsDocument> {
  switch (answer.schema) {
    case 'kvs-census/organization-latest/1':
      return {
        ...firstOf(answer.accounts, most),
        comparison: answer.comparison && comparisonOf(answer.comparison, most),
      };
    case 'kvs-census/organization-run/1':
      return firstOf(answer.accounts, most);
    case 'kvs-census/organization-diff/1':
      return changesOf(answer, most);
    case 'kvs-census/organization-headroom/1':
      return {
        accounts: answer.accounts.slice(0, most),
        missing: answer.missing.slice(0, most),
        accountsLeftOut: beyond(answer.accounts, most) + beyond(answer.missing, most),
      };
    case 'kvs-census/organization-explain/1':
      return explainOf(answer, most);
    default:
      return answer satisfies never;
  }
}

const beyond = (list: readonly unknown[], most: number) => Math.max(0, list.length - most);

function firstOf<Row>(accounts: readonly Row[], most: number): { accounts: Row[]; accountsLeftOut: number } {
  return { accounts: accounts.slice(0, most), accountsLeftOut: beyond(accounts, most) };
}

function comparisonOf(comparison: OrganizationComparison, most: number): OrganizationComparison {
  return { ...comparison, ...changesOf(comparison, most) };
}

/** Of those that both counted what changed most, in the order in which they came. */
function changesOf(
  { accounts, coverage }: OrganizationDiff,
  most: number,
): Pick<OrganizationDiff, 'accounts' | 'coverage' | 'accountsLeftOut'> {
  const byChange = [...accounts].sort((one, other) => Math.abs(other.net) - Math.abs(one.net));
  const kept = new Set(byChange.slice(0, most));
  return {
    accounts: accounts.filter((one) => kept.has(one)),
    coverage: coverage.slice(0, most),
    accountsLeftOut: beyond(accounts, most) + beyond(coverage, most),
  };
}

/** One list after the other, as long as there is room: each part stays, with what to do about it. */
function explainOf(
  { setAside, accounts, regions }: OrganizationExplainAnswer,
  most: number,
): Pick<OrganizationExplainAnswer, 'setAside' | 'accounts' | 'regions' | 'accountsLeftOut'> {
  let room = most;
  let accountsLeftOut = 0;
  const take = <Row>(list: readonly Row[]): Row[] => {
    const taken = list.slice(0, room);
    room -= taken.length;
    accountsLeftOut += list.length - taken.length;
    return taken;
  };
  const bounded = {
    accounts: accounts.map((part) => ({ ...part, accounts: take(part.accounts) })),
    regions: regions.map((part) => ({ ...part, accounts: take(part.accounts) })),
    setAside: take(setAside),
  };
  return { ...bounded, accountsLeftOut };
}
