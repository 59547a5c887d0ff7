/** Signaling channels of Kinesis Video (WebRTC): ListSignalingChannels and DescribeSignalingChannel. */
import { commonLooks, oneOf, wholeNumberKey } from '../choices.ts';
import { FIVE_LETTERS, mix, secondsAndMillis } from '../draw.ts';
import type { Drawing, Kind, TextOf } from '../kind.ts';
import { kinesisVideo, readList, readName, writeList } from './kinesis-video.ts';

export const channels: Kind = {
  name: 'channels',
  many: 'signaling channels',
  service: kinesisVideo,
  nameLengthLimit: 256,
  // https://docs.aws.amazon.com/kinesisvideostreams-webrtc-dg/latest/devguide/kvswebrtc-limits.html
  callsPerSecond: 50,
  /** Not documented; as that of the streams of the same service. */
  pageCap: 1000,
  looks: {
    ...commonLooks({
      statuses: { ACTIVE: 970, UPDATING: 10, CREATING: 10, DELETING: 10 },
      createdWithinDays: { 1: 2, 7: 8, 30: 20, 365: 50, 2000: 20 },
    }),
    types: {
      weights: { SINGLE_MASTER: 96, FULL_MESH: 4 },
      choice: oneOf(['SINGLE_MASTER', 'FULL_MESH']),
      choices: 'channel types',
    },
    messageTtlSeconds: { weights: { 60: 85, 5: 5, 120: 10 }, choice: wholeNumberKey(5, 120), choices: 'seconds' },
  },
  makeText,
  list: {
    operation: 'POST /listSignalingChannels',
    action: 'ListSignalingChannels',
    // https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/API_ListSignalingChannels.html
    read: (body) => readList(body, { standard: 500, condition: 'ChannelNameCondition' }),
    write: (page, nextToken) => writeList(page, 'ChannelInfoList', nextToken),
  },
  describe: {
    operation: 'POST /describeSignalingChannel',
    action: 'DescribeSignalingChannel',
    read: (body) => readName(body, 'ChannelName'),
    write: (text) => `{"ChannelInfo":${text}}`,
    notFound: () => kinesisVideo.notFound('The requested channel is not found or not active.'),
  },
  quota: {
    code: 'L-B7F419CA',
    title: 'Number of signaling channels',
    standard: (region) => (['us-east-1', 'us-west-2'].includes(region) ? 10_000 : 5000),
  },
};

function makeText({ pick, arn, seed }: Drawing): TextOf {
  const salt = seed[3]!;
  const pickStatus = pick('statuses', (status) => `"ChannelStatus":"${status}"`);
  const pickTtl = pick(
    'messageTtlSeconds',
    (seconds) => `,"SingleMasterConfiguration":{"MessageTtlSeconds":${seconds}}`,
  );
  const pickType = pick('types', (type) => ({
    text: `,"ChannelType":"${type}"`,
    isSingleMaster: type === 'SINGLE_MASTER',
  }));
  const prefix = arn(kinesisVideo.name, 'channel/');
  return (name, hash, createdMs) => {
    const [seconds, millis] = secondsAndMillis(createdMs);
    const a = mix(hash ^ salt);
    const b = mix(a);
    const type = pickType(b);
    return (
      `{"ChannelARN":"${prefix}${name}/${seconds}${millis}","ChannelName":"${name}",${pickStatus(a)}${type.text}` +
      `,"CreationTime":${seconds}.${millis}${type.isSingleMaster ? pickTtl(mix(b)) : ''}` +
      `,"Version":"${FIVE_LETTERS[a >>> 20]}${FIVE_LETTERS[a & 4095]}${FIVE_LETTERS[b >>> 20]}"}`
    );
  };
}
