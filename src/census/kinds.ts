/** The kinds of things that are counted. A further one is a file in kinds/, and a line here. */
import { InvalidInputError } from './errors.ts';
import { channels } from './kinds/channels.ts';
import { dataStreams } from './kinds/data-streams.ts';
import type { KindDescriptor, KindRegions } from './kinds/kind.ts';
import { streams } from './kinds/streams.ts';
import { print } from './printed.ts';

const DESCRIPTORS = { streams, channels, 'data-streams': dataStreams } satisfies Record<string, KindDescriptor>;

export type Kind = keyof typeof DESCRIPTORS;

export const KINDS = Object.keys(DESCRIPTORS) as readonly Kind[];

/** The kind that every deployment counts, and that is meant where none is named. */
export const STREAMS: Kind = 'streams';

export const descriptorOf = (kind: Kind): KindDescriptor => DESCRIPTORS[kind];

/** @param ofStreams how many a deployment allows itself of what AWS allows of streams: other kinds take the same share */
export function callsPerSecondOf(kind: Kind, ofStreams: number): number {
  return (ofStreams * descriptorOf(kind).callsPerSecond) / descriptorOf(STREAMS).callsPerSecond;
}

/**
 * The regions of a kind's floor that no account can switch off:
 * https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
 */
export function alwaysOn({ floor, optIn }: KindRegions): string[] {
  return floor.filter((region) => !optIn.includes(region));
}

/** @throws InvalidInputError */
export function parseKind(value: unknown): Kind {
  const kind = KINDS.find((one) => one === value);
  if (kind !== undefined) return kind;
  throw new InvalidInputError(`${print(value)} is not a kind of thing that is counted: ${KINDS.join(', ')}.`);
}
