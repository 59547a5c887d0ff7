/** What a run of the organisation says at a glance, beside its number. */
import { sourceSentences } from '../../answers/organization/plan-words.ts';
import { reasonWords } from '../../answers/organization/reason-words.ts';
import { number, plural } from '../../answers/words.ts';
import { apartItem } from './apart.ts';
import { direction } from './difference.ts';
import { el, icon, listed } from './dom.ts';
import { worstWords } from './line-words.ts';
import type { PageAccount, PageComparison, PageOrganization } from './model.ts';
import { few, instantBeside, type KindWords, signed } from './words.ts';

type Part = HTMLElement | string;

/** How many accounts are in the number, and how many of their regions; and what is not. */
export function organizationCoverage({ run, line }: PageOrganization, { many }: KindWords): Part[] {
  const { verdict, expected, counted, regions, waiting } = run;
  if (verdict === null) {
    return waiting > 0
      ? [`The number of ${many} is not known before all have answered or its time is over.`]
      : ['Its time is over; the next sweep settles it.'];
  }
  const ofRegions = regions === null ? '' : `${number(regions.counted)} of ${plural(regions.expected, 'region')}`;
  if (verdict === 'complete') return [`in all ${plural(expected, 'account')}, ${ofRegions}`];
  return [
    `${number(counted ?? 0)} of ${plural(expected, 'account')} complete, ${ofRegions} of those that answered. Missing: `,
    el('span', { class: 'worst' }, worstWords(line)),
    `; by reason: ${reasonWords(line).join(', ')}. What that holds is unknown, not zero.`,
  ];
}

/** Why it is another number, and what of the difference is no change of what is there. */
export function organizationDifference(whole: PageOrganization): (HTMLElement | null)[] {
  const { comparison } = whole;
  if (comparison === null) return [];
  const { coverage, coverageSums } = comparison;
  const items = coverage.map(({ part, accounts, most }) => {
    const more = accounts > most.length ? [`${number(accounts - most.length)} more`] : [];
    return apartItem(part, part === 'missingInBoth' ? null : coverageSums[part], [...most, ...more]);
  });
  return [
    el('p', { class: 'difference' }, ...changeParts(whole, comparison)),
    items.length === 0 ? null : el('ul', { class: 'apart' }, ...items),
  ];
}

/** Where nothing can be compared, nothing is known to have stayed the same. */
function changeParts({ run, accounts }: PageOrganization, comparison: PageComparison): Part[] {
  const { net, isComparable, with: other } = comparison;
  const alike = accounts.filter(({ change }) => change !== null);
  const when = instantBeside(other.runId, run.runId);
  const against = isComparable
    ? `the last complete run (${when})`
    : `the newest earlier total (${when}), ${other.verdict === 'complete' ? 'of other accounts' : 'partial, too'}`;
  if (alike.length === 0) return [`No account was counted alike by this run and by ${against}.`];
  const both =
    isComparable && alike.length === run.expected
      ? ''
      : ` in the ${plural(alike.length, 'account')} that both counted alike,`;
  const sign = el('strong', { class: `change ${direction(net)}` }, signed(net));
  const movers = moversOf(alike);
  return [sign, `${both} against ${against}`, ...(movers.length > 0 ? [': ', ...listed(movers)] : []), '.'];
}

/** The accounts that changed most. */
function moversOf(alike: readonly PageAccount[]): readonly string[] {
  const moved = alike
    .flatMap(({ accountId, name, change }) => (change ? [{ name: name ?? accountId, change }] : []))
    .sort((a, b) => Math.abs(b.change) - Math.abs(a.change) || (a.name < b.name ? -1 : 1));
  return few(moved.map(({ name, change }) => `${name} ${signed(change)}`));
}

/** What it was not to count, and where it has the list of accounts from. All of them: they are named nowhere else but in the table. */
export function organizationNotes({ run, accounts }: PageOrganization): HTMLElement | null {
  const aside = accounts
    .filter(({ state }) => state === 'set-aside')
    .map(({ accountId, name, setAside }) => `${name === null ? accountId : `${name} ${accountId}`} (${setAside})`);
  const notes = [
    aside.length > 0 && el('li', {}, 'Set aside, and nothing was counted there before: ', ...listed(aside), '.'),
    run.excluded.length > 0 && el('li', {}, 'Excluded: ', ...listed(run.excluded), '.'),
    ...sourceSentences(run).map((sentence) => el('li', { class: 'source' }, icon('partial'), ' ', sentence)),
  ].filter((note) => note !== false);
  return notes.length === 0 ? null : el('ul', { class: 'plan-notes' }, ...notes);
}
