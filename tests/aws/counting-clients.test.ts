/** Whose credentials each request has where one process counts many accounts, and what that costs it: over HTTP. */
import { type CountingClients, makeCountingClients } from '../../src/aws/counting-clients.ts';
import { makeReadOptInStatesOf } from '../../src/aws/opt-in-states.ts';
import { CountError } from '../../src/census/errors.ts';
import { descriptorOf, KINDS, type Kind } from '../../src/census/kinds.ts';
import { WIRES } from './kinds/wires.ts';
import { json, refusal, type Service, startService } from './service.ts';

const REGION = 'eu-west-1';
const LIMITS = { connectTimeoutMs: 1000, requestTimeoutMs: 5000 };
type ClientsOf = (accountId?: string) => CountingClients;

const forEver = () => new AbortController().signal;

let service: Service;
beforeAll(async () => {
  service = await startService(REGION);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: service.options.endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'own',
    AWS_SECRET_ACCESS_KEY: 'anything',
  });
});
afterAll(async () => {
  delete process.env.AWS_ENDPOINT_URL;
  await service.close();
});

/** A session whose key is the account's id; notes who was asked for one. */
function sessions() {
  const asked: string[] = [];
  const credentialsOf = (accountId: string) => async () => {
    asked.push(accountId);
    const expiration = new Date(Date.now() + 900_000);
    return { accessKeyId: accountId, secretAccessKey: 'secret', sessionToken: `token-${accountId}`, expiration };
  };
  return { asked, credentialsOf };
}

const idOf = (nth: number) => String(200_000_000_000 + nth);
const MEMBER = idOf(1);
/** By which key each request was signed. */
const signers = () => service.asked.map(({ headers }) => /Credential=([^/]+)/.exec(headers.authorization ?? '')?.[1]);

function answerWell(): void {
  service.answerBy(({ path, headers }) => {
    if (path === '/listRegions') return json({ Regions: [{ RegionName: REGION, RegionOptStatus: 'ENABLED' }] });
    if (path === '/listSignalingChannels') return json(WIRES.channels.page([]));
    if (`${headers['x-amz-target']}`.startsWith('Kinesis')) return json(WIRES['data-streams'].page([]));
    if (path === '/listStreams') return json(WIRES.streams.page([]));
    return json({ Quota: { Value: 7 } });
  });
}

describe('What is asked of an account', () => {
  const everything = async (clientsOf: ClientsOf, accountId?: string) => {
    const { listPageOf, askQuota } = clientsOf(accountId);
    for (const kind of KINDS) await listPageOf(kind, REGION)({});
    await askQuota(descriptorOf('streams').quota!, REGION, 'applied', forEver());
  };

  test('is asked with a session of that account, and of one’s own with one’s own credentials', async () => {
    answerWell();
    const { credentialsOf } = sessions();
    const clientsOf = makeCountingClients(LIMITS, credentialsOf);
    await everything(clientsOf, MEMBER);
    await everything(clientsOf);
    await everything(clientsOf, idOf(2));
    await everything(clientsOf, MEMBER);
    const four = (key: string) => Array.from({ length: KINDS.length + 1 }, () => key);
    expect(signers()).toEqual([...four(MEMBER), ...four('own'), ...four(idOf(2)), ...four(MEMBER)]);
    const tokens = service.asked.map(({ headers }) => headers['x-amz-security-token']);
    expect(new Set(tokens)).toEqual(new Set([`token-${MEMBER}`, undefined, `token-${idOf(2)}`]));
  });

  test('is its opt-in states, too', async () => {
    answerWell();
    const readOptInStatesOf = makeReadOptInStatesOf(LIMITS, sessions().credentialsOf);
    for (const accountId of [MEMBER, undefined, idOf(2), MEMBER])
      await expect(readOptInStatesOf(accountId)(forEver())).resolves.toEqual({ regions: [] });
    expect(signers()).toEqual([MEMBER, 'own', idOf(2), MEMBER]);
  });

  test('is whether it has switched on the region, where that refuses it', async () => {
    service.answerBy(({ path }) =>
      path === '/getRegionOptStatus'
        ? json({ RegionName: REGION, RegionOptStatus: 'DISABLED' })
        : refusal(403, 'UnrecognizedClientException'),
    );
    const { listPageOf } = makeCountingClients(LIMITS, sessions().credentialsOf)(MEMBER);
    await expect(listPageOf('streams', REGION)({})).rejects.toMatchObject({ reason: 'not-enabled' });
    expect(signers()).toEqual([MEMBER, MEMBER]);
  });

  test('is never asked with one’s own credentials, where there is no session', async () => {
    answerWell();
    const noSession = () => async () => {
      throw new CountError('no-access', 'The member role cannot be assumed.');
    };
    const { listPageOf, askQuota } = makeCountingClients(LIMITS, noSession)(MEMBER);
    for (const kind of KINDS) await expect(listPageOf(kind, REGION)({})).rejects.toMatchObject({ reason: 'no-access' });
    const quota = await askQuota(descriptorOf('streams').quota!, REGION, 'applied', forEver());
    expect(quota).toMatchObject({ because: 'denied' });
    await expect(makeReadOptInStatesOf(LIMITS, noSession)(MEMBER)(forEver())).resolves.toMatchObject({
      because: 'denied',
    });
    expect(() => makeCountingClients(LIMITS)(MEMBER).listPageOf('streams', REGION)).toThrow(
      'no credentials of another',
    );
    expect(service.asked).toEqual([]);
  });
});

describe.each(KINDS)('Of %s, with a session', (kind: Kind) => {
  const { page, entry, fields } = WIRES[kind];
  const listing = async (more: (arn: string) => string) => {
    const own = entry('a');
    const arn = `${own[fields.arn]}`;
    service.answer(json(page([own, { ...entry('b'), [fields.arn]: more(`${entry('b')[fields.arn]}`) }])));
    const { listPageOf } = makeCountingClients(LIMITS, sessions().credentialsOf)(arn.split(':')[4]);
    return await listPageOf(kind, REGION)({});
  };

  test('an entry of the account that was asked for is counted, and so is one that names no account', async () => {
    expect((await listing((arn) => arn)).streams).toHaveLength(2);
    expect((await listing((arn) => arn.replace(/:\d{12}:/, '::'))).streams).toHaveLength(2);
  });

  test('an entry of another account makes the answer a bad one: it would be counted as one of the account that was asked for', async () => {
    await expect(listing((arn) => arn.replace(/:\d{12}:/, `:${MEMBER}:`))).rejects.toMatchObject({
      reason: 'bad-answer',
      retryable: true,
      message: 'The answer holds an entry of another account.',
    });
  });
});

describe('However many accounts one process counts', () => {
  const listOne = async (clientsOf: ClientsOf, accountId?: string) =>
    void (await clientsOf(accountId).listPageOf('streams', REGION)({}));

  test('they share their connections', async () => {
    answerWell();
    const before = await service.connections();
    const clientsOf = makeCountingClients(LIMITS, sessions().credentialsOf);
    for (let nth = 0; nth < 30; nth++) await listOne(clientsOf, idOf(nth));
    expect((await service.connections()) - before).toBe(1);
  });

  test('an account that was asked a while ago is asked as if for the first time', async () => {
    answerWell();
    const { asked, credentialsOf } = sessions();
    const clientsOf = makeCountingClients(LIMITS, credentialsOf);
    await listOne(clientsOf, MEMBER);
    await listOne(clientsOf, MEMBER);
    expect(asked).toEqual([MEMBER]);
    for (let nth = 100; nth < 164; nth++) await listOne(clientsOf, idOf(nth));
    await listOne(clientsOf, MEMBER);
    expect(asked.filter((accountId) => accountId === MEMBER)).toHaveLength(2);
    await listOne(clientsOf, idOf(163));
    expect(asked.filter((accountId) => accountId === idOf(163))).toHaveLength(1);
  });
});
