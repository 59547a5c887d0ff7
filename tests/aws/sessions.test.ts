/** What AWS STS answers who asks for a session of a member account's role, and everything else that may come instead. */
import { KinesisVideoClient } from '@aws-sdk/client-kinesis-video';
import type { STSClient } from '@aws-sdk/client-sts';
import { makeSts } from '../../src/aws/clients.ts';
import { LONGEST_ANSWER } from '../../src/aws/http.ts';
import { streamsLister } from '../../src/aws/kinds/streams.ts';
import { makeListPage } from '../../src/aws/list-page.ts';
import { makeSessions } from '../../src/aws/sessions.ts';
import { CountError } from '../../src/census/errors.ts';
import { errorFields } from '../../src/log.ts';
import {
  type Answer,
  type Asked,
  json,
  NO_GOOD,
  type Service,
  startService,
  UNKNOWN_IDENTITY,
  xmlRefusal,
} from './service.ts';

const MEMBER = '210987654321';
const OTHER = '310987654321';
const NOW_MS = Date.parse('2026-11-20T06:00:00Z');
const MINUTE_MS = 60_000;

let service: Service;
let sts: STSClient;
let impatient: STSClient;
beforeAll(async () => {
  service = await startService();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: service.options.endpoint,
    AWS_REGION: service.options.region,
    AWS_ACCESS_KEY_ID: 'anybody',
    AWS_SECRET_ACCESS_KEY: 'anything',
  });
  sts = makeSts({ connectTimeoutMs: 1000, requestTimeoutMs: 5000 });
  impatient = makeSts({ connectTimeoutMs: 1000, requestTimeoutMs: 200 });
  // The waits of the SDK before it tries again are a part of chance: none.
  jest.spyOn(Math, 'random').mockReturnValue(0);
});
afterAll(async () => {
  jest.restoreAllMocks();
  sts.destroy();
  impatient.destroy();
  delete process.env.AWS_ENDPOINT_URL;
  await service.close();
});

function open({ nowMs = NOW_MS, partition = 'aws', client = sts as Pick<STSClient, 'send'> } = {}) {
  const time = { nowMs };
  const sessions = makeSessions({
    sts: client,
    roleName: 'kvs-census-member',
    externalId: 'an external/id=1',
    partition,
    nowMs: () => time.nowMs,
  });
  return { ...sessions, time };
}

type Fields = { accountId?: string; key?: string; expiration?: string; more?: string; arn?: string };

/** As AWS writes one. */
function assumed({ accountId = MEMBER, key = 'ASIA1', expiration = at(15), more = '', arn }: Fields = {}): Answer {
  const role = arn ?? `arn:aws:sts::${accountId}:assumed-role/kvs-census-member/kvs-census`;
  return {
    headers: { 'content-type': 'text/xml' },
    body: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>${more}
      <AssumedRoleUser><AssumedRoleId>AROA1:kvs-census</AssumedRoleId><Arn>${role}</Arn></AssumedRoleUser>
      <Credentials><AccessKeyId>${key}</AccessKeyId><SecretAccessKey>secret-key</SecretAccessKey><SessionToken>secret-token</SessionToken>
      <Expiration>${expiration}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
  };
}

const at = (minutes: number) => new Date(NOW_MS + minutes * MINUTE_MS).toISOString();

/** The answer to whichever account was asked for. */
const ofWhoIsAsked = ({ body }: Asked) =>
  assumed({ accountId: /%3Aiam%3A%3A(\d{12})%3A/.exec(body)![1]!, key: `ASIA${service.asked.length}` });

const changed = (answer: Answer, from: RegExp | string, to: string): Answer => ({
  ...(answer as { body: string }),
  body: (answer as { body: string }).body.replace(from, to),
});
const without = (answer: Answer, field: RegExp) => changed(answer, field, '');

test('the role is asked for by its ARN in that account, with the external id, for the shortest time that there is', async () => {
  service.answer(assumed());
  await expect(open().credentialsOf(MEMBER)()).resolves.toEqual({
    accessKeyId: 'ASIA1',
    secretAccessKey: 'secret-key',
    sessionToken: 'secret-token',
    expiration: new Date(at(15)),
  });
  expect(Object.fromEntries(new URLSearchParams(service.asked[0]!.body))).toEqual({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: `arn:aws:iam::${MEMBER}:role/kvs-census-member`,
    RoleSessionName: 'kvs-census',
    ExternalId: 'an external/id=1',
    DurationSeconds: '900',
  });
  expect(service.asked[0]!.headers.authorization).toContain('/eu-west-1/sts/');
});

test('in another partition it has the ARN of that partition', async () => {
  service.answer(assumed({ arn: `arn:aws-cn:sts::${MEMBER}:assumed-role/kvs-census-member/kvs-census` }));
  await open({ partition: 'aws-cn' }).credentialsOf(MEMBER)();
  expect(new URLSearchParams(service.asked[0]!.body).get('RoleArn')).toMatch(/^arn:aws-cn:iam::/);
});

describe('A session', () => {
  test('is asked for once, whoever needs it at the same time, and kept', async () => {
    service.answerBy(ofWhoIsAsked);
    const { credentialsOf, askAccess } = open();
    const all = [credentialsOf(MEMBER)(), credentialsOf(MEMBER)(), askAccess(MEMBER), credentialsOf(MEMBER)()];
    await Promise.all(all);
    await expect(credentialsOf(MEMBER)()).resolves.toMatchObject({ accessKeyId: 'ASIA1' });
    expect(service.asked).toHaveLength(1);
  });

  test.each([at(16), '2126-11-20T06:00:00Z', '9999-12-31T23:59:59Z'])(
    'that says it lasts until %s is kept no longer than was asked for',
    async (expiration) => {
      service.answerBy(() => assumed({ expiration, key: `ASIA${service.asked.length}` }));
      const { credentialsOf, time } = open();
      await expect(credentialsOf(MEMBER)()).resolves.toMatchObject({ expiration: new Date(at(15)) });
      time.nowMs = NOW_MS + 10 * MINUTE_MS;
      await expect(credentialsOf(MEMBER)()).resolves.toMatchObject({ accessKeyId: 'ASIA2' });
    },
  );

  test('is of one account alone', async () => {
    service.answerBy(ofWhoIsAsked);
    const { credentialsOf } = open();
    const [one, other] = await Promise.all([credentialsOf(MEMBER)(), credentialsOf(OTHER)()]);
    expect(one.accessKeyId).not.toBe(other.accessKeyId);
    expect(service.asked).toHaveLength(2);
  });

  test('is kept until five minutes before its end, and then another one is asked for', async () => {
    service.answerBy(ofWhoIsAsked);
    const { credentialsOf, time } = open();
    const keyAt = async (ms: number) => {
      time.nowMs = NOW_MS + ms;
      return (await credentialsOf(MEMBER)()).accessKeyId;
    };
    expect([await keyAt(0), await keyAt(10 * MINUTE_MS - 1), await keyAt(10 * MINUTE_MS)]).toEqual([
      'ASIA1',
      'ASIA1',
      'ASIA2',
    ]);
  });

  test('that is as good as over when it comes is given, and not kept', async () => {
    service.answer(assumed({ expiration: at(1) }));
    const { credentialsOf } = open();
    for (let nth = 0; nth < 2; nth++) await credentialsOf(MEMBER)();
    expect(service.asked).toHaveLength(2);
  });

  test('that could not be had is asked for again by whoever needs it next', async () => {
    service.answer(xmlRefusal(403, 'AccessDenied'), assumed());
    const { credentialsOf } = open();
    await expect(credentialsOf(MEMBER)()).rejects.toThrow(CountError);
    await expect(credentialsOf(MEMBER)()).resolves.toMatchObject({ accessKeyId: 'ASIA1' });
  });
});

const CREDENTIALS = /<Credentials>[\s\S]*<\/Credentials>/;

describe.each<[what: string, answers: readonly Answer[], reason: string, access: string]>([
  ['that the role cannot be assumed', [xmlRefusal(403, 'AccessDenied')], 'no-access', 'refused'],
  ['that it is denied, in other words', [xmlRefusal(400, 'AccessDeniedException')], 'no-access', 'refused'],
  [
    'that the account has not switched on the region',
    [xmlRefusal(403, 'RegionDisabledException')],
    'no-access',
    'refused',
  ],
  ['a refusal of another kind', [xmlRefusal(403, 'SomethingNew')], 'denied', 'denied'],
  ['that it is asked too often', [xmlRefusal(400, 'Throttling')], 'throttled', 'throttled'],
  ['that it is asked too often, in other words', [xmlRefusal(429, 'NewestThrottle')], 'throttled', 'throttled'],
  ['an error of its own', [xmlRefusal(500, 'InternalFailure')], 'unreachable', 'unreachable'],
  ['nothing, and goes', ['hang-up'], 'unreachable', 'unreachable'],
  ['that the question is no good', [xmlRefusal(400, 'ValidationError')], 'bad-answer', 'bad-answer'],
  ['what is no XML', [{ body: 'no' }], 'bad-answer', 'bad-answer'],
  ['without credentials', [without(assumed(), CREDENTIALS)], 'bad-answer', 'bad-answer'],
  ['without a key', [without(assumed(), /<AccessKeyId>.*<\/AccessKeyId>/)], 'bad-answer', 'bad-answer'],
  ['without a secret', [without(assumed(), /<SecretAccessKey>.*<\/SecretAccessKey>/)], 'bad-answer', 'bad-answer'],
  ['without a token', [without(assumed(), /<SessionToken>.*<\/SessionToken>/)], 'bad-answer', 'bad-answer'],
  ['with an empty token', [without(assumed(), /secret-token/)], 'bad-answer', 'bad-answer'],
  ['with a key that no header takes', [assumed({ key: 'ASIA€' })], 'bad-answer', 'bad-answer'],
  ['with a token of two lines', [changed(assumed(), 'secret-token', 'secret&#10;token')], 'bad-answer', 'bad-answer'],
  ['without an end', [without(assumed(), /<Expiration>.*<\/Expiration>/)], 'bad-answer', 'bad-answer'],
  ['with an end that is no instant', [assumed({ expiration: 'soon' })], 'bad-answer', 'bad-answer'],
  ['credentials whose time is over', [assumed({ expiration: at(0) })], 'bad-answer', 'bad-answer'],
  ['credentials of another account', [assumed({ accountId: OTHER })], 'bad-answer', 'bad-answer'],
  ['credentials of nobody', [without(assumed(), /<AssumedRoleUser>.*<\/AssumedRoleUser>/)], 'bad-answer', 'bad-answer'],
  ['credentials of a user', [assumed({ arn: `arn:aws:iam::${MEMBER}:user/kvs-census` })], 'bad-answer', 'bad-answer'],
  ['without an end of its own', [{ flood: 8 * LONGEST_ANSWER }], 'bad-answer', 'bad-answer'],
  ...[...NO_GOOD, ...UNKNOWN_IDENTITY].map((name): [string, Answer[], string, string] => [
    name,
    [xmlRefusal(403, name)],
    'bad-credentials',
    'denied',
  ]),
])('Where STS answers %s', (_what, answers, reason, access) => {
  test(`the reason is ${reason}, and nothing of what was answered is in what is said of it`, async () => {
    service.answer(...answers);
    const error: unknown = await open()
      .credentialsOf(MEMBER)()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CountError);
    expect(error).toMatchObject({ reason });
    const said = JSON.stringify([errorFields(error), errorFields((error as CountError).cause)]);
    for (const secret of ['secret', 'This is', MEMBER, 'kvs-census-member', 'external'])
      expect(said).not.toContain(secret);
  });

  test(access === 'refused' ? 'access is refused' : `access is not known: ${access}`, async () => {
    service.answer(...answers);
    const told = access === 'refused' ? access : { because: access, cause: expect.any(CountError) };
    await expect(open().askAccess(MEMBER)).resolves.toEqual(told);
  });
});

test('access is granted where there is a session', async () => {
  service.answer(assumed());
  await expect(open().askAccess(MEMBER, new AbortController().signal)).resolves.toBe('granted');
});

test.each(['silence', 'processing', 'half'] as const)(
  'access is not known as soon as nobody waits any longer (%s)',
  async (first) => {
    service.answer(first);
    const { askAccess } = open();
    const over = new AbortController();
    const access = askAccess(MEMBER, over.signal);
    while (service.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    over.abort();
    await expect(access).resolves.toMatchObject({ because: 'timed-out' });
  },
);

test.each(['half', 'trickle'] as const)(
  'where no answer has an end (%s), whoever asks next has STS asked again',
  async (first) => {
    service.answer(first);
    let client = impatient;
    const { credentialsOf } = open({ client: { send: ((asked) => client.send(asked)) as STSClient['send'] } });
    await expect(credentialsOf(MEMBER)()).rejects.toMatchObject({ reason: 'timed-out', retryable: true });
    client = sts;
    service.answer(assumed());
    await expect(credentialsOf(MEMBER)()).resolves.toMatchObject({ accessKeyId: 'ASIA1' });
  },
);

test('nobody is asked for whom nobody waits', async () => {
  service.answer(assumed());
  await expect(open().askAccess(MEMBER, AbortSignal.abort())).resolves.toMatchObject({ because: 'timed-out' });
  await expect(open().askAccess(MEMBER)).resolves.toBe('granted');
  expect(service.asked).toHaveLength(1);
});

describe('A region of another account is listed by a session of that account', () => {
  let video: KinesisVideoClient;
  afterEach(() => video.destroy());

  async function list(answerBy: (asked: Asked) => Answer, timeLimitMs?: number) {
    service.answerBy(answerBy);
    video = new KinesisVideoClient({
      ...service.options,
      maxAttempts: 1,
      credentials: open({ nowMs: Date.now() }).credentialsOf(MEMBER),
    });
    const listPage = makeListPage(streamsLister(video), 'eu-west-1', 10_000, async () => 'enabled');
    return await listPage(timeLimitMs === undefined ? {} : { timeLimitMs });
  }
  const isOfSts = ({ body }: Asked) => body.startsWith('Action=AssumeRole');
  const lasting = () => assumed({ expiration: new Date(Date.now() + 15 * MINUTE_MS).toISOString() });

  test('which signs every request, and whose token goes with it', async () => {
    await list((asked) => (isOfSts(asked) ? lasting() : json({ StreamInfoList: [] })));
    expect(service.asked.find((asked) => !isOfSts(asked))?.headers).toMatchObject({
      authorization: expect.stringContaining('Credential=ASIA1/'),
      'x-amz-security-token': 'secret-token',
    });
  });

  test.each<[string, Answer, object]>([
    ['refused, nobody may count there', xmlRefusal(403, 'AccessDenied'), { reason: 'no-access', retryable: false }],
    [
      'throttled, it may be had a moment later',
      xmlRefusal(400, 'Throttling'),
      { reason: 'throttled', retryable: true },
    ],
    ['odd, it is none', assumed({ accountId: OTHER }), { reason: 'bad-answer', retryable: true }],
  ])('where that is %s', async (_how, answer, expected) => {
    await expect(list(() => answer)).rejects.toMatchObject(expected);
    expect(service.asked.filter((asked) => !isOfSts(asked))).toEqual([]);
  });

  test('where it does not come, the call ends in its time all the same', async () => {
    await expect(list(() => 'silence', 20)).rejects.toMatchObject({ reason: 'timed-out' });
  });
});
