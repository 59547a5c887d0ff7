/** Regions of any account that are close to their quota. What to ask AWS for stands on the account's own page. */
import './filling.css';
import { percentWords } from '../../answers/quota-words.ts';
import { capital, number, plural } from '../../answers/words.ts';
import { card, el, refill } from './dom.ts';
import type { PageOrganization } from './model.ts';

type Options = { hrefOf: (accountId: string, runId: string | null) => string | null };

export function makeOrganizationFilling({ hrefOf }: Options) {
  const note = el('p', { class: 'note' });
  const content = el('ul');
  const element = card('organization-filling', 'Close to the quota', note, content);
  element.classList.add('filling');
  return {
    element,
    /** Hidden where no region is. */
    show({ run, accounts }: PageOrganization) {
      const { quota } = run;
      element.hidden = quota === null || quota.aboveRegions === 0;
      if (quota === null) return;
      const { aboveRegions, above, unknownRegions, alarmPercent, highest } = quota;
      // Where something is missing, or a quota is not known, there may be one more.
      const isSure = run.verdict === 'complete' && unknownRegions === 0;
      const count = `${isSure ? '' : 'at least '}${plural(aboveRegions, 'region')}`;
      const fullest = highest === null ? '' : ` The fullest has ${percentWords(highest.percent, highest.percent)}.`;
      note.textContent = `${capital(count)} ${aboveRegions === 1 ? 'has' : 'have'} reached ${alarmPercent} % of what AWS allows there.${fullest}`;
      const names = new Map(accounts.map(({ accountId, name }) => [accountId, name]));
      const more = aboveRegions - above.length;
      refill(
        content,
        ...above.map(({ accountId, region }) => {
          const [name, href] = [names.get(accountId) ?? accountId, hrefOf(accountId, run.runId)];
          return el('li', {}, el('strong', {}, region), href === null ? name : el('a', { href }, name));
        }),
        more > 0 && el('li', {}, `and ${number(more)} more`),
      );
    },
  };
}
