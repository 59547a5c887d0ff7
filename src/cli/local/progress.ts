/** What a person sees while a local run progresses: a live picture on a terminal, a line per event elsewhere. */
import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import type { WholeRun } from '../../answers/reader.ts';
import { plural, seconds } from '../../answers/words.ts';
import type { RegionRecord } from '../../census/region.ts';
import { terminalConfig } from '../../surroundings.ts';
import type { Colours } from '../render/text.ts';
import { number } from './result.ts';

export type Progress = {
  show(whole: WholeRun | undefined, calls: Readonly<Record<string, number>>): void;
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
    show: (whole, calls) => update(picture(whole, calls, colours)),
    end: () => update.done(),
  };
}

function picture(whole: WholeRun | undefined, calls: Readonly<Record<string, number>>, colours: Colours): string {
  if (whole === undefined) return colours.dim('waiting for the dispatcher ...');
  const { run, records } = whole;
  const byRegion = new Map(records.map((record) => [record.region, record]));
  const heard = records.filter(({ status }) => status === 'counted').length;
  const streams = records.reduce((sum, record) => sum + (record.status === 'counted' ? record.tally.streams : 0), 0);
  const width = Math.max(...run.plan.map((region) => region.length));
  const rows = run.plan.map(
    (region) => `  ${region.padEnd(width)}  ${state(byRegion.get(region), calls[region] ?? 0, colours)}`,
  );
  return [`run ${run.runId}: ${heard} of ${run.plan.length} regions, ${number(streams)} streams so far`, ...rows].join(
    '\n',
  );
}

function state(record: RegionRecord | undefined, calls: number, colours: Colours): string {
  switch (record?.status) {
    case 'counted':
      return colours.green(`counted  ${number(record.tally.streams)}`);
    case 'failed':
      return colours.red(`failed   ${record.reason}`);
    case 'attempted':
      return colours.yellow(`tried    ${record.reason}, ${calls} calls so far, will be tried again`);
    case undefined:
      return colours.dim(calls === 0 ? 'waiting' : `listing  ${calls} calls so far`);
    default:
      return record satisfies never;
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
    show(whole) {
      if (whole === undefined) return;
      const { run, records } = whole;
      once(`run ${run.runId} is open: ${run.plan.length} regions`);
      for (const record of records) once(lineOf(record));
    },
    end() {},
  };
}

function lineOf(record: RegionRecord): string {
  const { region, status } = record;
  if (status !== 'counted')
    return `${region} ${status === 'failed' ? 'failed' : 'tried, will be tried again'}: ${record.reason}`;
  const { pages, calls, ms } = record.effort;
  const effort = `${plural(pages, 'page')}, ${plural(calls, 'call')}, ${seconds(ms)}`;
  return `${region} counted: ${plural(record.tally.streams, 'stream')}, ${effort}`;
}
