import { makeShell } from '../../../src/answers/health/shell.ts';
import { localShell, shell } from './a-stack.ts';

const at = (options: string[], profile?: string) =>
  makeShell({
    place: { command: 'kvs-census', options },
    prefix: 'kvs-census-prod',
    region: 'eu-west-1',
    ...(profile !== undefined && { profile }),
  });

test('names the parts of a stack', () => {
  expect(shell.nameOf('worker')).toBe('kvs-census-prod-worker');
});

test('every command carries its place', () => {
  expect(shell.census('run --now')).toBe('kvs-census run --now --stage prod --region eu-west-1 --profile night');
  expect(shell.aws('sqs', 'list-queues')).toBe('aws sqs list-queues --region eu-west-1 --profile night');
  expect(shell.deploy()).toBe('npx sls deploy --stage prod --region eu-west-1 --aws-profile night');
  expect(at(['--stage', 'prod']).aws('sqs', 'list-queues')).toBe('aws sqs list-queues --region eu-west-1');
});

test('what a shell would take apart is quoted', () => {
  expect(at([]).aws('a', "it's", '{"b":1}', '')).toBe(`aws a 'it'\\''s' '{"b":1}' '' --region eu-west-1`);
});

test('everything is made as the template says by one change set, which is made, waited for and executed', () => {
  const set = '--stack-name kvs-census-prod --change-set-name as-the-template-says';
  const end = '--region eu-west-1';
  expect(at([]).restore()).toEqual([
    `aws cloudformation create-change-set ${set} --use-previous-template --capabilities CAPABILITY_IAM CAPABILITY_NAMED_IAM --deployment-mode REVERT_DRIFT ${end}`,
    `aws cloudformation wait change-set-create-complete ${set} ${end}`,
    `aws cloudformation execute-change-set ${set} ${end}`,
  ]);
});

test.each([
  [['--stage', 'prod'], '--stage prod --table other'],
  [['--table', 'kvs-census-prod', '--region', 'eu-west-1'], '--stage prod --region eu-west-1 --table other'],
  [[], '--stage prod --table other'],
])('with %j another ledger is named beside the stage', (options, expected) => {
  expect(at(options).censusOf('other', 'latest')).toBe(`kvs-census latest ${expected}`);
});

test('a stack that is called otherwise has no stage', () => {
  const place = { command: 'kvs-census', options: ['--table', 'mine'] };
  expect(makeShell({ place, prefix: 'mine', region: 'eu-west-1' }).deploy()).toBe('npx sls deploy --region eu-west-1');
});

test('knows whether it is on this machine', () => {
  expect([shell.isLocal, localShell.isLocal]).toEqual([false, true]);
});
