/** What a person sees while a local run progresses: a live picture on a terminal, a line per event elsewhere. */
import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import type { RunAnswer } from '../../answers/run.ts';
import type { Kind } from '../../census/kinds.ts';
import { terminalConfig } from '../../surroundings.ts';
import { makeChronicle, regionTeller } from '../chronicle.ts';
import { wrap } from '../render/text.ts';
import type { Waits } from '../render/watch.ts';
import { briefPicture, type Calls, picture } from './pictures.ts';

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
  const chronicles = new Map(
    kinds.map((kind) => [kind, makeChronicle(regionTeller(waitsOf(kind)), { isRoundTold: false })]),
  );
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
      drawn.set(kind, draw(answer, kind, calls, waitsOf(kind), colours));
      const text = kinds.flatMap((one) => drawn.get(one) ?? []).join('\n');
      update(wrap(text, stream.columns));
    },
    end: () => update.done(),
  };
}
