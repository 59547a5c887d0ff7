/** Kinesis Video streams: ListStreams and DescribeStream. */
import { commonLooks, oneOf, pattern, wholeNumberKey } from '../choices.ts';
import { FIVE_LETTERS, mix, secondsAndMillis, uuidFrom } from '../draw.ts';
import type { Drawing, Kind, TextOf } from '../kind.ts';
import { kinesisVideo, readList, readName, writeList } from './kinesis-video.ts';

const MEDIA_TYPE = /^$|^(?=.{1,128}$)[\w.+-]+\/[\w.+-]+(,[\w.+-]+\/[\w.+-]+)*$/;

export const streams: Kind = {
  name: 'streams',
  many: 'streams',
  service: kinesisVideo,
  nameLengthLimit: 256,
  callsPerSecond: 50,
  pageCap: 1000,
  looks: {
    ...commonLooks({
      statuses: { ACTIVE: 955, UPDATING: 20, CREATING: 15, DELETING: 10 },
      createdWithinDays: { 1: 1, 7: 4, 30: 12, 365: 48, 2000: 35 },
    }),
    retentionHours: {
      weights: { 0: 22, 24: 30, 168: 28, 720: 14, 8760: 6 },
      choice: wholeNumberKey(0, 87_600),
      choices: 'hours',
    },
    /** The empty string stands for a stream without a media type. */
    mediaTypes: {
      weights: { 'video/h264': 62, 'video/h264,audio/aac': 18, 'video/h265': 12, '': 8 },
      choice: pattern(MEDIA_TYPE, 'a media type such as video/h264, or "" for none'),
      choices: 'media types',
    },
    kmsKeys: {
      weights: { 'aws-managed': 80, customer: 20 },
      choice: oneOf(['aws-managed', 'customer']),
      choices: 'key kinds',
    },
  },
  makeText,
  list: {
    operation: 'POST /listStreams',
    action: 'ListStreams',
    // Seen in the field: about 10 streams without MaxResults. The documented default of 10,000 is not what happens.
    read: (body) => readList(body, { standard: 10, condition: 'StreamNameCondition' }),
    write: (page, nextToken) => writeList(page, 'StreamInfoList', nextToken),
  },
  describe: {
    operation: 'POST /describeStream',
    action: 'DescribeStream',
    read: (body) => readName(body, 'StreamName'),
    write: (text) => `{"StreamInfo":${text}}`,
    notFound: () => kinesisVideo.notFound('The requested stream is not found or not active.'),
  },
  // Names as Service Quotas has them; https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/limits.html.
  quota: { code: 'L-F06528A6', title: 'Number of video streams', standard: () => 10_000 },
};

function makeText({ pick, arn, seed }: Drawing): TextOf {
  const customerKeys = [4, 5, 6].map((word) => arn('kms', `key/${uuidFrom(seed[word]!)}`));
  const salt = seed[3]!;
  // Each choice is kept with the JSON text around it: fewer pieces to join, 1,000 times a page.
  const pickRetention = pick('retentionHours', (hours) => `,"DataRetentionInHours":${hours},"DeviceName":"device-`);
  const pickKeyKind = pick('kmsKeys', (kind) =>
    (kind === 'customer' ? customerKeys : [arn('kms', 'alias/aws/kinesisvideo')]).map((key) => `","KmsKeyId":"${key}"`),
  );
  const pickMediaType = pick('mediaTypes', (type) => `,"MediaType":${type === '' ? 'null' : `"${type}"`}`);
  const pickStatus = pick(
    'statuses',
    (status) => `,"Status":"${status}","StreamARN":"${arn(kinesisVideo.name, 'stream/')}`,
  );
  // Names, media types and ARNs hold no character that JSON would escape: the world's schema sees to it.
  return (name, hash, createdMs) => {
    const [seconds, millis] = secondsAndMillis(createdMs);
    const a = mix(hash ^ salt);
    const b = mix(a);
    const c = mix(b);
    const keys = pickKeyKind(b);
    return (
      `{"CreationTime":${seconds}.${millis}${pickRetention(a)}${FIVE_LETTERS[b & 4095]}${keys[c % keys.length]}` +
      `${pickMediaType(c)}${pickStatus(mix(c))}${name}/${seconds}${millis}","StreamName":"${name}","Version":"` +
      `${FIVE_LETTERS[a >>> 20]}${FIVE_LETTERS[a & 4095]}${FIVE_LETTERS[b >>> 20]}${FIVE_LETTERS[c & 4095]}"}`
    );
  };
}
