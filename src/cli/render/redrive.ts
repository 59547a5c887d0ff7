import { manyOf } from '../../answers/kind-words.ts';
import type { Parked, RedriveAnswer } from '../../answers/parked.ts';
import { commandLine, placed } from '../../answers/place.ts';
import { ago, plural } from '../../answers/words.ts';
import { type Kind, STREAMS } from '../../census/kinds.ts';
import { plain, type View, wrap } from './text.ts';

/** Enough of an id to name it by. */
const SHOWN_ID = 8;

/** @param kind of which alone it was asked; undefined: of every kind */
export function renderRedrive({ parked, all, sent, deleted, readAt }: RedriveAnswer, view: View, kind?: Kind): string {
  if (parked.length === 0) return kind === undefined ? 'Nothing is parked.' : `Nothing of ${manyOf(kind)} is parked.`;
  const gone = new Set([...sent, ...deleted]);
  if (gone.size > 0) {
    const left = parked.filter(({ id }) => !gone.has(id));
    const what = [
      ...(sent.length > 0 ? [`${plural(sent.length, 'message')} sent again`] : []),
      ...(deleted.length > 0 ? [`${plural(deleted.length, 'message')} deleted`] : []),
    ];
    const rest = all ? `${plural(left.length, 'message')} still parked` : 'more are still parked: look again';
    return `${what.join(', ')}; ${rest}.`;
  }
  const entries = parked.map((one) => entry(one, readAt, view));
  const more = all
    ? []
    : [wrap(`There is more than these ${parked.length}: send or delete some, and look again.`, view.width)];
  const first = parked.find(({ again }) => again.action !== 'none')?.id.slice(0, SHOWN_ID);
  const hint =
    first === undefined ? [] : [`Send one again with: ${commandLine(view.place, `redrive ${first} --send`)}`];
  return [entries.join('\n\n'), [...more, ...hint].join('\n')].filter((part) => part !== '').join('\n\n');
}

function entry({ id, queue, parkedAt, what, why, runId, kind, again }: Parked, readAt: string, view: View): string {
  const whose = kind === null || kind === STREAMS ? '' : ` of ${manyOf(kind)}`;
  const run = runId === null ? '' : `, run ${plain(runId)}${whose}`;
  const then = again.action === 'none' ? ` Cannot be sent again: ${placed(again.because, view.place)}.` : '';
  const head = `${view.colours.bold(id.slice(0, SHOWN_ID))}  ${queue}, parked ${ago(parkedAt, readAt)}`;
  return `${head}\n${wrap(`${plain(what)}${run}: ${plain(why).replace(/\.$/, '')}.${then}`, view.width, '  ')}`;
}
