/** What a person sees while a local run progresses: a live picture on a terminal, a line per event elsewhere. */
import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import { soFarOf } from '../../answers/progress.ts';
import type { RegionRow } from '../../answers/region-row.ts';
import type { RunAnswer } from '../../answers/run.ts';
import { number, plural, seconds } from '../../answers/words.ts';
import { terminalConfig } from '../../surroundings.ts';
import type { Colours } from '../render/text.ts';

/** So far, in each region. */
export type Calls = Readonly<Record<string, number>>;

export type Progress = {
  /** Without an answer the run is not open yet. */
  show(answer: RunAnswer | undefined, calls: Calls): void;
  /** Leaves the last picture on the screen. */
  end(): void;
};

/** `say` gets what stands on a line of its own, where no picture can be drawn over the one before. */
export function makeProgress(stream: NodeJS.WriteStream, say: (line: string) => void): Progress {
  return stream.isTTY && !terminalConfig().isDumb ? livePicture(stream) : eventLines(say);
}

function livePicture(stream: NodeJS.WriteStream): Progress {
  const update = createLogUpdate(stream, { showCursor: false });
  const colours = pc.createColors(stream.hasColors());
  return {
    show: (answer, calls) => update(picture(answer, calls, colours)),
    end: () => update.done(),
  };
}

function picture(answer: RunAnswer | undefined, calls: Calls, colours: Colours): string {
  if (answer === undefined) return colours.dim('waiting for the dispatcher ...');
  const { run, regions } = answer;
  const { counted, streams } = soFarOf(regions);
  const width = Math.max(...regions.map(({ region }) => region.length));
  const rows = regions.map((row) => `  ${row.region.padEnd(width)}  ${state(row, calls[row.region] ?? 0, colours)}`);
  return [`run ${run.runId}: ${counted} of ${run.expected} regions, ${number(streams)} streams so far`, ...rows].join(
    '\n',
  );
}

function state({ status, streams, reason }: RegionRow, calls: number, colours: Colours): string {
  switch (status) {
    case 'counted':
      return colours.green(`counted  ${number(streams ?? 0)}`);
    case 'failed':
      return colours.red(`failed   ${reason}`);
    case 'attempted':
      return colours.yellow(`tried    ${reason}, ${calls} calls so far, will be tried again`);
    case 'waiting':
    case 'unanswered':
      return colours.dim(calls === 0 ? 'waiting' : `listing  ${calls} calls so far`);
    default:
      return status satisfies never;
  }
}

/** One line for each thing that a look shows and the one before did not. */
function eventLines(write: (line: string) => void): Progress {
  const said = new Set<string>();
  const once = (line: string) => {
    if (said.has(line)) return;
    said.add(line);
    write(line);
  };
  return {
    show(answer) {
      if (answer === undefined) return;
      once(`run ${answer.run.runId} is open: ${answer.run.expected} regions`);
      for (const row of answer.regions) for (const line of linesOf(row)) once(line);
    },
    end() {},
  };
}

/** Nothing of a region that nothing was heard of. */
function linesOf({ region, status, streams, reason, effort }: RegionRow): string[] {
  switch (status) {
    case 'counted': {
      const { pages, calls, ms } = effort ?? { pages: 0, calls: 0, ms: 0 };
      const took = `${plural(pages, 'page')}, ${plural(calls, 'call')}, ${seconds(ms)}`;
      return [`${region} counted: ${plural(streams ?? 0, 'stream')}, ${took}`];
    }
    case 'failed':
      return [`${region} failed: ${reason}`];
    case 'attempted':
      return [`${region} tried, will be tried again: ${reason}`];
    case 'waiting':
    case 'unanswered':
      return [];
    default:
      return status satisfies never;
  }
}
