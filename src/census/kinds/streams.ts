/** Kinesis Video streams. Always counted. */
import { openClass, type StreamFacts } from '../tally.ts';
import type { KindDescriptor } from './kind.ts';
import { KINESIS_VIDEO } from './kinesis-video.ts';
import { status } from './status.ts';

export const streams: KindDescriptor = {
  words: { one: 'stream', many: 'streams', service: 'Kinesis Video Streams' },
  actions: ['kinesisvideo:ListStreams', 'kinesisvideo:DescribeStream'],
  arnType: 'stream',
  // https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/service-quotas.html
  callsPerSecond: 50,
  hasPrefixes: true,
  regions: KINESIS_VIDEO,
  facets: [
    status,
    {
      name: 'retention',
      title: 'retention',
      classes: {
        none: 'keeps nothing',
        day: 'up to 24 h',
        week: 'up to 7 days',
        longer: 'longer',
        unknown: 'unknown',
      },
      classOf: ({ retentionHours }) => classOfRetention(retentionHours),
    },
    {
      name: 'mediaType',
      title: 'media type',
      classes: { other: 'other types', none: 'none given' },
      isOpen: true,
      classOf: ({ mediaType }) => (mediaType ? openClass(String(mediaType)) : 'none'),
    },
    {
      name: 'kmsKey',
      title: 'encryption key',
      classes: { awsManaged: 'managed by AWS', customer: 'of the customer', unknown: 'unknown' },
      classOf: ({ kmsKeyId }) => classOfKey(kmsKeyId),
    },
  ],
  quota: {
    service: 'kinesisvideo',
    code: 'L-F06528A6',
    name: 'Number of video streams',
    // https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/limits.html, CreateStream
    documented: () => 10_000,
  },
};

type Detail = StreamFacts[string];

/** Of the data in the stream, in hours; 0: it keeps nothing. */
function classOfRetention(hours: Detail): string {
  if (typeof hours !== 'number' || !(hours >= 0)) return 'unknown';
  if (hours === 0) return 'none';
  if (hours <= 24) return 'day';
  return hours <= 7 * 24 ? 'week' : 'longer';
}

/** Keys that AWS manages are known by their alias, `alias/aws/kinesisvideo`. */
function classOfKey(kmsKeyId: Detail): string {
  if (typeof kmsKeyId !== 'string' || kmsKeyId === '') return 'unknown';
  return kmsKeyId.includes('alias/aws/') || kmsKeyId === 'aws/kinesisvideo' ? 'awsManaged' : 'customer';
}
