import { STREAMS } from '../../../../src/census/kinds.ts';
import type { StoredOrganizationTotal } from '../../../../src/census/organization/total.ts';
import { accountRunOf, type OrganizationRunStory, type OrganizationStory } from '../../organization-story.ts';
import { at, canonical, sweepsOf, type Version } from '../../story.ts';
import { bySweep, expiresMs } from '../allowances.ts';

/**
 * Every stored total of the organisation is announced, hardly ever twice, and of streams in words as well; nothing else is. A total of
 * an account that is part of it is in nobody's mail.
 */
export function* toldOfOrganization(story: OrganizationStory) {
  for (const run of story.runs) {
    const { runId, totals, announcements } = run;
    for (const stored of totals) {
      const { rev } = stored.value;
      const isDue = bySweep(story, stored.atMs) < expiresMs(run);
      if (!announcements.some((each) => each.rev === rev) && isDue) yield `${runId}, rev ${rev}: nobody was told.`;
      if (story.kind === STREAMS && !isMailed(stored, run, story) && isDue)
        yield `${runId}, rev ${rev}: nobody was told in words.`;
      for (const what of toldTooOften(run, stored, story)) yield `${runId}, ${what}`;
    }
    for (const { atMs, rev, total } of announcements) {
      const stored = totals.find(({ value }) => value.rev === rev);
      if (stored === undefined || stored.atMs > atMs) yield `${runId}, rev ${rev}: was announced, and was not stored.`;
      else if (!isSame(stored.value, total)) yield `${runId}, rev ${rev}: what was announced is not what was stored.`;
    }
  }
  yield* mailedInPart(story);
}

function isSame({ rev: _rev, ...stored }: StoredOrganizationTotal, announced: unknown): boolean {
  return canonical(stored) === canonical(announced);
}

function isMailed(
  { atMs, value }: Version<StoredOrganizationTotal>,
  { runId }: OrganizationRunStory,
  { whole }: OrganizationStory,
) {
  const words = [
    `run ${runId}: `,
    `${value.streams.toLocaleString('en-US')} stream`,
    ...value.missing.map((gap) => gap.accountId),
  ];
  return whole.mails.some((mail) => mail.atMs >= atMs && words.every((word) => mail.text.includes(word)));
}

const OF_ACCOUNT = /account (\d{12}), run (\S+): /;

function* mailedInPart(story: OrganizationStory) {
  if (story.kind !== STREAMS) return;
  for (const { atMs, text } of story.whole.mails) {
    const [, accountId = '', runId = ''] = OF_ACCOUNT.exec(text) ?? [];
    const own = accountRunOf(story, accountId, runId);
    // Who read it before may mail a moment later.
    if (own !== undefined && at(own.versions, atMs - 60_000)?.parent !== undefined)
      yield `${runId}: people were sent the total of ${accountId} by mail, which is part of the organisation's.`;
  }
}

function* toldTooOften(
  { versions, announcements }: OrganizationRunStory,
  stored: Version<StoredOrganizationTotal>,
  { whole, circumstances }: OrganizationStory,
) {
  const { rev } = stored.value;
  const notedMs = versions.find(({ value }) => (value.announcedRev ?? -1) >= rev)?.atMs ?? Number.POSITIVE_INFINITY;
  const between = sweepsOf(whole).filter(
    ({ startedAtMs, endedAtMs = Number.POSITIVE_INFINITY }) => startedAtMs <= notedMs && stored.atMs <= endedAtMs,
  );
  const most = 1 + between.length + circumstances.announcedAgain;
  const times = announcements.filter((announcement) => announcement.rev === rev).length;
  if (times > most) yield `rev ${rev}: was announced ${times} times, and ${most} were enough.`;
}
