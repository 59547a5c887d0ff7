/** How each kind's service writes what it lists: a page, and one entry of it. */
import type { Kind } from '../../../src/census/kinds.ts';

type Entry = Readonly<Record<string, unknown>>;

export type KindWire = {
  /** Of a page with these entries; `token` where it goes on. */
  page(entries: readonly unknown[], token?: unknown): object;
  /** With every field that is read. */
  entry: (name: string) => Entry;
  /** By which it is told from all others, whatever is made again under its name: it ends in the creation time. */
  arnOf: (entry: Entry) => string;
  /** What becomes of it: the class of each facet. */
  classes: Readonly<Record<string, string>>;
  /** Pages whose end is told in a way of this kind's own, and what is asked next; `bad` if such an answer is none. */
  ends?: readonly (readonly [body: object, next: object | 'end' | 'bad'])[];
  /** Names of fields. */
  fields: { arn: string; name: string; createdAt: string; details: readonly string[] };
};

const CREATED = 1_700_000_000;

const summaryOf = (name: string): Entry => ({
  StreamName: name,
  StreamARN: `arn:aws:kinesis:eu-west-1:123456789012:stream/${name}`,
  StreamStatus: 'ACTIVE',
  StreamModeDetails: { StreamMode: 'ON_DEMAND' },
  StreamCreationTimestamp: CREATED,
});

export const WIRES: Readonly<Record<Kind, KindWire>> = {
  streams: {
    page: (StreamInfoList, NextToken) => ({ StreamInfoList, NextToken }),
    entry: (name) => ({
      StreamName: name,
      StreamARN: `arn:aws:kinesisvideo:eu-west-1:123456789012:stream/${name}/1700000000000`,
      Status: 'ACTIVE',
      MediaType: 'video/h264',
      KmsKeyId: 'arn:aws:kms:eu-west-1:1:alias/aws/kinesisvideo',
      CreationTime: CREATED,
      DataRetentionInHours: 24,
    }),
    arnOf: ({ StreamARN }) => `${StreamARN}`,
    classes: { status: 'active', retention: 'day', mediaType: 'video/h264', kmsKey: 'awsManaged', created: 'older' },
    fields: {
      arn: 'StreamARN',
      name: 'StreamName',
      createdAt: 'CreationTime',
      details: ['Status', 'MediaType', 'KmsKeyId', 'DataRetentionInHours'],
    },
  },
  channels: {
    page: (ChannelInfoList, NextToken) => ({ ChannelInfoList, NextToken }),
    entry: (name) => ({
      ChannelName: name,
      ChannelARN: `arn:aws:kinesisvideo:eu-west-1:123456789012:channel/${name}/1700000000000`,
      ChannelType: 'SINGLE_MASTER',
      ChannelStatus: 'ACTIVE',
      CreationTime: CREATED,
      SingleMasterConfiguration: { MessageTtlSeconds: 60 },
      Version: '1',
    }),
    arnOf: ({ ChannelARN }) => `${ChannelARN}`,
    classes: { status: 'active', type: 'singleMaster', messageTtl: 'default', created: 'older' },
    fields: {
      arn: 'ChannelARN',
      name: 'ChannelName',
      createdAt: 'CreationTime',
      details: ['ChannelType', 'ChannelStatus', 'SingleMasterConfiguration'],
    },
  },
  'data-streams': {
    page: (StreamSummaries, NextToken) => ({
      StreamNames: StreamSummaries.map((summary) => (summary as Entry).StreamName),
      StreamSummaries,
      HasMoreStreams: NextToken !== undefined,
      NextToken,
    }),
    entry: summaryOf,
    arnOf: ({ StreamARN }) => `${StreamARN}/${CREATED * 1000}`,
    classes: { status: 'active', mode: 'onDemand', created: 'older' },
    ends: [
      [{ StreamNames: ['a', 'b'], HasMoreStreams: false }, 'end'],
      [{ StreamNames: ['a', 'b'], HasMoreStreams: true }, { ExclusiveStartStreamName: 'b' }],
      [{ StreamNames: ['a'], HasMoreStreams: true, NextToken: 't' }, { NextToken: 't' }],
      [{ StreamNames: ['a'], HasMoreStreams: false, NextToken: 't' }, { NextToken: 't' }],
      [{ StreamNames: ['a'], HasMoreStreams: true, NextToken: '' }, { ExclusiveStartStreamName: 'a' }],
      [{ StreamNames: [], HasMoreStreams: true }, 'bad'],
      [{ StreamNames: ['a'] }, 'bad'],
      [{ StreamNames: ['a'], HasMoreStreams: 'no' }, 'bad'],
      [{ StreamNames: ['a', 'b'], StreamSummaries: [], HasMoreStreams: false }, 'bad'],
      [{ StreamNames: ['b', 'a'], StreamSummaries: ['a', 'b'].map(summaryOf), HasMoreStreams: false }, 'end'],
      [{ StreamNames: ['a', 'b'], StreamSummaries: ['a', 'a'].map(summaryOf), HasMoreStreams: false }, 'bad'],
      [{ StreamNames: ['a', 'b'], StreamSummaries: ['a', 'c'].map(summaryOf), HasMoreStreams: false }, 'bad'],
    ],
    fields: {
      arn: 'StreamARN',
      name: 'StreamName',
      createdAt: 'StreamCreationTimestamp',
      details: ['StreamStatus', 'StreamModeDetails'],
    },
  },
};
