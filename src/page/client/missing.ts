/** What a number does not hold: which regions, why, what they held when last counted, and what to do about it. */
import './missing.css';
import { amount } from '../../answers/kind-words.ts';
import { offeredRetry } from '../../answers/offered-retry.ts';
import { commandLine, type Place, placed } from '../../answers/place.ts';
import type { Gap } from '../../answers/run-summary.ts';
import { plural } from '../../answers/words.ts';
import { adviceFor } from '../../census/advice.ts';
import type { Reason } from '../../census/errors.ts';
import type { Kind } from '../../census/kinds.ts';
import { command, withCommands } from './command.ts';
import { card, el, icon, refill } from './dom.ts';
import type { PageLine } from './model.ts';
import { placeOf } from './places.ts';
import { ago, instant } from './words.ts';

type Reader = {
  /** Where the commands are to ask. */
  asked: Place;
  kind: Kind;
  nowMs: number;
};

export function makeMissing() {
  const content = el('div', { class: 'gaps' });
  const retry = el('p', { class: 'note' });
  const explain = el('p', { class: 'note' });
  const element = card('missing', 'Missing from this number', content, retry, explain);
  return {
    element,
    show(run: Pick<PageLine, 'runId' | 'missing' | 'waitingFor'>, reader: Reader) {
      const { asked, nowMs } = reader;
      const { runId, missing, waitingFor } = run;
      element.hidden = missing.length === 0;
      const byReason = Map.groupBy(missing, ({ reason }) => reason);
      refill(content, ...[...byReason].map(([reason, gaps]) => gapsOfReason(reason, gaps, reader)));
      const offered = offeredRetry(run, nowMs, asked);
      retry.hidden = waitingFor.length === 0 && offered === null;
      if (waitingFor.length > 0) refill(retry, `${plural(waitingFor.length, 'region')} may still answer.`);
      else if (offered !== null) refill(retry, 'To ask again for what may answer: ', command(offered));
      refill(explain, 'In detail: ', command(commandLine(asked, `explain ${runId}`)));
    },
  };
}

/** Missing regions that share a reason share what to do. */
function gapsOfReason(reason: Reason, gaps: readonly Gap[], reader: Reader): HTMLElement {
  const { because, action, retryMayHelp } = adviceFor(reason, reader.kind);
  return el(
    'article',
    { class: 'gap-group' },
    el('ul', {}, ...gaps.map((gap) => gapItem(gap, reader))),
    el('p', { class: 'why' }, el('span', { class: 'reason' }, reason), ` because ${because}.`),
    el(
      'p',
      { class: 'todo' },
      el('strong', {}, 'What to do: '),
      ...withCommands(placed(action, reader.asked)),
      retryMayHelp ? null : el('span', { class: 'note' }, ' A retry alone will not help.'),
    ),
  );
}

function gapItem(gap: Gap, { kind, nowMs }: Reader): HTMLElement {
  const { region, lastKnown } = gap;
  const known =
    lastKnown === null
      ? 'no earlier count is known'
      : `last known ${amount(lastKnown.streams, kind)}, ${ago(lastKnown.countedAt, nowMs)}; not in the number`;
  const place = placeOf(region);
  const row = rowOfRuns(gap);
  return el(
    'li',
    {},
    icon('partial'),
    el('strong', {}, region),
    place !== null && el('span', { class: 'place' }, place),
    el('span', { class: 'known' }, known),
    row !== null && el('span', { class: 'row-of-runs' }, row),
  );
}

/** Since when it is missing without a break; `null` where the total does not say. */
function rowOfRuns({ since, runs, lost }: Gap): string | null {
  if (since === null || runs === null) return null;
  if (runs > 1) return `missing since ${instant(since)}, ${plural(runs, 'run')} in a row`;
  return lost ? 'the run before counted it' : null;
}
