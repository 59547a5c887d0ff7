/** Kinesis Video streams: ListStreams, and DescribeStream for one of a name. */
import {
  DescribeStreamCommand,
  type KinesisVideoClient,
  ListStreamsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-kinesis-video';
import { streams } from '../../census/kinds/streams.ts';
import type { StreamFacts } from '../../census/tally.ts';
import { sendAndRead } from '../as-it-came.ts';
import { fieldsOf, instant, text } from './fields.ts';
import type { Lister } from './lister.ts';

/**
 * Asked for on every call: without `MaxResults` the service gives about 10 streams per page, with it at most 1,000,
 * whatever the documented 10,000 say (github.com/cloud-custodian/cloud-custodian/pull/9805).
 */
const PAGE_SIZE = 1000;

export function streamsLister(client: KinesisVideoClient): Lister {
  return {
    floor: streams.regions.floor,
    async page({ prefix, token }, abortSignal) {
      const command = new ListStreamsCommand({
        MaxResults: PAGE_SIZE,
        NextToken: token,
        ...(prefix !== undefined && {
          StreamNameCondition: { ComparisonOperator: 'BEGINS_WITH', ComparisonValue: prefix },
        }),
      });
      const answer = await sendAndRead(client, command, () => client.send(command, { abortSignal }));
      return { entries: answer.StreamInfoList, nextToken: answer.NextToken };
    },
    /** No list can be asked for one exact name: BEGINS_WITH is the only condition there is. */
    async named(name, abortSignal) {
      const command = new DescribeStreamCommand({ StreamName: name });
      try {
        return [(await sendAndRead(client, command, () => client.send(command, { abortSignal }))).StreamInfo];
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return [];
        throw error;
      }
    },
    factsOf,
  };
}

function factsOf(entry: unknown): StreamFacts | undefined {
  const fields = fieldsOf(entry);
  const arn = text(fields.StreamARN);
  if (arn === undefined) return undefined;
  const status = text(fields.Status);
  const mediaType = text(fields.MediaType);
  const kmsKeyId = text(fields.KmsKeyId);
  const createdAtMs = instant(fields.CreationTime);
  const retentionHours = fields.DataRetentionInHours;
  return {
    name: text(fields.StreamName) ?? '',
    arn,
    ...(status !== undefined && { status }),
    ...(typeof retentionHours === 'number' && { retentionHours }),
    ...(mediaType !== undefined && { mediaType }),
    ...(kmsKeyId !== undefined && { kmsKeyId }),
    ...(createdAtMs !== undefined && { createdAtMs }),
  };
}
