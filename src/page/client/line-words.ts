/** What a line of the history says beyond its number, of an account's run or of the organisation's. */
import { reasonWords } from '../../answers/organization/reason-words.ts';
import { number } from '../../answers/words.ts';
import type { AnyLine, OrganizationLine } from './model.ts';

export const isOfAccounts = (line: AnyLine): line is OrganizationLine => 'worst' in line;

/** What is missing, and nothing where nothing is. */
export function gapWords(line: AnyLine): string {
  if (!isOfAccounts(line)) return line.missing.map(({ region, reason }) => `${region} (${reason})`).join(', ');
  return [worstWords(line), ...reasonWords(line)].filter((part) => part !== '').join('; ');
}

/** The accounts by name that miss most, and how many more there are. */
export function worstWords({ worst, expected, counted }: OrganizationLine): string {
  if (counted === null) return '';
  const more = expected - counted - worst.length;
  return [...worst, ...(more > 0 ? [`${number(more)} more`] : [])].join(', ');
}
