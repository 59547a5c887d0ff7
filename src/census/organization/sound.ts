/** Whether what is stored of an organisation agrees with itself: all that can be seen without adding anything up again. */
import type { AccountRecord } from './account-record.ts';
import type { OrganizationSummary } from './summary.ts';

/** What is missing is counted by reason, of accounts and of regions: it must be what the other numbers leave open. */
export function isSoundTotal({ planned, total }: Pick<OrganizationSummary, 'planned' | 'total'>): boolean {
  if (total === undefined) return true;
  const { expected, counted, regions, missing } = total;
  const gaps = expected - counted;
  // Accounts of which there is something, and not all.
  const partial = gaps - sum(total.accountReasons);
  const missingRegions = sum(total.regionReasons);
  return (
    agrees(total) &&
    expected === planned.accounts &&
    total.tally.streams === total.streams &&
    missing.length <= gaps &&
    missingRegions === regions.expected - regions.counted &&
    (partial === 0 ? missingRegions === 0 : partial > 0 && partial <= missingRegions)
  );
}

export function isSoundRecord(record: AccountRecord): boolean {
  if (record.status === 'failed') return true;
  const { expected, counted, reasons, missing = [] } = record;
  const gaps = expected - counted;
  return agrees(record) && sum(reasons) === gaps && missing.length <= gaps;
}

type Counts = { verdict: 'complete' | 'partial'; expected: number; counted: number };

const agrees = ({ verdict, expected, counted }: Counts) =>
  counted <= expected && (verdict === 'complete') === (counted === expected);

const sum = (counts: Readonly<Record<string, number>> = {}) => Object.values(counts).reduce((all, one) => all + one, 0);
