/**
 * What a person meets who deploys: the framework's own command, in a copy of the checkout, against an account over HTTP. A
 * deployment takes seconds, so each test looks at all that one of them did.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Account, openAccount } from './account.ts';
import { makeCheckout, sls } from './checkout.ts';

let checkout: ReturnType<typeof makeCheckout>;
let account: Account;
let opened: Awaited<ReturnType<typeof openAccount>>;

beforeAll(() => {
  checkout = makeCheckout();
});
afterAll(() => checkout.remove());

beforeEach(async () => {
  account = { terminationProtection: false, deletionProtection: false, denied: false, asked: [] };
  opened = await openAccount(account);
});
afterEach(() => {
  opened.close();
  rmSync(file(), { force: true });
});

const file = () => join(checkout.folder, 'parameters.dev.yml');
const deploy = (...args: string[]) => command('deploy', ...args);
const command = (name: string, ...args: string[]) =>
  sls(checkout.folder, [name, '--region', 'eu-west-1', ...args], {
    AWS_ENDPOINT_URL: opened.endpoint,
    SLS_AWS_MONITORING_FREQUENCY: '10',
  });

test('production is protected once everything is deployed, and the last line says that nobody hears the alarms', async () => {
  const { status, said } = await deploy('--stage', 'prod');
  expect({ status, said }).toEqual({ status: 0, said: expect.stringContaining('kvs-census to stage prod') });
  expect(account).toMatchObject({ terminationProtection: true, deletionProtection: true });
  expect(account.asked.indexOf('UpdateTable')).toBeGreaterThan(account.asked.indexOf('CreateChangeSet'));
  expect(said).toContain('The table kvs-census-prod cannot be deleted from now on.\n');
  expect(said).toContain('The stack kvs-census-prod cannot be removed from now on.\n');
  // It noted no settings, so nothing can be said of them.
  expect(said).not.toContain('changes settings');
  expect(said.trim().split('\n').at(-1)).toBe(
    'Warning: Nobody will hear the alarms of this stack, unless somebody subscribed to its topic by hand. Write "alarmEmail: you@example.com" or an alarmTopicArn into parameters.prod.yml, and deploy again.',
  );
}, 120_000);

test('parameters come from the file of the stage, the command line goes before it, and changes are told', async () => {
  writeFileSync(file(), '# ours\ncallsPerSecond: 20\nretentionDays: 30\nalarmEmail: a@example.com\n');
  account.settings = JSON.stringify({ callsPerSecond: '45', retentionDays: '30', ofBefore: 'x', alarmEmail: 'none' });
  Object.assign(account, { terminationProtection: true, deletionProtection: true });
  const { status, said } = await deploy('--param=callsPerSecond=21', '--param=deletionProtection=on');
  expect({ status, said }).toEqual({ status: 0, said: expect.stringContaining('This deployment changes settings:\n') });
  expect(said.split('\n').filter((line) => line.includes(' -> '))).toEqual([
    '  alarmEmail: none -> a@example.com',
    '  callsPerSecond: 45 -> 21',
    '  deletionProtection: off -> on',
    '  ofBefore: x -> (gone)',
  ]);
  expect(said).not.toContain('Nobody');
  expect(account).toMatchObject({ terminationProtection: false, deletionProtection: true });
}, 120_000);

test('a table that the stack did not make keeps its protection, and the file of another stage is not read', async () => {
  writeFileSync(file(), 'callsPerSecond: fast\n');
  account.deletionProtection = true;
  const topic = '--param=alarmTopicArn=arn:aws:sns:eu-west-1:123456789012:alarms';
  const { status, said } = await deploy('--stage', 'other', '--param=existingTable=of-before', topic);
  expect({ status, said }).toEqual({ status: 0, said: expect.not.stringContaining('Nobody') });
  expect(account.asked.filter((action) => /^Update/.test(action))).toEqual([]);
}, 120_000);

test('protection that is refused ends the deployment with a sentence', async () => {
  account.denied = true;
  expect(await deploy('--stage', 'prod')).toEqual({
    status: 1,
    said: expect.stringContaining(
      'The stack is deployed, but not protected as the parameters say (AccessDeniedException: no). Mend that, and deploy again.',
    ),
  });
}, 120_000);

test('a stack that is protected is not removed, and says how', async () => {
  account.terminationProtection = true;
  const sentence =
    'The stack is protected against being removed. Deploy it with --param="terminationProtection=off" first.';
  expect(await command('remove')).toEqual({ status: 1, said: expect.stringContaining(sentence) });
  expect(account.asked).not.toContain('DeleteStack');
}, 120_000);

test('whoever removes the stack is told where its history is', async () => {
  const { status, said } = await command('remove', '--param=existingTable=of-before');
  expect({ status, said }).toEqual({
    status: 0,
    said: expect.stringContaining(
      'The ledger stays: the table of-before. To count into it again, deploy with existingTable=of-before.\n',
    ),
  });
  expect(account.asked).toContain('DeleteStack');
}, 120_000);

test.each([
  ['- callsPerSecond', 'parameters.dev.yml is not a list of parameters; expected lines such as "callsPerSecond: 20".'],
  ['callsPerSecond: [1, 2]', 'parameters.dev.yml has more than one value for callsPerSecond; expected lines such as'],
  ['a: b: c', 'parameters.dev.yml cannot be read (bad indentation of a mapping entry'],
  ['callPerSecond: 20', 'There is no parameter callPerSecond; expected one of'],
])('a file of parameters that cannot be (%s) is refused before anything is deployed', async (content, sentence) => {
  writeFileSync(file(), `${content}\n`);
  expect(await deploy()).toEqual({ status: 1, said: expect.stringContaining(sentence) });
  expect(account.asked).toEqual([]);
});
