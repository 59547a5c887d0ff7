import type { KindRegions } from './kind.ts';

/** Two AWS sources agree, November 2026. */
export const KINESIS_VIDEO_REGIONS: readonly string[] = [
  'af-south-1',
  'ap-east-1',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-5',
  'ca-central-1',
  'cn-north-1',
  'eu-central-1',
  'eu-south-2',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'me-south-1',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-gov-east-1',
  'us-gov-west-1',
  'us-west-2',
];

/** Where Kinesis Video has an endpoint, and its streams and its signaling channels with it. */
export const KINESIS_VIDEO: KindRegions = {
  service: 'kinesisvideo',
  floor: KINESIS_VIDEO_REGIONS,
  /** AWS's list of Regions, November 2026. */
  optIn: ['af-south-1', 'ap-east-1', 'ap-southeast-5', 'eu-south-2', 'me-south-1'],
};
