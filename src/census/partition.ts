/** AWS's partitions: an account, its credentials and its streams belong to one, and cannot be seen from another. */

/** How the names of their regions begin, as AWS's SDKs tell them apart (botocore, data/partitions.json). */
const BEGINNINGS = {
  'cn-': 'aws-cn',
  'us-gov-': 'aws-us-gov',
  'us-iso-': 'aws-iso',
  'us-isob-': 'aws-iso-b',
  'eu-isoe-': 'aws-iso-e',
  'us-isof-': 'aws-iso-f',
  'eusc-': 'aws-eusc',
} as const;

/** `aws` are the commercial regions, whose names have no beginning in common. */
type Partition = 'aws' | (typeof BEGINNINGS)[keyof typeof BEGINNINGS];

export function partitionOf(region: string): Partition {
  return Object.entries(BEGINNINGS).find(([beginning]) => region.startsWith(beginning))?.[1] ?? 'aws';
}
