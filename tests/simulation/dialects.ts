/** How each kind is asked for and told of: its commands and answers, in the words in which video.ts knows them. */
import {
  ListStreamsCommand as ListDataStreamsCommand,
  type ListStreamsCommandOutput as ListDataStreamsOutput,
} from '@aws-sdk/client-kinesis';
import {
  type ChannelInfo,
  DescribeSignalingChannelCommand,
  DescribeStreamCommand,
  ListSignalingChannelsCommand,
  ListStreamsCommand,
  type ListStreamsCommandInput,
} from '@aws-sdk/client-kinesis-video';
import type { Kind } from '../../src/census/kinds.ts';
import { bareArn, type Info } from '../judging/fleet.ts';

type Listed = { StreamInfoList: Info[]; NextToken?: string };

type Dialect = {
  /** Nothing, if that is not what the command asks. */
  listOf(command: unknown): ListStreamsCommandInput | undefined;
  /** The name of the one that is asked for. */
  nameOf(command: unknown): string | undefined;
  list(answer: Listed): object;
  one(info: Info | undefined): object;
};

export const DIALECTS: Readonly<Record<Kind, Dialect>> = {
  streams: {
    listOf: (command) => (command instanceof ListStreamsCommand ? command.input : undefined),
    nameOf: (command) => (command instanceof DescribeStreamCommand ? command.input.StreamName : undefined),
    list: (answer) => answer,
    one: (StreamInfo) => ({ StreamInfo }),
  },
  channels: {
    listOf(command) {
      if (!(command instanceof ListSignalingChannelsCommand)) return undefined;
      const { NextToken, ChannelNameCondition: StreamNameCondition } = command.input;
      return { NextToken, StreamNameCondition };
    },
    nameOf: (command) => (command instanceof DescribeSignalingChannelCommand ? command.input.ChannelName : undefined),
    list: ({ StreamInfoList, ...end }) => ({ ChannelInfoList: StreamInfoList.map(channelOf), ...end }),
    one: (info) => ({ ChannelInfo: info && channelOf(info) }),
  },
  'data-streams': {
    listOf: (command) =>
      command instanceof ListDataStreamsCommand ? { NextToken: command.input.NextToken } : undefined,
    nameOf: () => undefined,
    list: dataStreamsOf,
    one: () => ({}),
  },
};

function channelOf({ StreamName, StreamARN, Status, CreationTime, type, messageTtlSeconds }: Info): ChannelInfo {
  return {
    ChannelName: StreamName,
    ChannelARN: StreamARN,
    ChannelType: type as ChannelInfo['ChannelType'],
    ChannelStatus: Status,
    CreationTime,
    SingleMasterConfiguration: { MessageTtlSeconds: messageTtlSeconds },
    Version: 'secret-version',
  };
}

function dataStreamsOf({ StreamInfoList, NextToken }: Listed): Omit<ListDataStreamsOutput, '$metadata'> {
  return {
    StreamNames: StreamInfoList.map(({ StreamName = '' }) => StreamName),
    StreamSummaries: StreamInfoList.map(({ StreamName, StreamARN, Status, CreationTime, mode }) => ({
      StreamName,
      StreamARN: bareArn(StreamARN),
      StreamStatus: Status as 'ACTIVE',
      StreamModeDetails: { StreamMode: mode as 'ON_DEMAND' },
      StreamCreationTimestamp: CreationTime,
    })),
    HasMoreStreams: Boolean(NextToken),
    NextToken,
  };
}
