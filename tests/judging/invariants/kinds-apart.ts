import { STREAMS } from '../../../src/census/kinds.ts';
import { censusOfItem } from '../by-census.ts';
import type { Item } from '../history.ts';
import { at, type Story } from '../story.ts';

/**
 * Nothing that is done about one kind touches another: who was sent a task or a nudge of a kind asks for, lists and writes that kind
 * alone; what is written says which kind it is of; and totals go to the topic of their kind, and by mail only if they are of streams.
 */
export function* kindsApart(story: Story) {
  yield* astray(story);
  yield* mislabelled(story);
  yield* toldElsewhere(story);
}

function* astray({ kind, history, whole, circumstances }: Story) {
  for (const { site, by, kind: about = kind } of history.requests)
    if (by.kind !== undefined && by.kind !== about)
      yield `${site} was of ${about}, for a task or a nudge of ${by.kind}.`;
  for (const { invocation, region, kind: listed = STREAMS } of history.videoCalls)
    if (invocation.kind !== undefined && invocation.kind !== listed)
      yield `${region} was asked for its ${listed}, for a task of ${invocation.kind}.`;
  if (kind !== STREAMS) return;
  const written = new Set(whole.writes.map(({ after }) => censusOfItem(after).kind as typeof kind | undefined));
  for (const other of written)
    if (other !== undefined && !circumstances.kinds.includes(other))
      yield `${other} are not counted, and were written of.`;
}

/**
 * A release that knows streams alone must take nothing of another kind for its own: so that is of version 2. And what is part of an
 * organisation's run is of version 3.
 */
function* mislabelled({ kind, history }: Story) {
  for (const { after } of history.writes) {
    const said = labelOf(after);
    const version = after.parent === undefined ? (kind === STREAMS ? '1' : '2') : '3';
    const expected = kind === STREAMS ? version : `${version}, ${kind}`;
    if (after.sk?.S !== 'REGIONS' && said !== expected)
      yield `${after.pk?.S} ${after.sk?.S} says that it is of ${said}, and not of ${expected}.`;
  }
}

const labelOf = ({ version, kind }: Item) => [version?.N ?? 'no version', ...(kind?.S ? [kind.S] : [])].join(', ');

/** Who read a run just before it became part of an organisation's tells of it as of one that is not. */
const ADOPTED_MS = 60_000;

function* toldElsewhere({ kind, history, runs }: Story) {
  for (const { atMs, topic, attributed = kind, body } of history.announcements) {
    const { runId } = JSON.parse(body);
    const run = runs.find((each) => each.runId === runId);
    const isPart = [atMs, atMs - ADOPTED_MS].map((instantMs) => at(run?.versions, instantMs)?.parent !== undefined);
    const rights = isPart.map((each) => (kind === STREAMS && !each ? 'totals' : 'totals-detail'));
    if (topic !== undefined && !rights.includes(topic as (typeof rights)[number]))
      yield `${runId}: its total of ${kind} was announced on ${topic}.`;
    if (attributed !== kind) yield `${runId}: its total of ${kind} was announced as one of ${attributed}.`;
  }
  for (const { attributed = kind } of history.mails)
    if (attributed !== kind) yield `People were sent a total of ${attributed} by mail.`;
}
