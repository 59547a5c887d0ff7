/** The kinds of things that are counted. A further one is a file in kinds/, and a line here. */
import { InvalidInputError } from './errors.ts';
import type { KindDescriptor } from './kinds/kind.ts';
import { streams } from './kinds/streams.ts';

const DESCRIPTORS = { streams } as const satisfies Record<string, KindDescriptor>;

export type Kind = keyof typeof DESCRIPTORS;

export const KINDS = Object.keys(DESCRIPTORS) as readonly Kind[];

/** The kind that every deployment counts, and that is meant where none is named. */
export const STREAMS: Kind = 'streams';

export const descriptorOf = (kind: Kind): KindDescriptor => DESCRIPTORS[kind];

/** @throws InvalidInputError */
export function parseKind(value: unknown): Kind {
  const kind = KINDS.find((one) => one === value);
  if (kind !== undefined) return kind;
  throw new InvalidInputError(`${JSON.stringify(value)} is not a kind of thing that is counted: ${KINDS.join(', ')}.`);
}
