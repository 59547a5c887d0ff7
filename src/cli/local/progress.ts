/** What a person sees while a local run progresses: a live picture on a terminal, a line per event elsewhere. */
import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import { soFarOf } from '../../answers/progress.ts';
import type { RegionRow } from '../../answers/region-row.ts';
import type { RunAnswer } from '../../answers/run.ts';
import { number } from '../../answers/words.ts';
import { terminalConfig } from '../../surroundings.ts';
import { makeChronicle } from '../chronicle.ts';
import { type Colours, wrap } from '../render/text.ts';
import { againOf, type Waits, waitingLine } from '../render/watch.ts';

/** So far, in each region. */
export type Calls = Readonly<Record<string, number>>;

export type Progress = {
  /** Without an answer the run is not open yet. */
  show(answer: RunAnswer | undefined, calls: Calls, nowMs: number): void;
  /** Leaves the last picture on the screen. */
  end(): void;
};

/** `say` gets what stands on a line of its own, where no picture can be drawn over the one before. */
export function makeProgress(stream: NodeJS.WriteStream, say: (line: string) => void, waits: Waits): Progress {
  if (stream.isTTY && !terminalConfig().isDumb) return livePicture(stream, waits);
  const chronicle = makeChronicle(waits, { isRoundTold: false });
  return {
    show(answer, _, nowMs) {
      for (const line of chronicle.linesOf(answer, nowMs)) say(line);
    },
    end() {},
  };
}

function livePicture(stream: NodeJS.WriteStream, waits: Waits): Progress {
  const update = createLogUpdate(stream, { showCursor: false });
  const colours = pc.createColors(stream.hasColors());
  return {
    show(answer, calls) {
      const waiting = colours.dim(waitingLine(answer, waits));
      const text = answer === undefined ? waiting : `${picture(answer, calls, waits, colours)}\n${waiting}`;
      update(wrap(text, stream.columns));
    },
    end: () => update.done(),
  };
}

function picture({ run, regions }: RunAnswer, calls: Calls, waits: Waits, colours: Colours): string {
  const { counted, streams } = soFarOf(regions);
  const width = Math.max(...regions.map(({ region }) => region.length));
  const rows = regions.map((row) => {
    const what = state(row, calls[row.region] ?? 0, againOf(row, waits), colours);
    return `  ${row.region.padEnd(width)}  ${what}`;
  });
  const head = `run ${run.runId}: ${counted} of ${run.expected} regions, ${number(streams)} streams so far`;
  return [head, ...rows].join('\n');
}

function state({ status, streams, reason }: RegionRow, calls: number, again: string, colours: Colours): string {
  switch (status) {
    case 'counted':
      return colours.green(`counted  ${number(streams ?? 0)}`);
    case 'failed':
      return colours.red(`failed   ${reason}`);
    case 'attempted':
      return colours.yellow(`tried    ${reason}, ${calls} calls so far; ${again}`);
    case 'waiting':
    case 'unanswered':
      return colours.dim(calls === 0 ? 'waiting' : `listing  ${calls} calls so far`);
    default:
      return status satisfies never;
  }
}
