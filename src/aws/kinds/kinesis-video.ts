/** What the lists of Kinesis Video have in common. */
import { ResourceNotFoundException } from '@aws-sdk/client-kinesis-video';

/**
 * Asked for on every call: without `MaxResults` the service gives about 10 streams per page, with it at most 1,000,
 * whatever the documented 10,000 say (github.com/cloud-custodian/cloud-custodian/pull/9805).
 */
export const PAGE_SIZE = 1000;

/** BEGINS_WITH is the only condition there is: no list can be asked for one exact name. */
export function beginsWith(prefix: string | undefined) {
  return prefix === undefined ? undefined : ({ ComparisonOperator: 'BEGINS_WITH', ComparisonValue: prefix } as const);
}

/** The one that is described, as a list; none, if there is none. */
export async function oneOrNone(describe: () => Promise<unknown>): Promise<readonly unknown[]> {
  try {
    return [await describe()];
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return [];
    throw error;
  }
}
