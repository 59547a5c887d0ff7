import { WORKER_CONFIG } from '../numbers.ts';
import { isCounted, type Story } from '../story.ts';
import { seconds } from './allowances.ts';
import { kindsApart } from './kinds-apart.ts';
import { Prompt } from './prompt.ts';

/**
 * What is asked beside the count, of earlier runs or of regions for instance, may fail, be slow or lie: the run opens and the
 * total comes at once all the same, and says the same of the count (that, the other invariants see to). So may another kind.
 */
export function* Beside(story: Story) {
  const { circumstances, history } = story;
  yield* kindsApart(story);
  if (circumstances.clocksWrongByMs === 0) yield* heldUp(story);
  // Where somebody watched the requests.
  if (circumstances.isCalm && history.requests.length > 0) yield* lost(story);
  if (circumstances.isCountUndisturbed)
    yield* Prompt({ ...story, circumstances: { ...circumstances, isUndisturbed: true } });
  if (!circumstances.asksForRegions || !circumstances.isMemorySound) return;
  yield* openedLate(story);
  yield* forgotten(story);
}

/** A region that is counted is put on record at once, or a moment later where its quota is still waited for. */
function* heldUp({ runs, history }: Story) {
  for (const { runId, records } of runs) {
    for (const { value: record, by } of [...records.values()].flat().filter(isCounted)) {
      const sent = history.requests.find((request) => request.by === by && request.site === 'worker.writeRecord');
      if (sent === undefined || by?.wasFrozen) continue;
      const tookMs = sent.atMs - Date.parse(record.endedAt);
      // When it ended is written down to the millisecond.
      if (tookMs > WORKER_CONFIG.quotaWaitMs + 1)
        yield `${runId}: ${record.region} was recorded ${tookMs} ms after its count.`;
    }
  }
}

/** What a list that was heard to its end has come to is put on record. */
function* lost({ history }: Story) {
  const recorded = new Set(history.requests.flatMap(({ site, by }) => (site === 'worker.writeRecord' ? [by] : [])));
  for (const { invocation, region, asked, isLast } of history.heard) {
    const isWhole = isLast && asked.prefix === undefined && asked.name === undefined;
    if (isWhole && !recorded.has(invocation)) yield `${region} was listed, and nothing of it is on record.`;
  }
}

/** What the services have, then the ledger, twice; and what requests take by themselves. No kind waits for another. */
const OPENED_MS = 3 * 5000 + 10_000;

/** Of an organisation, what lists its accounts, and a role that is refused once. */
const ACCOUNTS_MS = 25_000;

function* openedLate({ accountId, circumstances, runs, history }: Story) {
  // A trigger that comes twice may come once before the stack counts the account, and once after.
  const fromMs = history.startMs + (circumstances.countedFromS ?? 0) * 1000;
  for (const { runId, versions } of runs) {
    const first = history.invocations.find(
      (each) => each.of === 'dispatcher' && each.runId === runId && each.startedAtMs >= fromMs,
    );
    if (first === undefined || versions[0] === undefined) continue;
    const tookMs = versions[0].atMs - first.startedAtMs;
    if (tookMs > OPENED_MS + (accountId === undefined ? 0 : ACCOUNTS_MS))
      yield `${runId}: was opened ${seconds(tookMs)} after it was triggered.`;
  }
}

/** An answer is remembered for a day at least, up to the moment at which it would have to be 48 h old. */
const REMEMBERED_MS = 24 * 3_600_000;

/** A region that is off, and of which nothing was ever counted, stays named as off when nobody says so any more. */
function* forgotten({ runs, history }: Story) {
  for (const { runId, versions } of runs) {
    const [opened] = versions;
    if (opened?.by?.of !== 'dispatcher') continue;
    const { value: run, atMs } = opened;
    const last = history.answers.findLast((answer) => answer.what === 'off' && answer.atMs <= atMs);
    if (last === undefined || last.atMs <= atMs - REMEMBERED_MS) continue;
    for (const region of last.regions) {
      if (run.plan.includes(region) && !run.off?.some((off) => off.region === region))
        yield `${runId}: ${region} was off ${seconds(atMs - last.atMs)} before, and is asked.`;
    }
  }
}
