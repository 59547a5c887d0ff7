/** What a person sees while a local run of the organisation progresses: a picture on a terminal, a line per event elsewhere. */
import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import type { OrganizationRunAnswer } from '../../answers/organization/run.ts';
import type { Kind } from '../../census/kinds.ts';
import { terminalConfig } from '../../surroundings.ts';
import { makeChronicle, type Teller } from '../chronicle.ts';
import { organizationEvents, organizationWaiting } from '../render/organization/watch.ts';
import { wrap } from '../render/text.ts';
import { organizationPicture } from './organization-picture.ts';

type Answer = OrganizationRunAnswer | undefined;

type OrganizationProgress = {
  /** Without an answer the run of this kind is not open yet. */
  show(kind: Kind, answer: Answer, nowMs: number): void;
  /** Leaves the last picture on the screen. */
  end(): void;
};

type Watching = { kinds: readonly Kind[]; timeScale: number };

/** `say` gets what stands on a line of its own, where no picture can be drawn over the one before. */
export function makeOrganizationProgress(
  stream: NodeJS.WriteStream,
  say: (line: string) => void,
  { kinds, timeScale }: Watching,
): OrganizationProgress {
  if (stream.isTTY && !terminalConfig().isDumb) return livePicture(stream, { kinds, timeScale });
  const width = Math.max(...kinds.map((kind) => kind.length));
  const teller: Teller<OrganizationRunAnswer> = {
    eventsOf: organizationEvents,
    waitingLine: (answer) => organizationWaiting(answer, timeScale),
    roundOf: ({ run }) => run.round,
  };
  const chronicles = new Map(kinds.map((kind) => [kind, makeChronicle(teller, { isRoundTold: false })]));
  return {
    show(kind, answer, nowMs) {
      const whose = kinds.length === 1 ? '' : `${kind.padEnd(width)}  `;
      for (const line of chronicles.get(kind)?.linesOf(answer, nowMs) ?? []) say(`${whose}${line}`);
    },
    end() {},
  };
}

function livePicture(stream: NodeJS.WriteStream, { kinds, timeScale }: Watching): OrganizationProgress {
  const update = createLogUpdate(stream, { showCursor: false });
  const colours = pc.createColors(stream.hasColors());
  const drawn = new Map<Kind, string>();
  return {
    show(kind, answer) {
      drawn.set(kind, organizationPicture(answer, kind, timeScale, colours));
      update(wrap(kinds.flatMap((one) => drawn.get(one) ?? []).join('\n'), stream.columns));
    },
    end: () => update.done(),
  };
}
