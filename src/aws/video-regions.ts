/** Regions in which Kinesis Video has an endpoint (two AWS sources agree, November 2026). */
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

/** Those of them that an account has to switch on (AWS's list of Regions, November 2026). */
const OPT_IN = ['af-south-1', 'ap-east-1', 'ap-southeast-5', 'eu-south-2', 'me-south-1'];

/**
 * Those of them that no account can switch off:
 * https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
 */
export const ALWAYS_ON: readonly string[] = KINESIS_VIDEO_REGIONS.filter((region) => !OPT_IN.includes(region));
