/** The answer at a glance: how many streams, in how many regions, and whether to trust the number. */
import './headline.css';
import { answeredOf, type RunSummary } from '../../answers/run-summary.ts';
import { duration, number, plural } from '../../answers/words.ts';
import { el, icon, refill } from './dom.ts';
import type { PageRun } from './model.ts';
import { ago, instant, instantBeside, signed, some } from './words.ts';

type Comparison = NonNullable<PageRun['comparison']>;

export function makeHeadline({ onBeside }: { onBeside: () => void }) {
  const element = el('section', { class: 'headline card', 'aria-labelledby': 'headline-title' });
  return {
    element,
    show(whole: PageRun, nowMs: number) {
      const { run } = whole;
      const verdict = run.verdict ?? 'open';
      element.className = `headline card is-${verdict}`;
      refill(
        element,
        el(
          'div',
          { class: 'answer' },
          verdictMark(run),
          el('h1', { id: 'headline-title' }, ...bigNumber(run)),
          el('p', { class: 'coverage' }, coverage(run)),
          ...comparisonParts(whole, onBeside),
        ),
        facts(run, nowMs),
      );
    },
  };
}

function verdictMark({ verdict, missing, expected }: RunSummary): HTMLElement {
  const words = {
    complete: 'Complete',
    partial: `Partial: ${missing.length} of ${plural(expected, 'region')} missing`,
    open: 'No total yet',
  };
  const kind = verdict ?? 'open';
  return el('p', { class: `mark is-${kind}`, 'data-verdict': kind }, icon(kind), el('span', {}, words[kind]));
}

/** A partial number is never alone: what is missing from it is unknown, and stands beside it. */
function bigNumber(run: RunSummary): (HTMLElement | string)[] {
  const { verdict, streams, expected } = run;
  const unit = (words: string) => el('span', { class: 'unit' }, words);
  if (streams === null) {
    const answered = el('span', { class: 'answered' }, `${answeredOf(run)} of ${expected}`);
    return [answered, ' ', unit('regions have answered')];
  }
  const digits = el('span', { class: 'streams' }, number(streams));
  if (verdict === 'complete') return [digits, ' ', unit('streams')];
  return [
    digits,
    el('span', { class: 'gap', title: 'and what the missing regions hold' }, ' + ?'),
    ' ',
    unit('streams'),
  ];
}

function coverage({ verdict, counted, expected, missing, waitingFor }: RunSummary): string {
  if (verdict === null) {
    return waitingFor.length > 0
      ? 'The number of streams is not known before all have answered or its time is over.'
      : 'Its time is over; the next sweep settles it.';
  }
  if (verdict === 'complete') return `in all ${plural(expected, 'region')}`;
  const names = missing.map(({ region, reason }) => `${region} (${reason})`);
  const what = missing.length === 1 ? 'what it holds is' : 'what they hold is';
  return `in ${counted} of ${plural(expected, 'region')}. Missing: ${some(names)}; ${what} unknown, not zero.`;
}

/** Against what the total is compared, and how much of it is no change of what is there. */
function comparisonParts({ run, comparison }: PageRun, onBeside: () => void): (HTMLElement | null)[] {
  if (comparison === null) return [];
  const { streams, regions } = comparison.changed;
  const both =
    comparison.isComparable && regions.length === run.expected
      ? ''
      : ` in the ${plural(regions.length, 'region')} that both counted,`;
  const beside = el('button', { type: 'button', class: 'beside-button' }, 'side by side');
  beside.addEventListener('click', onBeside);
  const sign = el('strong', { class: `change ${direction(streams)}` }, signed(streams));
  return [
    el('p', { class: 'difference' }, sign, `${both} against ${earlier(comparison, run.runId)}: `, beside),
    apartFrom(comparison, run.runId),
  ];
}

function earlier({ with: { runId, verdict }, isComparable }: Comparison, beside: string): string {
  const when = instantBeside(runId, beside);
  if (isComparable) return `the last complete run (${when})`;
  return `the newest earlier total (${when}), ${verdict === 'complete' ? 'of another plan' : 'partial, too'}`;
}

/** `null` where nothing else makes the two totals differ. */
function apartFrom({ unseen, seenAgain, plan }: Comparison, runId: string): HTMLElement | null {
  const hidden = unseen.regions.map(
    ({ region, before, reason, since }) =>
      `${region} (${share(before, unseen)}${reason} since ${instantBeside(since, runId)})`,
  );
  const again = seenAgain.regions.map(({ region, now }) => `${region} (${number(now ?? 0)})`);
  const added = plan.regions.filter(({ isPlanned }) => isPlanned).map(({ region }) => region);
  const dropped = plan.regions.filter(({ isPlanned }) => !isPlanned).map(({ region }) => region);
  const items = [
    part('Not visible now', unseen.streams, hidden, 'in '),
    part('Visible again', seenAgain.streams, again, 'in '),
    part('Plan', plan.streams, [
      ...(dropped.length > 0 ? [`no longer planned: ${some(dropped)}`] : []),
      ...(added.length > 0 ? [`newly planned: ${some(added)}`] : []),
    ]),
  ].filter((item) => item !== null);
  return items.length === 0 ? null : el('ul', { class: 'apart' }, ...items);
}

/** Of several regions. */
const share = (streams: number | null, { regions }: { regions: readonly unknown[] }) =>
  regions.length > 1 ? `${number(streams ?? 0)}, ` : '';

function part(what: string, streams: number, details: readonly string[], link = ''): HTMLElement | null {
  if (details.length === 0) return null;
  return el(
    'li',
    {},
    el('span', { class: 'what' }, `${what}:`),
    ' ',
    el('strong', {}, signed(streams)),
    ` ${link}${some(details)}`,
  );
}

export function direction(change: number): 'up' | 'down' | 'same' {
  return change > 0 ? 'up' : change < 0 ? 'down' : 'same';
}

/** Beyond this the number mixes instants: a region was counted in a later retry. */
const MIXED_INSTANTS_MS = 2 * 3_600_000;

function facts(run: RunSummary, nowMs: number): HTMLElement {
  const { runId, firstCountedAt, lastCountedAt, settledAt, deadlineAt, round } = run;
  const rows: (readonly [string, string])[] = [['Run', `${instant(runId)} (${ago(runId, nowMs)})`]];
  if (firstCountedAt !== null && lastCountedAt !== null) rows.push(['Counted', counted(firstCountedAt, lastCountedAt)]);
  rows.push(
    settledAt === null
      ? ['Deadline', `${instant(deadlineAt)} (${ago(deadlineAt, nowMs)})`]
      : ['Settled', instantBeside(settledAt, runId)],
  );
  if (round > 0) rows.push(['Retried', plural(round, 'time')]);
  return el(
    'dl',
    { class: 'facts' },
    ...rows.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))),
  );
}

function counted(first: string, last: string): string {
  const ms = Date.parse(last) - Date.parse(first);
  const mixed = ms >= MIXED_INSTANTS_MS ? `; the number mixes instants, ${duration(ms)} apart` : '';
  return `${instantBeside(first, last)} to ${instantBeside(last, first)}${mixed}`;
}
