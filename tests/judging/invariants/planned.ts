import { descriptorOf } from '../../../src/census/kinds.ts';
import type { OffRegion } from '../../../src/census/run.ts';
import { at, canonical, isCounted, type RunStory, type Story } from '../story.ts';

const HOUR_MS = 3_600_000;
/** As docs/regions.md has it. */
const TRUSTED_MS = 48 * HOUR_MS;
/** From a count to when the index shows it. */
const INDEXED_MS = 65_000;

/**
 * A run's plan is fixed when it opens. Every region that there is, is planned, or named as off by an answer that is young
 * enough; and one that held something when it was last counted is planned, off or not, and on record before the run is
 * marked dispatched.
 */
export function* Planned(story: Story) {
  for (const run of story.runs) {
    const [first] = run.versions;
    // Laid into the ledger by somebody else.
    if (first?.by?.of !== 'dispatcher') continue;
    yield* changed(run);
    if (!story.circumstances.asksForRegions) continue;
    for (const region of story.truth.keys()) yield* misplaced(region, run, story);
    for (const off of first.value.off ?? []) yield* falselyOff(off, run, story);
    yield* askedAnew(run, story);
    yield* unasked(run, story);
  }
}

function* changed({ runId, versions }: RunStory) {
  const why = ({ plan, off, excluded, sources }: RunStory['versions'][number]['value']) =>
    canonical({ plan, off, excluded, sources });
  const [first] = versions;
  if (versions.some(({ value }) => why(value) !== why(first!.value))) yield `${runId}: its plan is not what it was.`;
}

function* misplaced(region: string, { runId, versions }: RunStory, { kind, accountId, history, circumstances }: Story) {
  const { value: run, atMs, by } = versions[0]!;
  const isNamed = run.off?.some((off) => off.region === region) ?? false;
  const isPlanned = run.plan.includes(region);
  const heard = history.answers.filter(({ invocation }) => invocation === by || circumstances.isMemorySound);
  const newest = (what: 'live' | 'off') => heard.findLast((answer) => answer.what === what && answer.atMs <= atMs);
  // Of an organisation's accounts one asks for all: what the others remember, nobody sees from here.
  const isTold = accountId === undefined || run.sources?.regions.from === 'asked';
  const isKnown = descriptorOf(kind).regions.floor.includes(region) || (newest('live') !== undefined && isTold);
  if (isKnown && !isPlanned && !isNamed) yield `${runId}: ${region} is neither planned nor named.`;
  const off = newest('off');
  if (off?.invocation !== by || off === undefined) return;
  const isOff = off.regions.includes(region);
  if (isNamed && !isOff) yield `${runId}: ${region} is named as off, and is on.`;
  if (isPlanned && !isNamed && isOff && circumstances.isMemorySound)
    yield `${runId}: ${region} is off, and is not named.`;
}

function* falselyOff({ region, lastKnown }: OffRegion, run: RunStory, { runs, history, circumstances }: Story) {
  const { runId, versions, records } = run;
  const { value: opened, atMs } = versions[0]!;
  const slackMs = circumstances.clocksWrongByMs;
  const said = history.answers.filter(
    (answer) => answer.what === 'off' && answer.atMs <= atMs && answer.atMs > atMs - TRUSTED_MS - slackMs,
  );
  if (!said.some(({ regions }) => regions.includes(region)))
    yield `${runId}: ${region} is named as off, and nobody said so.`;

  const counts = runs
    .filter((earlier) => earlier.runId < runId)
    .flatMap((earlier) => earlier.records.get(region)?.filter(isCounted) ?? []);
  const seen = counts.filter((count) => count.atMs <= atMs - INDEXED_MS);
  const heldSomething = seen.some(({ value }) => value.tally.streams > 0);
  const isPlanned = opened.plan.includes(region);
  if (heldSomething && !isPlanned && circumstances.isMemorySound)
    yield `${runId}: ${region} is off, held streams when it was last counted, and is not planned.`;
  if (isPlanned !== (lastKnown !== undefined && lastKnown.streams > 0))
    yield `${runId}: ${region} is off, held ${lastKnown?.streams} streams, and is${isPlanned ? '' : ' not'} planned.`;
  const isRight = counts.some(
    ({ value }) => value.runId === lastKnown?.runId && value.tally.streams === lastKnown.streams,
  );
  if (lastKnown !== undefined && !isRight) yield `${runId}: ${region} never held what was last known of it.`;

  if (!isPlanned) return;
  const markedMs = versions.find(({ value }) => value.dispatchedRound === 0)?.atMs;
  if (markedMs !== undefined && at(records.get(region), markedMs) === undefined)
    yield `${runId}: ${region} is off, and was not on record when the run was marked dispatched.`;
  if (circumstances.strays > 0 || circumstances.isDeadlineForged) return;
  if (
    history.tasks.some(
      (task) => task.runId === runId && task.region === region && task.round === 0 && task.queue === 'region-tasks',
    )
  )
    yield `${runId}: ${region} is off, and a task asks for it.`;
}

/** What is off may change from one run to the next; who opens a run for several kinds asks once for all of them. */
function* unasked({ runId, versions }: RunStory, { whole, circumstances }: Story) {
  const by = versions[0]!.by;
  const hasAsked = whole.requests.some((request) => request.by === by && request.site === 'dispatcher.readOptInStates');
  if (circumstances.isMemorySound && !hasAsked) yield `${runId}: was opened, and nobody asked what is off.`;
}

/** Once a run is there, its plan stands: nobody asks what it should be. */
function* askedAnew({ runId, versions }: RunStory, { history, circumstances }: Story) {
  if (!circumstances.isMemorySound) return;
  const openedMs = versions[0]!.atMs;
  const again = history.requests.find(
    ({ site, by }) => site === 'dispatcher.readOptInStates' && by.runId === runId && by.startedAtMs > openedMs,
  );
  if (again !== undefined) yield `${runId}: was there, and somebody asked what its plan should be.`;
}
