import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { parseWorld } from '../../src/local/parse-world.ts';
import {
  accountsLab,
  accountsWorld,
  cleanUp,
  EXTERNAL_ID,
  HUB,
  NORTH,
  REGION,
  refusal,
  roleOf,
  SOUTH,
} from './accounts-lab.ts';

afterEach(cleanUp);

const denied = (accountId: string, role = roleOf(accountId), who = `arn:aws:iam::${HUB}:root`) =>
  refusal('AccessDenied', 403, `User: ${who} is not authorized to perform: sts:AssumeRole on resource: ${role}`);

describe('assuming the role of a member account', () => {
  test('gives credentials for as long as was asked, with every field', async () => {
    const nowMs = Date.parse('2026-11-20T06:00:00.700Z');
    const { assume } = await accountsLab(accountsWorld(), { nowMs: () => nowMs });
    const { $metadata, ...answer } = await assume(NORTH, { DurationSeconds: 900 });
    expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer).toEqual({
      AssumedRoleUser: {
        Arn: `arn:aws:sts::${NORTH}:assumed-role/kvs-census-member/kvs-census`,
        AssumedRoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}:kvs-census$/),
      },
      Credentials: {
        AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
        SecretAccessKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
        SessionToken: expect.stringMatching(/^[A-Za-z0-9+/=]+$/),
        Expiration: new Date('2026-11-20T06:15:00Z'),
      },
    });
  });

  test('an hour, if nobody says how long', async () => {
    const { assume } = await accountsLab(accountsWorld(), { nowMs: () => 0 });
    expect((await assume(NORTH)).Credentials?.Expiration).toEqual(new Date(3_600_000));
  });

  test.each<[title: string, accountId: string, input: object]>([
    ['another external id', NORTH, { ExternalId: `${EXTERNAL_ID}-` }],
    ['no external id', NORTH, { ExternalId: undefined }],
    ['a role of another name', NORTH, { RoleArn: roleOf(NORTH, 'kvs-census') }],
    ['an account that is not in the world', '999999999999', {}],
    ['the hub itself, which has no such role', HUB, {}],
  ])('is denied in the same words with %s', async (_title, accountId, input) => {
    const { assume } = await accountsLab();
    const { RoleArn = roleOf(accountId) } = input as { RoleArn?: string };
    await expect(assume(accountId, input)).rejects.toEqual(denied(accountId, RoleArn));
  });

  test.each([
    ['is missing', { role: 'missing' }],
    ['asks for another external id', { role: 'wrong-external-id' }],
    ['is in a suspended account', { state: 'SUSPENDED' }],
    ['is in a closed account', { state: 'CLOSED' }],
    ['is in an account that was never activated', { state: 'PENDING_ACTIVATION' }],
  ])('is denied if the role %s', async (_title, account) => {
    const { assume } = await accountsLab(accountsWorld({}, { accountId: '444444444444', ...account }));
    await expect(assume('444444444444')).rejects.toEqual(denied('444444444444'));
    await expect(assume(NORTH)).resolves.toBeDefined();
  });

  test('is denied to whoever comes with the session of a member', async () => {
    const { assume, sessionOf } = await accountsLab();
    const who = `arn:aws:sts::${NORTH}:assumed-role/kvs-census-member/kvs-census`;
    const north = await sessionOf(NORTH);
    await expect(assume(SOUTH, {}, north)).rejects.toEqual(denied(SOUTH, roleOf(SOUTH), who));
  });

  test('asks for the role and the external id that the world names', async () => {
    const memberRole = { name: 'census', externalId: 'of-our-own-1234567' };
    const { assume } = await accountsLab(accountsWorld({ memberRole }));
    const asked = { RoleArn: roleOf(NORTH, 'census'), ExternalId: memberRole.externalId };
    await expect(assume(NORTH, asked)).resolves.toBeDefined();
    await expect(assume(NORTH)).rejects.toEqual(denied(NORTH));
  });

  test('a role that takes a moment to be known is denied once', async () => {
    const role = { kind: 'missing', calls: 1 };
    const { assume } = await accountsLab(accountsWorld({}, { accountId: '444444444444', role }));
    await expect(assume('444444444444')).rejects.toEqual(denied('444444444444'));
    await expect(assume('444444444444')).resolves.toBeDefined();
  });

  test('a fault of all roles is of each account, unless the account has none', async () => {
    const memberRole = { fault: { kind: 'throttled', calls: 1 } };
    const { assume } = await accountsLab(accountsWorld({ memberRole }, { accountId: '444444444444', role: null }));
    const throttled = refusal('Throttling', 400, 'Rate exceeded');
    await expect(assume(NORTH)).rejects.toEqual(throttled);
    await expect(assume(SOUTH)).rejects.toEqual(throttled);
    await expect(assume(SOUTH)).resolves.toBeDefined();
    await expect(assume('444444444444')).resolves.toBeDefined();
  });

  test.each([
    ['hang', expect.objectContaining({ name: expect.stringMatching(/Abort|Timeout/) })],
    ['drops-connection', expect.objectContaining({ message: expect.stringContaining('socket hang up') })],
    ['server-error', refusal('InternalFailure', 500)],
  ])('the fault %s', async (role, met) => {
    const { assume } = await accountsLab(accountsWorld({}, { accountId: '444444444444', role }));
    await expect(assume('444444444444')).rejects.toEqual(met);
  });

  const unfit = (value: string, field: string, must: string) =>
    `1 validation error detected: Value ${value} at '${field}' failed to satisfy constraint: Member must ${must}`;

  test.each<[title: string, input: object, message: string]>([
    [
      'too short a time',
      { DurationSeconds: 899 },
      unfit("'899'", 'durationSeconds', 'have value greater than or equal to 900'),
    ],
    [
      'too long a time',
      { DurationSeconds: 43_201 },
      unfit("'43201'", 'durationSeconds', 'have value less than or equal to 43200'),
    ],
    [
      'more than the role grants',
      { DurationSeconds: 3601 },
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    ],
    [
      'too short a role',
      { RoleArn: 'arn:aws:iam::2' },
      unfit("'arn:aws:iam::2'", 'roleArn', 'have length greater than or equal to 20'),
    ],
    ['no role', { RoleArn: `arn:aws:iam::${NORTH}:user/somebody` }, 'Request ARN is invalid'],
    [
      'a session with a space',
      { RoleSessionName: 'kvs census' },
      unfit("'kvs census'", 'roleSessionName', 'satisfy regular expression pattern: [\\w+=,.@-]*'),
    ],
    [
      'a session of one letter',
      { RoleSessionName: 'k' },
      unfit("'k'", 'roleSessionName', 'have length greater than or equal to 2'),
    ],
    ['no session', { RoleSessionName: undefined }, unfit('null', 'roleSessionName', 'not be null')],
    [
      'an external id of one letter',
      { ExternalId: 'x' },
      unfit("'x'", 'externalId', 'have length greater than or equal to 2'),
    ],
    [
      'an external id with a space',
      { ExternalId: 'two words' },
      unfit("'two words'", 'externalId', 'satisfy regular expression pattern: [\\w+=,.@:/-]*'),
    ],
  ])('%s is refused as what it is', async (_title, input, message) => {
    const { assume } = await accountsLab();
    await expect(assume(NORTH, input)).rejects.toEqual(refusal('ValidationError', 400, message));
  });
});

describe('who somebody is', () => {
  const identityOf = async (lab: Awaited<ReturnType<typeof accountsLab>>, keys?: Parameters<typeof lab.sts>[0]) => {
    const { $metadata: _, ...identity } = await lab.sts(keys).send(new GetCallerIdentityCommand({}));
    return identity;
  };

  test('is told of the session that the question is signed with', async () => {
    const lab = await accountsLab();
    expect(await identityOf(lab)).toEqual({ Account: HUB, Arn: `arn:aws:iam::${HUB}:root`, UserId: HUB });
    const assumed = await lab.assume(SOUTH);
    expect(await identityOf(lab, await lab.sessionOf(SOUTH))).toEqual({
      Account: SOUTH,
      Arn: `arn:aws:sts::${SOUTH}:assumed-role/kvs-census-member/kvs-census`,
      UserId: assumed.AssumedRoleUser?.AssumedRoleId,
    });
  });

  test('is told in a world of one account, where no role can be assumed', async () => {
    const lab = await accountsLab(parseWorld({ accountId: HUB, regions: { [REGION]: { streams: 1 } } }, 'x'));
    const anybody = { accessKeyId: 'ASIAANYBODY', secretAccessKey: 's', sessionToken: 'whatever' };
    expect(await identityOf(lab, anybody)).toMatchObject({ Account: HUB });
    await expect(lab.assume(NORTH)).rejects.toEqual(denied(NORTH));
  });
});

test('whatever else STS can do is refused by name', async () => {
  const { sts } = await accountsLab();
  await expect(sts().send(new GetSessionTokenCommand({}))).rejects.toEqual(refusal('InvalidAction', 400));
  await expect(
    sts().send(new AssumeRoleCommand({ RoleArn: undefined, RoleSessionName: 'kvs-census' })),
  ).rejects.toEqual(refusal('ValidationError', 400, expect.stringContaining("Value null at 'roleArn'")));
});
