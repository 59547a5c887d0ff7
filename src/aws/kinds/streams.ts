/** Kinesis Video streams: ListStreams, and DescribeStream for one of a name. */
import { DescribeStreamCommand, type KinesisVideoClient, ListStreamsCommand } from '@aws-sdk/client-kinesis-video';
import { streams } from '../../census/kinds/streams.ts';
import type { StreamFacts } from '../../census/tally.ts';
import { sendAndRead } from '../as-it-came.ts';
import { fieldsOf, instant, text } from './fields.ts';
import { beginsWith, oneOrNone, PAGE_SIZE } from './kinesis-video.ts';
import type { Lister } from './lister.ts';

export function streamsLister(client: KinesisVideoClient): Lister {
  return {
    floor: streams.regions.floor,
    async page({ prefix, token }, abortSignal) {
      const command = new ListStreamsCommand({
        MaxResults: PAGE_SIZE,
        NextToken: token,
        StreamNameCondition: beginsWith(prefix),
      });
      const answer = await sendAndRead(client, command, () => client.send(command, { abortSignal }));
      return { entries: answer.StreamInfoList, nextToken: answer.NextToken };
    },
    named(name, abortSignal) {
      const command = new DescribeStreamCommand({ StreamName: name });
      return oneOrNone(
        async () => (await sendAndRead(client, command, () => client.send(command, { abortSignal }))).StreamInfo,
      );
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
