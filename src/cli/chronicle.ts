/** Tells a run as it progresses: each thing once, in the order in which they happened, and what is waited for meanwhile. */
import type { RegionRow } from '../answers/region-row.ts';
import type { RunAnswer } from '../answers/run.ts';
import { type Event, eventsOf, roundKey, timeOf, type Waits, waitingLine } from './render/watch.ts';

/** Without anything new for so long, what is waited for is told; then after twice as long, and so on. */
const FIRST_SILENCE_MS = 5000;
const LONGEST_SILENCE_MS = 300_000;

type Chronicle<Answer> = {
  /** What a look brings, line by line. Without an answer the run is not open yet. */
  linesOf(answer: Answer | undefined, nowMs: number): string[];
};

/** How a run is told, whether its plan is regions or accounts. */
export type Teller<Answer> = {
  /** All that is known to have happened, oldest first. */
  eventsOf(answer: Answer): Event[];
  waitingLine(answer: Answer | undefined): string;
  roundOf(answer: Answer): number;
};

/** Tells a run by its regions. Remembers what it was shown. */
export function regionTeller(waits: Waits): Teller<RunAnswer> {
  /** The first attempt at each region that was seen to fail, by region and round. */
  const firstAttempts = new Map<string, string | null>();
  function isRepeated({ region, round, status, recordedAt }: RegionRow): boolean {
    const key = `${region} ${round}`;
    if (status === 'attempted' && !firstAttempts.has(key)) firstAttempts.set(key, recordedAt);
    return firstAttempts.get(key) !== recordedAt;
  }
  return {
    eventsOf: (answer) => eventsOf(answer, isRepeated, waits),
    waitingLine: (answer) => waitingLine(answer, waits),
    roundOf: ({ run }) => run.round,
  };
}

/** `isRoundTold`: the run is asked again, and whoever looks knows that, and what was before. */
export function makeChronicle<Answer>(
  { eventsOf: eventsIn, waitingLine: waitingIn, roundOf }: Teller<Answer>,
  { isRoundTold }: { isRoundTold: boolean },
): Chronicle<Answer> {
  const told = new Set<string>();
  let isFirst = true;
  let lastToldMs: number | undefined;
  let silenceMs = FIRST_SILENCE_MS;

  function news(answer: Answer): string[] {
    const events = eventsIn(answer);
    if (isFirst && isRoundTold) for (const { key } of untilRound(events, roundOf(answer))) told.add(key);
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
      if (isSilent) lines.push(`${timeOf(nowMs)}  ${waitingIn(answer)}`);
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
