/** Signaling channels of Kinesis Video with WebRTC. */
import type { StreamFacts } from '../tally.ts';
import type { KindDescriptor } from './kind.ts';
import { KINESIS_VIDEO } from './kinesis-video.ts';
import { status } from './status.ts';

const LARGE_REGIONS = ['us-east-1', 'us-west-2'];

export const channels: KindDescriptor = {
  words: { one: 'channel', many: 'channels', service: 'Kinesis Video signaling channels' },
  actions: ['kinesisvideo:ListSignalingChannels', 'kinesisvideo:DescribeSignalingChannel'],
  arnType: 'channel',
  // https://docs.aws.amazon.com/kinesisvideostreams-webrtc-dg/latest/devguide/kvswebrtc-limits.html
  callsPerSecond: 50,
  hasPrefixes: true,
  regions: KINESIS_VIDEO,
  facets: [
    status,
    {
      name: 'type',
      title: 'type',
      classes: { singleMaster: 'single master', fullMesh: 'full mesh', other: 'other' },
      classOf: classOfType,
    },
    {
      name: 'messageTtl',
      title: 'message TTL',
      classes: { short: 'up to 30 s', default: 'up to 60 s', long: 'longer', unknown: 'unknown' },
      classOf: classOfTtl,
    },
  ],
  quota: {
    service: 'kinesisvideo',
    code: 'L-B7F419CA',
    name: 'Number of signaling channels',
    // https://docs.aws.amazon.com/kinesisvideostreams-webrtc-dg/latest/devguide/kvswebrtc-limits.html, CreateSignalingChannel
    documented: (region) => (LARGE_REGIONS.includes(region) ? 10_000 : 5_000),
  },
};

function classOfType({ type }: Readonly<StreamFacts>): string {
  if (type === 'SINGLE_MASTER') return 'singleMaster';
  return type === 'FULL_MESH' ? 'fullMesh' : 'other';
}

/** How long a channel keeps a message that was not delivered, in seconds: 5 to 120, and 60 where nobody said otherwise. */
function classOfTtl({ messageTtlSeconds: seconds }: Readonly<StreamFacts>): string {
  if (typeof seconds !== 'number' || !(seconds >= 0)) return 'unknown';
  if (seconds <= 30) return 'short';
  return seconds <= 60 ? 'default' : 'long';
}
