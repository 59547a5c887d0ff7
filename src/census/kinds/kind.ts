import type { FacetDescriptor } from '../tally.ts';

/** What differs between the kinds of things that are counted. Whatever is not said here is the same for all of them. */
export type KindDescriptor = {
  /** What people read: `1 stream`, `137 streams`, of `Kinesis Video Streams`. */
  words: { one: string; many: string; service: string };
  /** What a worker's role must allow: to list, then to ask for one by its name. As IAM writes it, `kinesisvideo:ListStreams`. */
  actions: readonly [list: string, ...others: string[]];
  /** What stands before the name in the ARN of one: `stream` in `arn:aws:kinesisvideo:eu-west-1:123456789012:stream/door/17…`. */
  arnType: string;
  /** Calls in any second that AWS allows, of an account to the list of one region. A hard limit is meant. */
  callsPerSecond: number;
  /**
   * Whether a list can be asked for those whose names begin with a prefix, and the service for one of a name: then a large
   * region is counted by parts as well. Where not, page by page.
   */
  hasPrefixes: boolean;
  regions: KindRegions;
  /** What a page tells of a thing, beside its age. In the order in which it is shown. */
  facets: readonly FacetDescriptor[];
  /** Absent: nothing that is looked at bounds their number. */
  quota?: KindQuota;
};

/** Where the service is. */
export type KindRegions = {
  /** What AWS calls the service where it tells today's regions (docs/regions.md). */
  service: string;
  /** What is planned if nobody tells. Of every partition. */
  floor: readonly string[];
  /** Those of the floor that an account has to switch on. */
  optIn: readonly string[];
};

/** What bounds the number of things of one kind in one region of an account. */
export type KindQuota = {
  /** Service Quotas' codes of the service and of the quota. */
  service: string;
  code: string;
  /** As Service Quotas calls it. */
  name: string;
  /** What AWS documents as the default there. */
  documented: (region: string) => number;
  /** It bounds only those of one class of a facet. Absent: all that are counted. */
  of?: { facet: string; class: string };
};
