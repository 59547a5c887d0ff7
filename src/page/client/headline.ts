/** The answer at a glance: how many streams, in how many regions, and whether to trust the number. */
import './headline.css';
import type { RunSummary } from '../../answers/run-summary.ts';
import { duration, number, plural } from '../../answers/words.ts';
import { differenceParts } from './difference.ts';
import { el, icon, listed, refill } from './dom.ts';
import { isOrganization, type Whole } from './model.ts';
import { organizationCoverage, organizationDifference, organizationNotes } from './organization-answer.ts';
import { planNotes } from './plan-notes.ts';
import { waitingIn } from './state.ts';
import { ago, few, instant, instantBeside, type KindWords } from './words.ts';

export function makeHeadline({ onBeside }: { onBeside: () => void }) {
  const element = el('section', { class: 'headline card', 'aria-labelledby': 'headline-title' });
  return {
    element,
    show(whole: Whole, words: KindWords, nowMs: number) {
      const { run } = whole;
      const verdict = run.verdict ?? 'open';
      element.className = `headline card is-${verdict}`;
      refill(
        element,
        el(
          'div',
          { class: 'answer' },
          verdictMark(whole),
          el('h1', { id: 'headline-title' }, ...bigNumber(whole, words)),
          ...(isOrganization(whole)
            ? [
                el('p', { class: 'coverage' }, ...organizationCoverage(whole, words)),
                ...organizationDifference(whole),
                organizationNotes(whole),
              ]
            : [
                el('p', { class: 'coverage' }, ...coverage(whole.run, words)),
                ...differenceParts(whole, onBeside),
                churnLine(whole.run),
                planNotes(whole.run),
              ]),
        ),
        facts(run, nowMs),
      );
    },
  };
}

function verdictMark(whole: Whole): HTMLElement {
  const { verdict, expected, counted } = whole.run;
  const gaps = number(expected - (counted ?? 0));
  const words = {
    complete: 'Complete',
    partial: isOrganization(whole)
      ? `Partial: ${gaps} of ${plural(expected, 'account')} not complete`
      : `Partial: ${gaps} of ${plural(expected, 'region')} missing`,
    open: 'No total yet',
  };
  const kind = verdict ?? 'open';
  return el('p', { class: `mark is-${kind}`, 'data-verdict': kind }, icon(kind), el('span', {}, words[kind]));
}

/** A partial number is never alone: what is missing from it is unknown, and stands beside it. */
function bigNumber(whole: Whole, { one, many }: KindWords): (HTMLElement | string)[] {
  const { verdict, streams, expected } = whole.run;
  const unit = (words: string) => el('span', { class: 'unit' }, words);
  if (streams === null) {
    const [done, what] = [expected - waitingIn(whole), isOrganization(whole) ? 'accounts' : 'regions'];
    const answered = el('span', { class: 'answered' }, `${number(done)} of ${number(expected)}`);
    return [answered, ' ', unit(`${what} have answered`)];
  }
  const digits = el('span', { class: 'streams' }, number(streams));
  if (verdict === 'complete') return [digits, ' ', unit(streams === 1 ? one : many)];
  return [digits, el('span', { class: 'gap', title: 'and what is missing holds' }, ' + ?'), ' ', unit(many)];
}

function coverage(run: RunSummary, { many }: KindWords): (HTMLElement | string)[] {
  const { verdict, counted, expected, missing, waitingFor } = run;
  if (verdict === null) {
    return waitingFor.length > 0
      ? [`The number of ${many} is not known before all have answered or its time is over.`]
      : ['Its time is over; the next sweep settles it.'];
  }
  if (verdict === 'complete') return [`in all ${plural(expected, 'region')}`];
  const names = missing.map(({ region, reason }) => `${region} (${reason})`);
  const what = missing.length === 1 ? 'what it holds is' : 'what they hold is';
  const all = `in ${counted} of ${plural(expected, 'region')}. Missing: `;
  return [all, ...listed(few(names)), `; ${what} unknown, not zero.`];
}

/** What came and what went: exact, as far as it is known. */
function churnLine({ churn, runId }: RunSummary): HTMLElement | null {
  if (churn === null) return null;
  const { against, created, gone, unknown } = churn;
  const flow = [el('strong', {}, number(created)), ' created, ', el('strong', {}, number(gone)), ' gone'];
  const apart = unknown.length === 0 ? [] : ['; unknown in ', ...listed(few(unknown))];
  return el(
    'p',
    { class: 'churn' },
    ...flow,
    ` since the run before (${instantBeside(against, runId)})`,
    ...apart,
    '.',
  );
}

/** Beyond this the number mixes instants: a region was counted in a later retry. */
const MIXED_INSTANTS_MS = 2 * 3_600_000;

function facts(run: Whole['run'], nowMs: number): HTMLElement {
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
