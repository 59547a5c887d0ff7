/** Which accounts a run of the organisation was to count, in words. */
import { sourceSentence } from '../plan-words.ts';
import { capital, plural, toSecond } from '../words.ts';
import type { OrganizationRunSummary } from './run-summary.ts';

type Planned = Pick<OrganizationRunSummary, 'expected' | 'excluded' | 'sources'>;

/** "24 accounts; excluded: 1; the list of accounts could not be asked (denied): the accounts of the run before are used". */
export function organizationPlanLine(run: Planned): string | null {
  const isSet = run.sources.accounts.from === 'parameter';
  const excluded = run.excluded.length === 0 ? [] : [`${plural(run.excluded.length, 'account')} excluded`];
  const accounts = `${plural(run.expected, 'account')}${isSet ? ', those of the parameter accounts' : ''}`;
  const parts = [...(isSet || excluded.length > 0 ? [accounts] : []), ...excluded, ...sourceWords(run)];
  return parts.length === 0 ? null : parts.join('; ');
}

/** The same as sentences, without those that are excluded. */
export function sourceSentences(run: Planned): string[] {
  const isSet = run.sources.accounts.from === 'parameter';
  return [
    ...(isSet ? ['A parameter (accounts) names the accounts to count.'] : []),
    ...sourceWords(run).map((words) => `${capital(words)}.`),
  ];
}

function sourceWords({ sources }: Planned): string[] {
  const { accounts } = sources;
  const when = accounts.askedAt === null ? '' : `, as asked on ${toSecond(accounts.askedAt)},`;
  return sourceSentence('the list of accounts', accounts, { cache: `that of the run before${when} is used` });
}
