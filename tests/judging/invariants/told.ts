import type { StoredTotal } from '../../../src/census/run.ts';
import { canonical, type RunStory, type Story, sweepsOf } from '../story.ts';
import { bySweep, expiresMs } from './allowances.ts';

/**
 * Every stored total is announced at least once, with its rev, and hardly ever twice; nothing else is ever announced.
 */
export function* Told(story: Story) {
  for (const run of story.runs) {
    const { runId, totals, announcements } = run;
    for (const stored of totals) {
      const { rev } = stored.value;
      const isTold = announcements.some((announcement) => announcement.rev === rev);
      if (!isTold && bySweep(story, stored.atMs) < expiresMs(run)) yield `${runId}, rev ${rev}: nobody was told.`;
      for (const what of toldTooOften(run, stored, story)) yield `${runId}, ${what}`;
    }
    for (const { atMs, rev, total } of announcements) {
      const stored = totals.find(({ value }) => value.rev === rev);
      if (stored === undefined || stored.atMs > atMs) yield `${runId}, rev ${rev}: was announced, and was not stored.`;
      else if (!isSame(stored.value, total)) yield `${runId}, rev ${rev}: what was announced is not what was stored.`;
    }
  }

  function isSame({ rev: _rev, ...stored }: StoredTotal, announced: unknown): boolean {
    return canonical(stored) === canonical(announced);
  }
}

/** Each stored total is announced by whoever stored it, and by a sweep that comes in between. Nobody else does. */
function* toldTooOften(
  { versions, announcements }: RunStory,
  stored: { atMs: number; value: StoredTotal },
  story: Story,
) {
  const { rev } = stored.value;
  const { history, circumstances } = story;
  // Nobody watched the requests.
  if (history.requests.length === 0) return;
  const notedMs = versions.find(({ value }) => (value.announcedRev ?? -1) >= rev)?.atMs ?? Number.POSITIVE_INFINITY;
  const between = sweepsOf(history).filter(
    ({ startedAtMs, endedAtMs = Number.POSITIVE_INFINITY }) => startedAtMs <= notedMs && stored.atMs <= endedAtMs,
  );
  const most = 1 + between.length + circumstances.announcedAgain;
  const times = announcements.filter((announcement) => announcement.rev === rev).length;
  if (times > most) yield `rev ${rev}: was announced ${times} times, and ${most} were enough.`;
}
