import { AccountClient, ListRegionsCommand } from '@aws-sdk/client-account';
import { KinesisClient, ListStreamsCommand as ListDataStreamsCommand } from '@aws-sdk/client-kinesis';
import { KinesisVideoClient, ListSignalingChannelsCommand } from '@aws-sdk/client-kinesis-video';
import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { withAccount } from '../../src/local/changed-world.ts';
import { accountsLab, accountsWorld, cleanUp, HUB, NORTH, REGION, refusal, SOMEBODY, SOUTH } from './accounts-lab.ts';

afterEach(cleanUp);

const OPT_IN = 'me-south-1';

/** Every account has its own of everything. */
const world = accountsWorld({
  regions: { [REGION]: { streams: 5, quota: 50 }, [OPT_IN]: { streams: 0 } },
  kinds: {
    channels: { regions: { [REGION]: { channels: 3 } } },
    'data-streams': { regions: { [REGION]: { 'data-streams': 2 } } },
  },
  accounts: [
    { accountId: HUB },
    {
      accountId: NORTH,
      regions: { [REGION]: { streams: 7, quota: 70 }, [OPT_IN]: { fault: 'not-enabled' } },
      kinds: {
        channels: { regions: { [REGION]: { channels: 30 } } },
        'data-streams': { regions: { [REGION]: { 'data-streams': 20 } } },
      },
    },
    { accountId: SOUTH },
  ],
});

test('a session means its account at every service, and everybody else the hub', async () => {
  const { sessionOf, streamsOf, where, made } = await accountsLab(world);
  const all = async (keys: Parameters<typeof where>[0]) => {
    const video = made(new KinesisVideoClient(where(keys)));
    const data = made(new KinesisClient({ ...where(keys), requestHandler: new NodeHttpHandler() }));
    const quotas = made(new ServiceQuotasClient(where(keys)));
    const account = made(new AccountClient(where(keys)));
    const { ChannelInfoList } = await video.send(new ListSignalingChannelsCommand({ MaxResults: 100 }));
    const { StreamSummaries } = await data.send(new ListDataStreamsCommand({}));
    const quota = { ServiceCode: 'kinesisvideo', QuotaCode: 'L-F06528A6' };
    const { Quota } = await quotas.send(new GetServiceQuotaCommand(quota));
    const { Regions = [] } = await account.send(new ListRegionsCommand({ MaxResults: 50 }));
    const streams = await streamsOf(keys);
    const arns = [
      ...streams.map(({ StreamARN }) => StreamARN),
      ...(ChannelInfoList ?? []).map(({ ChannelARN }) => ChannelARN),
      ...(StreamSummaries ?? []).map(({ StreamARN }) => StreamARN),
      Quota?.QuotaArn,
    ];
    return {
      accounts: [...new Set(arns.map((arn) => arn?.split(':')[4]))],
      counts: [streams.length, ChannelInfoList?.length, StreamSummaries?.length, Quota?.Value],
      optIn: Regions.find(({ RegionName }) => RegionName === OPT_IN)?.RegionOptStatus,
    };
  };
  expect(await all(await sessionOf(NORTH))).toEqual({ accounts: [NORTH], counts: [7, 30, 20, 70], optIn: 'DISABLED' });
  expect(await all(await sessionOf(SOUTH))).toEqual({ accounts: [SOUTH], counts: [5, 3, 2, 50], optIn: 'ENABLED' });
  expect(await all(SOMEBODY)).toEqual({ accounts: [HUB], counts: [5, 3, 2, 50], optIn: 'ENABLED' });
});

test('streams of the same names are other streams in another account', async () => {
  const { sessionOf, streamsOf } = await accountsLab(world);
  const [hub, south] = [await streamsOf(SOMEBODY), await streamsOf(await sessionOf(SOUTH))];
  expect(south.map(({ StreamName }) => StreamName)).toEqual(hub.map(({ StreamName }) => StreamName));
  expect(south.map(({ CreationTime }) => CreationTime)).not.toEqual(hub.map(({ CreationTime }) => CreationTime));
});

describe('a token that is none', () => {
  const INVALID = 'The security token included in the request is invalid.';
  const EXPIRED = 'The security token included in the request is expired';

  async function askedWith(lab: Awaited<ReturnType<typeof accountsLab>>, keys: Parameters<typeof lab.where>[0]) {
    const { where, made, sts, streamsOf } = lab;
    const data = made(new KinesisClient({ ...where(keys), requestHandler: new NodeHttpHandler() }));
    const account = made(new AccountClient(where(keys)));
    const asked = [
      streamsOf(keys),
      data.send(new ListDataStreamsCommand({})),
      account.send(new ListRegionsCommand({})),
      sts(keys).send(new GetCallerIdentityCommand({})),
    ];
    return (await Promise.allSettled(asked)).map((one) => (one.status === 'rejected' ? one.reason : undefined));
  }

  test("is refused in each service's words, once its time is over", async () => {
    let nowMs = 0;
    const lab = await accountsLab(world, { nowMs: () => nowMs });
    const keys = await lab.sessionOf(NORTH);
    nowMs = 3_599_999;
    expect(await askedWith(lab, keys)).toEqual([undefined, undefined, undefined, undefined]);
    nowMs = 3_600_000;
    expect(await askedWith(lab, keys)).toEqual([
      refusal('ExpiredTokenException', 403, EXPIRED),
      refusal('ExpiredTokenException', 400, EXPIRED),
      refusal('ExpiredTokenException', 403, EXPIRED),
      refusal('ExpiredToken', 403, EXPIRED),
    ]);
  });

  const altered = (token = '') => `${token.startsWith('A') ? 'B' : 'A'}${token.slice(1)}`;

  test.each([
    ['that was altered', (keys: { sessionToken?: string }) => ({ sessionToken: altered(keys.sessionToken) })],
    ['of another key', () => ({ accessKeyId: 'ASIAAAAAAAAAAAAAAAAA' })],
    ['that is missing', () => ({ sessionToken: undefined })],
    ['that somebody made up', () => ({ sessionToken: 'FwoGZXIvYXdzEXAMPLE' })],
  ])("is refused in each service's words: one %s", async (_title, change) => {
    const lab = await accountsLab(world);
    const keys = await lab.sessionOf(NORTH);
    const { sessionToken, ...rest } = { ...keys, ...change(keys) };
    expect(await askedWith(lab, { ...rest, ...(sessionToken !== undefined && { sessionToken }) })).toEqual([
      refusal('UnrecognizedClientException', 403, INVALID),
      refusal('UnrecognizedClientException', 400, INVALID),
      refusal('UnrecognizedClientException', 403, INVALID),
      refusal('InvalidClientTokenId', 403, INVALID),
    ]);
  });

  test('nor is one of an account that was closed meanwhile; a restarted service knows the others', async () => {
    const before = await accountsLab(world);
    const [north, south] = [await before.sessionOf(NORTH), await before.sessionOf(SOUTH)];
    const after = await accountsLab(withAccount(world, NORTH, { state: 'CLOSED' }));
    await expect(after.streamsOf(north)).rejects.toEqual(refusal('UnrecognizedClientException', 403, INVALID));
    expect(await after.streamsOf(south)).toHaveLength(5);
  });
});
