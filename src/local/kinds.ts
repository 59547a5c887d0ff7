/** The kinds of things that the local AWS holds; a further one is a file of kinds/, and a line here. */
import type { Kind, Service } from './kind.ts';
import { channels } from './kinds/channels.ts';
import { dataStreams } from './kinds/data-streams.ts';
import { streams } from './kinds/streams.ts';

export const KINDS: readonly Kind[] = [streams, channels, dataStreams];

/** What is counted where nothing else is said. */
export const STREAMS = streams.name;

export const SERVICES: readonly Service[] = [...new Set(KINDS.map(({ service }) => service))];

/** @throws Error when there is none of this name */
export function kindOf(name: string): Kind {
  const kind = KINDS.find((each) => each.name === name);
  if (kind !== undefined) return kind;
  throw new Error(`There is no kind ${name}; expected one of ${KINDS.map((each) => each.name).join(', ')}.`);
}
