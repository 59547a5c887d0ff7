/** Signaling channels: ListSignalingChannels, and DescribeSignalingChannel for one of a name. */
import {
  DescribeSignalingChannelCommand,
  type KinesisVideoClient,
  ListSignalingChannelsCommand,
} from '@aws-sdk/client-kinesis-video';
import { channels } from '../../census/kinds/channels.ts';
import type { StreamFacts } from '../../census/tally.ts';
import { sendAndRead } from '../as-it-came.ts';
import { fieldsOf, instant, text } from './fields.ts';
import { beginsWith, oneOrNone, PAGE_SIZE } from './kinesis-video.ts';
import type { Lister } from './lister.ts';

export function channelsLister(client: KinesisVideoClient): Lister {
  return {
    floor: channels.regions.floor,
    async page({ prefix, token }, abortSignal) {
      const command = new ListSignalingChannelsCommand({
        MaxResults: PAGE_SIZE,
        NextToken: token,
        ChannelNameCondition: beginsWith(prefix),
      });
      const answer = await sendAndRead(client, command, () => client.send(command, { abortSignal }));
      return { entries: answer.ChannelInfoList, nextToken: answer.NextToken };
    },
    named(name, abortSignal) {
      const command = new DescribeSignalingChannelCommand({ ChannelName: name });
      return oneOrNone(
        async () => (await sendAndRead(client, command, () => client.send(command, { abortSignal }))).ChannelInfo,
      );
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
