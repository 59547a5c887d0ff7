import { spawnSync } from 'node:child_process';
import { commandLine, placed, placeOfKind } from '../../src/answers/place.ts';

const PROD = { command: 'npx kvs-census', options: ['--stage', 'prod', '--region', 'eu-west-1'] };
const HERE = { command: 'kvs-census', options: ['--local'] };

test('a command stands with what started it and with its place', () => {
  expect(commandLine(PROD, 'run latest')).toBe('npx kvs-census run latest --stage prod --region eu-west-1');
  expect(commandLine({ command: 'kvs-census', options: [] }, 'run latest')).toBe('kvs-census run latest');
});

test.each(["it's mine", 'two words', '$HOME', 'a"b', 'a;b', '~', ''])('a shell takes %j as one word', (profile) => {
  const line = commandLine({ command: "printf '%s\\n'", options: ['--profile', profile] }, 'latest');
  expect(spawnSync('sh', ['-c', line], { encoding: 'utf8' }).stdout).toBe(`latest\n--profile\n${profile}\n`);
});

test('what a command names itself, its place does not name again', () => {
  expect(commandLine(PROD, 'region us-east-1 --region us-west-2')).toBe(
    'npx kvs-census region us-east-1 --region us-west-2 --stage prod',
  );
});

test('a place asks for the runs of one kind, and of streams without saying so', () => {
  const channels = placeOfKind(PROD, 'channels');
  expect(commandLine(channels, 'latest')).toBe('npx kvs-census latest --stage prod --region eu-west-1 --kind channels');
  expect(placeOfKind(channels, 'channels')).toEqual(channels);
  expect(placeOfKind(channels, 'streams')).toEqual(PROD);
});

test('every command in a sentence is told its place, and told twice it is told once', () => {
  const sentence = 'Either `kvs-census runs` or `kvs-census retry X --force`, or `npm start`.';
  const told = 'Either `kvs-census runs --local` or `kvs-census retry X --force --local`, or `npm start`.';
  expect(placed(sentence, HERE)).toBe(told);
  expect(placed(told, HERE)).toBe(told);
});
