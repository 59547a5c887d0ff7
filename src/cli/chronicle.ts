/** Tells a run as it progresses: each thing once, in the order in which they happened, and what is waited for meanwhile. */
import type { RegionRow } from '../answers/region-row.ts';
import type { RunAnswer } from '../answers/run.ts';
import { type Event, eventsOf, roundKey, timeOf, type Waits, waitingLine } from './render/watch.ts';

/** Without anything new for so long, what is waited for is told; then after twice as long, and so on. */
const FIRST_SILENCE_MS = 5000;
const LONGEST_SILENCE_MS = 300_000;

type Chronicle = {
  /** What a look brings, line by line. Without an answer the run is not open yet. */
  linesOf(answer: RunAnswer | undefined, nowMs: number): string[];
};

/** `isRoundTold`: the run is asked again, and whoever looks knows that, and what was before. */
export function makeChronicle(waits: Waits, { isRoundTold }: { isRoundTold: boolean }): Chronicle {
  /** The first attempt at each region that was seen to fail, by region and round. */
  const firstAttempts = new Map<string, string | null>();
  const told = new Set<string>();
  let isFirst = true;
  let lastToldMs: number | undefined;
  let silenceMs = FIRST_SILENCE_MS;

  function isRepeated({ region, round, status, recordedAt }: RegionRow): boolean {
    const key = `${region} ${round}`;
    if (status === 'attempted' && !firstAttempts.has(key)) firstAttempts.set(key, recordedAt);
    return firstAttempts.get(key) !== recordedAt;
  }

  function news(answer: RunAnswer): string[] {
    const events = eventsOf(answer, isRepeated, waits);
    if (isFirst && isRoundTold) for (const { key } of untilRound(events, answer.run.round)) told.add(key);
    isFirst = false;
    const fresh = events.filter(({ key }) => !told.has(key));
    for (const { key } of fresh) told.add(key);
    return fresh.map(({ at, line }) => `${timeOf(Date.parse(at))}  ${line}`);
  }

  return {
    linesOf(answer, nowMs) {
      const lines = answer === undefined ? [] : news(answer);
      lastToldMs ??= nowMs;
      const isSilent = lines.length === 0 && nowMs - lastToldMs >= silenceMs;
      if (isSilent) lines.push(`${timeOf(nowMs)}  ${waitingLine(answer, waits)}`);
      if (lines.length === 0) return [];
      silenceMs = isSilent ? Math.min(2 * silenceMs, LONGEST_SILENCE_MS) : FIRST_SILENCE_MS;
      lastToldMs = nowMs;
      return lines;
    },
  };
}

/** All that happened before the round was opened, and that it was. */
function untilRound(events: readonly Event[], round: number): readonly Event[] {
  return events.slice(0, events.findIndex(({ key }) => key === roundKey(round)) + 1);
}
