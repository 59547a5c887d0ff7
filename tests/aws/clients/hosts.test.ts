/** Hosts in every region that the code knows, as the functions' own clients resolve them. */
import { type KinesisVideoClient, ListStreamsCommand } from '@aws-sdk/client-kinesis-video';
import { ListAccountsCommand } from '@aws-sdk/client-organizations';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { makeKinesisVideoClients, makeOrganizations, makeSts } from '../../../src/aws/clients.ts';
import { KINESIS_VIDEO_REGIONS } from '../../../src/census/kinds/kinesis-video.ts';
import { json, startService } from '../service.ts';

/**
 * github.com/boto/botocore, botocore/data/endpoints.json, service kinesisvideo, as of 2026-08-07. Of GovCloud it knows no
 * host without `-fips`.
 */
const HOSTS: Readonly<Record<string, string>> = {
  'af-south-1': 'kinesisvideo.af-south-1.amazonaws.com',
  'ap-east-1': 'kinesisvideo.ap-east-1.amazonaws.com',
  'ap-northeast-1': 'kinesisvideo.ap-northeast-1.amazonaws.com',
  'ap-northeast-2': 'kinesisvideo.ap-northeast-2.amazonaws.com',
  'ap-south-1': 'kinesisvideo.ap-south-1.amazonaws.com',
  'ap-southeast-1': 'kinesisvideo.ap-southeast-1.amazonaws.com',
  'ap-southeast-2': 'kinesisvideo.ap-southeast-2.amazonaws.com',
  'ap-southeast-5': 'kinesisvideo.ap-southeast-5.amazonaws.com',
  'ca-central-1': 'kinesisvideo.ca-central-1.amazonaws.com',
  'cn-north-1': 'kinesisvideo.cn-north-1.amazonaws.com.cn',
  'eu-central-1': 'kinesisvideo.eu-central-1.amazonaws.com',
  'eu-south-2': 'kinesisvideo.eu-south-2.amazonaws.com',
  'eu-west-1': 'kinesisvideo.eu-west-1.amazonaws.com',
  'eu-west-2': 'kinesisvideo.eu-west-2.amazonaws.com',
  'eu-west-3': 'kinesisvideo.eu-west-3.amazonaws.com',
  'me-south-1': 'kinesisvideo.me-south-1.amazonaws.com',
  'sa-east-1': 'kinesisvideo.sa-east-1.amazonaws.com',
  'us-east-1': 'kinesisvideo.us-east-1.amazonaws.com',
  'us-east-2': 'kinesisvideo.us-east-2.amazonaws.com',
  'us-gov-east-1': 'kinesisvideo-fips.us-gov-east-1.amazonaws.com',
  'us-gov-west-1': 'kinesisvideo-fips.us-gov-west-1.amazonaws.com',
  'us-west-2': 'kinesisvideo.us-west-2.amazonaws.com',
};

beforeAll(() => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'anybody', AWS_SECRET_ACCESS_KEY: 'anything' });
});

const LIMITS = { connectTimeoutMs: 20, requestTimeoutMs: 20 };

/** The request is stopped where it would leave. */
async function hostOf(
  client: { middlewareStack: unknown; destroy(): void },
  send: () => Promise<unknown>,
): Promise<string> {
  let host = '';
  (client.middlewareStack as KinesisVideoClient['middlewareStack']).add(
    () => async (args) => {
      ({ hostname: host } = args.request as { hostname: string });
      throw new Error('This is as far as it goes.');
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  await expect(send()).rejects.toThrow('This is as far as it goes.');
  client.destroy();
  return host;
}

test('Kinesis Video has the one that AWS gives it', async () => {
  const hostIn = (region: string) => {
    const client = makeKinesisVideoClients(LIMITS)(region);
    return hostOf(client, () => client.send(new ListStreamsCommand({})));
  };
  const found = await Promise.all(KINESIS_VIDEO_REGIONS.map(async (region) => [region, await hostIn(region)]));
  expect(Object.fromEntries(found)).toEqual(HOSTS);
});

test('STS is asked in the region of the function, and never by its global name', async () => {
  for (const region of KINESIS_VIDEO_REGIONS) {
    process.env.AWS_REGION = region;
    const client = makeSts(LIMITS);
    const host = await hostOf(client, () => client.send(new AssumeRoleCommand({ RoleArn: 'a', RoleSessionName: 'b' })));
    expect(host).toBe(`sts.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`);
  }
  delete process.env.AWS_REGION;
});

/** https://docs.aws.amazon.com/general/latest/gr/ao.html */
test('Organizations has one for each partition, whichever region asks', async () => {
  const hosts = {
    'eu-west-1': 'organizations.us-east-1.amazonaws.com',
    'me-south-1': 'organizations.us-east-1.amazonaws.com',
    'us-gov-east-1': 'organizations.us-gov-west-1.amazonaws.com',
    'cn-north-1': 'organizations.cn-northwest-1.amazonaws.com.cn',
  };
  for (const [region, host] of Object.entries(hosts)) {
    process.env.AWS_REGION = region;
    const client = makeOrganizations(LIMITS);
    await expect(hostOf(client, () => client.send(new ListAccountsCommand({})))).resolves.toBe(host);
  }
  delete process.env.AWS_REGION;
});

test('Kinesis Video has the one that the environment names, in GovCloud too, where there is one', async () => {
  const service = await startService('us-gov-west-1');
  service.answer(json({ StreamInfoList: [] }));
  process.env.AWS_ENDPOINT_URL_KINESIS_VIDEO = service.options.endpoint;
  const client = makeKinesisVideoClients({ connectTimeoutMs: 1000, requestTimeoutMs: 1000 })('us-gov-west-1');
  await expect(client.send(new ListStreamsCommand({}))).resolves.toMatchObject({ StreamInfoList: [] });
  client.destroy();
  await service.close();
  delete process.env.AWS_ENDPOINT_URL_KINESIS_VIDEO;
  expect(service.asked).toHaveLength(1);
});
