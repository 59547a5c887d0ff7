/** What a person sees while a local run progresses: a live picture on a terminal, a line per event elsewhere. */
import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import { soFarOf } from '../../answers/progress.ts';
import type { RegionRow } from '../../answers/region-row.ts';
import type { RunAnswer } from '../../answers/run.ts';
import { number, plural } from '../../answers/words.ts';
import { descriptorOf, type Kind } from '../../census/kinds.ts';
import { terminalConfig } from '../../surroundings.ts';
import { makeChronicle } from '../chronicle.ts';
import { type Colours, wrap } from '../render/text.ts';
import { againOf, type Waits, waitingLine } from '../render/watch.ts';

/** So far, in each region. */
export type Calls = Readonly<Record<string, number>>;

export type Progress = {
  /** Without an answer the run of this kind is not open yet. */
  show(kind: Kind, answer: RunAnswer | undefined, calls: Calls, nowMs: number): void;
  /** Leaves the last picture on the screen. */
  end(): void;
};

type Watching = {
  kinds: readonly Kind[];
  waitsOf: (kind: Kind) => Waits;
};

/** `say` gets what stands on a line of its own, where no picture can be drawn over the one before. */
export function makeProgress(stream: NodeJS.WriteStream, say: (line: string) => void, watching: Watching): Progress {
  if (stream.isTTY && !terminalConfig().isDumb) return livePicture(stream, watching);
  const { kinds, waitsOf } = watching;
  const width = Math.max(...kinds.map((kind) => kind.length));
  const chronicles = new Map(kinds.map((kind) => [kind, makeChronicle(waitsOf(kind), { isRoundTold: false })]));
  return {
    show(kind, answer, _, nowMs) {
      const whose = kinds.length === 1 ? '' : `${kind.padEnd(width)}  `;
      for (const line of chronicles.get(kind)?.linesOf(answer, nowMs) ?? []) say(`${whose}${line}`);
    },
    end() {},
  };
}

/** The whole table of one kind; of several each in brief, because all of their regions fit on no screen. */
function livePicture(stream: NodeJS.WriteStream, { kinds, waitsOf }: Watching): Progress {
  const update = createLogUpdate(stream, { showCursor: false });
  const colours = pc.createColors(stream.hasColors());
  const drawn = new Map<Kind, string>();
  const draw = kinds.length === 1 ? picture : briefPicture;
  return {
    show(kind, answer, calls) {
      const waits = waitsOf(kind);
      const waiting = colours.dim(waitingLine(answer, waits));
      const whose = kinds.length === 1 ? waiting : `${kind}: ${waiting}`;
      drawn.set(kind, answer === undefined ? whose : `${draw(answer, kind, calls, waits, colours)}\n${waiting}`);
      const text = kinds.flatMap((one) => drawn.get(one) ?? []).join('\n');
      update(wrap(text, stream.columns));
    },
    end: () => update.done(),
  };
}

function picture({ run, regions }: RunAnswer, kind: Kind, calls: Calls, waits: Waits, colours: Colours): string {
  return [`run ${run.runId}: ${headOf({ run, regions }, kind)}`, ...rowsOf(regions, calls, waits, colours)].join('\n');
}

/** Of the regions those that are not counted yet, and not all of them if they are many. */
function briefPicture(answer: RunAnswer, kind: Kind, calls: Calls, waits: Waits, colours: Colours): string {
  const left = answer.regions.filter(({ status }) => status !== 'counted');
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
  return `${counted} of ${run.expected} regions, ${number(streams)} ${descriptorOf(kind).words.many} so far`;
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
