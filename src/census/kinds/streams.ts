import type { KindDescriptor } from './kind.ts';

/** Kinesis Video streams. Always counted. */
export const streams = {
  words: { one: 'stream', many: 'streams', service: 'Kinesis Video Streams' },
} as const satisfies KindDescriptor;
