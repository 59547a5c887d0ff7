/** `kvs-census doctor` and `status` where something stands between them and the stack. tests/stack shows them with a stack. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { misfits } from '../../../infra/openapi/schemas.ts';
import { run } from '../../../src/cli/program.ts';
import { type Answer, type Asked, json, refusal, type Service, startService, xmlRefusal } from '../../aws/service.ts';
import { ACCOUNT, history } from '../history.ts';
import { fillFolder } from '../ledger-folder.ts';
import { cleanUp, makeIo, temporaryFolder } from '../world.ts';
import { command as localCommand, startStack, stopStack } from './stack.ts';

let service: Service;
const before = { ...process.env };
beforeAll(async () => {
  service = await startService();
});
beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, {
    ...{ AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_EC2_METADATA_DISABLED: 'true' },
    ...{ AWS_ACCESS_KEY_ID: 'KEY', AWS_SECRET_ACCESS_KEY: 'secret' },
    AWS_ENDPOINT_URL: service.options.endpoint,
  });
});
afterEach(cleanUp);
afterAll(async () => {
  process.env = before;
  await service.close();
});

async function command(line: string) {
  const io = makeIo(temporaryFolder());
  const code = await run(line.split(' '), io);
  return { code, out: io.out(), err: io.err() };
}

async function examine(options = '--stage prod --region eu-west-1') {
  const { code, out } = await command(`doctor --json ${options}`);
  const answer = JSON.parse(out);
  expect(misfits(answer)).toEqual([]);
  const levels = answer.findings.map(({ check, level }: { check: string; level: string }) => `${check}: ${level}`);
  return { code, answer, levels };
}

const signedFor = ({ headers }: Asked) => /\/([a-z]+)\/aws4_request/.exec(headers.authorization ?? '')?.[1];
const identity: Answer = {
  headers: { 'content-type': 'text/xml' },
  body: `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::${ACCOUNT}:user/anna</Arn><Account>${ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
};
/** As each service's protocol has it. */
const refuse = (asked: Asked, name: string, status = 403) =>
  ['sns', 'iam', 'sts'].includes(signedFor(asked) ?? '') ? xmlRefusal(status, name) : refusal(status, name);

test('no region is a finding', async () => {
  const { code, answer, levels } = await examine('--stage prod');
  expect({ code, levels }).toEqual({ code: 1, levels: ['region: broken'] });
  expect(answer).toMatchObject({ accountId: null, region: null, stack: 'kvs-census-prod' });
  expect(answer.findings[0].what).toMatch(/^No AWS region is set: /);
});

test('no credentials are a finding, and nothing else is asked', async () => {
  delete process.env.AWS_ACCESS_KEY_ID;
  delete process.env.AWS_SECRET_ACCESS_KEY;
  service.answer('hang-up');
  const { code, answer, levels } = await examine();
  expect({ code, levels }).toEqual({ code: 1, levels: ['region: ok', 'credentials: broken'] });
  expect(answer.findings[1].what).toMatch(/^No AWS credentials were found: /);
  expect(service.asked).toEqual([]);
});

test('credentials that have expired are a finding, and nothing else is asked', async () => {
  service.answer(xmlRefusal(403, 'ExpiredToken'));
  const { code, answer, levels } = await examine();
  expect({ code, levels }).toEqual({ code: 1, levels: ['region: ok', 'credentials: broken'] });
  expect(answer.findings[1].what).toMatch(/^The AWS credentials in the environment have expired: /);
  expect(service.asked.map(signedFor)).toEqual(['sts']);
});

test('whoever may ask nothing learns which permissions that takes, and nothing is called broken or ok', async () => {
  service.answerBy((asked) => (signedFor(asked) === 'sts' ? identity : refuse(asked, 'AccessDenied')));
  const { code, answer, levels } = await examine();
  expect(code).toBe(0);
  expect(levels.slice(0, 2)).toEqual(['region: ok', 'credentials: ok']);
  expect(levels.slice(2).filter((one: string) => !one.endsWith(': unknown'))).toEqual([]);
  const told = JSON.stringify(answer.findings);
  for (const action of [
    ...['lambda:GetFunctionConfiguration', 'lambda:ListEventSourceMappings', 'sqs:GetQueueUrl'],
    ...['scheduler:GetSchedule', 'cloudwatch:DescribeAlarms', 'sns:ListSubscriptionsByTopic'],
    ...[
      'dynamodb:DescribeTable',
      'dynamodb:DescribeTimeToLive',
      'dynamodb:DescribeContinuousBackups',
      'dynamodb:Query',
    ],
  ])
    expect(told).toContain(`these credentials may not do ${action}`);
});

test('one service that throttles costs no other its answer', async () => {
  service.answerBy((asked) => {
    switch (signedFor(asked)) {
      case 'sts':
        return identity;
      case 'scheduler':
        return refusal(429, 'ThrottlingException');
      default:
        return refuse(asked, 'ResourceNotFoundException', 404);
    }
  });
  const { answer } = await examine();
  const found = answer.findings.filter(({ check }: { check: string }) => check.endsWith('-schedule'));
  expect(found.map(({ what }: { what: string }) => what)).toEqual([
    'It could not be asked whether the schedule kvs-census-prod-dispatch is enabled: AWS has too many requests for scheduler:GetSchedule at the moment (ThrottlingException).',
    'It could not be asked whether the schedule kvs-census-prod-sweep is enabled: AWS has too many requests for scheduler:GetSchedule at the moment (ThrottlingException).',
  ]);
  expect(answer.findings).toContainEqual(expect.objectContaining({ check: 'functions', level: 'broken' }));
});

test('where STS cannot be reached, whose the credentials are is unknown, and the rest is asked all the same', async () => {
  service.answerBy((asked) => (signedFor(asked) === 'sts' ? 'hang-up' : json({})));
  const { answer, levels } = await examine();
  expect(levels[1]).toBe('credentials: unknown');
  expect(answer.accountId).toBeNull();
  expect(new Set(service.asked.map(signedFor))).toEqual(
    new Set(['sts', 'lambda', 'sqs', 'scheduler', 'monitoring', 'dynamodb', 'iam']),
  );
  expect(levels).toContain('last-run: unknown');
});

test('with an account that is named, its runs are read without STS', async () => {
  service.answerBy((asked) => (signedFor(asked) === 'sts' ? 'hang-up' : json({ Items: [] })));
  const { answer, levels } = await examine(`--stage prod --region eu-west-1 --account ${ACCOUNT}`);
  expect(answer.accountId).toBe(ACCOUNT);
  expect(levels).not.toContain('last-run: ok');
  expect(answer.findings).toContainEqual(expect.objectContaining({ check: 'settling', level: 'ok' }));
});

test('status does not look where it cannot, and says so in one sentence', async () => {
  service.answer(xmlRefusal(403, 'ExpiredToken'));
  const { code, out, err } = await command('status --stage prod --region eu-west-1');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^error: The AWS credentials in the environment have expired: .*\n$/);
});

describe('--local', () => {
  test('without a ledger, says what to do', async () => {
    const { code, levels, answer } = await examine('--local');
    expect({ code, levels }).toEqual({ code: 1, levels: ['stack: broken'] });
    expect(answer.findings[0].what).toMatch(/^There is no local ledger in /);
  });

  test('of a ledger that stands alone: what is there is looked at, what is not is told once', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, '.kvs-census'));
    await fillFolder(
      join(folder, '.kvs-census', 'ledger'),
      'kvs-census-dev',
      history({ runs: 3, censusId: '000000000000' }),
    );
    const look = async (line: string) => {
      const io = makeIo(folder);
      return { code: await run(line.split(' '), io), out: io.out(), err: io.err() };
    };
    const { code, out } = await look('doctor --local --json');
    const answer = JSON.parse(out);
    expect({ code, misfits: misfits(answer), level: answer.level }).toEqual({ code: 0, misfits: [], level: 'unknown' });
    expect(answer.findings.map(({ check, level }: { check: string; level: string }) => `${check}: ${level}`)).toEqual([
      ...['stack: unknown', 'table: ok', 'indexes: ok', 'last-run: ok', 'items: ok'],
    ]);
    const status = await look('status --local');
    expect({ code: status.code, err: status.err }).toEqual({ code: 0, err: '' });
    expect(status.out).toContain('all but the ledger: only the local ledger in');
  });

  test('--kind keeps to what is of that kind, and to what serves every kind', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, '.kvs-census'));
    const both = [
      ...history({ runs: 2, censusId: '000000000000' }),
      ...history({ runs: 2, regions: ['eu-west-1'], censusId: '000000000000/channels' }),
    ];
    await fillFolder(join(folder, '.kvs-census', 'ledger'), 'kvs-census-dev', both);
    const look = async (line: string) => {
      const io = makeIo(folder);
      await run(`${line} --local`.split(' '), io);
      return io.out();
    };
    const kindsOf = async (line: string) => {
      const { findings } = JSON.parse(await look(`doctor --json ${line}`)) as { findings: { kind: string | null }[] };
      return [...new Set(findings.map(({ kind }) => kind))];
    };
    expect(await kindsOf('--wide')).toEqual([null, 'streams', 'channels']);
    expect(await kindsOf('--kind channels')).toEqual([null, 'channels']);
    expect(await kindsOf('--kind streams')).toEqual([null, 'streams']);
    expect(await look('status')).toMatch(/of channels +2026-11-20T06:00:00Z/);
    expect(await look('status --kind streams')).not.toContain('channels');
  });

  test('of a stack that is kept, with a part of what a stack has', async () => {
    await startStack();
    try {
      const { code, out } = await localCommand('doctor --json');
      const answer = JSON.parse(out);
      expect({ code, misfits: misfits(answer) }).toEqual({ code: 1, misfits: [] });
      const mends = answer.findings.flatMap(({ commands }: { commands: string[] }) => commands);
      expect(mends.filter((one: string) => /^(aws|npx sls) /.test(one))).toEqual([]);
      expect((await localCommand('status')).code).toBe(0);
    } finally {
      await stopStack();
    }
  });
});
