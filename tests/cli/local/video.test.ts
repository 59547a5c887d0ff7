/** `npm start -- --video aws`: the local pipeline on somebody's own account, here one that a server of this machine plays. */
import { join } from 'node:path';
import { parseQuotaSaid, parseTarget } from '../../../src/cli/local/targets.ts';
import { chooseVideo, truthOf, type VideoOptions } from '../../../src/cli/local/video.ts';
import { ensurePackaged } from '../../../src/local/package.ts';
import { regionsOf, worldOf } from '../../../src/local/world.ts';
import { CERTIFICATE, KEY } from '../source/certificate.ts';
import { type FakeAws, onMachine, startAws, startProxy, write } from '../source/machine.ts';
import { cleanUp, temporaryFolder } from '../world.ts';

/** A machine that is told a great deal about AWS, none of which is about what runs on this machine. */
const HOSTILE = {
  AWS_USE_FIPS_ENDPOINT: 'true',
  AWS_USE_DUALSTACK_ENDPOINT: 'true',
  AWS_RETRY_MODE: 'rubbish',
  AWS_MAX_ATTEMPTS: 'many',
  AWS_DEFAULTS_MODE: 'rubbish',
  AWS_SDK_UA_APP_ID: 'x'.repeat(60),
  AWS_ACCOUNT_ID_ENDPOINT_MODE: 'rubbish',
  AWS_STS_REGIONAL_ENDPOINTS: 'rubbish',
  AWS_ENDPOINT_DISCOVERY_ENABLED: 'rubbish',
  AWS_REQUEST_CHECKSUM_CALCULATION: 'rubbish',
  AWS_DISABLE_REQUEST_COMPRESSION: 'rubbish',
  AWS_AUTH_SCHEME_PREFERENCE: 'rubbish',
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1',
  AWS_PROFILE: 'nobody',
  AWS_ACCESS_KEY_ID: 'half',
  AWS_REGION: 'nowhere at all',
  HTTP_PROXY: 'http://127.0.0.1:1',
  https_proxy: 'socks5h://127.0.0.1:1',
  AWS_CA_BUNDLE: '/nowhere',
};
const CONFIG = `
[default]
use_fips_endpoint = true
use_dualstack_endpoint = true
endpoint_url = http://127.0.0.1:1
services = elsewhere
retry_mode = rubbish
[services elsewhere]
dynamodb =
  endpoint_url = http://127.0.0.1:1
sns =
  endpoint_url = http://127.0.0.1:1
`;
const KEYS = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 't' };

let home: string;
beforeAll(async () => {
  await ensurePackaged({ root: join(__dirname, '../../..'), log: () => {} });
});
beforeEach(() => {
  home = temporaryFolder();
});
afterEach(cleanUp);

test('whatever the machine says of AWS, the local stack counts its world, and its ledger is read', async () => {
  write(home, {
    '.aws/config': CONFIG,
    'world.json': JSON.stringify({ regions: { 'eu-west-1': { streams: 12 }, 'us-east-1': { streams: 30 } } }),
  });
  const counted = await onMachine({ home, env: HOSTILE }, 'local --world world.json');
  expect(counted).toMatchObject({ code: 0, err: '' });
  expect(counted.out).toContain('42 streams in 2 of 2 regions: complete');
  const everything = { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://127.0.0.1:1', HTTPS_PROXY: 'http://127.0.0.1:1' };
  for (const env of [HOSTILE, everything]) {
    const read = await onMachine({ home, env }, 'latest --local');
    expect(read).toMatchObject({ code: 0, err: '' });
    expect(read.out).toContain('42 streams');
  }
});

describe('What is broken by hand', () => {
  const NOTHING: VideoOptions = {
    video: 'local',
    deny: [],
    throttle: [],
    hang: [],
    off: [],
    quota: [],
    kinds: ['streams'],
  };
  const choose = (options: Partial<VideoOptions>) => chooseVideo({ ...NOTHING, ...options });

  test('is a region, or what a plan comes from', async () => {
    const { world, plan } = await choose({
      deny: [parseTarget('eu-west-1'), parseTarget('live-list')],
      hang: [parseTarget('opt-in')],
      off: ['me-south-1'],
    });
    expect(regionsOf(world!)['eu-west-1']?.fault?.kind).toBe('denied');
    expect(regionsOf(world!)['me-south-1']?.fault?.kind).toBe('not-enabled');
    expect(world?.sources).toMatchObject({
      lists: { kinesisvideo: { fault: { kind: 'denied' } } },
      optIn: { fault: { kind: 'hang' } },
    });
    expect(plan).toBeUndefined();
  });

  test('is in a world of one’s own as the world says: its sources are asked if it has any', async () => {
    const regions = { 'eu-west-1': { streams: 1 } };
    write(home, { 'silent.json': JSON.stringify({ regions }), 'knows.json': JSON.stringify({ regions, sources: {} }) });
    expect((await choose({ world: join(home, 'silent.json') })).plan).toEqual(['eu-west-1']);
    expect((await choose({ world: join(home, 'knows.json') })).plan).toBeUndefined();
    expect(
      (await choose({ world: join(home, 'silent.json'), throttle: [parseTarget('opt-in')] })).plan,
    ).toBeUndefined();
  });

  test('is broken in one way', async () => {
    const [source, quota, region] = ['opt-in', 'quota', 'quota:eu-west-1'].map(parseTarget);
    const twice = 'Two of --deny, --throttle, --hang, --off and --quota name';
    await expect(choose({ deny: [source!], hang: [source!] })).rejects.toThrow(
      `${twice} opt-in; expected one at most.`,
    );
    await expect(choose({ throttle: [quota!], hang: [region!] })).rejects.toThrow(`${twice} quota:eu-west-1;`);
    const said = parseQuotaSaid('eu-west-1=5');
    await expect(choose({ deny: [region!], quota: [said] })).rejects.toThrow(`${twice} quota:eu-west-1;`);
    await expect(choose({ quota: [said, parseQuotaSaid('eu-west-1=6')] })).rejects.toThrow(`${twice} quota:eu-west-1;`);
    const list = parseTarget('eu-west-1');
    const { world } = await choose({ deny: [list, list], hang: [region!] });
    expect(regionsOf(world!)['eu-west-1']).toMatchObject({
      fault: { kind: 'denied' },
      quota: { fault: { kind: 'hang' } },
    });
  });

  test('is the quota of one region or of all, and what is said of it', async () => {
    const { world } = await choose({ hang: [parseTarget('quota')] });
    const faults = Object.values(regionsOf(world!)).map(({ quota }) => quota.fault?.kind);
    expect(new Set(faults)).toEqual(new Set(['hang']));
    const said = await choose({ quota: [parseQuotaSaid('eu-west-1=9500'), parseQuotaSaid('eu-west-2=none')] });
    expect(regionsOf(said.world!)['eu-west-1']?.quota).toMatchObject({ applied: 9500 });
    expect(regionsOf(said.world!)['eu-west-2']?.quota).toMatchObject({ applied: null });
    await expect(choose({ quota: [parseQuotaSaid('eu-west-9=1')] })).rejects.toThrow(
      'This world has no region eu-west-9',
    );
  });

  test('is of a kind that is counted', async () => {
    const kinds = ['streams', 'channels'] as const;
    const channels = parseTarget('channels:eu-west-1');
    const { world } = await choose({ kinds, deny: [channels] });
    expect(regionsOf(world!, 'channels')['eu-west-1']?.fault?.kind).toBe('denied');
    expect(regionsOf(world!)['eu-west-1']?.fault).toBeUndefined();
    const sentence = 'is of a kind that is not counted: name the kind in --kinds, or leave it out.';
    await expect(choose({ deny: [channels] })).rejects.toThrow(`channels:eu-west-1 ${sentence}`);
    await expect(choose({ hang: [parseTarget('channels:quota')] })).rejects.toThrow(`channels:quota ${sentence}`);
    await expect(choose({ kinds, hang: [parseTarget('data-streams:live-list')] })).rejects.toThrow(sentence);
    await expect(choose({ quota: [parseQuotaSaid('channels:eu-west-1=5')] })).rejects.toThrow(sentence);
  });

  test('a world of one’s own is counted in the regions that it names for any of the kinds', async () => {
    const world = join(home, 'two.json');
    const channels = { regions: { 'eu-west-2': { channels: 4 } } };
    write(home, { 'two.json': JSON.stringify({ regions: { 'eu-west-1': { streams: 1 } }, kinds: { channels } }) });
    const chosen = await choose({ world, kinds: ['streams', 'channels'] });
    expect(chosen.plan).toEqual(['eu-west-1', 'eu-west-2']);
    expect([chosen.service?.truth(['eu-west-1', 'eu-west-2'], 'channels')]).toEqual([4]);
    expect(regionsOf(chosen.world!, 'channels')['eu-west-1']?.size).toBe(0);
    expect((await choose({ world })).plan).toEqual(['eu-west-1']);
    write(home, { 'one.json': JSON.stringify({ regions: { 'eu-west-1': { streams: 1 } } }) });
    await expect(choose({ world: join(home, 'one.json'), kinds: ['streams', 'channels'] })).rejects.toThrow(
      'This world has no channels: give it kinds.channels (docs/local-video.md), or leave channels out of --kinds.',
    );
  });

  test('a world of one’s own without streams is refused with what helps: they cannot be left out', async () => {
    const world = join(home, 'none.json');
    const kinds = { channels: { regions: { 'eu-west-2': { channels: 4 } } } };
    write(home, { 'none.json': JSON.stringify({ kinds }) });
    await expect(choose({ world, kinds: ['streams', 'channels'] })).rejects.toThrow(
      /^This world has no streams, and they are always counted: give it regions \(docs\/local-video\.md\), if only one with 0 streams\.$/,
    );
  });

  describe('in an organisation', () => {
    const [HUB, ROLELESS, PLANTS, GULF] = ['100000000000', '100000000024', '100000000022', '100000000017'] as const;
    const world = 'organisation';
    const faultIn = ({ world: chosen }: Awaited<ReturnType<typeof choose>>, accountId: string, region: string) =>
      regionsOf(worldOf(chosen!, accountId)!)[region]?.fault?.kind;

    test('is counted as an organisation, whose accounts have the role that the functions are told', async () => {
      const chosen = await choose({ world });
      expect(chosen.accountId).toBe(HUB);
      expect(chosen.environment).toEqual({
        ACCOUNTS: 'organization',
        MEMBER_ROLE: 'kvs-census-member',
        EXTERNAL_ID: 'kvs-census-local-world',
      });
      expect(chosen.plan).toBeUndefined();
      expect((await choose({})).environment).toEqual({});
    });

    test('what an account really holds is known by region', async () => {
      const chosen = await choose({ world });
      const counted = [{ region: 'us-east-2', status: 'counted' as const }];
      expect(truthOf(chosen, 'streams', counted, PLANTS)).toEqual({ all: 6010, counted: 3400, elsewhere: 2610 });
      expect(truthOf(chosen, 'streams', [])).toEqual({ all: 1800, counted: 0, elsewhere: 1800 });
      expect(truthOf(chosen, 'streams', [], '999999999999')).toBeUndefined();
    });

    test('is a region in all accounts, or in one', async () => {
      const everywhere = await choose({ world, hang: [parseTarget('us-east-1')] });
      expect([HUB, PLANTS, GULF].map((id) => faultIn(everywhere, id, 'us-east-1'))).toEqual(['hang', 'hang', 'hang']);
      const inOne = await choose({ world, hang: [parseTarget(`${PLANTS}:us-east-1`)] });
      expect([HUB, PLANTS, GULF].map((id) => faultIn(inOne, id, 'us-east-1'))).toEqual([undefined, 'hang', undefined]);
      const off = await choose({ world, off: ['me-south-1'] });
      expect([faultIn(await choose({ world }), GULF, 'me-south-1'), faultIn(off, GULF, 'me-south-1')]).toEqual([
        undefined,
        'not-enabled',
      ]);
    });

    test('is the role of an account, or the list of them', async () => {
      const chosen = await choose({
        world,
        deny: [parseTarget('organizations'), parseTarget(`role:${PLANTS}`)],
        hang: [parseTarget(`role:${GULF}`)],
      });
      expect(chosen.world?.organization?.fault?.kind).toBe('denied');
      const roles = [PLANTS, GULF, ROLELESS].map((id) => chosen.world?.organization?.accounts.get(id)?.role?.kind);
      expect(roles).toEqual(['missing', 'hang', 'missing']);
    });

    test('is nothing that is not there', async () => {
      const deny = async (...said: string[]) => await choose({ world, deny: said.map(parseTarget) });
      await expect(deny('role:999999999999')).rejects.toThrow('This world has no account 999999999999.');
      await expect(deny('999999999999:us-east-1')).rejects.toThrow('This world has no account 999999999999.');
      await expect(deny(`role:${HUB}`)).rejects.toThrow(`The account ${HUB} is the hub, which needs no role.`);
      await expect(deny('eu-north-1')).rejects.toThrow(
        'This world has no region eu-north-1; expected one of us-east-1',
      );
      const alone = choose({ deny: [parseTarget('organizations')] });
      await expect(alone).rejects.toThrow('This world has one account, and no organisation.');
    });

    test('a world of one’s own is counted in the regions that any account names, each of which then has them all', async () => {
      const accounts = [{ accountId: HUB }, { accountId: GULF, regions: { 'me-south-1': { streams: 4 } } }];
      const own = { accountId: HUB, regions: { 'eu-west-1': { streams: 1 } }, accounts, memberRole: { name: 'ours' } };
      write(home, { 'own.json': JSON.stringify(own) });
      const chosen = await choose({ world: join(home, 'own.json') });
      expect(chosen.plan).toEqual(['eu-west-1', 'me-south-1']);
      expect(chosen.environment).toMatchObject({ ACCOUNTS: 'organization', MEMBER_ROLE: 'ours' });
      const holds = (id: string) => chosen.service?.truth(['eu-west-1', 'me-south-1'], 'streams', id);
      expect([holds(HUB), holds(GULF)]).toEqual([1, 5]);
      expect(regionsOf(chosen.world!)['me-south-1']?.size).toBe(0);
    });
  });

  test('shapes the local world alone', async () => {
    const sentence = '--world, --deny, --throttle, --hang, --off and --quota shape the local Kinesis Video';
    await expect(choose({ video: 'aws', quota: [parseQuotaSaid('eu-west-1=1')] })).rejects.toThrow(sentence);
  });
});

describe('An account of AWS', () => {
  let aws: FakeAws;
  beforeEach(async () => {
    aws = await startAws();
  });
  afterEach(() => aws.stop());
  const count = (env: Record<string, string>, timeScale = 1) =>
    onMachine({ home, env }, `local --video aws --regions eu-west-1 --time-scale ${timeScale}`);

  test('is counted with the credentials and the region that the AWS CLI would use', async () => {
    const config = '[profile mine]\nregion = eu-west-1\naws_access_key_id = MINE\naws_secret_access_key = s\n';
    write(home, { '.aws/config': config });
    const { code, out, err } = await count({ AWS_DEFAULT_PROFILE: 'mine', AWS_ENDPOINT_URL: aws.url });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('0 streams in 1 of 1 region: complete');
    // The quota is asked for beside the list.
    const asked = ['GetCallerIdentity', 'GetServiceQuota', 'ListStreams'];
    expect([...aws.asked].sort((a, b) => a.what.localeCompare(b.what))).toEqual(
      asked.map((what) => ({ what, key: 'MINE', region: 'eu-west-1' })),
    );
  });

  test('is named by AWS_PROFILE, since this command has no --profile', async () => {
    const { code, err } = await count({ AWS_ENDPOINT_URL: aws.url });
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^error: No AWS credentials were found: .* in AWS_PROFILE;/),
    ]);
  });

  test.each(['ExpiredTokenException', 'UnrecognizedClientException'])(
    'whose session ends in the middle (%s): the record says so, and nothing else is advised',
    async (name) => {
      aws.refusals.ListStreams = { status: 403, name };
      aws.refusals['POST /getRegionOptStatus'] = { status: 403, name };
      const { code, out } = await count({ ...KEYS, AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: aws.url }, 20);
      expect(code).toBe(2);
      expect(out).toContain('missing: eu-west-1 (bad-credentials)');
      const explained = await onMachine({ home }, 'explain latest --local --account 123456789012');
      expect(explained.out).toContain('sign in again');
      expect(explained.out).not.toContain('service control policy');
    },
  );

  test.each([
    [
      'expired',
      { GetCallerIdentity: { status: 403, name: 'ExpiredToken' } },
      'The AWS credentials in the environment have expired: set new',
    ],
    [
      'unknown',
      { GetCallerIdentity: { status: 403, name: 'InvalidClientTokenId' } },
      'AWS does not accept the credentials in the environment',
    ],
    ['nobody', {}, 'There is no profile nobody'],
  ])('that cannot be entered (%s) is not begun', async (_what, refusals, sentence) => {
    Object.assign(aws.refusals, refusals);
    const keys = 'GetCallerIdentity' in refusals ? KEYS : { AWS_PROFILE: 'nobody' };
    const { code, out, err } = await count({ ...keys, AWS_ENDPOINT_URL: aws.url });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^error: [^\n]+\.\n$/);
    expect(err).toContain(sentence);
  });

  test('is reached through the proxy of the machine, by the functions, too', async () => {
    const secure = await startAws({ key: KEY, cert: CERTIFICATE });
    const proxy = await startProxy(secure.port);
    write(home, { 'bundle.pem': CERTIFICATE });
    const network = { HTTPS_PROXY: proxy.address, AWS_CA_BUNDLE: join(home, 'bundle.pem') };
    try {
      const { code, err } = await count({ ...KEYS, AWS_REGION: 'eu-west-1', ...network });
      const asked = ['kinesisvideo', 'servicequotas', 'sts'];
      expect({ code, err, asked: [...proxy.asked].sort() }).toEqual({
        code: 0,
        err: '',
        asked: asked.map((service) => `${service}.eu-west-1.amazonaws.com:443`),
      });
    } finally {
      proxy.stop();
      secure.stop();
    }
  });
});
