/** What differs between the kinds of things that are counted. Whatever is not said here is the same for all of them. */
export type KindDescriptor = {
  /** What people read: `1 stream`, `137 streams`, of `Kinesis Video Streams`. */
  words: { one: string; many: string; service: string };
};
