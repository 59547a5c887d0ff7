/** What a run was not to count, and where it has its plan from. No gap in the number, so it is said quietly. */
import './plan-notes.css';
import { onlyNamed, sourceWords } from '../../answers/plan-words.ts';
import type { RunSummary } from '../../answers/run-summary.ts';
import { el, icon, listed } from './dom.ts';
import { instant } from './words.ts';

/** `null` where every region is planned, as far as those know that were asked. */
export function planNotes(run: RunSummary): HTMLElement | null {
  const isSet = run.sources?.regions.from === 'parameter';
  const notes = [
    namesOf('Off in this account', onlyNamed(run)),
    namesOf('Excluded', run.excluded),
    isSet ? el('li', {}, 'The plan is that of the parameter ', el('code', {}, 'regions'), '.') : null,
    ...sourceWords(run, instant).map((words) => el('li', { class: 'source' }, icon('partial'), ' ', sentence(words))),
  ].filter((note) => note !== null);
  return notes.length === 0 ? null : el('ul', { class: 'plan-notes' }, ...notes);
}

/** All of them: what is not named here is named nowhere. */
function namesOf(what: string, regions: readonly string[]): HTMLElement | null {
  return regions.length === 0 ? null : el('li', {}, `${what}: `, ...listed(regions), '.');
}

const sentence = (words: string) => `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`;
