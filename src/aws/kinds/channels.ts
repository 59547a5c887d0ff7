/** Signaling channels: ListSignalingChannels, and DescribeSignalingChannel for one of a name. */
import {
  DescribeSignalingChannelCommand,
  type KinesisVideoClient,
  ListSignalingChannelsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-kinesis-video';
import { channels } from '../../census/kinds/channels.ts';
import type { StreamFacts } from '../../census/tally.ts';
import { sendAndRead } from '../as-it-came.ts';
import { fieldsOf, instant, text } from './fields.ts';
import type { Lister } from './lister.ts';

/** As of streams, which the same service lists; a page may hold up to 10,000 (the API's documentation). */
const PAGE_SIZE = 1000;

export function channelsLister(client: KinesisVideoClient): Lister {
  return {
    floor: channels.regions.floor,
    async page({ prefix, token }, abortSignal) {
      const command = new ListSignalingChannelsCommand({
        MaxResults: PAGE_SIZE,
        NextToken: token,
        ...(prefix !== undefined && {
          ChannelNameCondition: { ComparisonOperator: 'BEGINS_WITH', ComparisonValue: prefix },
        }),
      });
      const answer = await sendAndRead(client, command, () => client.send(command, { abortSignal }));
      return { entries: answer.ChannelInfoList, nextToken: answer.NextToken };
    },
    async named(name, abortSignal) {
      const command = new DescribeSignalingChannelCommand({ ChannelName: name });
      try {
        return [(await sendAndRead(client, command, () => client.send(command, { abortSignal }))).ChannelInfo];
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
  const arn = text(fields.ChannelARN);
  if (arn === undefined) return undefined;
  const status = text(fields.ChannelStatus);
  const type = text(fields.ChannelType);
  const createdAtMs = instant(fields.CreationTime);
  const ttl = fieldsOf(fields.SingleMasterConfiguration).MessageTtlSeconds;
  return {
    name: text(fields.ChannelName) ?? '',
    arn,
    ...(status !== undefined && { status }),
    ...(type !== undefined && { type }),
    ...(typeof ttl === 'number' && { messageTtlSeconds: ttl }),
    ...(createdAtMs !== undefined && { createdAtMs }),
  };
}
