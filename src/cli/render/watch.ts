import type { RegionRow } from '../../answers/region-row.ts';
import type { RunAnswer } from '../../answers/run.ts';
import { number, plural } from '../../answers/words.ts';
import { plain } from './text.ts';

/** What there is to say of a run at one moment, a line for each thing; what was said before is left to the caller. */
export function eventLines({ run, regions }: RunAnswer): string[] {
  const opened = `run ${run.runId} is open: ${plural(run.expected, 'region')}`;
  const heard = regions.flatMap((row) => lineOf(row) ?? []);
  const total =
    run.streams === null
      ? []
      : [`total: ${number(run.streams)} streams in ${run.counted} of ${run.expected} regions, ${run.verdict}`];
  return [opened, ...heard, ...total];
}

function lineOf({ region, status, streams, reason }: RegionRow): string | undefined {
  switch (status) {
    case 'counted':
      return `${plain(region)} counted: ${plural(streams ?? 0, 'stream')}`;
    case 'failed':
      return `${plain(region)} failed: ${reason}`;
    case 'attempted':
      return `${plain(region)} tried, will be tried again: ${reason}`;
    case 'waiting':
    case 'unanswered':
      return undefined;
    default:
      return status satisfies never;
  }
}
