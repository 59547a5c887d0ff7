/** Regions that are close to their quota, and the command that asks AWS for more there. */
import './filling.css';
import { percentWords } from '../../answers/quota-words.ts';
import { capital, number, plural } from '../../answers/words.ts';
import { descriptorOf, type Kind } from '../../census/kinds.ts';
import { desiredLimit, increaseCommand } from '../../census/quota.ts';
import { command } from './command.ts';
import { card, el, refill } from './dom.ts';
import type { PageRegion, PageRun } from './model.ts';
import { placeOf } from './places.ts';
import { alarmPercentOf, isAbove } from './quota.ts';

export function makeFilling() {
  const note = el('p', { class: 'note' });
  const content = el('ul');
  const element = card('filling', 'Close to the quota', note, content);
  return {
    element,
    /** Hidden where no region is. */
    show(kind: Kind, whole: PageRun) {
      const alarmPercent = alarmPercentOf(whole);
      const above = whole.regions.filter((row) => isAbove(row, alarmPercent)).sort(fullestFirst);
      element.hidden = above.length === 0;
      if (above.length === 0) return;
      refill(note, sentence(whole, above.length, alarmPercent));
      refill(content, ...above.map((row) => regionItem(kind, row)));
    },
  };
}

const fullestFirst = (a: PageRegion, b: PageRegion) => (b.quota?.percent ?? 0) - (a.quota?.percent ?? 0);

/** Where a region is missing, or its quota is not known, there may be one more. */
function sentence({ run, regions }: PageRun, above: number, alarmPercent: number): string {
  const isSure = regions.every(({ quota }) => quota !== null && quota.percent !== null);
  const count = `${isSure ? '' : 'at least '}${above} of ${plural(run.expected, 'region')}`;
  return `${capital(count)} ${above === 1 ? 'has' : 'have'} reached ${alarmPercent} % of what AWS allows there. Each command asks for twice as much.`;
}

function regionItem(kind: Kind, { region, quota }: PageRegion): HTMLElement {
  const { words, quota: kindQuota } = descriptorOf(kind);
  const { used, limit, percent } = quota ?? {};
  const place = placeOf(region);
  return el(
    'li',
    {},
    el('strong', {}, region),
    place !== null && el('span', { class: 'place' }, place),
    el(
      'span',
      { class: 'known' },
      `${percentWords(percent ?? 0, used ?? 0)}: ${number(used ?? 0)} of ${number(limit ?? 0)} ${words.many}`,
    ),
    kindQuota !== undefined && command(increaseCommand(kindQuota, region, desiredLimit(limit ?? 0))),
  );
}
