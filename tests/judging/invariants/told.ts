import { STREAMS } from '../../../src/census/kinds.ts';
import type { StoredTotal } from '../../../src/census/run.ts';
import type { History } from '../history.ts';
import { at, canonical, measuredOf, type RunStory, type Story, sweepsOf, type Version } from '../story.ts';
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
      const isDue = bySweep(story, stored.atMs) < expiresMs(run);
      if (!isTold && isDue) yield `${runId}, rev ${rev}: nobody was told.`;
      if (story.kind === STREAMS && !isPart(run, stored.atMs) && !isMailed(stored, run, story) && isDue)
        yield `${runId}, rev ${rev}: nobody was told in words.`;
      for (const what of toldTooOften(run, stored, story)) yield `${runId}, ${what}`;
    }
    for (const { atMs, rev, total } of announcements) {
      const stored = totals.find(({ value }) => value.rev === rev);
      if (stored === undefined || stored.atMs > atMs) yield `${runId}, rev ${rev}: was announced, and was not stored.`;
      else if (!isSame(stored.value, total)) yield `${runId}, rev ${rev}: what was announced is not what was stored.`;
    }
    yield* falselyPlanned(run, story.history);
    yield* falselyMeasured(run, story);
  }

  function isSame({ rev: _rev, ...stored }: StoredTotal, announced: unknown): boolean {
    return canonical(stored) === canonical(announced);
  }
}

/** Then the organisation's run tells people and CloudWatch. */
const isPart = ({ versions }: Pick<RunStory, 'versions'>, atMs: number) => at(versions, atMs)?.parent !== undefined;

/** A mail of its run that says its number, since it was stored. */
function isMailed({ atMs, value }: Version<StoredTotal>, { runId }: RunStory, { history }: Story): boolean {
  const number = `${value.streams.toLocaleString('en-US')} stream`;
  const gaps = value.missing.map(({ region, reason }) => `Missing: ${region} (${reason})`);
  return history.mails.some(
    (mail) => mail.atMs >= atMs && [`run ${runId}: `, number, ...gaps].every((words) => mail.text.includes(words)),
  );
}

/** What an announcement says of the plan is what the run said as it opened. */
function* falselyPlanned({ runId, versions }: RunStory, { announcements }: History) {
  if (versions[0] === undefined) return;
  const { off = [], excluded = [], sources } = versions[0].value;
  for (const { body } of announcements) {
    const announced = JSON.parse(body);
    if (announced.runId !== runId) continue;
    const said = { off: announced.off, excluded: announced.excluded, sources: announced.sources };
    if (canonical(said) !== canonical({ off, excluded, sources }))
      yield `${runId}, rev ${announced.rev}: what was announced of its plan is not what it said as it opened.`;
  }
}

/** CloudWatch is told the number of each total that was announced, once unless something is in the way, and no other. */
function* falselyMeasured({ runId, versions, totals, announcements }: RunStory, { history, circumstances }: Story) {
  const measured = measuredOf(history, runId);
  for (const { rev, Streams } of measured) {
    const announced = announcements.some((announcement) => announcement.rev === rev);
    const stored = totals.find(({ value }) => value.rev === rev);
    if (!announced || stored?.value.streams !== Streams)
      yield `${runId}, rev ${rev}: CloudWatch was told of ${Streams} streams, and that was not announced.`;
  }
  if (!circumstances.isUndisturbed) return;
  for (const { atMs, value } of totals) {
    const times = measured.filter(({ rev }) => rev === value.rev).length;
    if (isPart({ versions }, atMs)) {
      if (times > 0) yield `${runId}, rev ${value.rev}: CloudWatch was told, and it is part of an organisation's.`;
    } else if (times === 0) yield `${runId}, rev ${value.rev}: CloudWatch was not told.`;
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
