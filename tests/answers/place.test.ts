import { spawnSync } from 'node:child_process';
import { commandLine, placed } from '../../src/answers/place.ts';

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

test('every command in a sentence is told its place, and told twice it is told once', () => {
  const sentence = 'Either `kvs-census runs` or `kvs-census retry X --force`, or `npm start`.';
  const told = 'Either `kvs-census runs --local` or `kvs-census retry X --force --local`, or `npm start`.';
  expect(placed(sentence, HERE)).toBe(told);
  expect(placed(told, HERE)).toBe(told);
});
