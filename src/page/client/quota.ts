/** How full a region is against its quota: a bar, and the same in words. */
import './quota.css';
import { percentWords, unknownSentence, unseenSentences } from '../../answers/quota-words.ts';
import { list, number } from '../../answers/words.ts';
import { el, icon, withShare } from './dom.ts';
import type { PageRegion, PageRun } from './model.ts';

/** From how many percent on a region is marked; 0: none ever is. */
export const alarmPercentOf = ({ run }: PageRun): number => run.quota?.alarmPercent ?? 0;

export function isAbove({ quota }: PageRegion, alarmPercent: number): boolean {
  return alarmPercent > 0 && quota !== null && quota.percent !== null && quota.percent >= alarmPercent;
}

/** Empty where nothing was counted, or nobody asked for the quota. */
export function quotaCell(row: PageRegion, alarmPercent: number): HTMLElement {
  const { quota, streams } = row;
  if (quota === null) return el('td', { class: 'quota' });
  const { limit, percent, used, because } = quota;
  if (limit === null || percent === null || used === null)
    return el('td', { class: 'quota' }, el('span', { class: 'no-quota' }, unknownWords(because)));
  const above = isAbove(row, alarmPercent);
  const share = used === streams ? `of ${number(limit)}` : `${number(used)} of ${number(limit)}`;
  const words = el(
    'span',
    { class: 'fill', title: SOURCES[quota.from] },
    el('strong', {}, above && icon('partial'), percentWords(percent, used)),
    above && el('span', { class: 'unseen' }, ` (${alarmPercent} % or more)`),
    ' ',
    el('span', { class: 'limit' }, share),
  );
  const meter = withShare(el('span', { class: 'meter', 'aria-hidden': 'true' }), percent / 100);
  meter.style.setProperty('--alarm', String(alarmPercent / 100));
  meter.classList.toggle('has-alarm', alarmPercent > 0);
  return el('td', { class: above ? 'quota is-above' : 'quota' }, words, meter);
}

const unknownWords = (because: string | null) => `quota unknown${because === null ? '' : `: ${because}`}`;

const SOURCES = {
  applied: 'The quota that holds for this account',
  default: 'AWS’s default for every account',
  documented: 'As AWS documents it',
  unknown: null,
} as const;

/**
 * What was nearly full and is not known now; why the quotas are not known that were asked for, and what to do. Regions that
 * share the reason are in one sentence.
 */
export function unknownQuotas({ run, regions }: PageRun): string[] {
  const unknown = regions.filter(({ quota }) => quota?.from === 'unknown');
  const sentences = [...Map.groupBy(unknown, ({ quota }) => quota?.because ?? null)].map(([because, group]) =>
    unknownSentence(list(group.map(({ region }) => region)), because),
  );
  return [...unseenSentences(run.quota?.unseenAbove ?? []), ...sentences];
}
