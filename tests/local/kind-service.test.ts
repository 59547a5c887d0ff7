import { KinesisClient, ListStreamsCommand, type ListStreamsCommandInput } from '@aws-sdk/client-kinesis';
import {
  DescribeSignalingChannelCommand,
  KinesisVideoClient,
  ListSignalingChannelsCommand,
  type ListSignalingChannelsCommandInput,
  ListStreamsCommand as ListVideoStreamsCommand,
} from '@aws-sdk/client-kinesis-video';
import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { KINDS as COUNTED, descriptorOf } from '../../src/census/kinds.ts';
import { partitionOf } from '../../src/census/partition.ts';
import { withRegionOff } from '../../src/local/changed-world.ts';
import { KINDS } from '../../src/local/kinds.ts';
import { defaultWorld, parseWorld } from '../../src/local/parse-world.ts';
import { listen, makeVideoService } from '../../src/local/video-service.ts';
import { regionsOf } from '../../src/local/world.ts';

const REGION = 'eu-west-1';
const ACCOUNT = '111122223333';
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Regions = Partial<Record<'streams' | 'channels' | 'data-streams', object>>;

const worldOf = (own: Regions) =>
  parseWorld(
    {
      seed: 'test',
      accountId: ACCOUNT,
      kinds: Object.fromEntries(Object.entries(own).map(([kind, region]) => [kind, { regions: { [REGION]: region } }])),
    },
    'this test',
  );

/** A served world that holds one region of each kind, and unmodified SDK clients that reach it. */
async function lab(own: Regions | ReturnType<typeof worldOf>, region = REGION) {
  const world = 'kinds' in own ? (own as ReturnType<typeof worldOf>) : worldOf(own as Regions);
  const service = makeVideoService(world);
  const server = await listen(service);
  const options = {
    region,
    endpoint: server.url,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-checked' },
    maxAttempts: 1,
  };
  const video = new KinesisVideoClient(options);
  // Of its own accord it speaks HTTP/2, which this server does not.
  const kinesis = new KinesisClient({ ...options, requestHandler: video.config.requestHandler });
  const quotas = new ServiceQuotasClient(options);
  cleanups.push(server.close, ...[video, kinesis, quotas].map((client) => () => client.destroy()));
  const abortSignal = AbortSignal.timeout(2000);
  return {
    url: server.url,
    service,
    quotas,
    streams: () => video.send(new ListVideoStreamsCommand({ MaxResults: 1000 }), { abortSignal }),
    channels: (input: ListSignalingChannelsCommandInput = {}) =>
      video.send(new ListSignalingChannelsCommand(input), { abortSignal }),
    channel: async (name: string) =>
      (await video.send(new DescribeSignalingChannelCommand({ ChannelName: name }), { abortSignal })).ChannelInfo,
    dataStreams: (input: ListStreamsCommandInput = {}) => kinesis.send(new ListStreamsCommand(input), { abortSignal }),
  };
}

const refusal = (name: string, httpStatusCode: number) =>
  expect.objectContaining({ name, $metadata: expect.objectContaining({ httpStatusCode }) });
const HUNG_UP = expect.objectContaining({ message: expect.stringContaining('socket hang up') });

describe('signaling channels', () => {
  test('are listed page by page, each with every field', async () => {
    const { channels } = await lab({ channels: { channels: 1200, names: { kind: 'spread' } } });
    const first = await channels({ MaxResults: 10_000 });
    const second = await channels({ MaxResults: 10_000, NextToken: first.NextToken });
    expect([first.ChannelInfoList?.length, second.ChannelInfoList?.length]).toEqual([1000, 200]);
    expect(second.NextToken).toBeUndefined();
    const all = [...(first.ChannelInfoList ?? []), ...(second.ChannelInfoList ?? [])];
    expect(new Set(all.map(({ ChannelARN }) => ChannelARN)).size).toBe(1200);
    for (const channel of all) {
      const isSingleMaster = channel.ChannelType === 'SINGLE_MASTER';
      expect(channel).toEqual({
        ChannelName: expect.stringMatching(/^[a-zA-Z0-9_.-]{16}$/),
        ChannelARN: `arn:aws:kinesisvideo:${REGION}:${ACCOUNT}:channel/${channel.ChannelName}/${channel.CreationTime?.getTime()}`,
        ChannelType: expect.stringMatching(/^(SINGLE_MASTER|FULL_MESH)$/),
        ChannelStatus: expect.stringMatching(/^(CREATING|ACTIVE|UPDATING|DELETING)$/),
        CreationTime: expect.any(Date),
        ...(isSingleMaster && { SingleMasterConfiguration: { MessageTtlSeconds: expect.any(Number) } }),
        Version: expect.stringMatching(/^[a-zA-Z0-9]{15}$/),
      });
    }
    const types = new Set(all.map(({ ChannelType }) => ChannelType));
    expect(types).toEqual(new Set(['SINGLE_MASTER', 'FULL_MESH']));
  });

  test('come 500 to a page when nobody says how many', async () => {
    const { channels } = await lab({ channels: { channels: 501 } });
    expect((await channels()).ChannelInfoList).toHaveLength(500);
  });

  test('can be asked for by prefix, whose tokens are of no other list', async () => {
    const names = { kind: 'list', names: ['door-1', 'door-2', 'gate-1'] };
    const { channels } = await lab({ channels: { names } });
    const condition = (ComparisonValue: string) => ({
      ChannelNameCondition: { ComparisonOperator: 'BEGINS_WITH' as const, ComparisonValue },
      MaxResults: 1,
    });
    const first = await channels(condition('door-'));
    const second = await channels({ ...condition('door-'), NextToken: first.NextToken });
    expect([first, second].map((page) => page.ChannelInfoList?.[0]?.ChannelName)).toEqual(['door-1', 'door-2']);
    expect(second.NextToken).toBeUndefined();
    const strange = channels({ ...condition('d'), NextToken: first.NextToken });
    await expect(strange).rejects.toEqual(refusal('InvalidArgumentException', 400));
    await expect(channels(condition('a b'))).rejects.toThrow("'channelNameCondition.comparisonValue' must be");
  });

  test('are found by exact name', async () => {
    const { channel } = await lab({ channels: { names: { kind: 'list', names: ['door', 'door-2'] } } });
    expect((await channel('door'))?.ChannelARN).toContain(':channel/door/');
    await expect(channel('doo')).rejects.toEqual(refusal('ResourceNotFoundException', 404));
  });

  test('follow the weights of their world', async () => {
    const own = { channels: 40, types: { SINGLE_MASTER: 1 }, messageTtlSeconds: { 5: 1 }, statuses: { DELETING: 1 } };
    const { ChannelInfoList } = await (await lab({ channels: own })).channels();
    expect(
      new Set(ChannelInfoList?.map((c) => `${c.SingleMasterConfiguration?.MessageTtlSeconds} ${c.ChannelStatus}`)),
    ).toEqual(new Set(['5 DELETING']));
  });
});

describe('data streams', () => {
  test('are listed a hundred at a time, whatever is asked for, each with every field', async () => {
    const { dataStreams } = await lab({ 'data-streams': { 'data-streams': 130 } });
    const first = await dataStreams({ Limit: 10_000 });
    const second = await dataStreams({ Limit: 10_000, NextToken: first.NextToken });
    expect([first.HasMoreStreams, second.HasMoreStreams, second.NextToken]).toEqual([true, false, undefined]);
    expect([first.StreamNames?.length, second.StreamNames?.length]).toEqual([100, 30]);
    const all = [...(first.StreamSummaries ?? []), ...(second.StreamSummaries ?? [])];
    expect(all.map(({ StreamName }) => StreamName)).toEqual([
      ...(first.StreamNames ?? []),
      ...(second.StreamNames ?? []),
    ]);
    for (const summary of all) {
      expect(summary).toEqual({
        StreamName: expect.stringMatching(/^[a-zA-Z0-9_.-]{1,128}$/),
        StreamARN: `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/${summary.StreamName}`,
        StreamStatus: expect.stringMatching(/^(CREATING|ACTIVE|UPDATING|DELETING)$/),
        StreamModeDetails: { StreamMode: expect.stringMatching(/^(ON_DEMAND|PROVISIONED)$/) },
        StreamCreationTimestamp: expect.any(Date),
      });
    }
    expect(new Set(all.map((summary) => summary.StreamModeDetails?.StreamMode)).size).toBe(2);
  });

  test('can be listed from behind one of them, in any order', async () => {
    for (const order of ['name', 'hash']) {
      const names = { kind: 'list', names: ['a', 'b', 'c'] };
      const { dataStreams } = await lab({ 'data-streams': { names, order } });
      const [first = '', ...rest] = (await dataStreams()).StreamNames ?? [];
      expect((await dataStreams({ ExclusiveStartStreamName: first })).StreamNames).toEqual(rest);
    }
    const { dataStreams } = await lab({ 'data-streams': { names: { kind: 'list', names: ['a', 'c'] } } });
    expect((await dataStreams({ ExclusiveStartStreamName: 'b' })).StreamNames).toEqual(['c']);
  });

  test.each([
    [
      { Limit: 0 },
      "Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [{ Limit: 10_001 }, 'less than or equal to 10000'],
    [{ ExclusiveStartStreamName: 'a b' }, 'satisfy regular expression pattern'],
    [{ NextToken: '' }, "at 'nextToken' failed"],
  ])('are not listed for %j', async (input, sentence) => {
    const { dataStreams } = await lab({ 'data-streams': { 'data-streams': 1 } });
    await expect(dataStreams(input)).rejects.toEqual(refusal('ValidationException', 400));
    await expect(dataStreams(input)).rejects.toThrow(sentence);
  });

  test('five calls a second are served', async () => {
    const { dataStreams, service } = await lab({ 'data-streams': { 'data-streams': 1 } });
    const answers = await Promise.allSettled(Array.from({ length: 7 }, () => dataStreams()));
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    expect(refused).toEqual(Array(2).fill(refusal('LimitExceededException', 400)));
    expect(String(refused[0])).toContain(`Rate exceeded for account ${ACCOUNT}.`);
    expect(service.stats('data-streams')[REGION]).toEqual({ calls: 7, throttled: 2, maxCallsInAnySecond: 7 });
  });

  test('a token that was altered is refused', async () => {
    const { dataStreams } = await lab({ 'data-streams': { 'data-streams': 2 } });
    const { NextToken = '' } = await dataStreams({ Limit: 1 });
    await expect(dataStreams({ NextToken: `A${NextToken}` })).rejects.toEqual(refusal('InvalidArgumentException', 400));
  });
});

describe('of several kinds', () => {
  const THREE: Regions = { streams: { streams: 3 }, channels: { channels: 4 }, 'data-streams': { 'data-streams': 5 } };

  test('each is listed by its own operation, counted and told by itself', async () => {
    const { streams, channels, dataStreams, service, url } = await lab(THREE);
    expect((await streams()).StreamInfoList).toHaveLength(3);
    expect((await channels()).ChannelInfoList).toHaveLength(4);
    expect((await channels()).ChannelInfoList).toHaveLength(4);
    expect((await dataStreams()).StreamNames).toHaveLength(5);
    const calls = ['streams', 'channels', 'data-streams'].map((kind) => service.stats(kind)[REGION]?.calls);
    expect(calls).toEqual([1, 2, 1]);
    const truth = ['streams', 'channels', 'data-streams'].map((kind) => service.truth([REGION, 'us-east-1'], kind));
    expect(truth).toEqual([3, 4, 5]);
    const told = await (await fetch(`${url}/stats/channels`)).json();
    expect(told).toMatchObject({ [REGION]: { calls: 2 } });
    await fetch(`${url}/stats/channels`, { method: 'DELETE' });
    expect(service.stats('channels')[REGION]?.calls).toBe(0);
    expect((await fetch(`${url}/stats/cameras`)).status).toBe(403);
  });

  test.each([
    ['denied', refusal('AccessDeniedException', 400), refusal('AccessDeniedException', 403)],
    ['denied-by-organization', refusal('AccessDeniedException', 400), refusal('AccessDeniedException', 403)],
    ['throttled', refusal('LimitExceededException', 400), refusal('ClientLimitExceededException', 400)],
    ['server-error', refusal('InternalFailure', 500), refusal('InternalFailure', 500)],
    ['drops-connection', HUNG_UP, HUNG_UP],
  ])('a fault of one (%s) is none of the others', async (fault, ofKinesis, ofVideo) => {
    const first = await lab({ ...THREE, 'data-streams': { 'data-streams': 5, fault } });
    await expect(first.dataStreams()).rejects.toEqual(ofKinesis);
    expect((await first.streams()).StreamInfoList).toHaveLength(3);
    const second = await lab({ ...THREE, channels: { channels: 4, fault } });
    await expect(second.channels()).rejects.toEqual(ofVideo);
    expect((await second.streams()).StreamInfoList).toHaveLength(3);
    expect((await second.dataStreams()).StreamNames).toHaveLength(5);
  });

  test('whoever is denied is told what was asked for', async () => {
    const { channels, dataStreams } = await lab({
      channels: { channels: 1, fault: 'denied' },
      'data-streams': { 'data-streams': 1, fault: 'denied' },
    });
    await expect(channels()).rejects.toThrow('perform: kinesisvideo:ListSignalingChannels because no identity-based');
    await expect(dataStreams()).rejects.toThrow('perform: kinesis:ListStreams because no identity-based policy allows');
  });

  test('a region that is off is off for all of them', async () => {
    const { streams, channels, dataStreams } = await lab(withRegionOff(worldOf(THREE), REGION));
    await expect(streams()).rejects.toEqual(refusal('UnrecognizedClientException', 403));
    await expect(channels()).rejects.toEqual(refusal('UnrecognizedClientException', 403));
    await expect(dataStreams()).rejects.toEqual(refusal('UnrecognizedClientException', 400));
    const one = await lab({ ...THREE, channels: { channels: 4, fault: 'not-enabled' } });
    await expect(one.streams()).rejects.toEqual(refusal('UnrecognizedClientException', 403));
  });

  test('a world without one has nothing of it, in no region', async () => {
    const { channels } = await lab({ streams: { streams: 3 } });
    await expect(channels()).rejects.toEqual(HUNG_UP);
  });

  test('a list ends, whatever its kind, when pages repeat their token', async () => {
    const { dataStreams } = await lab({ 'data-streams': { 'data-streams': 150, fault: 'token-loop' } });
    const { NextToken } = await dataStreams();
    const second = await dataStreams({ NextToken });
    expect([second.HasMoreStreams, second.NextToken]).toEqual([true, NextToken]);
  });

  test('each has a quota of its own', async () => {
    const { quotas, service } = await lab({ ...THREE, channels: { channels: 4, quota: 700 } });
    const quota = async (QuotaCode: string) =>
      (await quotas.send(new GetServiceQuotaCommand({ ServiceCode: 'kinesisvideo', QuotaCode }))).Quota;
    expect(await quota('L-B7F419CA')).toMatchObject({ QuotaName: 'Number of signaling channels', Value: 700 });
    expect(await quota('L-F06528A6')).toMatchObject({ QuotaName: 'Number of video streams', Value: 10_000 });
    expect(service.quotaCalls('channels')).toEqual({ [REGION]: 1 });
  });
});

test('the default world holds every kind that is counted, calmly, each in all commercial regions of its service', () => {
  const world = defaultWorld();
  expect(KINDS.map(({ name }) => name)).toEqual(COUNTED);
  for (const kind of COUNTED) {
    const floor = descriptorOf(kind).regions.floor.filter((region) => partitionOf(region) === 'aws');
    expect(Object.keys(regionsOf(world, kind)).sort()).toEqual([...floor].sort());
  }
  for (const { name, pageCap } of KINDS) {
    const regions = Object.values(regionsOf(world, name));
    expect(regions.filter(({ fault, latencyMs }) => fault !== undefined || latencyMs > 80)).toEqual([]);
    expect(regions.some(({ size }) => size > pageCap)).toBe(true);
    expect(regions.some(({ size }) => size === 0)).toBe(true);
  }
});
