/** What stands on a terminal while runs progress: of one kind all of its regions, of several each in brief. */

import { amount } from '../../answers/kind-words.ts';
import { soFarOf } from '../../answers/progress.ts';
import type { RegionRow } from '../../answers/region-row.ts';
import type { RunAnswer } from '../../answers/run.ts';
import { number, plural } from '../../answers/words.ts';
import type { Kind } from '../../census/kinds.ts';
import type { Colours } from '../render/text.ts';
import { againOf, type Waits, waitingLine } from '../render/watch.ts';

/** So far, in each region. */
export type Calls = Readonly<Record<string, number>>;

type Answer = RunAnswer | undefined;

export function picture(answer: Answer, kind: Kind, calls: Calls, waits: Waits, colours: Colours): string {
  const waiting = colours.dim(waitingLine(answer, waits));
  if (answer === undefined) return waiting;
  const head = `run ${answer.run.runId}: ${headOf(answer, kind)}`;
  return [head, ...rowsOf(answer.regions, calls, waits, colours), waiting].join('\n');
}

/** Of the regions those that are not counted yet, in trouble first, and not all of them if they are many. */
export function briefPicture(answer: Answer, kind: Kind, calls: Calls, waits: Waits, colours: Colours): string {
  if (answer === undefined) return `${kind}: ${colours.dim(waitingLine(answer, waits))}`;
  const busy = ({ region, status }: RegionRow) => (status === 'waiting' ? (calls[region] ? 1 : 2) : 0);
  const left = answer.regions.filter(({ status }) => status !== 'counted').sort((a, b) => busy(a) - busy(b));
  const rest = left.length - BRIEFLY;
  return [
    `${kind}: ${headOf(answer, kind)}`,
    ...rowsOf(left.slice(0, BRIEFLY), calls, waits, colours),
    ...(rest > 0 ? [colours.dim(`  and ${plural(rest, 'more region')}`)] : []),
  ].join('\n');
}

const BRIEFLY = 5;

function headOf({ run, regions }: Pick<RunAnswer, 'run' | 'regions'>, kind: Kind): string {
  const { counted, streams } = soFarOf(regions);
  return `${counted} of ${run.expected} regions, ${amount(streams, kind)} so far`;
}

function rowsOf(regions: readonly RegionRow[], calls: Calls, waits: Waits, colours: Colours): string[] {
  const width = Math.max(...regions.map(({ region }) => region.length));
  return regions.map((row) => {
    const what = state(row, calls[row.region] ?? 0, againOf(row, waits), colours);
    return `  ${row.region.padEnd(width)}  ${what}`;
  });
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
